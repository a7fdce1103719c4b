//! `host [":" port]`, as it stands in a URI and in the `Host` field.

use core::net::Ipv6Addr;

/// Host and port. The host keeps the brackets of an IPv6 address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Authority<'a> {
    pub(crate) host: &'a str,
    /// `None` if the port is absent or empty (RFC 3986 section 3.2.3).
    pub(crate) port: Option<u16>,
}

/// Which part of an authority is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuthorityError {
    Missing,
    Host,
    Percent,
    Port,
}

impl<'a> Authority<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, AuthorityError> {
        let (host, port) = if text.starts_with('[') {
            let end = text.find(']').ok_or(AuthorityError::Host)?;
            let (host, rest) = text.split_at(end + 1);
            // A zone identifier is local to a machine and must not travel
            // (RFC 6874 section 3); this parser knows none.
            if host[1..end].parse::<Ipv6Addr>().is_err() {
                return Err(AuthorityError::Host);
            }
            match rest.strip_prefix(':') {
                Some(port) => (host, port),
                None if rest.is_empty() => (host, ""),
                None => return Err(AuthorityError::Host),
            }
        } else {
            let (host, port) = match memchr::memchr(b':', text.as_bytes()) {
                Some(colon) => (&text[..colon], &text[colon + 1..]),
                None => (text, ""),
            };
            if host.is_empty() {
                return Err(AuthorityError::Missing);
            }
            check_name(host.as_bytes())?;
            (host, port)
        };
        Ok(Self {
            host,
            port: parse_port(port)?,
        })
    }
}

fn parse_port(digits: &str) -> Result<Option<u16>, AuthorityError> {
    if digits.is_empty() {
        return Ok(None);
    }
    // `u16::from_str` alone would accept a plus sign.
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(AuthorityError::Port);
    }
    digits.parse().map(Some).map_err(|_| AuthorityError::Port)
}

/// `reg-name` of RFC 3986 section 3.2.2 without the comma: two `Host` lines
/// that an intermediary joined would pass for one host.
fn check_name(host: &[u8]) -> Result<(), AuthorityError> {
    let plain = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+'
            )
            || matches!(byte, b';' | b'=' | b'%')
    };
    if !host.iter().all(plain) {
        Err(AuthorityError::Host)
    } else if !has_valid_escapes(host) {
        Err(AuthorityError::Percent)
    } else {
        Ok(())
    }
}

/// Whether two hexadecimal digits follow each percent sign.
pub(crate) fn has_valid_escapes(text: &[u8]) -> bool {
    memchr::memchr_iter(b'%', text).all(|at| {
        text.get(at + 1..at + 3)
            .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}
