//! The calls that send, each with what it has to return.

use websocket_proto::{
    CloseCode, Connection, MessageKind, Output, PreparedMessage, Role, SendError, State,
};

use super::super::reference::Frame;
use super::output::Bounded;
use super::peer::Peer;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) opcode: u8,
    pub(super) is_final: bool,
    pub(super) payload: Vec<u8>,
}

impl From<&Frame> for Sent {
    fn from(frame: &Frame) -> Self {
        Self {
            opcode: frame.opcode,
            is_final: frame.is_final,
            payload: frame.payload.clone(),
        }
    }
}

impl Sent {
    pub(super) const fn whole(opcode: u8, payload: Vec<u8>) -> Self {
        Self {
            opcode,
            is_final: true,
            payload,
        }
    }

    const fn wire_length(&self, role: Role) -> usize {
        let length = self.payload.len();
        let header = match length {
            0..126 => 2,
            126..65536 => 4,
            _ => 10,
        };
        let key = match role {
            Role::Client => 4,
            Role::Server => 0,
        };
        header + key + length
    }
}

impl Peer {
    pub(super) fn send_text(&mut self, length: u8) {
        let text: String = "aß€😀 ".chars().cycle().take(usize::from(length)).collect();
        let frame = Sent::whole(1, text.clone().into());
        let allowed = self.may_send_message();
        self.send(frame, allowed, |connection, out| {
            connection.send_text(&text, out)
        });
    }

    pub(super) fn send_binary(&mut self, length: usize) {
        let bytes: Vec<u8> = (0..length).map(|index| index as u8).collect();
        let frame = Sent::whole(2, bytes.clone());
        let allowed = self.may_send_message();
        self.send(frame, allowed, |connection, out| {
            connection.send_binary(&bytes, out)
        });
    }

    pub(super) fn send_prepared(&mut self, length: usize) {
        let payload = vec![b'p'; length];
        let message = PreparedMessage::binary(&payload);
        let allowed = self
            .may_send_message()
            .and_then(|()| match self.connection.role() {
                Role::Server => Ok(()),
                Role::Client => Err(SendError::PreparedByClient),
            });
        self.send(Sent::whole(2, payload), allowed, |connection, out| {
            connection.send_prepared(&message, out)
        });
    }

    fn may_send_message(&self) -> Result<(), SendError> {
        match self.message {
            None => Ok(()),
            Some(_) => Err(SendError::MessageUnderWay),
        }
    }

    pub(super) fn send_fragment(&mut self, kind: MessageKind, bytes: &[u8], last: bool) {
        let (begun, mut data) = self.message.clone().unwrap_or((kind, Vec::new()));
        data.extend_from_slice(bytes);
        let frame = Sent {
            opcode: match (&self.message, kind) {
                (Some(_), _) => 0,
                (None, MessageKind::Text) => 1,
                (None, MessageKind::Binary) => 2,
            },
            is_final: last,
            payload: bytes.to_vec(),
        };
        let allowed = if begun != kind {
            Err(SendError::OtherKind)
        } else if kind == MessageKind::Text && !is_text(&data, last) {
            Err(SendError::InvalidUtf8)
        } else {
            Ok(())
        };
        let sent = self.send(frame, allowed, |connection, out| {
            connection.send_fragment(kind, bytes, last, out)
        });
        if sent {
            self.message = (!last).then_some((kind, data));
        }
    }

    pub(super) fn send_ping(&mut self, length: usize) {
        let payload = vec![b'i'; length];
        self.send_control(9, payload.clone(), |connection, out| {
            connection.send_ping(&payload, out)
        });
    }

    pub(super) fn send_pong(&mut self, length: usize) {
        let payload = vec![b'o'; length];
        self.send_control(10, payload.clone(), |connection, out| {
            connection.send_pong(&payload, out)
        });
    }

