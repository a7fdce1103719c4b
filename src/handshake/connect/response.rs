//! A server's answer, as a list of fields.

use alloc::string::ToString;

use super::{Request, fields::list};
use crate::handshake::{Acceptance, Accepted, BuildError, Headers, Response};

impl Request {
    /// The answer that accepts the request (RFC 8441 section 5): a 200, without
    /// `sec-websocket-accept`. Once it is sent the connection is open, and
    /// frames may follow at once.
    ///
    /// Send it without END_STREAM, by [`Response::to_fields`].
    ///
    /// # Errors
    ///
    /// As [`handshake::Request::accept`](crate::handshake::Request::accept);
    /// [`BuildError::ManagedHeader`] also for a field that belongs to HTTP/1
    /// connections, such as `Keep-Alive`.
    pub fn accept(&self, acceptance: &Acceptance) -> Result<Accepted, BuildError> {
        let agreed = acceptance.agree(
            self.subprotocols(),
            self.extensions(),
            #[cfg(feature = "deflate")]
            acceptance.deflate_or(None),
        )?;
        let mut headers = Headers::default();
        for (name, value) in agreed.fields() {
            headers.push(name, value)?;
        }
        Ok(Accepted {
            response: Response::connected(list(&[], &headers)?),
            agreement: agreed.agreement,
        })
    }
}

impl Response {
    /// The answer as HTTP/2 and HTTP/3 carry it: `:status`, then the fields
    /// with their names in lower case. The [body](Self::body_bytes) goes into
    /// DATA; there is no `content-length`, which HTTP software adds as it sees
    /// fit.
    ///
    /// ```
    /// use websocket_proto::handshake::Response;
    ///
    /// let response = Response::new(401).header("WWW-Authenticate", "Basic realm=\"chat\"");
    /// assert!(response.to_fields()?.iter().eq([
    ///     (":status", &b"401"[..]),
    ///     ("www-authenticate", b"Basic realm=\"chat\""),
    /// ]));
    /// # Ok::<(), websocket_proto::handshake::BuildError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check); also [`BuildError::Status`] for a 101, and
    /// [`BuildError::ManagedHeader`] for a field that belongs to HTTP/1
    /// connections, such as `Upgrade`.
    pub fn to_fields(&self) -> Result<Headers, BuildError> {
        self.check()?;
        if self.status() == 101 {
            return Err(BuildError::Status);
        }
        list(&[(":status", &self.status().to_string())], self.headers())
    }
}
