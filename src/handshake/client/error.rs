//! Why a client does not take a response for the upgrade.

use core::{error, fmt};

use crate::handshake::head::error::HeadError;

/// Why a server's response does not open the connection. The client closes the
/// transport; there is nothing to send (RFC 6455 section 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResponseError {
    /// The head is malformed or too large.
    Head(HeadError),
    /// The status line is malformed (RFC 9112 section 4).
    StatusLine,
    /// The version of HTTP cannot carry the upgrade: it is not HTTP/1, or a 101
    /// is in HTTP/1.0.
    UnsupportedHttp,
    /// The status is not 101.
    Status,
    /// More interim responses (1xx) came before the response than are skipped.
    TooManyInterim,
    /// `Upgrade` is not exactly `websocket`.
    Upgrade,
    /// `Connection` does not list `Upgrade`.
    Connection,
    /// `Sec-WebSocket-Accept` is missing.
    MissingAccept,
    /// `Sec-WebSocket-Accept` is repeated.
    RepeatedAccept,
    /// `Sec-WebSocket-Accept` does not belong to the key that was sent.
    WrongAccept,
    /// `Sec-WebSocket-Protocol` is repeated or not one token.
    InvalidSubprotocol,
    /// The server chose a subprotocol that was not offered.
    SubprotocolNotOffered,
    /// The server chose no subprotocol, and
    /// [`require_subprotocol`](crate::handshake::ClientRequest::require_subprotocol) is
    /// set.
    MissingSubprotocol,
    /// `Sec-WebSocket-Extensions` is malformed or too long.
    InvalidExtension,
    /// The server accepted an extension that was not offered.
    ExtensionNotOffered,
    /// The server accepted an extension twice.
    RepeatedExtension,
    /// `Sec-WebSocket-Origin` of the draft hixie-76 is missing, repeated or
    /// another than was sent.
    Hixie76Origin,
    /// `Sec-WebSocket-Location` of the draft is missing, repeated or another than
    /// was asked for.
    Hixie76Location,
    /// `Sec-WebSocket-Protocol` in a response of the draft is missing, repeated or
    /// another than was asked for.
    Hixie76Subprotocol,
    /// The sixteen bytes behind a response of the draft do not answer the
    /// challenge.
    Hixie76Challenge,
}

impl ResponseError {
    /// The status of the response in HTTP/1.1, if it was one: only a 101 is
    /// looked at any closer. `None` if it could not be read, and for
    /// [`Status`](Self::Status), which stands for any other.
    pub const fn status(self) -> Option<u16> {
        match self {
            Self::Head(_)
            | Self::StatusLine
            | Self::UnsupportedHttp
            | Self::Status
            | Self::TooManyInterim => None,
            _ => Some(101),
        }
    }

    /// Where the rule stands, such as `RFC 6455 section 4.1`.
    pub const fn section(self) -> &'static str {
        match self {
            Self::Head(error) => error.section(),
            Self::StatusLine => "RFC 9112 section 4",
            Self::UnsupportedHttp | Self::TooManyInterim => "RFC 9110 section 15.2",
            Self::RepeatedAccept => "RFC 6455 section 11.3.3",
            Self::InvalidSubprotocol => "RFC 6455 section 11.3.4",
            Self::MissingSubprotocol => "WHATWG WebSockets, opening handshake",
            Self::InvalidExtension | Self::RepeatedExtension => "RFC 6455 section 9.1",
            Self::Status
            | Self::Upgrade
            | Self::Connection
            | Self::MissingAccept
            | Self::WrongAccept
            | Self::SubprotocolNotOffered
            | Self::ExtensionNotOffered => "RFC 6455 section 4.1",
            Self::Hixie76Origin
            | Self::Hixie76Location
            | Self::Hixie76Subprotocol
            | Self::Hixie76Challenge => "hybi-00 section 5.1",
        }
    }
}

impl From<HeadError> for ResponseError {
    fn from(error: HeadError) -> Self {
        Self::Head(error)
    }
}

impl fmt::Display for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Head(error) => error.text(),
            Self::StatusLine => "the status line is malformed",
            Self::UnsupportedHttp => "the version of HTTP cannot carry the upgrade",
            Self::Status => "the status is not 101",
            Self::TooManyInterim => "too many interim responses came before the response",
            Self::Upgrade => "Upgrade is not websocket",
            Self::Connection => "Connection does not list Upgrade",
            Self::MissingAccept => "Sec-WebSocket-Accept is missing",
            Self::RepeatedAccept => "Sec-WebSocket-Accept is repeated",
            Self::WrongAccept => "Sec-WebSocket-Accept does not belong to the key",
            Self::InvalidSubprotocol => "Sec-WebSocket-Protocol is not one token",
            Self::SubprotocolNotOffered => "the server chose a subprotocol that was not offered",
            Self::MissingSubprotocol => "the server chose no subprotocol",
            Self::InvalidExtension => "Sec-WebSocket-Extensions is malformed",
            Self::ExtensionNotOffered => "the server accepted an extension that was not offered",
            Self::RepeatedExtension => "the server accepted an extension twice",
            Self::Hixie76Origin => "Sec-WebSocket-Origin is not the origin that was sent",
            Self::Hixie76Location => "Sec-WebSocket-Location is not what was asked for",
            Self::Hixie76Subprotocol => "Sec-WebSocket-Protocol is not what was asked for",
            Self::Hixie76Challenge => "the sixteen bytes do not answer the challenge",
        })
    }
}

// No source: what is inside has said everything already.
impl error::Error for ResponseError {}
