//! shiguredo_websocket, sans-IO from the handshake on: what is read is handed
//! over, events and outputs are asked for.

use shiguredo_websocket::{
    ClientConnectionOptions, ConnectionEvent, ConnectionOutput, Error, PerMessageDeflateConfig,
    RandomSource, ServerConnectionOptions, Timestamp, WebSocketClientConnection,
    WebSocketServerConnection,
};
use websocket_proto::handshake::{accept_key, encode_key};

use crate::check::Check;
use crate::contestant::{
    Buffers, Contestant, ECHO_BATCH, Messages, Outcome, Role, Session, as_str, failure,
};
use crate::pipe::Pipe;
use crate::workload::REQUEST;

pub struct Library;

/// The longest frame and message, in bytes.
const LIMIT: usize = 64 << 20;

const NONCE: [u8; 16] = [7; 16];

struct Random;

impl RandomSource for Random {
    fn masking_key(&mut self) -> [u8; 4] {
        fastrand::u32(..).to_ne_bytes()
    }

    fn nonce(&mut self) -> [u8; 16] {
        NONCE
    }
}

type Client = WebSocketClientConnection<Random>;

/// What its two roles have in common, for which it has no trait.
trait Machine {
    fn feed(&mut self, bytes: &[u8]) -> Result<(), Error>;
    fn send_text(&mut self, text: &str) -> Result<(), Error>;
    fn send_binary(&mut self, bytes: &[u8]) -> Result<(), Error>;
    fn poll_event(&mut self) -> Option<ConnectionEvent>;
    fn poll_output(&mut self) -> Option<ConnectionOutput>;
}

macro_rules! machine {
    ($connection:ty, |$this:ident, $bytes:ident| $feed:expr) => {
        impl Machine for $connection {
            fn feed(&mut self, $bytes: &[u8]) -> Result<(), Error> {
                let $this = self;
                $feed
            }

            fn send_text(&mut self, text: &str) -> Result<(), Error> {
                self.send_text(text)
            }

            fn send_binary(&mut self, bytes: &[u8]) -> Result<(), Error> {
                self.send_binary(bytes)
            }

            fn poll_event(&mut self) -> Option<ConnectionEvent> {
                self.poll_event()
            }

            fn poll_output(&mut self) -> Option<ConnectionOutput> {
                self.poll_output()
            }
        }
    };
}

machine!(WebSocketServerConnection, |this, bytes| this
    .feed_recv_buf(bytes));
machine!(Client, |this, bytes| this
    .feed_recv_buf(bytes, Timestamp::from_millis(0)));

struct Open<M> {
    machine: M,
    pipe: Pipe,
    buffer: Vec<u8>,
    out: Vec<u8>,
}

impl<M: Machine> Open<M> {
    fn new(machine: M, pipe: Pipe, buffers: Buffers) -> Self {
        let read = match buffers {
            Buffers::Default => 8 << 10,
            Buffers::Large => 64 << 10,
        };
        let mut open = Self {
            machine,
            pipe,
            buffer: vec![0; read],
            out: Vec::new(),
        };
        // What the handshake has left.
        while open.machine.poll_event().is_some() {}
        while open.machine.poll_output().is_some() {}
        open
    }

    fn write(&mut self) {
        while let Some(output) = self.machine.poll_output() {
            if let ConnectionOutput::SendData(bytes) = output {
                self.out.extend_from_slice(&bytes);
            }
        }
        if !self.out.is_empty() {
            self.pipe.put(&self.out);
            self.out.clear();
        }
    }

    fn run(&mut self, count: usize, check: &mut Check, echo: bool) -> Outcome {
        let (mut received, mut waiting) = (0, 0);
        while received < count {
            let length = self.pipe.read_into(&mut self.buffer);
            if length == 0 {
                return Err("the end of the stream".into());
            }
            self.machine.feed(&self.buffer[..length]).map_err(failure)?;
            while let Some(event) = self.machine.poll_event() {
                match event {
                    ConnectionEvent::TextMessage(text) => {
                        check.message(text.as_bytes());
                        received += 1;
                        if echo {
                            self.machine.send_text(&text).map_err(failure)?;
                            waiting += 1;
                            if waiting % ECHO_BATCH == 0 {
                                self.write();
                            }
                        }
                    }
                    ConnectionEvent::BinaryMessage(bytes) => {
                        check.message(&bytes);
                        received += 1;
                    }
                    _ => {}
                }
            }
            self.write();
        }
        Ok(())
    }
}

fn server(deflate: Option<PerMessageDeflateConfig>) -> Option<WebSocketServerConnection> {
    let mut options = ServerConnectionOptions::new()
        .max_frame_size(LIMIT)
        .max_message_size(LIMIT)
        .max_decompressed_size(LIMIT);
    if let Some(deflate) = deflate {
        options = options.deflate(deflate);
    }
    let mut server = WebSocketServerConnection::new(options);
    server.feed_recv_buf(REQUEST).ok()?;
    server.accept_handshake_auto().ok()?;
    Some(server)
}

fn client() -> Option<Client> {
    let options = ClientConnectionOptions::new("peer", "/")
        .max_frame_size(LIMIT)
        .max_message_size(LIMIT);
    let mut client = WebSocketClientConnection::new(options, Random);
    client.connect().ok()?;
    let accept = accept_key(&encode_key(NONCE));
    let response = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {}\r\n\r\n",
        as_str(&accept)
    );
    client
        .feed_recv_buf(response.as_bytes(), Timestamp::from_millis(0))
        .ok()?;
    Some(client)
}

impl Contestant for Library {
    fn name(&self) -> &'static str {
        "shiguredo_websocket"
    }

    fn open(&self, role: Role, pipe: Pipe, buffers: Buffers) -> Option<Box<dyn Session>> {
        Some(match role {
            Role::Server => Box::new(Open::new(server(None)?, pipe, buffers)),
            Role::Client => Box::new(Open::new(client()?, pipe, buffers)),
        })
    }

    fn open_deflate(
        &self,
        pipe: Pipe,
        takeover: bool,
        buffers: Buffers,
    ) -> Option<Box<dyn Session>> {
        let mut deflate = PerMessageDeflateConfig::new();
        if !takeover {
            deflate = deflate
                .server_no_context_takeover()
                .client_no_context_takeover();
        }
        let server = server(Some(deflate))?;
        Some(Box::new(Open::new(server, pipe, buffers)))
    }

    fn handshake(&self, mut pipe: Pipe) -> Option<Outcome> {
        let mut server = WebSocketServerConnection::new(ServerConnectionOptions::new());
        let request = pipe.take(64 << 10);
        let outcome = server
            .feed_recv_buf(request)
            .and_then(|()| server.accept_handshake_auto());
        while let Some(output) = server.poll_output() {
            if let ConnectionOutput::SendData(bytes) = output {
                pipe.put(&bytes);
            }
        }
        Some(outcome.map_err(failure))
    }
}

impl<M: Machine> Session for Open<M> {
    fn receive(&mut self, count: usize, check: &mut Check) -> Outcome {
        self.run(count, check, false)
    }

    fn send(&mut self, messages: &Messages) -> Outcome {
        messages.each(|message, is_last| {
            match messages.text {
                true => self.machine.send_text(as_str(message)),
                false => self.machine.send_binary(message),
            }
            .map_err(failure)?;
            if is_last {
                self.write();
            }
            Ok(())
        })?;
        self.write();
        Ok(())
    }

    fn echo(&mut self, count: usize, check: &mut Check) -> Outcome {
        self.run(count, check, true)
    }
}
