//! `tungstenite` under comparison.

use std::io::ErrorKind;

use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tungstenite::{Error, Message, WebSocket, error::ProtocolError};
use websocket_proto::Role;

use super::{Case, Failure, Seen, Trace};
use crate::pipe::Pipe;

pub struct Peer {
    socket: WebSocket<Pipe>,
    pub trace: Trace,
}

impl Peer {
    pub fn run(case: &Case) -> Self {
        let limit = |limit| Some(usize::try_from(limit).expect("limits are small"));
        let config = WebSocketConfig::default()
            .read_buffer_size(case.read_buffer)
            .write_buffer_size(0)
            .max_frame_size(limit(case.max_frame))
            .max_message_size(limit(case.max_message));
        let role = match case.role {
            Role::Server => tungstenite::protocol::Role::Server,
            Role::Client => tungstenite::protocol::Role::Client,
        };
        let pipe = Pipe::new(&case.stream, case.plan, case.blocks);
        let mut socket = WebSocket::from_raw_socket(pipe, role, Some(config));
        if case.closing {
            let frame = CloseFrame {
                code: CloseCode::Normal,
                reason: "".into(),
            };
            socket.close(Some(frame)).expect("the connection is open");
        }
        let trace = Trace {
            events: Vec::new(),
            failure: None,
            written: Vec::new(),
        };
        let mut peer = Self { socket, trace };
        peer.feed();
        peer
    }

    /// Gives more bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.socket.get_mut().push(bytes);
        self.feed();
    }

    /// Reads until there is nothing more, a Close came, or it fails.
    fn feed(&mut self) {
        loop {
            let before = self.socket.get_ref().taken();
            match self.socket.read() {
                Ok(message) => {
                    let seen = seen(message);
                    let is_close = matches!(seen, Seen::Close(_));
                    self.trace.events.push(seen);
                    if is_close {
                        // Writes the answer; a server's end is told by an error.
                        match self.socket.flush() {
                            Ok(()) | Err(Error::ConnectionClosed) => {}
                            Err(error) => panic!("after a Close: {error:?}"),
                        }
                        break;
                    }
                }
                Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => {
                    if self.socket.get_ref().is_drained() {
                        break;
                    }
                }
                Err(error) => {
                    self.trace.failure = Some(Failure {
                        code: code(&error),
                        window: (before, self.socket.get_ref().taken()),
                        error: Box::new(error),
                    });
                    break;
                }
            }
        }
        self.trace
            .written
            .clone_from(&self.socket.get_ref().written);
    }

    /// What reading on after the peer's Close gives: whether it is an error.
    pub fn fails_after_close(&mut self) -> bool {
        loop {
            match self.socket.read() {
                Ok(message) => panic!("after a Close: {message:?}"),
                Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => {
                    if self.socket.get_ref().is_drained() {
                        return false;
                    }
                }
                Err(Error::ConnectionClosed | Error::AlreadyClosed) => return false,
                Err(Error::Protocol(_) | Error::Capacity(_)) => return true,
                Err(error) => panic!("after a Close: {error:?}"),
            }
        }
    }

    /// Whether the end of the stream comes as expected.
    pub fn end(&mut self) -> bool {
        self.socket.get_mut().end();
        match self.socket.read() {
            Err(Error::ConnectionClosed | Error::AlreadyClosed) => true,
            Err(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => false,
            other => panic!("at the end of the stream: {other:?}"),
        }
    }
}

fn seen(message: Message) -> Seen {
    match message {
        Message::Text(text) => Seen::Text(text.as_bytes().to_vec()),
        Message::Binary(bytes) => Seen::Binary(bytes.to_vec()),
        Message::Ping(bytes) => Seen::Ping(bytes.to_vec()),
        Message::Pong(bytes) => Seen::Pong(bytes.to_vec()),
        Message::Close(frame) => {
            Seen::Close(frame.map(|frame| (frame.code.into(), frame.reason.to_string())))
        }
        Message::Frame(frame) => unreachable!("never read: {frame:?}"),
    }
}

/// The close code that the error stands for, which it leaves to its caller.
fn code(error: &Error) -> u16 {
    match error {
        Error::Protocol(_) => 1002,
        Error::Utf8(_) => 1007,
        Error::Capacity(_) => 1009,
        other => panic!("not a fault of the stream: {other:?}"),
    }
}
