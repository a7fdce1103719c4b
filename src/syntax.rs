//! Tokens, lists and values of HTTP fields (RFC 9110 section 5.6).

/// Whether the byte may stand in a token (RFC 9110 section 5.6.2). The
/// subprotocol names of RFC 6455 section 4.1 have the same alphabet.
pub(crate) const fn is_token_byte(byte: u8) -> bool {
    const TABLE: [bool; 256] = {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < table.len() {
            table[byte] = (byte as u8).is_ascii_alphanumeric();
            byte += 1;
        }
        let marks = b"!#$%&'*+-.^_`|~";
        let mut at = 0;
        while at < marks.len() {
            table[marks[at] as usize] = true;
            at += 1;
        }
        table
    };
    TABLE[byte as usize]
}

pub(crate) fn is_token(text: &[u8]) -> bool {
    // Without an early exit, as almost every text is one.
    let valid = text
        .iter()
        .fold(true, |valid, &byte| valid & is_token_byte(byte));
    valid && !text.is_empty()
}

/// Whether all bytes may stand in a request target: printable ASCII, and no
/// fragment.
pub(crate) fn is_target(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .all(|byte| byte.is_ascii_graphic() && *byte != b'#')
}

/// Whether the bytes hold a control byte other than HTAB.
pub(crate) fn has_control(bytes: &[u8]) -> bool {
    // Without an early exit, so that it compiles to vector instructions.
    bytes.iter().fold(false, |found, &byte| {
        found | (byte.is_ascii_control() & (byte != b'\t'))
    })
}

/// Without the spaces and tabs at both ends.
pub(crate) const fn trim(bytes: &[u8]) -> &[u8] {
    trim_end(trim_start(bytes))
}

/// Without the spaces and tabs at the start.
pub(crate) const fn trim_start(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = bytes {
        bytes = rest;
    }
    bytes
}

/// Without the spaces and tabs at the end.
pub(crate) const fn trim_end(mut bytes: &[u8]) -> &[u8] {
    while let [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// The non-empty elements of a comma-separated list (RFC 9110 section 5.6.1.2).
pub(crate) fn elements(list: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    elements_if(true, list)
}

/// The elements where the value is a list, otherwise the value.
pub(crate) fn elements_if(is_list: bool, value: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    value
        .split(move |&byte| byte == b',' && is_list)
        .map(trim)
        .filter(|element| !element.is_empty())
}

/// Whether both are the same in whatever case. Almost everybody writes the
/// conventional spelling, and whole arrays compare faster than letters in
/// either case.
pub(crate) fn is_same<const N: usize>(text: &[u8], conventional: &[u8; N]) -> bool {
    text == conventional || text.eq_ignore_ascii_case(conventional)
}

/// Whether one of the lists has the element, in whatever case.
pub(crate) fn lists_contain<'a, const N: usize>(
    mut lists: impl Iterator<Item = &'a [u8]>,
    element: &[u8; N],
) -> bool {
    lists.any(|list| {
        let mut elements = list.split(|&byte| byte == b',');
        elements.any(|found| is_same(trim(found), element))
    })
}

/// Text that is known to be ASCII because it passed a check for it.
pub(crate) fn ascii(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).unwrap_or_default()
}
