//! Over HTTP/1.1, by the upgrade of `hyper` and `axum`.

mod axum;
mod client;
mod hyper;

pub use self::axum::router;
pub use self::client::open;
pub use self::hyper::serve;

use ::hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use websocket_proto::handshake::connect::ResetCode;

use crate::session::Transport;

/// What `hyper` hands over: bytes that it has read come first.
impl Transport for TokioIo<Upgraded> {
    /// Dropping it closes the connection.
    fn reset(&mut self, _: ResetCode) {}
}

impl Transport for TcpStream {
    /// Dropping it closes the connection.
    fn reset(&mut self, _: ResetCode) {}
}
