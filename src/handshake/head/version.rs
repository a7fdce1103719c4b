//! The HTTP version of a head.

/// The version of HTTP/1 in which a head is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum HttpVersion {
    /// HTTP/1.0, in which `Upgrade` means nothing (RFC 9110 section 7.8).
    Http10,
    /// HTTP/1.1, and any higher minor version: those are read as 1.1 (RFC 9110
    /// section 2.5).
    Http11,
}

/// What `HTTP/d.d` says.
pub(crate) enum ParsedVersion {
    Supported(HttpVersion),
    /// Another major version.
    Unsupported,
    Malformed,
}

impl HttpVersion {
    pub(crate) const fn parse(text: &[u8]) -> ParsedVersion {
        // The name is case-sensitive (RFC 9112 section 2.3).
        match text {
            b"HTTP/1.0" => ParsedVersion::Supported(Self::Http10),
            [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
                if major.is_ascii_digit() && minor.is_ascii_digit() =>
            {
                if *major == b'1' {
                    ParsedVersion::Supported(Self::Http11)
                } else {
                    ParsedVersion::Unsupported
                }
            }
            _ => ParsedVersion::Malformed,
        }
    }
}
