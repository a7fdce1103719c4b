//! The state machine over frames and handshake, for both roles.

#[cfg(feature = "deflate")]
mod compressing;
mod deadlines;
mod direct;
#[cfg(feature = "hixie76")]
mod hixie76;
mod opening;
mod prepared;
mod receiver;
mod receiving;
mod reply;
mod replying;
mod send;
mod sending;
mod state;
mod writing;

use alloc::boxed::Box;
use core::time::Duration;

use deadlines::{Deadlines, Due};
use opening::{Opening, Sent, append};
pub use prepared::PreparedMessage;
pub use receiver::Receiver;
pub use reply::Reply;
pub use send::Sender;
use state::{Outbound, combine};
use writing::Wire;

use crate::error::Timeout;
use crate::handshake::agreement::Agreement;
use crate::handshake::client::request::ClientRequest;
use crate::handshake::key::encode_key;
use crate::redacted::Redacted;
use crate::seed::KeySource;
use crate::status::{CloseStatus, State};
use crate::{Config, Error, Output, Protocol, Role, Seed, SendError};

/// A WebSocket connection from its first byte to its last, without the
/// transport: bytes in, events and bytes to write out.
///
/// The [crate's documentation](crate) has the loop that drives it.
#[derive(Debug)]
pub struct Connection {
    /// `None` once the handshake is over, in whatever way.
    opening: Option<Box<Opening>>,
    receiver: Receiver,
    sender: Sender,
    /// `None` where nothing was agreed.
    agreement: Option<Box<Agreement>>,
    /// `None` where there is nothing to watch.
    deadlines: Option<Box<Deadlines>>,
    auto_pong: bool,
    auto_close: bool,
    deliver_while_closing: bool,
}

impl Connection {
    /// A server's connection, from the first byte of the request on.
    pub fn server(config: Config) -> Self {
        Self::new(config, Wire::Server, Some(Opening::server(config)))
    }

    /// A client's connection; the request stands in `out`.
    ///
    /// # Errors
    ///
    /// [`SendError::Build`] where `request` holds something that cannot be
    /// sent, [`SendError::OutputFull`] where it does not fit.
    pub fn client(
        config: Config,
        request: &ClientRequest,
        seed: Seed,
        out: &mut impl Output,
    ) -> Result<Self, SendError> {
        let mut keys = KeySource::new(seed);
        let key = encode_key(keys.nonce());
        let request = request.clone();
        #[cfg(feature = "deflate")]
        let request = match config.deflate {
            Some(deflate) if !request.offer().offers("permessage-deflate") => {
                request.deflate(&deflate)
            }
            _ => request,
        };
        append(&request.encode(&key)?, out)?;
        let key = Redacted(key);
        let opening = Opening::client(config, Sent::Rfc6455 { key, request });
        let wire = Wire::Client(Box::new(keys));
        Ok(Self::new(config, wire, Some(opening)))
    }

    /// A server's connection after a handshake that other software did.
    pub fn upgraded_server(config: Config, agreement: Agreement) -> Self {
        let mut connection = Self::new(config, Wire::Server, None);
        connection.agree(&config, agreement);
        connection
    }

    /// A client's connection after a handshake that other software did.
    pub fn upgraded_client(config: Config, agreement: Agreement, seed: Seed) -> Self {
        let wire = Wire::Client(Box::new(KeySource::new(seed)));
        let mut connection = Self::new(config, wire, None);
        connection.agree(&config, agreement);
        connection
    }

    fn new(config: Config, wire: Wire, opening: Option<Box<Opening>>) -> Self {
        let sender = Sender::new(wire, &config);
        Self {
            opening,
            receiver: Receiver::new(sender.role(), &config),
            sender,
            agreement: None,
            deadlines: Deadlines::new(config.timeouts).map(Box::new),
            auto_pong: config.auto_pong,
            auto_close: config.auto_close,
            deliver_while_closing: config.deliver_while_closing,
        }
    }

    /// Puts into effect what the handshake agreed on.
    fn agree(&mut self, config: &Config, agreement: Agreement) {
        #[cfg(feature = "deflate")]
        if let Some(agreed) = agreement.deflate() {
            let wanted = config.deflate.unwrap_or_default();
            let (role, peer) = match self.role() {
                Role::Server => (Role::Server, Role::Client),
                Role::Client => (Role::Client, Role::Server),
            };
            self.receiver.enable_deflate(agreed.direction(peer));
            let outgoing = wanted.outgoing(&agreed, role);
            self.sender
                .enable_deflate(outgoing, wanted.level, wanted.threshold);
        }
        #[cfg(not(feature = "deflate"))]
        let _ = config;
        if agreement != Agreement::default() {
            self.agreement = Some(Box::new(agreement));
        }
    }

    /// Writes replies that had to wait for room, as far as `out` has it, and
    /// says whether it wrote anything. [`receive`](Self::receive) does the
    /// same first.
    pub fn poll_transmit(&mut self, out: &mut impl Output) -> bool {
        self.sender.poll_transmit(out)
    }

