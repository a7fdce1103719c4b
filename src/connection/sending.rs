use super::Connection;
use super::prepared::PreparedMessage;
use super::state::Outbound;
use crate::frame::{CloseCode, MAX_CONTROL_PAYLOAD};
use crate::status::State;
use crate::{MessageKind, Output, SendError};

/// Sending. An error says that nothing was emitted and nothing has changed.
///
/// Where the [protocol](Self::protocol) is the legacy one, texts and a Close
/// without a code are all that can be sent.
impl Connection {
    /// Sends a text message in one frame.
    ///
    /// # Errors
    ///
    /// [`SendError::WrongState`] where the connection is not open,
    /// [`SendError::MessageUnderWay`] between the fragments of a message,
    /// [`SendError::OutputFull`] where the frame does not fit.
    #[inline]
    pub fn send_text(&mut self, text: &str, out: &mut impl Output) -> Result<(), SendError> {
        self.check_open()?;
        self.sender.send_text(text, out)
    }

    /// Sends a binary message in one frame.
    ///
    /// # Errors
    ///
    /// As [`send_text`](Self::send_text).
    #[inline]
    pub fn send_binary(&mut self, bytes: &[u8], out: &mut impl Output) -> Result<(), SendError> {
        self.check_open()?;
        self.sender.send_binary(bytes, out)
    }

    /// Sends a text message without compressing it: for secrets that must not
    /// share a window with what an attacker chooses, as the length would tell
    /// of them (RFC 7692 §8), and for what does not compress.
    ///
    /// # Errors
    ///
    /// As [`send_text`](Self::send_text).
    #[cfg(feature = "deflate")]
    pub fn send_text_uncompressed(
        &mut self,
        text: &str,
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        self.check_open()?;
        self.sender.send_text_uncompressed(text, out)
    }

    /// Sends a binary message without compressing it.
    ///
    /// # Errors
    ///
    /// As [`send_binary`](Self::send_binary).
    #[cfg(feature = "deflate")]
    pub fn send_binary_uncompressed(
        &mut self,
        bytes: &[u8],
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        self.check_open()?;
        self.sender.send_binary_uncompressed(bytes, out)
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
        self.check_open()?;
        self.sender.send_prepared(message, out)
    }

    /// Sends a piece of a message whose length need not be known beforehand,
    /// as one frame ([RFC 6455 §5.4]). Pieces of text may cut code points; a
    /// message may end with an empty piece.
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
        self.sender.send_fragment(kind, bytes, last, out)
    }

    /// Sends a Ping with a payload of at most 125 bytes.
    ///
    /// # Errors
    ///
    /// [`SendError::WrongState`] where the connection is not open,
    /// [`SendError::ControlTooLong`] for a longer payload,
    /// [`SendError::OutputFull`] where the frame does not fit.
    pub fn send_ping(&mut self, payload: &[u8], out: &mut impl Output) -> Result<(), SendError> {
        self.check_open()?;
        self.sender.send_ping(payload, out)
    }

    /// Sends a Pong with a payload of at most 125 bytes, asked for or not.
    ///
    /// # Errors
    ///
    /// As [`send_ping`](Self::send_ping).
    pub fn send_pong(&mut self, payload: &[u8], out: &mut impl Output) -> Result<(), SendError> {
        self.check_open()?;
        self.sender.send_pong(payload, out)
    }

    /// Closes with a code and a reason of at most 123 bytes: starts the
    /// closing handshake, or answers the peer's Close where replies are not
    /// automatic.
    ///
    /// Within the opening handshake it ends the attempt and emits nothing;
    /// where the connection is closing or closed it does nothing
    /// ([WHATWG `close()`]).
    ///
    /// # Errors
    ///
    /// [`SendError::CloseCode`] for 1010 from a server and
    /// [`SendError::ControlTooLong`] for a longer reason, in any state;
    /// [`SendError::OutputFull`] where the frame does not fit.
    ///
    /// [WHATWG `close()`]: https://websockets.spec.whatwg.org/#dom-websocket-close
    pub fn send_close(
        &mut self,
        code: CloseCode,
        reason: &str,
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        let mut buffer = [0; MAX_CONTROL_PAYLOAD];
        self.sender.close_payload(code, reason, &mut buffer)?;
        if self.may_close() {
            self.sender.send_close(code, reason, out)?;
            self.note_close();
        }
        Ok(())
    }

    /// Closes without a code; otherwise as [`send_close`](Self::send_close).
    ///
    /// # Errors
    ///
    /// [`SendError::OutputFull`] where the frame does not fit.
    pub fn send_empty_close(&mut self, out: &mut impl Output) -> Result<(), SendError> {
        if self.may_close() {
            self.sender.send_empty_close(out)?;
            self.note_close();
        }
        Ok(())
    }

    /// Whether there is a Close to send; a handshake under way just ends.
    fn may_close(&mut self) -> bool {
        if self.state() == State::Connecting {
            self.abandon();
        }
        self.check_open().is_ok()
    }

    const fn note_close(&mut self) {
        if !self.deliver_while_closing {
            self.receiver.discard_data();
        }
    }

    /// Frames can be sent as long as this end has not closed, be the peer's
    /// Close there or not. Whatever else ends a connection closes this end, too.
    #[inline]
    fn check_open(&self) -> Result<(), SendError> {
        if self.opening.is_none() && matches!(self.sender.outbound(), Outbound::Open) {
            return Ok(());
        }
        Err(SendError::WrongState(self.state()))
    }
}
