//! permessage-deflate, rule by rule of RFC 7692: the rows PMN and PMD of the
//! requirements, and what the crate promises on top of them.
#![cfg(feature = "deflate")]

mod bounds;
mod broadcast;
mod common;
mod judge;
mod negotiation;
mod pair;
mod receiving;
mod sending;
mod spares;
mod stale_bytes;
mod stream;
mod streaming;
mod truncation;
mod window;
#[cfg(unix)]
mod written;

#[path = "../support/mod.rs"]
mod support;

use websocket_proto::Role;

/// The end that an end with this role talks to.
const fn other(role: Role) -> Role {
    match role {
        Role::Client => Role::Server,
        Role::Server => Role::Client,
    }
}
