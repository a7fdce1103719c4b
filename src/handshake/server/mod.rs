//! What a server does: it reads a request, checks it, and accepts or refuses it.

pub(crate) mod acceptance;
pub(crate) mod check;
pub(crate) mod error;
#[cfg(feature = "hixie76")]
pub(crate) mod hixie76;
#[cfg(not(feature = "hixie76"))]
#[path = "no_hixie76.rs"]
mod hixie76;
#[cfg(feature = "http")]
mod http;
pub(crate) mod negotiation;
pub(crate) mod offer;
pub(crate) mod request;
pub(crate) mod request_head;
pub(crate) mod response;
