//! Compressed messages, received.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::assembly::Assembly;
use super::message::validate;
use super::receive::Receiver;
use crate::deflate::{Direction, Inflated, Inflater, InvalidData};
use crate::error::Limit;
use crate::frame::ReservedBits;
use crate::undisclosed::Length;
use crate::{Delivery, Error, Event, FragmentData, MessageKind};

/// What a receiver keeps where permessage-deflate was agreed.
pub(super) struct Inflation {
    inflater: Inflater,
    /// What the message under way has become so far, in bytes.
    inflated: u64,
    /// Input that waits until its events are taken, with
    /// [`Delivery::Fragments`].
    waiting: Vec<u8>,
    /// How much of it was taken.
    taken: usize,
    /// The start of a long message, with [`Delivery::Messages`]: what is
    /// never moved needs no room twice, however far a bomb gets.
    parts: Vec<Part>,
    stage: Stage,
    /// Where the message went over the limit, once what came before is
    /// delivered.
    within: Result<(), Limit>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing waits.
    Idle,
    /// A piece of a message waits.
    Piece,
    /// The last piece of a message waits.
    LastPiece,
}

enum Part {
    Text(String),
    Binary(Vec<u8>),
}

/// The least length of a part of a message, in bytes.
const PART: usize = 64 << 10;

/// What a code point that was cut before may add to what comes after it.
const CODE_POINT: u64 = 4;

/// How much of a message is taken at a time where its events are taken one by
/// one, in bytes.
pub(super) const PIECE: usize = 4 << 10;

/// Shows how far it is, and nothing of what there is of the message.
impl fmt::Debug for Inflation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Inflation")
            .field("inflater", &self.inflater)
            .field("inflated", &self.inflated)
            .field("waiting", &Length(self.waiting.len() - self.taken))
            .field("stage", &self.stage)
            .field("within", &self.within)
            .finish_non_exhaustive()
    }
}

impl Receiver {
    pub(super) fn enable_deflate(&mut self, direction: Direction) {
        self.decoder.allow_on_messages(ReservedBits::RSV1);
        self.inflation = Some(Box::new(Inflation {
            inflater: Inflater::new(direction),
            inflated: 0,
            waiting: Vec::new(),
            taken: 0,
            parts: Vec::new(),
            stage: Stage::Idle,
            within: Ok(()),
        }));
    }

    /// The most that the frames of a compressed message may hold: one that
    /// does not compress is a little longer than what it becomes, with zlib's
    /// fastest level by an eighth.
    pub(super) const fn max_compressed(&self) -> u64 {
        let frames = self.message.fragments as u64 * 16;
        self.max_message
            .saturating_add(self.max_message / 8)
            .saturating_add(frames)
            .saturating_add(1 << 10)
    }

