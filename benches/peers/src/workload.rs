//! What is measured. Streams are made once, and never freed.

pub mod deflate;
mod receive;
mod send;

pub use send::{ACCEPT, BROADCASTS, REQUEST};

use crate::check::{Check, Look};
use crate::contestant::{Messages, Role};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Receive,
    /// In pieces; `frames` says that no frame is longer than 64 KiB.
    Streaming {
        frames: bool,
    },
    Send,
    Broadcast {
        outputs: usize,
    },
    Echo,
    Handshake,
    Deflate {
        takeover: bool,
    },
}

pub struct Workload {
    pub id: &'static str,
    pub what: &'static str,
    pub kind: Kind,
    pub role: Role,
    /// What is read, how often, and in reads of how many bytes.
    pub stream: &'static [u8],
    pub loops: usize,
    pub chunk: usize,
    /// What is sent.
    pub messages: Option<Messages>,
    /// Messages, or handshakes, in a run, and the bytes of their payloads.
    pub count: usize,
    pub bytes: u64,
    pub whole: Check,
    pub glance: Check,
}

/// How much of each workload there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Enough to be timed.
    Timed,
    /// Enough for an instruction count, which is exact.
    Counted,
}

impl Scale {
    /// Short messages.
    fn texts(self) -> usize {
        match self {
            Self::Timed => 1_000_000,
            Self::Counted => 5_000,
        }
    }

    /// Rounds of long ones.
    fn rounds(self) -> usize {
        match self {
            Self::Timed => 8,
            Self::Counted => 1,
        }
    }
}

/// The reads of most workloads, in bytes.
const READ: usize = 64 << 10;

/// The workloads whose ID is wanted, in the order in which they are shown.
pub fn all(scale: Scale, wanted: &dyn Fn(&str) -> bool) -> Vec<Workload> {
    let texts = match send::OF_TEXTS.iter().any(|id| wanted(id)) {
        true => send::texts(scale),
        false => Vec::new(),
    };
    let mut list = Vec::new();
    receive::add(&mut list, scale, &texts, wanted);
    send::add(&mut list, scale, &texts, wanted);
    deflate::add(&mut list, scale, wanted);
    list
}

impl Workload {
    /// Something to receive: what the stream brings each time.
    fn received<'a>(
        id: &'static str,
        what: &'static str,
        payloads: impl Iterator<Item = &'a [u8]> + Clone,
        stream: Vec<u8>,
        loops: usize,
    ) -> Self {
        let rounds = (0..loops).flat_map(|_| payloads.clone());
        let (whole, glance) = checks(rounds);
        Self {
            id,
            what,
            kind: Kind::Receive,
            role: Role::Server,
            stream: stream.leak(),
            loops,
            chunk: READ,
            messages: None,
            count: whole.messages as usize,
            bytes: whole.bytes,
            whole,
            glance,
        }
    }

    /// Something to send.
    fn sent(id: &'static str, what: &'static str, role: Role, messages: Messages) -> Self {
        let (whole, glance) = checks(messages.iter());
        Self {
            id,
            what,
            kind: Kind::Send,
            role,
            stream: &[],
            loops: 1,
            chunk: READ,
            messages: Some(messages),
            count: whole.messages as usize,
            bytes: whole.bytes,
            whole,
            glance,
        }
    }

    /// Whether all of its payloads together are a text.
    pub fn text(&self) -> Option<String> {
        if !matches!(self.id, "R4" | "C1" | "S1") {
            return None;
        }
        let payloads = match &self.messages {
            Some(messages) => messages.arena.to_vec(),
            None => crate::frames::read(self.stream)
                .flat_map(|frame| frame.expect("whole").payload)
                .collect(),
        };
        Some(String::from_utf8(payloads).expect("texts"))
    }
}

fn checks<'a>(payloads: impl Iterator<Item = &'a [u8]>) -> (Check, Check) {
    let mut whole = Check::new(Look::Whole);
    let mut glance = Check::new(Look::Glance);
    for payload in payloads {
        whole.message(payload);
        glance.message(payload);
    }
    (whole, glance)
}
