//! With what a stream is reset.

/// With what a stream is reset.
///
/// In HTTP/2 the code goes into RST_STREAM, in HTTP/3 into RESET_STREAM and
/// STOP_SENDING.
///
/// ```
/// use websocket_proto::handshake::connect::ResetCode;
///
/// assert_eq!(ResetCode::Cancelled.http2(), 0x8);
/// assert_eq!(ResetCode::Cancelled.http3(), 0x10c);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResetCode {
    /// What a reset is to a TCP connection (RFC 8441 section 5, RFC 9220
    /// section 3).
    Cancelled,
    /// The request or the response is [malformed](crate::handshake::connect::Malformed).
    Malformed,
}

impl ResetCode {
    /// The code in HTTP/2: CANCEL or PROTOCOL_ERROR (RFC 9113 section 7).
    pub const fn http2(self) -> u32 {
        match self {
            Self::Cancelled => 0x8,
            Self::Malformed => 0x1,
        }
    }

    /// The code in HTTP/3: H3_REQUEST_CANCELLED or H3_MESSAGE_ERROR (RFC 9114
    /// section 8.1).
    pub const fn http3(self) -> u64 {
        match self {
            Self::Cancelled => 0x10c,
            Self::Malformed => 0x10e,
        }
    }
}
