//! From and to the types of the crate `http`.

use http::{HeaderMap, HeaderName, HeaderValue, Version};

use super::build_error::BuildError;
use super::head::headers::Headers;
use super::head::version::HttpVersion;

pub(super) const fn version(version: Version) -> Option<HttpVersion> {
    match version {
        Version::HTTP_10 => Some(HttpVersion::Http10),
        Version::HTTP_11 => Some(HttpVersion::Http11),
        _ => None,
    }
}

pub(super) fn header_map(headers: &Headers) -> Result<HeaderMap, BuildError> {
    let mut map = HeaderMap::try_with_capacity(headers.len()).map_err(|_| BuildError::TooLong)?;
    for (name, value) in headers.iter() {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| BuildError::HeaderName)?;
        let value = HeaderValue::from_bytes(value).map_err(|_| BuildError::HeaderValue)?;
        map.try_append(name, value)
            .map_err(|_| BuildError::TooLong)?;
    }
    Ok(map)
}

/// Whether streams of that version can become connections.
pub(super) const fn has_extended_connect(version: Version) -> bool {
    matches!(version, Version::HTTP_2 | Version::HTTP_3)
}
