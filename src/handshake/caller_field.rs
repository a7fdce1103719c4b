//! The fields that a caller adds to a head of its own.

use super::build_error::BuildError;
use super::head::headers::Headers;
use super::head::name::Name;
use crate::syntax::{has_control, is_token, trim};

/// Adds a caller's field, unless it is malformed or `reserved`.
pub(super) fn add_header(
    headers: &mut Headers,
    name: &str,
    value: &[u8],
    reserved: impl Fn(Name) -> bool,
) -> Result<(), BuildError> {
    if !is_token(name.as_bytes()) {
        Err(BuildError::HeaderName)
    } else if reserved(Name::of(name.as_bytes())) {
        Err(BuildError::ManagedHeader)
    } else if has_control(value) {
        Err(BuildError::HeaderValue)
    } else {
        Ok(headers.push(name.as_bytes(), trim(value))?)
    }
}
