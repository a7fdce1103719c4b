use alloc::borrow::Cow;
#[cfg(any(feature = "deflate", feature = "hixie76"))]
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::assembly::Assembly;
#[cfg(feature = "hixie76")]
use super::hixie76::Frames;
#[cfg(feature = "deflate")]
use super::inflating::Inflation;
use super::state::{CloseStatus, Inbound};
use super::undisclosed::Undisclosed;
use crate::error::Limit;
use crate::frame::{ClosePayload, Decoded, Decoder, Header, Opcode, Utf8Validator, from_utf8};
use crate::{
    CloseFrame, Config, Delivery, Error, Event, Fragment, FragmentData, MessageKind, Role,
};

/// The receiving half of a connection: bytes in, events out.
///
/// [`Connection::split`](crate::Connection::split) makes it, for a task of its
/// own. It emits nothing: what an event or an error obliges this end to send,
/// [`Reply`](crate::Reply) says, for the sending half to write.
#[derive(Debug)]
pub struct Receiver {
    pub(super) decoder: Decoder,
    /// The longest message that is taken by the short way, `None` where none
    /// is.
    pub(super) short_way: Option<u16>,
    pub(super) inbound: Inbound,
    pub(super) max_frame: u64,
    pub(super) max_message: u64,
    max_fragments: u32,
    max_spare: usize,
    pub(super) delivery: Delivery,
    /// Data is dropped, as this end is closing and its caller wants no more.
    pub(super) discard: bool,
    frame: Frame,
    pub(super) message: Message,
    pub(super) assembly: Assembly,
    /// The start of a control payload that the input cut.
    control: Undisclosed<Vec<u8>>,
    /// Of the text that is delivered in pieces.
    pub(super) validator: Utf8Validator,
    /// `None` where permessage-deflate was not agreed.
    #[cfg(feature = "deflate")]
    pub(super) inflation: Option<Box<Inflation>>,
    /// `None` unless the legacy protocol is spoken.
    #[cfg(feature = "hixie76")]
    pub(super) hixie76: Option<Box<Frames>>,
}

/// The frame whose payload is being received.
#[derive(Debug, Clone, Copy)]
enum Frame {
    Data { last: bool },
    Control(Opcode),
}

/// The message under way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message {
    pub(super) kind: MessageKind,
    /// It is compressed (RFC 7692 §6).
    pub(super) compressed: bool,
    /// A piece of it has been delivered.
    pub(super) begun: bool,
    pub(super) fragments: u32,
    /// What its headers so far announce in all, in bytes.
    announced: u64,
}

impl Receiver {
    pub(super) const fn new(role: Role, config: &Config) -> Self {
        Self {
            decoder: Decoder::new(role),
            short_way: short_way(config),
            inbound: Inbound::new(),
            max_frame: config.max_frame,
            max_message: config.max_message,
            max_fragments: config.max_fragments,
            max_spare: config.max_spare,
            delivery: config.delivery,
            discard: false,
            frame: Frame::Data { last: true },
            message: Message {
                kind: MessageKind::Binary,
                compressed: false,
                begun: false,
                fragments: 0,
                announced: 0,
            },
            assembly: Assembly::new(),
            control: Undisclosed(Vec::new()),
            validator: Utf8Validator::new(),
            #[cfg(feature = "deflate")]
            inflation: None,
            #[cfg(feature = "hixie76")]
            hixie76: None,
        }
    }

