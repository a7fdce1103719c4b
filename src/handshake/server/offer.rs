//! What a client says of itself and offers, in every version of HTTP alike.

use alloc::vec::Vec;

use super::error::RequestError;
use crate::extension::{Extension, ExtensionError};
use crate::handshake::head::headers::{Headers, Single};
use crate::handshake::head::name::Name;
use crate::syntax::{ascii, elements, is_token};

/// The most subprotocols that one request may offer.
const MAX_SUBPROTOCOLS: usize = 64;

/// The origin of fields that have been checked.
pub(crate) fn origin(headers: &Headers) -> Option<&str> {
    headers.known(Name::Origin).next().map(ascii)
}

pub(crate) fn origin_is_one_of(headers: &Headers, allowed: &[&str]) -> bool {
    origin(headers).is_some_and(|origin| {
        let mut allowed = allowed.iter();
        allowed.any(|allowed| allowed.eq_ignore_ascii_case(origin))
    })
}

/// The subprotocols of fields that have been checked.
pub(crate) fn subprotocols(headers: &Headers) -> impl Iterator<Item = &str> + Clone {
    headers.known(Name::Protocol).flat_map(elements).map(ascii)
}

/// The first of `supported` that is offered.
pub(crate) fn preferred<'a>(
    supported: &[&str],
    offered: impl Iterator<Item = &'a str> + Clone,
) -> Option<&'a str> {
    supported
        .iter()
        .find_map(|supported| offered.clone().find(|name| name == supported))
}

/// Checks the fields that mean the same in every version of HTTP: the origin,
/// and what the client offers. The extensions are the outcome.
pub(crate) fn check_offer(headers: &Headers) -> Result<Vec<Extension>, RequestError> {
    check_origin(headers)?;
    check_subprotocols(headers)?;
    Extension::parse_list(headers.known(Name::Extensions)).map_err(|error| match error {
        ExtensionError::TooMany => RequestError::TooManyExtensions,
        _ => RequestError::InvalidExtension,
    })
}

fn check_subprotocols(headers: &Headers) -> Result<(), RequestError> {
    if !headers.has(Name::Protocol) {
        return Ok(());
    }
    let mut seen = [&b""[..]; MAX_SUBPROTOCOLS];
    let mut count = 0;
    for name in headers.known(Name::Protocol).flat_map(elements) {
        if !is_token(name) {
            return Err(RequestError::InvalidSubprotocol);
        }
        if seen[..count].contains(&name) {
            return Err(RequestError::RepeatedSubprotocol);
        }
        let Some(place) = seen.get_mut(count) else {
            return Err(RequestError::TooManySubprotocols);
        };
        *place = name;
        count += 1;
    }
    // A list of no names is none: RFC 6455 tells it apart from no list.
    if count == 0 {
        return Err(RequestError::InvalidSubprotocol);
    }
    Ok(())
}

/// An origin is optional, and printable ASCII.
pub(crate) fn check_origin(headers: &Headers) -> Result<(), RequestError> {
    match headers.single(Name::Origin) {
        Single::Repeated => Err(RequestError::Origin),
        Single::One(origin) if !origin.is_ascii() || origin.contains(&b'\t') => {
            Err(RequestError::Origin)
        }
        _ => Ok(()),
    }
}
