//! The WebSocket protocol as a sans-IO state machine.
#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

pub mod frame;
pub mod handshake;
mod output;
mod role;
#[cfg(feature = "alloc")]
mod uri;

pub use frame::CloseCode;
pub use output::{FixedOutput, Output};
pub use role::Role;
#[cfg(feature = "alloc")]
pub use uri::{Uri, UriError};
