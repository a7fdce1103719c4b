//! Who is in the room, and what everybody hears.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use websocket_proto::PreparedMessage;

use crate::duplex::Link;

/// Bytes that may wait for one member. Who falls further behind is dropped, so
/// that nobody waits for a member who does not read.
const MOST_WAITING: usize = 32 << 20;

/// The members, by the number that each got on entering.
#[derive(Default)]
pub(crate) struct Room(Mutex<Members>);

#[derive(Default)]
struct Members {
    last: u64,
    present: BTreeMap<u64, Member>,
}

struct Member {
    name: String,
    link: Arc<Link>,
}

impl Room {
    /// Lets a member in under a name, or as a guest, and tells everybody.
    pub(crate) fn enter(&self, name: Option<String>, link: &Arc<Link>) -> u64 {
        let mut members = self.lock();
        members.last += 1;
        let id = members.last;
        let name = name.unwrap_or_else(|| format!("Guest {id}"));

        members.announce(&notice("enter", id, &name, ""));
        let present = members
            .present
            .iter()
            .map(|(id, member)| person(*id, &member.name, ""))
            .collect::<Vec<_>>()
            .join(",");
        let more = format!(",\"you\":true,\"present\":[{present}]");
        let link = Arc::clone(link);
        post(
            &link,
            &PreparedMessage::text(&notice("enter", id, &name, &more)),
        );
        members.present.insert(id, Member { name, link });
        id
    }

    /// Says something in the room.
    pub(crate) fn say(&self, id: u64, text: &str) {
        let members = self.lock();
        if let Some(member) = members.present.get(&id) {
            let text = format!(",\"text\":{}", quoted(text));
            members.announce(&notice("message", id, &member.name, &text));
        }
    }

    /// Lets a member out and tells the others, also how the connection ended.
    pub(crate) fn leave(&self, id: u64, code: u16, reason: &str) {
        let mut members = self.lock();
        if let Some(member) = members.present.remove(&id) {
            let end = format!(",\"code\":{code},\"reason\":{}", quoted(reason));
            members.announce(&notice("leave", id, &member.name, &end));
        }
    }

    /// While it is locked nothing is waited for: a message is only appended to
    /// what each member's own thread writes. So all hear all in one order.
    fn lock(&self) -> MutexGuard<'_, Members> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Members {
    /// Encodes the message once and gives it to everybody.
    fn announce(&self, json: &str) {
        let message = PreparedMessage::text(json);
        for member in self.present.values() {
            post(&member.link, &message);
        }
    }
}

fn post(link: &Link, message: &PreparedMessage) {
    if link.backlog() + message.as_bytes().len() > MOST_WAITING {
        link.abort();
    } else {
        // A member whose connection is closing has its leave coming.
        let _ = link.with(|conn, out| conn.send_prepared(message, out));
    }
}

/// `{"type":…,"data":{…}}`, the data being a person and `more`.
fn notice(kind: &str, id: u64, name: &str, more: &str) -> String {
    format!(
        "{{\"type\":\"{kind}\",\"data\":{}}}",
        person(id, name, more)
    )
}

fn person(id: u64, name: &str, more: &str) -> String {
    format!("{{\"id\":{id},\"name\":{}{more}}}", quoted(name))
}

/// A string in JSON (RFC 8259 section 7).
fn quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\0'..'\x20' => {
                // Writing to a string cannot fail.
                let _ = write!(json, "\\u{:04x}", u32::from(character));
            }
            _ => json.push(character),
        }
    }
    json.push('"');
    json
}
