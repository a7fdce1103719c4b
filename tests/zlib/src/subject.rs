//! A connection of this crate, and what came of it.

use std::borrow::Cow;

use websocket_proto::deflate::DeflateConfig;
use websocket_proto::handshake::Agreement;
use websocket_proto::{
    Config, Connection, Delivery, Error, Event, FixedOutput, Input, MessageKind, Output,
    PreparedMessage, Role, SendError,
};

/// What the two ends agreed on, what this one wants, and how it is used.
#[derive(Debug, Clone)]
pub struct Setting {
    pub role: Role,
    /// The element of `Sec-WebSocket-Extensions`.
    pub agreed: String,
    pub delivery: Delivery,
    pub max_message: Option<u64>,
    pub deflate: DeflateConfig,
    /// Reads are given as a [`Batch`].
    pub batch: bool,
    /// The buffers of messages are given back.
    pub recycle: bool,
}

/// Something to send.
#[derive(Debug, Clone)]
pub struct Send {
    pub is_text: bool,
    pub payload: Vec<u8>,
    pub how: How,
    /// The room of an output that is tried first, in bytes.
    pub room: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    Whole,
    Plain,
    Prepared,
    Fragment { last: bool },
}

/// A message that came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub is_text: bool,
    pub bytes: Vec<u8>,
}

/// A connection that is fed, and all that it did.
#[derive(Debug)]
pub struct Subject {
    /// `None` once it is dropped.
    connection: Option<Connection>,
    setting: Setting,
    pub received: Vec<Received>,
    pub pings: Vec<Vec<u8>>,
    /// The pieces of a message that has not ended.
    pub partial: Option<Received>,
    pub error: Option<Error>,
    /// The messages that were sent without an error.
    pub sent: Vec<Received>,
    unsent: Option<Received>,
    pub wire: Vec<u8>,
    /// A contradiction in what came out, whatever zlib says.
    pub contradiction: Option<String>,
}

impl Subject {
    pub fn open(setting: Setting) -> Self {
        let agreement = setting.agreed.parse().expect("an extension");
        let agreement = Agreement::new().with_extension(agreement);
        let mut config = Config::new()
            .delivery(setting.delivery)
            .deflate(setting.deflate);
        if let Some(limit) = setting.max_message {
            config = config.max_message(limit);
        }
        let connection = match setting.role {
            Role::Server => Connection::upgraded_server(config, agreement),
            Role::Client => Connection::upgraded_client(config, agreement, [3; 32].into()),
        };
        Self {
            connection: Some(connection),
            setting,
            received: Vec::new(),
            pings: Vec::new(),
            partial: None,
            error: None,
            sent: Vec::new(),
            unsent: None,
            wire: Vec::new(),
            contradiction: None,
        }
    }

    pub const fn is_alive(&self) -> bool {
        self.connection.is_some() && self.error.is_none()
    }

    /// Drops the connection, wherever it is.
    pub fn close(&mut self) {
        self.connection = None;
    }

