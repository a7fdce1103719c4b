//! A client's extended CONNECT, and its check of the answer.

use super::{Answer, ResponseError, Setting, fields::list};
use crate::handshake::{BuildError, ClientRequest, Headers};

impl ClientRequest {
    /// The request as HTTP/2 and HTTP/3 carry it (RFC 8441 section 5): five
    /// pseudo-header fields, then the fields with their names in lower case.
    /// There is no key, and one value serves several attempts.
    ///
    /// Send it without END_STREAM, and nothing after it before
    /// [`Answer::Open`].
    ///
    /// # Errors
    ///
    /// [`BuildError::ConnectDisabled`] unless the server's SETTINGS have
    /// enabled it, [`BuildError::ManagedHeader`] for a field that belongs to
    /// HTTP/1 connections, such as `Keep-Alive`, and otherwise the same as for
    /// [`encode`](Self::encode).
    pub fn to_connect(&self, setting: Setting) -> Result<Headers, BuildError> {
        let uri = self.uri();
        let pseudo = [
            (":method", "CONNECT"),
            (":protocol", "websocket"),
            (":scheme", self.connect_scheme()),
            (":path", uri.target()),
            (":authority", uri.authority()),
        ];
        self.connect_list(&pseudo, setting)
    }

    pub(super) const fn connect_scheme(&self) -> &'static str {
        if self.uri().is_secure() {
            "https"
        } else {
            "http"
        }
    }

    /// The request's fields behind those given.
    pub(super) fn connect_list(
        &self,
        pseudo: &[(&str, &str)],
        setting: Setting,
    ) -> Result<Headers, BuildError> {
        if !setting.is_enabled() {
            return Err(BuildError::ConnectDisabled);
        }
        let mut headers = Headers::default();
        self.offer(&mut headers)?;
        list(pseudo, &headers)
    }

    /// Checks the fields of an answer to this request, `:status` in front.
    ///
    /// `sec-websocket-accept` is not looked at (RFC 8441 section 5), and neither
    /// is `content-length` (RFC 9110 section 9.3.6).
    ///
    /// ```
    /// use websocket_proto::{Uri, handshake::{ClientRequest, connect::Answer}};
    ///
    /// let request = ClientRequest::new(&Uri::parse("wss://example.com/")?);
    /// assert_eq!(request.verify_connect([(":status", "103")])?, Answer::Interim);
    /// assert_eq!(request.verify_connect([(":status", "404")])?, Answer::Refused(404));
    /// let Answer::Open(agreement) = request.verify_connect([(":status", "200")])? else {
    ///     unreachable!()
    /// };
    /// assert_eq!(agreement.subprotocol(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ResponseError`] names the first rule that the answer breaks, and the
    /// error to reset the stream with.
    pub fn verify_connect<N, V>(
        &self,
        fields: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Answer, ResponseError>
    where
        N: AsRef<[u8]>,
        V: AsRef<[u8]>,
    {
        Answer::read(self, fields)
    }
}
