//! The connection as a whole: what it makes of bytes, of calls and of time.
#![cfg(feature = "alloc")]

#[cfg(target_pointer_width = "32")]
mod address_space;
mod any_bytes;
mod arguments;
mod backpressure;
mod broadcast;
mod browser;
mod chunking;
mod deadlines;
mod direct;
mod handshake_flow;
mod input;
mod loopback;
mod messages;
mod misuse;
mod owned;
mod refusals;
mod room;
mod security;
mod seed;
mod split;
mod stale_bytes;
mod streaming;

#[path = "../support/pair.rs"]
mod pair;
#[path = "../support/mod.rs"]
mod support;
