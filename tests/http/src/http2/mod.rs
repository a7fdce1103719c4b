//! Over HTTP/2 (RFC 8441), with the crate `h2`.

mod client;
mod server;
mod stream;

pub use client::Client;
pub use server::serve;
pub use stream::Stream;