    /// Whether replies wait for room in the output: call
    /// [`poll_transmit`](Self::poll_transmit) once it has been drained.
    pub const fn wants_write(&self) -> bool {
        self.sender.wants_write()
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called at the
    /// latest: a point in time on the caller's clock, not a span to wait; `None`
    /// where nothing is watched. Zero, at once, where something has happened
    /// that moves a deadline and the time has not been told since.
    ///
    /// Sockets of `std` reject a timeout of zero: give them a millisecond at
    /// least.
    pub fn poll_timeout(&self) -> Option<Duration> {
        match self.state() {
            State::Closed => None,
            state => self.deadlines.as_ref()?.poll(state),
        }
    }

    /// Tells the time, as the span since any fixed moment, and does what is
    /// due: sends a Ping, or ends the connection.
    ///
    /// Call it in every turn of the loop after [`receive`](Self::receive),
    /// since what has changed since the last call is taken to have happened
    /// now, and when [`poll_timeout`](Self::poll_timeout) has come.
    ///
    /// # Errors
    ///
    /// [`Error::Timeout`] for a deadline that ends the connection, or the
    /// error that ended it before. What the peer is to be told stands in
    /// `out`.
    pub fn handle_timeout(&mut self, now: Duration, out: &mut impl Output) -> Result<(), Error> {
        let state = self.state();
        let Some(deadlines) = &mut self.deadlines else {
            return self.receiver.inbound().error().map_or(Ok(()), Err);
        };
        let error = match deadlines.tick(now, state) {
            None => return self.receiver.inbound().error().map_or(Ok(()), Err),
            Some(Due::Ping) => {
                deadlines.ping(now);
                // Without room there is no Ping, but the time for an answer
                // runs: a peer that reads nothing answers nothing.
                let _ = self.sender.send_ping(&[], out);
                return Ok(());
            }
            Some(Due::Handshake) => {
                let error = Timeout::Handshake.into();
                self.fail_opening(error, out);
                return Err(error);
            }
            // Both Closes are through, and only the peer's end of the
            // transport is missing.
            Some(Due::Close) if self.close_expected() => {
                self.abandon();
                return Ok(());
            }
            Some(Due::Close) => {
                self.sender.abandon();
                Timeout::Close.into()
            }
            Some(Due::Idle) => Timeout::Idle.into(),
            Some(Due::Pong) => Timeout::Pong.into(),
        };
        self.receiver.fail(error);
        self.sender.fail(error, out);
        // A connection that failed before may only have waited for room.
        Err(self.receiver.inbound().error().unwrap_or(error))
    }

    /// How far the connection is.
    pub fn state(&self) -> State {
        match &self.opening {
            Some(opening) => opening.state(),
            None => combine(
                self.role(),
                self.receiver.inbound(),
                self.sender.outbound(),
                self.sender.wants_write(),
            ),
        }
    }

    /// Whether the transport is to be closed now, once `out` is written: both
    /// Closes are through, the connection failed, or the request was answered
    /// by HTTP.
    ///
    /// After both Closes a client waits for the server to close the transport
    /// first ([RFC 6455 §7.1.1]): see [`close_expected`](Self::close_expected).
    ///
    /// [RFC 6455 §7.1.1]: https://www.rfc-editor.org/rfc/rfc6455#section-7.1.1
    pub fn is_closed(&self) -> bool {
        self.state() == State::Closed
    }

    /// Whether both Closes are through and only the end of the peer's
    /// transport is awaited, to be told by
    /// [`receive_eof`](Self::receive_eof). The caller may close without it
    /// after a while.
    pub fn close_expected(&self) -> bool {
        self.state() == State::Closing
            && self.receiver.inbound().close().is_some()
            && self.sender.is_closed()
            && !self.sender.wants_write()
    }

    /// How the connection ended, `None` while it has not: the close code of
    /// [RFC 6455 §7.1.5].
    ///
    /// [RFC 6455 §7.1.5]: https://www.rfc-editor.org/rfc/rfc6455#section-7.1.5
    pub fn close_status(&self) -> Option<CloseStatus> {
        let closed = self.is_closed();
        let status = self.receiver.inbound().close();
        closed.then_some(status.unwrap_or(CloseStatus::Abnormal))
    }

    /// Whether the connection ended cleanly: closed, and not before both
    /// Closes were through ([RFC 6455 §7.1.4]).
    ///
    /// [RFC 6455 §7.1.4]: https://www.rfc-editor.org/rfc/rfc6455#section-7.1.4
    pub fn was_clean(&self) -> bool {
        self.is_closed()
            && self.receiver.inbound().is_clean()
            && self.sender.outbound() == Outbound::Closed
    }

    /// Which end this is.
    pub const fn role(&self) -> Role {
        self.sender.role()
    }

    /// Which protocol this end speaks. A server that takes more than one knows
    /// it once it has accepted a request; until then it is RFC 6455.
    pub const fn protocol(&self) -> Protocol {
        self.sender.protocol()
    }

    /// The subprotocol agreed on, `None` where none was.
    pub fn subprotocol(&self) -> Option<&str> {
        self.agreement.as_ref()?.subprotocol()
    }

    /// What the opening handshake agreed on, `None` where nothing was.
    pub fn agreement(&self) -> Option<&Agreement> {
        self.agreement.as_deref()
    }

    /// Splits an open connection into its two directions, for two tasks. What
    /// the receiving one owes the peer then has to be brought to the sending
    /// one as [`Reply`]; deadlines and automatic replies end, and messages are
    /// delivered while closing.
    ///
    /// # Errors
    ///
    /// The connection itself, where it is not open.
    pub fn split(self) -> Result<(Receiver, Sender), Box<Self>> {
        match self.state() {
            State::Open => Ok((self.receiver, self.sender)),
            _ => Err(Box::new(self)),
        }
    }

    /// Ends without a word in either direction.
    fn abandon(&mut self) {
        self.opening = None;
        self.receiver.abandon();
        self.sender.abandon();
    }
}
