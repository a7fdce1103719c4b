//! What the tests of a connection share: wire images, and the feeding of them
//! to a connection in every cut.
#![allow(dead_code, reason = "each test crate uses its own part")]
#![allow(unused_imports, reason = "each test crate uses its own part")]

mod run;
mod wire;

pub(crate) use run::{Run, Seen, client, cuts, feed, open, received, server};
pub(crate) use wire::{KEY, Sent, close, frame, frames, hex, mask, on_wire, sent};

use websocket_proto::Role;

/// For the rules that bind both ends.
pub(crate) const ROLES: [Role; 2] = [Role::Client, Role::Server];
