//! Payloads, put together to messages or passed on in chunks.

#![cfg_attr(
    not(all(feature = "deflate", feature = "hixie76")),
    allow(dead_code, reason = "a part is only for what these features bring")
)]

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::assembly::Assembly;
use crate::error::{Error, Limit};
use crate::event::{Chunk, ChunkData, Event, MessageKind};
use crate::frame::{Header, MaskingKey, Opcode, Utf8Validator, Validated, from_utf8};
use crate::{Config, Delivery};

/// Where every payload goes: plain, inflated and of the legacy protocol.
///
/// It holds messages against the limits, puts them together or passes them on in
/// chunks, and drops them if the caller wants no more.
#[derive(Debug)]
pub(super) struct Collector {
    max_message: u64,
    max_fragments: u32,
    max_spare: usize,
    delivery: Delivery,
    /// Data is dropped: this end is closing, and its caller wants no more.
    discard: bool,
    kind: MessageKind,
    /// The message in progress is compressed (RFC 7692 §6).
    compressed: bool,
    /// A chunk of the message in progress has been delivered.
    begun: bool,
    /// A message that was put together has been delivered, and the input has
    /// not been used up since: its buffer may be wanted back.
    keeps_spare: bool,
    /// The caller has a buffer for more of the message.
    lent: bool,
    /// The frames of the message in progress.
    fragments: u32,
    /// What their headers announce in all, in bytes.
    announced: u64,
    assembly: Assembly,
}

/// The result of a push: an event, and an error that comes after it.
#[derive(Debug)]
pub(super) struct Step<'a> {
    pub(super) event: Option<Event<'a>>,
    pub(super) error: Option<Error>,
}

impl<'a> Step<'a> {
    pub(super) const NOTHING: Self = Self {
        event: None,
        error: None,
    };

    const fn event(event: Option<Event<'a>>) -> Self {
        Self { event, error: None }
    }

    pub(super) const fn is_nothing(&self) -> bool {
        self.event.is_none() && self.error.is_none()
    }
}

impl Collector {
    pub(super) const fn new(config: &Config) -> Self {
        Self {
            max_message: config.max_message,
            max_fragments: config.max_fragments,
            max_spare: config.max_spare,
            delivery: config.delivery,
            discard: false,
            kind: MessageKind::Binary,
            compressed: false,
            begun: false,
            keeps_spare: false,
            lent: false,
            fragments: 0,
            announced: 0,
            assembly: Assembly::new(),
        }
    }

    pub(super) const fn max_message(&self) -> u64 {
        self.max_message
    }

    pub(super) const fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// Whether the payload of the current message must be inflated.
    pub(super) const fn is_compressed(&self) -> bool {
        self.compressed
    }

    /// Whether a whole message in one frame may pass by without a word here.
    pub(super) const fn takes_whole(&self) -> bool {
        matches!(self.delivery, Delivery::Messages) && self.max_fragments > 0
    }

    /// Drops the data that comes from now on.
    pub(super) const fn discard(&mut self) {
        self.discard = true;
    }

    pub(super) const fn is_discarding(&self) -> bool {
        self.discard
    }

    /// Begins a data frame: holds it against the limits before any of its
    /// payload is taken.
    pub(super) fn begin_frame(&mut self, header: &Header) -> Result<(), Limit> {
        let length = header.payload_length();
        let kind = match header.opcode() {
            Opcode::Text => Some(MessageKind::Text),
            Opcode::Binary => Some(MessageKind::Binary),
            _ => None,
        };
        if let Some(kind) = kind {
            // A large spare is not for what may be a small message, of which
            // somebody may keep many.
            let most = match header.is_final() {
                true => usize::try_from(length.saturating_mul(8)).unwrap_or(usize::MAX),
                false => 0,
            };
            self.assembly.free_above(most.max(self.max_spare));
            self.kind = kind;
            // No other bit passes the decoder.
            self.compressed = !header.reserved_bits().is_empty();
            self.begun = false;
            self.keeps_spare = false;
            self.lent = false;
            self.fragments = 0;
            self.announced = 0;
        }
        // Cannot overflow: both are below 2⁶³, because the previous total passed
        // this check.
        self.announced = self.announced.saturating_add(length);
        self.fragments = self.fragments.saturating_add(1);
        let max_message = match self.compressed {
            true => self.max_compressed(),
            false => self.max_message,
        };
        if self.announced > max_message {
            return Err(Limit::Message);
        }
        if self.fragments > self.max_fragments {
            return Err(Limit::Fragments);
        }
        Ok(())
    }

