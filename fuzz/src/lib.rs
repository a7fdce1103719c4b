//! What the fuzz targets do with an input, as plain functions.
//!
//! The targets in `fuzz_targets/` call them under a fuzzer, `tests/corpora.rs`
//! of the crate calls them on stable for every file of the corpora. Each
//! panics where the crate breaks a promise.

#[cfg(feature = "deflate")]
pub mod blocks;
pub mod choices;
pub mod connection;
pub mod decode;
#[cfg(feature = "deflate")]
pub mod deflate;
pub mod events;
#[cfg(feature = "hixie76")]
pub mod hixie76;
pub mod model;
pub mod operations;
pub mod reference;
pub mod request;
pub mod response;
