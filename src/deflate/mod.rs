//! permessage-deflate ([RFC 7692]): messages compressed one by one, each with
//! or without the window that the ones before it left.
//!
//! [`DeflateConfig`] says what this end wants; it makes a client's offer and a
//! server's answer, as pure functions over [`Extension`] for whoever does the
//! HTTP elsewhere. [`DeflateParameters`] is what both ends agreed on; a
//! [`Connection`](crate::Connection) that finds it in its
//! [`Agreement`](crate::handshake::Agreement) compresses and inflates.
//!
//! ```
//! use websocket_proto::deflate::DeflateConfig;
//! use websocket_proto::handshake::Extension;
//!
//! // What every browser offers.
//! let offer: Extension = "permessage-deflate; client_max_window_bits".parse()?;
//! let config = DeflateConfig::new().outgoing_takeover(false);
//! let agreed = config.answer(&[offer]).expect("an acceptable offer");
//! assert_eq!(
//!     agreed.extension().as_str(),
//!     "permessage-deflate; server_no_context_takeover"
//! );
//! # Ok::<(), websocket_proto::handshake::ExtensionError>(())
//! ```
//!
//! [RFC 7692]: https://www.rfc-editor.org/rfc/rfc7692
//! [`Extension`]: crate::handshake::Extension

mod compress;
mod config;
mod inflate;
mod parameters;

pub(crate) use compress::Compressor;
pub use config::DeflateConfig;
pub(crate) use inflate::{Inflated, Inflater, InvalidData};
pub(crate) use parameters::Direction;
pub use parameters::{DeflateError, DeflateParameters};

/// What the sender leaves out at the end of a message and the receiver puts
/// back: the body of an empty stored block ([RFC 7692 §7.2.1]).
///
/// [RFC 7692 §7.2.1]: https://www.rfc-editor.org/rfc/rfc7692#section-7.2.1
const TAIL: [u8; 4] = [0x00, 0x00, 0xFF, 0xFF];
