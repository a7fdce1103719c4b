//! Fields of the draft, of which none may be repeated.

use crate::handshake::head::headers::Headers;

/// The only value of a name: `Some(None)` if there is none, `None` if there are
/// several.
pub(crate) fn only<'a>(headers: &'a Headers, name: &str) -> Option<Option<&'a [u8]>> {
    let mut values = headers.all(name);
    let first = values.next();
    values.next().is_none().then_some(first)
}

pub(crate) fn is_printable(headers: &Headers, name: &str) -> bool {
    let printable = |byte: &u8| matches!(byte, b' '..=b'~');
    headers.all(name).all(|value| value.iter().all(printable))
}
