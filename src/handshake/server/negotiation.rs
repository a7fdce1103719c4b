//! What both sides agree on, with the fields that say so.

use alloc::{string::String, vec::Vec};

use super::acceptance::{Acceptance, Accepted};
use super::hixie76::Hixie76Proof;
use super::response::Response;
use crate::deflate::{DeflateConfig, DeflateParameters};
use crate::extension::{Extension, ExtensionError};
use crate::handshake::agreement::Agreement;
use crate::handshake::build_error::BuildError;
use crate::handshake::head::headers::Headers;
use crate::output::Output;

/// An accepted request, of which the response is not yet written in any form.
pub(crate) struct Negotiation<'a> {
    proof: Proof,
    agreement: Agreement,
    /// The value of `Sec-WebSocket-Extensions`.
    extensions: String,
    /// The caller's own.
    headers: &'a Headers,
}

/// What shows a client that the server has understood its request.
pub(in crate::handshake) enum Proof {
    /// The value of `Sec-WebSocket-Accept`.
    Accept([u8; 28]),
    #[allow(dead_code, reason = "made with the feature hixie76 alone")]
    Hixie76(Hixie76Proof),
    /// Nothing but the status: an extended CONNECT.
    Status,
}

const NO_FIELD: (&[u8], &[u8]) = (b"", b"");

impl Proof {
    const fn reason(&self) -> &'static str {
        match self {
            Self::Hixie76(proof) => proof.reason(),
            _ => "Switching Protocols",
        }
    }

    /// The fields that make the response one to an upgrade, empty ones aside.
    fn fields(&self) -> [(&[u8], &[u8]); 4] {
        match self {
            Self::Accept(accept) => [
                (b"Upgrade", b"websocket"),
                (b"Connection", b"Upgrade"),
                (b"Sec-WebSocket-Accept", accept),
                NO_FIELD,
            ],
            Self::Hixie76(proof) => proof.fields(),
            Self::Status => [NO_FIELD; 4],
        }
    }

    /// What comes behind the head.
    const fn body(&self) -> &[u8] {
        match self {
            Self::Hixie76(proof) => proof.body(),
            _ => &[],
        }
    }
}

impl<'a> Negotiation<'a> {
    /// Settles what both sides agree on. Offers of permessage-deflate are
    /// accepted with `deflate`.
    pub(in crate::handshake) fn new<'b>(
        acceptance: &'a Acceptance,
        proof: Proof,
        mut subprotocols: impl Iterator<Item = &'b str>,
        offers: &[Extension],
        deflate: Option<DeflateConfig>,
    ) -> Result<Self, BuildError> {
        if let Some(fault) = acceptance.fault() {
            return Err(fault);
        }
        let mut agreement = Agreement::new();
        if let Some(name) = acceptance.chosen_subprotocol() {
            if !subprotocols.any(|offered| offered == name) {
                return Err(BuildError::SubprotocolNotOffered);
            }
            agreement = agreement.with_subprotocol(name);
        }
        let negotiated = deflate
            .and_then(|config| config.answer(offers))
            .map(|parameters| parameters.extension())
            // What the caller has agreed to by hand stands.
            .filter(|extension| {
                let mut chosen = acceptance.extensions().iter();
                chosen.all(|other| other.name() != extension.name())
            });
        for extension in acceptance.extensions().iter().chain(&negotiated) {
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
        for extension in acceptance.extensions() {
            match DeflateParameters::verify(extension, offers) {
                Ok(_) | Err(ExtensionError::OtherExtension) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Self {
            proof,
            extensions: Extension::list(agreement.extensions()),
            agreement,
            headers: acceptance.headers(),
        })
    }

    /// The fields of the response.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let fixed = self.proof.fields().into_iter();
        let fixed = fixed.filter(|(name, _)| !name.is_empty());
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
        let chosen = chosen.filter_map(|(name, value)| Some((name, value?.as_bytes())));
        fixed.chain(chosen).chain(self.headers.pairs())
    }

    /// The parts of the status line.
    const fn status_line(&self) -> [&[u8]; 3] {
        [b"HTTP/1.1 101 ", self.proof.reason().as_bytes(), b"\r\n"]
    }

    /// The number of bytes that [`append_to`](Self::append_to) appends.
    pub(crate) fn length(&self) -> usize {
        let status_line = self.status_line().map(<[u8]>::len).into_iter();
        let fields = self.fields();
        let lengths = fields.map(|(name, value)| name.len() + value.len() + b": \r\n".len());
        status_line.chain(lengths).sum::<usize>() + b"\r\n".len() + self.proof.body().len()
    }

    /// Appends the bytes of the 101: those of [`Response::encode`], without a
    /// list in between. Reserve the [length](Self::length) before.
    pub(crate) fn append_to(&self, out: &mut impl Output) {
        for part in self.status_line() {
            out.append(part);
        }
        self.fields().for_each(|(name, value)| {
            out.append(name);
            out.append(b": ");
            out.append(value);
            out.append(b"\r\n");
        });
        out.append(b"\r\n");
        out.append(self.proof.body());
    }

    /// The 101 as a response.
    pub(super) fn into_accepted(self) -> Result<Accepted, BuildError> {
        let mut headers = Headers::with_capacity(256, 6 + self.headers.len());
        for (name, value) in self.fields() {
            headers.push(name, value)?;
        }
        let body = Vec::from(self.proof.body());
        Ok(Accepted {
            response: Response::switching_protocols(self.proof.reason(), headers, body),
            agreement: self.agreement,
        })
    }

    pub(crate) fn into_agreement(self) -> Agreement {
        self.agreement
    }
}