    /// Receives some bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        let mut bytes = bytes.to_vec();
        let mut rest = &mut bytes[..];
        if let Some(connection) = &mut self.connection {
            while !rest.is_empty()
                && let Some(place) = connection.payload_buffer()
            {
                let length = place.len().min(rest.len());
                let (piece, after) = rest.split_at_mut(length);
                place[..length].copy_from_slice(piece);
                connection.receive_payload(length);
                rest = after;
            }
        }
        match self.setting.batch {
            true => self.receive(&mut Input::new(rest)),
            false => self.receive(&mut Input::one_by_one(rest)),
        }
    }

    fn receive(&mut self, input: &mut Input<'_>) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        loop {
            match connection.receive(input, &mut self.wire) {
                Ok(None) => break,
                Ok(Some(event)) => {
                    if let Some(buffer) = self.note(event)
                        && self.setting.recycle
                    {
                        connection.recycle(buffer);
                    }
                }
                Err(error) => {
                    self.error = Some(error);
                    break;
                }
            }
        }
        if self.error.is_none() && !input.is_empty() {
            self.contradict("input is left");
        }
        self.connection = Some(connection);
    }

    fn contradict(&mut self, what: &str) {
        self.contradiction.get_or_insert_with(|| what.to_owned());
    }

    /// Keeps what an event says; gives the buffer that it came in.
    fn note(&mut self, event: Event<'_>) -> Option<Vec<u8>> {
        let (received, buffer) = match event {
            Event::Text(text) => {
                let bytes = text.as_bytes().to_vec();
                let buffer = match text {
                    Cow::Owned(text) => Some(text.into_bytes()),
                    Cow::Borrowed(_) => None,
                };
                (
                    Received {
                        is_text: true,
                        bytes,
                    },
                    buffer,
                )
            }
            Event::Binary(bytes) => {
                let received = Received {
                    is_text: false,
                    bytes: bytes.to_vec(),
                };
                let buffer = match bytes {
                    Cow::Owned(bytes) => Some(bytes),
                    Cow::Borrowed(_) => None,
                };
                (received, buffer)
            }
            Event::Chunk(chunk) => {
                let is_text = chunk.data.kind() == MessageKind::Text;
                if chunk.first == self.partial.is_some() {
                    self.contradict("a wrong piece is said to be the first");
                }
                let partial = self.partial.get_or_insert(Received {
                    is_text,
                    bytes: Vec::new(),
                });
                let same_kind = partial.is_text == is_text;
                partial.bytes.extend(chunk.data.as_bytes());
                if !same_kind {
                    self.contradict("pieces of two kinds");
                }
                if chunk.last {
                    self.received.extend(self.partial.take());
                }
                return None;
            }
            Event::Ping(payload) => {
                self.pings.push(payload.into_owned());
                return None;
            }
            other => {
                self.contradict(&format!("an event that nobody sent: {other:?}"));
                return None;
            }
        };
        self.received.push(received);
        // Full of what no message says.
        let buffer = buffer.map(|mut buffer| {
            buffer.fill(0xa5);
            buffer
        });
        buffer.filter(|_| self.setting.recycle)
    }

    /// Sends a message or a piece of one, first to an output of so many bytes if
    /// that is given.
    pub fn send(&mut self, send: &Send) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        // What lacks room is sent again with enough of it.
        let mut is_sent = false;
        if let Some(room) = send.room {
            let mut memory = vec![0; room];
            let mut out = FixedOutput::new(&mut memory);
            let result = self.send_to(&mut connection, send, &mut out);
            is_sent = result.is_ok();
            let written = out.written();
            if is_sent {
                self.wire.extend(written);
            } else if !written.is_empty() {
                self.contradict("an error, and yet something is written");
            }
        }
        let mut result = Ok(());
        if !is_sent {
            let mut out = core::mem::take(&mut self.wire);
            result = self.send_to(&mut connection, send, &mut out);
            self.wire = out;
        }
        self.connection = Some(connection);
        if let Err(error) = result {
            if self.error.is_none() {
                self.contradict(&format!("cannot send: {error:?}"));
            }
            return;
        }
        let unsent = self.unsent.get_or_insert(Received {
            is_text: send.is_text,
            bytes: Vec::new(),
        });
        unsent.bytes.extend(&send.payload);
        if send.how != (How::Fragment { last: false }) {
            self.sent.extend(self.unsent.take());
        }
    }

    fn send_to(
        &self,
        connection: &mut Connection,
        send: &Send,
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        let bytes = &send.payload[..];
        let text = match send.is_text {
            true => str::from_utf8(bytes).ok(),
            false => None,
        };
        match (send.how, text) {
            (How::Whole, Some(text)) => connection.send_text(text, out),
            (How::Whole, None) => connection.send_binary(bytes, out),
            (How::Plain, Some(text)) => connection.send_text_uncompressed(text, out),
            (How::Plain, None) => connection.send_binary_uncompressed(bytes, out),
            (How::Prepared, text) => {
                let message = match text {
                    Some(text) => PreparedMessage::text(text),
                    None => PreparedMessage::binary(bytes),
                };
                connection.send_prepared(&message.compressed(&self.setting.deflate), out)
            }
            (How::Fragment { last }, _) => {
                let kind = match send.is_text {
                    true => MessageKind::Text,
                    false => MessageKind::Binary,
                };
                connection.send_fragment(kind, bytes, last, out)
            }
        }
    }
}
