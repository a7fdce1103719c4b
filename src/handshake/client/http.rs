//! From the types of the crate `http`.

use super::error::ResponseError;
use super::response_head::ResponseHead;
use crate::handshake::http::version;

/// Another version than HTTP/1.0 and 1.1 is
/// [`UnsupportedHttp`](ResponseError::UnsupportedHttp).
impl<B> TryFrom<&http::Response<B>> for ResponseHead {
    type Error = ResponseError;

    fn try_from(response: &http::Response<B>) -> Result<Self, ResponseError> {
        Self::from_parts(
            version(response.version()).ok_or(ResponseError::UnsupportedHttp)?,
            response.status().as_u16(),
            response.headers(),
        )
    }
}
