//! The client's check of the answer (RFC 6455 section 4.1).

use super::{
    Agreement, ClientRequest, Extension, Headers, HttpVersion, ResponseError, ResponseHead,
    accept_key,
    headers::Single,
    name::Name,
    syntax::{ascii, is_token, lists_contain},
};
#[cfg(feature = "deflate")]
use crate::deflate::{DeflateError, DeflateParameters};

impl ClientRequest {
    /// Checks the answer to this request, which was sent with `key`.
    ///
    /// The bytes that follow a verified head are frames, whatever a
    /// `Content-Length` in it says. An answer with another status than 101 is
    /// for the caller to look at first: [`ResponseHead::is_interim`] heads are
    /// skipped, and any other status is a refusal.
    ///
    /// ```
    /// use websocket_proto::{Uri, handshake::{ClientRequest, HeadLimits, ResponseHead}};
    ///
    /// let request = ClientRequest::new(&Uri::parse("ws://example.com/")?);
    /// let answer = b"HTTP/1.1 101 Switching Protocols\r\n\
    ///     Upgrade: websocket\r\n\
    ///     Connection: Upgrade\r\n\
    ///     Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    /// let answer = ResponseHead::parse(answer, HeadLimits::default())?;
    /// let agreement = request.verify(b"dGhlIHNhbXBsZSBub25jZQ==", &answer)?;
    /// assert_eq!(agreement.subprotocol(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ResponseError`] names the first rule that the answer breaks. The client
    /// then closes the transport.
    pub fn verify(
        &self,
        key: &[u8; 24],
        answer: &ResponseHead,
    ) -> Result<Agreement, ResponseError> {
        if answer.version() < HttpVersion::Http11 {
            return Err(ResponseError::UnsupportedHttp);
        }
        if answer.status() != 101 {
            return Err(ResponseError::Status);
        }
        let headers = answer.headers();
        // The whole value, not an element of a list: the server names what it
        // switched to.
        match headers.single(Name::Upgrade) {
            Single::One(value) if value.eq_ignore_ascii_case(b"websocket") => {}
            _ => return Err(ResponseError::Upgrade),
        }
        if !lists_contain(headers.known(Name::Connection), b"Upgrade") {
            return Err(ResponseError::Connection);
        }
        match headers.single(Name::Accept) {
            Single::Missing => return Err(ResponseError::MissingAccept),
            Single::Repeated => return Err(ResponseError::RepeatedAccept),
            Single::One(value) if value == accept_key(key) => {}
            Single::One(_) => return Err(ResponseError::WrongAccept),
        }
        self.verify_choice(headers)
    }

    /// Checks what the server chose of the offer, in whatever version of HTTP.
    pub(super) fn verify_choice(&self, headers: &Headers) -> Result<Agreement, ResponseError> {
        let mut agreement = Agreement::new();
        if let Some(name) = self.verify_subprotocol(headers)? {
            agreement = agreement.with_subprotocol(name);
        }
        self.verify_extensions(headers, agreement)
    }

    fn verify_subprotocol<'a>(
        &self,
        headers: &'a Headers,
    ) -> Result<Option<&'a str>, ResponseError> {
        match headers.single(Name::Protocol) {
            Single::Missing if self.requires_subprotocol && !self.subprotocols.is_empty() => {
                Err(ResponseError::MissingSubprotocol)
            }
            Single::Missing => Ok(None),
            Single::One(name) if is_token(name) => {
                let name = ascii(name);
                if self.subprotocols.iter().any(|offered| offered == name) {
                    Ok(Some(name))
                } else {
                    Err(ResponseError::SubprotocolNotOffered)
                }
            }
            Single::One(_) | Single::Repeated => Err(ResponseError::InvalidSubprotocol),
        }
    }

    fn verify_extensions(
        &self,
        headers: &Headers,
        mut agreement: Agreement,
    ) -> Result<Agreement, ResponseError> {
        let accepted = Extension::parse_list(headers.known(Name::Extensions))
            .map_err(|_| ResponseError::InvalidExtension)?;
        for extension in accepted {
            let is_same = |other: &Extension| other.name() == extension.name();
            if !self.extensions.iter().any(is_same) {
                return Err(ResponseError::ExtensionNotOffered);
            }
            if agreement.extensions().iter().any(is_same) {
                return Err(ResponseError::RepeatedExtension);
            }
            #[cfg(feature = "deflate")]
            let extension = match DeflateParameters::verify(&extension, &self.extensions) {
                // With what the offer holds this client to besides.
                Ok(parameters) => parameters.extension(),
                Err(DeflateError::OtherExtension) => extension,
                Err(DeflateError::NotOffered) => return Err(ResponseError::ExtensionNotOffered),
                Err(_) => return Err(ResponseError::InvalidExtension),
            };
            agreement = agreement.with_extension(extension);
        }
        Ok(agreement)
    }
}
