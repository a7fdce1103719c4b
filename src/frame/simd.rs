//! Kernels for what the processor can do beyond its baseline, chosen at run
//! time.

use fearless_simd::{Level, Simd, dispatch};

/// Runs `kernel` compiled for the widest vectors that the processor has;
/// nothing is gained unless all of it can be inlined.
#[inline(always)]
pub(super) fn vectorize<R>(kernel: impl FnOnce() -> R) -> R {
    dispatch!(Level::new(), simd => simd.vectorize(kernel))
}
