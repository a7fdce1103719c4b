//! The 101 answer.

use alloc::{string::String, vec::Vec};

use super::{
    Agreement, BuildError, Extension, Headers, Request, Response, accept_key, name::Name,
    response::add_header,
};
use crate::Output;
#[cfg(feature = "deflate")]
use crate::deflate::{DeflateConfig, DeflateError, DeflateParameters};

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
    pub(crate) subprotocol: Option<String>,
    pub(crate) extensions: Vec<Extension>,
    pub(crate) headers: Headers,
    #[cfg(feature = "hixie76")]
    pub(crate) secure: bool,
    /// `None` where nothing was said, `Some(None)` where it is declined.
    #[cfg(feature = "deflate")]
    deflate: Option<Option<DeflateConfig>>,
    /// The first thing that the caller got wrong.
    pub(crate) fault: Option<BuildError>,
}

impl Acceptance {
    /// Without subprotocol, extensions and further fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Chooses a subprotocol, which has to be one that the client offered.
    #[must_use]
    pub fn subprotocol(mut self, name: &str) -> Self {
        self.subprotocol = Some(name.into());
        self
    }

    /// Accepts an extension, which has to be one that the client offered. The
    /// caller then has to apply it: the order of the calls is the order in which
    /// outgoing messages pass the extensions (RFC 6455 section 9.1).
    ///
    /// permessage-deflate is applied by the connection, as the parameters say:
    /// they have to be those of an answer to what the client offers (RFC 7692
    /// section 7.1), which an offer sent back is not always.
    #[must_use]
    pub fn extension(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// Accepts permessage-deflate where the client offers it in a way that
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

    /// With what to answer offers of permessage-deflate, where a connection's
    /// configuration says `general`.
    #[cfg(feature = "deflate")]
    pub(crate) const fn deflate_or(&self, general: Option<DeflateConfig>) -> Option<DeflateConfig> {
        match self.deflate {
            Some(special) => special,
            None => general,
        }
    }

    /// Whether the connection is inside TLS, which only the caller knows and the
    /// answer of [`hixie76`](crate::hixie76) has to name; off by default.
    /// RFC 6455 has no use for it.
    #[cfg(feature = "hixie76")]
    #[must_use]
    pub const fn secure(mut self, on: bool) -> Self {
        self.secure = on;
        self
    }

    /// Adds a field, such as `Set-Cookie`. `Upgrade`, `Connection`, the
    /// `Sec-WebSocket-` fields, `Content-Length` and `Transfer-Encoding` are not
    /// for the caller to write. What is wrong shows in [`Request::accept`].
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let added = add_header(&mut self.headers, name, value.as_ref(), Name::is_managed);
        self.fault = self.fault.or_else(|| added.err());
        self
    }
}

/// The outcome of [`Request::accept`], and of
/// [`connect::Request::accept`](super::connect::Request::accept).
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The 101 to send; the 200 over HTTP/2 and HTTP/3.
    pub response: Response,
    /// What both sides agreed on.
    pub agreement: Agreement,
}

impl Request {
    /// The answer that accepts the request (RFC 6455 section 4.2.2). Once it is
    /// sent the connection is open, and frames may follow at once.
    ///
    /// # Errors
    ///
    /// [`BuildError`] where the acceptance names a subprotocol or an extension
    /// that the client did not offer, or an extension twice, or
    /// permessage-deflate with parameters that answer no offer, or where a field
    /// of it is malformed or not for the caller to write.
    pub fn accept(&self, acceptance: &Acceptance) -> Result<Accepted, BuildError> {
        #[cfg(feature = "hixie76")]
        if let Some(answer) = self.hixie76_answer() {
            return crate::hixie76::accept(self, answer, acceptance);
        }
        let answer = self.answer(
            acceptance,
            #[cfg(feature = "deflate")]
            acceptance.deflate_or(None),
        )?;
        let mut headers = Headers::with_capacity(256, 5 + acceptance.headers.len());
        for (name, value) in answer.fields() {
            headers.push(name, value)?;
        }
        Ok(Accepted {
            response: Response::switching_protocols(headers),
            agreement: answer.agreed.agreement,
        })
    }

    /// The answer of RFC 6455, not yet written in any form.
    pub(crate) fn answer<'a>(
        &self,
        acceptance: &'a Acceptance,
        #[cfg(feature = "deflate")] deflate: Option<DeflateConfig>,
    ) -> Result<Answer<'a>, BuildError> {
        let agreed = acceptance.agree(
            self.subprotocols(),
            self.extensions(),
            #[cfg(feature = "deflate")]
            deflate,
        )?;
        Ok(Answer {
            accept: accept_key(self.key()),
            agreed,
        })
    }
}

