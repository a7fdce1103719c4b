//! What a program without the standard library brings along: a way to end, and
//! a memory.
//!
//! The two programs call the crate and end with 0 where all is as it should
//! be. That they link at all shows that no part of std is in them: a second
//! panic handler would be an error, and so would an allocator that is missing.

#![no_std]

use core::panic::PanicInfo;

// The C library starts the program and ends it; both are `unsafe` to declare,
// as is an allocator. The crate under test forbids `unsafe`.
unsafe extern "C" {
    fn abort() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // SAFETY: `abort` may be called at any time.
    unsafe { abort() }
}

/// The host's `core` and `alloc` are compiled for unwinding and name these two;
/// with `panic = "abort"` nobody calls them.
mod unwinding {
    #[unsafe(no_mangle)]
    extern "C" fn rust_eh_personality() {}

    #[unsafe(no_mangle)]
    extern "C" fn _Unwind_Resume() {}
}

#[cfg(feature = "alloc")]
mod memory {
    use core::alloc::{GlobalAlloc, Layout};
    use core::cell::UnsafeCell;
    use core::sync::atomic::{AtomicUsize, Ordering};

    const SIZE: usize = 1 << 20;

    /// Hands out a piece after the other, and takes none back.
    struct Bump {
        memory: UnsafeCell<[u8; SIZE]>,
        used: AtomicUsize,
    }

    // SAFETY: no byte of the memory is handed out twice.
    unsafe impl Sync for Bump {}

    #[global_allocator]
    static MEMORY: Bump = Bump {
        memory: UnsafeCell::new([0; SIZE]),
        used: AtomicUsize::new(0),
    };

    // SAFETY: pieces are disjoint, aligned and as long as asked for.
    unsafe impl GlobalAlloc for Bump {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            let most = layout.size() + layout.align();
            let start = self.used.fetch_add(most, Ordering::Relaxed);
            if start + most > SIZE {
                return core::ptr::null_mut();
            }
            // SAFETY: within the memory, as has just been checked.
            let start = unsafe { self.memory.get().cast::<u8>().add(start) };
            // SAFETY: there is room for a shift by less than the alignment.
            unsafe { start.add(start.align_offset(layout.align())) }
        }

        unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
    }
}
