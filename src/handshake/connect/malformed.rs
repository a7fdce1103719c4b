//! What no message of HTTP/2 and HTTP/3 may hold.

use core::{error, fmt};

/// Why a request or an answer is malformed (RFC 9113 section 8.1.1, RFC 9114
/// section 4.1.2): the stream is reset with
/// [`ResetCode::Malformed`](crate::handshake::connect::ResetCode::Malformed).
///
/// HTTP software finds most of these before anything gets here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Malformed {
    /// A pseudo-header field that the message does not have.
    UnknownPseudoHeader,
    /// A pseudo-header field that is there twice.
    RepeatedPseudoHeader,
    /// A pseudo-header field behind a field.
    PseudoHeaderOrder,
    /// One of `:method`, `:scheme` and `:path`, or `:status`, is missing, or both
    /// `:authority` and `host`.
    MissingPseudoHeader,
    /// `:protocol` with another `:method` than `CONNECT`.
    Method,
    /// `:path` does not start with a slash, or holds characters that may not
    /// stand there.
    Path,
    /// `:authority`, or the `host` that stands for it, is not a host with or
    /// without a port.
    Authority,
    /// `host` names another host than `:authority`, or is repeated.
    Host,
    /// `:status` is not a status, or is 101, which does not exist here.
    Status,
    /// A field name has upper-case letters.
    UpperCase,
    /// A field name is not a token.
    FieldName,
    /// A field value holds a control character, or white space at an end.
    FieldValue,
    /// A field of HTTP/1 connections: `connection`, `upgrade`, `keep-alive`,
    /// `proxy-connection`, `transfer-encoding`, or `te` that is not `trailers`.
    ConnectionSpecific,
    /// The fields are longer than 4 GiB.
    TooLong,
}

impl Malformed {
    /// Where the rule stands, such as `RFC 9113 section 8.3`.
    pub const fn section(self) -> &'static str {
        match self {
            Self::UnknownPseudoHeader | Self::RepeatedPseudoHeader | Self::PseudoHeaderOrder => {
                "RFC 9113 section 8.3"
            }
            Self::MissingPseudoHeader | Self::Method => "RFC 8441 section 4",
            Self::Path | Self::Authority | Self::Host => "RFC 9113 section 8.3.1",
            Self::Status => "RFC 9113 section 8.6",
            Self::UpperCase | Self::FieldName | Self::FieldValue => "RFC 9113 section 8.2.1",
            Self::ConnectionSpecific => "RFC 9113 section 8.2.2",
            Self::TooLong => "RFC 9113 section 10.5.1",
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownPseudoHeader => "an unknown pseudo-header field",
            Self::RepeatedPseudoHeader => "a repeated pseudo-header field",
            Self::PseudoHeaderOrder => "a pseudo-header field behind a field",
            Self::MissingPseudoHeader => "a pseudo-header field is missing",
            Self::Method => ":protocol with another method than CONNECT",
            Self::Path => ":path is malformed",
            Self::Authority => ":authority is malformed",
            Self::Host => "host and :authority differ",
            Self::Status => ":status is malformed, or 101",
            Self::UpperCase => "a field name has upper-case letters",
            Self::FieldName => "a field name is not a token",
            Self::FieldValue => "a field value is malformed",
            Self::ConnectionSpecific => "a field that belongs to HTTP/1 connections",
            Self::TooLong => "the fields are longer than 4 GiB",
        })
    }
}

impl error::Error for Malformed {}
