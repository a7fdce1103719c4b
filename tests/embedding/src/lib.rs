//! The crate in every kind of IO loop, and one suite of scenarios for all.

pub mod adapters;
mod message;

pub use message::{End, Failure, Message};
