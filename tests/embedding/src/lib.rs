//! The crate in every kind of IO loop, and one suite of scenarios for all.

#[cfg(feature = "matrix")]
pub mod adapter;
pub mod adapters;
#[cfg(feature = "matrix")]
pub mod heap;
#[cfg(feature = "matrix")]
pub mod matrix;
mod message;
#[cfg(feature = "matrix")]
pub mod scenarios;
#[cfg(feature = "matrix")]
mod transport;

pub use message::{End, Failure, Message};
