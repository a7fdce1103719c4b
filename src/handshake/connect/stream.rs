//! How streams end, and what that is to RFC 6455, which speaks of TCP.

use crate::Error;

/// How this end ends its stream, once its output is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StreamEnd {
    /// In order: END_STREAM in HTTP/2, FIN in HTTP/3. Keep reading for a limited
    /// time, though what comes means nothing any more: some stacks reset a stream
    /// that is dropped before the peer has ended it too, and some peers do not read
    /// what came before a reset.
    Finish,
    /// By a reset with that error.
    Reset(StreamError),
}

impl StreamEnd {
    /// The end of the stream whose connection
    /// [is closed](crate::Connection::is_closed), with the error that ended it
    /// or with none.
    ///
    /// In order where both Closes are through, where a failure has put its
    /// Close into the output, and in answer to an end that came too early; a
    /// stream that the peer has reset needs no end. By a reset where the peer
    /// was given up in silence, as after
    /// [`Config::close_timeout`](crate::Config::close_timeout).
    ///
    /// ```
    /// use websocket_proto::handshake::connect::{StreamEnd, StreamError};
    /// use websocket_proto::{Error, Timeout};
    ///
    /// assert_eq!(StreamEnd::after(None), StreamEnd::Finish);
    /// assert_eq!(StreamEnd::after(Some(Error::InvalidUtf8)), StreamEnd::Finish);
    /// let end = StreamEnd::after(Some(Error::Timeout(Timeout::Close)));
    /// assert_eq!(end, StreamEnd::Reset(StreamError::Cancelled));
    /// ```
    pub const fn after(error: Option<Error>) -> Self {
        match error {
            None | Some(Error::UnexpectedEof) => Self::Finish,
            Some(error) if error.close_code().is_some() => Self::Finish,
            Some(_) => Self::Reset(StreamError::Cancelled),
        }
    }
}

/// Why a stream is reset.
///
/// In HTTP/2 the code goes into RST_STREAM, in HTTP/3 into RESET_STREAM and
/// STOP_SENDING.
///
/// ```
/// use websocket_proto::handshake::connect::StreamError;
///
/// assert_eq!(StreamError::Cancelled.http2(), 0x8);
/// assert_eq!(StreamError::Cancelled.http3(), 0x10c);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StreamError {
    /// What a reset is to a TCP connection (RFC 8441 section 5, RFC 9220
    /// section 3).
    Cancelled,
    /// The request or the answer is [malformed](super::Malformed).
    Malformed,
}

impl StreamError {
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