    /// Takes a piece of a compressed message.
    pub(super) fn inflate<'a>(
        &mut self,
        bytes: &[u8],
        last: bool,
    ) -> Result<Option<Event<'a>>, Error> {
        let Some(inflation) = self.inflation.as_deref_mut() else {
            return Err(Error::InvalidDeflate);
        };
        match self.delivery {
            Delivery::Messages => self.inflate_message(bytes, last),
            Delivery::Fragments => {
                inflation.waiting.extend_from_slice(bytes);
                inflation.stage = match last {
                    true => Stage::LastPiece,
                    false => Stage::Piece,
                };
                self.inflate_waiting()
            }
        }
    }

    fn inflate_message<'a>(
        &mut self,
        mut bytes: &[u8],
        last: bool,
    ) -> Result<Option<Event<'a>>, Error> {
        let kind = self.message.kind;
        let Some(inflation) = self.inflation.as_deref_mut() else {
            return Err(Error::InvalidDeflate);
        };
        while let Inflated::Output(mut output) = inflation.inflater.inflate(&mut bytes)? {
            let before = inflation.inflated;
            let is_over = count(&mut inflation.inflated, &mut output, self.max_message);
            while !output.is_empty() {
                let mut room = self.assembly.room();
                if room == 0 {
                    // `before` has passed the check for the limit.
                    let rest = (self.max_message - before).saturating_add(CODE_POINT);
                    let next = rest.min(before / 8).max(rest.min(PART as u64));
                    inflation.parts.extend(self.assembly.part(next as usize));
                    room = self.assembly.room();
                }
                let (piece, rest) = output.split_at(output.len().min(room));
                self.assembly.push(kind, piece, PART as u64)?;
                output = rest;
            }
            is_over?;
        }
        if !last {
            return Ok(None);
        }
        inflation.inflater.finish()?;
        let length = core::mem::take(&mut inflation.inflated) as usize;
        let parts = core::mem::take(&mut inflation.parts);
        if !parts.is_empty() {
            let last = self.assembly.finish()?;
            return Ok(Some(join(parts, last, length)));
        }
        Ok(Some(match (self.assembly.is_empty(), kind) {
            (false, _) => self.assembly.finish()?,
            (true, MessageKind::Text) => Event::Text(Cow::Borrowed("")),
            (true, MessageKind::Binary) => Event::Binary(Cow::Borrowed(&[])),
        }))
    }

    /// The next event from input that waits.
    pub(super) fn inflate_waiting<'a>(&mut self) -> Result<Option<Event<'a>>, Error> {
        let Some(inflation) = self.inflation.as_deref_mut() else {
            return Ok(None);
        };
        if inflation.stage == Stage::Idle {
            return Ok(None);
        }
        loop {
            // Where the piece before the error was the last event, or empty.
            if self.validator.is_broken() {
                return Err(Error::InvalidUtf8);
            }
            inflation.within?;
            let mut input = &inflation.waiting[inflation.taken..];
            let inflated = inflation.inflater.inflate(&mut input)?;
            inflation.taken = inflation.waiting.len() - input.len();
            let Inflated::Output(mut output) = inflated else {
                break;
            };
            inflation.within = count(&mut inflation.inflated, &mut output, self.max_message);
            let data = match self.message.kind {
                MessageKind::Binary => FragmentData::Binary(Cow::Owned(output.to_vec())),
                MessageKind::Text => {
                    let valid = validate(&mut self.validator, output);
                    let mut text = String::with_capacity(4 + valid.text.len());
                    text.extend(valid.completed);
                    text.push_str(valid.text);
                    FragmentData::Text(Cow::Owned(text))
                }
            };
            if !data.as_bytes().is_empty() {
                return Ok(Some(self.piece(data, false)));
            }
        }
        inflation.waiting = Vec::new();
        inflation.taken = 0;
        if core::mem::replace(&mut inflation.stage, Stage::Idle) == Stage::Piece {
            return Ok(None);
        }
        inflation.inflater.finish()?;
        inflation.inflated = 0;
        let data = match self.message.kind {
            MessageKind::Binary => FragmentData::Binary(Cow::Borrowed(&[])),
            MessageKind::Text => {
                self.validator.finish()?;
                FragmentData::Text(Cow::Borrowed(""))
            }
        };
        Ok(Some(self.piece(data, true)))
    }
}

impl Assembly {
    /// How many bytes can be added before the buffer would have to move, or be
    /// longer than a part.
    fn room(&self) -> usize {
        let (length, capacity) = match self {
            Self::Empty(buffer) => (0, buffer.capacity()),
            Self::Short(buffer, _) => (buffer.len(), buffer.capacity()),
            Self::Binary(buffer, unused) => (buffer.len() - *unused as usize, buffer.capacity()),
            Self::Text(text, _) => (text.len(), text.capacity()),
        };
        let room = capacity.max(PART) - length;
        room.saturating_sub(CODE_POINT as usize)
    }

    /// Takes out what there is, and makes room for `next` bytes in its place.
    fn part(&mut self, next: usize) -> Option<Part> {
        match self {
            // Never that long.
            Self::Short(..) => None,
            Self::Text(text, _) => Some(Part::Text(core::mem::replace(
                text,
                String::with_capacity(next),
            ))),
            Self::Binary(bytes, unused) => {
                bytes.truncate(bytes.len() - core::mem::take(unused) as usize);
                Some(Part::Binary(core::mem::replace(
                    bytes,
                    Vec::with_capacity(next),
                )))
            }
            Self::Empty(_) => None,
        }
    }
}

/// A message out of its parts, each of which is freed once it is copied.
fn join(parts: Vec<Part>, last: Event<'static>, length: usize) -> Event<'static> {
    match last {
        Event::Text(last) => {
            let mut whole = String::with_capacity(length);
            for part in parts {
                if let Part::Text(part) = part {
                    whole.push_str(&part);
                }
            }
            whole.push_str(&last);
            Event::Text(Cow::Owned(whole))
        }
        Event::Binary(last) => {
            let mut whole = Vec::with_capacity(length);
            for part in parts {
                if let Part::Binary(part) = part {
                    whole.extend_from_slice(&part);
                }
            }
            whole.extend_from_slice(&last);
            Event::Binary(Cow::Owned(whole))
        }
        other => other,
    }
}

impl From<InvalidData> for Error {
    fn from(_: InvalidData) -> Self {
        Self::InvalidDeflate
    }
}

/// Counts output against the limit before it is kept, and cuts off what is
/// over it: what comes before that is still to be looked at, so that the error
/// is the same however the input is cut.
fn count(inflated: &mut u64, output: &mut &[u8], max_message: u64) -> Result<(), Limit> {
    let rest = max_message - *inflated;
    if output.len() as u64 > rest {
        *output = &output[..rest as usize];
        *inflated = max_message;
        return Err(Limit::Message);
    }
    *inflated += output.len() as u64;
    Ok(())
}
