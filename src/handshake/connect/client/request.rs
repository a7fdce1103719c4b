//! A client's extended CONNECT, and its check of the response.

use super::error::ResponseError;
use super::outcome::Outcome;
use crate::handshake::build_error::BuildError;
#[cfg(feature = "http")]
use crate::handshake::client::error as http1;
use crate::handshake::client::request::ClientRequest;
use crate::handshake::connect::setting::Setting;
use crate::handshake::field_list::list;
use crate::handshake::head::headers::Headers;
#[cfg(feature = "http")]
use crate::handshake::http;

impl ClientRequest {
    /// The request as HTTP/2 and HTTP/3 carry it (RFC 8441 section 5): five
    /// pseudo-header fields, then the fields with their names in lower case.
    /// There is no key, and one value serves several attempts.
    ///
    /// Send it without END_STREAM, and nothing after it before
    /// [`Outcome::Open`].
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
        self.offer().append_to(&mut headers)?;
        list(pseudo, &headers)
    }

    /// Checks the fields of a response to this request, `:status` in front.
    ///
    /// `sec-websocket-accept` is not looked at (RFC 8441 section 5), and neither
    /// is `content-length` (RFC 9110 section 9.3.6).
    ///
    /// ```
    /// use websocket_proto::{Uri, handshake::{ClientRequest, connect::Outcome}};
    ///
    /// let request = ClientRequest::new(&Uri::parse("wss://example.com/")?);
    /// assert_eq!(request.verify_connect([(":status", "103")])?, Outcome::Interim);
    /// assert_eq!(request.verify_connect([(":status", "404")])?, Outcome::Refused(404));
    /// let Outcome::Open(agreement) = request.verify_connect([(":status", "200")])? else {
    ///     unreachable!()
    /// };
    /// assert_eq!(agreement.subprotocol(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ResponseError`] names the first rule that the response breaks, and the
    /// error to reset the stream with.
    pub fn verify_connect<N, V>(
        &self,
        fields: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Outcome, ResponseError>
    where
        N: AsRef<[u8]>,
        V: AsRef<[u8]>,
    {
        Outcome::read(self, fields)
    }

    /// The request of [`to_connect`](Self::to_connect) in terms of the crate
    /// `http`, as HTTP/2; for HTTP/3 change the version. `:protocol` must be
    /// added as HTTP software wants it, such as
    /// `h2::ext::Protocol::from_static("websocket")` among the extensions.
    ///
    /// # Errors
    ///
    /// As [`to_connect`](Self::to_connect), and [`BuildError::Target`] if the
    /// crate `http` does not take the URI.
    #[cfg(feature = "http")]
    pub fn to_http_connect(&self, setting: Setting) -> Result<::http::Request<()>, BuildError> {
        let mut request = ::http::Request::new(());
        *request.headers_mut() = http::header_map(&self.connect_list(&[], setting)?)?;
        *request.method_mut() = ::http::Method::CONNECT;
        *request.version_mut() = ::http::Version::HTTP_2;
        *request.uri_mut() = ::http::Uri::builder()
            .scheme(self.connect_scheme())
            .authority(self.uri().authority())
            .path_and_query(self.uri().target())
            .build()
            .map_err(|_| BuildError::Target)?;
        Ok(request)
    }

    /// Checks a response as [`verify_connect`](Self::verify_connect) does.
    ///
    /// # Errors
    ///
    /// As [`verify_connect`](Self::verify_connect), and
    /// [`UnsupportedHttp`](http1::ResponseError::UnsupportedHttp) for an
    /// response in another version than HTTP/2 and HTTP/3.
    #[cfg(feature = "http")]
    pub fn verify_http_connect<B>(
        &self,
        response: &::http::Response<B>,
    ) -> Result<Outcome, ResponseError> {
        if !http::has_extended_connect(response.version()) {
            return Err(http1::ResponseError::UnsupportedHttp.into());
        }
        let status = response.status();
        let status = [(":status", status.as_str().as_bytes())];
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()));
        self.verify_connect(status.into_iter().chain(headers))
    }
}
