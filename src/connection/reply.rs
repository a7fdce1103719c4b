use crate::frame::{CloseCode, MAX_CONTROL_PAYLOAD};
use crate::redacted::Redacted;
use crate::{Error, Event};

/// What an event or an error obliges this end to send: the answer to a Ping,
/// the echo of a Close, or the Close that a violation deserves.
///
/// [`Connection`](crate::Connection) sends it by itself. Where the connection
/// is [split](crate::Connection::split), the receiving task makes it and the
/// sending task writes it with [`Sender::send_reply`](crate::Sender::send_reply).
///
/// ```
/// use std::borrow::Cow;
/// use websocket_proto::{Event, Reply};
///
/// assert!(Reply::to_event(&Event::Ping(Cow::Borrowed(b"Hello"))).is_some());
/// assert!(Reply::to_event(&Event::Text(Cow::Borrowed("Hello"))).is_none());
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Reply(pub(super) Kind);

#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Pong(ControlPayload),
    /// The echo of the peer's Close.
    Echo(Option<CloseCode>),
    /// The end of a connection that failed.
    Failure(Error),
}

impl Reply {
    /// The reply to what the peer sent, `None` where it owes nothing.
    pub fn to_event(event: &Event<'_>) -> Option<Self> {
        match event {
            Event::Ping(payload) => Some(Self(Kind::Pong(ControlPayload::new(payload)))),
            Event::Close(frame) => Some(Self(Kind::Echo(frame.as_ref().map(|frame| frame.code)))),
            _ => None,
        }
    }

    /// The reply to what the peer did wrong.
    pub const fn to_error(error: Error) -> Self {
        Self(Kind::Failure(error))
    }
}

/// The payload of a control frame, kept without an allocation.
#[derive(Debug, Clone, Copy)]
pub(super) struct ControlPayload {
    bytes: Redacted<[u8; MAX_CONTROL_PAYLOAD]>,
    length: u8,
}

impl ControlPayload {
    /// Keeps `payload`, of which a control frame holds 125 bytes at most.
    pub(super) fn new(payload: &[u8]) -> Self {
        let length = payload.len().min(MAX_CONTROL_PAYLOAD);
        let mut bytes = [0; MAX_CONTROL_PAYLOAD];
        bytes[..length].copy_from_slice(&payload[..length]);
        Self {
            bytes: Redacted(bytes),
            length: length as u8,
        }
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes.0[..usize::from(self.length)]
    }
}