    /// The most that the frames of a compressed message may hold: one that does
    /// not compress is a little longer than what it becomes, with zlib's fastest
    /// level by an eighth.
    const fn max_compressed(&self) -> u64 {
        let frames = self.fragments as u64 * 16;
        self.max_message
            .saturating_add(self.max_message / 8)
            .saturating_add(frames)
            .saturating_add(1 << 10)
    }

    /// The most that the message in progress can still become, in bytes.
    const fn bound(&self, in_last_frame: bool) -> u64 {
        match in_last_frame {
            // Only the last frame's header tells how long it will be.
            true => self.announced,
            false => self.max_message,
        }
    }

    /// Whether the next `remaining` bytes of a frame, of which `available` are
    /// at hand, must be put together. If not, they are a message by themselves
    /// or go on in chunks.
    #[inline]
    pub(super) const fn is_assembled(&self, last: bool, remaining: u64, available: usize) -> bool {
        remaining > 0
            && matches!(self.delivery, Delivery::Messages)
            && !self.compressed
            && !(last && self.assembly.is_empty() && remaining <= available as u64)
    }

    /// Adds a masked piece of a message that is [put
    /// together](Self::is_assembled). Gives the message if it `ends` there.
    #[inline]
    pub(super) fn push_masked<'a>(
        &mut self,
        key: Option<MaskingKey>,
        bytes: &mut [u8],
        in_last_frame: bool,
        ends: bool,
    ) -> Result<Option<Event<'a>>, Error> {
        let bound = self.bound(in_last_frame);
        self.lent = false;
        match self.kind {
            MessageKind::Binary => self.assembly.push_binary(key, bytes, bound)?,
            MessageKind::Text => self.assembly.push_masked_text(key, bytes, bound)?,
        }
        if !ends {
            return Ok(None);
        }
        self.finish()
    }

    /// Takes an unmasked piece of a plain payload that is not put together: a
    /// whole message, a chunk, or nothing at all.
    pub(super) fn push<'a>(&mut self, bytes: &'a [u8], ends: bool) -> Step<'a> {
        match self.delivery {
            Delivery::Messages => match self.push_whole(bytes, ends) {
                Ok(event) => Step::event(event),
                Err(error) => Step {
                    event: None,
                    error: Some(error),
                },
            },
            Delivery::Chunks => self.push_chunk(bytes, ends),
        }
    }

    fn push_whole<'a>(&mut self, bytes: &'a [u8], ends: bool) -> Result<Option<Event<'a>>, Error> {
        if !ends {
            return Ok(None);
        }
        if !self.assembly.is_empty() {
            return self.finish();
        }
        let event = match self.kind {
            MessageKind::Text => Event::Text(Cow::Borrowed(from_utf8(bytes)?)),
            MessageKind::Binary => Event::Binary(Cow::Borrowed(bytes)),
        };
        Ok(self.deliver_whole(event))
    }

    /// The message that was put together.
    fn finish<'a>(&mut self) -> Result<Option<Event<'a>>, Error> {
        let event = self.assembly.finish()?;
        Ok(self.deliver_whole(event))
    }

    fn deliver_whole<'a>(&mut self, event: Event<'a>) -> Option<Event<'a>> {
        self.keeps_spare |= !self.discard;
        self.deliver(event)
    }

    fn deliver<'a>(&self, event: Event<'a>) -> Option<Event<'a>> {
        (!self.discard).then_some(event)
    }

    fn push_chunk<'a>(&mut self, bytes: &'a [u8], ends: bool) -> Step<'a> {
        let mut error = None;
        let data = match self.kind {
            MessageKind::Binary => ChunkData::Binary(Cow::Borrowed(bytes)),
            MessageKind::Text => {
                let validator = self.assembly.validator();
                let (valid, mut is_valid) = validate(validator, bytes);
                if ends && is_valid {
                    is_valid = validator.finish().is_ok();
                }
                if !is_valid {
                    error = Some(Error::InvalidUtf8);
                }
                ChunkData::Text(match valid.completed {
                    // `text` is empty then: no more than what completes the
                    // code point was taken.
                    Some(completed) => Cow::Owned(String::from(completed)),
                    None => Cow::Borrowed(valid.text),
                })
            }
        };
        self.chunk(data, ends, error)
    }

    /// A chunk, and the error that comes after it. An empty one only ends a
    /// message.
    fn chunk<'a>(&mut self, data: ChunkData<'a>, ends: bool, error: Option<Error>) -> Step<'a> {
        let last = ends && error.is_none();
        if data.as_bytes().is_empty() && !last {
            return Step { event: None, error };
        }
        let first = !core::mem::replace(&mut self.begun, !last);
        let event = self.deliver(Event::Chunk(Chunk { data, first, last }));
        Step { event, error }
    }

    /// How many bytes of a plain payload to take at once: a code point that a
    /// read cut is completed on its own, so that the rest can be borrowed.
    pub(super) const fn piece_limit(&self) -> usize {
        match self.assembly.missing() {
            0 => usize::MAX,
            missing => missing,
        }
    }

    /// Counts output of which no header tells how long it will be, before it is
    /// kept. `length` is what the message has become so far, in bytes. Cuts off
    /// what is over the limit: what comes before that is still looked at, so
    /// that the error is the same however the input is cut.
    fn count(&self, length: &mut u64, output: &mut &[u8]) -> Result<(), Limit> {
        let rest = self.rest(*length);
        if output.len() as u64 > rest {
            *output = &output[..rest as usize];
            *length = self.max_message;
            return Err(Limit::Message);
        }
        *length += output.len() as u64;
        Ok(())
    }

    /// How many bytes a message of this length may still become.
    pub(super) const fn rest(&self, length: u64) -> u64 {
        self.max_message.saturating_sub(length)
    }

    /// Adds a piece of an inflated message to be delivered whole.
    pub(super) fn push_inflated(
        &mut self,
        length: &mut u64,
        mut output: &[u8],
    ) -> Result<(), Error> {
        let before = *length;
        let counted = self.count(length, &mut output);
        let rest = self.rest(before);
        self.assembly.push_parts(self.kind, output, before, rest)?;
        Ok(counted?)
    }

    /// Ends an inflated message to be delivered whole.
    pub(super) fn finish_inflated<'a>(&mut self) -> Result<Option<Event<'a>>, Error> {
        if !self.assembly.is_empty() {
            return self.finish();
        }
        let event = match self.kind {
            MessageKind::Text => Event::Text(Cow::Borrowed("")),
            MessageKind::Binary => Event::Binary(Cow::Borrowed(&[])),
        };
        Ok(self.deliver_whole(event))
    }

    /// Takes a piece of an inflated message, to be passed on as a chunk.
    pub(super) fn push_inflated_chunk<'a>(
        &mut self,
        length: &mut u64,
        mut output: &[u8],
    ) -> Step<'a> {
        let mut error = self.count(length, &mut output).err().map(Error::from);
        let data = match self.kind {
            MessageKind::Binary => ChunkData::Binary(Cow::Owned(output.to_vec())),
            MessageKind::Text => {
                let (valid, is_valid) = validate(self.assembly.validator(), output);
                if !is_valid {
                    error = Some(Error::InvalidUtf8);
                }
                let mut text = String::with_capacity(4 + valid.text.len());
                text.extend(valid.completed);
                text.push_str(valid.text);
                ChunkData::Text(Cow::Owned(text))
            }
        };
        self.chunk(data, false, error)
    }

    /// Ends an inflated message that was passed on in chunks.
    pub(super) fn finish_chunks<'a>(&mut self) -> Step<'a> {
        self.push_chunk(&[], true)
    }

    /// Takes text of the legacy protocol.
    pub(super) fn push_text<'a>(
        &mut self,
        length: &mut u64,
        mut text: Cow<'a, str>,
        mut ends: bool,
    ) -> Step<'a> {
        let rest = self.rest(*length);
        let mut error = None;
        if text.len() as u64 > rest {
            error = Some(Limit::Message.into());
            text = cut(text, rest as usize);
            ends = false;
        }
        *length = match ends {
            true => 0,
            false => *length + text.len() as u64,
        };
        match self.delivery {
            Delivery::Messages => match self.push_whole_text(text, ends) {
                Ok(event) => Step { event, error },
                Err(error) => Step {
                    event: None,
                    error: Some(error),
                },
            },
            Delivery::Chunks => self.chunk(ChunkData::Text(text), ends, error),
        }
    }

    fn push_whole_text<'a>(
        &mut self,
        text: Cow<'a, str>,
        ends: bool,
    ) -> Result<Option<Event<'a>>, Error> {
        if ends && self.assembly.is_empty() {
            return Ok(self.deliver_whole(Event::Text(text)));
        }
        if !text.is_empty() {
            self.assembly.push_text(text.as_bytes(), self.max_message)?;
        }
        match ends {
            true => self.finish(),
            false => Ok(None),
        }
    }

    /// Whether more of the message in progress may be read straight to where it
    /// is put together.
    pub(super) const fn is_direct(&self) -> bool {
        !self.assembly.is_empty() && matches!(self.kind, MessageKind::Binary) && !self.compressed
    }

    /// Lends the place of the next bytes, of which no more than `most` are to
    /// come. `None` if there is no memory for them.
    pub(super) fn lend(&mut self, most: u64, in_last_frame: bool) -> Option<&mut [u8]> {
        let bound = self.bound(in_last_frame);
        let room = self.assembly.room_for(most, bound)?;
        self.lent = true;
        Some(room)
    }

    /// How many bytes were [lent](Self::lend) since the last ones came.
    pub(super) const fn lent(&self) -> usize {
        match self.lent {
            true => self.assembly.unused(),
            false => 0,
        }
    }

    /// Takes masked bytes at the start of what was [lent](Self::lend).
    pub(super) fn fill(&mut self, key: Option<MaskingKey>, length: usize) {
        self.lent = false;
        self.assembly.fill(key, length);
    }

    /// The input is used up, and no message is in progress.
    pub(super) fn rest_between_messages(&mut self) {
        self.keeps_spare = false;
        self.assembly.free_above(self.max_spare);
    }

    /// Keeps a buffer for the next message that is put together.
    pub(super) fn recycle(&mut self, buffer: Vec<u8>) {
        let most = match self.keeps_spare && self.max_spare > 0 {
            true => usize::try_from(self.max_message).unwrap_or(usize::MAX),
            false => self.max_spare,
        };
        if buffer.capacity() <= most {
            self.assembly.recycle(buffer);
        }
    }

    /// Frees what was kept of a message whose rest will not come.
    pub(super) fn forget(&mut self) {
        self.assembly = Assembly::new();
    }
}

/// What the next piece of a text has of whole code points, and whether it is
/// valid. If not, it has what comes before the fault.
fn validate<'a>(validator: &mut Utf8Validator, bytes: &'a [u8]) -> (Validated<'a>, bool) {
    let before = *validator;
    match validator.push(bytes) {
        Ok(valid) => (valid, true),
        Err(_) => (valid_start(before, bytes), false),
    }
}

#[cold]
fn valid_start(mut validator: Utf8Validator, bytes: &[u8]) -> Validated<'_> {
    let mut one_by_one = validator;
    let mut singles = bytes.chunks(1);
    let wrong = singles.position(|byte| one_by_one.push(byte).is_err());
    let start = &bytes[..wrong.unwrap_or(bytes.len())];
    validator.push(start).unwrap_or(Validated {
        completed: None,
        text: "",
    })
}

/// The part of a longer text that is not above `most` bytes.
fn cut(text: Cow<'_, str>, most: usize) -> Cow<'_, str> {
    let mut end = most;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[..end]),
        Cow::Owned(mut text) => {
            text.truncate(end);
            Cow::Owned(text)
        }
    }
}
