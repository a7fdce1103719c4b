//! The programs as their users meet them: command lines, output, exit codes.
#![cfg(all(feature = "getrandom", feature = "deflate"))]

mod arguments;
mod chat;
mod client;
mod echo;
#[cfg(feature = "hixie76")]
mod hixie76;
mod peer;
mod program;
