use std::collections::VecDeque;

use websocket_proto::deflate::DeflateConfig;
use websocket_proto::handshake::{Acceptance, Agreement, ClientRequest};
use websocket_proto::{CloseCode, Config, Connection, Event, Input, Role, State, Uri};

use crate::messages::{LONG, REPEATED};
use crate::{Message, Parameters, is_fragmented, messages, pieces};

/// Why a conversation has ended early.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// An end of this crate, and how much went over the wire for each message.
pub struct End {
    role: Role,
    connection: Connection,
    out: Vec<u8>,
    received: VecDeque<Message>,
    sizes: Sizes,
}

/// Bytes on the wire, for each message in its order.
#[derive(Default)]
struct Sizes {
    received: Vec<usize>,
    sent: Vec<usize>,
    /// Read since the last message.
    pending: usize,
}

impl End {
    pub fn server(config: DeflateConfig) -> Self {
        let connection = Connection::server(Config::new().deflate(config));
        Self::new(Role::Server, connection, Vec::new())
    }

    /// A client, whose request waits in [`take`](Self::take).
    pub fn client(config: DeflateConfig) -> Result<Self, Failure> {
        let config = Config::new().deflate(config);
        let request = ClientRequest::new(&Uri::parse("ws://peer/")?);
        let mut out = Vec::new();
        let connection = Connection::client(config, &request, [9; 32].into(), &mut out)?;
        Ok(Self::new(Role::Client, connection, out))
    }

    fn new(role: Role, connection: Connection, out: Vec<u8>) -> Self {
        Self {
            role,
            connection,
            out,
            received: VecDeque::new(),
            sizes: Sizes::default(),
        }
    }

    /// Takes what the peer has written. A server accepts its request.
    pub fn receive(&mut self, bytes: &mut [u8]) -> Result<(), Failure> {
        self.sizes.pending += bytes.len();
        let mut input = Input::new(bytes);
        while let Some(event) = self.connection.receive(&mut input, &mut self.out)? {
            let message = match event {
                Event::Request(request) => {
                    let acceptance = Acceptance::new();
                    self.connection
                        .accept(&request, &acceptance, &mut self.out)?;
                    self.sizes.pending = 0;
                    continue;
                }
                Event::Open(_) => {
                    self.sizes.pending = 0;
                    continue;
                }
                Event::Text(text) => Message::Text(text.into_owned()),
                Event::Binary(bytes) => Message::Binary(bytes.into_owned()),
                Event::Close(_) => break,
                other => return Err(format!("{other:?}").into()),
            };
            self.received.push_back(message);
            let size = core::mem::take(&mut self.sizes.pending);
            self.sizes.received.push(size);
        }
        Ok(())
    }

    /// The next message that has arrived.
    pub fn take_message(&mut self) -> Option<Message> {
        self.received.pop_front()
    }

    /// Sends a message as its position among all demands.
    pub fn send(&mut self, message: &Message) -> Result<(), Failure> {
        let position = self.sizes.sent.len();
        let before = self.out.len();
        let out = &mut self.out;
        if is_fragmented(position) {
            let pieces = pieces(message.as_bytes());
            for (at, piece) in pieces.iter().enumerate() {
                let last = at + 1 == pieces.len();
                self.connection
                    .send_fragment(message.kind(), piece, last, out)?;
            }
        } else {
            match message {
                Message::Text(text) => self.connection.send_text(text, out)?,
                Message::Binary(bytes) => self.connection.send_binary(bytes, out)?,
            }
        }
        self.sizes.sent.push(self.out.len() - before);
        Ok(())
    }

    /// Sends back whatever has arrived.
    pub fn echo(&mut self) -> Result<(), Failure> {
        while let Some(message) = self.take_message() {
            self.send(&message)?;
        }
        Ok(())
    }

    pub fn close(&mut self) -> Result<(), Failure> {
        let out = &mut self.out;
        Ok(self.connection.send_close(CloseCode::NORMAL, "done", out)?)
    }

    /// What is to be written.
    pub fn take(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.out)
    }

    pub fn is_open(&self) -> bool {
        self.connection.state() == State::Open
    }

    /// Whether this end may close the transport.
    pub fn is_closed(&self) -> bool {
        self.connection.is_closed()
    }

    /// The end of the peer's stream.
    pub fn receive_eof(&mut self) -> Result<(), Failure> {
        Ok(self.connection.receive_eof()?)
    }

    /// What was agreed on, if the conversation has ended as it should and what
    /// went over the wire was compressed as agreed, in both directions.
    pub fn check(&self) -> Result<Parameters, Failure> {
        let agreed = self.connection.agreement().and_then(Agreement::deflate);
        let agreed = Parameters::from(agreed.ok_or("no agreement")?);
        let server = agreed.server_no_context_takeover;
        let client = agreed.client_no_context_takeover;
        let (outgoing, incoming) = match self.role {
            Role::Server => (server, client),
            Role::Client => (client, server),
        };
        check_sizes(&self.sizes.sent, outgoing).map_err(|error| format!("sent: {error}"))?;
        check_sizes(&self.sizes.received, incoming)
            .map_err(|error| format!("received: {error}"))?;
        match self.connection.was_clean() {
            true => Ok(agreed),
            false => Err("the end was not clean".into()),
        }
    }
}

/// What repeats a message is short if, and only if, the window is kept.
fn check_sizes(sizes: &[usize], no_context_takeover: bool) -> Result<(), String> {
    let script = messages();
    if sizes.len() != script.len() {
        return Err(format!("{} messages of {}", sizes.len(), script.len()));
    }
    if sizes[LONG] > script[LONG].as_bytes().len() / 2 {
        return Err(format!("{} bytes of a long message", sizes[LONG]));
    }
    let (repeated, length) = (sizes[REPEATED], script[REPEATED].as_bytes().len());
    match no_context_takeover {
        false if repeated > length / 4 => Err(format!("no takeover: {repeated} bytes")),
        true if repeated < length => Err(format!("takeover: {repeated} bytes")),
        _ => Ok(()),
    }
}
