//! The opening handshake as pure functions, requirement by requirement.
#![cfg(feature = "alloc")]

mod answer;
mod body;
mod client_request;
mod extension;
mod head;
#[cfg(feature = "http")]
mod http;
mod messages;
mod properties;
mod request;
mod request_head;
mod response;
mod response_head;
mod subprotocol;
mod support;
