//! The head of an HTTP request.

use core::fmt;

use super::error::RequestError;
use crate::handshake::head::error::HeadError;
use crate::handshake::head::field::Range;
use crate::handshake::head::headers::{Headers, Single};
use crate::handshake::head::limits::HeadLimits;
use crate::handshake::head::name::Name;
use crate::handshake::head::reader::Head;
use crate::handshake::head::version::{HttpVersion, ParsedVersion};
use crate::syntax::{ascii, is_target, is_token, lists_contain};
use crate::uri::authority::Authority;

/// The head of an HTTP/1 request, which need not ask for WebSocket.
///
/// What it holds is well-formed: the request line, the fields, and for
/// HTTP/1.1 exactly one valid `Host`. The target is a path or an `http` or
/// `https` URI, of printable ASCII and without a fragment; characters that a URI
/// would have to encode pass, as servers let them.
///
/// ```
/// use websocket_proto::handshake::{HeadLimits, RequestHead};
///
/// let bytes = b"GET /news?page=2 HTTP/1.1\r\nHost: example.com\r\n\r\n";
/// let head = RequestHead::parse(bytes, HeadLimits::default())?;
/// assert_eq!(head.method(), "GET");
/// assert_eq!(head.path(), "/news");
/// assert_eq!(head.query(), Some("page=2"));
/// assert_eq!(head.host(), Some("example.com"));
/// assert!(!head.asks_for_websocket());
/// # Ok::<(), websocket_proto::handshake::RequestError>(())
/// ```
#[derive(Clone)]
pub struct RequestHead {
    headers: Headers,
    method: Range,
    target: Range,
    /// The part of the target after scheme and authority.
    resource: Range,
    host: Option<Range>,
    version: HttpVersion,
}

impl RequestHead {
    /// Reads a head, from the request line up to and with the empty line.
    ///
    /// [`HeadReader`](crate::handshake::HeadReader) finds these bytes in a stream.
    ///
    /// # Errors
    ///
    /// [`RequestError`] if this is not a valid HTTP/1 request head within
    /// the limits (RFC 9112 sections 2 to 5). The target must be a path or
    /// an `http` or `https` URI; the other two forms of RFC 9112 section 3.2,
    /// for `CONNECT` and `OPTIONS *`, are refused.
    pub fn parse(bytes: &[u8], limits: HeadLimits) -> Result<Self, RequestError> {
        if bytes.starts_with(b"\r\n") {
            return Err(RequestError::RequestLine);
        }
        let head = Head::new(bytes, limits)?;
        let line = RequestLine::parse(head.start_line())?;
        Self::of_head(line, head)
    }

    /// Reads the fields of a head that starts with that line.
    pub(crate) fn of_head(line: RequestLine, head: Head<'_>) -> Result<Self, RequestError> {
        Self::new(line, head.into_headers()?)
    }

    /// A head that other HTTP software has parsed.
    ///
    /// `target` is the request target as the request line has it.
    ///
    /// # Errors
    ///
    /// The same as for [`parse`](Self::parse), limits aside.
    pub fn from_parts<N, V>(
        method: &str,
        target: &str,
        version: HttpVersion,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, RequestError>
    where
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        let line = RequestLine::new(method.as_bytes(), target.as_bytes(), method.len(), version)?;
        let mut list = Headers::after_start_line(&[method.as_bytes(), target.as_bytes()]);
        for (name, value) in headers {
            list.push_checked(name.as_ref().as_bytes(), value.as_ref())?;
        }
        Self::new(line, list)
    }

    /// From a line, whose bytes `headers` keeps in front of the fields.
    fn new(line: RequestLine, headers: Headers) -> Result<Self, RequestError> {
        let RequestLine {
            method,
            target,
            authority,
            version,
        } = line;
        let host = match headers.single(Name::Host) {
            Single::One(value) => {
                Authority::parse(ascii(value)).map_err(|_| RequestError::Host)?;
                headers.ranges(Name::Host).next()
            }
            Single::Missing if version == HttpVersion::Http10 => None,
            Single::Missing | Single::Repeated => return Err(RequestError::Host),
        };
        let (resource, host) = match authority {
            None => (target, host),
            // RFC 9112 section 3.2.2: what the target says replaces `Host`.
            Some((start, end)) => (
                target.part(end, target.length()),
                Some(target.part(start, end)),
            ),
        };
        Ok(Self {
            headers,
            method,
            target,
            resource,
            host,
            version,
        })
    }

