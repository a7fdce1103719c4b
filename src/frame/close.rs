use core::fmt;
use core::num::NonZeroU16;

use super::MAX_CONTROL_PAYLOAD;
use crate::redacted::Length;

/// Why a connection is closed, as a number that may travel in a Close frame
/// ([RFC 6455 §7.4] and the registry that it set up).
///
/// The numbers 1005, 1006 and 1015 stand for things that happened locally, the
/// rest of 0 to 2999 and all from 5000 on are reserved or unused: none of them
/// makes a value of this type. What a connection reports where there was no
/// such number is [`CloseStatus`](crate::CloseStatus).
///
/// ```
/// use websocket_proto::CloseCode;
///
/// assert_eq!(CloseCode::new(1000), Some(CloseCode::NORMAL));
/// assert_eq!(CloseCode::new(4001).map(CloseCode::value), Some(4001));
/// assert_eq!(CloseCode::new(1006), None);
/// ```
///
/// [RFC 6455 §7.4]: https://www.rfc-editor.org/rfc/rfc6455#section-7.4
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CloseCode(NonZeroU16);

// A constant of zero does not compile: the `unwrap` is evaluated there.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $value:literal;)*) => {
        impl CloseCode {
            $($(#[$doc])* pub const $name: Self = Self(NonZeroU16::new($value).unwrap());)*
        }
    };
}

codes! {
    /// 1000: the purpose of the connection is fulfilled.
    NORMAL = 1000;
    /// 1001: the server shuts down, or the user leaves the page.
    GOING_AWAY = 1001;
    /// 1002: the peer broke the protocol.
    PROTOCOL_ERROR = 1002;
    /// 1003: a kind of data that this end does not take.
    UNSUPPORTED_DATA = 1003;
    /// 1007: data that is not what its message says, as text that is not
    /// UTF-8.
    INVALID_DATA = 1007;
    /// 1008: a message that breaks this end's policy.
    POLICY_VIOLATION = 1008;
    /// 1009: a message too big to process.
    MESSAGE_TOO_BIG = 1009;
    /// 1010: the server did not agree to an extension that this client needs.
    /// Clients alone send it.
    MANDATORY_EXTENSION = 1010;
    /// 1011: something unforeseen keeps this end from going on.
    INTERNAL_ERROR = 1011;
    /// 1012: the service restarts.
    SERVICE_RESTART = 1012;
    /// 1013: the service is overloaded.
    TRY_AGAIN_LATER = 1013;
    /// 1014: this end is a gateway whose upstream answered wrongly.
    BAD_GATEWAY = 1014;
}

impl CloseCode {
    /// The code with this number, or `None` where the number may not travel.
    pub const fn new(value: u16) -> Option<Self> {
        match value {
            1000..=1003 | 1007..=1014 | 3000..=4999 => match NonZeroU16::new(value) {
                Some(value) => Some(Self(value)),
                None => None,
            },
            _ => None,
        }
    }

    /// The number.
    pub const fn value(self) -> u16 {
        self.0.get()
    }
}

impl fmt::Debug for CloseCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CloseCode({})", self.0)
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A Close frame whose payload breaks the rules ([RFC 6455 §5.5.1]).
///
/// [RFC 6455 §5.5.1]: https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CloseError {
    /// A payload of one byte: neither empty nor a code. Close code 1002.
    HalfCode,
    /// A number that may not travel. Close code 1002.
    InvalidCode(u16),
    /// A reason that is not UTF-8. Close code 1007.
    InvalidReason,
}

impl CloseError {
    /// What to answer it with.
    pub const fn close_code(self) -> CloseCode {
        match self {
            Self::HalfCode | Self::InvalidCode(_) => CloseCode::PROTOCOL_ERROR,
            Self::InvalidReason => CloseCode::INVALID_DATA,
        }
    }

    /// The section of RFC 6455 that holds the rule.
    pub const fn section(self) -> &'static str {
        match self {
            Self::HalfCode => "RFC 6455 section 5.5.1",
            Self::InvalidCode(_) => "RFC 6455 section 7.4",
            Self::InvalidReason => "RFC 6455 section 8.1",
        }
    }
}

impl fmt::Display for CloseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HalfCode => formatter.write_str("the close payload has one byte"),
            Self::InvalidCode(code) => {
                write!(formatter, "the close code {code} may not be sent")
            }
            Self::InvalidReason => formatter.write_str("the close reason is not UTF-8"),
        }
    }
}

impl core::error::Error for CloseError {}

/// What a Close frame carries, unless it is empty ([RFC 6455 §5.5.1]).
///
/// ```
/// use websocket_proto::frame::{CloseCode, ClosePayload};
///
/// let payload = ClosePayload { code: CloseCode::NORMAL, reason: "bye" };
/// let mut buffer = [0; 125];
/// let bytes = payload.encode(&mut buffer).expect("a reason of at most 123 bytes");
/// assert_eq!(bytes, b"\x03\xe8bye");
/// assert_eq!(ClosePayload::parse(bytes), Ok(Some(payload)));
/// assert_eq!(ClosePayload::parse(b""), Ok(None));
/// ```
///
/// [RFC 6455 §5.5.1]: https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ClosePayload<'a> {
    /// Why the connection is closed.
    pub code: CloseCode,
    /// The same in words, not meant for end users; at most 123 bytes.
    pub reason: &'a str,
}

/// Shows the code, and of the reason only the length.
impl fmt::Debug for ClosePayload<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ClosePayload")
            .field("code", &self.code)
            .field("reason", &Length(self.reason.len()))
            .finish()
    }
}

impl<'a> ClosePayload<'a> {
    /// The longest reason that fits in a Close frame, in bytes.
    pub const MAX_REASON: usize = MAX_CONTROL_PAYLOAD - 2;

    /// Parses the payload of a Close frame; `None` where it is empty.
    ///
    /// # Errors
    ///
    /// [`CloseError`] for one byte, a code that may not travel, or a reason
    /// that is not UTF-8.
    pub fn parse(payload: &'a [u8]) -> Result<Option<Self>, CloseError> {
        if payload.is_empty() {
            return Ok(None);
        }
        let (code, reason) = payload.split_first_chunk().ok_or(CloseError::HalfCode)?;
        let code = u16::from_be_bytes(*code);
        Ok(Some(Self {
            code: CloseCode::new(code).ok_or(CloseError::InvalidCode(code))?,
            reason: core::str::from_utf8(reason).map_err(|_| CloseError::InvalidReason)?,
        }))
    }

    /// Writes the payload to `buffer` and returns the part written, or `None`
    /// where the reason exceeds [`MAX_REASON`](Self::MAX_REASON).
    pub fn encode<'b>(&self, buffer: &'b mut [u8; MAX_CONTROL_PAYLOAD]) -> Option<&'b [u8]> {
        let length = 2 + self.reason.len();
        let payload = buffer.get_mut(..length)?;
        payload[..2].copy_from_slice(&self.code.value().to_be_bytes());
        payload[2..].copy_from_slice(self.reason.as_bytes());
        Some(payload)
    }
}
