//! A request that is a valid opening handshake.

use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use super::acceptance::{Acceptance, Accepted};
use super::check::check;
use super::error::RequestError;
use super::hixie76::ChallengeResponse;
use super::negotiation::{Negotiation, Proof};
use super::offer::{self, preferred};
use super::request_head::RequestHead;
use crate::deflate::DeflateConfig;
use crate::extension::Extension;
use crate::handshake::build_error::BuildError;
use crate::handshake::head::headers::Headers;
use crate::handshake::head::name::Name;
use crate::handshake::key::accept_key;
use crate::protocol::Protocol;
use crate::syntax::{ascii, elements_if};

/// A request that meets every rule of the opening handshake (RFC 6455 section
/// 4.2.1). Whether to accept it is the application's decision: on the path, the
/// [origin](Self::origin), cookies and other fields.
///
/// Answer with [`accept`](Self::accept) or with a [`Response`](crate::handshake::Response)
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
    challenge: Challenge,
    extensions: Vec<Extension>,
}

/// What a client wants to see answered, so that it knows that the server has
/// understood the request.
#[derive(Clone, Copy)]
pub(super) enum Challenge {
    /// `Sec-WebSocket-Key`.
    Key([u8; 24]),
    /// The keys of the draft, by what answers them.
    #[allow(dead_code, reason = "made with the feature hixie76 alone")]
    Hixie76(ChallengeResponse),
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
        Ok(Self::of_checked(head, Challenge::Key(key), extensions))
    }

    /// The same for a head that asks for WebSocket, which is moved once.
    pub(crate) fn boxed(head: RequestHead) -> Result<Box<Self>, RequestError> {
        let (key, extensions) = check(&head)?;
        let challenge = Challenge::Key(key);
        Ok(Box::new(Self::of_checked(head, challenge, extensions)))
    }

    /// From what has been checked.
    pub(super) const fn of_checked(
        head: RequestHead,
        challenge: Challenge,
        extensions: Vec<Extension>,
    ) -> Self {
        Self {
            head,
            challenge,
            extensions,
        }
    }

    /// What tells this request from others.
    pub(crate) fn identity(&self) -> [u8; 24] {
        match self.challenge {
            Challenge::Key(key) => key,
            Challenge::Hixie76(response) => response.identity(),
        }
    }

    /// Which protocol the request asks for.
    pub const fn protocol(&self) -> Protocol {
        match self.challenge {
            Challenge::Key(_) => Protocol::Rfc6455,
            Challenge::Hixie76(_) => Protocol::Hixie76,
        }
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

    /// Host and, if it is given, `:` and port.
    pub fn host(&self) -> &str {
        // HTTP/1.1 has a host, or the head would have been refused.
        self.head.host().unwrap_or_default()
    }

    /// The origin of the page whose script connects, as the browser serialized
    /// it; it may be `null`. `None` if no browser sent the request.
    ///
    /// A server that trusts cookies must check this (RFC 6455 section 10.2).
    /// Clients that are not browsers can write anything here (section 10.1).
    pub fn origin(&self) -> Option<&str> {
        offer::origin(self.headers())
    }

    /// Whether the origin is one of those allowed.
    ///
    /// Whole origins are compared, scheme, host and port, in whatever case.
    /// `false` without an origin; `null` counts only if it is listed.
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
        offer::origin_is_one_of(self.headers(), allowed)
    }

    /// The value of `Sec-WebSocket-Key`; `None` if the [protocol](Self::protocol)
    /// is another, which has none.
    pub const fn key(&self) -> Option<&[u8; 24]> {
        match &self.challenge {
            Challenge::Key(key) => Some(key),
            Challenge::Hixie76(_) => None,
        }
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

    /// The response that accepts the request (RFC 6455 section 4.2.2). Once it is
    /// sent the connection is open, and frames may follow at once.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if the acceptance names a subprotocol or an extension
    /// that the client did not offer, or an extension twice, or
    /// permessage-deflate with parameters that answer no offer, or if a field
    /// of it is malformed or not for the caller to write.
    pub fn accept(&self, acceptance: &Acceptance) -> Result<Accepted, BuildError> {
        self.negotiate(acceptance, acceptance.deflate_or(None))?
            .into_accepted()
    }

    /// The same, not yet written in any form. Offers of permessage-deflate are
    /// accepted with `deflate`.
    #[allow(unreachable_code, reason = "without the feature hixie76 an arm is")]
    pub(crate) fn negotiate<'a>(
        &self,
        acceptance: &'a Acceptance,
        deflate: Option<DeflateConfig>,
    ) -> Result<Negotiation<'a>, BuildError> {
        let proof = match self.challenge {
            Challenge::Key(key) => Proof::Accept(accept_key(&key)),
            Challenge::Hixie76(response) => {
                Proof::Hixie76(response.prove(&self.head, acceptance.is_secure()))
            }
        };
        Negotiation::new(
            acceptance,
            proof,
            self.subprotocols(),
            &self.extensions,
            deflate,
        )
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
