mod assembly;
mod collector;
#[cfg(feature = "hixie76")]
mod hixie76;
#[cfg(not(feature = "hixie76"))]
#[path = "no_hixie76.rs"]
mod hixie76;
#[cfg(feature = "deflate")]
mod inflate;
#[cfg(not(feature = "deflate"))]
#[path = "no_inflate.rs"]
mod inflate;

use alloc::borrow::Cow;
use alloc::vec::Vec;

use collector::{Collector, Step};
use hixie76::{Legacy, Read};
use inflate::Inflate;

use super::state::Inbound;
#[cfg(feature = "deflate")]
use crate::deflate::Direction;
use crate::error::Limit;
use crate::event::{CloseFrame, Event};
#[cfg(feature = "deflate")]
use crate::frame::ReservedBits;
use crate::frame::{ClosePayload, Decoded, Decoder, Header, Opcode, from_utf8};
use crate::input::Input;
use crate::redacted::Redacted;
use crate::status::CloseStatus;
use crate::{Config, Error, Role};

/// The receiving half of a connection: bytes in, events out.
///
/// [`Connection::split`](crate::Connection::split) makes it, for a task of its
/// own. It emits nothing: what an event or an error obliges this end to send,
/// [`Reply`](crate::Reply) says, for the sending half to write.
///
/// ```
/// use websocket_proto::{Config, Connection, Input, Reply, frame::FrameError, handshake::Agreement};
///
/// let connection = Connection::upgraded_server(Config::new(), Agreement::default());
/// let Ok((mut receiver, mut sender)) = connection.split() else {
///     unreachable!("an open connection");
/// };
/// // A client has to mask its frames.
/// let mut read = *b"\x81\x05Hello";
/// let error = receiver.receive(&mut Input::new(&mut read)).unwrap_err();
/// assert_eq!(error, FrameError::Unmasked.into());
///
/// let mut out = Vec::new();
/// sender.send_reply(&Reply::to_error(error), &mut out);
/// assert!(out.starts_with(b"\x88") && out[2..4] == 1002_u16.to_be_bytes());
/// ```
#[derive(Debug)]
pub struct Receiver {
    decoder: Decoder,
    /// The fast path may be taken.
    is_fast: bool,
    /// The last input was not used up.
    has_unread: bool,
    inbound: Inbound,
    max_frame: u64,
    collector: Collector,
    /// The start of a control payload that the input cut.
    control: Redacted<Vec<u8>>,
    inflate: Inflate,
    legacy: Legacy,
}

/// For less a read of its own does not pay, in bytes.
const LEAST_DIRECT: u64 = 4 << 10;

/// The result of the fast path.
pub(super) enum Fast<'a> {
    Event(Event<'a>),
    /// The input is used up.
    NeedsInput,
    /// The slow path must look at it.
    Slow,
}

impl Receiver {
    pub(super) const fn new(role: Role, config: &Config) -> Self {
        let collector = Collector::new(config);
        Self {
            decoder: Decoder::new(role),
            is_fast: collector.takes_whole(),
            has_unread: false,
            inbound: Inbound::new(),
            max_frame: config.max_frame,
            collector,
            control: Redacted(Vec::new()),
            inflate: Inflate::OFF,
            legacy: Legacy::OFF,
        }
    }

    #[cfg(feature = "deflate")]
    pub(super) fn enable_deflate(&mut self, direction: Direction) {
        self.decoder.allow_on_messages(ReservedBits::RSV1);
        self.inflate = Inflate::new(direction);
    }

