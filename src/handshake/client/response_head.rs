//! The head of an HTTP response.

use core::fmt;

use super::error::ResponseError;
use crate::handshake::head::error::HeadError;
use crate::handshake::head::field::Range;
use crate::handshake::head::headers::Headers;
use crate::handshake::head::limits::HeadLimits;
use crate::handshake::head::name::Name;
use crate::handshake::head::reader::Head;
use crate::handshake::head::version::{HttpVersion, ParsedVersion};
use crate::syntax::elements;

/// The head of a server's response.
///
/// ```
/// use websocket_proto::handshake::{HeadLimits, ResponseHead};
///
/// let bytes = b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"a\"\r\n\r\n";
/// let head = ResponseHead::parse(bytes, HeadLimits::default())?;
/// assert_eq!(head.status(), 401);
/// assert_eq!(head.headers().first("www-authenticate"), Some(&b"Basic realm=\"a\""[..]));
/// # Ok::<(), websocket_proto::handshake::ResponseError>(())
/// ```
#[derive(Clone)]
pub struct ResponseHead {
    headers: Headers,
    reason: Range,
    status: u16,
    version: HttpVersion,
}

impl ResponseHead {
    /// Reads a head, from the status line up to and with the empty line.
    ///
    /// [`HeadReader`](crate::handshake::HeadReader) finds these bytes in a stream.
    ///
    /// # Errors
    ///
    /// [`ResponseError`] if this is not a valid HTTP/1 response head within
    /// the limits (RFC 9112 sections 2, 4 and 5).
    pub fn parse(bytes: &[u8], limits: HeadLimits) -> Result<Self, ResponseError> {
        if bytes.starts_with(b"\r\n") {
            return Err(ResponseError::StatusLine);
        }
        let head = Head::new(bytes, limits)?;
        let line = StatusLine::parse(head.start_line())?;
        Self::of_head(line, head)
    }

    /// Reads the fields of a head that starts with that line.
    pub(crate) fn of_head(line: StatusLine, head: Head<'_>) -> Result<Self, ResponseError> {
        let StatusLine {
            version,
            status,
            reason,
        } = line;
        Ok(Self {
            headers: head.into_headers()?,
            reason,
            status,
            version,
        })
    }

    /// A head that other HTTP software has parsed; its reason phrase is empty.
    ///
    /// # Errors
    ///
    /// [`ResponseError`] if the status has not three digits or a field is
    /// malformed.
    pub fn from_parts<N, V>(
        version: HttpVersion,
        status: u16,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, ResponseError>
    where
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        if !matches!(status, 100..=999) {
            return Err(ResponseError::StatusLine);
        }
        let mut list = Headers::default();
        for (name, value) in headers {
            list.push_checked(name.as_ref().as_bytes(), value.as_ref())?;
        }
        Ok(Self {
            headers: list,
            reason: Range::default(),
            status,
            version,
        })
    }

    /// The status, from 100 to 999. 101 is the only one that can open a
    /// connection.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The reason phrase, which means nothing and may be empty.
    pub fn reason(&self) -> &[u8] {
        self.headers.start_line(self.reason)
    }

    /// The version of HTTP.
    pub const fn version(&self) -> HttpVersion {
        self.version
    }

    /// The fields.
    pub const fn headers(&self) -> &Headers {
        &self.headers
    }

    /// Whether another head follows, which is the response: a status from 100 to
    /// 199 other than 101 (RFC 9110 section 15.2).
    pub const fn is_interim(&self) -> bool {
        matches!(self.status, 100 | 102..=199)
    }

    /// The protocol versions that the server lists in `Sec-WebSocket-Version`
    /// when it refuses ours (RFC 6455 section 4.4). What is not a number from 0
    /// to 255 is skipped.
    ///
    /// ```
    /// use websocket_proto::handshake::{HttpVersion, ResponseHead};
    ///
    /// let fields = [("Sec-WebSocket-Version", "13, 8"), ("Sec-WebSocket-Version", "7")];
    /// let head = ResponseHead::from_parts(HttpVersion::Http11, 426, fields)?;
    /// assert!(head.websocket_versions().eq([13, 8, 7]));
    /// # Ok::<(), websocket_proto::handshake::ResponseError>(())
    /// ```
    pub fn websocket_versions(&self) -> impl Iterator<Item = u8> + '_ {
        self.headers
            .known(Name::Version)
            .flat_map(elements)
            .filter_map(parse_version)
    }
}

/// The first line of a response (RFC 9112 section 4).
#[derive(Debug, Clone, Copy)]
pub(crate) struct StatusLine {
    version: HttpVersion,
    status: u16,
    reason: Range,
}

impl StatusLine {
    pub(crate) fn parse(line: &[u8]) -> Result<Self, ResponseError> {
        let Some((version, rest)) = line.split_at_checked("HTTP/1.1".len()) else {
            return Err(ResponseError::StatusLine);
        };
        let version = match HttpVersion::parse(version) {
            ParsedVersion::Supported(version) => version,
            ParsedVersion::Unsupported => return Err(ResponseError::UnsupportedHttp),
            ParsedVersion::Malformed => return Err(ResponseError::StatusLine),
        };
        // The space after the status is often left out with the reason phrase.
        let (status, reason) = match rest {
            [b' ', status @ ..] if status.len() == 3 => (status, &b""[..]),
            [b' ', a, b, c, b' ', reason @ ..] => (&[*a, *b, *c][..], reason),
            _ => return Err(ResponseError::StatusLine),
        };
        let reason = Range::new(line.len() - reason.len(), line.len());
        Ok(Self {
            version,
            status: parse_status(status).ok_or(ResponseError::StatusLine)?,
            reason: reason.ok_or(HeadError::TooLong)?,
        })
    }
}

/// Three digits, of which the first is no zero.
pub(crate) fn parse_status(digits: &[u8]) -> Option<u16> {
    let [a @ b'1'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9'] = digits else {
        return None;
    };
    let [a, b, c] = [a, b, c].map(|digit| u16::from(digit - b'0'));
    Some(a * 100 + b * 10 + c)
}

/// A version of RFC 6455 section 4.3: no sign and no leading zero.
fn parse_version(digits: &[u8]) -> Option<u8> {
    match digits {
        [b'0', _, ..] | [b'+', ..] => None,
        _ => core::str::from_utf8(digits).ok()?.parse().ok(),
    }
}

/// Leaves out the values of most fields, where credentials are.
impl fmt::Debug for ResponseHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseHead")
            .field("version", &self.version)
            .field("status", &self.status)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}
