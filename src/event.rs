use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use core::fmt;

use crate::frame::{CloseCode, ClosePayload, Opcode};
use crate::handshake::client::response_head::ResponseHead;
use crate::handshake::server::request::Request;
use crate::handshake::server::request_head::RequestHead;
use crate::redacted::Length;

/// What the peer sent, as [`Connection::receive`](crate::Connection::receive)
/// gives it.
///
/// Payloads are borrowed from the input where they lie in it whole, and owned
/// where they had to be put together or inflated. What is to outlive the input, as for
/// another task, is made by [`into_owned`](Self::into_owned).
#[derive(Clone)]
#[non_exhaustive]
pub enum Event<'a> {
    /// To a server: a valid WebSocket request. Answer it with
    /// [`accept`](crate::Connection::accept) or
    /// [`reject`](crate::Connection::reject); until then nothing is received,
    /// and what follows it stays in the input.
    Request(Box<Request>),
    /// To a server: an HTTP request that does not ask for a WebSocket. Answer
    /// it with [`respond`](crate::Connection::respond), after which the
    /// transport is closed; until then nothing is received.
    Http(Box<RequestHead>),
    /// To a client: the server accepted, the connection is open.
    Open(Box<ResponseHead>),
    /// To a client: the server answered with another status than 101, and the
    /// connection [is closed](crate::Connection::is_closed). Whoever wants the
    /// body goes on reading all the same, up to the end of the stream or to as
    /// much as is wanted, and gets it as [`Event::Body`].
    Refused(Box<ResponseHead>),
    /// To a client: a piece of a refusal's body, out of its `Content-Length`
    /// or chunks. How much of it to take is the caller's decision; the
    /// connection keeps nothing, and does not say whether the body came whole:
    /// whoever has to know gives the bytes behind the head to a
    /// [`BodyReader`](crate::handshake::BodyReader).
    Body(Cow<'a, [u8]>),
    /// A text message.
    Text(Cow<'a, str>),
    /// A binary message.
    Binary(Cow<'a, [u8]>),
    /// A piece of a message, with [`Delivery::Chunks`](crate::Delivery).
    Chunk(Chunk<'a>),
    /// A Ping with its payload of at most 125 bytes. The Pong is in the output
    /// already or waits for room there, unless
    /// [`auto_pong`](crate::Config::auto_pong) is off, or this end has closed and
    /// [`pong_after_close`](crate::Config::pong_after_close) is off.
    Ping(Cow<'a, [u8]>),
    /// A Pong with its payload of at most 125 bytes.
    Pong(Cow<'a, [u8]>),
    /// The peer's Close, `None` where it gave no code. The answer is in the
    /// output already or waits for room there, unless this end closed first or
    /// [`auto_close`](crate::Config::auto_close) is off. No event follows.
    Close(Option<CloseFrame<'a>>),
}

impl Event<'_> {
    /// The same, borrowing nothing: what was borrowed is copied, what was owned
    /// is moved.
    ///
    /// ```
    /// # use websocket_proto::{Config, Connection, Event, Input, Seed, handshake::Agreement};
    /// # let mut client =
    /// #     Connection::upgraded_client(Config::new(), Agreement::default(), Seed::from([7; 32]));
    /// let (events, other_task) = std::sync::mpsc::channel();
    /// let (mut read, mut out) = (*b"\x81\x05Hello", Vec::new());
    /// let mut input = Input::new(&mut read);
    /// while let Some(event) = client.receive(&mut input, &mut out)? {
    ///     events.send(event.into_owned())?;
    /// }
    /// drop(read);
    /// assert!(matches!(other_task.recv()?, Event::Text(text) if text == "Hello"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn into_owned(self) -> Event<'static> {
        match self {
            Self::Request(request) => Event::Request(request),
            Self::Http(head) => Event::Http(head),
            Self::Open(head) => Event::Open(head),
            Self::Refused(head) => Event::Refused(head),
            Self::Body(piece) => Event::Body(owned(piece)),
            Self::Text(text) => Event::Text(owned(text)),
            Self::Binary(payload) => Event::Binary(owned(payload)),
            Self::Chunk(chunk) => Event::Chunk(chunk.into_owned()),
            Self::Ping(payload) => Event::Ping(owned(payload)),
            Self::Pong(payload) => Event::Pong(owned(payload)),
            Self::Close(frame) => Event::Close(frame.map(CloseFrame::into_owned)),
        }
    }
}

/// Shows how long a payload is and the code of a Close, and nothing of what
/// else it says.
impl fmt::Debug for Event<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, length) = match self {
            Self::Request(request) => {
                return formatter.debug_tuple("Request").field(request).finish();
            }
            Self::Http(head) => return formatter.debug_tuple("Http").field(head).finish(),
            Self::Open(head) => return formatter.debug_tuple("Open").field(head).finish(),
            Self::Refused(head) => return formatter.debug_tuple("Refused").field(head).finish(),
            Self::Chunk(chunk) => {
                return formatter.debug_tuple("Chunk").field(chunk).finish();
            }
            Self::Close(frame) => return formatter.debug_tuple("Close").field(frame).finish(),
            Self::Body(piece) => ("Body", piece.len()),
            Self::Text(text) => ("Text", text.len()),
            Self::Binary(payload) => ("Binary", payload.len()),
            Self::Ping(payload) => ("Ping", payload.len()),
            Self::Pong(payload) => ("Pong", payload.len()),
        };
        write!(formatter, "{name}({length} bytes)")
    }
}

fn owned<T: ToOwned + ?Sized>(data: Cow<'_, T>) -> Cow<'static, T> {
    Cow::Owned(data.into_owned())
}

/// What a message consists of ([RFC 6455 §5.6]).
///
/// [RFC 6455 §5.6]: https://www.rfc-editor.org/rfc/rfc6455#section-5.6
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// UTF-8.
    Text,
    /// Any bytes.
    Binary,
}

impl MessageKind {
    pub(crate) const fn opcode(self) -> Opcode {
        match self {
            Self::Text => Opcode::Text,
            Self::Binary => Opcode::Binary,
        }
    }
}

/// A piece of a message, cut where the reads or the frames were cut. Its borders
/// have no meaning, and it is no WebSocket fragment ([RFC 6455 §5.4]).
///
/// [RFC 6455 §5.4]: https://www.rfc-editor.org/rfc/rfc6455#section-5.4
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// The bytes or the text.
    pub data: ChunkData<'a>,
    /// Whether the message begins with this piece.
    pub first: bool,
    /// Whether the message ends with this piece, which may then be empty.
    pub last: bool,
}

