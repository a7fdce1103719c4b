//! A request that is a valid opening handshake.

use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use super::{
    Extension, ExtensionError, Headers, RequestError, RequestHead,
    headers::Single,
    is_valid_key,
    name::Name,
    offer::preferred,
    syntax::{ascii, elements, elements_if, is_token, lists_contain},
};
use crate::Protocol;

/// The most subprotocols that one request may offer.
const MAX_SUBPROTOCOLS: usize = 64;

/// A request that meets every rule of the opening handshake (RFC 6455 section
/// 4.2.1). Whether to accept it is the application's decision: on the path, the
/// [origin](Self::origin), cookies and other fields.
///
/// Answer with [`accept`](Self::accept) or with a [`Response`](super::Response)
/// that refuses it.
///
/// ```
/// use websocket_proto::handshake::{HeadLimits, Request, RequestError, RequestHead};
///
/// let bytes = b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\
///     Connection: Upgrade\r\nSec-WebSocket-Version: 8\r\n\r\n";
/// let head = RequestHead::parse(bytes, HeadLimits::default())?;
/// let error = Request::new(head).unwrap_err();
/// assert_eq!(error, RequestError::UnsupportedVersion);
/// assert_eq!(error.status(), 426);
/// # Ok::<(), RequestError>(())
/// ```
#[derive(Clone)]
pub struct Request {
    head: RequestHead,
    key: [u8; 24],
    extensions: Vec<Extension>,
    /// The answer to the challenge of a request of the draft.
    #[cfg(feature = "hixie76")]
    hixie76: Option<[u8; 16]>,
}

impl Request {
    /// Checks that the request is a WebSocket handshake.
    ///
    /// # Errors
    ///
    /// [`RequestError`] names the first rule that the request breaks, and
    /// [`refusal`](RequestError::refusal) answers it.
    /// [`NotWebSocket`](RequestError::NotWebSocket) is told apart beforehand by
    /// [`RequestHead::asks_for_websocket`].
    pub fn new(head: RequestHead) -> Result<Self, RequestError> {
        if !head.asks_for_websocket() {
            return Err(RequestError::NotWebSocket);
        }
        let (key, extensions) = check(&head)?;
        Ok(Self::of_checked(head, key, extensions))
    }

    /// The same for a head that asks for WebSocket, which is moved once.
    pub(crate) fn boxed(head: RequestHead) -> Result<Box<Self>, RequestError> {
        let (key, extensions) = check(&head)?;
        Ok(Box::new(Self::of_checked(head, key, extensions)))
    }

    const fn of_checked(head: RequestHead, key: [u8; 24], extensions: Vec<Extension>) -> Self {
        Self {
            head,
            key,
            extensions,
            #[cfg(feature = "hixie76")]
            hixie76: None,
        }
    }

    /// A request of the draft that has been checked.
    #[cfg(feature = "hixie76")]
    pub(crate) const fn hixie76(head: RequestHead, answer: [u8; 16]) -> Self {
        Self {
            head,
            key: [0; 24],
            extensions: Vec::new(),
            hixie76: Some(answer),
        }
    }

    #[cfg(feature = "hixie76")]
    pub(crate) const fn hixie76_answer(&self) -> Option<[u8; 16]> {
        self.hixie76
    }

    /// What tells this request from others.
    pub(crate) fn identity(&self) -> [u8; 24] {
        #[cfg(feature = "hixie76")]
        if let Some(answer) = &self.hixie76 {
            let mut identity = [0; 24];
            identity[..answer.len()].copy_from_slice(answer);
            return identity;
        }
        self.key
    }

    /// Which protocol the request asks for.
    pub const fn protocol(&self) -> Protocol {
        #[cfg(feature = "hixie76")]
        if self.hixie76.is_some() {
            return Protocol::Hixie76;
        }
        Protocol::Rfc6455
    }

    /// The whole head.
    pub const fn head(&self) -> &RequestHead {
        &self.head
    }

    /// The request target as the request line has it.
    pub fn target(&self) -> &str {
        self.head.target()
    }

