//! From and to the types of the crate `http`.

use alloc::{string::ToString, vec::Vec};

use http::{HeaderMap, HeaderName, HeaderValue, Version, header::CONNECTION, header::UPGRADE};

use super::{
    BuildError, ClientRequest, Headers, HttpVersion, Request, RequestError, RequestHead, Response,
    ResponseError, ResponseHead,
};

const fn version(version: Version) -> Option<HttpVersion> {
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

impl ClientRequest {
    /// The request for HTTP software that speaks in terms of the crate `http`:
    /// its URI is the path and query alone, `Host` is among the fields.
    ///
    /// # Errors
    ///
    /// The same as for [`encode`](Self::encode), and [`BuildError::Target`]
    /// where the crate `http` does not take the target.
    pub fn to_http(&self, key: &[u8; 24]) -> Result<http::Request<()>, BuildError> {
        let mut request = http::Request::new(());
        *request.headers_mut() = header_map(&self.headers(key)?)?;
        *request.uri_mut() = self
            .uri()
            .target()
            .parse()
            .map_err(|_| BuildError::Target)?;
        Ok(request)
    }
}
