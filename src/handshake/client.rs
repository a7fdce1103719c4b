//! A client's opening handshake.

use alloc::{format, string::String, vec::Vec};
use core::fmt;

use super::{BuildError, Extension, Headers, name::Name, response::add_header, syntax::is_token};
#[cfg(feature = "deflate")]
use crate::deflate::DeflateConfig;
use crate::{Uri, uri::authority::Authority};

/// The request with which a client opens a connection (RFC 6455 section 4.1),
/// and the check of the answer.
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
    pub(crate) origin: Option<String>,
    pub(crate) subprotocols: Vec<String>,
    pub(crate) extensions: Vec<Extension>,
    pub(crate) headers: Headers,
    pub(super) requires_subprotocol: bool,
    /// The first thing that the caller got wrong.
    pub(crate) fault: Option<BuildError>,
}

impl ClientRequest {
    /// A request for that resource.
    pub fn new(uri: &Uri) -> Self {
        Self {
            uri: uri.clone(),
            origin: None,
            subprotocols: Vec::new(),
            extensions: Vec::new(),
            headers: Headers::default(),
            requires_subprotocol: false,
            fault: None,
        }
    }

    /// Offers a subprotocol, after those already offered; the first is the
    /// preferred. A name is a token and is offered once.
    ///
    /// Any token will do. The registry of names (RFC 6455 section 11.5, RFC
    /// 7936) changes nothing on the wire, so the crate has no list of them.
    #[must_use]
    pub fn subprotocol(mut self, name: &str) -> Self {
        if !is_token(name.as_bytes()) {
            self.fail(BuildError::Subprotocol);
        } else if self.subprotocols.iter().any(|other| other == name) {
            self.fail(BuildError::RepeatedSubprotocol);
        } else {
            self.subprotocols.push(name.into());
        }
        self
    }

    /// Whether an answer without a subprotocol fails the handshake although
    /// some were offered, as it does in browsers. Off by default: RFC 6455
    /// section 4.2.2 lets the server choose none.
    #[must_use]
    pub const fn require_subprotocol(mut self, require: bool) -> Self {
        self.requires_subprotocol = require;
        self
    }

    /// Offers an extension, after those already offered. Whoever offers one has
    /// to apply it if the server accepts.
    #[must_use]
    pub fn extension(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// Offers permessage-deflate. A [`Connection`](crate::Connection) with
    /// [`Config::deflate`](crate::Config::deflate) does this by itself. Where
    /// both are there, this is the offer, the other says how hard to compress,
    /// and of what they want of the client the narrower counts.
    #[cfg(feature = "deflate")]
    #[must_use]
    pub fn deflate(self, config: &DeflateConfig) -> Self {
        self.extension(config.offer())
    }

    #[cfg(feature = "deflate")]
    pub(crate) fn offers_deflate(&self) -> bool {
        let name = "permessage-deflate";
        self.extensions.iter().any(|offer| offer.name() == name)
    }

    /// Sets `Origin`, `null` or `scheme://host:port`. Browsers have to send it,
    /// other clients may (RFC 6455 section 4.1).
    #[must_use]
    pub fn origin(mut self, origin: &str) -> Self {
        if is_origin(origin) {
            self.origin = Some(origin.into());
        } else {
            self.fail(BuildError::Origin);
        }
        self
    }

    /// Adds a field, such as `Authorization` or `Cookie`, after those already
    /// added. `Host`, `Origin`, `Upgrade`, `Connection`, the `Sec-WebSocket-`
    /// fields, `Content-Length` and `Transfer-Encoding` are not for the caller
    /// to write here.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let reserved = |name: Name| name.is_managed() || matches!(name, Name::Host | Name::Origin);
        if let Err(fault) = add_header(&mut self.headers, name, value.as_ref(), reserved) {
            self.fail(fault);
        }
        self
    }

    const fn fail(&mut self, fault: BuildError) {
        if self.fault.is_none() {
            self.fault = Some(fault);
        }
    }

    /// Where the request goes.
    pub const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The bytes of the request. Nothing may follow before the answer has been
    /// [verified](Self::verify).
    ///
    /// `key` comes from [`encode_key`](super::encode_key) over 16 random bytes
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
        if !super::is_valid_key(key) {
            return Err(self.fault.unwrap_or(BuildError::Key));
        }
        let mut headers = Headers::with_capacity(512, 8 + self.headers.len());
        headers.push(b"Host", self.uri.authority().as_bytes())?;
        headers.push(b"Upgrade", b"websocket")?;
        headers.push(b"Connection", b"Upgrade")?;
        headers.push(b"Sec-WebSocket-Key", key)?;
        self.offer(&mut headers)?;
        Ok(headers)
    }

    /// Appends the fields that are the same in every version of HTTP.
    pub(super) fn offer(&self, headers: &mut Headers) -> Result<(), BuildError> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        headers.push(b"Sec-WebSocket-Version", b"13")?;
        if let Some(origin) = &self.origin {
            headers.push(b"Origin", origin.as_bytes())?;
        }
        if !self.subprotocols.is_empty() {
            let list = self.subprotocols.join(", ");
            headers.push(b"Sec-WebSocket-Protocol", list.as_bytes())?;
        }
        if !self.extensions.is_empty() {
            let list = Extension::list(&self.extensions);
            headers.push(b"Sec-WebSocket-Extensions", list.as_bytes())?;
        }
        headers.append(&self.headers)?;
        Ok(())
    }
}

/// A serialized origin (RFC 6454 section 6.2): in lower case, and without a port
/// that the scheme has anyway.
fn is_origin(text: &str) -> bool {
    if text == "null" {
        return true;
    }
    let Some((scheme, authority)) = text.split_once("://") else {
        return false;
    };
    let is_scheme_byte = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.');
    let default = match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        _ => None,
    };
    let has_one_form = |Authority { host, port }: Authority<'_>| {
        let is_other = |byte: u8| byte.is_ascii_uppercase() || byte == b'%';
        !host.bytes().any(is_other)
            && match port {
                Some(_) if port == default => false,
                Some(port) => authority.ends_with(&format!(":{port}")),
                None => !authority.ends_with(':'),
            }
    };
    scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme.bytes().all(is_scheme_byte)
        && Authority::parse(authority).is_ok_and(has_one_form)
}

/// Leaves out the query, the subprotocols and the values of most fields, where
/// credentials are.
impl fmt::Debug for ClientRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientRequest")
            .field("uri", &self.uri)
            .field("origin", &self.origin)
            .field("subprotocols", &self.subprotocols.len())
            .field("extensions", &self.extensions)
            .field("headers", &self.headers)
            .field("fault", &self.fault)
            .finish_non_exhaustive()
    }
}
