use core::fmt;

use crate::frame::{CloseCode, CloseError, FrameError, InvalidUtf8};
use crate::handshake::build_error::BuildError;
use crate::handshake::client::error::ResponseError;
use crate::handshake::server::error::RequestError;
use crate::status::State;

/// What the peer did wrong, or failed to do.
///
/// An error ends the connection: every event before it has been delivered, the
/// Close or the HTTP refusal that it deserves stands in the output, and each
/// further call gives the same error again. The mistakes of the caller are
/// [`SendError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Error {
    /// A request that no server may accept.
    Request(RequestError),
    /// A response that no client may accept.
    Response(ResponseError),
    /// A frame that breaks the rules.
    Frame(FrameError),
    /// A text message that is not UTF-8.
    InvalidUtf8,
    /// A compressed message that does not inflate.
    InvalidDeflate,
    /// A Close frame with an invalid payload.
    Close(CloseError),
    /// More than a limit of [`Config`](crate::Config) allows.
    Limit(Limit),
    /// The transport ended before the closing handshake was through.
    UnexpectedEof,
    /// A deadline of [`Config`](crate::Config) passed.
    Timeout(Timeout),
    /// The one mistake of the caller in this list: an [`Input`](crate::Input)
    /// was dropped before [`receive`](crate::Connection::receive) gave `None`, so
    /// that messages can be lost. Nothing was emitted and the connection is as
    /// it was, but every other input gets this error.
    UnreadInput,
}

/// The limit that a message exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// [`Config::max_frame`](crate::Config::max_frame).
    Frame,
    /// [`Config::max_message`](crate::Config::max_message).
    Message,
    /// [`Config::max_fragments`](crate::Config::max_fragments).
    Fragments,
}

/// The deadline that passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Timeout {
    /// [`Config::handshake_timeout`](crate::Config::handshake_timeout).
    Handshake,
    /// [`Config::idle_timeout`](crate::Config::idle_timeout).
    Idle,
    /// [`Config::pong_timeout`](crate::Config::pong_timeout).
    Pong,
    /// [`Config::close_timeout`](crate::Config::close_timeout).
    Close,
}

/// What the legacy protocol has no frame for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unsupported {
    /// A binary message.
    Binary,
    /// A Ping.
    Ping,
    /// A Pong.
    Pong,
    /// A message in fragments.
    Fragment,
    /// A Close with a code: use
    /// [`send_empty_close`](crate::Connection::send_empty_close).
    CloseCode,
}

impl Unsupported {
    const fn text(self) -> &'static str {
        match self {
            Self::Binary => "hixie-76 has no binary messages",
            Self::Ping => "hixie-76 has no Ping",
            Self::Pong => "hixie-76 has no Pong",
            Self::Fragment => "hixie-76 has no fragments",
            Self::CloseCode => "hixie-76 has no close codes",
        }
    }
}

impl Error {
    /// The close code that tells the peer; `None` if there is nothing to
    /// tell it by a Close frame, as before the connection is open.
    pub const fn close_code(&self) -> Option<CloseCode> {
        Some(match self {
            Self::Frame(_) => CloseCode::PROTOCOL_ERROR,
            Self::InvalidUtf8 | Self::InvalidDeflate => CloseCode::INVALID_DATA,
            Self::Close(error) => error.close_code(),
            Self::Limit(_) => CloseCode::MESSAGE_TOO_BIG,
            Self::Timeout(Timeout::Idle) => CloseCode::GOING_AWAY,
            Self::Timeout(Timeout::Pong) => CloseCode::INTERNAL_ERROR,
            Self::Request(_)
            | Self::Response(_)
            | Self::UnexpectedEof
            | Self::UnreadInput
            | Self::Timeout(Timeout::Handshake | Timeout::Close) => return None,
        })
    }

    /// The HTTP status that tells the client, if the error is one of the
    /// opening handshake at a server. Of a timeout it is 408; if the request had
    /// come and waited for the application, the client was told 503.
    pub const fn http_status(&self) -> Option<u16> {
        match self {
            Self::Request(error) => Some(error.status()),
            Self::Timeout(Timeout::Handshake) => Some(408),
            _ => None,
        }
    }

