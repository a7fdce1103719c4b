//! From and to the types of the crate `http`, which `h2`, `h3` and `hyper`
//! share.

use http::{Method, Uri, Version};

use super::{Answer, Request, RequestError, ResponseError, Setting};
use crate::handshake::{self, BuildError, ClientRequest, http::header_map};

const fn has_extended_connect(version: Version) -> bool {
    matches!(version, Version::HTTP_2 | Version::HTTP_3)
}

impl Request {
    /// Checks a request. `protocol` is its `:protocol`, which HTTP software
    /// keeps among the extensions in a type of its own, such as
    /// `h2::ext::Protocol`.
    ///
    /// ```
    /// use websocket_proto::handshake::{Acceptance, connect::Request};
    ///
    /// let incoming = http::Request::connect("https://example.com/chat")
    ///     .version(http::Version::HTTP_2)
    ///     .header("sec-websocket-version", "13")
    ///     .body(())?;
    /// // incoming.extensions().get::<h2::ext::Protocol>().map(|protocol| protocol.as_str())
    /// let protocol = Some("websocket");
    /// let request = Request::from_http(&incoming, protocol)?;
    /// assert_eq!((request.host(), request.path()), ("example.com", "/chat"));
    /// let accepted = request.accept(&Acceptance::new())?;
    /// let answer = http::Response::try_from(&accepted.response)?;
    /// assert_eq!(answer.status(), 200);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`from_fields`](Self::from_fields). A request in another version than
    /// HTTP/2 and HTTP/3 is [`RequestError::NotWebSocket`].
    pub fn from_http<B>(
        request: &http::Request<B>,
        protocol: Option<&str>,
    ) -> Result<Self, RequestError> {
        if !has_extended_connect(request.version()) {
            return Err(RequestError::NotWebSocket);
        }
        let uri = request.uri();
        let pseudo = [
            (":method", Some(request.method().as_str())),
            (":protocol", protocol),
            (":scheme", uri.scheme_str()),
            (":path", uri.path_and_query().map(|target| target.as_str())),
            (":authority", uri.authority().map(|host| host.as_str())),
        ];
        let pseudo = pseudo
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?.as_bytes())));
        let headers = request
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()));
        Self::from_fields(pseudo.chain(headers))
    }
}

impl ClientRequest {
    /// The request of [`to_connect`](Self::to_connect) in terms of the crate
    /// `http`, as HTTP/2; for HTTP/3 change the version. `:protocol` has to be
    /// added as HTTP software wants it, such as
    /// `h2::ext::Protocol::from_static("websocket")` among the extensions.
    ///
    /// # Errors
    ///
    /// As [`to_connect`](Self::to_connect), and [`BuildError::Target`] where the
    /// crate `http` does not take the URI.
    pub fn to_http_connect(&self, setting: Setting) -> Result<http::Request<()>, BuildError> {
        let mut request = http::Request::new(());
        *request.headers_mut() = header_map(&self.connect_list(&[], setting)?)?;
        *request.method_mut() = Method::CONNECT;
        *request.version_mut() = Version::HTTP_2;
        *request.uri_mut() = Uri::builder()
            .scheme(self.connect_scheme())
            .authority(self.uri().authority())
            .path_and_query(self.uri().target())
            .build()
            .map_err(|_| BuildError::Target)?;
        Ok(request)
    }

    /// Checks an answer as [`verify_connect`](Self::verify_connect) does.
    ///
    /// # Errors
    ///
    /// As [`verify_connect`](Self::verify_connect), and
    /// [`UnsupportedHttp`](handshake::ResponseError::UnsupportedHttp) for an
    /// answer in another version than HTTP/2 and HTTP/3.
    pub fn verify_http_connect<B>(
        &self,
        response: &http::Response<B>,
    ) -> Result<Answer, ResponseError> {
        if !has_extended_connect(response.version()) {
            return Err(handshake::ResponseError::UnsupportedHttp.into());
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
