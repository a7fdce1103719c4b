//! One IO loop each. What they share is no IO: how requests are answered.

pub mod tokio;

use std::time::Duration;

use websocket_proto::handshake::{Acceptance, Request, Response};
use websocket_proto::{Connection, Event, Output, State};

use crate::Failure;

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

/// Takes the events of the opening handshake. A server's `decide` accepts the
/// request or refuses it; whatever is no request for a WebSocket is answered
/// with 426. Once the connection is open, what is left of `input` are its first
/// frames. Write `out` before looking at the result.
pub fn take_opening(
    connection: &mut Connection,
    input: &mut &mut [u8],
    out: &mut impl Output,
    decide: impl Fn(&Request) -> Result<Acceptance, Response>,
) -> Result<(), Failure> {
    while connection.state() == State::Connecting {
        match connection.receive(input, out)? {
            Some(Event::Request(request)) => match decide(&request) {
                Ok(acceptance) => connection.accept(&request, &acceptance, out)?,
                Err(response) => {
                    connection.reject(&response, out)?;
                    return Err(Failure::Answered(response.status()));
                }
            },
            Some(Event::Http(_)) => {
                let response = Response::new(426)
                    .header("Upgrade", "websocket")
                    .body("This port speaks WebSocket.\n");
                connection.respond(&response, out)?;
                return Err(Failure::Answered(426));
            }
            Some(Event::Refused(head)) => return Err(Failure::Refused(head)),
            Some(_) => {}
            None => break,
        }
    }
    Ok(())
}
