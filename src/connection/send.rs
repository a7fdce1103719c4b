use alloc::boxed::Box;

#[cfg(feature = "deflate")]
use super::compressing::Compression;
#[cfg(feature = "hixie76")]
use super::hixie76;
use super::prepared::PreparedMessage;
use super::replying::Waiting;
use super::state::Outbound;
use super::writing::{Wire, check_room};
#[cfg(feature = "hixie76")]
use crate::error::Unsupported;
use crate::frame::{CloseCode, ClosePayload, MAX_CONTROL_PAYLOAD, Opcode, Utf8Validator};
use crate::status::State;
use crate::{Config, MessageKind, Output, Protocol, Role, SendError};

/// The sending half of a connection: messages in, bytes out.
///
/// [`Connection::split`](crate::Connection::split) makes it, for a task of its
/// own. Its methods are those of [`Connection`](crate::Connection) that send;
/// an error says that nothing was emitted and nothing has changed.
///
/// ```
/// use websocket_proto::frame::CloseCode;
/// use websocket_proto::handshake::Agreement;
/// use websocket_proto::{Config, Connection, SendError};
///
/// let connection = Connection::upgraded_server(Config::new(), Agreement::default());
/// let Ok((_receiver, mut sender)) = connection.split() else {
///     unreachable!("an open connection");
/// };
/// let mut out = Vec::new();
/// sender.send_text("Hello", &mut out)?;
/// sender.send_close(CloseCode::NORMAL, "", &mut out)?;
/// assert_eq!(out, b"\x81\x05Hello\x88\x02\x03\xe8");
/// assert!(matches!(sender.send_text("more", &mut out), Err(SendError::WrongState(_))));
/// # Ok::<(), SendError>(())
/// ```
#[derive(Debug)]
pub struct Sender {
    pub(super) outbound: Outbound,
    pub(super) wire: Wire,
    pub(super) output_mark: usize,
    pub(super) pong_after_close: bool,
    /// The kind of the message whose fragments are being sent.
    message: Option<MessageKind>,
    validator: Utf8Validator,
    pub(super) waiting: Option<Box<Waiting>>,
    /// `None` where nothing is compressed.
    #[cfg(feature = "deflate")]
    pub(super) compression: Option<Box<Compression>>,
}

impl Sender {
    pub(super) const fn new(wire: Wire, config: &Config) -> Self {
        Self {
            outbound: Outbound::Open,
            wire,
            output_mark: config.output_mark,
            pong_after_close: config.pong_after_close,
            message: None,
            validator: Utf8Validator::new(),
            waiting: None,
            #[cfg(feature = "deflate")]
            compression: None,
        }
    }

    /// Sends a text message in one frame.
    ///
    /// # Errors
    ///
    /// [`SendError::WrongState`] once a Close was sent,
    /// [`SendError::MessageUnderWay`] between the fragments of a message,
    /// [`SendError::OutputFull`] where the frame does not fit.
    #[inline]
    pub fn send_text(&mut self, text: &str, out: &mut impl Output) -> Result<(), SendError> {
        self.send_message(Opcode::Text, text.as_bytes(), out)
    }

    /// Sends a binary message in one frame.
    ///
    /// # Errors
    ///
    /// As [`send_text`](Self::send_text).
    #[inline]
    pub fn send_binary(&mut self, bytes: &[u8], out: &mut impl Output) -> Result<(), SendError> {
        self.send_message(Opcode::Binary, bytes, out)
    }

    /// Sends a message that was encoded beforehand.
    ///
    /// # Errors
    ///
    /// As [`send_text`](Self::send_text), and
    /// [`SendError::PreparedByClient`] from a client.
    pub fn send_prepared(
        &mut self,
        message: &PreparedMessage,
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        self.check_message()?;
        match self.wire {
            Wire::Server => {}
            Wire::Client(_) => return Err(SendError::PreparedByClient),
            #[cfg(feature = "hixie76")]
            Wire::Hixie76(_) => return hixie76::write_prepared(message, out),
        }
        #[cfg(feature = "deflate")]
        let bytes = match self.independent() {
            Some(direction) => message.for_window(direction.window_bits()),
            None => message.as_bytes(),
        };
        #[cfg(not(feature = "deflate"))]
        let bytes = message.as_bytes();
        check_room(bytes.len(), out)?;
        self.let_pong_pass(bytes.len(), out);
        out.append(bytes);
        Ok(())
    }

    /// Sends a piece of a message whose length need not be known beforehand,
    /// as one frame ([RFC 6455 §5.4]). Pieces of text may cut code points.
    ///
    /// # Errors
    ///
    /// As [`send_text`](Self::send_text), [`SendError::OtherKind`] where the
    /// message under way is of another kind, and [`SendError::InvalidUtf8`]
    /// where the text is not UTF-8 or its last piece ends within a code
    /// point.
    ///
    /// [RFC 6455 §5.4]: https://www.rfc-editor.org/rfc/rfc6455#section-5.4
    pub fn send_fragment(
        &mut self,
        kind: MessageKind,
        bytes: &[u8],
        last: bool,
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        self.check_open()?;
        #[cfg(feature = "hixie76")]
        self.check_supported(Unsupported::Fragment)?;
        let opcode = match self.message {
            None => kind.opcode(),
            Some(begun) if begun == kind => Opcode::Continuation,
            Some(_) => return Err(SendError::OtherKind),
        };
        let mut validator = self.validator;
        if kind == MessageKind::Text {
            validator.push(bytes).map_err(|_| SendError::InvalidUtf8)?;
            if last {
                validator.finish().map_err(|_| SendError::InvalidUtf8)?;
            }
        }
        self.write_message_frame(opcode, last, bytes, out)?;
        self.validator = validator;
        self.message = (!last).then_some(kind);
        Ok(())
    }

