//! A server's check of an extended CONNECT.

use alloc::{string::String, vec::Vec};
use core::fmt;

use super::error::RequestError;
use crate::extension::Extension;
use crate::handshake::build_error::BuildError;
use crate::handshake::connect::malformed::Malformed;
use crate::handshake::connect::message::Message;
use crate::handshake::field_list::list;
use crate::handshake::head::headers::{Headers, Single};
use crate::handshake::head::name::Name;
use crate::handshake::server::acceptance::{Acceptance, Accepted};
use crate::handshake::server::check::check_body;
use crate::handshake::server::error as http1;
use crate::handshake::server::negotiation::{Negotiation, Proof};
use crate::handshake::server::offer::{self, check_offer, preferred};
use crate::handshake::server::response::Response;
use crate::syntax::{ascii, is_target};
use crate::uri::authority::Authority;

/// An extended CONNECT that meets every rule of the opening handshake (RFC 8441
/// sections 4 and 5). Whether to accept it is the application's decision, as it
/// is for [`handshake::Request`](crate::handshake::Request).
///
/// Answer with [`accept`](Self::accept), or with a
/// [`Response`] that refuses it.
///
/// ```
/// use websocket_proto::handshake::connect::{Request, RequestError};
///
/// let fields = [
///     (":method", "CONNECT"),
///     (":protocol", "websocket"),
///     (":scheme", "https"),
///     (":path", "/chat?room=1"),
///     (":authority", "example.com"),
///     ("sec-websocket-version", "13"),
/// ];
/// let request = Request::from_fields(fields)?;
/// assert_eq!((request.path(), request.query()), ("/chat", Some("room=1")));
/// assert_eq!(request.host(), "example.com");
///
/// let fields = [(":method", "GET"), (":scheme", "https"), (":path", "/")];
/// let error = Request::from_fields(fields).unwrap_err();
/// assert_eq!(error, RequestError::NotWebSocket);
/// # Ok::<(), RequestError>(())
/// ```
#[derive(Clone)]
pub struct Request {
    headers: Headers,
    target: String,
    host: String,
    is_secure: bool,
    extensions: Vec<Extension>,
}

const PSEUDO: [&str; 5] = [":method", ":protocol", ":scheme", ":path", ":authority"];

impl Request {
    /// Checks the fields of a request, pseudo-header fields in front.
    ///
    /// `sec-websocket-key` is not looked at (RFC 8441 section 5). A request
    /// without `sec-websocket-version` passes, as there is only one version
    /// over HTTP/2 and HTTP/3; whoever minds looks into
    /// [`headers`](Self::headers).
    ///
    /// # Errors
    ///
    /// [`RequestError`] says what to do with the request instead.
    pub fn from_fields<N, V>(fields: impl IntoIterator<Item = (N, V)>) -> Result<Self, RequestError>
    where
        N: AsRef<[u8]>,
        V: AsRef<[u8]>,
    {
        let message = Message::read(PSEUDO, fields);
        let [method, protocol, scheme, path, authority] = message.pseudo;
        // An ordinary request, or a CONNECT that asks for a TCP tunnel.
        let protocol = protocol.ok_or(RequestError::NotWebSocket)?;
        if let Some(fault) = message.fault {
            return Err(fault.into());
        }
        // Either says whom the request is for (RFC 9114 section 4.3.1).
        let authority = match (authority, message.headers.single(Name::Host)) {
            (None, Single::One(host)) => Some(host.to_vec()),
            (None, Single::Repeated) => return Err(Malformed::Host.into()),
            (authority, _) => authority,
        };
        let (Some(method), Some(scheme), Some(path), Some(authority)) =
            (method, scheme, path, authority)
        else {
            return Err(Malformed::MissingPseudoHeader.into());
        };
        if method != b"CONNECT" {
            return Err(Malformed::Method.into());
        }
        if !path.starts_with(b"/") || !is_target(&path) {
            return Err(Malformed::Path.into());
        }
        let is_secure = scheme.eq_ignore_ascii_case(b"https");
        let headers = message.headers;
        check_host(&headers, ascii(&authority), is_secure)?;
        // RFC 9110 section 7.8: names of protocols match in any case.
        if !protocol.eq_ignore_ascii_case(b"websocket") {
            return Err(RequestError::UnsupportedProtocol);
        }
        if !is_secure && !scheme.eq_ignore_ascii_case(b"http") {
            return Err(http1::RequestError::Target.into());
        }
        check_body(&headers, None)?;
        check_version(&headers)?;
        let extensions = check_offer(&headers)?;
        Ok(Self {
            headers,
            target: ascii(&path).into(),
            host: ascii(&authority).into(),
            is_secure,
            extensions,
        })
    }

