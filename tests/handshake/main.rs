//! The opening handshake as pure functions, requirement by requirement.
#![cfg(feature = "alloc")]

mod body;
mod client_request;
mod client_response;
mod extension;
mod head;
#[cfg(feature = "http")]
mod http;
mod messages;
mod properties;
mod request;
mod request_head;
mod response_head;
mod server_response;
mod subprotocol;
mod support;
