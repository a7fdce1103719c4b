//! What a client does to open a stream.

pub(crate) mod error;
pub(crate) mod outcome;
mod request;
