//! The answer: a server's writing of it, a client's check.

use alloc::format;
use alloc::string::String;

use super::request::only;
use super::{ClientHandshake, ResponseError};
use crate::handshake::{
    self, Acceptance, Accepted, Agreement, BuildError, Headers, HttpVersion, Request, Response,
    ResponseHead,
};
use crate::uri::authority::Authority;

/// The answer that accepts a request (hybi-00 section 5.2), its body the
/// sixteen bytes.
pub(crate) fn accept(
    request: &Request,
    answer: [u8; 16],
    acceptance: &Acceptance,
) -> Result<Accepted, BuildError> {
    if let Some(fault) = acceptance.fault {
        return Err(fault);
    }
    if !acceptance.extensions.is_empty() {
        return Err(BuildError::ExtensionNotOffered);
    }
    let location = location(request, acceptance.secure);
    let origin = request.origin().unwrap_or_default();
    let mut agreement = Agreement::new();
    let mut headers = Headers::default();
    headers.push(b"Upgrade", b"WebSocket")?;
    headers.push(b"Connection", b"Upgrade")?;
    headers.push(b"Sec-WebSocket-Origin", origin.as_bytes())?;
    headers.push(b"Sec-WebSocket-Location", location.as_bytes())?;
    if let Some(name) = &acceptance.subprotocol {
        if !request.subprotocols().any(|offered| offered == name) {
            return Err(BuildError::SubprotocolNotOffered);
        }
        headers.push(b"Sec-WebSocket-Protocol", name.as_bytes())?;
        agreement = agreement.with_subprotocol(name);
    }
    headers.append(&acceptance.headers)?;
    Ok(Accepted {
        response: Response::hixie76(headers, answer),
        agreement,
    })
}

/// The URL that the client has asked for, as it writes it itself: its host in
/// lower case, and without a port that is the default.
fn location(request: &Request, secure: bool) -> String {
    let (scheme, default_port) = if secure { ("wss", 443) } else { ("ws", 80) };
    let host = match Authority::parse(request.host()) {
        Ok(Authority { host, port }) if port.is_none_or(|port| port == default_port) => host,
        _ => request.host(),
    };
    let resource = request.head().resource();
    let slash = if resource.starts_with('/') { "" } else { "/" };
    let host = host.to_ascii_lowercase();
    format!("{scheme}://{host}{slash}{resource}")
}

impl ClientHandshake {
    /// Checks the answer: its head, and the sixteen bytes behind it. What
    /// follows these are frames.
    ///
    /// A `Sec-WebSocket-Protocol` that was not asked for means nothing: there
    /// were servers that always sent one.
    ///
    /// # Errors
    ///
    /// [`ResponseError`](handshake::ResponseError) names the first rule that
    /// the answer breaks. The client then closes the transport.
    pub fn verify(
        &self,
        head: &ResponseHead,
        answer: &[u8; 16],
    ) -> Result<Agreement, handshake::ResponseError> {
        let agreement = self.verify_head(head)?;
        check_answer(self.keys.answer(), *answer)?;
        Ok(agreement)
    }

    pub(crate) fn verify_head(
        &self,
        head: &ResponseHead,
    ) -> Result<Agreement, handshake::ResponseError> {
        if head.version() < HttpVersion::Http11 {
            return Err(handshake::ResponseError::UnsupportedHttp);
        }
        if head.status() != 101 {
            return Err(handshake::ResponseError::Status);
        }
        let value = |name| only(head.headers(), name).flatten();
        if value("Upgrade") != Some(b"WebSocket") {
            return Err(handshake::ResponseError::Upgrade);
        }
        if !value("Connection").is_some_and(|value| value.eq_ignore_ascii_case(b"upgrade")) {
            return Err(handshake::ResponseError::Connection);
        }
        if value("Sec-WebSocket-Origin") != Some(self.origin.as_bytes()) {
            return Err(ResponseError::Origin.into());
        }
        if value("Sec-WebSocket-Location") != Some(self.location.as_bytes()) {
            return Err(ResponseError::Location.into());
        }
        match &self.subprotocol {
            None => Ok(Agreement::new()),
            Some(name) if value("Sec-WebSocket-Protocol") == Some(name.as_bytes()) => {
                Ok(Agreement::new().with_subprotocol(name))
            }
            Some(_) => Err(ResponseError::Subprotocol.into()),
        }
    }
}

pub(crate) fn check_answer(
    expected: [u8; 16],
    found: [u8; 16],
) -> Result<(), handshake::ResponseError> {
    if found == expected {
        Ok(())
    } else {
        Err(ResponseError::WrongAnswer.into())
    }
}
