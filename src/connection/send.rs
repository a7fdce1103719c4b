use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;

#[cfg(feature = "deflate")]
use super::compressing::Compression;
use super::prepared::PreparedMessage;
use super::reply::{ControlPayload, Kind, Reply};
use super::state::{Outbound, State};
use super::undisclosed::Undisclosed;
use crate::frame::{
    CloseCode, ClosePayload, Header, MAX_CONTROL_PAYLOAD, MaskingKey, Opcode, ReservedBits,
    Utf8Validator,
};
use crate::seed::KeySource;
use crate::{Config, Error, MessageKind, Output, Role, SendError};

/// The sending half of a connection: messages in, bytes out.
///
/// [`Connection::split`](crate::Connection::split) makes it, for a task of its
/// own. Its methods are those of [`Connection`](crate::Connection) that send;
/// an error says that nothing was emitted and nothing has changed.
#[derive(Debug)]
pub struct Sender {
    outbound: Outbound,
    /// Of a client, which masks; a server has none.
    keys: Option<Box<KeySource>>,
    output_mark: usize,
    pong_after_close: bool,
    /// The kind of the message whose fragments are being sent.
    message: Option<MessageKind>,
    validator: Utf8Validator,
    waiting: Option<Box<Waiting>>,
    /// `None` where nothing is compressed.
    #[cfg(feature = "deflate")]
    pub(super) compression: Option<Box<Compression>>,
}

/// What has to be sent and found no room.
#[derive(Debug)]
enum Waiting {
    /// The newest; those before it need no answer (RFC 6455 §5.5.3).
    Pong(ControlPayload),
    /// A Close or an HTTP response as encoded, after which nothing is sent.
    Last(Undisclosed<Vec<u8>>),
}

