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
mod config;
#[cfg(feature = "alloc")]
mod connection;
#[cfg(feature = "alloc")]
mod error;
#[cfg(feature = "alloc")]
mod event;
#[cfg(feature = "alloc")]
mod seed;
#[cfg(feature = "alloc")]
mod uri;

#[cfg(feature = "alloc")]
pub use config::{Config, Delivery};
#[cfg(feature = "alloc")]
pub use connection::{CloseStatus, Connection, PreparedMessage, Receiver, Reply, Sender, State};
#[cfg(feature = "alloc")]
pub use error::{Error, Limit, SendError, Timeout};
#[cfg(feature = "alloc")]
pub use event::{CloseFrame, Event, Fragment, FragmentData, MessageKind};
pub use frame::CloseCode;
pub use output::{FixedOutput, Output};
pub use role::Role;
#[cfg(feature = "alloc")]
pub use seed::Seed;
#[cfg(feature = "alloc")]
pub use uri::{Uri, UriError};
