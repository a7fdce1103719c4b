use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use flate2::{Decompress, FlushDecompress, Status};

use super::TAIL;
use super::parameters::{Direction, MIN_BITS};

/// The least space for output, in bytes, however small the window.
const MIN_SPACE: usize = 4 << 10;

/// An empty stored block, which changes nothing where a block may begin.
const EMPTY_BLOCK: [u8; 5] = [0x00, 0x00, 0x00, 0xFF, 0xFF];

/// Inflates the messages of one direction.
pub(crate) struct Inflater {
    direction: Direction,
    /// Made at the first use; without takeover freed after each message.
    codec: Option<Codec>,
    /// Whether anything of the current message was taken.
    begun: bool,
}

struct Codec {
    inflate: Decompress,
    /// The latest output, around and around: at least a window of it, to go on
    /// with after a final block, which ends zlib's own.
    history: Vec<u8>,
    at: usize,
    wrapped: bool,
    /// The last output filled the space, so that there may be more.
    full: bool,
    /// A final block has ended, and nothing has followed.
    ended: bool,
}

/// Data that is not DEFLATE, or refers to what is not in the window: close
/// code 1007.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InvalidData;

/// What a step of inflation came to.
#[derive(Debug)]
pub(crate) enum Inflated<'a> {
    /// Some of the message, at least one byte.
    Output(&'a [u8]),
    /// The input is used up.
    NeedsInput,
}

impl Inflater {
    pub(crate) const fn new(direction: Direction) -> Self {
        Self {
            direction,
            codec: None,
            begun: false,
        }
    }

    /// Takes from the front of `input` what makes some output.
    pub(crate) fn inflate(&mut self, input: &mut &[u8]) -> Result<Inflated<'_>, InvalidData> {
        if !input.is_empty() {
            self.begun = true;
        }
        let bits = self.direction.window_bits().max(MIN_BITS);
        self.codec
            .get_or_insert_with(|| Codec::new(bits))
            .inflate(input)
    }

    /// Ends a message all of whose input was inflated.
    pub(crate) fn finish(&mut self) -> Result<(), InvalidData> {
        let begun = core::mem::replace(&mut self.begun, false);
        if let Some(codec) = &mut self.codec
            && begun
        {
            codec.finish()?;
        }
        if !self.direction.takeover {
            self.codec = None;
        }
        Ok(())
    }
}

impl Codec {
    fn new(bits: u8) -> Self {
        Self {
            inflate: Decompress::new_with_window_bits(false, bits),
            history: vec![0; MIN_SPACE.max(1 << bits)],
            at: 0,
            wrapped: false,
            full: false,
            ended: false,
        }
    }

    fn inflate(&mut self, input: &mut &[u8]) -> Result<Inflated<'_>, InvalidData> {
        let output = loop {
            if input.is_empty() && !self.full {
                return Ok(Inflated::NeedsInput);
            }
            if self.at == self.history.len() {
                self.at = 0;
                self.wrapped = true;
            }
            let (taken, given) = (self.inflate.total_in(), self.inflate.total_out());
            let space = &mut self.history[self.at..];
            let room = space.len();
            let status = self
                .inflate
                .decompress(input, space, FlushDecompress::None)
                .map_err(|_| InvalidData)?;
            // Neither is more than was offered.
            let taken = (self.inflate.total_in() - taken) as usize;
            let given = (self.inflate.total_out() - given) as usize;
            *input = &input[taken..];
            self.full = given == room;
            if taken > 0 {
                self.ended = false;
            }
            let start = self.at;
            self.at += given;
            if status == Status::StreamEnd {
                self.begin_again()?;
            } else if taken == 0 && given == 0 && !input.is_empty() {
                return Err(InvalidData);
            }
            if given > 0 {
                break start..self.at;
            }
        };
        Ok(Inflated::Output(&self.history[output]))
    }

    /// After a final block other blocks may follow, with the same window
    /// ([RFC 7692 §7.2.3.4]).
    ///
    /// [RFC 7692 §7.2.3.4]: https://www.rfc-editor.org/rfc/rfc7692#section-7.2.3.4
    fn begin_again(&mut self) -> Result<(), InvalidData> {
        let (newer, older) = self.history.split_at(self.at);
        let older = if self.wrapped { older } else { &[] };
        let window = [older, newer].concat();
        self.inflate.reset(false);
        if !window.is_empty() {
            self.inflate
                .set_dictionary(&window)
                .map_err(|_| InvalidData)?;
        }
        self.full = false;
        self.ended = true;
        Ok(())
    }

    /// Feeds what the sender left out, and makes sure that the message ended
    /// where a block may: anywhere else these bytes are symbols or lengths, and
    /// give output or an error.
    fn finish(&mut self) -> Result<(), InvalidData> {
        if self.ended {
            return Ok(());
        }
        for mut rest in [&TAIL[..], &EMPTY_BLOCK] {
            match self.inflate(&mut rest)? {
                Inflated::NeedsInput => {}
                Inflated::Output(_) => return Err(InvalidData),
            }
        }
        if self.ended {
            return Err(InvalidData);
        }
        Ok(())
    }
}

impl fmt::Debug for Inflater {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Inflater")
            .field("direction", &self.direction)
            .field("is_made", &self.codec.is_some())
            .field("begun", &self.begun)
            .finish()
    }
}
