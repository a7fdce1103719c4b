use alloc::vec;
use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt;

use zlib_rs::{Inflate, InflateFlush, Status};

use super::parameters::{Direction, MAX_BITS};
use super::{TAIL, spare};

const MAX_WINDOW: usize = 1 << MAX_BITS;

/// The least space for output, in bytes, however small the window.
const MIN_SPACE: usize = 4 << 10;

/// What the sender left out ([`TAIL`]), and an empty stored block, which changes
/// nothing where a block may begin.
const TAIL_AND_BLOCK: [u8; 9] = [0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0xFF, 0xFF];

/// How many final blocks a message may have however short it is, and how many
/// bytes each further one has to come with. To go on after one takes as long as
/// inflating some kilobytes, and without a bound two bytes would buy it.
const FREE_ENDS: u64 = 64;
const BYTES_FOR_END: u64 = 256;

/// Inflates the messages of one direction.
pub(crate) struct Inflater {
    direction: Direction,
    /// Made at the first use; without takeover the thread's, and here only
    /// while a message is under way.
    codec: Option<Codec>,
}

std::thread_local! {
    pub(super) static SPARE: Cell<Option<Codec>> = const { Cell::new(None) };
}

pub(super) struct Codec {
    inflate: Inflate,
    /// The latest output, around and around: at least a window of it, to go on
    /// with after a final block, which ends zlib's own.
    history: Vec<u8>,
    at: usize,
    wrapped: bool,
    /// The last output filled the space, so that there may be more.
    full: bool,
    /// A final block has ended, and nothing has followed.
    ended: bool,
    /// The data turned out invalid after the latest output.
    failed: bool,
    /// The agreed window, in bytes. zlib's own is always the largest.
    window: usize,
    /// What was taken of the current message, in bytes.
    taken: u64,
    /// How many of its final blocks something has followed.
    ends: u64,
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
        }
    }

    /// Takes from the front of `input` what makes some output.
    pub(crate) fn inflate(&mut self, input: &mut &[u8]) -> Result<Inflated<'_>, InvalidData> {
        let Direction { takeover, .. } = self.direction;
        let window = 1 << self.direction.window_bits();
        self.codec
            .get_or_insert_with(|| match takeover {
                true => Codec::new(window),
                false => Codec::spare_or_new(window),
            })
            .inflate(input)
    }

    /// Ends a message all of whose input was inflated.
    pub(crate) fn finish(&mut self) -> Result<(), InvalidData> {
        if let Some(codec) = &mut self.codec {
            codec.finish()?;
        }
        if !self.direction.takeover
            && let Some(mut codec) = self.codec.take()
        {
            codec.forget();
            spare::keep(&SPARE, codec);
        }
        Ok(())
    }
}

impl Codec {
    fn new(window: usize) -> Self {
        Self {
            // A reset makes the window the largest, whatever it was.
            inflate: Inflate::new(false, MAX_BITS),
            history: vec![0; MIN_SPACE.max(window)],
            at: 0,
            wrapped: false,
            full: false,
            ended: false,
            failed: false,
            window,
            taken: 0,
            ends: 0,
        }
    }

    fn spare_or_new(window: usize) -> Self {
        spare::take(&SPARE)
            .filter(|codec| codec.window == window)
            .unwrap_or_else(|| Self::new(window))
    }