    /// The path of the target, at least `/`, undecoded.
    pub fn path(&self) -> &str {
        self.head.path()
    }

    /// The query of the target, undecoded and without the question mark.
    pub fn query(&self) -> Option<&str> {
        self.head.query()
    }

    /// All fields.
    pub const fn headers(&self) -> &Headers {
        self.head.headers()
    }

    /// Host and, where it is given, `:` and port.
    pub fn host(&self) -> &str {
        // HTTP/1.1 has a host, or the head would have been refused.
        self.head.host().unwrap_or_default()
    }

    /// The origin of the page whose script connects, as the browser serialized
    /// it; it may be `null`. `None` where no browser sent the request.
    ///
    /// A server that trusts cookies has to check this (RFC 6455 section 10.2).
    /// Clients that are not browsers can write anything here (section 10.1).
    pub fn origin(&self) -> Option<&str> {
        self.headers().origin()
    }

    /// Whether the origin is one of those allowed.
    ///
    /// Whole origins are compared, scheme, host and port, in whatever case.
    /// `false` without an origin; `null` counts only where it is listed.
    ///
    /// ```
    /// # use websocket_proto::handshake::{HeadLimits, HttpVersion, Request, RequestHead};
    /// # let head = RequestHead::from_parts("GET", "/", HttpVersion::Http11, [
    /// #     ("Host", "a"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
    /// #     ("Sec-WebSocket-Version", "13"), ("Origin", "https://example.com"),
    /// #     ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    /// # ])?;
    /// # let request = Request::new(head)?;
    /// assert_eq!(request.origin(), Some("https://example.com"));
    /// assert!(request.origin_is_one_of(&["https://example.com"]));
    /// assert!(!request.origin_is_one_of(&["https://example.com:8443"]));
    /// # Ok::<(), websocket_proto::handshake::RequestError>(())
    /// ```
    pub fn origin_is_one_of(&self, allowed: &[&str]) -> bool {
        self.headers().origin_is_one_of(allowed)
    }

    /// The value of `Sec-WebSocket-Key`; zeros where the
    /// [protocol](Self::protocol) is another, which has none.
    pub const fn key(&self) -> &[u8; 24] {
        &self.key
    }

    /// The subprotocols that the client offers, the preferred first.
    pub fn subprotocols(&self) -> impl Iterator<Item = &str> + Clone {
        // The draft has one, in which a comma is part of the name.
        let is_list = self.protocol() == Protocol::Rfc6455;
        self.headers()
            .known(Name::Protocol)
            .flat_map(move |value| elements_if(is_list, value))
            .map(ascii)
    }

    /// The extensions that the client offers, the preferred first. The same
    /// name may occur several times with other parameters.
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// The subprotocol that the client prefers among those supported, compared
    /// exactly.
    pub fn choose_subprotocol(&self, supported: &[&str]) -> Option<&str> {
        self.subprotocols().find(|name| supported.contains(name))
    }

    /// The subprotocol that comes first in `supported` among those that the
    /// client offers: by the server's preference.
    pub fn choose_subprotocol_by_server(&self, supported: &[&str]) -> Option<&str> {
        preferred(supported, self.subprotocols())
    }
}

impl TryFrom<RequestHead> for Request {
    type Error = RequestError;

    fn try_from(head: RequestHead) -> Result<Self, RequestError> {
        Self::new(head)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("head", &self.head)
            .field("extensions", &self.extensions)
            .finish_non_exhaustive()
    }
}

/// Checks what asks for WebSocket; the key and the extensions are the outcome.
fn check(head: &RequestHead) -> Result<([u8; 24], Vec<Extension>), RequestError> {
    check_upgrade(head)?;
    let headers = head.headers();
    check_version(headers)?;
    let key = check_key(headers)?;
    Ok((key, check_offer(headers)?))
}

