//! Lists of fields as HTTP/2 and HTTP/3 carry them: pseudo-header fields in
//! front, names in lower case.

use crate::handshake::build_error::BuildError;
use crate::handshake::head::headers::Headers;
use crate::handshake::head::name::Name;
use crate::syntax::trim;

/// A list to send: the pseudo-header fields, and fields written in any case.
pub(in crate::handshake) fn list(
    pseudo: &[(&str, &str)],
    headers: &Headers,
) -> Result<Headers, BuildError> {
    let mut list = Headers::with_capacity(256, pseudo.len() + headers.len());
    for (name, value) in pseudo {
        list.push(name.as_bytes(), value.as_bytes())?;
    }
    for (name, value) in headers.iter() {
        if is_connection_specific(name.as_bytes(), value) {
            return Err(BuildError::ManagedHeader);
        }
        list.push(name.to_ascii_lowercase().as_bytes(), trim(value))?;
    }
    Ok(list)
}

/// Whether the field concerns a connection of HTTP/1 (RFC 9113 section 8.2.2,
/// RFC 9114 section 4.2).
pub(in crate::handshake) fn is_connection_specific(name: &[u8], value: &[u8]) -> bool {
    match Name::of(name) {
        Name::Connection | Name::Upgrade | Name::TransferEncoding => true,
        Name::Other => {
            let is = |other: &[u8]| name.eq_ignore_ascii_case(other);
            is(b"keep-alive")
                || is(b"proxy-connection")
                || (is(b"te") && !value.eq_ignore_ascii_case(b"trailers"))
        }
        _ => false,
    }
}