    fn inflate(&mut self, input: &mut &[u8]) -> Result<Inflated<'_>, InvalidData> {
        let output = loop {
            if input.is_empty() && !self.full {
                return Ok(Inflated::NeedsInput);
            }
            if self.failed {
                return Err(InvalidData);
            }
            if self.ended {
                self.begin_again()?;
            }
            if self.at == self.history.len() {
                self.at = 0;
                self.wrapped = true;
            }
            let (taken, given) = (self.inflate.total_in(), self.inflate.total_out());
            let space = &mut self.history[self.at..];
            let room = space.len();
            let result = self.inflate.decompress(input, space, InflateFlush::NoFlush);
            // Neither is more than was offered.
            let taken = (self.inflate.total_in() - taken) as usize;
            let given = (self.inflate.total_out() - given) as usize;
            *input = &input[taken..];
            self.taken += taken as u64;
            // What came out before the fault counts first, as it does where
            // the input is cut in between.
            self.failed = result.is_err();
            self.ended = matches!(result, Ok(Status::StreamEnd));
            self.full = given == room && !self.ended || self.failed;
            let start = self.at;
            self.at += given;
            self.failed |= taken == 0 && given == 0 && !input.is_empty() && !self.ended;
            if given > 0 {
                break start..self.at;
            }
        };
        Ok(Inflated::Output(&self.history[output]))
    }

    /// Leaves of zlib's state the window alone. After a final block, which ends
    /// it, other blocks may follow, with the same window
    /// ([RFC 7692 §7.2.3.4]).
    ///
    /// [RFC 7692 §7.2.3.4]: https://www.rfc-editor.org/rfc/rfc7692#section-7.2.3.4
    fn begin_again(&mut self) -> Result<(), InvalidData> {
        self.ends += 1;
        if self.ends > FREE_ENDS + self.taken / BYTES_FOR_END {
            return Err(InvalidData);
        }
        let (newer, older) = self.history.split_at(self.at);
        let older = if self.wrapped { older } else { &[] };
        let newer = last(newer, self.window);
        let older = last(older, self.window - newer.len());
        self.inflate.reset(false);
        for part in [older, newer] {
            if !part.is_empty() {
                self.inflate.set_dictionary(part).map_err(|_| InvalidData)?;
            }
        }
        self.ended = false;
        Ok(())
    }

    /// Feeds what the sender left out, and makes sure that the message ended
    /// where a block may.
    fn finish(&mut self) -> Result<(), InvalidData> {
        if !self.ended && self.taken > 0 {
            self.ended = self.end_of_block()?;
        }
        (self.taken, self.ends) = (0, 0);
        // So that the next message finds no more than the window.
        self.ended |= self.window < MAX_WINDOW;
        Ok(())
    }

    /// Takes the [`TAIL`] and makes sure that a block ends there; whether it is
    /// a final one.
    ///
    /// No output and no error are not enough: in the head of a block with its
    /// own codes the tail may be lengths of codes. So zlib is asked to stop at
    /// the end of each block, and has to stop with the last byte of the tail.
    /// That the block ends with the last bit of it shows an empty block.
    fn end_of_block(&mut self) -> Result<bool, InvalidData> {
        let mut rest = &TAIL_AND_BLOCK[..];
        let mut stopped = false;
        while !rest.is_empty() {
            let (taken, given) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self
                .inflate
                .decompress(rest, &mut [0], InflateFlush::Block)
                .map_err(|_| InvalidData)?;
            let taken = (self.inflate.total_in() - taken) as usize;
            if self.inflate.total_out() > given {
                return Err(InvalidData);
            }
            rest = &rest[taken..];
            let behind_tail = TAIL_AND_BLOCK.len() - rest.len() == TAIL.len();
            match (status, behind_tail) {
                (Status::StreamEnd, true) => return Ok(true),
                (Status::StreamEnd, false) | (Status::BufError, _) => return Err(InvalidData),
                (Status::Ok, _) => stopped |= behind_tail,
            }
        }
        match stopped {
            true => Ok(false),
            false => Err(InvalidData),
        }
    }

    /// After the end of a message: nothing is left for the next one to refer
    /// to.
    fn forget(&mut self) {
        self.inflate.reset(false);
        self.at = 0;
        self.wrapped = false;
        self.ended = false;
    }
}

fn last(bytes: &[u8], count: usize) -> &[u8] {
    &bytes[bytes.len().saturating_sub(count)..]
}

impl fmt::Debug for Inflater {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Inflater")
            .field("direction", &self.direction)
            .field("is_made", &self.codec.is_some())
            .finish()
    }
}
