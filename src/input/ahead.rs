//! Text messages that lie in the input one behind the other, validated at once:
//! what it costs to start on a text is more than what short texts cost.
//!
//! `str` is what the standard library or its like has looked at as a whole. For
//! that to be several messages their headers become ASCII in place, of which
//! each begins
//!
//! | byte | |
//! |---|---|
//! | 0 | the length of the header |
//! | 1 | the lower seven bits of the payload's length |
//! | 2 | where the header is longer than two bytes: the upper seven bits |
//!
//! and ends in zeros. A code point that a payload cuts is none of the next
//! payload, as a header stands between.

use crate::frame::Role;
use crate::frame::{InvalidUtf8, MaskingKey, Opcode, from_utf8};

/// From where on no message more is unmasked ahead, in bytes. So many are
/// still in the first-level cache when they are validated, and then taken.
const ENOUGH: usize = 4 << 10;

/// The longest payload whose length seven bits or fourteen can say.
const MAX_PAYLOAD: u16 = (1 << 14) - 1;

/// The first byte of a text message in one frame.
const TEXT: u8 = 0x80 | Opcode::Text.bits();
/// The first byte of a binary message in one frame.
const BINARY: u8 = 0x80 | Opcode::Binary.bits();
const MASK: u8 = 0x80;
/// In the seven bits of a length: it follows in two bytes.
const LENGTH_16: u8 = 126;

/// The header of a message in one frame of at most 65,535 bytes, as it is
/// received.
pub(super) struct Message {
    pub(super) opcode: Opcode,
    pub(super) length: u16,
    pub(super) key: Option<MaskingKey>,
    /// Where the payload begins.
    pub(super) start: usize,
}

impl Message {
    /// As the end with this role receives it. `None` for every other header,
    /// the faulty and the incomplete among them.
    #[inline(always)]
    pub(super) fn parse(bytes: &[u8], role: Role) -> Option<Self> {
        let (opcode, second, rest) = match bytes {
            [TEXT, second, rest @ ..] => (Opcode::Text, *second, rest),
            [BINARY, second, rest @ ..] => (Opcode::Binary, *second, rest),
            _ => return None,
        };
        let (length, rest) = match second & !MASK {
            short @ 0..LENGTH_16 => (u16::from(short), rest),
            LENGTH_16 => {
                let (long, rest) = rest.split_first_chunk()?;
                let length = u16::from_be_bytes(*long);
                if length < u16::from(LENGTH_16) {
                    return None;
                }
                (length, rest)
            }
            _ => return None,
        };
        let (key, rest) = match (role, second & MASK != 0) {
            (Role::Client, false) => (None, rest),
            (Role::Server, true) => {
                let (key, rest) = rest.split_first_chunk()?;
                (Some(MaskingKey::new(*key)), rest)
            }
            _ => return None,
        };
        Some(Self {
            opcode,
            length,
            key,
            start: bytes.len() - rest.len(),
        })
    }
}

/// Unmasks the texts at the start of `bytes` that are messages in one frame,
/// none longer than `limit`, and rewrites their headers. Returns where they
/// end: 0 if there is none, or if it stands alone, which would save nothing.
#[inline]
pub(super) fn unmask(bytes: &mut [u8], role: Role, limit: u64) -> usize {
    let mut end = 0;
    while end < ENOUGH {
        let rest = &mut bytes[end..];
        let Some(message) = Message::parse(rest, role) else {
            break;
        };
        let length = message.length;
        if message.opcode != Opcode::Text || length > MAX_PAYLOAD || u64::from(length) > limit {
            break;
        }
        let Some((header, rest)) = rest.split_at_mut_checked(message.start) else {
            break;
        };
        let next = rest.get(usize::from(length));
        if end == 0 && next != Some(&TEXT) {
            break;
        }
        let Some(payload) = rest.get_mut(..usize::from(length)) else {
            break;
        };
        if let Some(key) = message.key {
            key.apply(payload);
        }
        rewrite(header, length);
        end += message.start + usize::from(length);
    }
    end
}

/// Whether a text begins here that is a message in one frame.
#[inline]
pub(super) const fn is_text(bytes: &[u8]) -> bool {
    matches!(bytes, [TEXT, ..])
}

#[inline]
fn rewrite(header: &mut [u8], payload_length: u16) {
    let low = (payload_length & 0x7F) as u8;
    let high = (payload_length >> 7) as u8;
    // By arrays: the lengths are known, and nothing is called.
    if let Ok(header) = <&mut [u8; 2]>::try_from(&mut *header) {
        *header = [2, low];
    } else if let Ok(header) = <&mut [u8; 6]>::try_from(&mut *header) {
        *header = [6, low, high, 0, 0, 0];
    } else if let Ok(header) = <&mut [u8; 4]>::try_from(&mut *header) {
        *header = [4, low, high, 0];
    } else if let Ok(header) = <&mut [u8; 8]>::try_from(&mut *header) {
        *header = [8, low, high, 0, 0, 0, 0, 0];
    }
}

/// Splits the first text off what was unmasked ahead and found valid.
#[inline]
pub(super) fn split(ahead: &str) -> Option<(&str, &str)> {
    let (header, length) = match *ahead.as_bytes() {
        [header @ 2, length, ..] => (header, u16::from(length)),
        [header, low, high, ..] => (header, u16::from(low) + (u16::from(high) << 7)),
        _ => return None,
    };
    let header = usize::from(header);
    let (message, rest) = ahead.split_at_checked(header + usize::from(length))?;
    Some((message.get(header..)?, rest))
}

/// What was unmasked ahead as text: all of it, or the messages before the one
/// that is not UTF-8.
#[inline]
pub(super) fn validate(ahead: &[u8]) -> (&str, Result<(), InvalidUtf8>) {
    match from_utf8(ahead) {
        Ok(valid) => (valid, Ok(())),
        Err(error) => (valid_ahead(ahead), Err(error)),
    }
}

#[cold]
fn valid_ahead(ahead: &[u8]) -> &str {
    let valid = match core::str::from_utf8(ahead) {
        Ok(valid) => valid,
        Err(error) => core::str::from_utf8(&ahead[..error.valid_up_to()]).unwrap_or_default(),
    };
    let mut rest = valid;
    while let Some((_, behind)) = split(rest) {
        rest = behind;
    }
    &valid[..valid.len() - rest.len()]
}

#[cfg(test)]
mod tests;
