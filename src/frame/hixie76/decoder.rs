use alloc::vec::Vec;
use core::fmt;

use crate::frame::error::FrameError;
use crate::redacted::Length;

/// The first byte of a text frame.
pub(crate) const TEXT_START: u8 = 0x00;
/// The last byte of a frame without a length, which UTF-8 never holds.
pub(crate) const TEXT_END: u8 = 0xff;

/// The frame that closes, the same in both directions.
pub const CLOSE: [u8; 2] = [0xff, 0x00];

/// With so many bytes of seven bits each a length is below 2⁶³.
const MAX_LENGTH_BYTES: u8 = 9;

/// A text frame: `00`, the text, `ff`.
///
/// ```
/// use websocket_proto::hixie76::encode_text;
///
/// assert_eq!(encode_text("你好"), b"\x00\xe4\xbd\xa0\xe5\xa5\xbd\xff");
/// ```
pub fn encode_text(text: &str) -> Vec<u8> {
    [&[TEXT_START], text.as_bytes(), &[TEXT_END]].concat()
}

/// A stream of frames taken apart in constant memory, without an allocator
/// (hybi-00 section 5.3).
///
/// Text comes in pieces, the last of which says so; a [`TextDecoder`] makes
/// text of its bytes. Frames of all other kinds are skipped as they come, as
/// the draft wants it.
///
/// ```
/// use websocket_proto::hixie76::{Decoded, Decoder};
///
/// let mut decoder = Decoder::new(1 << 20);
/// let mut read = *b"\x80\x03abc\x00Hel";
/// let mut input = &mut read[..];
/// let Some(Decoded::Text { bytes, end }) = decoder.decode(&mut input)? else {
///     unreachable!()
/// };
/// assert_eq!((&*bytes, end), (&b"Hel"[..], false));
/// assert_eq!(decoder.decode(&mut input)?, None);
/// let mut read = *b"lo\xff\xff\x00";
/// let mut input = &mut read[..];
/// let Some(Decoded::Text { bytes, end }) = decoder.decode(&mut input)? else {
///     unreachable!()
/// };
/// assert_eq!((&*bytes, end), (&b"lo"[..], true));
/// assert_eq!(decoder.decode(&mut input)?, Some(Decoded::Close));
/// # Ok::<(), websocket_proto::frame::FrameError>(())
/// ```
///
/// [`TextDecoder`]: super::TextDecoder
#[derive(Debug, Clone)]
pub struct Decoder {
    /// The most bytes of a frame that is skipped.
    limit: u64,
    state: State,
    error: Option<FrameError>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// Between frames.
    Idle,
    /// In a text frame.
    Text,
    /// In another frame that `ff` ends, after that many bytes.
    Sentinel { skipped: u64 },
    /// In a length, after that many bytes of it.
    Length {
        /// A length of zero closes.
        closes: bool,
        bytes: u8,
        length: u64,
    },
    /// In a frame with a length.
    Skip { remaining: u64 },
}

/// A part of a frame, as [`Decoder::decode`] gives it.
#[derive(PartialEq, Eq)]
pub enum Decoded<'a> {
    /// The next piece of a text.
    Text {
        /// The bytes, which need not be UTF-8; empty only if the text ends.
        bytes: &'a mut [u8],
        /// Whether the text ends here.
        end: bool,
    },
    /// The peer closes, and what follows means nothing.
    Close,
}

/// Shows how long a text is, and nothing of what it says.
impl fmt::Debug for Decoded<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { bytes, end } => formatter
                .debug_struct("Text")
                .field("bytes", &Length(bytes.len()))
                .field("end", end)
                .finish(),
            Self::Close => formatter.write_str("Close"),
        }
    }
}

impl Decoder {
    /// A decoder that skips frames of up to `limit` bytes.
    pub const fn new(limit: u64) -> Self {
        Self {
            limit,
            state: State::Idle,
            error: None,
        }
    }

    /// Takes the next part of a frame from the front of `input`; `None` means
    /// that `input` is used up.
    ///
    /// # Errors
    ///
    /// A [`FrameError`] at the first byte that proves one, and on every call
    /// after that.
    pub fn decode<'a>(
        &mut self,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Decoded<'a>>, FrameError> {
        self.decode_up_to(input, usize::MAX)
    }

    /// As [`decode`](Self::decode), with pieces of text of at most `limit`
    /// bytes.
    pub(crate) fn decode_up_to<'a>(
        &mut self,
        input: &mut &'a mut [u8],
        limit: usize,
    ) -> Result<Option<Decoded<'a>>, FrameError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let decoded = self.next(input, limit);
        self.error = decoded.as_ref().err().copied();
        decoded
    }

    /// Whether the stream stands between frames.
    pub const fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle)
    }

    fn next<'a>(
        &mut self,
        input: &mut &'a mut [u8],
        limit: usize,
    ) -> Result<Option<Decoded<'a>>, FrameError> {
        while let Some(&first) = input.first() {
            match &mut self.state {
                State::Idle => {
                    take(input, 1);
                    self.state = match first {
                        TEXT_START => State::Text,
                        0x01..=0x7f => State::Sentinel { skipped: 0 },
                        0x80.. => State::Length {
                            closes: first == CLOSE[0],
                            bytes: 0,
                            length: 0,
                        },
                    };
                }
                State::Text => {
                    let most = limit.min(input.len());
                    let end = memchr::memchr(TEXT_END, &input[..most]);
                    let bytes = take(input, end.unwrap_or(most));
                    if end.is_some() {
                        take(input, 1);
                        self.state = State::Idle;
                    }
                    let end = end.is_some();
                    return Ok(Some(Decoded::Text { bytes, end }));
                }
                State::Sentinel { skipped } => {
                    let end = memchr::memchr(TEXT_END, input);
                    let bytes = take(input, end.unwrap_or(usize::MAX));
                    *skipped = skipped.saturating_add(bytes.len() as u64);
                    if *skipped > self.limit {
                        return Err(FrameError::Hixie76TooLong);
                    }
                    if end.is_some() {
                        take(input, 1);
                        self.state = State::Idle;
                    }
                }
                State::Length {
                    closes,
                    bytes,
                    length,
                } => {
                    take(input, 1);
                    *bytes += 1;
                    *length = *length << 7 | u64::from(first & 0x7f);
                    // Whatever follows makes it no smaller.
                    if *length > self.limit {
                        return Err(FrameError::Hixie76TooLong);
                    }
                    if first & 0x80 != 0 {
                        if *bytes == MAX_LENGTH_BYTES {
                            return Err(FrameError::Hixie76Length);
                        }
                        continue;
                    }
                    let (closes, length) = (*closes, *length);
                    self.state = match length {
                        0 => State::Idle,
                        remaining => State::Skip { remaining },
                    };
                    if closes && length == 0 {
                        return Ok(Some(Decoded::Close));
                    }
                }
                State::Skip { remaining } => {
                    let length = usize::try_from(*remaining).unwrap_or(usize::MAX);
                    let skipped = take(input, length).len();
                    // No more than there were to skip.
                    *remaining -= skipped as u64;
                    if *remaining == 0 {
                        self.state = State::Idle;
                    }
                }
            }
        }
        Ok(None)
    }
}

/// Splits up to `length` bytes off the front of `input`.
fn take<'a>(input: &mut &'a mut [u8], length: usize) -> &'a mut [u8] {
    let whole = core::mem::take(input);
    let (front, rest) = whole.split_at_mut(length.min(whole.len()));
    *input = rest;
    front
}
