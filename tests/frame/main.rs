//! The frame layer against naive twins: code that does the same in the most
//! obvious way, and shares nothing with the crate. Builds without the feature
//! `alloc`.

mod close;
mod decoder;
mod header;
mod mask;
mod opcode;
mod output;
mod twin;
mod utf8;