    /// Takes the next event from the front of `input`; `None` means that
    /// `input` is used up. Payloads are unmasked in place.
    ///
    /// After the peer's Close all input is discarded
    /// ([RFC 6455 §1.4](https://www.rfc-editor.org/rfc/rfc6455#section-1.4)).
    ///
    /// # Errors
    ///
    /// What the peer did wrong, on every call from then on; the input is
    /// discarded. [`Reply::to_error`](crate::Reply::to_error) has the Close
    /// that is due.
    #[inline]
    pub fn receive<'a>(&mut self, input: &mut &'a mut [u8]) -> Result<Option<Event<'a>>, Error> {
        match self.receive_whole(input) {
            Some(received) => received.map(Some),
            None => self.receive_any(input),
        }
    }

    /// A message that lies in the input whole, by the short way; `None` for
    /// everything else, which [`receive_any`](Self::receive_any) takes.
    #[inline]
    pub(super) fn receive_whole<'a>(
        &mut self,
        input: &mut &'a mut [u8],
    ) -> Option<Result<Event<'a>, Error>> {
        let (opcode, payload) = self.decoder.whole_message(input, self.short_way?)?;
        let event = match opcode {
            Opcode::Text => match from_utf8(payload) {
                Ok(text) => Event::Text(Cow::Borrowed(text)),
                Err(error) => return Some(Err(self.fail_receiving(error.into(), input))),
            },
            _ => Event::Binary(Cow::Borrowed(payload)),
        };
        Some(Ok(event))
    }

    pub(super) fn receive_any<'a>(
        &mut self,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Event<'a>>, Error> {
        if !self.inbound.is_open() {
            *input = &mut [];
            return self.inbound.error().map_or(Ok(None), Err);
        }
        match self.next(input) {
            Ok(event) => {
                if matches!(event, Some(Event::Close(_))) {
                    self.end(input);
                }
                Ok(event)
            }
            Err(error) => Err(self.fail_receiving(error, input)),
        }
    }

    #[cold]
    fn fail_receiving(&mut self, error: Error, input: &mut &mut [u8]) -> Error {
        self.inbound.fail(error);
        self.end(input);
        error
    }

    /// Tells that the peer's transport has ended, cleanly or not. No event
    /// follows.
    ///
    /// # Errors
    ///
    /// [`Error::UnexpectedEof`] where no Close came before it, or the error
    /// that ended the connection earlier.
    pub fn receive_eof(&mut self) -> Result<(), Error> {
        self.forget();
        self.inbound.end()
    }

    /// Gives back the buffer of an owned message, to be used for the next one
    /// that has to be put together. Buffers above
    /// [`Config::max_spare`](crate::Config::max_spare) are freed.
    pub fn recycle(&mut self, buffer: impl Into<Vec<u8>>) {
        let buffer = buffer.into();
        if buffer.capacity() <= self.max_spare && self.inbound.is_open() {
            self.assembly.recycle(buffer);
        }
    }

    /// How the peer closed, `None` while it has not.
    pub const fn close_status(&self) -> Option<CloseStatus> {
        match (self.inbound.close(), self.inbound.is_open()) {
            (None, false) => Some(CloseStatus::Abnormal),
            (status, _) => status,
        }
    }

    pub(super) const fn inbound(&self) -> &Inbound {
        &self.inbound
    }

    /// The connection fails for a reason that no byte gave.
    pub(super) fn fail(&mut self, error: Error) {
        self.inbound.fail(error);
        self.forget();
    }

    /// Nothing more is received, and that is no error.
    pub(super) fn abandon(&mut self) {
        self.inbound.abandon();
        self.forget();
    }

    /// Frees what was kept for the rest that will not come.
    fn forget(&mut self) {
        self.short_way = None;
        self.assembly = Assembly::new();
        self.control = Undisclosed(Vec::new());
        #[cfg(feature = "deflate")]
        {
            self.inflation = None;
        }
        #[cfg(feature = "hixie76")]
        {
            self.hixie76 = None;
        }
    }

    pub(super) const fn discard_data(&mut self) {
        self.short_way = None;
        self.discard = true;
    }

    /// Nothing more is received: the rest of the input goes, too.
    fn end(&mut self, input: &mut &mut [u8]) {
        *input = &mut [];
        self.forget();
    }

    fn next<'a>(&mut self, input: &mut &'a mut [u8]) -> Result<Option<Event<'a>>, Error> {
        #[cfg(feature = "hixie76")]
        if self.hixie76.is_some() {
            return self.next_hixie76(input);
        }
        loop {
            #[cfg(feature = "deflate")]
            while let Some(event) = self.inflate_waiting()? {
                if !self.discard {
                    return Ok(Some(event));
                }
            }
            let limit = self.piece_limit();
            let event = match self.decoder.decode_up_to(input, limit)? {
                None => return Ok(None),
                Some(Decoded::Header(header)) => {
                    self.begin(&header)?;
                    None
                }
                Some(Decoded::Payload { bytes, end }) => match self.frame {
                    Frame::Control(opcode) => self.control(opcode, bytes, end)?,
                    Frame::Data { last } => {
                        let event = match self.delivery {
                            #[cfg(feature = "deflate")]
                            _ if self.message.compressed => self.inflate(bytes, end && last)?,
                            Delivery::Messages => self.message(bytes, end && last)?,
                            Delivery::Fragments => self.fragment(bytes, end && last)?,
                        };
                        event.filter(|_| !self.discard)
                    }
                },
            };
            if event.is_some() {
                return Ok(event);
            }
        }
    }

    /// How many payload bytes to take at once.
    const fn piece_limit(&self) -> usize {
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
    fn begin(&mut self, header: &Header) -> Result<(), Error> {
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
            self.message = Message {
                kind,
                // No other bit passes the decoder.
                compressed: !header.reserved_bits().is_empty(),
                begun: false,
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

    fn message<'a>(&mut self, bytes: &'a [u8], last: bool) -> Result<Option<Event<'a>>, Error> {
        let kind = self.message.kind;
        if last && self.assembly.is_empty() {
            return Ok(Some(match kind {
                MessageKind::Text => Event::Text(Cow::Borrowed(
                    from_utf8(bytes)?,
                )),
                MessageKind::Binary => Event::Binary(Cow::Borrowed(bytes)),
            }));
        }
        if !bytes.is_empty() {
            // Only the last frame's header tells how long the message will be.
            let bound = match self.frame {
                Frame::Data { last: true } => self.message.announced,
                _ => self.max_message,
            };
            self.assembly.push(kind, bytes, bound)?;
        }
        if !last {
            return Ok(None);
        }
        Ok(Some(self.assembly.finish()?))
    }

    fn fragment<'a>(&mut self, bytes: &'a [u8], last: bool) -> Result<Option<Event<'a>>, Error> {
        let data = match self.message.kind {
            MessageKind::Binary => FragmentData::Binary(Cow::Borrowed(bytes)),
            MessageKind::Text => {
                let valid = self.validator.push(bytes)?;
                if last {
                    self.validator.finish()?;
                }
                FragmentData::Text(match valid.completed {
                    // `text` is empty then: no more than what completes the
                    // code point was taken.
                    Some(completed) => Cow::Owned(String::from(completed)),
                    None => Cow::Borrowed(valid.text),
                })
            }
        };
        if data.as_bytes().is_empty() && !last {
            return Ok(None);
        }
        Ok(Some(self.piece(data, last)))
    }

    pub(super) const fn piece<'a>(&mut self, data: FragmentData<'a>, last: bool) -> Event<'a> {
        let first = !core::mem::replace(&mut self.message.begun, true);
        Event::Fragment(Fragment { data, first, last })
    }

    fn control<'a>(
        &mut self,
        opcode: Opcode,
        bytes: &'a [u8],
        end: bool,
    ) -> Result<Option<Event<'a>>, Error> {
        let Undisclosed(control) = &mut self.control;
        if !(end && control.is_empty()) {
            control.extend_from_slice(bytes);
            if !end {
                return Ok(None);
            }
        }
        let payload: Cow<'a, [u8]> = if control.is_empty() {
            Cow::Borrowed(bytes)
        } else {
            Cow::Owned(core::mem::take(control))
        };
        Ok(Some(match opcode {
            Opcode::Ping => Event::Ping(payload),
            Opcode::Pong => Event::Pong(payload),
            _ => self.close(payload)?,
        }))
    }

    fn close<'a>(&mut self, payload: Cow<'a, [u8]>) -> Result<Event<'a>, Error> {
        let frame = match payload {
            Cow::Borrowed(bytes) => ClosePayload::parse(bytes)?.map(CloseFrame::from),
            Cow::Owned(bytes) => {
                ClosePayload::parse(&bytes)?.map(|payload| CloseFrame::from(payload).into_owned())
            }
        };
        self.inbound.receive_close(match &frame {
            Some(frame) => CloseStatus::Code(frame.code),
            None => CloseStatus::NoCode,
        });
        Ok(Event::Close(frame))
    }
}

/// No limit is exceeded below it.
const fn short_way(config: &Config) -> Option<u16> {
    let limit = match config.max_frame < config.max_message {
        true => config.max_frame,
        false => config.max_message,
    };
    match config.delivery {
        Delivery::Messages if config.max_fragments > 0 => Some(match limit {
            0..=0xFFFF => limit as u16,
            _ => u16::MAX,
        }),
        _ => None,
    }
}