    /// The method, such as `GET`; methods are case-sensitive.
    pub fn method(&self) -> &str {
        ascii(self.headers.start_line(self.method))
    }

    /// The request target as the request line has it.
    pub fn target(&self) -> &str {
        ascii(self.headers.start_line(self.target))
    }

    /// The path of the target, at least `/`, undecoded.
    pub fn path(&self) -> &str {
        let resource = self.resource();
        let path = resource
            .split_once('?')
            .map_or(resource, |(path, _query)| path);
        if path.is_empty() { "/" } else { path }
    }

    /// The query of the target, undecoded and without the question mark.
    pub fn query(&self) -> Option<&str> {
        self.resource().split_once('?').map(|(_path, query)| query)
    }

    /// The part of the target after scheme and authority.
    pub(crate) fn resource(&self) -> &str {
        ascii(self.headers.start_line(self.resource))
    }

    /// The version of HTTP.
    pub const fn version(&self) -> HttpVersion {
        self.version
    }

    /// The fields.
    pub const fn headers(&self) -> &Headers {
        &self.headers
    }

    /// Host and, if it is given, `:` and port: from the target if that is
    /// a whole URI, otherwise from the field `Host`. `None` only in HTTP/1.0.
    pub fn host(&self) -> Option<&str> {
        self.host.map(|host| ascii(self.headers.start_line(host)))
    }

    /// Whether the request asks for an upgrade to WebSocket: HTTP/1.1, and an
    /// `Upgrade` that lists `websocket` (RFC 6455 section 4.2.1).
    ///
    /// [`Request::new`](crate::handshake::Request::new) checks the rest of the handshake.
    pub fn asks_for_websocket(&self) -> bool {
        self.version >= HttpVersion::Http11
            && lists_contain(self.headers.known(Name::Upgrade), b"websocket")
    }
}

/// Where the parts of the first line of a request stand (RFC 9112 section 3).
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestLine {
    method: Range,
    target: Range,
    /// Where in the target it stands, if that is a whole URI.
    authority: Option<(usize, usize)>,
    version: HttpVersion,
}

impl RequestLine {
    pub(crate) fn parse(line: &[u8]) -> Result<Self, RequestError> {
        let mut parts = line.split(|&byte| byte == b' ');
        let (Some(method), Some(target), Some(version), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(RequestError::RequestLine);
        };
        let version = match HttpVersion::parse(version) {
            ParsedVersion::Supported(version) => version,
            ParsedVersion::Unsupported => return Err(RequestError::UnsupportedHttp),
            ParsedVersion::Malformed => return Err(RequestError::RequestLine),
        };
        Self::new(method, target, method.len() + b" ".len(), version)
    }

    /// Of a line in which the target stands at `start`.
    fn new(
        method: &[u8],
        target: &[u8],
        start: usize,
        version: HttpVersion,
    ) -> Result<Self, RequestError> {
        if !is_token(method) {
            return Err(RequestError::RequestLine);
        }
        // What it asks for is a tunnel, whatever form its target has.
        if method == b"CONNECT" {
            return Err(RequestError::Method);
        }
        if !is_target(target) {
            return Err(RequestError::Target);
        }
        let authority = absolute_authority(target)?;
        let too_long = RequestError::Head(HeadError::TooLong);
        Ok(Self {
            method: Range::new(0, method.len()).ok_or(too_long)?,
            target: Range::new(start, start + target.len()).ok_or(too_long)?,
            authority,
            version,
        })
    }
}

/// Where the authority of an absolute URI starts and ends; `None` for a path.
fn absolute_authority(target: &[u8]) -> Result<Option<(usize, usize)>, RequestError> {
    if target.starts_with(b"/") {
        return Ok(None);
    }
    let start = [&b"http://"[..], b"https://"]
        .into_iter()
        .find(|scheme| {
            target
                .get(..scheme.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        })
        .ok_or(RequestError::Target)?
        .len();
    let rest = &target[start..];
    let length = rest
        .iter()
        .position(|byte| matches!(byte, b'/' | b'?'))
        .unwrap_or(rest.len());
    Authority::parse(ascii(&rest[..length])).map_err(|_| RequestError::Target)?;
    Ok(Some((start, start + length)))
}

/// Leaves out the query and the values of most fields, where credentials are.
impl fmt::Debug for RequestHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestHead")
            .field("method", &self.method())
            .field("path", &self.path())
            .field("version", &self.version)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}
