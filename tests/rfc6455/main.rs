//! RFC 6455, rule by rule, at a connection of either role. Each test says in a
//! comment which requirement it checks.
#![cfg(feature = "alloc")]

mod closing;
mod fragmentation;
mod framing;
mod ping;
mod text;

#[path = "../support/mod.rs"]
mod support;