    #[cfg(feature = "hixie76")]
    pub(super) fn enable_hixie76(&mut self) {
        self.is_fast = false;
        self.legacy = Legacy::new(self.max_frame);
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
    pub fn receive<'a>(&mut self, input: &mut Input<'a>) -> Result<Option<Event<'a>>, Error> {
        self.check_input(input)?;
        match self.receive_fast(input) {
            Fast::Event(event) => Ok(Some(event)),
            Fast::NeedsInput => Ok(None),
            Fast::Slow => self.receive_slow(input),
        }
    }

    /// Checks that the input before this one was used up.
    #[inline]
    pub(super) const fn check_input(&self, input: &Input<'_>) -> Result<(), Error> {
        if self.has_unread && !input.is_begun() && self.inbound.is_open() {
            return Err(Error::UnreadInput);
        }
        Ok(())
    }

    /// An event comes out of `input`. Whether the caller must go on with it is
    /// not looked at: that would cost each message more than it is worth.
    #[inline]
    const fn go_on<'a>(&mut self, input: &mut Input<'_>, event: Event<'a>) -> Fast<'a> {
        self.has_unread = true;
        input.begin();
        Fast::Event(event)
    }

    /// Notes whether something would be lost if `input` were dropped now.
    #[inline]
    pub(super) const fn note(&mut self, input: &mut Input<'_>) {
        self.has_unread = input.is_unread();
        input.begin();
    }

    /// Fast path: a message that lies entirely in the input, or the next piece of
    /// a long one. Everything else, errors included, is left to the slow path.
    #[inline]
    pub(super) fn receive_fast<'a>(&mut self, input: &mut Input<'a>) -> Fast<'a> {
        if !self.is_fast {
            return Fast::Slow;
        }
        if let Some(text) = input.next_text() {
            return self.go_on(input, Event::Text(Cow::Borrowed(text)));
        }
        if !self.decoder.is_idle() {
            return self.receive_piece(input);
        }
        let limit = self.max_frame.min(self.collector.max_message());
        let role = self.decoder.role();
        if let Some(validity) = input.look_ahead(role, limit) {
            if let Err(error) = validity {
                self.inbound.defer(error.into());
            }
            return match input.next_text() {
                Some(text) => self.go_on(input, Event::Text(Cow::Borrowed(text))),
                None => Fast::Slow,
            };
        }
        match input.take_message(role, limit) {
            Some((Opcode::Text, payload)) => match from_utf8(payload) {
                Ok(text) => self.go_on(input, Event::Text(Cow::Borrowed(text))),
                Err(error) => {
                    self.fail(error.into());
                    Fast::Slow
                }
            },
            Some((_, payload)) => self.go_on(input, Event::Binary(Cow::Borrowed(payload))),
            None => Fast::Slow,
        }
    }

    fn receive_piece<'a>(&mut self, input: &mut Input<'a>) -> Fast<'a> {
        let rest = input.rest();
        if rest.is_empty() {
            self.has_unread = false;
            return Fast::NeedsInput;
        }
        if !self.is_assembled(rest.len()) {
            return Fast::Slow;
        }
        match self.assemble(rest) {
            Ok(None) if rest.is_empty() => {
                self.has_unread = false;
                Fast::NeedsInput
            }
            Ok(None) => Fast::Slow,
            Ok(Some(event)) => self.go_on(input, event),
            Err(error) => {
                self.fail(error);
                Fast::Slow
            }
        }
    }

    /// The whole of [`receive`](Self::receive), frame by frame.
    pub(super) fn receive_slow<'a>(
        &mut self,
        input: &mut Input<'a>,
    ) -> Result<Option<Event<'a>>, Error> {
        if !self.inbound.is_open() {
            input.discard();
            return self.inbound.error().map_or(Ok(None), Err);
        }
        match self.next(input) {
            Ok(event) => {
                self.note(input);
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
        if self.inbound.is_open() {
            self.collector.recycle(buffer.into());
        }
    }

    /// As [`Connection::payload_buffer`](crate::Connection::payload_buffer).
    pub fn payload_buffer(&mut self) -> Option<&mut [u8]> {
        let remaining = self.decoder.remaining();
        let is_direct = self.is_fast
            && remaining >= LEAST_DIRECT
            && !self.decoder.opcode().is_control()
            && self.collector.is_direct();
        // What comes with the last byte is not known before it is looked at.
        match is_direct {
            true => self.collector.lend(remaining - 1, self.decoder.is_final()),
            false => None,
        }
    }

    /// As [`Connection::receive_payload`](crate::Connection::receive_payload).
    pub fn receive_payload(&mut self, length: usize) {
        // The buffer is as long as it was when it was lent, whatever else has
        // happened since: only the bytes of the message change that.
        let most = self.decoder.remaining().saturating_sub(1);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let length = length.min(most).min(self.collector.lent());
        if self.has_lent() {
            let (key, _) = self.decoder.advance(length);
            self.collector.fill(key, length);
        }
    }

    /// Whether [`receive_payload`](Self::receive_payload) takes anything.
    pub(super) const fn has_lent(&self) -> bool {
        self.collector.lent() > 0
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
        self.is_fast = false;
        self.collector.forget();
        self.control = Redacted(Vec::new());
        self.inflate = Inflate::OFF;
        self.legacy = Legacy::OFF;
    }

    pub(super) const fn discard_data(&mut self) {
        self.is_fast = false;
        self.collector.discard();
    }

    /// Nothing more is received: the rest of the input goes, too.
    fn end<'a>(&mut self, input: &mut Input<'a>) {
        input.discard();
        self.forget();
    }

    fn next<'a>(&mut self, input: &mut Input<'a>) -> Result<Option<Event<'a>>, Error> {
        while let Some(text) = input.next_text() {
            if !self.collector.is_discarding() {
                return Ok(Some(Event::Text(Cow::Borrowed(text))));
            }
        }
        let input = input.rest();
        loop {
            self.inbound.deferred()?;
            let event = if self.inflate.has_unread() {
                let step = self.inflate.resume(&mut self.collector)?;
                self.settle(step)?
            } else if self.legacy.is_spoken() {
                match self.legacy.read(input, &mut self.collector)? {
                    Read::Text(step) => self.settle(step)?,
                    Read::Close => {
                        self.inbound.receive_close(CloseStatus::NoCode);
                        Some(Event::Close(None))
                    }
                    Read::NeedsInput => return Ok(None),
                }
            } else if self.is_assembled(input.len()) {
                let event = self.assemble(input)?;
                if event.is_none() && input.is_empty() {
                    return Ok(None);
                }
                event
            } else {
                let limit = self.piece_limit();
                match self.decoder.decode_up_to(input, limit)? {
                    Some(Decoded::Header(header)) => {
                        self.begin_frame(&header)?;
                        None
                    }
                    Some(Decoded::Payload { bytes, end }) => self.push(bytes, end)?,
                    None => {
                        self.rest();
                        return Ok(None);
                    }
                }
            };
            if event.is_some() {
                return Ok(event);
            }
        }
    }

    fn begin_frame(&mut self, header: &Header) -> Result<(), Error> {
        if header.opcode().is_control() {
            return Ok(());
        }
        if header.payload_length() > self.max_frame {
            return Err(Limit::Frame.into());
        }
        Ok(self.collector.begin_frame(header)?)
    }

    /// Takes the next unmasked piece of a payload.
    fn push<'a>(&mut self, bytes: &'a [u8], end: bool) -> Result<Option<Event<'a>>, Error> {
        let opcode = self.decoder.opcode();
        if opcode.is_control() {
            return self.control(opcode, bytes, end);
        }
        let ends = end && self.decoder.is_final();
        let step = match self.collector.is_compressed() {
            true => self.inflate.push(bytes, ends, &mut self.collector)?,
            false => self.collector.push(bytes, ends),
        };
        self.settle(step)
    }

    /// The input is used up.
    fn rest(&mut self) {
        let in_data = !self.decoder.opcode().is_control() && self.decoder.remaining() > 0;
        if !in_data && !self.decoder.is_in_message() {
            self.collector.rest_between_messages();
        }
    }

    /// Delivers the event of a step. An error that comes after it is deferred.
    fn settle<'a>(&mut self, step: Step<'a>) -> Result<Option<Event<'a>>, Error> {
        match (step.event, step.error) {
            (event, None) => Ok(event),
            (None, Some(error)) => Err(error),
            (event, Some(error)) => {
                self.inbound.defer(error);
                Ok(event)
            }
        }
    }

    #[inline]
    const fn is_assembled(&self, available: usize) -> bool {
        let decoder = &self.decoder;
        !decoder.opcode().is_control()
            && self
                .collector
                .is_assembled(decoder.is_final(), decoder.remaining(), available)
    }

    #[inline]
    fn assemble<'a>(&mut self, input: &mut &mut [u8]) -> Result<Option<Event<'a>>, Error> {
        let is_final = self.decoder.is_final();
        let Some((key, bytes, end)) = self.decoder.masked_payload(input, usize::MAX) else {
            return Ok(None);
        };
        self.collector
            .push_masked(key, bytes, is_final, end && is_final)
    }

    /// How many payload bytes to take at once.
    const fn piece_limit(&self) -> usize {
        if self.decoder.opcode().is_control() {
            usize::MAX
        } else if self.collector.is_compressed() {
            Inflate::piece_limit(self.collector.delivery())
        } else {
            self.collector.piece_limit()
        }
    }

    fn control<'a>(
        &mut self,
        opcode: Opcode,
        bytes: &'a [u8],
        end: bool,
    ) -> Result<Option<Event<'a>>, Error> {
        let Redacted(control) = &mut self.control;
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
