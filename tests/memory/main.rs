//! What a connection occupies, counted by the allocator: a test crate of its
//! own, since an allocator is for a whole program.
#![cfg(feature = "alloc")]
#![allow(
    unsafe_code,
    reason = "an allocator cannot be written without; it only counts and passes on"
)]

#[cfg(feature = "deflate")]
mod deflate;
mod handshake;
#[cfg(feature = "hixie76")]
mod hixie76;
mod hostile;
mod idle;
mod messages;

#[path = "../support/pair.rs"]
mod pair;
#[path = "../support/mod.rs"]
mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

#[global_allocator]
static COUNTING: Counting = Counting;

struct Counting;

thread_local! {
    /// Per thread, since tests run side by side.
    static HEAP: Cell<Heap> = const { Cell::new(Heap { live: 0, peak: 0, calls: 0 }) };
}

#[derive(Debug, Clone, Copy)]
struct Heap {
    live: isize,
    peak: isize,
    /// Allocations and reallocations.
    calls: usize,
}

fn count(grown: usize, shrunk: usize, calls: usize) {
    // Gone only while a thread ends, when nobody measures.
    let _ = HEAP.try_with(|heap| {
        let mut now = heap.get();
        now.live += grown as isize - shrunk as isize;
        now.peak = now.peak.max(now.live);
        now.calls += calls;
        heap.set(now);
    });
}

// SAFETY: every call is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0, 1);
        // SAFETY: the caller's promise is the system allocator's condition.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(0, layout.size(), 0);
        // SAFETY: as above; `memory` came from `alloc`.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Old and new exist side by side while the bytes are moved.
        count(size, 0, 1);
        count(0, layout.size(), 0);
        // SAFETY: as above.
        unsafe { System.realloc(memory, layout, size) }
    }
}

/// The heap that something took.
#[derive(Debug, Clone, Copy)]
struct Used {
    /// The most bytes at any time.
    peak: usize,
    /// The bytes that remained at the end.
    held: isize,
    /// Allocations and reallocations.
    calls: usize,
}

fn measure<T>(work: impl FnOnce() -> T) -> (T, Used) {
    let before = HEAP.get();
    HEAP.set(Heap {
        peak: before.live,
        ..before
    });
    let result = work();
    let after = HEAP.get();
    HEAP.set(Heap {
        peak: after.peak.max(before.peak),
        ..after
    });
    let used = Used {
        peak: (after.peak - before.live) as usize,
        held: after.live - before.live,
        calls: after.calls - before.calls,
    };
    (result, used)
}

/// The measure itself measures right, or the tests here say nothing.
#[test]
fn the_measure_counts() {
    let (kept, used) = measure(|| {
        drop(vec![1_u8; 1000]);
        let mut kept = Vec::<u8>::with_capacity(100);
        kept.reserve_exact(200);
        kept
    });
    assert_eq!((used.peak, used.held, used.calls), (1000, 200, 3));
    let ((), used) = measure(|| drop(kept));
    assert_eq!((used.peak, used.held, used.calls), (0, -200, 0));
}
