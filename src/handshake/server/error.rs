//! Why a server refuses a request.

use alloc::format;
use core::{error, fmt};

use super::response::Response;
use crate::handshake::head::error::HeadError;

/// Why a request is not a valid WebSocket handshake, or not valid HTTP.
///
/// It knows the HTTP status that answers it, and [`refusal`](Self::refusal) is
/// the whole response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestError {
    /// The head is malformed or too large: 400, 414 or 431.
    Head(HeadError),
    /// The request line is malformed (RFC 9112 section 3): 400.
    RequestLine,
    /// The target is neither a path nor an `http` or `https` URI, or it holds
    /// characters that may not stand there: 400.
    Target,
    /// Another major version than HTTP/1: 505.
    UnsupportedHttp,
    /// `Host` is missing, repeated or malformed (RFC 9112 section 3.2): 400.
    Host,
    /// `Upgrade` does not list `websocket`, or the request is HTTP/1.0: 426.
    NotWebSocket,
    /// The method is not `GET`: 405.
    Method,
    /// `Connection` does not list `Upgrade`: 400.
    Connection,
    /// The request has a body: 400.
    Body,
    /// The request has an `Expect`, which this crate does not fulfil: 417.
    Expectation,
    /// The handshake is that of the draft hixie-76, which is off: 400.
    Draft,
    /// `Sec-WebSocket-Key1` or `Sec-WebSocket-Key2` of the draft is missing or
    /// repeated: 400.
    Hixie76Keys,
    /// One of them has no digits: 400.
    Hixie76NoDigits,
    /// One of them has no spaces, by whose number its digits are to be divided:
    /// 400.
    Hixie76NoSpaces,
    /// The number of spaces does not divide the number that the digits make: 400.
    Hixie76NotMultiple,
    /// The number has more than 32 bits after the division: 400.
    Hixie76TooLarge,
    /// `Origin` is missing in a request of the draft, and none is made up: 400.
    Hixie76MissingOrigin,
    /// `Sec-WebSocket-Protocol` is repeated, empty or not printable ASCII in a
    /// request of the draft: 400.
    Hixie76Subprotocol,
    /// `Sec-WebSocket-Version` is missing: 426.
    MissingVersion,
    /// `Sec-WebSocket-Version` is repeated or a list: 400.
    RepeatedVersion,
    /// `Sec-WebSocket-Version` is not 13: 426.
    UnsupportedVersion,
    /// `Sec-WebSocket-Key` is missing: 400.
    MissingKey,
    /// `Sec-WebSocket-Key` is repeated: 400.
    RepeatedKey,
    /// `Sec-WebSocket-Key` is not the base64 of 16 bytes: 400.
    InvalidKey,
    /// `Origin` is repeated or not printable ASCII: 400.
    Origin,
    /// `Sec-WebSocket-Protocol` is not a list of tokens: 400.
    InvalidSubprotocol,
    /// A subprotocol is offered twice: 400.
    RepeatedSubprotocol,
    /// More than 64 subprotocols are offered: 431.
    TooManySubprotocols,
    /// `Sec-WebSocket-Extensions` is malformed: 400.
    InvalidExtension,
    /// More than 32 extensions are offered, or one with more than 32
    /// parameters: 431.
    TooManyExtensions,
}

impl RequestError {
    /// The HTTP status of the response.
    pub const fn status(self) -> u16 {
        self.parts().0
    }

