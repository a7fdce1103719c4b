//! What a server's connection holds, and whether text is looked at.

pub mod deflate;

use crate::allocator;
use crate::check::{Check, Look};
use crate::contestant::{Buffers, Contestant, Role, Session};
use crate::frames::{self, BINARY, FINAL, TEXT};
use crate::measure::allocations;
use crate::pipe::Pipe;
use crate::workload::Workload;

/// Bytes on the heap for each connection, its own object included.
pub struct Memory {
    pub name: &'static str,
    pub opened: i64,
    pub after_small: i64,
    pub after_large: i64,
    /// Allocations a message, by workload.
    pub allocations: Vec<Option<f64>>,
    pub refuses_invalid_text: bool,
}

/// The workloads in which allocations are counted.
pub const COUNTED: [&str; 3] = ["R1", "C1", "E1"];

/// Connections over which is averaged.
const CONNECTIONS: usize = 16;

pub fn measure(contestants: &[Box<dyn Contestant>], workloads: &[Workload]) -> Vec<Memory> {
    let small = message(TEXT, &[b'a'; 100]);
    let large = message(BINARY, &vec![7; 1 << 20]);
    let invalid = message(TEXT, b"a\xff\xfeb");
    let of = |contestant: &dyn Contestant| {
        let counted = |id| {
            let workload = workloads.iter().find(|workload| workload.id == id);
            allocations(contestant, workload?)
        };
        Memory {
            name: contestant.name(),
            opened: held(contestant, &[], 0),
            after_small: held(contestant, small, 1),
            after_large: held(contestant, large, 1),
            allocations: COUNTED.map(counted).to_vec(),
            refuses_invalid_text: refuses(contestant, invalid),
        }
    };
    contestants
        .iter()
        .map(|contestant| of(&**contestant))
        .collect()
}

fn message(opcode: u8, payload: &[u8]) -> &'static [u8] {
    let mut stream = Vec::new();
    frames::write(&mut stream, FINAL | opcode, payload, Some([0; 4]));
    stream.leak()
}

/// Bytes that a connection holds after so many messages.
fn held(contestant: &dyn Contestant, stream: &'static [u8], count: usize) -> i64 {
    let held = each(contestant.name(), || {
        let pipe = Pipe::new(stream, 1, 64 << 10);
        let mut session = contestant.open(Role::Server, pipe, Buffers::Default)?;
        let outcome = session.receive(count, &mut Check::new(Look::Glance));
        outcome.expect("a good message");
        Some(session)
    });
    held.expect("every library can be a server")
}

/// Bytes that each connection holds, of those that `open` gives.
fn each(name: &str, mut open: impl FnMut() -> Option<Box<dyn Session>>) -> Option<i64> {
    let mut sessions = Vec::with_capacity(CONNECTIONS);
    // The first one also makes what there is one of.
    sessions.push(open()?);
    let before = c_heap();
    let (opened, heap) = allocator::counted(|| {
        (1..CONNECTIONS).try_for_each(|_| {
            sessions.push(open()?);
            Some(())
        })
    });
    opened?;
    // The allocator of C is not counted.
    let live = match name {
        "wslay (C)" => c_heap() - before,
        _ => heap.live,
    };
    Some(live / (CONNECTIONS as i64 - 1))
}

fn c_heap() -> i64 {
    // SAFETY: it only looks.
    let heap = unsafe { libc::mallinfo2() };
    (heap.hblkhd + heap.uordblks) as i64
}

fn refuses(contestant: &dyn Contestant, stream: &'static [u8]) -> bool {
    let pipe = Pipe::new(stream, 1, 64 << 10);
    let session = contestant.open(Role::Server, pipe, Buffers::Default);
    session.is_some_and(|mut session| {
        let outcome = session.receive(1, &mut Check::new(Look::Glance));
        outcome.is_err()
    })
}
