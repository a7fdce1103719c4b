//! What the programs ask of a blocking TCP socket beyond writing to it.

use std::io::{self, ErrorKind, Read};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// How many bytes are read at a time. Messages that lie in them whole are
/// delivered from there, without a copy.
pub(crate) const READ_SIZE: usize = 64 << 10;

/// What came of waiting for bytes.
pub(crate) enum Arrival {
    Bytes(usize),
    /// The peer sends no more, or the transport broke.
    End,
    /// The time given for waiting is over.
    Nothing,
}

/// Waits for bytes, for as long as `wait` says.
pub(crate) fn read(mut stream: &TcpStream, buffer: &mut [u8], wait: Option<Duration>) -> Arrival {
    // A timeout of zero would mean none.
    let wait = wait.map(|wait| wait.max(Duration::from_millis(1)));
    if stream.set_read_timeout(wait).is_err() {
        return Arrival::End;
    }
    loop {
        return match stream.read(buffer) {
            Ok(0) => Arrival::End,
            Ok(length) => Arrival::Bytes(length),
            Err(error) => match error.kind() {
                ErrorKind::Interrupted => continue,
                ErrorKind::WouldBlock | ErrorKind::TimedOut => Arrival::Nothing,
                _ => Arrival::End,
            },
        };
    }
}

/// Ends the connection without cutting off what was written last.
///
/// Closing a socket while bytes wait to be read makes TCP reset the
/// connection, and a reset discards what the peer has not read yet: the Close
/// or the refusal. So this end only says that it is done, and reads on until
/// the peer is too, or for two seconds.
pub(crate) fn linger(stream: &TcpStream) {
    let end = Instant::now() + Duration::from_secs(2);
    if stream.shutdown(Shutdown::Write).is_err() {
        return;
    }
    let mut discarded = vec![0; READ_SIZE];
    while let Some(wait) = end.checked_duration_since(Instant::now()) {
        match read(stream, &mut discarded, Some(wait)) {
            Arrival::Bytes(_) => {}
            Arrival::End | Arrival::Nothing => return,
        }
    }
}

/// Prepares a new connection: small messages leave at once, and a peer that
/// reads nothing does not hold a thread for ever.
pub(crate) fn configure(stream: &TcpStream, write_timeout: Duration) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(write_timeout))
}
