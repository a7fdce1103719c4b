//! What a server accepts a request with.

use alloc::{string::String, vec::Vec};

use super::response::Response;
use crate::deflate::DeflateConfig;
use crate::extension::Extension;
use crate::handshake::agreement::Agreement;
use crate::handshake::build_error::BuildError;
use crate::handshake::caller_field::add_header;
use crate::handshake::head::headers::Headers;
use crate::handshake::head::name::Name;

/// What a server answers to a request that it accepts: a subprotocol, extensions,
/// fields.
///
/// ```
/// use websocket_proto::handshake::Acceptance;
///
/// # use websocket_proto::handshake::{HttpVersion, Request, RequestHead};
/// # let head = RequestHead::from_parts("GET", "/", HttpVersion::Http11, [
/// #     ("Host", "a"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
/// #     ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Protocol", "chat"),
/// #     ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
/// # ])?;
/// # let request = Request::new(head)?;
/// let acceptance = Acceptance::new()
///     .subprotocol("chat")
///     .header("Set-Cookie", "session=1");
/// let accepted = request.accept(&acceptance)?;
/// assert_eq!(accepted.agreement.subprotocol(), Some("chat"));
/// let fields = accepted.response.headers();
/// assert_eq!(fields.first("Set-Cookie"), Some(&b"session=1"[..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Acceptance {
    subprotocol: Option<String>,
    extensions: Vec<Extension>,
    headers: Headers,
    secure: bool,
    /// `None` if nothing was said, `Some(None)` if it is declined.
    deflate: Option<Option<DeflateConfig>>,
    /// The first thing that the caller got wrong.
    fault: Option<BuildError>,
}

impl Acceptance {
    /// Without subprotocol, extensions and further fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Chooses a subprotocol, which must be one that the client offered.
    #[must_use]
    pub fn subprotocol(mut self, name: &str) -> Self {
        self.subprotocol = Some(name.into());
        self
    }

    /// Accepts an extension, which must be one that the client offered. The
    /// caller must then apply it: the order of the calls is the order in which
    /// outgoing messages pass the extensions (RFC 6455 section 9.1).
    ///
    /// permessage-deflate is applied by the connection, as the parameters say:
    /// they must be those of a response to what the client offers (RFC 7692
    /// section 7.1), which an offer sent back is not always.
    #[must_use]
    pub fn extension(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// Accepts permessage-deflate if the client offers it in a way that
    /// suits; [`Agreement::deflate`] then says what was agreed. A
    /// [`Connection`](crate::Connection) with
    /// [`Config::deflate`](crate::Config::deflate) does this by itself; what is
    /// said here goes before that.
    #[cfg(feature = "deflate")]
    #[must_use]
    pub const fn deflate(mut self, config: DeflateConfig) -> Self {
        self.deflate = Some(Some(config));
        self
    }

    /// Declines permessage-deflate for this one request, whatever
    /// [`Config::deflate`](crate::Config::deflate) says.
    #[cfg(feature = "deflate")]
    #[must_use]
    pub const fn without_deflate(mut self) -> Self {
        self.deflate = Some(None);
        self
    }

    /// With what to answer offers of permessage-deflate: what was said here, or what
    /// a connection's configuration says.
    pub(crate) const fn deflate_or(&self, general: Option<DeflateConfig>) -> Option<DeflateConfig> {
        match self.deflate {
            Some(special) => special,
            None => general,
        }
    }

    /// Whether the connection is inside TLS, which only the caller knows and the
    /// response of [`hixie76`](crate::hixie76) must name; off by default.
    /// RFC 6455 has no use for it.
    #[cfg(feature = "hixie76")]
    #[must_use]
    pub const fn secure(mut self, on: bool) -> Self {
        self.secure = on;
        self
    }

    /// Adds a field, such as `Set-Cookie`. `Upgrade`, `Connection`, the
    /// `Sec-WebSocket-` fields, `Content-Length` and `Transfer-Encoding` are not
    /// for the caller to write. What is wrong shows in [`Request::accept`](crate::handshake::Request::accept).
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let added = add_header(&mut self.headers, name, value.as_ref(), Name::is_managed);
        self.fault = self.fault.or_else(|| added.err());
        self
    }

    /// The chosen subprotocol.
    pub(super) fn chosen_subprotocol(&self) -> Option<&str> {
        self.subprotocol.as_deref()
    }

    /// The extensions that the caller accepts.
    pub(super) fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// The caller's own fields.
    pub(super) const fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The first thing that the caller got wrong.
    pub(super) const fn fault(&self) -> Option<BuildError> {
        self.fault
    }

    /// Whether the connection is inside TLS.
    pub(super) const fn is_secure(&self) -> bool {
        self.secure
    }
}

/// The outcome of [`Request::accept`](crate::handshake::Request::accept), and of
/// [`connect::Request::accept`](crate::handshake::connect::Request::accept).
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The 101 to send; the 200 over HTTP/2 and HTTP/3.
    pub response: Response,
    /// What both sides agreed on.
    pub agreement: Agreement,
}
