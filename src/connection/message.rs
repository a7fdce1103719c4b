//! Messages, received: whole, put together, or piece by piece.

use alloc::borrow::Cow;
use alloc::string::String;
use core::ops::ControlFlow;

use super::receive::Receiver;
use crate::error::Limit;
use crate::frame::{Header, Opcode, Utf8Validator, Validated, from_utf8};
use crate::input::INSIDE;
use crate::{Config, Delivery, Error, Event, Fragment, FragmentData, Input, MessageKind};

/// The frame whose payload is being received.
#[derive(Debug, Clone, Copy)]
pub(super) enum Frame {
    Data { last: bool },
    Control(Opcode),
}

/// The message under way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message {
    pub(super) kind: MessageKind,
    /// It is compressed (RFC 7692 §6).
    pub(super) compressed: bool,
    /// A piece of it has been delivered. Of one that was put together: it has,
    /// and since then the input was not used up.
    pub(super) delivered: bool,
    /// There is a buffer for more of it in the caller's hands.
    pub(super) lent: bool,
    pub(super) fragments: u32,
    /// What its headers so far announce in all, in bytes.
    pub(super) announced: u64,
}

/// What the next piece of a text has of whole code points. Where something in it
/// is wrong, that is what comes before, and the validator is
/// [broken](Utf8Validator::BROKEN).
pub(super) fn validate<'a>(validator: &mut Utf8Validator, bytes: &'a [u8]) -> Validated<'a> {
    let before = *validator;
    validator.push(bytes).unwrap_or_else(|_| {
        *validator = Utf8Validator::BROKEN;
        valid_start(before, bytes)
    })
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

/// Whether [`Receiver::receive_short`] may take a message: where it is not to
/// come in pieces, and where one frame is not one too many.
pub(super) const fn has_short_way(config: &Config) -> bool {
    matches!(config.delivery, Delivery::Messages) && config.max_fragments > 0
}

