//! How streams end, and what that is to RFC 6455, which speaks of TCP.

use crate::error::Error;
use crate::handshake::connect::reset_code::ResetCode;

/// How this end ends its stream, once its output is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StreamEnd {
    /// In order: END_STREAM in HTTP/2, FIN in HTTP/3. Keep reading for a limited
    /// time, though what comes means nothing any more: some stacks reset a stream
    /// that is dropped before the peer has ended it too, and some peers do not read
    /// what came before a reset.
    Finish,
    /// By a reset with that error.
    Reset(ResetCode),
}

impl StreamEnd {
    /// The end of the stream whose connection
    /// [is closed](crate::Connection::is_closed), with the error that ended it
    /// or with none.
    ///
    /// In order if both Closes are through, if a failure has put its
    /// Close into the output, and in answer to an end that came too early; a
    /// stream that the peer has reset needs no end. By a reset if the peer
    /// was given up in silence, as after
    /// [`Config::close_timeout`](crate::Config::close_timeout).
    ///
    /// ```
    /// use websocket_proto::handshake::connect::ResetCode;
    /// use websocket_proto::{Error, StreamEnd, Timeout};
    ///
    /// assert_eq!(StreamEnd::after(None), StreamEnd::Finish);
    /// assert_eq!(StreamEnd::after(Some(Error::InvalidUtf8)), StreamEnd::Finish);
    /// let end = StreamEnd::after(Some(Error::Timeout(Timeout::Close)));
    /// assert_eq!(end, StreamEnd::Reset(ResetCode::Cancelled));
    /// ```
    pub const fn after(error: Option<Error>) -> Self {
        match error {
            None | Some(Error::UnexpectedEof) => Self::Finish,
            Some(error) if error.close_code().is_some() => Self::Finish,
            Some(_) => Self::Reset(ResetCode::Cancelled),
        }
    }
}
