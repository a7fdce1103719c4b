//! What a server checks of a request that asks for WebSocket (RFC 6455 section
//! 4.2.1), besides what the client [offers](super::offer).

use alloc::vec::Vec;

use super::error::RequestError;
use super::offer::check_offer;
use super::request_head::RequestHead;
use crate::extension::Extension;
use crate::handshake::head::headers::{Headers, Single};
use crate::handshake::head::name::Name;
use crate::handshake::key::is_valid_key;
use crate::syntax::lists_contain;

/// Checks what asks for WebSocket; the key and the extensions are the outcome.
pub(super) fn check(head: &RequestHead) -> Result<([u8; 24], Vec<Extension>), RequestError> {
    check_upgrade(head)?;
    let headers = head.headers();
    check_version(headers)?;
    let key = check_key(headers)?;
    Ok((key, check_offer(headers)?))
}

/// What every request that asks for WebSocket must be.
pub(crate) fn check_upgrade(head: &RequestHead) -> Result<(), RequestError> {
    if head.method() != "GET" {
        return Err(RequestError::Method);
    }
    if !lists_contain(head.headers().known(Name::Connection), b"Upgrade") {
        return Err(RequestError::Connection);
    }
    // Some clients of the draft give the length of what stands behind the head.
    let besides = is_draft(head.headers()).then_some(&b"8"[..]);
    check_body(head.headers(), besides)
}

/// Whether the keys are those of the draft hixie-76, and of it alone.
pub(crate) fn is_draft(headers: &Headers) -> bool {
    headers.has(Name::DraftKey) && !headers.has(Name::Key) && !headers.has(Name::Version)
}

/// The upgrade may only happen once the whole request is read (RFC 9110 section
/// 7.8), so that a body is refused; its bytes must not pass for frames.
/// There is none at a length of zero, and of one that is allowed `besides`.
pub(crate) fn check_body(headers: &Headers, besides: Option<&[u8]>) -> Result<(), RequestError> {
    if headers.has(Name::TransferEncoding) {
        return Err(RequestError::Body);
    }
    match headers.single(Name::ContentLength) {
        Single::Missing | Single::One(b"0") => {}
        Single::One(length) if Some(length) == besides => {}
        Single::One(_) | Single::Repeated => return Err(RequestError::Body),
    }
    match headers.has(Name::Expect) {
        true => Err(RequestError::Expectation),
        false => Ok(()),
    }
}

fn check_version(headers: &Headers) -> Result<(), RequestError> {
    if is_draft(headers) {
        return Err(RequestError::Draft);
    }
    match headers.single(Name::Version) {
        Single::One(b"13") => Ok(()),
        Single::One(list) if list.contains(&b',') => Err(RequestError::RepeatedVersion),
        Single::One(_) => Err(RequestError::UnsupportedVersion),
        Single::Missing => Err(RequestError::MissingVersion),
        Single::Repeated => Err(RequestError::RepeatedVersion),
    }
}

fn check_key(headers: &Headers) -> Result<[u8; 24], RequestError> {
    match headers.single(Name::Key) {
        Single::Missing => Err(RequestError::MissingKey),
        Single::Repeated => Err(RequestError::RepeatedKey),
        Single::One(key) if is_valid_key(key) => {
            key.try_into().map_err(|_| RequestError::InvalidKey)
        }
        Single::One(_) => Err(RequestError::InvalidKey),
    }
}
