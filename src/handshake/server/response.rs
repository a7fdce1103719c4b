//! A server's response in HTTP.

use alloc::{format, string::ToString, vec::Vec};
use core::fmt;

use crate::handshake::build_error::BuildError;
use crate::handshake::caller_field::add_header;
use crate::handshake::field_list::list;
use crate::handshake::head::headers::Headers;
use crate::handshake::head::name::Name;

/// A whole HTTP/1.1 response that is not the upgrade: a refusal, or the response to
/// a request that did not ask for WebSocket.
///
/// `Connection: close` and `Content-Length` are added when it is encoded, since
/// the connection ends after it.
///
/// ```
/// use websocket_proto::handshake::Response;
///
/// let response = Response::new(401)
///     .header("WWW-Authenticate", "Basic realm=\"chat\"")
///     .body("who are you?");
/// assert_eq!(
///     response.encode()?,
///     b"HTTP/1.1 401 Unauthorized\r\n\
///     Connection: close\r\n\
///     WWW-Authenticate: Basic realm=\"chat\"\r\n\
///     Content-Length: 12\r\n\r\n\
///     who are you?"
/// );
/// # Ok::<(), websocket_proto::handshake::BuildError>(())
/// ```
///
/// Over HTTP/2 and HTTP/3 it is a list: [`to_fields`](Self::to_fields).
///
/// What a status calls for is for the caller to add: `Allow` to a 405, `Upgrade`
/// to a 426, `WWW-Authenticate` to a 401 (RFC 9110 section 15.5). An origin server
/// with a clock must also send `Date` (section 6.6.1), and this crate has none.
#[derive(Clone)]
pub struct Response {
    status: u16,
    reason: &'static str,
    headers: Headers,
    body: Vec<u8>,
    /// Whether it accepts a handshake, so that frames follow its fields.
    opens: bool,
    /// The first thing that the caller got wrong.
    fault: Option<BuildError>,
}

