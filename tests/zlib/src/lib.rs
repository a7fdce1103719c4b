//! permessage-deflate of this crate against zlib, in both directions.
//!
//! A [`Group`] is a few connections that a seed determines; a [`Report`] asks
//! the [`Judge`] about them and compares.

mod bits;
mod block;
mod difference;
mod group;
mod judge;
mod message;
mod plan;
mod random;
mod ration;
mod subject;
mod wire;

pub use difference::Difference;
pub use group::{Counts, Failure, Group, Report, Tamper};
pub use judge::{BEYOND, EMPTY, ENDED, NO_BLOCK, TAIL_IS_DATA, VAGUE};
pub use judge::{EXACT, Judge, PARTIAL, Question, Stream, Verdict};
pub use random::Random;
