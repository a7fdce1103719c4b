//! An allocator that counts while it is asked to.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed};

pub struct Counting;

static ON: AtomicBool = AtomicBool::new(false);
static LIVE: AtomicI64 = AtomicI64::new(0);
static PEAK: AtomicI64 = AtomicI64::new(0);
static ALLOCATIONS: AtomicI64 = AtomicI64::new(0);

/// What a piece of work did to the heap.
#[derive(Debug, Clone, Copy)]
pub struct Heap {
    /// Bytes that it left behind.
    pub live: i64,
    /// Bytes that it held at most.
    pub peak: i64,
    pub allocations: i64,
}

/// Runs `work` and counts. Timed runs pay one load for each allocation.
pub fn counted<T>(work: impl FnOnce() -> T) -> (T, Heap) {
    let before = LIVE.load(Relaxed);
    PEAK.store(before, Relaxed);
    ALLOCATIONS.store(0, Relaxed);
    ON.store(true, Relaxed);
    let result = work();
    ON.store(false, Relaxed);
    let heap = Heap {
        live: LIVE.load(Relaxed) - before,
        peak: PEAK.load(Relaxed) - before,
        allocations: ALLOCATIONS.load(Relaxed),
    };
    (result, heap)
}

#[inline(always)]
fn count(bytes: i64, allocations: i64) {
    if ON.load(Relaxed) {
        let live = LIVE.fetch_add(bytes, Relaxed) + bytes;
        PEAK.fetch_max(live, Relaxed);
        ALLOCATIONS.fetch_add(allocations, Relaxed);
    }
}

// SAFETY: all of it is the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as i64, 1);
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as i64, 1);
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as i64), 0);
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as i64 - layout.size() as i64, 1);
        unsafe { System.realloc(pointer, layout, size) }
    }
}
