//! One IO loop each. What they share is no IO: how requests are answered, and
//! how messages become calls.

#[cfg(feature = "matrix")]
pub mod blocking;
#[cfg(feature = "matrix")]
pub mod compio;
#[cfg(feature = "matrix")]
pub mod embedded;
#[cfg(feature = "matrix")]
pub mod memory;
#[cfg(feature = "matrix")]
pub mod mio;
#[cfg(feature = "matrix")]
pub mod smol;
pub mod tokio;

use std::io;
use std::time::Duration;

use websocket_proto::handshake::{Acceptance, Request, Response};
use websocket_proto::{Config, Connection, Event, Input, Output, Seed, SendError, State};

use crate::{End, Failure, Message};

/// How many bytes are read at a time. Messages that lie in them whole are
/// delivered from there, without a copy.
pub const READ_SIZE: usize = 16 << 10;
/// With so many bytes in the output nothing is added to it.
pub const OUTPUT_MARK: usize = 64 << 10;
/// How long an opening handshake may take.
pub const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// How long a closing handshake may take.
pub const CLOSE_TIME: Duration = Duration::from_secs(5);
/// How long to wait for the peer to close its transport after this end did.
pub const LINGER_TIME: Duration = Duration::from_secs(2);

/// The deadlines of a connection that is not split.
pub const fn with_deadlines(config: Config) -> Config {
    config
        .handshake_timeout(HANDSHAKE_TIME)
        .close_timeout(CLOSE_TIME)
}

/// Takes the events of the opening handshake. Once the connection is open, what
/// is left of `input` are its first frames. Write `out` before looking at the
/// result.
pub fn take_opening(
    connection: &mut Connection,
    input: &mut Input<'_>,
    out: &mut impl Output,
    decide: impl Fn(&Request) -> Result<Acceptance, Response>,
) -> Result<(), Failure> {
    while connection.state() == State::Connecting {
        match connection.receive(input, out)? {
            Some(event) => answer_opening(connection, &event, out, &decide)?,
            None => break,
        }
    }
    Ok(())
}

/// Answers an event of the opening handshake. A server's `decide` accepts the
/// request or refuses it; whatever is no request for a WebSocket gets a 426.
pub fn answer_opening(
    connection: &mut Connection,
    event: &Event<'_>,
    out: &mut impl Output,
    decide: impl Fn(&Request) -> Result<Acceptance, Response>,
) -> Result<(), Failure> {
    match event {
        Event::Request(request) => match decide(request) {
            Ok(acceptance) => connection.accept(request, &acceptance, out)?,
            Err(response) => {
                connection.reject(&response, out)?;
                return Err(Failure::Answered(response.status()));
            }
        },
        Event::Http(_) => {
            let response = Response::new(426)
                .header("Upgrade", "websocket")
                .body("This port speaks WebSocket.\n");
            connection.respond(&response, out)?;
            return Err(Failure::Answered(426));
        }
        Event::Refused(head) => return Err(Failure::Refused(head.clone())),
        _ => {}
    }
    Ok(())
}

/// A seed that nobody can guess.
pub fn fresh_seed() -> Result<Seed, Failure> {
    let seed = Seed::from_os();
    seed.map_err(|error| Failure::Io(io::Error::other(error.to_string())))
}

/// Sends a message.
pub fn send(
    connection: &mut Connection,
    message: &Message,
    out: &mut impl Output,
) -> Result<(), Failure> {
    let sent = match message {
        Message::Text(text) => connection.send_text(text, out),
        Message::Binary(bytes) => connection.send_binary(bytes, out),
        Message::Fragment { kind, data, last } => connection.send_fragment(*kind, data, *last, out),
        Message::Ping(payload) => connection.send_ping(payload, out),
        Message::Pong(payload) => connection.send_pong(payload, out),
        Message::Close(Some(close)) => connection.send_close(close.code, &close.reason, out),
        Message::Close(None) => connection.send_empty_close(out),
    };
    sent.map_err(|error| match error {
        SendError::WrongState(_) => Failure::Ended,
        error => Failure::Program(error),
    })
}

/// How a connection has ended, if it has.
pub fn end(connection: &Connection) -> Option<End> {
    let status = connection.close_status()?;
    let clean = connection.was_clean();
    Some(End { status, clean })
}
