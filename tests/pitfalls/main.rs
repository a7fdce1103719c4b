//! What broke in implementations of WebSocket before, each as a test. The
//! threads named are public, at GitHub unless they say otherwise.
#![cfg(feature = "alloc")]

mod closing;
#[cfg(feature = "deflate")]
mod deflate;
mod frames;

#[path = "../support/mod.rs"]
mod support;
