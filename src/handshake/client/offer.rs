//! What a client says of itself and offers, in every version of HTTP alike.

use alloc::{format, string::String, vec::Vec};
use core::fmt;

use super::error::ResponseError;
use crate::deflate::DeflateParameters;
use crate::extension::{Extension, ExtensionError};
use crate::handshake::agreement::Agreement;
use crate::handshake::build_error::BuildError;
use crate::handshake::caller_field::add_header;
use crate::handshake::head::headers::{Headers, Single};
use crate::handshake::head::name::Name;
use crate::syntax::{ascii, is_token};
use crate::uri::authority::Authority;

/// The part of a request that the protocol has for the application, and the
/// check of what a server chose of it.
#[derive(Clone)]
pub(crate) struct Offer {
    origin: Option<String>,
    subprotocols: Vec<String>,
    extensions: Vec<Extension>,
    headers: Headers,
    requires_subprotocol: bool,
    /// The first thing that the caller got wrong.
    fault: Option<BuildError>,
}

impl Offer {
    pub(super) fn new() -> Self {
        Self {
            origin: None,
            subprotocols: Vec::new(),
            extensions: Vec::new(),
            headers: Headers::default(),
            requires_subprotocol: false,
            fault: None,
        }
    }

    pub(super) fn push_subprotocol(&mut self, name: &str) {
        if !is_token(name.as_bytes()) {
            self.fail(BuildError::Subprotocol);
        } else if self.subprotocols.iter().any(|other| other == name) {
            self.fail(BuildError::RepeatedSubprotocol);
        } else {
            self.subprotocols.push(name.into());
        }
    }

    pub(super) const fn require_subprotocol(&mut self, require: bool) {
        self.requires_subprotocol = require;
    }

    pub(super) fn push_extension(&mut self, extension: Extension) {
        self.extensions.push(extension);
    }

    pub(super) fn set_origin(&mut self, origin: &str) {
        if is_origin(origin) {
            self.origin = Some(origin.into());
        } else {
            self.fail(BuildError::Origin);
        }
    }

    pub(super) fn push_header(&mut self, name: &str, value: &[u8]) {
        let reserved = |name: Name| name.is_managed() || matches!(name, Name::Host | Name::Origin);
        if let Err(fault) = add_header(&mut self.headers, name, value, reserved) {
            self.fail(fault);
        }
    }

    const fn fail(&mut self, fault: BuildError) {
        if self.fault.is_none() {
            self.fault = Some(fault);
        }
    }

    pub(super) const fn fault(&self) -> Option<BuildError> {
        self.fault
    }

    pub(super) fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    pub(super) fn subprotocols(&self) -> &[String] {
        &self.subprotocols
    }

    pub(super) fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// Whether an extension of that name is offered.
    pub(crate) fn offers(&self, name: &str) -> bool {
        self.extensions.iter().any(|offer| offer.name() == name)
    }

    /// The caller's own fields.
    pub(super) const fn headers(&self) -> &Headers {
        &self.headers
    }

    /// Appends the fields that are the same in every version of HTTP.
    pub(in crate::handshake) fn append_to(&self, headers: &mut Headers) -> Result<(), BuildError> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        headers.push(b"Sec-WebSocket-Version", b"13")?;
        if let Some(origin) = self.origin() {
            headers.push(b"Origin", origin.as_bytes())?;
        }
        if !self.subprotocols().is_empty() {
            let list = self.subprotocols().join(", ");
            headers.push(b"Sec-WebSocket-Protocol", list.as_bytes())?;
        }
        if !self.extensions().is_empty() {
            let list = Extension::list(self.extensions());
            headers.push(b"Sec-WebSocket-Extensions", list.as_bytes())?;
        }
        headers.append(&self.headers)?;
        Ok(())
    }

    /// Checks what the server chose of the offer, in whatever version of HTTP.
    pub(in crate::handshake) fn verify(
        &self,
        headers: &Headers,
    ) -> Result<Agreement, ResponseError> {
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
            if !self.offers(extension.name()) {
                return Err(ResponseError::ExtensionNotOffered);
            }
            let is_same = |other: &Extension| other.name() == extension.name();
            if agreement.extensions().iter().any(is_same) {
                return Err(ResponseError::RepeatedExtension);
            }
            let extension = match DeflateParameters::verify(&extension, &self.extensions) {
                // With what the offer holds this client to besides.
                Ok(parameters) => parameters.extension(),
                Err(ExtensionError::OtherExtension) => extension,
                Err(ExtensionError::NotOffered) => return Err(ResponseError::ExtensionNotOffered),
                Err(_) => return Err(ResponseError::InvalidExtension),
            };
            agreement = agreement.with_extension(extension);
        }
        Ok(agreement)
    }

    /// Leaves out the subprotocols and the values of most fields, where
    /// credentials are.
    pub(super) fn show(&self, shown: &mut fmt::DebugStruct<'_, '_>) -> fmt::Result {
        shown
            .field("origin", &self.origin)
            .field("subprotocols", &self.subprotocols.len())
            .field("extensions", &self.extensions)
            .field("headers", &self.headers)
            .field("fault", &self.fault)
            .finish_non_exhaustive()
    }
}

/// A serialized origin (RFC 6454 section 6.2): in lower case, and without a port
/// that the scheme has anyway.
fn is_origin(text: &str) -> bool {
    if text == "null" {
        return true;
    }
    let Some((scheme, authority)) = text.split_once("://") else {
        return false;
    };
    let is_scheme_byte = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.');
    let default = match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        _ => None,
    };
    let has_one_form = |Authority { host, port }: Authority<'_>| {
        let is_other = |byte: u8| byte.is_ascii_uppercase() || byte == b'%';
        !host.bytes().any(is_other)
            && match port {
                Some(_) if port == default => false,
                Some(port) => authority.ends_with(&format!(":{port}")),
                None => !authority.ends_with(':'),
            }
    };
    scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme.bytes().all(is_scheme_byte)
        && Authority::parse(authority).is_ok_and(has_one_form)
}