    /// Where the rule stands, such as `RFC 6455 section 4.2.1`.
    pub const fn section(self) -> &'static str {
        self.parts().1
    }

    const fn parts(self) -> (u16, &'static str, &'static str) {
        const OPENING: &str = "RFC 6455 section 4.2.1";
        const DRAFT_KEYS: &str = "hybi-00 section 5.2";
        match self {
            Self::Head(error) => (error.status(), error.section(), error.text()),
            Self::RequestLine => (400, "RFC 9112 section 3", "the request line is malformed"),
            Self::Target => (
                400,
                "RFC 9112 section 3.2",
                "the request target is malformed",
            ),
            Self::UnsupportedHttp => (
                505,
                "RFC 9110 section 15.6.6",
                "the version of HTTP is not 1.1",
            ),
            Self::Host => (
                400,
                "RFC 9112 section 3.2",
                "Host is missing, repeated or malformed",
            ),
            Self::NotWebSocket => (
                426,
                OPENING,
                "the request does not ask for an upgrade to websocket in HTTP/1.1",
            ),
            Self::Method => (405, OPENING, "the method is not GET"),
            Self::Connection => (400, OPENING, "Connection does not list Upgrade"),
            Self::Body => (400, "RFC 9110 section 7.8", "the request has a body"),
            Self::Expectation => (
                417,
                "RFC 9110 section 10.1.1",
                "the request has an expectation",
            ),
            Self::Draft => (
                400,
                "RFC 6455 section 4.4",
                "the handshake is that of the draft hixie-76, which is not spoken here",
            ),
            Self::Hixie76Keys => (
                400,
                DRAFT_KEYS,
                "Sec-WebSocket-Key1 or Sec-WebSocket-Key2 is missing or repeated",
            ),
            Self::Hixie76NoDigits => (400, DRAFT_KEYS, "a key has no digits"),
            Self::Hixie76NoSpaces => (400, DRAFT_KEYS, "a key has no spaces"),
            Self::Hixie76NotMultiple => (
                400,
                DRAFT_KEYS,
                "the number in a key is not a multiple of its spaces",
            ),
            Self::Hixie76TooLarge => (400, DRAFT_KEYS, "the number in a key has more than 32 bits"),
            Self::Hixie76MissingOrigin => (400, "hybi-00 section 5.1", "Origin is missing"),
            Self::Hixie76Subprotocol => (
                400,
                "hybi-00 section 5.1",
                "Sec-WebSocket-Protocol is not one printable name",
            ),
            Self::MissingVersion => (426, OPENING, "Sec-WebSocket-Version is missing"),
            Self::RepeatedVersion => (
                400,
                "RFC 6455 section 11.3.5",
                "Sec-WebSocket-Version is repeated or a list",
            ),
            Self::UnsupportedVersion => (
                426,
                "RFC 6455 section 4.4",
                "Sec-WebSocket-Version is not 13",
            ),
            Self::MissingKey => (400, OPENING, "Sec-WebSocket-Key is missing"),
            Self::RepeatedKey => (
                400,
                "RFC 6455 section 11.3.1",
                "Sec-WebSocket-Key is repeated",
            ),
            Self::InvalidKey => (
                400,
                OPENING,
                "Sec-WebSocket-Key is not the base64 of 16 bytes",
            ),
            Self::Origin => (400, OPENING, "Origin is repeated or malformed"),
            Self::InvalidSubprotocol => (
                400,
                "RFC 6455 section 4.3",
                "Sec-WebSocket-Protocol is not a list of tokens",
            ),
            Self::RepeatedSubprotocol => (
                400,
                "RFC 6455 section 4.1",
                "Sec-WebSocket-Protocol repeats a name",
            ),
            Self::TooManySubprotocols => (
                431,
                "RFC 6455 section 10.4",
                "Sec-WebSocket-Protocol has too many names",
            ),
            Self::InvalidExtension => (
                400,
                "RFC 6455 section 9.1",
                "Sec-WebSocket-Extensions is malformed",
            ),
            Self::TooManyExtensions => (
                431,
                "RFC 6455 section 10.4",
                "Sec-WebSocket-Extensions has too many elements",
            ),
        }
    }

    /// The response to send: status, a text that says what is wrong, and what the
    /// status calls for, `Allow` in a 405, `Upgrade` and
    /// `Sec-WebSocket-Version` in a 426 (RFC 6455 section 4.4), the latter
    /// wherever the version is what is wrong.
    ///
    /// A 405 has no text, since it may answer `HEAD`. For another refusal of a
    /// `HEAD` request use
    /// [`encode_without_body`](Response::encode_without_body).
    ///
    /// ```
    /// use websocket_proto::handshake::RequestError;
    ///
    /// let response = RequestError::UnsupportedVersion.refusal().encode()?;
    /// assert!(response.starts_with(b"HTTP/1.1 426 Upgrade Required\r\n"));
    /// # Ok::<(), websocket_proto::handshake::BuildError>(())
    /// ```
    pub fn refusal(self) -> Response {
        let status = self.status();
        let response = match self {
            Self::Draft | Self::RepeatedVersion => {
                Response::new(status).header("Sec-WebSocket-Version", "13")
            }
            _ => Response::new(status),
        };
        match status {
            405 => return response.header("Allow", "GET"),
            426 => response
                .header("Upgrade", "websocket")
                .header("Sec-WebSocket-Version", "13"),
            _ => response,
        }
        .header("Content-Type", "text/plain")
        .body(format!("{self}\n"))
    }
}

impl From<HeadError> for RequestError {
    fn from(error: HeadError) -> Self {
        Self::Head(error)
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.parts().2)
    }
}

// No source: what is inside has said everything already.
impl error::Error for RequestError {}
