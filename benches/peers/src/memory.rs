//! What a server's connection holds, and whether text is looked at.

use crate::allocator;
use crate::check::{Check, Look};
use crate::contestant::{Buffers, Contestant, Role};
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
    let mut sessions = Vec::with_capacity(CONNECTIONS);
    let mut open = |connections| {
        for _ in 0..connections {
            let pipe = Pipe::new(stream, 1, 64 << 10);
            let session = contestant.open(Role::Server, pipe, Buffers::Default);
            let mut session = session.expect("every library can be a server");
            let outcome = session.receive(count, &mut Check::new(Look::Glance));
            outcome.expect("a good message");
            sessions.push(session);
        }
    };
    // The first one also makes what there is one of.
    open(1);
    let before = c_heap();
    let ((), heap) = allocator::counted(|| open(CONNECTIONS - 1));
    // The allocator of C is not counted.
    let live = match contestant.name() {
        "wslay (C)" => c_heap() - before,
        _ => heap.live,
    };
    live / (CONNECTIONS as i64 - 1)
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
