//! An open connection: the same bytes for this crate, `tungstenite`, and
//! `websocket-sans-io` under the rules as [`rules`] has them.

mod explain;
mod generate;
mod ours;
mod parsed;
mod peer;
mod replies;
mod rules;

use std::fmt;

use websocket_proto::Role;

use crate::choices::Choices;
use crate::pipe::Plan;
use crate::{Found, Outcome};

/// What is fed, and to what kind of end.
pub struct Case {
    pub role: Role,
    /// Both ends have sent their Close before the first byte arrives.
    pub closing: bool,
    /// This crate delivers messages in pieces, which are put together here.
    pub in_fragments: bool,
    pub max_frame: u64,
    pub max_message: u64,
    pub plan: Plan,
    /// The peer finds nothing to read between two pieces.
    pub blocks: bool,
    pub read_buffer: usize,
    pub stream: Vec<u8>,
}

impl Case {
    pub fn choose(choices: &mut Choices<'_>, structured: bool) -> Self {
        let flags = choices.byte();
        let (max_frame, max_message) = choices.pick(&[
            (1 << 17, 1 << 18),
            (1 << 17, 1 << 18),
            (300, 400),
            (300, 200),
            (130, 70),
            (125, 125),
            (40, 60),
            (7, 20),
        ]);
        let mut case = Self {
            role: if flags & 1 == 0 {
                Role::Server
            } else {
                Role::Client
            },
            closing: flags & 0x0E == 2,
            in_fragments: flags & 0x30 == 0x10,
            max_frame,
            max_message,
            plan: Plan::choose(choices),
            blocks: flags & 0x40 != 0,
            read_buffer: if flags & 0x80 == 0 { 512 } else { 32 },
            stream: Vec::new(),
        };
        case.stream = if structured {
            generate::stream(&case, choices)
        } else {
            choices.rest().to_vec()
        };
        case
    }
}

/// What an end makes of the bytes, in words that all of them share.
#[derive(Clone, PartialEq, Eq)]
pub enum Seen {
    Text(Vec<u8>),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<(u16, String)>),
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, payload) = match self {
            Self::Text(payload) => ("Text", payload),
            Self::Binary(payload) => ("Binary", payload),
            Self::Ping(payload) => ("Ping", payload),
            Self::Pong(payload) => ("Pong", payload),
            Self::Close(frame) => return write!(f, "Close({frame:?})"),
        };
        match payload.get(..32) {
            Some(start) => write!(
                f,
                "{name}(\"{}\" and {} more)",
                start.escape_ascii(),
                payload.len() - 32
            ),
            None => write!(f, "{name}(\"{}\")", payload.escape_ascii()),
        }
    }
}

/// All that an end did with a stream.
#[derive(Debug)]
pub struct Trace {
    pub events: Vec<Seen>,
    pub failure: Option<Failure>,
    pub written: Vec<u8>,
}

/// How an end refused the stream.
pub struct Failure {
    /// The close code that the error stands for.
    pub code: u16,
    /// Where the piece that it was found in begins and ends.
    pub window: (usize, usize),
    pub error: Box<dyn fmt::Debug>,
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = self.window;
        write!(f, "{} in {from}..{to}: {:?}", self.code, self.error)
    }
}

/// Where two of them part.
pub struct Disagreement(pub String);

/// Feeds the case to all three. An error is a difference that no entry of
/// [`Difference`](crate::Difference) explains.
pub fn compare(case: &Case, found: &mut Found) -> Result<Outcome, Disagreement> {
    let mut ours = ours::Ours::run(case);
    let mut peer = peer::Peer::run(case);
    explain::hold_to_rules(case, &ours.trace)
        .and_then(|verdicts| {
            explain::hold_to_peer(case, &verdicts, &ours.trace, &mut peer, found)?;
            replies::compare(case, &ours.trace, &peer.trace, found)?;
            explain::compare_ends(case, &mut ours, &mut peer, found)
        })
        .map_err(|reason| Disagreement(report(case, &ours.trace, &peer.trace, &reason)))?;
    Ok(match (&ours.trace.failure, ours.trace.events.last()) {
        (Some(failure), _) => Outcome::of_code(failure.code),
        (None, Some(Seen::Close(_))) => Outcome::Closed,
        (None, _) => Outcome::Open,
    })
}

fn report(case: &Case, ours: &Trace, peer: &Trace, reason: &str) -> String {
    let mut text = format!(
        "{reason}\n{:?}, closing: {}, in fragments: {}, frame limit {}, message limit {}, {:?}\nstream:",
        case.role, case.closing, case.in_fragments, case.max_frame, case.max_message, case.plan
    );
    for byte in case.stream.iter().take(400) {
        text += &format!(" {byte:02x}");
    }
    if case.stream.len() > 400 {
        text += &format!(" and {} more", case.stream.len() - 400);
    }
    for (name, trace) in [("this crate", ours), ("tungstenite", peer)] {
        text += &format!(
            "\n{name}: {:?}, failure: {:?}, written: {:02x?}",
            trace.events, trace.failure, trace.written
        );
    }
    text
}
