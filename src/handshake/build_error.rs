//! What a caller may not put into a head.

use core::{error, fmt};

use super::head::headers::TooLong;
use crate::extension::ExtensionError;

/// Why a request or a response could not be built from what the caller gave.
/// Nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BuildError {
    /// The status is not one from 200 to 599.
    Status,
    /// A body in a response whose status allows none, 204, 205 or 304, or which
    /// accepts a handshake.
    Body,
    /// A field name is not a token (RFC 9110 section 5.1).
    HeaderName,
    /// A field value holds a control character, such as CR, LF or NUL
    /// (RFC 9110 section 5.5).
    HeaderValue,
    /// The crate writes this field itself, or has a method of its own for it.
    ManagedHeader,
    /// An origin is neither `null` nor of the form `scheme://host:port`, in lower
    /// case.
    Origin,
    /// A subprotocol is not a token (RFC 6455 section 4.1).
    Subprotocol,
    /// A subprotocol is named twice.
    RepeatedSubprotocol,
    /// The chosen subprotocol is not among those that the client offered.
    SubprotocolNotOffered,
    /// An extension is not made of tokens, or the accepted permessage-deflate
    /// does not answer what the client offered (RFC 7692 section 7.1).
    Extension(ExtensionError),
    /// An extension is accepted twice.
    RepeatedExtension,
    /// The accepted extension is not among those that the client offered.
    ExtensionNotOffered,
    /// The key is not the base64 of 16 bytes.
    Key,
    /// The crate `http` does not take the target.
    Target,
    /// The server has not enabled extended CONNECT (RFC 8441 section 3).
    ConnectDisabled,
    /// The head would be longer than 4 GiB, or have more fields than the crate
    /// `http` takes if it is to be one of its types.
    TooLong,
    /// A request of the legacy protocol without an origin, which every one has to
    /// name.
    Hixie76MissingOrigin,
    /// A request of the legacy protocol with more than one subprotocol.
    Hixie76SeveralSubprotocols,
    /// A request of the legacy protocol with an extension.
    Hixie76Extension,
    /// A key of the legacy protocol is no number times its spaces, or holds what
    /// may not stand in a field.
    Hixie76Key,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Status => "the status is not one from 200 to 599",
            Self::Body => "the status does not allow a body",
            Self::HeaderName => "a field name is not a token",
            Self::HeaderValue => "a field value holds a control character",
            Self::ManagedHeader => "a field is for the crate alone to write",
            Self::Origin => "the origin is not a serialized origin",
            Self::Subprotocol => "a subprotocol is not a token",
            Self::RepeatedSubprotocol => "a subprotocol is named twice",
            Self::SubprotocolNotOffered => "the client did not offer the subprotocol",
            Self::Extension(error) => error.text(),
            Self::RepeatedExtension => "an extension is accepted twice",
            Self::ExtensionNotOffered => "the client did not offer the extension",
            Self::Key => "the key is not the base64 of 16 bytes",
            Self::Target => "the crate http does not take the target",
            Self::ConnectDisabled => "the server has not enabled extended CONNECT",
            Self::TooLong => "the head is too long",
            Self::Hixie76MissingOrigin => "a request of hixie-76 needs an origin",
            Self::Hixie76SeveralSubprotocols => "hixie-76 offers one subprotocol at most",
            Self::Hixie76Extension => "hixie-76 has no extensions",
            Self::Hixie76Key => "a key of hixie-76 is malformed",
        })
    }
}

impl error::Error for BuildError {}

impl From<ExtensionError> for BuildError {
    fn from(error: ExtensionError) -> Self {
        Self::Extension(error)
    }
}

impl From<TooLong> for BuildError {
    fn from(_: TooLong) -> Self {
        Self::TooLong
    }
}
