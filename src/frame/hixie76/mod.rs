//! The frames of the draft (hybi-00 section 5.3).

mod decoder;
mod text;

pub use decoder::{CLOSE, Decoded, Decoder, encode_text};
pub(crate) use decoder::{TEXT_END, TEXT_START};
pub use text::TextDecoder;
