//! A server's check of an extended CONNECT.

use alloc::{string::String, vec::Vec};
use core::fmt;

use super::{Malformed, RequestError, fields::Message};
use crate::handshake::{
    self, Extension, Headers,
    headers::Single,
    name::Name,
    offer::preferred,
    request::{check_body, check_offer},
    syntax::{ascii, is_target},
};
use crate::uri::authority::Authority;

/// An extended CONNECT that meets every rule of the opening handshake (RFC 8441
/// sections 4 and 5). Whether to accept it is the application's decision, as it
/// is for [`handshake::Request`].
///
/// Answer with [`accept`](Self::accept), or with a
/// [`Response`](handshake::Response) that refuses it.
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
            return Err(handshake::RequestError::Target.into());
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

    /// `:authority`, or the `host` that stands for it: host and, where it is
    /// given, `:` and port. No tunnel is made to it (RFC 8441 section 4): it says which site is asked.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether the client asked for a `wss` URI: `:scheme` is `https`.
    pub const fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// All fields but the pseudo-header fields. The cookie, joined where it came
    /// in pieces, is the last.
    pub const fn headers(&self) -> &Headers {
        &self.headers
    }

    /// As [`handshake::Request::origin`].
    pub fn origin(&self) -> Option<&str> {
        self.headers.origin()
    }

    /// As [`handshake::Request::origin_is_one_of`].
    pub fn origin_is_one_of(&self, allowed: &[&str]) -> bool {
        self.headers.origin_is_one_of(allowed)
    }

    /// The subprotocols that the client offers, the preferred first.
    pub fn subprotocols(&self) -> impl Iterator<Item = &str> + Clone {
        self.headers.subprotocols()
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

fn check_version(headers: &Headers) -> Result<(), handshake::RequestError> {
    match headers.single(Name::Version) {
        Single::Missing | Single::One(b"13") => Ok(()),
        Single::One(list) if list.contains(&b',') => Err(handshake::RequestError::RepeatedVersion),
        Single::One(_) => Err(handshake::RequestError::UnsupportedVersion),
        Single::Repeated => Err(handshake::RequestError::RepeatedVersion),
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
