//! What a server's connection with permessage-deflate holds. A codec takes
//! hundreds of kilobytes, so that it matters who has one, and when.

use super::each;
use crate::check::{Check, Look};
use crate::contestant::{Buffers, Contestant};
use crate::pipe::Pipe;
use crate::workload::deflate::Frames;

/// Bytes on the heap for each connection, its own object included. What all
/// connections share, such as codecs that a thread keeps, is there before the
/// first that counts, and so left out.
pub struct Deflate {
    pub name: &'static str,
    pub with_takeover: Option<Held>,
    pub without: Option<Held>,
}

#[derive(Debug, Clone, Copy)]
pub struct Held {
    pub opened: i64,
    /// Idle again after [`MESSAGES`] were received and sent back.
    pub after: i64,
}

/// More than go into a window, so that none is still filling.
pub const MESSAGES: usize = 64;

/// The length of each, in bytes.
pub const LENGTH: usize = 1 << 10;

/// All who can compress.
pub fn measure(contestants: &[Box<dyn Contestant>]) -> Vec<Deflate> {
    let frames = Frames::new(LENGTH, MESSAGES);
    let of = |contestant: &dyn Contestant| {
        let held = |takeover| {
            Some(Held {
                opened: held(contestant, takeover, &frames, 0)?,
                after: held(contestant, takeover, &frames, MESSAGES)?,
            })
        };
        Deflate {
            name: contestant.name(),
            with_takeover: held(true),
            without: held(false),
        }
    };
    contestants
        .iter()
        .map(|contestant| of(&**contestant))
        .filter(|deflate| deflate.with_takeover.is_some() || deflate.without.is_some())
        .collect()
}

/// Bytes that a connection holds after so many messages, each of which came
/// alone and was answered before the next one: else buffers would be as large
/// as many messages.
fn held(contestant: &dyn Contestant, takeover: bool, frames: &Frames, count: usize) -> Option<i64> {
    each(contestant.name(), || {
        let pipe = Pipe::new(frames.stream, 1, frames.length);
        let mut session = contestant.open_deflate(pipe, takeover, Buffers::Default)?;
        for _ in 0..count {
            let outcome = session.echo(1, &mut Check::new(Look::Glance));
            outcome.expect("a good message");
        }
        Some(session)
    })
}
