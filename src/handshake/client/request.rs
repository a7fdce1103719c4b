//! A client's opening handshake.

use alloc::vec::Vec;
use core::fmt;

use super::error::ResponseError;
use super::offer::Offer;
use super::response_head::ResponseHead;
use crate::extension::Extension;
use crate::handshake::agreement::Agreement;
use crate::handshake::build_error::BuildError;
use crate::handshake::head::headers::{Headers, Single};
use crate::handshake::head::name::Name;
use crate::handshake::head::version::HttpVersion;
use crate::handshake::key::{accept_key, is_valid_key};
use crate::syntax::lists_contain;
use crate::uri::Uri;

/// The request with which a client opens a connection (RFC 6455 section 4.1),
/// and the check of the response.
///
/// ```
/// use websocket_proto::{Uri, handshake::{ClientRequest, encode_key}};
///
/// let uri = Uri::parse("ws://example.com:8080/chat")?;
/// let request = ClientRequest::new(&uri)
///     .subprotocol("chat")
///     .subprotocol("superchat")
///     .header("Authorization", "Bearer secret");
/// let key = encode_key(*b"the sample nonce");
/// assert_eq!(
///     request.encode(&key)?,
///     b"GET /chat HTTP/1.1\r\n\
///     Host: example.com:8080\r\n\
///     Upgrade: websocket\r\n\
///     Connection: Upgrade\r\n\
///     Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
///     Sec-WebSocket-Version: 13\r\n\
///     Sec-WebSocket-Protocol: chat, superchat\r\n\
///     Authorization: Bearer secret\r\n\r\n"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The methods store what they are given; what is wrong shows in
/// [`encode`](Self::encode). One value serves several attempts, each with a new
/// key.
///
/// Over HTTP/2 and HTTP/3 it is a list: [`to_connect`](Self::to_connect).
#[derive(Clone)]
pub struct ClientRequest {
    uri: Uri,
    offer: Offer,
}

impl ClientRequest {
    /// A request for that resource.
    pub fn new(uri: &Uri) -> Self {
        Self {
            uri: uri.clone(),
            offer: Offer::new(),
        }
    }

    /// Offers a subprotocol, after those already offered; the first is the
    /// preferred. A name is a token and is offered once.
    ///
    /// Any token will do. The registry of names (RFC 6455 section 11.5, RFC
    /// 7936) changes nothing on the wire, so the crate has no list of them.
    #[must_use]
    pub fn subprotocol(mut self, name: &str) -> Self {
        self.offer.push_subprotocol(name);
        self
    }

    /// Whether a response without a subprotocol fails the handshake although
    /// some were offered, as it does in browsers. Off by default: RFC 6455
    /// section 4.2.2 lets the server choose none.
    #[must_use]
    pub const fn require_subprotocol(mut self, require: bool) -> Self {
        self.offer.require_subprotocol(require);
        self
    }

    /// Offers an extension, after those already offered. Whoever offers one has
    /// to apply it if the server accepts.
    #[must_use]
    pub fn extension(mut self, extension: Extension) -> Self {
        self.offer.push_extension(extension);
        self
    }

    /// Offers permessage-deflate. A [`Connection`](crate::Connection) with
    /// [`Config::deflate`](crate::Config::deflate) does this by itself. Where
    /// both are there, this is the offer, the other says how hard to compress,
    /// and of what they want of the client the narrower counts.
    #[cfg(feature = "deflate")]
    #[must_use]
    pub fn deflate(self, config: &crate::deflate::DeflateConfig) -> Self {
        self.extension(config.offer())
    }

    /// Sets `Origin`, `null` or `scheme://host:port`. Browsers must send it,
    /// other clients may (RFC 6455 section 4.1).
    #[must_use]
    pub fn origin(mut self, origin: &str) -> Self {
        self.offer.set_origin(origin);
        self
    }

