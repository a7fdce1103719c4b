//! The crate on HTTP software: over HTTP/1 by an upgrade, over HTTP/2 and
//! HTTP/3 by an extended CONNECT. `README.md` says what is what.

pub mod app;
pub mod cases;
pub mod http1;
pub mod http2;
pub mod http3;
pub mod link;
pub mod listen;
pub mod session;
pub mod tls;

/// Why something ended other than well.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