    /// `:path`: path and query.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The path, at least `/`, undecoded.
    pub fn path(&self) -> &str {
        self.target
            .split_once('?')
            .map_or(&*self.target, |(path, _query)| path)
    }

    /// The query, undecoded and without the question mark.
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_path, query)| query)
    }

    /// `:authority`, or the `host` that stands for it: host and, if it is
    /// given, `:` and port. No tunnel is made to it (RFC 8441 section 4): it says which site is asked.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether the client asked for a `wss` URI: `:scheme` is `https`.
    pub const fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// All fields but the pseudo-header fields. The cookie, joined if it came
    /// in pieces, is the last.
    pub const fn headers(&self) -> &Headers {
        &self.headers
    }

    /// As [`handshake::Request::origin`](crate::handshake::Request::origin).
    pub fn origin(&self) -> Option<&str> {
        offer::origin(&self.headers)
    }

    /// As [`handshake::Request::origin_is_one_of`](crate::handshake::Request::origin_is_one_of).
    pub fn origin_is_one_of(&self, allowed: &[&str]) -> bool {
        offer::origin_is_one_of(&self.headers, allowed)
    }

    /// The subprotocols that the client offers, the preferred first.
    pub fn subprotocols(&self) -> impl Iterator<Item = &str> + Clone {
        offer::subprotocols(&self.headers)
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

    /// The extensions that the client offers, the preferred first. The same
    /// name may occur several times with other parameters.
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// The response that accepts the request (RFC 8441 section 5): a 200, without
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
        let (subprotocols, offers) = (self.subprotocols(), self.extensions());
        let deflate = acceptance.deflate_or(None);
        let negotiation =
            Negotiation::new(acceptance, Proof::Status, subprotocols, offers, deflate)?;
        let mut headers = Headers::default();
        for (name, value) in negotiation.fields() {
            headers.push(name, value)?;
        }
        Ok(Accepted {
            response: Response::connected(list(&[], &headers)?),
            agreement: negotiation.into_agreement(),
        })
    }

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
    /// let response = http::Response::try_from(&accepted.response)?;
    /// assert_eq!(response.status(), 200);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`from_fields`](Self::from_fields). A request in another version than
    /// HTTP/2 and HTTP/3 is [`RequestError::NotWebSocket`].
    #[cfg(feature = "http")]
    pub fn from_http<B>(
        request: &http::Request<B>,
        protocol: Option<&str>,
    ) -> Result<Self, RequestError> {
        if !crate::handshake::http::has_extended_connect(request.version()) {
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

/// Checks `:authority`, and that a `host` beside it names the same (RFC 9113
/// section 8.3.1).
fn check_host(headers: &Headers, authority: &str, is_secure: bool) -> Result<(), Malformed> {
    let authority = Authority::parse(authority).map_err(|_| Malformed::Authority)?;
    let host = match headers.single(Name::Host) {
        Single::Missing => return Ok(()),
        Single::One(host) => Authority::parse(ascii(host)).map_err(|_| Malformed::Host)?,
        Single::Repeated => return Err(Malformed::Host),
    };
    let default = if is_secure { 443 } else { 80 };
    let is_same = host.host.eq_ignore_ascii_case(authority.host)
        && host.port.unwrap_or(default) == authority.port.unwrap_or(default);
    if is_same {
        Ok(())
    } else {
        Err(Malformed::Host)
    }
}

fn check_version(headers: &Headers) -> Result<(), http1::RequestError> {
    match headers.single(Name::Version) {
        Single::Missing | Single::One(b"13") => Ok(()),
        Single::One(list) if list.contains(&b',') => Err(http1::RequestError::RepeatedVersion),
        Single::One(_) => Err(http1::RequestError::UnsupportedVersion),
        Single::Repeated => Err(http1::RequestError::RepeatedVersion),
    }
}

/// Leaves out the query and the values of most fields, where credentials are.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("is_secure", &self.is_secure)
            .field("host", &self.host)
            .field("path", &self.path())
            .field("headers", &self.headers)
            .field("extensions", &self.extensions)
            .finish_non_exhaustive()
    }
}
