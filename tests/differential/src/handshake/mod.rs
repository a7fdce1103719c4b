//! The opening handshake: the same heads for this crate and `tungstenite`.

mod facts;
mod generate;
mod pool;
pub mod request;
pub mod response;

use std::fmt::Debug;

use tungstenite::handshake::{HandshakeError, HandshakeRole, MidHandshake};

use crate::Found;
use crate::choices::Choices;
use crate::difference::Difference;
use crate::pipe::Plan;
use facts::Facts;

/// Limits that are the same on both sides.
const MAX_HEADERS: usize = 124;
const MAX_HEAD: usize = 1 << 16;

/// What is fed.
pub struct Case {
    pub plan: Plan,
    pub blocks: bool,
    /// For a client: what it offers and wants.
    pub offers: bool,
    pub requires: bool,
    /// Of a raw stream: it is for a server.
    pub is_request: bool,
    pub stream: Vec<u8>,
}

impl Case {
    pub fn choose(choices: &mut Choices<'_>) -> Self {
        let flags = choices.byte();
        Self {
            plan: Plan::choose(choices),
            blocks: flags & 1 != 0,
            offers: flags & 2 != 0,
            requires: flags & 4 != 0,
            is_request: flags & 8 != 0,
            stream: Vec::new(),
        }
    }

    fn report(&self, ours: &dyn Debug, theirs: &dyn Debug) -> String {
        format!(
            "{:?}, offers: {}, requires: {}\n\"{}\"\nthis crate: {ours:?}\ntungstenite: {theirs:?}",
            self.plan,
            self.offers,
            self.requires,
            self.stream.escape_ascii()
        )
    }
}

/// What an end makes of a head.
#[derive(Debug)]
enum Answer<E> {
    Waits,
    /// With what shows that it did so properly.
    Accepts(Vec<u8>),
    /// Another status than 101.
    Declined(u16),
    Refuses(E),
}

/// Goes on with a handshake of `tungstenite` until it is over or its input is.
fn drive<R: HandshakeRole<InternalStream = crate::pipe::Pipe>>(
    mut handshake: Result<R::FinalResult, HandshakeError<R>>,
) -> Result<Option<R::FinalResult>, tungstenite::Error> {
    loop {
        match handshake {
            Ok(result) => return Ok(Some(result)),
            Err(HandshakeError::Failure(error)) => return Err(error),
            Err(HandshakeError::Interrupted(mid)) if is_drained(&mid) => return Ok(None),
            Err(HandshakeError::Interrupted(mid)) => handshake = mid.handshake(),
        }
    }
}

fn is_drained<R: HandshakeRole<InternalStream = crate::pipe::Pipe>>(mid: &MidHandshake<R>) -> bool {
    mid.get_ref().get_ref().is_drained()
}

/// `tungstenite` takes many small reads for an attack: more than 64 that
/// bring less than 128 bytes each.
fn is_small_pieces(case: &Case) -> bool {
    let mut reads = 0;
    case.plan.pieces(case.stream.len()).any(|(_, end)| {
        reads += 1;
        reads > 64 && reads * 128 > end
    })
}

/// What both heads have in common where `tungstenite` takes one that this
/// crate refuses.
fn explain_head(
    error: websocket_proto::handshake::HeadError,
    facts: &Facts<'_>,
) -> Option<Difference> {
    use websocket_proto::handshake::HeadError;
    match error {
        HeadError::LineEnd if facts.bare_lf => Some(Difference::BareLf),
        HeadError::EmptyLines if facts.empty_lines > 2 => Some(Difference::EmptyLines),
        _ => None,
    }
}

fn insert(found: &mut Found, difference: Option<Difference>) -> bool {
    difference
        .inspect(|&difference| found.insert(difference))
        .is_some()
}
