use alloc::borrow::Cow;
#[cfg(any(feature = "deflate", feature = "hixie76"))]
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::ControlFlow;

use super::assembly::Assembly;
#[cfg(feature = "hixie76")]
use super::hixie76::Frames;
#[cfg(feature = "deflate")]
use super::inflating::Inflation;
use super::message::{Frame, Message, has_short_way};
use super::state::{CloseStatus, Inbound};
use crate::frame::{ClosePayload, Decoded, Decoder, Opcode, Utf8Validator};
use crate::input::INSIDE;
use crate::undisclosed::Undisclosed;
use crate::{CloseFrame, Config, Delivery, Error, Event, Input, MessageKind, Role};

/// The receiving half of a connection: bytes in, events out.
///
/// [`Connection::split`](crate::Connection::split) makes it, for a task of its
/// own. It emits nothing: what an event or an error obliges this end to send,
/// [`Reply`](crate::Reply) says, for the sending half to write.
///
/// ```
/// use websocket_proto::{Config, Connection, Reply, frame::FrameError, handshake::Agreement};
///
/// let connection = Connection::upgraded_server(Config::new(), Agreement::default());
/// let Ok((mut receiver, mut sender)) = connection.split() else {
///     unreachable!("an open connection");
/// };
/// // A client has to mask its frames.
/// let error = receiver.receive(&mut &mut b"\x81\x05Hello".to_owned()[..]).unwrap_err();
/// assert_eq!(error, FrameError::Unmasked.into());
///
/// let mut out = Vec::new();
/// sender.send_reply(&Reply::to_error(error), &mut out);
/// assert!(out.starts_with(b"\x88") && out[2..4] == 1002_u16.to_be_bytes());
/// ```
#[derive(Debug)]
pub struct Receiver {
    pub(super) decoder: Decoder,
    /// Messages are taken by the short way, where there is one.
    pub(super) short_way: bool,
    pub(super) inbound: Inbound,
    pub(super) max_frame: u64,
    pub(super) max_message: u64,
    pub(super) max_fragments: u32,
    pub(super) max_spare: usize,
    pub(super) delivery: Delivery,
    /// Data is dropped, as this end is closing and its caller wants no more.
    pub(super) discard: bool,
    pub(super) frame: Frame,
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

impl Receiver {
    pub(super) const fn new(role: Role, config: &Config) -> Self {
        Self {
            decoder: Decoder::new(role),
            short_way: has_short_way(config),
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
                delivered: false,
                lent: false,
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
    pub fn receive<'a>(&mut self, input: &mut impl Input<'a>) -> Result<Option<Event<'a>>, Error> {
        match self.receive_short(input) {
            ControlFlow::Break(event) => Ok(event),
            ControlFlow::Continue(()) => self.receive_any(input),
        }
    }

    /// As [`receive`](Self::receive), but by the long way.
    pub(super) fn receive_any<'a>(
        &mut self,
        input: &mut impl Input<'a>,
    ) -> Result<Option<Event<'a>>, Error> {
        if !self.inbound.is_open() {
            input.discard(INSIDE);
            return self.inbound.error().map_or(Ok(None), Err);
        }
        match self.next(input) {
            Ok(event) => {
                if matches!(event, Some(Event::Close(_))) {
                    self.end(input);
                }
                Ok(event)
            }
            Err(error) => {
                self.inbound.fail(error);
                self.end(input);
                Err(error)
            }
        }
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

    /// As [`Connection::recycle`](crate::Connection::recycle).
    pub fn recycle(&mut self, buffer: impl Into<Vec<u8>>) {
        let buffer = buffer.into();
        let more_follows = self.message.delivered && matches!(self.delivery, Delivery::Messages);
        let most = match more_follows && self.max_spare > 0 {
            true => usize::try_from(self.max_message).unwrap_or(usize::MAX),
            false => self.max_spare,
        };
        if buffer.capacity() <= most && self.inbound.is_open() {
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
        self.short_way = false;
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
        self.short_way = false;
        self.discard = true;
    }

    /// Nothing more is received: the rest of the input goes, too.
    fn end<'a>(&mut self, input: &mut impl Input<'a>) {
        input.discard(INSIDE);
        self.forget();
    }

    fn next<'a>(&mut self, input: &mut impl Input<'a>) -> Result<Option<Event<'a>>, Error> {
        while let Some(text) = input.next_text(INSIDE) {
            if !self.discard {
                return Ok(Some(Event::Text(Cow::Borrowed(text))));
            }
        }
        input.validity(INSIDE)?;
        let input = input.rest(INSIDE);
        #[cfg(feature = "hixie76")]
        if self.hixie76.is_some() {
            return self.next_hixie76(input);
        }
        loop {
            // Where the piece before the error was the last event.
            if self.validator.is_broken() {
                return Err(Error::InvalidUtf8);
            }
            #[cfg(feature = "deflate")]
            while self.inflation.is_some()
                && let Some(event) = self.inflate_waiting()?
            {
                if !self.discard {
                    return Ok(Some(event));
                }
            }
            if self.is_assembled(input.len()) {
                let event = self.assemble(input)?.filter(|_| !self.discard);
                if event.is_some() || input.is_empty() {
                    return Ok(event);
                }
                continue;
            }
            let limit = self.piece_limit();
            let event = match self.decoder.decode_up_to(input, limit)? {
                None => {
                    let in_data = matches!(self.frame, Frame::Data { .. });
                    let in_payload = in_data && self.decoder.remaining() > 0;
                    if !in_payload && !self.decoder.is_in_message() {
                        self.message.delivered = false;
                        self.assembly.free_above(self.max_spare);
                    }
                    return Ok(None);
                }
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
                        let event = event.filter(|_| !self.discard);
                        if matches!(self.delivery, Delivery::Messages) {
                            self.message.delivered |= event.is_some();
                        }
                        event
                    }
                },
            };
            if event.is_some() {
                return Ok(event);
            }
        }
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