impl Chunk<'_> {
    /// The same, borrowing nothing.
    pub fn into_owned(self) -> Chunk<'static> {
        Chunk {
            data: self.data.into_owned(),
            first: self.first,
            last: self.last,
        }
    }
}

/// The data of a [`Chunk`].
#[derive(Clone, PartialEq, Eq)]
pub enum ChunkData<'a> {
    /// Of a text message: whole code points. One that was cut between reads
    /// comes owned, as does what had to be inflated; everything else is
    /// borrowed.
    Text(Cow<'a, str>),
    /// Of a binary message.
    Binary(Cow<'a, [u8]>),
}

impl ChunkData<'_> {
    /// The data as bytes, whatever its kind.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }

    /// The kind of message that the data is part of.
    pub const fn kind(&self) -> MessageKind {
        match self {
            Self::Text(_) => MessageKind::Text,
            Self::Binary(_) => MessageKind::Binary,
        }
    }

    /// The same, borrowing nothing.
    pub fn into_owned(self) -> ChunkData<'static> {
        match self {
            Self::Text(text) => ChunkData::Text(owned(text)),
            Self::Binary(bytes) => ChunkData::Binary(owned(bytes)),
        }
    }
}

/// Shows how long it is, and nothing of what it says.
impl fmt::Debug for ChunkData<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Text(_) => "Text",
            Self::Binary(_) => "Binary",
        };
        write!(formatter, "{name}({} bytes)", self.as_bytes().len())
    }
}

/// Why the peer closes ([RFC 6455 §5.5.1]).
///
/// [RFC 6455 §5.5.1]: https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1
#[derive(Clone, PartialEq, Eq)]
pub struct CloseFrame<'a> {
    /// The reason as a number.
    pub code: CloseCode,
    /// The reason in words, not meant for end users; at most 123 bytes.
    pub reason: Cow<'a, str>,
}

/// Shows the code, and of the reason only the length.
impl fmt::Debug for CloseFrame<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CloseFrame")
            .field("code", &self.code)
            .field("reason", &Length(self.reason.len()))
            .finish()
    }
}

impl<'a> From<ClosePayload<'a>> for CloseFrame<'a> {
    fn from(payload: ClosePayload<'a>) -> Self {
        Self {
            code: payload.code,
            reason: Cow::Borrowed(payload.reason),
        }
    }
}

impl CloseFrame<'_> {
    /// The same, borrowing nothing.
    pub fn into_owned(self) -> CloseFrame<'static> {
        CloseFrame {
            code: self.code,
            reason: owned(self.reason),
        }
    }
}