    /// The specification and section that holds the rule, such as
    /// `"RFC 6455 section 5.2"`; of a timeout, which no rule demands, the one
    /// that comes nearest.
    pub const fn section(&self) -> &'static str {
        match self {
            Self::Request(error) => error.section(),
            Self::Response(error) => error.section(),
            Self::Frame(error) => error.section(),
            Self::InvalidUtf8 => "RFC 6455 section 8.1",
            Self::InvalidDeflate => "RFC 7692 section 7.2.2",
            Self::Close(error) => error.section(),
            Self::Limit(_) => "RFC 6455 section 10.4",
            Self::UnexpectedEof => "RFC 6455 section 7.1.5",
            Self::UnreadInput => "RFC 6455 section 6.2",
            Self::Timeout(Timeout::Handshake) => "RFC 9110 section 15.5.9",
            Self::Timeout(Timeout::Idle) => "RFC 6455 section 7.3",
            Self::Timeout(Timeout::Pong) => "RFC 6455 section 5.5.2",
            Self::Timeout(Timeout::Close) => "RFC 6455 section 7.1.1",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Request(error) => return error.fmt(formatter),
            Self::Response(error) => return error.fmt(formatter),
            Self::Frame(error) => return error.fmt(formatter),
            Self::InvalidUtf8 => return InvalidUtf8.fmt(formatter),
            Self::Close(error) => return error.fmt(formatter),
            Self::InvalidDeflate => "a compressed message does not inflate",
            Self::Limit(Limit::Frame) => "a frame is over the limit",
            Self::Limit(Limit::Message) => "a message is over the limit",
            Self::Limit(Limit::Fragments) => "a message has more fragments than the limit",
            Self::UnexpectedEof => "the connection was lost before the closing handshake",
            Self::UnreadInput => "an input was dropped before all of its events were taken",
            Self::Timeout(Timeout::Handshake) => "the opening handshake was not completed in time",
            Self::Timeout(Timeout::Idle) => "nothing was received for too long",
            Self::Timeout(Timeout::Pong) => "a ping was not answered in time",
            Self::Timeout(Timeout::Close) => "the closing handshake was not completed in time",
        };
        formatter.write_str(text)
    }
}

// No source: what is inside has said everything already.
impl core::error::Error for Error {}

/// A limit is one, whatever the protocol.
impl From<FrameError> for Error {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::Hixie76TooLong => Self::Limit(Limit::Frame),
            error => Self::Frame(error),
        }
    }
}

impl From<InvalidUtf8> for Error {
    fn from(_: InvalidUtf8) -> Self {
        Self::InvalidUtf8
    }
}

impl From<CloseError> for Error {
    fn from(error: CloseError) -> Self {
        Self::Close(error)
    }
}

impl From<Limit> for Error {
    fn from(limit: Limit) -> Self {
        Self::Limit(limit)
    }
}

impl From<Timeout> for Error {
    fn from(timeout: Timeout) -> Self {
        Self::Timeout(timeout)
    }
}

impl From<RequestError> for Error {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

impl From<ResponseError> for Error {
    fn from(error: ResponseError) -> Self {
        Self::Response(error)
    }
}

/// What the caller may not do: nothing was emitted and nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SendError {
    /// The connection is not in a state that allows the call.
    WrongState(State),
    /// The output has no room for `needed` bytes. Drain it and call again.
    OutputFull {
        /// The room that the call needs, in bytes.
        needed: usize,
    },
    /// The payload of a Ping, Pong or Close exceeds 125 bytes, of which a
    /// close code takes two.
    ControlTooLong,
    /// A message begun with `send_fragment` has not ended.
    MessageUnderWay,
    /// The fragment is of another kind than the message under way.
    OtherKind,
    /// The text is not UTF-8, or ends within a code point.
    InvalidUtf8,
    /// A close code that this role does not send: 1010 is for clients.
    CloseCode(CloseCode),
    /// A prepared message is not masked, so that no client may send it.
    PreparedByClient,
    /// The legacy protocol, which this connection speaks, has it not: see
    /// [`Connection::protocol`](crate::Connection::protocol).
    Unsupported(Unsupported),
    /// The request is not the one that waits for its answer, which its key tells.
    OtherRequest,
    /// A header, subprotocol or extension that cannot be sent.
    Build(BuildError),
}

impl fmt::Display for SendError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongState(state) => write!(formatter, "the call is not possible while {state}"),
            Self::OutputFull { needed } => {
                write!(formatter, "the output has no room for {needed} bytes")
            }
            Self::ControlTooLong => {
                formatter.write_str("the control payload has more than 125 bytes")
            }
            Self::MessageUnderWay => formatter.write_str("a fragmented message is under way"),
            Self::OtherKind => {
                formatter.write_str("the fragment is of another kind than its message")
            }
            Self::InvalidUtf8 => InvalidUtf8.fmt(formatter),
            Self::CloseCode(code) => {
                write!(formatter, "the close code {code} is not for this role")
            }
            Self::PreparedByClient => {
                formatter.write_str("a prepared message is not masked as a client must")
            }
            Self::Unsupported(what) => formatter.write_str(what.text()),
            Self::OtherRequest => formatter.write_str("the request is not the one that waits"),
            Self::Build(error) => error.fmt(formatter),
        }
    }
}

impl core::error::Error for SendError {}

impl From<Unsupported> for SendError {
    fn from(what: Unsupported) -> Self {
        Self::Unsupported(what)
    }
}

impl From<BuildError> for SendError {
    fn from(error: BuildError) -> Self {
        Self::Build(error)
    }
}
