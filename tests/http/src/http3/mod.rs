//! Over HTTP/3 (RFC 9220), with `quinn` for QUIC and `wtransport-proto` for
//! QPACK and SETTINGS.
//!
//! Of the rest of HTTP/3 there is what a WebSocket needs. `README.md` says why
//! this is not the crate `h3`.

mod client;
mod connection;
mod frames;
mod server;
mod stream;

pub use client::Client;
pub use server::{Endpoint, serve};
pub use stream::Stream;
