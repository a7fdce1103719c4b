//! The request: a server's reading of it, a client's writing.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::{BuildError, Keys, RequestError, answer, key_number};
use crate::handshake::{
    self, ClientRequest, Headers, Request, RequestHead, check_origin, check_upgrade, is_draft,
};

/// Whether a request is one of the draft: it has `Sec-WebSocket-Key1` or
/// `Sec-WebSocket-Key2`, and neither `Sec-WebSocket-Key` nor
/// `Sec-WebSocket-Version`. One that has both kinds is one of RFC 6455.
///
/// [`PendingRequest::new`] checks the rest.
pub fn asks_for_hixie76(head: &RequestHead) -> bool {
    head.asks_for_websocket() && is_draft(head.headers())
}

/// A request of which all is right so far and the eight bytes behind the head
/// are still to come (hybi-00 section 5.2).
///
/// See the [module's example](super).
#[derive(Clone)]
pub struct PendingRequest {
    head: RequestHead,
    numbers: [u32; 2],
}

impl PendingRequest {
    /// Checks the head.
    ///
    /// # Errors
    ///
    /// [`RequestError`](handshake::RequestError) names the first rule that the
    /// request breaks, and its
    /// [`refusal`](handshake::RequestError::refusal) answers it.
    pub fn new(head: RequestHead) -> Result<Self, handshake::RequestError> {
        if !head.asks_for_websocket() {
            return Err(handshake::RequestError::NotWebSocket);
        }
        check_upgrade(&head)?;
        let headers = head.headers();
        let number = |name| match only(headers, name) {
            Some(Some(key)) => key_number(key).map_err(RequestError::Key),
            _ => Err(RequestError::Keys),
        };
        let numbers = [number("Sec-WebSocket-Key1")?, number("Sec-WebSocket-Key2")?];
        check_origin(headers)?;
        match headers.first("Origin") {
            Some([_, ..]) => {}
            _ => return Err(RequestError::MissingOrigin.into()),
        }
        match only(headers, "Sec-WebSocket-Protocol") {
            Some(None) => {}
            Some(Some([_, ..])) if is_printable(headers, "Sec-WebSocket-Protocol") => {}
            _ => return Err(RequestError::Subprotocol.into()),
        }
        Ok(Self { head, numbers })
    }

    /// The head.
    pub const fn head(&self) -> &RequestHead {
        &self.head
    }

    /// The whole request, with the eight bytes behind its head.
    pub fn complete(self, key3: [u8; 8]) -> Request {
        Request::hixie76(self.head, answer(self.numbers, key3))
    }
}

/// Shows the head; the numbers are half of the challenge.
impl fmt::Debug for PendingRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PendingRequest")
            .field("head", &self.head)
            .finish_non_exhaustive()
    }
}

/// A client's handshake (hybi-00 section 5.1): the request, and the check of
/// its answer.
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
    pub(super) keys: Keys,
    headers: Headers,
    target: String,
    pub(super) origin: String,
    /// What `Sec-WebSocket-Location` has to be.
    pub(super) location: String,
    pub(super) subprotocol: Option<String>,
}

impl ClientHandshake {
    /// The handshake for a request, with keys that serve for this attempt
    /// alone.
    ///
    /// # Errors
    ///
    /// [`BuildError`](handshake::BuildError) names the first thing that was
    /// set and may not be sent, or that the draft has no words for: it needs
    /// an origin, and it has no extensions and one subprotocol at most.
    pub fn new(request: &ClientRequest, keys: Keys) -> Result<Self, handshake::BuildError> {
        if let Some(fault) = request.fault {
            return Err(fault);
        }
        if !request.extensions.is_empty() {
            return Err(BuildError::Extension.into());
        }
        let subprotocol = match &request.subprotocols[..] {
            [] => None,
            [name] => Some(name.clone()),
            _ => return Err(BuildError::SeveralSubprotocols.into()),
        };
        let Some(origin) = request.origin.clone() else {
            return Err(BuildError::MissingOrigin.into());
        };
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
        shuffle(&mut fields, keys.order);
        let mut headers = Headers::default();
        for (name, value) in fields {
            headers.push(name.as_bytes(), value.as_bytes())?;
        }
        headers.append(&request.headers)?;
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
    /// follow before the answer has been [verified](Self::verify).
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = format!("GET {} HTTP/1.1\r\n", self.target).into_bytes();
        self.headers.encode(&mut bytes);
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.keys.key3);
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

/// Orders fields at random (hybi-00 section 5.1), so that servers do not come
/// to depend on an order. Zero leaves them.
fn shuffle<T>(fields: &mut [T], mut order: u64) {
    for last in (1..fields.len()).rev() {
        let choices = last as u64 + 1;
        fields.swap(last, last - (order % choices) as usize);
        order /= choices;
    }
}

/// The only value of a name: `Some(None)` where there is none, `None` where
/// there are several.
pub(super) fn only<'a>(headers: &'a Headers, name: &str) -> Option<Option<&'a [u8]>> {
    let mut values = headers.all(name);
    let first = values.next();
    values.next().is_none().then_some(first)
}

fn is_printable(headers: &Headers, name: &str) -> bool {
    let printable = |byte: &u8| matches!(byte, b' '..=b'~');
    headers.all(name).all(|value| value.iter().all(printable))
}
