//! The loop of a program that gives each connection one thread.

use std::error::Error;
use std::io::Write;
use std::net::TcpStream;
use std::time::Instant;

use websocket_proto::{Connection, Event, Input, SendError};

use crate::socket::{self, Arrival};

/// Why a connection ended other than by a clean close.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// Drives `conn` over `stream` to its end, giving every event to `handle`.
/// `out` holds what is to be written first: a client's request.
pub(crate) fn run<H>(
    stream: &TcpStream,
    conn: &mut Connection,
    out: &mut Vec<u8>,
    handle: H,
) -> Result<(), Failure>
where
    H: FnMut(&mut Connection, Event<'_>, &mut Vec<u8>) -> Result<(), SendError>,
{
    let outcome = drive(stream, conn, out, handle);
    socket::linger(stream);
    outcome
}

fn drive<H>(
    mut stream: &TcpStream,
    conn: &mut Connection,
    out: &mut Vec<u8>,
    mut handle: H,
) -> Result<(), Failure>
where
    H: FnMut(&mut Connection, Event<'_>, &mut Vec<u8>) -> Result<(), SendError>,
{
    let clock = Instant::now();
    let mut buffer = vec![0; socket::READ_SIZE];
    let mut outcome = Ok(());
    loop {
        // Told in every turn: what happened since the last one counts as of now.
        let in_time = conn.handle_timeout(clock.elapsed(), out);
        // Written before the outcome is looked at: after an error `out` holds
        // the Close or the refusal that it deserves.
        stream.write_all(out)?;
        out.clear();
        outcome?;
        in_time?;
        if conn.is_closed() {
            return Ok(());
        }
        let wait = conn
            .poll_timeout()
            .map(|deadline| deadline.saturating_sub(clock.elapsed()));
        outcome = match socket::read(stream, &mut buffer, wait) {
            Arrival::Bytes(length) => {
                let input = Input::new(&mut buffer[..length]);
                take_events(conn, input, out, &mut handle)
            }
            Arrival::End => conn.receive_eof().map_err(Failure::from),
            Arrival::Nothing => Ok(()),
        };
    }
}

fn take_events<H>(
    conn: &mut Connection,
    mut input: Input<'_>,
    out: &mut Vec<u8>,
    handle: &mut H,
) -> Result<(), Failure>
where
    H: FnMut(&mut Connection, Event<'_>, &mut Vec<u8>) -> Result<(), SendError>,
{
    while let Some(event) = conn.receive(&mut input, out)? {
        handle(conn, event, out)?;
    }
    Ok(())
}
