//! A TCP connection to where a URI points.

use std::io::{self, ErrorKind};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use websocket_proto::Uri;

/// How long one address may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Tries the addresses of the host one after the other.
pub(crate) fn connect(uri: &Uri) -> io::Result<TcpStream> {
    let mut last = io::Error::new(ErrorKind::NotFound, "the host has no address");
    for address in (uri.server_name(), uri.port()).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}