impl Receiver {
    /// What [`receive`](Self::receive) gives, where that is a message that lies
    /// in the input whole, or a piece in the midst of one; to all else, and to
    /// what fails, belongs the long way.
    #[inline]
    pub(super) fn receive_short<'a>(
        &mut self,
        input: &mut impl Input<'a>,
    ) -> ControlFlow<Option<Event<'a>>> {
        if !self.short_way {
            return ControlFlow::Continue(());
        }
        if let Some(text) = input.next_text(INSIDE) {
            return ControlFlow::Break(Some(Event::Text(Cow::Borrowed(text))));
        }
        if !self.decoder.is_idle() {
            return self.receive_piece(input.rest(INSIDE));
        }
        let limit = self.max_frame.min(self.max_message);
        if input.look_ahead(&self.decoder, limit, INSIDE) {
            return match input.next_text(INSIDE) {
                Some(text) => ControlFlow::Break(Some(Event::Text(Cow::Borrowed(text)))),
                None => ControlFlow::Continue(()),
            };
        }
        let event = match self.decoder.whole_message(input.rest(INSIDE), limit) {
            Some((Opcode::Text, payload)) => match from_utf8(payload) {
                Ok(text) => Event::Text(Cow::Borrowed(text)),
                Err(error) => {
                    self.fail(error.into());
                    return ControlFlow::Continue(());
                }
            },
            Some((_, payload)) => Event::Binary(Cow::Borrowed(payload)),
            None => return ControlFlow::Continue(()),
        };
        ControlFlow::Break(Some(event))
    }

    fn receive_piece<'a>(&mut self, input: &mut &'a mut [u8]) -> ControlFlow<Option<Event<'a>>> {
        if input.is_empty() {
            return ControlFlow::Break(None);
        }
        if !self.is_assembled(input.len()) {
            return ControlFlow::Continue(());
        }
        match self.assemble(input) {
            Ok(event) if event.is_some() || input.is_empty() => ControlFlow::Break(event),
            Ok(_) => ControlFlow::Continue(()),
            Err(error) => {
                self.fail(error);
                ControlFlow::Continue(())
            }
        }
    }

    /// How many payload bytes to take at once.
    pub(super) const fn piece_limit(&self) -> usize {
        match self.frame {
            Frame::Control(_) => usize::MAX,
            #[cfg(feature = "deflate")]
            Frame::Data { .. } if self.message.compressed => match self.delivery {
                Delivery::Messages => usize::MAX,
                Delivery::Fragments => super::inflating::PIECE,
            },
            // A code point that a read cut is completed on its own, for the
            // rest to be borrowed.
            Frame::Data { .. } => match self.validator.missing() {
                0 => usize::MAX,
                missing => missing,
            },
        }
    }

    /// Holds a frame against the limits before any of its payload is taken.
    pub(super) fn begin(&mut self, header: &Header) -> Result<(), Error> {
        let opcode = header.opcode();
        let length = header.payload_length();
        let kind = match opcode {
            Opcode::Text => Some(MessageKind::Text),
            Opcode::Binary => Some(MessageKind::Binary),
            Opcode::Continuation => None,
            Opcode::Close | Opcode::Ping | Opcode::Pong => {
                self.frame = Frame::Control(opcode);
                return Ok(());
            }
        };
        self.frame = Frame::Data {
            last: header.is_final(),
        };
        if let Some(kind) = kind {
            // A large spare is not for what may be a small message, of which
            // somebody may keep many.
            let most = match header.is_final() {
                true => usize::try_from(length.saturating_mul(8)).unwrap_or(usize::MAX),
                false => 0,
            };
            self.assembly.free_above(most.max(self.max_spare));
            self.message = Message {
                kind,
                // No other bit passes the decoder.
                compressed: !header.reserved_bits().is_empty(),
                delivered: false,
                lent: false,
                fragments: 0,
                announced: 0,
            };
        }
        if length > self.max_frame {
            return Err(Limit::Frame.into());
        }
        // Each summand is below 2⁶³, as the sum so far passed this before.
        self.message.announced = self.message.announced.saturating_add(length);
        self.message.fragments = self.message.fragments.saturating_add(1);
        let max_message = match self.message.compressed {
            #[cfg(feature = "deflate")]
            true => self.max_compressed(),
            _ => self.max_message,
        };
        if self.message.announced > max_message {
            return Err(Limit::Message.into());
        }
        if self.message.fragments > self.max_fragments {
            return Err(Limit::Fragments.into());
        }
        Ok(())
    }

    /// Whether what comes next is a piece of a message that has to be put
    /// together, as it does not lie in the input whole.
    #[inline]
    pub(super) const fn is_assembled(&self, available: usize) -> bool {
        let Frame::Data { last } = self.frame else {
            return false;
        };
        let remaining = self.decoder.remaining();
        remaining > 0
            && matches!(self.delivery, Delivery::Messages)
            && !self.message.compressed
            && !(last && self.assembly.is_empty() && remaining <= available as u64)
    }

    /// Takes such a piece, and gives the message with the last one.
    #[inline]
    pub(super) fn assemble<'a>(
        &mut self,
        input: &mut &mut [u8],
    ) -> Result<Option<Event<'a>>, Error> {
        let Some((key, bytes, end)) = self.decoder.masked_payload(input, usize::MAX) else {
            return Ok(None);
        };
        let bound = self.bound();
        self.message.lent = false;
        match self.message.kind {
            MessageKind::Binary => self.assembly.push_binary(key, bytes, bound),
            MessageKind::Text => self.assembly.push_masked_text(key, bytes, bound)?,
        }
        match self.frame {
            Frame::Data { last: true } if end => {
                self.message.delivered = !self.discard;
                Ok(Some(self.assembly.finish()?))
            }
            _ => Ok(None),
        }
    }

    /// The most that the message under way can still become, in bytes.
    pub(super) const fn bound(&self) -> u64 {
        match self.frame {
            // Only the last frame's header tells how long it will be.
            Frame::Data { last: true } => self.message.announced,
            _ => self.max_message,
        }
    }

    /// Takes the payload of a frame that is [not assembled](Self::is_assembled):
    /// a whole message, or nothing.
    pub(super) fn message<'a>(
        &mut self,
        bytes: &'a [u8],
        last: bool,
    ) -> Result<Option<Event<'a>>, Error> {
        Ok(match (last, self.message.kind) {
            (false, _) => None,
            (true, _) if !self.assembly.is_empty() => Some(self.assembly.finish()?),
            (true, MessageKind::Text) => Some(Event::Text(Cow::Borrowed(from_utf8(bytes)?))),
            (true, MessageKind::Binary) => Some(Event::Binary(Cow::Borrowed(bytes))),
        })
    }

    pub(super) fn fragment<'a>(
        &mut self,
        bytes: &'a [u8],
        last: bool,
    ) -> Result<Option<Event<'a>>, Error> {
        let data = match self.message.kind {
            MessageKind::Binary => FragmentData::Binary(Cow::Borrowed(bytes)),
            MessageKind::Text => {
                let valid = validate(&mut self.validator, bytes);
                if last && self.validator.finish().is_err() {
                    self.validator = Utf8Validator::BROKEN;
                }
                FragmentData::Text(match valid.completed {
                    // `text` is empty then: no more than what completes the
                    // code point was taken.
                    Some(completed) => Cow::Owned(String::from(completed)),
                    None => Cow::Borrowed(valid.text),
                })
            }
        };
        let last = last && !self.validator.is_broken();
        if data.as_bytes().is_empty() && !last {
            return Ok(None);
        }
        Ok(Some(self.piece(data, last)))
    }

    pub(super) const fn piece<'a>(&mut self, data: FragmentData<'a>, last: bool) -> Event<'a> {
        let first = !core::mem::replace(&mut self.message.delivered, true);
        Event::Fragment(Fragment { data, first, last })
    }
}
