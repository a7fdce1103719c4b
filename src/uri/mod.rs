//! `ws` and `wss` URIs (RFC 6455 section 3).

pub(crate) mod authority;

use alloc::string::String;
use core::{error, fmt, str::FromStr};

use authority::{Authority, AuthorityError, has_valid_escapes};

/// The longest URI that is read, in bytes.
const MAX_LENGTH: usize = 8 * 1024;

/// A `ws` or `wss` URI (RFC 6455 section 3), from which a client builds its
/// request.
///
/// ```
/// use websocket_proto::Uri;
///
/// let uri = Uri::parse("wss://example.com:9001/chat?room=1")?;
/// assert!(uri.is_secure());
/// assert_eq!(uri.server_name(), "example.com");
/// assert_eq!(uri.port(), 9001);
/// assert_eq!(uri.authority(), "example.com:9001");
/// assert_eq!(uri.target(), "/chat?room=1");
/// # Ok::<(), websocket_proto::UriError>(())
/// ```
///
/// Path and query are kept as they are written: nothing is decoded and no
/// `..` is resolved. An empty query is dropped (RFC 6455 section 3). The text
/// must be ASCII; an internationalised host is written as its A-label
/// (`xn--…`) and other characters percent-encoded, which a URL library does.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Uri {
    /// Value of `Host`: the port is left out if it is the scheme's default.
    authority: String,
    target: String,
    host_length: usize,
    port: u16,
    secure: bool,
}

impl Uri {
    /// Reads a URI.
    ///
    /// # Errors
    ///
    /// [`UriError`] names the rule that `text` breaks; nothing of the text is
    /// repeated in it.
    pub fn parse(text: &str) -> Result<Self, UriError> {
        if text.len() > MAX_LENGTH {
            return Err(UriError::TooLong);
        }
        if !text.is_ascii() {
            return Err(UriError::NotAscii);
        }
        let (scheme, rest) = text.split_once(':').ok_or(UriError::Scheme)?;
        let secure = if scheme.eq_ignore_ascii_case("wss") {
            true
        } else if scheme.eq_ignore_ascii_case("ws") {
            false
        } else {
            return Err(UriError::Scheme);
        };
        if rest.contains('#') {
            return Err(UriError::Fragment);
        }
        let rest = rest.strip_prefix("//").ok_or(UriError::MissingHost)?;
        let authority_end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, resource) = rest.split_at(authority_end);
        // Refused rather than dropped: whoever wrote credentials there expects
        // them to be used, and they must not turn up in `Host`.
        if authority.contains('@') {
            return Err(UriError::Userinfo);
        }
        let Authority { host, port } = Authority::parse(authority)?;
        // What resolvers and certificates know is never written in this way.
        if host.contains('%') {
            return Err(UriError::Host);
        }
        let default_port = if secure { 443 } else { 80 };
        let port = port.unwrap_or(default_port);
        if port == 0 {
            return Err(UriError::Port);
        }
        let uri = Self {
            authority: if port == default_port {
                host.into()
            } else {
                alloc::format!("{host}:{port}")
            },
            target: target_of(resource)?,
            host_length: host.len(),
            port,
            secure,
        };
        // A path that was missing has a slash once it is written.
        if uri.length() > MAX_LENGTH {
            return Err(UriError::TooLong);
        }
        Ok(uri)
    }

    const fn scheme(&self) -> &'static str {
        if self.secure { "wss" } else { "ws" }
    }

    /// As it is written, in bytes.
    const fn length(&self) -> usize {
        self.scheme().len() + "://".len() + self.authority.len() + self.target.len()
    }

    /// Whether the scheme is `wss`, so that the connection needs TLS.
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// The host as it is written in the URI, an IPv6 address with its brackets.
    pub fn host(&self) -> &str {
        &self.authority[..self.host_length]
    }

    /// The host without brackets: what to resolve or connect to, and the name
    /// for the TLS certificate check.
    pub fn server_name(&self) -> &str {
        let host = self.host();
        host.strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host)
    }

    /// The port. If the URI names none, it is the default of the scheme: 80 or 443.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The value of the `Host` field: the host, and the port unless it is the
    /// scheme's default.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The resource name of RFC 6455 section 3, which the request line carries:
    /// the path (at least `/`) and the query.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The target without its query.
    pub(crate) fn path(&self) -> &str {
        self.target
            .split_once('?')
            .map_or(&*self.target, |(path, _)| path)
    }
}

fn target_of(resource: &str) -> Result<String, UriError> {
    // Printable ASCII except what RFC 3986 never allows unescaped. Brackets
    // pass: queries like `ids[]=1` are common and no server minds.
    let allowed = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{}|".contains(&byte);
    if !resource.bytes().all(allowed) {
        return Err(UriError::Character);
    }
    if !has_valid_escapes(resource.as_bytes()) {
        return Err(UriError::PercentEncoding);
    }
    let resource = match resource.split_once('?') {
        Some((path, "")) => path,
        _ => resource,
    };
    let mut target = String::with_capacity(resource.len() + 1);
    if !resource.starts_with('/') {
        target.push('/');
    }
    target.push_str(resource);
    Ok(target)
}

impl FromStr for Uri {
    type Err = UriError;

    fn from_str(text: &str) -> Result<Self, UriError> {
        Self::parse(text)
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme(), self.authority, self.target)
    }
}

/// Leaves out the query, where access tokens tend to be.
impl fmt::Debug for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Uri")
            .field("secure", &self.secure)
            .field("authority", &self.authority)
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}

/// Why a text is not a `ws` or `wss` URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UriError {
    /// The text is longer than 8 KiB, or would be with the path that it lacks.
    TooLong,
    /// The text holds characters beyond ASCII. They must be percent-encoded,
    /// and a host name written as its A-label (`xn--…`).
    NotAscii,
    /// The scheme is neither `ws` nor `wss`.
    Scheme,
    /// There is a fragment; `#` must be written `%23` (RFC 6455 section 3).
    Fragment,
    /// There is a user name or password before the host. Credentials belong in
    /// a header such as `Authorization`.
    Userinfo,
    /// There is no host.
    MissingHost,
    /// The host is not a name without percent-encoding, an IPv4 address or a
    /// bracketed IPv6 address without zone identifier.
    Host,
    /// The port is not a number from 1 to 65535.
    Port,
    /// A character that must be percent-encoded stands in path or query.
    Character,
    /// Two hexadecimal digits do not follow a percent sign.
    PercentEncoding,
}

impl From<AuthorityError> for UriError {
    fn from(error: AuthorityError) -> Self {
        match error {
            AuthorityError::Missing => Self::MissingHost,
            AuthorityError::Host => Self::Host,
            AuthorityError::Percent => Self::PercentEncoding,
            AuthorityError::Port => Self::Port,
        }
    }
}

impl fmt::Display for UriError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the URI is longer than 8 KiB",
            Self::NotAscii => {
                "the URI is not ASCII: percent-encode it and write the host as its A-label (xn--)"
            }
            Self::Scheme => "the scheme of the URI is neither ws nor wss",
            Self::Fragment => "the URI has a fragment: write # as %23",
            Self::Userinfo => "the URI has a user name or password before the host",
            Self::MissingHost => "the URI has no host",
            Self::Host => "the host of the URI is malformed",
            Self::Port => "the port of the URI is not a number from 1 to 65535",
            Self::Character => "the URI has a character that must be percent-encoded",
            Self::PercentEncoding => "the URI has a malformed percent escape",
        })
    }
}

impl error::Error for UriError {}
