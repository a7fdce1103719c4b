//! What a caller may not put into a head.

use core::{error, fmt};

/// Why a request or an answer could not be built from what the caller gave.
/// Nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BuildError {
    /// The status is not one from 200 to 599.
    Status,
    /// A body in an answer whose status allows none, 204, 205 or 304, or which
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
    /// The name or a parameter of an extension is not a token.
    Extension,
    /// An extension is accepted twice.
    RepeatedExtension,
    /// The accepted extension is not among those that the client offered.
    ExtensionNotOffered,
    /// The accepted permessage-deflate does not answer what the client offered
    /// (RFC 7692 section 7.1).
    #[cfg(feature = "deflate")]
    Deflate(crate::deflate::DeflateError),
    /// The key is not the base64 of 16 bytes.
    Key,
    /// The crate `http` does not take the target.
    Target,
    /// The server has not enabled extended CONNECT (RFC 8441 section 3).
    ConnectDisabled,
    /// The head would be longer than 4 GiB, or have more fields than the crate
    /// `http` takes where it is to be one of its types.
    TooLong,
    /// The legacy protocol has no words for it.
    #[cfg(feature = "hixie76")]
    Hixie76(crate::hixie76::BuildError),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Status => "the status is not one from 200 to 599",
            Self::Body => "the status does not allow a body",
            Self::HeaderName => "a field name is not a token",
            Self::HeaderValue => "a field value holds a control character",
            Self::ManagedHeader => "a field that only the crate may write",
            Self::Origin => "the origin is not a serialized origin",
            Self::Subprotocol => "a subprotocol is not a token",
            Self::RepeatedSubprotocol => "a subprotocol is named twice",
            Self::SubprotocolNotOffered => "the client did not offer the subprotocol",
            Self::Extension => "an extension is not made of tokens",
            Self::RepeatedExtension => "an extension is accepted twice",
            Self::ExtensionNotOffered => "the client did not offer the extension",
            #[cfg(feature = "deflate")]
            Self::Deflate(error) => error.text(),
            Self::Key => "the key is not the base64 of 16 bytes",
            Self::Target => "the crate http does not take the target",
            Self::ConnectDisabled => "the server has not enabled extended CONNECT",
            Self::TooLong => "the head is too long",
            #[cfg(feature = "hixie76")]
            Self::Hixie76(error) => error.text(),
        })
    }
}

impl error::Error for BuildError {}

#[cfg(feature = "hixie76")]
impl From<crate::hixie76::BuildError> for BuildError {
    fn from(error: crate::hixie76::BuildError) -> Self {
        Self::Hixie76(error)
    }
}
