//! Compressed messages, received.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use super::collector::{Collector, Step};
use crate::deflate::{Direction, Inflated, Inflater, InvalidData};
use crate::event::Event;
use crate::redacted::Length;
use crate::{Delivery, Error};

/// Inflates compressed payloads into the collector, if permessage-deflate was
/// agreed.
#[derive(Debug)]
pub(super) struct Inflate(Option<Box<State>>);

struct State {
    inflater: Inflater,
    /// What the message in progress has become so far, in bytes.
    length: u64,
    /// Input that waits until its events are taken, if messages are delivered
    /// in chunks.
    unread: Vec<u8>,
    /// How many bytes of it were taken.
    taken: usize,
    stage: Stage,
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

/// How much of a message to take at a time if its chunks are taken one by one,
/// in bytes.
const PIECE: usize = 4 << 10;

impl Inflate {
    /// Without permessage-deflate.
    pub(super) const OFF: Self = Self(None);

    pub(super) fn new(direction: Direction) -> Self {
        Self(Some(Box::new(State {
            inflater: Inflater::new(direction),
            length: 0,
            unread: Vec::new(),
            taken: 0,
            stage: Stage::Idle,
        })))
    }

    /// How many payload bytes to take at once.
    pub(super) const fn piece_limit(delivery: Delivery) -> usize {
        match delivery {
            Delivery::Messages => usize::MAX,
            Delivery::Chunks => PIECE,
        }
    }

    /// Takes a piece of a compressed payload, after everything that
    /// [waits](Self::resume).
    pub(super) fn push<'a>(
        &mut self,
        bytes: &[u8],
        ends: bool,
        collector: &mut Collector,
    ) -> Result<Step<'a>, Error> {
        let Some(state) = self.0.as_deref_mut() else {
            return Err(Error::InvalidDeflate);
        };
        match collector.delivery() {
            Delivery::Messages => Ok(Step {
                event: state.push_message(bytes, ends, collector)?,
                error: None,
            }),
            Delivery::Chunks => {
                state.unread.extend_from_slice(bytes);
                state.stage = match ends {
                    true => Stage::LastPiece,
                    false => Stage::Piece,
                };
                state.resume(collector)
            }
        }
    }

    /// Whether input waits, with which [`resume`](Self::resume) goes on.
    #[inline]
    pub(super) fn has_unread(&self) -> bool {
        self.0
            .as_deref()
            .is_some_and(|state| state.stage != Stage::Idle)
    }

    /// Goes on with input that waits.
    pub(super) fn resume<'a>(&mut self, collector: &mut Collector) -> Result<Step<'a>, Error> {
        match self.0.as_deref_mut() {
            Some(state) => state.resume(collector),
            None => Ok(Step::NOTHING),
        }
    }
}

impl State {
    fn push_message<'a>(
        &mut self,
        mut bytes: &[u8],
        ends: bool,
        collector: &mut Collector,
    ) -> Result<Option<Event<'a>>, Error> {
        while let Inflated::Output(output) = self.inflater.inflate(&mut bytes)? {
            collector.push_inflated(&mut self.length, output)?;
        }
        if !ends {
            return Ok(None);
        }
        self.inflater.finish()?;
        self.length = 0;
        collector.finish_inflated()
    }

    fn resume<'a>(&mut self, collector: &mut Collector) -> Result<Step<'a>, Error> {
        loop {
            let mut input = &self.unread[self.taken..];
            let inflated = self.inflater.inflate(&mut input)?;
            self.taken = self.unread.len() - input.len();
            let Inflated::Output(output) = inflated else {
                break;
            };
            let step = collector.push_inflated_chunk(&mut self.length, output);
            if !step.is_nothing() {
                return Ok(step);
            }
        }
        self.unread = Vec::new();
        self.taken = 0;
        if core::mem::replace(&mut self.stage, Stage::Idle) == Stage::Piece {
            return Ok(Step::NOTHING);
        }
        self.inflater.finish()?;
        self.length = 0;
        Ok(collector.finish_chunks())
    }
}

/// Shows how far it is, and nothing of what there is of the message.
impl fmt::Debug for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("State")
            .field("inflater", &self.inflater)
            .field("length", &self.length)
            .field("unread", &Length(self.unread.len() - self.taken))
            .field("stage", &self.stage)
            .finish()
    }
}

impl From<InvalidData> for Error {
    fn from(_: InvalidData) -> Self {
        Self::InvalidDeflate
    }
}
