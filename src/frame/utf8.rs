use core::fmt;

use crate::redacted::Length;

/// A byte that cannot be part of UTF-8 where it stands, or text that ends
/// within a code point ([RFC 6455 §8.1]): close code 1007.
///
/// [RFC 6455 §8.1]: https://www.rfc-editor.org/rfc/rfc6455#section-8.1
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct InvalidUtf8;

impl fmt::Display for InvalidUtf8 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text is not UTF-8")
    }
}

impl core::error::Error for InvalidUtf8 {}

/// Checks text that arrives in pieces, whatever code points they cut
/// ([RFC 6455 §8.1]).
///
/// Each piece comes back as `str`, so that nothing needs to be checked twice;
/// the one to three bytes of a code point that is not complete yet are kept
/// and come back with the piece that completes it. The first byte that cannot
/// be right is an error at once.
///
/// ```
/// use websocket_proto::frame::Utf8Validator;
///
/// let mut validator = Utf8Validator::new();
/// let piece = validator.push(b"5 \xe2\x82")?;
/// assert_eq!((piece.completed, piece.text), (None, "5 "));
/// let piece = validator.push(b"\xac!")?;
/// assert_eq!((piece.completed, piece.text), (Some('€'), "!"));
/// validator.finish()?;
///
/// // 0xf4 can begin a code point, but none goes on with 0x90.
/// assert!(validator.push(b"\xf4").is_ok());
/// assert!(validator.push(b"\x90").is_err());
/// # Ok::<(), websocket_proto::frame::InvalidUtf8>(())
/// ```
///
/// [RFC 6455 §8.1]: https://www.rfc-editor.org/rfc/rfc6455#section-8.1
#[derive(Clone, Copy, Default)]
pub struct Utf8Validator {
    /// The bytes of a code point begun and not complete.
    begun: [u8; 4],
    length: u8,
}

/// Shows how much of a code point was begun, and not which.
impl fmt::Debug for Utf8Validator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Utf8Validator")
            .field("begun", &Length(usize::from(self.length)))
            .finish()
    }
}

/// What [`Utf8Validator::push`] found valid.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Validated<'a> {
    /// The code point that earlier pieces began and this one completed; it
    /// comes before `text`.
    pub completed: Option<char>,
    /// The whole code points of the piece after that.
    pub text: &'a str,
}

/// Shows how much there is, and nothing of what it says.
impl fmt::Debug for Validated<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let completed = self.completed.map(|completed| Length(completed.len_utf8()));
        formatter
            .debug_struct("Validated")
            .field("completed", &completed)
            .field("text", &Length(self.text.len()))
            .finish()
    }
}

impl Utf8Validator {
    /// A validator at the start of a text.
    pub const fn new() -> Self {
        Self {
            begun: [0; 4],
            length: 0,
        }
    }

    /// Checks the next piece of the text.
    ///
    /// # Errors
    ///
    /// [`InvalidUtf8`] where no text can go on from the earlier pieces as this
    /// one does. The validator is of no use then.
    #[inline]
    pub fn push<'a>(&mut self, piece: &'a [u8]) -> Result<Validated<'a>, InvalidUtf8> {
        let mut rest = piece;
        let mut completed = None;
        if self.length > 0 {
            (completed, rest) = self.complete(piece)?;
        }
        let (whole, cut) = rest.split_at(rest.len() - cut_short(rest));
        let text = from_utf8(whole)?;
        for &byte in cut {
            self.begin(byte)?;
        }
        Ok(Validated { completed, text })
    }

    /// Ends the text; the validator then stands at the start of the next.
    ///
    /// # Errors
    ///
    /// [`InvalidUtf8`] where the text ends within a code point.
    pub const fn finish(&mut self) -> Result<(), InvalidUtf8> {
        if self.length > 0 {
            self.length = 0;
            return Err(InvalidUtf8);
        }
        Ok(())
    }

    /// How many bytes the code point under way still needs, 0 where none is
    /// under way.
    pub const fn missing(&self) -> usize {
        let promised = match (self.length, self.begun[0]) {
            (0, _) => 0,
            (_, ..0xE0) => 2,
            (_, ..0xF0) => 3,
            (_, _) => 4,
        };
        promised - self.length as usize
    }

    /// Takes bytes until the code point under way is complete.
    fn complete<'a>(
        &mut self,
        mut bytes: &'a [u8],
    ) -> Result<(Option<char>, &'a [u8]), InvalidUtf8> {
        while let [byte, rest @ ..] = bytes {
            bytes = rest;
            if let Some(complete) = self.begin(*byte)? {
                return Ok((Some(complete), bytes));
            }
        }
        Ok((None, bytes))
    }

    /// Adds one byte to the code point under way, which is returned once it is
    /// complete.
    fn begin(&mut self, byte: u8) -> Result<Option<char>, InvalidUtf8> {
        let length = usize::from(self.length);
        // Four bytes are never all begun and incomplete, so that there is
        // room; should it not be so, the text is not UTF-8 either.
        *self.begun.get_mut(length).ok_or(InvalidUtf8)? = byte;
        match core::str::from_utf8(&self.begun[..=length]) {
            Ok(text) => {
                self.length = 0;
                Ok(text.chars().next())
            }
            Err(error) if error.error_len().is_none() => {
                self.length += 1;
                Ok(None)
            }
            Err(_) => Err(InvalidUtf8),
        }
    }
}

/// The bytes as text, where they are UTF-8.
#[inline]
pub(crate) fn from_utf8(bytes: &[u8]) -> Result<&str, InvalidUtf8> {
    // Less than a block of its kernels, and it would ask the same.
    #[cfg(feature = "simd")]
    if bytes.len() >= 64 {
        return simdutf8::basic::from_utf8(bytes).map_err(|_| InvalidUtf8);
    }
    core::str::from_utf8(bytes).map_err(|_| InvalidUtf8)
}

/// How many bytes at the end begin a code point that they do not complete.
///
/// Only looks at what the leading byte promises: whether the bytes are valid
/// is for others to say.
#[inline]
fn cut_short(bytes: &[u8]) -> usize {
    for (back, byte) in bytes.iter().rev().take(3).enumerate() {
        let promised = match byte {
            0x80..=0xBF => continue,
            0xC0..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0.. => 4,
            _ => 1,
        };
        return if promised > back + 1 { back + 1 } else { 0 };
    }
    0
}
