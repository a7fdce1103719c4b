//! The programs as their users meet them: command lines, output, exit codes.
#![cfg(all(feature = "getrandom", feature = "deflate"))]

mod arguments;
mod chat;
mod client;
mod echo;
mod peer;
mod program;
