//! What both sides agreed on.

use alloc::{string::String, vec::Vec};

use crate::extension::Extension;

/// What the opening handshake settled: the subprotocol and the extensions.
///
/// [`Request::accept`](super::Request::accept) and
/// [`ClientRequest::verify`](super::ClientRequest::verify) make it. Where other
/// software did the whole handshake, build it from what that software says; for a
/// client's permessage-deflate by `DeflateParameters::verify`, which holds the
/// client to what it offered:
///
/// ```
/// use websocket_proto::handshake::Agreement;
///
/// let agreement = Agreement::new().with_subprotocol("chat");
/// assert_eq!(agreement.subprotocol(), Some("chat"));
/// assert!(agreement.extensions().is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Agreement {
    subprotocol: Option<String>,
    extensions: Vec<Extension>,
}

impl Agreement {
    /// Nothing agreed: no subprotocol, no extension.
    pub const fn new() -> Self {
        Self {
            subprotocol: None,
            extensions: Vec::new(),
        }
    }

    /// With that subprotocol.
    #[must_use]
    pub fn with_subprotocol(mut self, name: &str) -> Self {
        self.subprotocol = Some(name.into());
        self
    }

    /// With one extension more, after those already there.
    #[must_use]
    pub fn with_extension(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// The subprotocol, if one was chosen (RFC 6455 section 1.9).
    pub fn subprotocol(&self) -> Option<&str> {
        self.subprotocol.as_deref()
    }

    /// What was agreed on for permessage-deflate, `None` if it was not. An
    /// element that no response can have, such as one with a
    /// `client_max_window_bits` without a value, agrees on nothing.
    #[cfg(feature = "deflate")]
    pub fn deflate(&self) -> Option<crate::deflate::DeflateParameters> {
        self.extensions
            .iter()
            .find_map(|extension| crate::deflate::DeflateParameters::parse(extension).ok())
    }

    /// The extensions in the order of the server's response: the first is applied
    /// first to outgoing messages (RFC 6455 section 9.1). A client's
    /// permessage-deflate has, besides the parameters of the response, those by
    /// which its offer limits itself (RFC 7692 sections 7.1.1.2 and 7.1.2.2).
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }
}
