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

use super::{Decoder, Header, InvalidUtf8, Opcode, from_utf8};

/// From where on no message more is unmasked ahead, in bytes. So many are
/// still in the first-level cache when they are validated, and then taken.
const ENOUGH: usize = 4 << 10;

/// The longest payload whose length seven bits or fourteen can say.
const MAX_PAYLOAD: u16 = (1 << 14) - 1;

impl Decoder {
    /// Unmasks the texts at the start of `bytes` that are whole messages in one
    /// frame, none longer than `limit`, and rewrites their headers. The answer
    /// is where they end, 0 where there is none, or where it stands alone:
    /// nothing would be saved.
    #[inline]
    pub(crate) fn unmask_ahead(&self, bytes: &mut [u8], limit: u64) -> usize {
        let mut end = 0;
        if !self.is_idle() {
            return end;
        }
        while end < ENOUGH {
            let rest = &mut bytes[end..];
            let Some((Opcode::Text, length, key, start)) = Header::parse_message(rest, self.role())
            else {
                break;
            };
            if length > MAX_PAYLOAD || u64::from(length) > limit {
                break;
            }
            let Some((header, rest)) = rest.split_at_mut_checked(start) else {
                break;
            };
            let next = rest.get(usize::from(length));
            if end == 0 && next != Some(&Header::WHOLE_TEXT) {
                break;
            }
            let Some(payload) = rest.get_mut(..usize::from(length)) else {
                break;
            };
            if let Some(key) = key {
                key.apply(payload);
            }
            rewrite(header, length);
            end += start + usize::from(length);
        }
        end
    }
}

/// Whether a text begins here that is a message in one frame.
#[inline]
pub(crate) const fn is_text(bytes: &[u8]) -> bool {
    matches!(bytes, [Header::WHOLE_TEXT, ..])
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
pub(crate) fn split_text(ahead: &str) -> Option<(&str, &str)> {
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
pub(crate) fn validate_ahead(ahead: &[u8]) -> (&str, Result<(), InvalidUtf8>) {
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
    while let Some((_, behind)) = split_text(rest) {
        rest = behind;
    }
    &valid[..valid.len() - rest.len()]
}