/// What every request that asks for WebSocket has to be.
pub(crate) fn check_upgrade(head: &RequestHead) -> Result<(), RequestError> {
    if head.method() != "GET" {
        return Err(RequestError::Method);
    }
    if !lists_contain(head.headers().known(Name::Connection), b"Upgrade") {
        return Err(RequestError::Connection);
    }
    // Some clients of the draft give the length of what stands behind the head.
    let besides = is_draft(head.headers()).then_some(&b"8"[..]);
    check_body(head.headers(), besides)
}

/// An origin is optional, and printable ASCII.
pub(crate) fn check_origin(headers: &Headers) -> Result<(), RequestError> {
    match headers.single(Name::Origin) {
        Single::Repeated => Err(RequestError::Origin),
        Single::One(origin) if !origin.is_ascii() || origin.contains(&b'\t') => {
            Err(RequestError::Origin)
        }
        _ => Ok(()),
    }
}

/// Whether the keys are those of the draft hixie-76, and of it alone.
pub(crate) fn is_draft(headers: &Headers) -> bool {
    headers.has(Name::DraftKey) && !headers.has(Name::Key) && !headers.has(Name::Version)
}

/// The upgrade may only happen once the whole request is read (RFC 9110 section
/// 7.8), so that a body is refused; its bytes must not pass for frames.
/// There is none at a length of zero, and of one that is allowed `besides`.
pub(super) fn check_body(headers: &Headers, besides: Option<&[u8]>) -> Result<(), RequestError> {
    if headers.has(Name::TransferEncoding) {
        return Err(RequestError::Body);
    }
    match headers.single(Name::ContentLength) {
        Single::Missing | Single::One(b"0") => {}
        Single::One(length) if Some(length) == besides => {}
        Single::One(_) | Single::Repeated => return Err(RequestError::Body),
    }
    match headers.has(Name::Expect) {
        true => Err(RequestError::Expectation),
        false => Ok(()),
    }
}

fn check_version(headers: &Headers) -> Result<(), RequestError> {
    if is_draft(headers) {
        return Err(RequestError::Draft);
    }
    match headers.single(Name::Version) {
        Single::One(b"13") => Ok(()),
        Single::One(list) if list.contains(&b',') => Err(RequestError::RepeatedVersion),
        Single::One(_) => Err(RequestError::UnsupportedVersion),
        Single::Missing => Err(RequestError::MissingVersion),
        Single::Repeated => Err(RequestError::RepeatedVersion),
    }
}

fn check_key(headers: &Headers) -> Result<[u8; 24], RequestError> {
    match headers.single(Name::Key) {
        Single::Missing => Err(RequestError::MissingKey),
        Single::Repeated => Err(RequestError::RepeatedKey),
        Single::One(key) if is_valid_key(key) => {
            key.try_into().map_err(|_| RequestError::InvalidKey)
        }
        Single::One(_) => Err(RequestError::InvalidKey),
    }
}

/// Checks the fields that mean the same in every version of HTTP: the origin,
/// and what the client offers. The extensions are the outcome.
pub(super) fn check_offer(headers: &Headers) -> Result<Vec<Extension>, RequestError> {
    check_origin(headers)?;
    check_subprotocols(headers)?;
    Extension::parse_list(headers.known(Name::Extensions)).map_err(|error| match error {
        ExtensionError::Malformed => RequestError::InvalidExtension,
        ExtensionError::TooMany => RequestError::TooManyExtensions,
    })
}

fn check_subprotocols(headers: &Headers) -> Result<(), RequestError> {
    if !headers.has(Name::Protocol) {
        return Ok(());
    }
    let mut seen = [&b""[..]; MAX_SUBPROTOCOLS];
    let mut count = 0;
    for name in headers.known(Name::Protocol).flat_map(elements) {
        if !is_token(name) {
            return Err(RequestError::InvalidSubprotocol);
        }
        if seen[..count].contains(&name) {
            return Err(RequestError::RepeatedSubprotocol);
        }
        let Some(place) = seen.get_mut(count) else {
            return Err(RequestError::TooManySubprotocols);
        };
        *place = name;
        count += 1;
    }
    // A list of no names is none: RFC 6455 tells it apart from no list.
    if count == 0 {
        return Err(RequestError::InvalidSubprotocol);
    }
    Ok(())
}
