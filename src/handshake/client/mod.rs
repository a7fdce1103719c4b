//! What a client does: it writes a request, and checks the response.

pub(crate) mod body;
pub(crate) mod error;
#[cfg(feature = "hixie76")]
pub(crate) mod hixie76;
#[cfg(feature = "http")]
mod http;
pub(crate) mod offer;
pub(crate) mod request;
pub(crate) mod response_head;
