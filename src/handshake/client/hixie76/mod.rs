//! A client's handshake of the draft: the request, and the check of its
//! response.

pub(crate) mod keys;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use keys::Keys;

use crate::handshake::agreement::Agreement;
use crate::handshake::build_error::BuildError;
use crate::handshake::client::error::ResponseError;
use crate::handshake::client::request::ClientRequest;
use crate::handshake::client::response_head::ResponseHead;
use crate::handshake::head::headers::Headers;
use crate::handshake::head::version::HttpVersion;
use crate::handshake::hixie76::fields::only;

/// A client's handshake (hybi-00 section 5.1): the request, and the check of
/// its response.
///
/// ```
/// use websocket_proto::Uri;
/// use websocket_proto::handshake::{ClientRequest, HeadLimits, ResponseHead};
/// use websocket_proto::hixie76::{ClientHandshake, Keys};
///
/// let request = ClientRequest::new(&Uri::parse("ws://example.com/demo")?)
///     .origin("http://example.com");
/// // From randomness: `Keys::generate`.
/// let keys = Keys::new("4 @1  46546xW%0l 1 5", "12998 5 Y3 1  .P00", *b"^n:ds[4U")?;
/// let handshake = ClientHandshake::new(&request, keys)?;
/// assert_eq!(
///     handshake.encode(),
///     b"GET /demo HTTP/1.1\r\n\
///     Upgrade: WebSocket\r\n\
///     Connection: Upgrade\r\n\
///     Host: example.com\r\n\
///     Origin: http://example.com\r\n\
///     Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\n\
///     Sec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\n\r\n\
///     ^n:ds[4U"
/// );
///
/// let head = b"HTTP/1.1 101 WebSocket Protocol Handshake\r\n\
///     Upgrade: WebSocket\r\n\
///     Connection: Upgrade\r\n\
///     Sec-WebSocket-Origin: http://example.com\r\n\
///     Sec-WebSocket-Location: ws://example.com/demo\r\n\r\n";
/// let head = ResponseHead::parse(head, HeadLimits::default())?;
/// let agreement = handshake.verify(&head, b"8jKS'y:G*Co,Wxa-")?;
/// assert_eq!(agreement.subprotocol(), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct ClientHandshake {
    keys: Keys,
    headers: Headers,
    target: String,
    origin: String,
    /// What `Sec-WebSocket-Location` must be.
    location: String,
    subprotocol: Option<String>,
}

impl ClientHandshake {
    /// The handshake for a request, with keys that serve for this attempt
    /// alone.
    ///
    /// # Errors
    ///
    /// [`BuildError`] names the first thing that was
    /// set and may not be sent, or that the draft has no words for: it needs
    /// an origin, and it has no extensions and one subprotocol at most.
    pub fn new(request: &ClientRequest, keys: Keys) -> Result<Self, BuildError> {
        let offer = request.offer();
        if let Some(fault) = offer.fault() {
            return Err(fault);
        }
        if !offer.extensions().is_empty() {
            return Err(BuildError::Hixie76Extension);
        }
        let subprotocol = match offer.subprotocols() {
            [] => None,
            [name] => Some(name.clone()),
            _ => return Err(BuildError::Hixie76SeveralSubprotocols),
        };
        let origin = String::from(offer.origin().ok_or(BuildError::Hixie76MissingOrigin)?);
        let uri = request.uri();
        let host = uri.authority().to_ascii_lowercase();
        let mut fields: Vec<(&str, &str)> = Vec::with_capacity(7);
        fields.extend([
            ("Upgrade", "WebSocket"),
            ("Connection", "Upgrade"),
            ("Host", &*host),
            ("Origin", &*origin),
        ]);
        fields.extend(
            subprotocol
                .as_deref()
                .map(|name| ("Sec-WebSocket-Protocol", name)),
        );
        fields.extend([
            ("Sec-WebSocket-Key1", keys.key1()),
            ("Sec-WebSocket-Key2", keys.key2()),
        ]);
        keys.shuffle(&mut fields);
        let mut headers = Headers::default();
        for (name, value) in fields {
            headers.push(name.as_bytes(), value.as_bytes())?;
        }
        headers.append(offer.headers())?;
        let scheme = if uri.is_secure() { "wss" } else { "ws" };
        Ok(Self {
            headers,
            target: uri.target().into(),
            location: format!("{scheme}://{host}{}", uri.target()),
            origin,
            subprotocol,
            keys,
        })
    }

    /// The bytes of the request, with the eight behind its head. Nothing may
    /// follow before the response has been [verified](Self::verify).
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = format!("GET {} HTTP/1.1\r\n", self.target).into_bytes();
        self.headers.encode(&mut bytes);
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.keys.key3());
        bytes
    }

    /// All fields of the request, for other HTTP software to send with `GET`
    /// and the [target](crate::Uri::target) of the URI. What follows the head
    /// at once are the bytes of [`Keys::key3`].
    pub const fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The keys.
    pub const fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Checks the response: its head, and the sixteen bytes behind it. What
    /// follows these are frames.
    ///
    /// A `Sec-WebSocket-Protocol` that was not asked for means nothing: there
    /// were servers that always sent one.
    ///
    /// # Errors
    ///
    /// [`ResponseError`] names the first rule that
    /// the response breaks. The client then closes the transport.
    pub fn verify(
        &self,
        head: &ResponseHead,
        response: &[u8; 16],
    ) -> Result<Agreement, ResponseError> {
        let agreement = self.verify_head(head)?;
        check_response(self.keys.challenge_response(), *response)?;
        Ok(agreement)
    }

    pub(crate) fn verify_head(&self, head: &ResponseHead) -> Result<Agreement, ResponseError> {
        if head.version() < HttpVersion::Http11 {
            return Err(ResponseError::UnsupportedHttp);
        }
        if head.status() != 101 {
            return Err(ResponseError::Status);
        }
        let value = |name| only(head.headers(), name).flatten();
        if value("Upgrade") != Some(b"WebSocket") {
            return Err(ResponseError::Upgrade);
        }
        if !value("Connection").is_some_and(|value| value.eq_ignore_ascii_case(b"upgrade")) {
            return Err(ResponseError::Connection);
        }
        if value("Sec-WebSocket-Origin") != Some(self.origin.as_bytes()) {
            return Err(ResponseError::Hixie76Origin);
        }
        if value("Sec-WebSocket-Location") != Some(self.location.as_bytes()) {
            return Err(ResponseError::Hixie76Location);
        }
        match &self.subprotocol {
            None => Ok(Agreement::new()),
            Some(name) if value("Sec-WebSocket-Protocol") == Some(name.as_bytes()) => {
                Ok(Agreement::new().with_subprotocol(name))
            }
            Some(_) => Err(ResponseError::Hixie76Subprotocol),
        }
    }
}

/// Leaves out the query and the values of most fields, where credentials are.
impl fmt::Debug for ClientHandshake {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ClientHandshake")
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

/// Checks the sixteen bytes behind the head.
pub(crate) fn check_response(expected: [u8; 16], found: [u8; 16]) -> Result<(), ResponseError> {
    if found == expected {
        Ok(())
    } else {
        Err(ResponseError::Hixie76Challenge)
    }
}
