//! WebSocket over HTTP/2 (RFC 8441) and HTTP/3 (RFC 9220), requirement by
//! requirement: lists of fields in and out, and what becomes of the stream.
#![cfg(feature = "alloc")]

#[cfg(feature = "deflate")]
mod deflate;
#[cfg(feature = "http")]
mod http;
mod lists;
mod malformed;
mod messages;
mod offers;
mod properties;
mod request;
mod response;
mod setting;
mod stream;

#[path = "../support/mod.rs"]
mod support;
