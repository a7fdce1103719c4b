//! The legacy protocol in a connection: its handshake across reads, its
//! frames received and sent.

use alloc::boxed::Box;
use core::mem;

use super::Connection;
use super::opening::{Opening, Sent, append};
use super::prepared::PreparedMessage;
use super::send::Sender;
use super::writing::{Wire, check_room};
use crate::error::Unsupported;
use crate::frame::Opcode;
use crate::frame::hixie76::{CLOSE, TEXT_END, TEXT_START};
use crate::handshake::agreement::Agreement;
use crate::handshake::client::error::ResponseError;
use crate::handshake::client::hixie76::keys::Keys;
use crate::handshake::client::hixie76::{ClientHandshake, check_response};
use crate::handshake::client::request::ClientRequest;
use crate::handshake::client::response_head::ResponseHead;
use crate::handshake::server::hixie76::pending_request::PendingRequest;
use crate::handshake::server::request::Request;
use crate::redacted::Redacted;
use crate::{Config, Output, Role, Seed, SendError};

impl Connection {
    /// A client's connection that speaks the legacy protocol; the request
    /// stands in `out`. What it does not protect, [`hixie76`] says.
    ///
    /// `request` has to name an origin, and one subprotocol at most. A
    /// [`Config::deflate`](crate::Config) is not offered.
    ///
    /// ```
    /// use websocket_proto::handshake::ClientRequest;
    /// use websocket_proto::{Config, Connection, Protocol, Seed, Uri};
    ///
    /// let uri = Uri::parse("ws://example.com/demo")?;
    /// let request = ClientRequest::new(&uri).origin("http://example.com");
    /// let mut out = Vec::new();
    /// let seed = Seed::from([7; 32]);
    /// let client = Connection::hixie76_client(Config::new(), &request, seed, &mut out)?;
    /// assert!(out.starts_with(b"GET /demo HTTP/1.1\r\n"));
    /// assert_eq!(client.protocol(), Protocol::Hixie76);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SendError::Build`] where `request` holds something that cannot be
    /// sent, [`SendError::OutputFull`] where it does not fit.
    ///
    /// [`hixie76`]: crate::hixie76#security
    pub fn hixie76_client(
        config: Config,
        request: &ClientRequest,
        seed: Seed,
        out: &mut impl Output,
    ) -> Result<Self, SendError> {
        let handshake = ClientHandshake::new(request, Keys::generate(seed))?;
        append(&handshake.encode(), out)?;
        let opening = Opening::client(config, Sent::Hixie76(handshake));
        let mut connection = Self::new(config, Wire::Hixie76(Role::Client), Some(opening));
        connection.enable_hixie76();
        Ok(connection)
    }

    /// The connection of either end after a handshake of the legacy protocol
    /// that other software did. Extensions in `agreement` mean nothing.
    pub fn hixie76_upgraded(role: Role, config: Config, agreement: Agreement) -> Self {
        let mut connection = Self::new(config, Wire::Hixie76(role), None);
        connection.enable_hixie76();
        if agreement != Agreement::default() {
            connection.agreement = Some(Box::new(agreement));
        }
        connection
    }

    pub(super) fn enable_hixie76(&mut self) {
        self.sender.wire = Wire::Hixie76(self.role());
        self.receiver.enable_hixie76();
        if let Some(deadlines) = &mut self.deadlines {
            deadlines.disable_pings();
        }
    }
}

/// So many bytes of a stream.
#[derive(Debug)]
struct Gathered<const LENGTH: usize> {
    bytes: Redacted<[u8; LENGTH]>,
    length: usize,
}

impl<const LENGTH: usize> Gathered<LENGTH> {
    const fn new() -> Self {
        Self {
            bytes: Redacted([0; LENGTH]),
            length: 0,
        }
    }

    /// Takes them from the front of `input`; `None` where they are not all
    /// there yet.
    fn receive(&mut self, input: &mut &mut [u8]) -> Option<[u8; LENGTH]> {
        let whole = mem::take(input);
        let free = &mut self.bytes.0[self.length..];
        let (taken, rest) = whole.split_at_mut(free.len().min(whole.len()));
        free[..taken.len()].copy_from_slice(taken);
        // At most what was free.
        self.length += taken.len();
        *input = rest;
        (self.length == LENGTH).then_some(self.bytes.0)
    }
}

/// A request of which the eight bytes behind the head are still to come.
#[derive(Debug)]
pub(super) struct Challenge {
    /// `None` once they have.
    request: Option<PendingRequest>,
    key3: Gathered<8>,
}

impl Challenge {
    pub(super) const fn new(request: PendingRequest) -> Self {
        Self {
            request: Some(request),
            key3: Gathered::new(),
        }
    }

    pub(super) fn receive(&mut self, input: &mut &mut [u8]) -> Option<Request> {
        let key3 = self.key3.receive(input)?;
        Some(self.request.take()?.complete(key3))
    }
}

/// A response of which the sixteen bytes behind the head are still to come.
#[derive(Debug)]
pub(super) struct ChallengeAnswer {
    /// `None` once they have.
    head: Option<(ResponseHead, Agreement)>,
    expected: Redacted<[u8; 16]>,
    found: Gathered<16>,
}

impl ChallengeAnswer {
    /// For a head, which has to be right.
    pub(super) fn new(
        handshake: &ClientHandshake,
        head: ResponseHead,
    ) -> Result<Self, ResponseError> {
        let agreement = handshake.verify_head(&head)?;
        Ok(Self {
            head: Some((head, agreement)),
            expected: Redacted(handshake.keys().challenge_response()),
            found: Gathered::new(),
        })
    }

    pub(super) fn receive(
        &mut self,
        input: &mut &mut [u8],
    ) -> Result<Option<(ResponseHead, Agreement)>, ResponseError> {
        let Some(found) = self.found.receive(input) else {
            return Ok(None);
        };
        check_response(self.expected.0, found)?;
        Ok(self.head.take())
    }
}

impl Sender {
    /// Refuses what the legacy protocol has not, where it is spoken.
    pub(super) const fn check_supported(&self, what: Unsupported) -> Result<(), SendError> {
        match self.wire {
            Wire::Hixie76(_) => Err(SendError::Unsupported(what)),
            Wire::Server | Wire::Client(_) => Ok(()),
        }
    }
}

/// Writes what there is a frame for. A Close loses what it would say, which
/// only one that a failure sends has.
#[cold]
pub(super) fn write_frame(
    opcode: Opcode,
    payload: &[u8],
    out: &mut impl Output,
) -> Result<(), SendError> {
    let unsupported = match opcode {
        Opcode::Text => return write_text(payload, out),
        Opcode::Close => {
            check_room(CLOSE.len(), out)?;
            out.append(&CLOSE);
            return Ok(());
        }
        Opcode::Binary => Unsupported::Binary,
        Opcode::Continuation => Unsupported::Fragment,
        Opcode::Ping => Unsupported::Ping,
        Opcode::Pong => Unsupported::Pong,
    };
    Err(unsupported.into())
}

pub(super) fn write_prepared(
    message: &PreparedMessage,
    out: &mut impl Output,
) -> Result<(), SendError> {
    match message.text_payload() {
        Some(text) => write_text(text, out),
        None => Err(Unsupported::Binary.into()),
    }
}

fn write_text(text: &[u8], out: &mut impl Output) -> Result<(), SendError> {
    check_room(text.len().saturating_add(2), out)?;
    out.append(&[TEXT_START]);
    out.append(text);
    out.append(&[TEXT_END]);
    Ok(())
}