impl Response {
    /// A response with that status, from 200 to 599, and neither fields nor body.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            reason: reason(status),
            headers: Headers::default(),
            body: Vec::new(),
            opens: false,
            fault: (!matches!(status, 200..=599)).then_some(BuildError::Status),
        }
    }

    /// The 101 with its fields, which have been checked, and what comes behind
    /// its head.
    pub(super) const fn switching_protocols(
        reason: &'static str,
        headers: Headers,
        body: Vec<u8>,
    ) -> Self {
        Self {
            status: 101,
            reason,
            headers,
            body,
            opens: true,
            fault: None,
        }
    }

    /// Adds a field. `Connection`, `Content-Length` and `Transfer-Encoding` are
    /// not for the caller to write. If the response accepts a handshake, neither are
    /// the fields that this depends on. What is wrong shows in
    /// [`encode`](Self::encode).
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let opens = self.opens;
        let reserved = |name| match name {
            Name::Connection | Name::ContentLength | Name::TransferEncoding => true,
            _ => opens && Name::is_managed(name),
        };
        let added = add_header(&mut self.headers, name, value.as_ref(), reserved);
        self.fault = self.fault.or_else(|| added.err());
        self
    }

    /// Sets the body. A response that accepts a handshake, so that frames follow,
    /// can have none, as [`check`](Self::check) then says.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        if self.opens && !body.is_empty() {
            self.fault = self.fault.or(Some(BuildError::Body));
        } else {
            self.body = body;
        }
        self
    }

    /// The status.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The fields, for other HTTP software to send: without `Connection` and
    /// `Content-Length` unless this is a 101. With an `Upgrade` field, as in a
    /// 426, `Connection` must list `Upgrade`.
    pub const fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The body.
    pub fn body_bytes(&self) -> &[u8] {
        &self.body
    }

    /// Whether the response can be sent.
    ///
    /// # Errors
    ///
    /// [`BuildError`] names the first thing wrong with the status, the fields
    /// or the body.
    pub fn check(&self) -> Result<(), BuildError> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        if matches!(self.status, 204 | 205 | 304) && !self.body.is_empty() {
            return Err(BuildError::Body);
        }
        Ok(())
    }

    /// The bytes of the response.
    ///
    /// # Errors
    ///
    /// The same as for [`check`](Self::check).
    pub fn encode(&self) -> Result<Vec<u8>, BuildError> {
        let mut bytes = self.encode_without_body()?;
        bytes.extend_from_slice(&self.body);
        Ok(bytes)
    }

    /// The bytes of the response to a `HEAD` request: the same head, with the
    /// `Content-Length` of the body that is left out (RFC 9110 section 9.3.2).
    ///
    /// # Errors
    ///
    /// The same as for [`check`](Self::check).
    pub fn encode_without_body(&self) -> Result<Vec<u8>, BuildError> {
        self.check()?;
        let fixed = 128;
        let mut bytes = Vec::with_capacity(fixed + self.headers.encoded_length() + self.body.len());
        bytes.extend_from_slice(b"HTTP/1.1 ");
        // Three digits, as `check` has seen to.
        bytes.extend([100, 10, 1].map(|unit| b'0' + (self.status / unit % 10) as u8));
        bytes.extend_from_slice(b" ");
        bytes.extend_from_slice(self.reason.as_bytes());
        bytes.extend_from_slice(b"\r\n");
        if self.status != 101 {
            // `Upgrade` in a message calls for the option of that name (RFC 9110
            // section 7.8), and the end of the connection for `close`.
            bytes.extend_from_slice(if self.headers.has(Name::Upgrade) {
                b"Connection: Upgrade, close\r\n"
            } else {
                b"Connection: close\r\n"
            });
        }
        self.headers.encode(&mut bytes);
        // RFC 9110 section 8.6 forbids the length in 1xx and 204; in a 304 it
        // would be that of another response.
        if !matches!(self.status, 101 | 204 | 304) {
            bytes.extend_from_slice(format!("Content-Length: {}\r\n", self.body.len()).as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        Ok(bytes)
    }

    /// The response as HTTP/2 and HTTP/3 carry it: `:status`, then the fields
    /// with their names in lower case. The [body](Self::body_bytes) goes into
    /// DATA; there is no `content-length`, which HTTP software adds as it sees
    /// fit.
    ///
    /// ```
    /// use websocket_proto::handshake::Response;
    ///
    /// let response = Response::new(401).header("WWW-Authenticate", "Basic realm=\"chat\"");
    /// assert!(response.to_fields()?.iter().eq([
    ///     (":status", &b"401"[..]),
    ///     ("www-authenticate", b"Basic realm=\"chat\""),
    /// ]));
    /// # Ok::<(), websocket_proto::handshake::BuildError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check); also [`BuildError::Status`] for a 101, and
    /// [`BuildError::ManagedHeader`] for a field that belongs to HTTP/1
    /// connections, such as `Upgrade`.
    pub fn to_fields(&self) -> Result<Headers, BuildError> {
        self.check()?;
        if self.status() == 101 {
            return Err(BuildError::Status);
        }
        list(&[(":status", &self.status().to_string())], self.headers())
    }

    /// The 200 that accepts an extended CONNECT, with its fields, which have
    /// been checked.
    pub(in crate::handshake) fn connected(headers: Headers) -> Self {
        Self {
            headers,
            opens: true,
            ..Self::new(200)
        }
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body_length", &self.body.len())
            .field("fault", &self.fault)
            .finish()
    }
}

/// The registered reason phrases (RFC 9110 section 15 and the IANA registry).
const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        203 => "Non-Authoritative Information",
        204 => "No Content",
        205 => "Reset Content",
        206 => "Partial Content",
        300 => "Multiple Choices",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        305 => "Use Proxy",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Range Not Satisfiable",
        417 => "Expectation Failed",
        421 => "Misdirected Request",
        422 => "Unprocessable Content",
        423 => "Locked",
        424 => "Failed Dependency",
        425 => "Too Early",
        426 => "Upgrade Required",
        428 => "Precondition Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        451 => "Unavailable For Legal Reasons",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        506 => "Variant Also Negotiates",
        507 => "Insufficient Storage",
        508 => "Loop Detected",
        511 => "Network Authentication Required",
        // The phrase may be empty (RFC 9112 section 4).
        _ => "",
    }
}
