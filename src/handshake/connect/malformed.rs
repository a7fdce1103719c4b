//! What no peer may send over HTTP/2 and HTTP/3.

use core::{error, fmt};

/// Why a request, a response or the setting is malformed (RFC 9113 section 8.1.1,
/// RFC 9114 section 4.1.2). For a message the stream is reset with
/// [`ResetCode::Malformed`](crate::handshake::connect::ResetCode::Malformed).
///
/// HTTP software finds most of these before anything gets here. The two of the
/// [`Setting`](crate::handshake::connect::Setting) concern the HTTP connection as
/// a whole, which the client closes.
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
    /// The setting is neither 0 nor 1.
    SettingValue,
    /// The setting is 0 after it was 1.
    SettingWithdrawn,
}

impl Malformed {
    /// The code of the error in HTTP/2: PROTOCOL_ERROR.
    pub const fn http2(self) -> u32 {
        0x1
    }

    /// The code of the error in HTTP/3: H3_MESSAGE_ERROR, or H3_SETTINGS_ERROR.
    pub const fn http3(self) -> u64 {
        match self {
            Self::SettingValue | Self::SettingWithdrawn => 0x109,
            _ => 0x10e,
        }
    }

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
            Self::SettingValue | Self::SettingWithdrawn => "RFC 8441 section 3",
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownPseudoHeader => "a pseudo-header field is unknown",
            Self::RepeatedPseudoHeader => "a pseudo-header field is repeated",
            Self::PseudoHeaderOrder => "a pseudo-header field is behind a field",
            Self::MissingPseudoHeader => "a pseudo-header field is missing",
            Self::Method => ":protocol comes with another method than CONNECT",
            Self::Path => ":path is malformed",
            Self::Authority => ":authority is malformed",
            Self::Host => "host and :authority differ",
            Self::Status => ":status is malformed, or 101",
            Self::UpperCase => "a field name has upper-case letters",
            Self::FieldName => "a field name is not a token",
            Self::FieldValue => "a field value is malformed",
            Self::ConnectionSpecific => "a field belongs to HTTP/1 connections",
            Self::TooLong => "the fields are longer than 4 GiB",
            Self::SettingValue => "SETTINGS_ENABLE_CONNECT_PROTOCOL is neither 0 nor 1",
            Self::SettingWithdrawn => "SETTINGS_ENABLE_CONNECT_PROTOCOL is 0 after it was 1",
        })
    }
}

impl error::Error for Malformed {}
