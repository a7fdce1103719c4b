//! When a connection is open, closing and closed: every transition of its two
//! directions, and what they make together, for both roles.
//!
//! ```text
//!   Connecting ──────────────► Open ─────────────► Closing ────────► Closed
//!       │      handshake done        a Close sent            both, and the
//!       │                            or received             transport's end
//!       │                              │                     where the peer
//!       └──────────────────────────────┴──────────────────►  owes it
//!          refused, failed, transport lost
//! ```

use crate::error::Error;
use crate::frame::Role;
use crate::status::{CloseStatus, State};

/// The receiving direction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Inbound {
    /// The peer's Close.
    close: Option<CloseStatus>,
    error: Option<Error>,
    /// The error was found behind something that had to be delivered first, and
    /// has not been told yet.
    is_deferred: bool,
    eof: bool,
}

impl Inbound {
    pub(crate) const fn new() -> Self {
        Self {
            close: None,
            error: None,
            is_deferred: false,
            eof: false,
        }
    }

    pub(crate) const fn is_open(&self) -> bool {
        self.close.is_none() && self.error().is_none() && !self.eof
    }

    /// The error that ended the connection.
    pub(crate) const fn error(&self) -> Option<Error> {
        match self.is_deferred {
            true => None,
            false => self.error,
        }
    }

    /// An error was found, and an event comes before it: the next call tells it.
    pub(crate) const fn defer(&mut self, error: Error) {
        self.error = Some(error);
        self.is_deferred = true;
    }

    /// The error that was deferred, if it is due now.
    #[inline]
    pub(crate) const fn deferred(&self) -> Result<(), Error> {
        match self.error {
            Some(error) if self.is_deferred => Err(error),
            _ => Ok(()),
        }
    }

    pub(crate) const fn close(&self) -> Option<CloseStatus> {
        self.close
    }

    /// Whether the peer's Close was the end of it.
    pub(crate) const fn is_clean(&self) -> bool {
        self.close.is_some() && self.error().is_none()
    }

    /// The peer's Close arrived; a second one never gets here.
    pub(crate) const fn receive_close(&mut self, status: CloseStatus) {
        self.close = Some(status);
    }

    /// The connection failed; the first error is the one that stays.
    pub(crate) const fn fail(&mut self, error: Error) {
        if self.error().is_none() {
            self.error = Some(error);
            self.is_deferred = false;
        }
    }

    /// The peer's transport ended, which is an error unless its Close came
    /// first.
    pub(crate) const fn end(&mut self) -> Result<(), Error> {
        self.eof = true;
        if self.close.is_none() {
            self.fail(Error::UnexpectedEof);
        }
        match self.error() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Ends without a word: what was to be said was said by HTTP.
    pub(crate) const fn abandon(&mut self) {
        self.eof = true;
    }
}

/// The sending direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outbound {
    Open,
    /// The Close was sent, or waits to be as the last thing.
    Closed,
    /// The transport is gone, or was given up, before a Close was sent.
    Lost,
}

impl Outbound {
    /// The Close was sent, or waits as the last thing; it is the first that
    /// counts.
    pub(crate) const fn close(&mut self) {
        if matches!(self, Self::Open) {
            *self = Self::Closed;
        }
    }

    /// Nobody is left to send to. `unsent` says that a part of the last thing
    /// was not.
    pub(crate) const fn lose(&mut self, unsent: bool) {
        if unsent || matches!(self, Self::Open) {
            *self = Self::Lost;
        }
    }
}

/// What both directions make together once the opening handshake is done.
/// `waiting` says that bytes which were to be sent still wait for room.
pub(crate) const fn combine(
    role: Role,
    inbound: &Inbound,
    outbound: Outbound,
    waiting: bool,
) -> State {
    if inbound.error().is_some() {
        return if waiting && !inbound.eof {
            State::Closing
        } else {
            State::Closed
        };
    }
    match (inbound.close, outbound) {
        _ if inbound.eof => State::Closed,
        (None, Outbound::Open) => State::Open,
        (_, Outbound::Lost) => State::Closed,
        (None, Outbound::Closed) | (Some(_), Outbound::Open) => State::Closing,
        (Some(_), Outbound::Closed) if waiting => State::Closing,
        // The server is the one to close the transport, so that it is not
        // left with the port in TIME_WAIT at the client's will (§7.1.1).
        (Some(_), Outbound::Closed) => match role {
            Role::Server => State::Closed,
            Role::Client => State::Closing,
        },
    }
}