    /// Sends a Ping with a payload of at most 125 bytes.
    ///
    /// # Errors
    ///
    /// [`SendError::WrongState`] once a Close was sent,
    /// [`SendError::ControlTooLong`] for a longer payload,
    /// [`SendError::OutputFull`] where the frame does not fit.
    pub fn send_ping(&mut self, payload: &[u8], out: &mut impl Output) -> Result<(), SendError> {
        self.send_control(Opcode::Ping, payload, out)
    }

    /// Sends a Pong with a payload of at most 125 bytes, asked for or not.
    ///
    /// # Errors
    ///
    /// As [`send_ping`](Self::send_ping).
    pub fn send_pong(&mut self, payload: &[u8], out: &mut impl Output) -> Result<(), SendError> {
        self.send_control(Opcode::Pong, payload, out)
    }

    /// Sends a Close with a code and a reason of at most 123 bytes: the start
    /// of the closing handshake, or its answer where replies are not
    /// automatic. Does nothing where a Close was sent before.
    ///
    /// # Errors
    ///
    /// [`SendError::CloseCode`] for 1010 from a server and
    /// [`SendError::ControlTooLong`] for a longer reason, in any state;
    /// [`SendError::OutputFull`] where the frame does not fit.
    pub fn send_close(
        &mut self,
        code: CloseCode,
        reason: &str,
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        let mut buffer = [0; MAX_CONTROL_PAYLOAD];
        let payload = self.close_payload(code, reason, &mut buffer)?;
        #[cfg(feature = "hixie76")]
        if !self.is_closed() {
            self.check_supported(Unsupported::CloseCode)?;
        }
        self.write_close(payload, out)
    }

    /// What a Close carries, where it may.
    pub(super) fn close_payload<'a>(
        &self,
        code: CloseCode,
        reason: &str,
        buffer: &'a mut [u8; MAX_CONTROL_PAYLOAD],
    ) -> Result<&'a [u8], SendError> {
        if code == CloseCode::MANDATORY_EXTENSION && self.role() == Role::Server {
            return Err(SendError::CloseCode(code));
        }
        ClosePayload { code, reason }
            .encode(buffer)
            .ok_or(SendError::ControlTooLong)
    }

    /// Sends a Close without a code; otherwise as
    /// [`send_close`](Self::send_close).
    ///
    /// # Errors
    ///
    /// [`SendError::OutputFull`] where the frame does not fit.
    pub fn send_empty_close(&mut self, out: &mut impl Output) -> Result<(), SendError> {
        self.write_close(&[], out)
    }

    /// Whether no message can be sent any more: a Close was, or waits to be, or
    /// the transport is gone.
    pub const fn is_closed(&self) -> bool {
        !matches!(self.outbound, Outbound::Open)
    }

    /// Which end this is.
    pub const fn role(&self) -> Role {
        match self.wire {
            Wire::Server => Role::Server,
            Wire::Client(_) => Role::Client,
            #[cfg(feature = "hixie76")]
            Wire::Hixie76(role) => role,
        }
    }

    /// Which protocol the connection speaks.
    pub const fn protocol(&self) -> Protocol {
        match self.wire {
            Wire::Server | Wire::Client(_) => Protocol::Rfc6455,
            #[cfg(feature = "hixie76")]
            Wire::Hixie76(_) => Protocol::Hixie76,
        }
    }

    pub(super) const fn outbound(&self) -> Outbound {
        self.outbound
    }

    #[inline]
    fn send_message(
        &mut self,
        opcode: Opcode,
        payload: &[u8],
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        self.check_message()?;
        // Mostly nothing waits and nothing is compressed.
        #[cfg(feature = "deflate")]
        let is_plain = self.compression.is_none();
        #[cfg(not(feature = "deflate"))]
        let is_plain = true;
        if is_plain && self.waiting.is_none() {
            return self.write_message(opcode, payload, out);
        }
        self.write_message_frame(opcode, true, payload, out)
    }

    fn send_control(
        &mut self,
        opcode: Opcode,
        payload: &[u8],
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        self.check_open()?;
        self.write_frame(opcode, true, payload, out)
    }

    #[inline]
    const fn check_open(&self) -> Result<(), SendError> {
        match self.outbound {
            Outbound::Open => Ok(()),
            Outbound::Closed | Outbound::Lost => Err(SendError::WrongState(State::Closing)),
        }
    }

    #[inline]
    pub(super) fn check_message(&self) -> Result<(), SendError> {
        self.check_open()?;
        match self.message {
            None => Ok(()),
            Some(_) => Err(SendError::MessageUnderWay),
        }
    }
}