    fn send_control(
        &mut self,
        opcode: u8,
        payload: Vec<u8>,
        call: impl FnOnce(&mut Connection, &mut Bounded) -> Result<(), SendError>,
    ) {
        let allowed = fits_control(payload.len());
        self.send(Sent::whole(opcode, payload), allowed, call);
    }

    pub(super) fn send_close(&mut self, code: u16, length: usize) {
        let Some(code) = CloseCode::new(code) else {
            return self.send_empty_close();
        };
        let reason = "r".repeat(length);
        let mut payload = code.value().to_be_bytes().to_vec();
        payload.extend_from_slice(reason.as_bytes());
        let role = self.connection.role();
        let allowed = if code == CloseCode::MANDATORY_EXTENSION && role == Role::Server {
            Err(SendError::CloseCode(code))
        } else {
            fits_control(payload.len())
        };
        self.close(payload, allowed, |connection, out| {
            connection.send_close(code, &reason, out)
        });
    }

    pub(super) fn send_empty_close(&mut self) {
        self.close(Vec::new(), Ok(()), Connection::send_empty_close);
    }

    fn close(
        &mut self,
        payload: Vec<u8>,
        allowed: Result<(), SendError>,
        call: impl FnOnce(&mut Connection, &mut Bounded) -> Result<(), SendError>,
    ) {
        if self.can_send() {
            self.send(Sent::whole(8, payload), allowed, call);
            return;
        }
        // Closing before there is a connection ends the attempt, and closing
        // again does nothing; what cannot be sent is an error all the same.
        let before = self.out.bytes.len();
        let state = self.connection.state();
        assert_eq!(call(&mut self.connection, &mut self.out), allowed);
        assert_eq!(
            self.out.bytes.len(),
            before,
            "output of a Close that is none"
        );
        if state == State::Connecting && allowed.is_ok() {
            self.request = None;
            assert_eq!(self.connection.state(), State::Closed);
        } else {
            assert_eq!(self.connection.state(), state);
        }
        self.check_state();
    }

    pub(super) const fn can_send(&self) -> bool {
        self.is_open && !self.close_sent && self.error.is_none() && !self.has_ended
    }

    /// Makes a call that sends `frame`, and says whether it did.
    fn send(
        &mut self,
        frame: Sent,
        allowed: Result<(), SendError>,
        call: impl FnOnce(&mut Connection, &mut Bounded) -> Result<(), SendError>,
    ) -> bool {
        let needed = frame.wire_length(self.connection.role());
        let state = self.connection.state();
        let waits = self.connection.wants_write();
        let before = self.out.bytes.len();
        let expected = if !self.can_send() {
            Err(SendError::WrongState(state))
        } else if allowed.is_err() {
            allowed
        } else if needed > self.out.available() {
            Err(SendError::OutputFull { needed })
        } else {
            Ok(())
        };
        let outcome = call(&mut self.connection, &mut self.out);
        assert_eq!(outcome, expected, "sending {frame:?}");
        let grown = self.out.bytes.len() - before;
        if outcome.is_ok() {
            // A Pong that waited may go first.
            let replies = before..before + grown - needed;
            assert!(replies.is_empty() || waits && !self.connection.wants_write());
            self.note_replies(replies);
            if frame.opcode == 8 {
                self.close_sent = true;
                self.has_called_close = true;
            }
            self.sent.push_back(frame);
        } else {
            assert_eq!(grown, 0, "output of a call that failed");
            assert_eq!(self.connection.state(), state);
            assert_eq!(self.connection.wants_write(), waits);
        }
        self.check_state();
        outcome.is_ok()
    }
}

const fn fits_control(length: usize) -> Result<(), SendError> {
    match length {
        ..=125 => Ok(()),
        _ => Err(SendError::ControlTooLong),
    }
}

/// Whether this is UTF-8, or the start of it.
fn is_text(bytes: &[u8], is_whole: bool) -> bool {
    match core::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => !is_whole && error.error_len().is_none(),
    }
}
