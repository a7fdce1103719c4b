//! What the adapters take and give: events that borrow nothing.

use std::{fmt, io};

use websocket_proto::handshake::ResponseHead;
use websocket_proto::{
    Chunk, ChunkData, CloseFrame, CloseStatus, Error, Event, MessageKind, SendError,
};

/// What is sent and received on an open connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    Text(String),
    Binary(Vec<u8>),
    /// A piece of a message: received with `Delivery::Chunks` alone.
    Fragment {
        kind: MessageKind,
        data: Vec<u8>,
        last: bool,
    },
    /// Received, it has been answered already.
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    /// Received, it has been answered already. Sent, nothing can follow it.
    Close(Option<CloseFrame<'static>>),
}

impl Message {
    /// `None` for the events of the opening handshake.
    pub fn new(event: Event<'_>) -> Option<Self> {
        Some(match event {
            Event::Text(text) => Self::Text(text.into_owned()),
            Event::Binary(bytes) => Self::Binary(bytes.into_owned()),
            Event::Chunk(Chunk { data, last, .. }) => Self::Fragment {
                kind: data.kind(),
                data: match data {
                    ChunkData::Text(text) => text.into_owned().into_bytes(),
                    ChunkData::Binary(bytes) => bytes.into_owned(),
                },
                last,
            },
            Event::Ping(payload) => Self::Ping(payload.into_owned()),
            Event::Pong(payload) => Self::Pong(payload.into_owned()),
            Event::Close(frame) => Self::Close(frame.map(CloseFrame::into_owned)),
            _ => return None,
        })
    }
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// What the peer's Close said.
    pub status: CloseStatus,
    /// Whether both Closes were through.
    pub clean: bool,
}

/// Why something did not work.
#[derive(Debug)]
pub enum Failure {
    /// By the peer's fault.
    Peer(Error),
    /// By this program's.
    Program(SendError),
    /// To a client: the server answered with another status than 101.
    Refused(Box<ResponseHead>),
    /// To a server: it answered the request by HTTP, with this status.
    Answered(u16),
    /// By the transport.
    Io(io::Error),
    /// The connection has ended, so that nothing can be sent.
    Ended,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Peer(error) => error.fmt(f),
            Self::Program(error) => error.fmt(f),
            Self::Refused(head) => write!(f, "refused with status {}", head.status()),
            Self::Answered(status) => write!(f, "answered with status {status}"),
            Self::Io(error) => error.fmt(f),
            Self::Ended => f.write_str("the connection has ended"),
        }
    }
}

impl std::error::Error for Failure {}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Peer(error)
    }
}

impl From<SendError> for Failure {
    fn from(error: SendError) -> Self {
        Self::Program(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
