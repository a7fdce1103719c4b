//! The opening handshake (RFC 6455 section 4) as functions over bytes and
//! values: no connection, no IO, no randomness.
//!
//! [`Connection`](crate::Connection) does the handshake by itself. These parts
//! serve if other software reads and writes the HTTP, and if an application looks
//! at a request or decides about it.
//!
//! | side | bytes to head | head to handshake | response |
//! |---|---|---|---|
//! | server | [`HeadReader`], [`RequestHead::parse`] or [`RequestHead::from_parts`] | [`Request::new`] | [`Request::accept`], [`RequestError::refusal`], [`Response`] |
//! | client | [`ClientRequest::encode`], [`HeadReader`], [`ResponseHead::parse`] or [`ResponseHead::from_parts`] | [`ClientRequest::verify`] | |
//!
//! Both sides end with an [`Agreement`]. Over HTTP/2 and HTTP/3 the handshake
//! is another one: [`connect`] has it.
//!
//! A server, with the request already in memory:
//!
#![cfg_attr(feature = "alloc", doc = "```")]
#![cfg_attr(not(feature = "alloc"), doc = "```text")]
//! use websocket_proto::handshake::{Acceptance, HeadLimits, Request, RequestHead};
//!
//! let bytes = b"GET /chat HTTP/1.1\r\n\
//!     Host: server.example.com\r\n\
//!     Upgrade: websocket\r\n\
//!     Connection: Upgrade\r\n\
//!     Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
//!     Sec-WebSocket-Version: 13\r\n\
//!     Sec-WebSocket-Protocol: chat, superchat\r\n\r\n";
//! let request = Request::new(RequestHead::parse(bytes, HeadLimits::default())?)?;
//! let mut acceptance = Acceptance::new();
//! if let Some(name) = request.choose_subprotocol(&["superchat"]) {
//!     acceptance = acceptance.subprotocol(name);
//! }
//! let accepted = request.accept(&acceptance)?;
//! assert_eq!(accepted.agreement.subprotocol(), Some("superchat"));
//! assert_eq!(
//!     accepted.response.encode()?,
//!     b"HTTP/1.1 101 Switching Protocols\r\n\
//!     Upgrade: websocket\r\n\
//!     Connection: Upgrade\r\n\
//!     Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
//!     Sec-WebSocket-Protocol: superchat\r\n\r\n"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(crate) mod key;
pub use key::{accept_key, encode_key, is_valid_key};

#[cfg(feature = "alloc")]
pub(crate) mod agreement;
#[cfg(feature = "alloc")]
pub(crate) mod build_error;
#[cfg(feature = "alloc")]
mod caller_field;
#[cfg(feature = "alloc")]
pub(crate) mod client;
#[cfg(feature = "alloc")]
pub mod connect;
#[cfg(feature = "alloc")]
mod field_list;
#[cfg(feature = "alloc")]
pub(crate) mod head;
#[cfg(feature = "hixie76")]
pub(crate) mod hixie76;
#[cfg(feature = "http")]
mod http;
#[cfg(feature = "alloc")]
pub(crate) mod server;

#[cfg(feature = "alloc")]
pub use self::{
    agreement::Agreement,
    build_error::BuildError,
    client::{
        body::BodyReader, error::ResponseError, request::ClientRequest, response_head::ResponseHead,
    },
    head::{
        error::HeadError, headers::Headers, limits::HeadLimits, reader::HeadReader,
        version::HttpVersion,
    },
    server::{
        acceptance::{Acceptance, Accepted},
        error::RequestError,
        request::Request,
        request_head::RequestHead,
        response::Response,
    },
};
#[cfg(feature = "alloc")]
pub use crate::extension::{Extension, ExtensionError};