impl Sender {
    pub(super) fn new(keys: Option<Box<KeySource>>, config: &Config) -> Self {
        Self {
            outbound: Outbound::Open,
            keys,
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
        if self.keys.is_some() {
            return Err(SendError::PreparedByClient);
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
    /// [`SendError::CloseCode`] for 1010 from a server,
    /// [`SendError::ControlTooLong`] for a longer reason,
    /// [`SendError::OutputFull`] where the frame does not fit.
    pub fn send_close(
        &mut self,
        code: CloseCode,
        reason: &str,
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        if code == CloseCode::MANDATORY_EXTENSION && self.keys.is_none() {
            return Err(SendError::CloseCode(code));
        }
        let mut buffer = [0; MAX_CONTROL_PAYLOAD];
        let payload = ClosePayload { code, reason }
            .encode(&mut buffer)
            .ok_or(SendError::ControlTooLong)?;
        self.write_close(payload, out)
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

    /// Sends what the receiving half found due. What finds no room in `out`
    /// waits for [`poll_transmit`](Self::poll_transmit), of several Pongs the
    /// newest.
    pub fn send_reply(&mut self, reply: &Reply, out: &mut impl Output) {
        match &reply.0 {
            Kind::Pong(payload) => self.reply_pong(payload.as_slice(), out),
            Kind::Echo(code) => self.reply_close(*code, out),
            Kind::Failure(error) => self.fail(*error, out),
        }
    }

    /// Writes replies that had to wait for room, as far as `out` has it, and
    /// says whether it wrote anything.
    /// [`Connection::receive`](crate::Connection::receive) does the same
    /// first.
    pub fn poll_transmit(&mut self, out: &mut impl Output) -> bool {
        let before = out.buffered();
        match self.waiting.take().map(|waiting| *waiting) {
            None => {}
            Some(Waiting::Pong(payload)) => self.reply_pong(payload.as_slice(), out),
            Some(Waiting::Last(bytes)) => self.write_last(&bytes.0, out),
        }
        out.buffered() > before
    }

    /// Whether replies wait for room in the output.
    pub const fn wants_write(&self) -> bool {
        self.waiting.is_some()
    }

    /// Whether a Close was sent and nothing can follow it.
    pub const fn is_closed(&self) -> bool {
        !matches!(self.outbound, Outbound::Open)
    }

    /// Which end this is.
    pub const fn role(&self) -> Role {
        match self.keys {
            Some(_) => Role::Client,
            None => Role::Server,
        }
    }

    pub(super) const fn outbound(&self) -> Outbound {
        self.outbound
    }

    /// Answers a Ping, now or once there is room.
    pub(super) fn reply_pong(&mut self, payload: &[u8], out: &mut impl Output) {
        if self.is_closed() && !self.pong_after_close {
            return;
        }
        if let Some(Waiting::Last(_)) = self.waiting.as_deref() {
            return;
        }
        let buffered = out.buffered();
        let full = buffered > 0 && buffered >= self.output_mark;
        if full || self.write_frame(Opcode::Pong, true, payload, out).is_err() {
            self.wait(Waiting::Pong(ControlPayload::new(payload)));
        } else if let Some(Waiting::Pong(_)) = self.waiting.as_deref() {
            // Older than the one just written.
            self.waiting = None;
        }
    }

    /// Answers the peer's Close with the same code.
    pub(super) fn reply_close(&mut self, code: Option<CloseCode>, out: &mut impl Output) {
        match code {
            Some(code) => self.write_final_close(&code.value().to_be_bytes(), out),
            None => self.write_final_close(&[], out),
        }
    }

    /// Says what the peer did wrong, as far as a Close frame can.
    pub(super) fn fail(&mut self, error: Error, out: &mut impl Output) {
        match error.close_code() {
            Some(code) => {
                let reason = error.to_string();
                let mut buffer = [0; MAX_CONTROL_PAYLOAD];
                let payload = ClosePayload {
                    code,
                    reason: &reason,
                };
                match payload.encode(&mut buffer) {
                    Some(payload) => self.write_final_close(payload, out),
                    None => self.write_final_close(&code.value().to_be_bytes(), out),
                }
            }
            None => self.close(),
        }
    }

    /// Nothing more is sent but what already waits to be the last.
    pub(super) fn close(&mut self) {
        if self.outbound == Outbound::Open {
            self.outbound = Outbound::Closed;
        }
        if let Some(Waiting::Pong(_)) = self.waiting.as_deref() {
            self.waiting = None;
        }
    }

    /// Nobody is left to send to.
    pub(super) fn abandon(&mut self) {
        if self.outbound == Outbound::Open || self.waiting.is_some() {
            self.outbound = Outbound::Lost;
        }
        self.waiting = None;
    }

    /// Sends `bytes` as the last ever, what finds no room as soon as there
    /// is.
    pub(super) fn write_last(&mut self, bytes: &[u8], out: &mut impl Output) {
        let (fits, rest) = bytes.split_at(bytes.len().min(out.available()));
        out.append(fits);
        self.close();
        if !rest.is_empty() {
            self.wait(Waiting::Last(Undisclosed(rest.to_vec())));
        }
    }

    /// Closes for good; where there is no room the Close waits.
    fn write_final_close(&mut self, payload: &[u8], out: &mut impl Output) {
        if self.is_closed() || self.write_close(payload, out).is_ok() {
            return self.close();
        }
        let mut frame = Vec::new();
        // Into a buffer that grows, which has room.
        if self.write_close(payload, &mut frame).is_ok() {
            self.write_last(&frame, out);
        }
    }

    fn write_close(&mut self, payload: &[u8], out: &mut impl Output) -> Result<(), SendError> {
        if self.is_closed() {
            return Ok(());
        }
        self.write_frame(Opcode::Close, true, payload, out)?;
        self.close();
        Ok(())
    }

    fn wait(&mut self, waiting: Waiting) {
        match &mut self.waiting {
            Some(slot) => **slot = waiting,
            None => self.waiting = Some(Box::new(waiting)),
        }
    }

    fn send_message(
        &mut self,
        opcode: Opcode,
        payload: &[u8],
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        self.check_message()?;
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

    const fn check_open(&self) -> Result<(), SendError> {
        match self.outbound {
            Outbound::Open => Ok(()),
            Outbound::Closed | Outbound::Lost => Err(SendError::WrongState(State::Closing)),
        }
    }

    fn check_message(&self) -> Result<(), SendError> {
        self.check_open()?;
        match self.message {
            None => Ok(()),
            Some(_) => Err(SendError::MessageUnderWay),
        }
    }

    #[cfg(feature = "deflate")]
    pub(super) fn send_uncompressed(
        &mut self,
        opcode: Opcode,
        payload: &[u8],
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        self.check_message()?;
        self.let_pong_pass(Header::MAX_ENCODED + payload.len(), out);
        self.write_frame(opcode, true, payload, out)
    }

    fn write_message_frame(
        &mut self,
        opcode: Opcode,
        is_final: bool,
        payload: &[u8],
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        #[cfg(feature = "deflate")]
        let length = self.most_compressed(payload.len());
        #[cfg(not(feature = "deflate"))]
        let length = payload.len();
        self.let_pong_pass(Header::MAX_ENCODED + length, out);
        #[cfg(feature = "deflate")]
        if self.write_compressed(opcode, is_final, payload, out)? {
            return Ok(());
        }
        self.write_frame(opcode, is_final, payload, out)
    }

    /// Writes a Pong that waits before the `needed` bytes of a message, where
    /// there is room for both (RFC 6455 §5.5.2: as soon as is practical).
    #[inline]
    fn let_pong_pass(&mut self, needed: usize, out: &mut impl Output) {
        if let Some(Waiting::Pong(payload)) = self.waiting.as_deref()
            && out.available() >= needed + Header::MAX_ENCODED + payload.as_slice().len()
        {
            self.poll_transmit(out);
        }
    }

    fn write_frame(
        &mut self,
        opcode: Opcode,
        is_final: bool,
        payload: &[u8],
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        self.write_frame_with(opcode, is_final, ReservedBits::NONE, payload, out)
    }

    #[inline]
    pub(super) fn write_frame_with(
        &mut self,
        opcode: Opcode,
        is_final: bool,
        reserved: ReservedBits,
        payload: &[u8],
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        // Of what can be wrong with a header, no slice is over 2⁶³ bytes and
        // no caller here fragments a control frame.
        let header = Header::new(opcode, is_final, payload.len() as u64)
            .map_err(|_| SendError::ControlTooLong)?
            .reserved(reserved);
        match &mut self.keys {
            None => {
                let header = header.encode();
                check_room(header.as_slice().len() + payload.len(), out)?;
                out.append(header.as_slice());
                out.append(payload);
            }
            Some(keys) => {
                check_room(header.masked_length() + payload.len(), out)?;
                // Drawn when the payload can no longer be chosen (§10.3).
                let key = keys.masking_key();
                out.append(header.masked(key).encode().as_slice());
                append_masked(key, payload, out);
            }
        }
        Ok(())
    }
}

pub(super) fn check_room(needed: usize, out: &impl Output) -> Result<(), SendError> {
    if needed > out.available() {
        return Err(SendError::OutputFull { needed });
    }
    Ok(())
}

/// Masks a payload into the output, in pieces small enough that what was just
/// appended is still in the cache when it is overwritten.
fn append_masked(key: MaskingKey, payload: &[u8], out: &mut impl Output) {
    // A multiple of four: each piece begins with the first byte of the key.
    const PIECE: usize = 8 << 10;
    for piece in payload.chunks(PIECE) {
        key.apply_copy(piece, out.extend_by(piece.len()));
    }
}