/// What a 101 says.
pub(crate) struct Answer<'a> {
    accept: [u8; 28],
    agreed: Agreed<'a>,
}

impl Answer<'_> {
    const STATUS_LINE: &'static [u8] = b"HTTP/1.1 101 Switching Protocols\r\n";

    fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let fixed: [(&[u8], &[u8]); 3] = [
            (b"Upgrade", b"websocket"),
            (b"Connection", b"Upgrade"),
            (b"Sec-WebSocket-Accept", &self.accept),
        ];
        fixed.into_iter().chain(self.agreed.fields())
    }

    /// The number of bytes that [`append_to`](Self::append_to) appends.
    pub(crate) fn length(&self) -> usize {
        let fields = self.fields();
        let lengths = fields.map(|(name, value)| name.len() + value.len() + b": \r\n".len());
        Self::STATUS_LINE.len() + lengths.sum::<usize>() + b"\r\n".len()
    }

    /// Appends the bytes of the answer: those of [`Response::encode`], without
    /// a list in between.
    pub(crate) fn append_to(&self, out: &mut impl Output) {
        out.reserve(self.length());
        out.append(Self::STATUS_LINE);
        self.fields().for_each(|(name, value)| {
            out.append(name);
            out.append(b": ");
            out.append(value);
            out.append(b"\r\n");
        });
        out.append(b"\r\n");
    }

    pub(crate) fn into_agreement(self) -> Agreement {
        self.agreed.agreement
    }
}

/// What both sides agree on, and the fields that say so.
pub(super) struct Agreed<'a> {
    pub(super) agreement: Agreement,
    /// The value of `Sec-WebSocket-Extensions`.
    extensions: String,
    /// The caller's own.
    headers: &'a Headers,
}

impl Agreed<'_> {
    pub(super) fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let subprotocol = self.agreement.subprotocol();
        let extensions = &*self.extensions;
        let chosen: [(&[u8], _); 2] = [
            (b"Sec-WebSocket-Protocol", subprotocol),
            (
                b"Sec-WebSocket-Extensions",
                Some(extensions).filter(|list| !list.is_empty()),
            ),
        ];
        let chosen = chosen.into_iter();
        chosen
            .filter_map(|(name, value)| Some((name, value?.as_bytes())))
            .chain(self.headers.pairs())
    }
}

impl Acceptance {
    /// Settles what both sides agree on.
    pub(super) fn agree<'a>(
        &self,
        mut subprotocols: impl Iterator<Item = &'a str>,
        offers: &[Extension],
        #[cfg(feature = "deflate")] deflate: Option<DeflateConfig>,
    ) -> Result<Agreed<'_>, BuildError> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let mut agreement = Agreement::new();
        if let Some(name) = &self.subprotocol {
            if !subprotocols.any(|offered| offered == name) {
                return Err(BuildError::SubprotocolNotOffered);
            }
            agreement = agreement.with_subprotocol(name);
        }
        #[cfg(feature = "deflate")]
        let negotiated = deflate
            .and_then(|config| config.answer(offers))
            .map(|parameters| parameters.extension())
            // What the caller has agreed to by hand stands.
            .filter(|extension| {
                let mut chosen = self.extensions.iter();
                chosen.all(|other| other.name() != extension.name())
            });
        #[cfg(not(feature = "deflate"))]
        let negotiated = None;
        for extension in self.extensions.iter().chain(&negotiated) {
            let is_same = |other: &Extension| other.name() == extension.name();
            if !offers.iter().any(is_same) {
                return Err(BuildError::ExtensionNotOffered);
            }
            if agreement.extensions().iter().any(is_same) {
                return Err(BuildError::RepeatedExtension);
            }
            agreement = agreement.with_extension(extension.clone());
        }
        // Connections apply this one themselves, and can do so only as the
        // client has offered it.
        #[cfg(feature = "deflate")]
        for extension in &self.extensions {
            match DeflateParameters::verify(extension, offers) {
                Ok(_) | Err(DeflateError::OtherExtension) => {}
                Err(error) => return Err(BuildError::Deflate(error)),
            }
        }
        Ok(Agreed {
            extensions: Extension::list(agreement.extensions()),
            headers: &self.headers,
            agreement,
        })
    }
}