    /// Adds a field, such as `Authorization` or `Cookie`, after those already
    /// added. `Host`, `Origin`, `Upgrade`, `Connection`, the `Sec-WebSocket-`
    /// fields, `Content-Length` and `Transfer-Encoding` are not for the caller
    /// to write here.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.offer.push_header(name, value.as_ref());
        self
    }

    /// Where the request goes.
    pub const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The bytes of the request. Nothing may follow before the response has been
    /// [verified](Self::verify).
    ///
    /// `key` comes from [`encode_key`](crate::handshake::encode_key) over 16 random bytes
    /// that are drawn for this attempt alone.
    ///
    /// # Errors
    ///
    /// [`BuildError`] names the first thing that was set and may not be sent.
    pub fn encode(&self, key: &[u8; 24]) -> Result<Vec<u8>, BuildError> {
        let headers = self.headers(key)?;
        let target = self.uri.target().as_bytes();
        let fixed = b"GET  HTTP/1.1\r\n\r\n".len();
        let mut bytes = Vec::with_capacity(fixed + target.len() + headers.encoded_length());
        bytes.extend_from_slice(b"GET ");
        bytes.extend_from_slice(target);
        bytes.extend_from_slice(b" HTTP/1.1\r\n");
        headers.encode(&mut bytes);
        bytes.extend_from_slice(b"\r\n");
        Ok(bytes)
    }

    /// All fields of the request, for other HTTP software to send with `GET` and
    /// the [target](Uri::target) of the URI.
    ///
    /// # Errors
    ///
    /// The same as for [`encode`](Self::encode).
    pub fn headers(&self, key: &[u8; 24]) -> Result<Headers, BuildError> {
        // The key may come from elsewhere than `encode_key`.
        if !is_valid_key(key) {
            return Err(self.offer.fault().unwrap_or(BuildError::Key));
        }
        let mut headers = Headers::with_capacity(512, 8 + self.offer.headers().len());
        headers.push(b"Host", self.uri.authority().as_bytes())?;
        headers.push(b"Upgrade", b"websocket")?;
        headers.push(b"Connection", b"Upgrade")?;
        headers.push(b"Sec-WebSocket-Key", key)?;
        self.offer.append_to(&mut headers)?;
        Ok(headers)
    }

    /// The request for HTTP software that speaks in terms of the crate `http`:
    /// its URI is the path and query alone, `Host` is among the fields.
    ///
    /// # Errors
    ///
    /// The same as for [`encode`](Self::encode), and [`BuildError::Target`]
    /// if the crate `http` does not take the target.
    #[cfg(feature = "http")]
    pub fn to_http(&self, key: &[u8; 24]) -> Result<http::Request<()>, BuildError> {
        let mut request = http::Request::new(());
        *request.headers_mut() = crate::handshake::http::header_map(&self.headers(key)?)?;
        *request.uri_mut() = self
            .uri()
            .target()
            .parse()
            .map_err(|_| BuildError::Target)?;
        Ok(request)
    }

    /// What it says and offers in every version of HTTP, and in the draft.
    pub(crate) const fn offer(&self) -> &Offer {
        &self.offer
    }

    /// Checks the response to this request, which was sent with `key`.
    ///
    /// The bytes that follow a verified head are frames, whatever a
    /// `Content-Length` in it says. A response with another status than 101 is
    /// for the caller to look at first: [`ResponseHead::is_interim`] heads are
    /// skipped, and any other status is a refusal.
    ///
    /// ```
    /// use websocket_proto::{Uri, handshake::{ClientRequest, HeadLimits, ResponseHead}};
    ///
    /// let request = ClientRequest::new(&Uri::parse("ws://example.com/")?);
    /// let response = b"HTTP/1.1 101 Switching Protocols\r\n\
    ///     Upgrade: websocket\r\n\
    ///     Connection: Upgrade\r\n\
    ///     Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    /// let response = ResponseHead::parse(response, HeadLimits::default())?;
    /// let agreement = request.verify(b"dGhlIHNhbXBsZSBub25jZQ==", &response)?;
    /// assert_eq!(agreement.subprotocol(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ResponseError`] names the first rule that the response breaks. The client
    /// then closes the transport.
    pub fn verify(
        &self,
        key: &[u8; 24],
        response: &ResponseHead,
    ) -> Result<Agreement, ResponseError> {
        if response.version() < HttpVersion::Http11 {
            return Err(ResponseError::UnsupportedHttp);
        }
        if response.status() != 101 {
            return Err(ResponseError::Status);
        }
        let headers = response.headers();
        // The whole value, not an element of a list: the server names what it
        // switched to.
        match headers.single(Name::Upgrade) {
            Single::One(value) if value.eq_ignore_ascii_case(b"websocket") => {}
            _ => return Err(ResponseError::Upgrade),
        }
        if !lists_contain(headers.known(Name::Connection), b"Upgrade") {
            return Err(ResponseError::Connection);
        }
        match headers.single(Name::Accept) {
            Single::Missing => return Err(ResponseError::MissingAccept),
            Single::Repeated => return Err(ResponseError::RepeatedAccept),
            Single::One(value) if value == accept_key(key) => {}
            Single::One(_) => return Err(ResponseError::WrongAccept),
        }
        self.offer.verify(headers)
    }
}

/// Leaves out the query, the subprotocols and the values of most fields, where
/// credentials are.
impl fmt::Debug for ClientRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ClientRequest");
        self.offer.show(shown.field("uri", &self.uri))
    }
}
