//! Frames of the legacy protocol, received.

use alloc::boxed::Box;

use super::collector::{Collector, Step};
use crate::Error;
use crate::frame::hixie76::{Decoded, Decoder, TextDecoder};

/// Reads the legacy protocol into the collector, if it is spoken.
#[derive(Debug)]
pub(super) struct Legacy(Option<Box<State>>);

#[derive(Debug)]
struct State {
    decoder: Decoder,
    text: TextDecoder,
    /// Of the text in progress so far, in bytes.
    length: u64,
}

/// What the next bytes were.
#[derive(Debug)]
pub(super) enum Read<'a> {
    /// Text, taken by the collector.
    Text(Step<'a>),
    Close,
    /// The input is used up.
    NeedsInput,
}

/// How many bytes are decoded at once, so that what they become, which is at
/// most three times as long, fits the address space.
const MAX_PIECE: usize = isize::MAX as usize / 4;

/// The longest code point, in bytes.
const CODE_POINT: u64 = 4;

impl Legacy {
    /// Without the legacy protocol.
    pub(super) const OFF: Self = Self(None);

    /// `max_skipped` bounds a frame that is skipped, in bytes.
    pub(super) fn new(max_skipped: u64) -> Self {
        Self(Some(Box::new(State {
            decoder: Decoder::new(max_skipped),
            text: TextDecoder::new(),
            length: 0,
        })))
    }

    pub(super) const fn is_spoken(&self) -> bool {
        self.0.is_some()
    }

    pub(super) fn read<'a>(
        &mut self,
        input: &mut &'a mut [u8],
        collector: &mut Collector,
    ) -> Result<Read<'a>, Error> {
        let Some(State {
            decoder,
            text,
            length,
        }) = self.0.as_deref_mut()
        else {
            return Ok(Read::NeedsInput);
        };
        // More bytes than these become more text than may still come: only a
        // code point begun, of three bytes at most, gives none, and nothing
        // becomes shorter.
        let most = collector.rest(*length).saturating_add(CODE_POINT);
        let most = usize::try_from(most).map_or(MAX_PIECE, |most| most.min(MAX_PIECE));
        Ok(match decoder.decode_up_to(input, most)? {
            None => Read::NeedsInput,
            Some(Decoded::Text { bytes, end }) => {
                Read::Text(collector.push_text(length, text.push(bytes, end), end))
            }
            Some(Decoded::Close) => Read::Close,
        })
    }
}
