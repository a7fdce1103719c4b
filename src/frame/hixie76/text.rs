//! The text of frames, which need not be UTF-8 (hybi-00 section 5.3).

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

/// Makes text of bytes that arrive in pieces: what is not UTF-8 becomes
/// U+FFFD, as the draft wants it, whatever the pieces cut.
///
/// As in [`String::from_utf8_lossy`] one replacement stands for the longest
/// run of bytes that could have begun a code point.
///
/// ```
/// use websocket_proto::hixie76::TextDecoder;
///
/// let mut decoder = TextDecoder::new();
/// assert_eq!(decoder.push(b"5 \xe2\x82", false), "5 ");
/// assert_eq!(decoder.push(b"\xac \xe2\x82", false), "€ ");
/// assert_eq!(decoder.push(b"!\x80", true), "\u{fffd}!\u{fffd}");
/// ```
#[derive(Clone, Copy, Default)]
pub struct TextDecoder {
    /// The bytes of a code point begun and not complete.
    begun: [u8; 4],
    length: u8,
}

impl TextDecoder {
    /// A decoder at the start of a text.
    pub const fn new() -> Self {
        Self {
            begun: [0; 4],
            length: 0,
        }
    }

    /// The text of the next piece, borrowed if nothing had to be replaced
    /// or completed. With `end` the text ends, and the decoder stands at the
    /// start of the next.
    pub fn push<'a>(&mut self, piece: &'a [u8], end: bool) -> Cow<'a, str> {
        if self.length == 0 {
            match core::str::from_utf8(piece) {
                Ok(text) => return Cow::Borrowed(text),
                Err(error) if error.error_len().is_none() && !end => {
                    let (whole, cut) = piece.split_at(error.valid_up_to());
                    if let Ok(text) = core::str::from_utf8(whole) {
                        self.keep(cut);
                        return Cow::Borrowed(text);
                    }
                }
                Err(_) => {}
            }
        }
        let (completed, mut rest) = self.complete(piece);
        let mut text = String::with_capacity(most_text(rest));
        text.extend(completed);
        for chunk in rest.utf8_chunks() {
            text.push_str(chunk.valid());
            let invalid = chunk.invalid();
            rest = &rest[chunk.valid().len() + invalid.len()..];
            if invalid.is_empty() {
                continue;
            }
            let may_go_on = rest.is_empty()
                && core::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none());
            if may_go_on {
                self.keep(invalid);
            } else {
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        if end && self.length > 0 {
            self.length = 0;
            text.push(char::REPLACEMENT_CHARACTER);
        }
        Cow::Owned(text)
    }

    /// Goes on with the code point that was begun: what becomes of it, and
    /// what follows it.
    fn complete<'a>(&mut self, piece: &'a [u8]) -> (Option<char>, &'a [u8]) {
        let mut rest = piece;
        while self.length > 0 {
            let [byte, after @ ..] = rest else {
                return (None, rest);
            };
            let length = usize::from(self.length);
            let Some(slot) = self.begun.get_mut(length) else {
                // Never four bytes: those are a code point or none.
                self.length = 0;
                return (None, rest);
            };
            *slot = *byte;
            match core::str::from_utf8(&self.begun[..=length]) {
                Ok(complete) => {
                    let completed = complete.chars().next();
                    self.length = 0;
                    return (completed, after);
                }
                Err(error) if error.error_len().is_none() => {
                    self.length += 1;
                    rest = after;
                }
                // The byte is no part of it, and may begin another.
                Err(_) => {
                    self.length = 0;
                    return (Some(char::REPLACEMENT_CHARACTER), rest);
                }
            }
        }
        (None, rest)
    }

    /// Keeps the one to three bytes of a code point begun.
    fn keep(&mut self, cut: &[u8]) {
        for (slot, byte) in self.begun.iter_mut().zip(cut) {
            *slot = *byte;
        }
        self.length = cut.len() as u8;
    }
}

/// The most bytes of text that come of `piece`, a completed code point before
/// it counted: with so much room it is written once and never moved.
fn most_text(piece: &[u8]) -> usize {
    let replacement = char::REPLACEMENT_CHARACTER.len_utf8();
    let chunks = piece.utf8_chunks().map(|chunk| {
        let replaced = !chunk.invalid().is_empty();
        chunk.valid().len() + replacement * usize::from(replaced)
    });
    chunks.sum::<usize>() + size_of::<char>()
}

/// Shows nothing of the text.
impl fmt::Debug for TextDecoder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TextDecoder")
            .finish_non_exhaustive()
    }
}
