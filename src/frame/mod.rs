//! Frames: the wire format of [RFC 6455 §5], usable without an allocator.
//!
//! | for | see |
//! |---|---|
//! | a frame's header as bytes and back | [`Header`] |
//! | the payload's XOR | [`MaskingKey`] |
//! | text that arrives in pieces | [`Utf8Validator`] |
//! | what a Close frame carries | [`ClosePayload`], [`CloseCode`] |
//! | a stream of frames, in constant memory | [`Decoder`] |
//!
//! [`Connection`](crate::Connection) is built on these; what it has besides are
//! shortcuts that change the speed and no result.
//!
//! [RFC 6455 §5]: https://www.rfc-editor.org/rfc/rfc6455#section-5

mod close;
mod decoder;
pub(crate) mod error;
mod header;
#[cfg(feature = "hixie76")]
pub(crate) mod hixie76;
mod mask;
mod opcode;
mod reserved;
mod role;
#[cfg(feature = "simd")]
mod simd;
mod utf8;
#[cfg(feature = "alloc")]
mod utf8_state;

pub use close::{CloseCode, CloseError, ClosePayload};
pub use decoder::{Decoded, Decoder};
pub use error::FrameError;
pub use header::{EncodedHeader, Header};
pub use mask::MaskingKey;
pub use opcode::Opcode;
pub use reserved::ReservedBits;
pub use role::Role;
#[cfg(feature = "alloc")]
pub(crate) use utf8::from_utf8;
pub use utf8::{InvalidUtf8, Utf8Validator, Validated};
#[cfg(feature = "alloc")]
pub(crate) use utf8_state::Utf8State;

/// The longest payload of a control frame, in bytes ([RFC 6455 §5.5]).
///
/// [RFC 6455 §5.5]: https://www.rfc-editor.org/rfc/rfc6455#section-5.5
pub const MAX_CONTROL_PAYLOAD: usize = 125;
