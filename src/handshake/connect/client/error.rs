//! Why a client does not take a response.

use core::{error, fmt};

use crate::handshake::client::error as http1;
use crate::handshake::connect::malformed::Malformed;
use crate::handshake::connect::reset_code::ResetCode;

/// Why a server's response does not open the connection. The client resets the
/// stream with the [code](Self::reset_code).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResponseError {
    /// The response is malformed, which a 101 is too.
    Malformed(Malformed),
    /// The server's choice of subprotocol or extensions breaks a rule of RFC
    /// 6455 that holds over HTTP/2 and HTTP/3 too. The status was from 200 to
    /// 299, whatever the rule says of HTTP/1.1.
    Handshake(http1::ResponseError),
}

impl ResponseError {
    /// The code to reset the stream with.
    pub const fn reset_code(self) -> ResetCode {
        match self {
            Self::Malformed(_) => ResetCode::Malformed,
            Self::Handshake(_) => ResetCode::Cancelled,
        }
    }

    /// Where the rule stands, such as `RFC 6455 section 4.1`.
    pub const fn section(self) -> &'static str {
        match self {
            Self::Malformed(error) => error.section(),
            Self::Handshake(error) => error.section(),
        }
    }
}

impl From<Malformed> for ResponseError {
    fn from(error: Malformed) -> Self {
        Self::Malformed(error)
    }
}

impl From<http1::ResponseError> for ResponseError {
    fn from(error: http1::ResponseError) -> Self {
        Self::Handshake(error)
    }
}

impl fmt::Display for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => error.fmt(f),
            Self::Handshake(error) => error.fmt(f),
        }
    }
}

// No source: what is inside has said everything already.
impl error::Error for ResponseError {}
