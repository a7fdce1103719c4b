use core::fmt;

use zlib_rs::{Inflate, InflateFlush, Status};

use super::TAIL;
use super::parameters::{Direction, MAX_BITS};
use super::restarts::Restarts;
use super::scratch::{Scratch, Step};
use super::spare::{self, Spare};
use super::window::Window;

const MAX_WINDOW: usize = 1 << MAX_BITS;

/// What the sender left out ([`TAIL`]), and an empty stored block, which changes
/// nothing where a block may begin.
const TAIL_AND_BLOCK: [u8; 9] = [0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0xFF, 0xFF];

/// Input up to this many bytes gets a small scratch space.
const SHORT: usize = 64;

/// Inflates the messages of one direction.
pub(crate) struct Inflater {
    direction: Direction,
    restarts: Restarts,
    /// Made at the first use. Without takeover it is the thread's, and here
    /// only while a message is in progress.
    codec: Option<Codec>,
}

std::thread_local! {
    /// One serves all windows: zlib's own is always the largest.
    pub(super) static SPARE: Spare<Codec, 1> = const { Spare::new() };
}

pub(super) struct Codec {
    inflate: Inflate,
    /// The latest output, to go on with after a final block, which ends zlib's
    /// own window.
    window: Window,
    /// The last output filled the space, so that there may be more.
    full: bool,
    /// A final block has ended, and nothing has followed.
    ended: bool,
    /// A message has ended, and zlib knows more than the agreed window.
    excess: bool,
    /// The data turned out invalid after the latest output.
    failed: bool,
    /// The current message has taken something.
    started: bool,
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
            restarts: Restarts::new(),
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
            .inflate(input, &mut self.restarts)
    }

    /// Ends a message all of whose input was inflated.
    pub(crate) fn finish(&mut self) -> Result<(), InvalidData> {
        self.restarts.end_message();
        if let Some(codec) = &mut self.codec {
            codec.finish()?;
        }
        if !self.direction.takeover
            && let Some(mut codec) = self.codec.take()
        {
            codec.forget();
            spare::keep(&SPARE, 0, codec);
        }
        Ok(())
    }
}

impl Codec {
    fn new(size: usize) -> Self {
        let mut window = Window::new();
        window.restart(size);
        Self {
            // A reset makes zlib's window the largest, whatever it was.
            inflate: Inflate::new(false, MAX_BITS),
            window,
            full: false,
            ended: false,
            excess: false,
            failed: false,
            started: false,
        }
    }

    fn spare_or_new(size: usize) -> Self {
        match spare::take(&SPARE, 0) {
            Some(mut codec) => {
                codec.window.restart(size);
                codec
            }
            None => Self::new(size),
        }
    }

    fn inflate(
        &mut self,
        input: &mut &[u8],
        restarts: &mut Restarts,
    ) -> Result<Inflated<'_>, InvalidData> {
        if !self.has_more(input) {
            return Ok(Inflated::NeedsInput);
        }
        // A scratch space is zeroed first, which a short message would notice.
        if input.len() <= SHORT {
            self.inflate_by(Scratch::<512>::new(), input, restarts)
        } else {
            self.inflate_by(Scratch::<4096>::new(), input, restarts)
        }
    }

    fn inflate_by<const LENGTH: usize>(
        &mut self,
        mut scratch: Scratch<LENGTH>,
        input: &mut &[u8],
        restarts: &mut Restarts,
    ) -> Result<Inflated<'_>, InvalidData> {
        while self.has_more(input) {
            if self.failed {
                return Err(InvalidData);
            }
            if self.ended || self.excess {
                if self.ended && !restarts.take() {
                    return Err(InvalidData);
                }
                self.begin_again()?;
            }
            let Step {
                output,
                taken,
                is_full,
                status,
            } = scratch.inflate(
                &mut self.inflate,
                input,
                self.window.room(),
                InflateFlush::NoFlush,
            );
            let had_input = !input.is_empty();
            *input = &input[taken..];
            self.started |= taken > 0;
            restarts.earn(taken);
            // What came out before the fault counts first, as it does where
            // the input is cut in between.
            self.failed = status.is_err();
            self.ended = matches!(status, Ok(Status::StreamEnd));
            self.full = is_full && !self.ended || self.failed;
            self.failed |= taken == 0 && output.is_empty() && had_input && !self.ended;
            if !output.is_empty() {
                return Ok(Inflated::Output(self.window.push(output)));
            }
        }
        Ok(Inflated::NeedsInput)
    }

    const fn has_more(&self, input: &[u8]) -> bool {
        !input.is_empty() || self.full
    }

    /// Leaves of zlib's state the window alone. After a final block, which ends
    /// it, other blocks may follow, with the same window
    /// ([RFC 7692 §7.2.3.4]).
    ///
    /// [RFC 7692 §7.2.3.4]: https://www.rfc-editor.org/rfc/rfc7692#section-7.2.3.4
    fn begin_again(&mut self) -> Result<(), InvalidData> {
        self.inflate.reset(false);
        for part in self.window.parts() {
            if !part.is_empty() {
                self.inflate.set_dictionary(part).map_err(|_| InvalidData)?;
            }
        }
        (self.ended, self.excess) = (false, false);
        Ok(())
    }

    /// Feeds what the sender left out, and makes sure that the message ended
    /// where a block may.
    fn finish(&mut self) -> Result<(), InvalidData> {
        if !self.ended && self.started {
            self.ended = self.end_of_block()?;
        }
        self.started = false;
        // So that the next message finds no more than the window.
        self.excess = self.window.size() < MAX_WINDOW;
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
        let mut scratch = Scratch::<1>::new();
        let mut rest = &TAIL_AND_BLOCK[..];
        let mut stopped = false;
        while !rest.is_empty() {
            let step = scratch.inflate(&mut self.inflate, rest, 1, InflateFlush::Block);
            let status = step.status.map_err(|_| InvalidData)?;
            if !step.output.is_empty() {
                return Err(InvalidData);
            }
            rest = &rest[step.taken..];
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
        self.window.restart(0);
        (self.ended, self.excess) = (false, false);
    }
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
