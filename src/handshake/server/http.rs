//! From and to the types of the crate `http`.

use alloc::{string::ToString, vec::Vec};

use http::HeaderValue;
use http::header::{CONNECTION, UPGRADE};

use super::error::RequestError;
use super::request::Request;
use super::request_head::RequestHead;
use super::response::Response;
use crate::handshake::build_error::BuildError;
use crate::handshake::http::{header_map, version};

/// Another version than HTTP/1.0 and 1.1 is
/// [`UnsupportedHttp`](RequestError::UnsupportedHttp).
impl<B> TryFrom<&http::Request<B>> for RequestHead {
    type Error = RequestError;

    fn try_from(request: &http::Request<B>) -> Result<Self, RequestError> {
        Self::from_parts(
            request.method().as_str(),
            &request.uri().to_string(),
            version(request.version()).ok_or(RequestError::UnsupportedHttp)?,
            request.headers(),
        )
    }
}

/// Another version than HTTP/1.1 is refused.
impl<B> TryFrom<&http::Request<B>> for Request {
    type Error = RequestError;

    fn try_from(request: &http::Request<B>) -> Result<Self, RequestError> {
        Self::new(RequestHead::try_from(request)?)
    }
}

/// Without `Content-Length` and `Connection: close`, which HTTP software adds
/// as it sees fit.
impl TryFrom<&Response> for http::Response<Vec<u8>> {
    type Error = BuildError;

    fn try_from(response: &Response) -> Result<Self, BuildError> {
        response.check()?;
        let mut headers = header_map(response.headers())?;
        if headers.contains_key(UPGRADE) {
            headers
                .try_insert(CONNECTION, HeaderValue::from_static("Upgrade"))
                .map_err(|_| BuildError::TooLong)?;
        }
        let mut converted = Self::new(response.body_bytes().to_vec());
        *converted.status_mut() =
            http::StatusCode::from_u16(response.status()).map_err(|_| BuildError::Status)?;
        *converted.headers_mut() = headers;
        Ok(converted)
    }
}
