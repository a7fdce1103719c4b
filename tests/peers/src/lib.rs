//! A connection of this crate on a socket of tokio, and what is said over it.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use websocket_proto::deflate::DeflateConfig;
use websocket_proto::handshake::{Acceptance, ClientRequest};
use websocket_proto::{CloseCode, Config, Connection, Event, Uri};

/// A message, text or binary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    Text(String),
    Binary(Vec<u8>),
}

/// The four parameters of permessage-deflate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameters {
    pub server_alone: bool,
    pub client_alone: bool,
    pub server_bits: Option<u8>,
    pub client_bits: Option<u8>,
}

impl Parameters {
    /// Every combination of them.
    pub fn all() -> impl Iterator<Item = Self> {
        let windows = || [None, Some(9), Some(10), Some(12), Some(14), Some(15)].into_iter();
        [false, true].into_iter().flat_map(move |server_alone| {
            [false, true].into_iter().flat_map(move |client_alone| {
                windows().flat_map(move |server_bits| {
                    windows().map(move |client_bits| Self {
                        server_alone,
                        client_alone,
                        server_bits,
                        client_bits,
                    })
                })
            })
        })
    }
}

/// Messages in an order that matters where the window is kept.
pub fn messages() -> Vec<Message> {
    let json = "{\"id\":12345,\"name\":\"value – ü\",\"list\":[1,2,3,4,5]},";
    let mut state = 1_u64;
    let mut noise = |size: usize| {
        let bytes = core::iter::repeat_with(|| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 56) as u8
        });
        Message::Binary(bytes.take(size).collect())
    };
    let [short, longer, long] = [200, 700, 40_000].map(&mut noise);
    let text = |text: &str, times: usize| Message::Text(text.repeat(times));
    vec![
        text("Hello", 1),
        text("Hello", 1),
        text("", 1),
        text(json, 20),
        text(json, 20),
        short.clone(),
        longer.clone(),
        short,
        longer,
        text(json, 3),
        long.clone(),
        long,
        text(json, 2000),
        Message::Binary(Vec::new()),
        text("x", 100_000),
        text("Hello", 1),
    ]
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// An end of this crate, and what its peer has brought.
pub struct End {
    stream: TcpStream,
    pub connection: Connection,
    out: Vec<u8>,
    received: Vec<Message>,
    /// Bytes read from the socket.
    pub read: usize,
}

impl End {
    fn new(stream: TcpStream, connection: Connection, out: Vec<u8>) -> Self {
        Self {
            stream,
            connection,
            out,
            received: Vec::new(),
            read: 0,
        }
    }

    /// A client whose handshake is through.
    pub async fn connect(stream: TcpStream, deflate: DeflateConfig) -> Result<Self, Failure> {
        let config = Config::new().deflate(deflate);
        let request = ClientRequest::new(&Uri::parse("ws://peer/")?);
        let mut out = Vec::new();
        let connection = Connection::client(config, &request, [9; 32].into(), &mut out)?;
        let mut end = Self::new(stream, connection, out);
        while end.connection.state() == websocket_proto::State::Connecting {
            end.turn().await?;
        }
        Ok(end)
    }

    /// Sends every message back until the peer closes.
    pub async fn echo(stream: TcpStream, deflate: DeflateConfig) -> Result<Self, Failure> {
        let connection = Connection::server(Config::new().deflate(deflate));
        let mut end = Self::new(stream, connection, Vec::new());
        while !end.connection.is_closed() && end.turn().await? {
            for message in core::mem::take(&mut end.received) {
                end.send(&message)?;
            }
        }
        Ok(end)
    }

    pub fn send(&mut self, message: &Message) -> Result<(), Failure> {
        match message {
            Message::Text(text) => self.connection.send_text(text, &mut self.out)?,
            Message::Binary(bytes) => self.connection.send_binary(bytes, &mut self.out)?,
        }
        Ok(())
    }

    pub async fn next(&mut self) -> Result<Message, Failure> {
        while self.received.is_empty() {
            if !self.turn().await? {
                return Err("the end of the stream".into());
            }
        }
        Ok(self.received.remove(0))
    }

    pub async fn close(mut self) -> Result<(), Failure> {
        self.connection
            .send_close(CloseCode::NORMAL, "", &mut self.out)?;
        while self.turn().await? {}
        self.connection.receive_eof()?;
        Ok(())
    }

    /// Writes what there is to write and takes one read; `false` at the end of
    /// the stream.
    async fn turn(&mut self) -> Result<bool, Failure> {
        self.stream.write_all(&self.out).await?;
        self.out.clear();
        let mut buffer = vec![0; 16 << 10];
        let length = self.stream.read(&mut buffer).await?;
        self.read += length;
        let mut input = &mut buffer[..length];
        let outcome = loop {
            match self.connection.receive(&mut input, &mut self.out) {
                Ok(Some(Event::Request(request))) => {
                    let acceptance = Acceptance::new();
                    self.connection
                        .accept(&request, &acceptance, &mut self.out)?;
                }
                Ok(Some(Event::Text(text))) => self.received.push(Message::Text(text.into())),
                Ok(Some(Event::Binary(bytes))) => {
                    self.received.push(Message::Binary(bytes.into()));
                }
                Ok(Some(_)) => {}
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        self.stream.write_all(&self.out).await?;
        self.out.clear();
        outcome?;
        Ok(length > 0)
    }
}
