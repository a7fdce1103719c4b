//! Why bytes are not the head of an HTTP message.

use core::{error, fmt};

/// Why bytes are not the head of an HTTP message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HeadError {
    /// The first line does not end within [`HeadLimits::bytes`](crate::handshake::HeadLimits::bytes).
    StartLineTooLong,
    /// The head does not end within [`HeadLimits::bytes`](crate::handshake::HeadLimits::bytes).
    TooLong,
    /// There are more field lines than [`HeadLimits::headers`](crate::handshake::HeadLimits::headers).
    TooManyFields,
    /// A CR without LF, or an LF without CR (RFC 9112 section 2.2).
    LineEnd,
    /// A control byte, as in the first byte of a TLS record.
    ControlByte,
    /// More than two empty lines come before the first line.
    EmptyLines,
    /// A field line is malformed: no colon, a name that is no token, white
    /// space before the name or the colon, a control byte in the value
    /// (RFC 9112 section 5).
    Field,
    /// The empty line at the end is missing.
    Incomplete,
    /// Bytes follow the empty line at the end.
    Surplus,
}

impl HeadError {
    /// The HTTP status with which a server refuses such a request.
    pub const fn status(self) -> u16 {
        match self {
            Self::StartLineTooLong => 414,
            Self::TooLong | Self::TooManyFields => 431,
            _ => 400,
        }
    }

    /// Where the rule stands.
    pub const fn section(self) -> &'static str {
        match self {
            Self::StartLineTooLong => "RFC 9112 section 3",
            Self::TooLong | Self::TooManyFields => "RFC 6585 section 5",
            Self::LineEnd | Self::EmptyLines => "RFC 9112 section 2.2",
            Self::ControlByte | Self::Field => "RFC 9112 section 5",
            Self::Incomplete | Self::Surplus => "RFC 9112 section 2.1",
        }
    }

    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::StartLineTooLong => "the first line is too long",
            Self::TooLong => "the head is too long",
            Self::TooManyFields => "the head has too many fields",
            Self::LineEnd => "a line does not end with CR LF",
            Self::ControlByte => "the head has a control byte",
            Self::EmptyLines => "too many empty lines precede the first line",
            Self::Field => "a field line is malformed",
            Self::Incomplete => "the head has no end",
            Self::Surplus => "bytes follow the end of the head",
        }
    }
}

impl fmt::Display for HeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl error::Error for HeadError {}
