//! What a server does with a request that does not open a connection.

use alloc::format;
use core::{error, fmt};

use crate::handshake::connect::malformed::Malformed;
use crate::handshake::connect::reset_code::ResetCode;
use crate::handshake::server::error as http1;
use crate::handshake::server::response::Response;

/// What to do with a request that is not an opening handshake, or not a valid
/// one.
///
/// ```
/// use websocket_proto::handshake::connect::{Request, RequestError};
///
/// # let fields = [
/// #     (":method", "CONNECT"),
/// #     (":protocol", "websocket"),
/// #     (":scheme", "https"),
/// #     (":path", "/"),
/// #     (":authority", "example.com"),
/// #     ("sec-websocket-version", "8"),
/// # ];
/// match Request::from_fields(fields) {
///     // Accept it, or refuse it.
///     Ok(request) => drop(request),
///     // Somebody else's: answer it as HTTP.
///     Err(RequestError::NotWebSocket) => {}
///     Err(error) => match (error.reset_code(), error.refusal()) {
///         // Reset the stream.
///         (Some(code), _) => assert_eq!((code.http2(), code.http3()), (0x1, 0x10e)),
///         // Send it, and end the stream.
///         (None, refusal) => assert_eq!(refusal.status(), 400),
///     },
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestError {
    /// There is no `:protocol`. This is an ordinary request, or a CONNECT that
    /// asks for a TCP tunnel: it is for HTTP to answer.
    NotWebSocket,
    /// The request is malformed: reset the stream.
    Malformed(Malformed),
    /// `:protocol` names another protocol than `websocket` (RFC 9220 section
    /// 3): 501, unless somebody else speaks it.
    UnsupportedProtocol,
    /// A field breaks a rule of RFC 6455 that holds over HTTP/2 and HTTP/3 too:
    /// refuse the request. The [status](Self::status) is that of the rule, but
    /// 400 instead of 426, as there is no `upgrade` here.
    Handshake(http1::RequestError),
}

impl RequestError {
    /// The status of the response. It is 400 for what is malformed, if anything
    /// is answered before the reset (RFC 9113 section 8.1.1), and for
    /// [`NotWebSocket`](Self::NotWebSocket) if nothing else is spoken.
    pub const fn status(self) -> u16 {
        match self {
            Self::UnsupportedProtocol => 501,
            Self::NotWebSocket | Self::Malformed(_) => 400,
            Self::Handshake(error) => match error.status() {
                426 => 400,
                status => status,
            },
        }
    }

    /// The code to reset the stream with; `None` if the request is answered
    /// instead.
    pub const fn reset_code(self) -> Option<ResetCode> {
        match self {
            Self::Malformed(_) => Some(ResetCode::Malformed),
            _ => None,
        }
    }

    /// Where the rule stands, such as `RFC 8441 section 4`.
    pub const fn section(self) -> &'static str {
        match self {
            Self::NotWebSocket => "RFC 8441 section 4",
            Self::Malformed(error) => error.section(),
            Self::UnsupportedProtocol => "RFC 9220 section 3",
            Self::Handshake(error) => error.section(),
        }
    }

    /// The response to send: status, a text that says what is wrong, and
    /// `sec-websocket-version` if it was not 13 alone (RFC 6455 section 4.4).
    /// [`to_fields`](Response::to_fields) gives its list.
    pub fn refusal(self) -> Response {
        let response = match self {
            Self::Handshake(
                http1::RequestError::UnsupportedVersion | http1::RequestError::RepeatedVersion,
            ) => Response::new(self.status()).header("Sec-WebSocket-Version", "13"),
            _ => Response::new(self.status()),
        };
        response
            .header("Content-Type", "text/plain")
            .body(format!("{self}\n"))
    }
}

impl From<Malformed> for RequestError {
    fn from(error: Malformed) -> Self {
        Self::Malformed(error)
    }
}

impl From<http1::RequestError> for RequestError {
    fn from(error: http1::RequestError) -> Self {
        Self::Handshake(error)
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotWebSocket => f.write_str("the request has no :protocol"),
            Self::Malformed(error) => error.fmt(f),
            Self::UnsupportedProtocol => f.write_str(":protocol is not websocket"),
            Self::Handshake(error) => error.fmt(f),
        }
    }
}

// No source: what is inside has said everything already.
impl error::Error for RequestError {}
