//! The loop on this machine: over a socket, with whole messages put together
//! for the scenarios.

use std::io;
use std::mem;
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use embedded_io_adapters::futures_03::FromFutures;
use smol::{Async, Timer};
use websocket_proto::handshake::{Agreement, ClientRequest};
use websocket_proto::{
    Chunk, Config, Connection, Delivery, Event, FixedOutput, MessageKind, SendError, State,
};

use super::{Fault, Inlet, Outlet};
use crate::adapter::{Adapter, Decide, Session};
use crate::adapters::{LINGER_TIME, answer_opening, end, fresh_seed, send};
use crate::{End, Failure, Message};

/// As large as a device would have them.
const BUFFER: usize = 2048;

type Io = FromFutures<Async<TcpStream>>;

/// An open connection.
pub struct WebSocket {
    input: Inlet<'static, Io>,
    outlet: Outlet<'static, Io>,
    connection: Connection,
    /// The application wants messages whole.
    whole: bool,
    message: Vec<u8>,
    stream: TcpStream,
    closed: bool,
}

impl WebSocket {
    async fn open(
        stream: TcpStream,
        config: Config,
        request: Option<&ClientRequest>,
        decide: Decide,
    ) -> Result<Self, Failure> {
        let whole = config == config.delivery(Delivery::Messages);
        let config = config.delivery(Delivery::Chunks);
        // As a device lends them from its statics, for ever.
        let buffer = Box::leak(Box::new([0; BUFFER]));
        let mut out = FixedOutput::new(Box::leak(Box::new([0; BUFFER])));
        let connection = match request {
            None => Connection::server(config),
            Some(request) => {
                let seed = fresh_seed()?;
                Connection::client(config, request, seed, &mut out)?
            }
        };
        let wrap = |stream: &TcpStream| Async::new(stream.try_clone()?).map(FromFutures::new);
        let mut socket = Self {
            input: Inlet::new(wrap(&stream)?, buffer),
            outlet: Outlet::new(wrap(&stream)?, out),
            connection,
            whole,
            message: Vec::new(),
            stream,
            closed: false,
        };
        while socket.connection.state() == State::Connecting {
            let Self {
                input,
                outlet,
                connection,
                ..
            } = &mut socket;
            let outcome = match input.receive(connection, outlet).await {
                Ok(Some(event)) => answer_opening(connection, &event, &mut outlet.out, decide),
                Ok(None) => Ok(()),
                Err(fault) => Err(fault.into()),
            };
            outlet.transmit(connection).await?;
            if outcome.is_err() {
                socket.close().await;
                outcome?;
            }
        }
        Ok(socket)
    }

    async fn next(&mut self) -> Result<Option<Message>, Failure> {
        while !self.closed {
            let received = self.input.receive(&mut self.connection, &mut self.outlet);
            match received.await {
                Ok(Some(Event::Chunk(Chunk { data, last, .. }))) if self.whole => {
                    self.message.extend_from_slice(data.as_bytes());
                    if last {
                        let bytes = mem::take(&mut self.message);
                        return Ok(Some(match data.kind() {
                            // Each of its pieces was one.
                            MessageKind::Text => {
                                Message::Text(String::from_utf8(bytes).expect("a text"))
                            }
                            MessageKind::Binary => Message::Binary(bytes),
                        }));
                    }
                }
                Ok(Some(event)) => {
                    if let Some(message) = Message::new(event) {
                        return Ok(Some(message));
                    }
                }
                Ok(None) if !self.connection.is_closed() => {}
                Ok(None) => self.close().await,
                Err(fault) => {
                    self.close().await;
                    return Err(fault.into());
                }
            }
        }
        Ok(None)
    }

    /// Closes the transport without cutting off what was written last.
    async fn close(&mut self) {
        self.closed = true;
        let _ = self.outlet.transmit(&mut self.connection).await;
        let _ = self.stream.shutdown(Shutdown::Write);
        let all = async {
            let mut discarded = [0; BUFFER];
            let reader = &mut self.input.reader;
            while !matches!(
                embedded_io_async::Read::read(reader, &mut discarded).await,
                Ok(0) | Err(_)
            ) {}
        };
        smol::future::or(all, async {
            Timer::after(LINGER_TIME).await;
        })
        .await;
    }
}

impl Session for WebSocket {
    async fn send(&mut self, message: Message) -> Result<(), Failure> {
        let Self {
            outlet, connection, ..
        } = self;
        let (kind, bytes, last) = match &message {
            Message::Text(text) => (MessageKind::Text, text.as_bytes(), true),
            Message::Binary(bytes) => (MessageKind::Binary, &bytes[..], true),
            Message::Fragment { kind, data, last } => (*kind, &data[..], *last),
            message => {
                // The largest control frame is far below the buffer.
                outlet.transmit(connection).await?;
                send(connection, message, &mut outlet.out)?;
                return Ok(outlet.transmit(connection).await?);
            }
        };
        outlet.send_piece(connection, kind, bytes, last).await?;
        Ok(outlet.transmit(connection).await?)
    }

    async fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.outlet.transmit(&mut self.connection).await?)
    }

    async fn receive(&mut self) -> Option<Result<Message, Failure>> {
        self.next().await.transpose()
    }

    fn end(&self) -> Option<End> {
        end(&self.connection)
    }

    fn agreement(&self) -> Agreement {
        self.connection.agreement().cloned().unwrap_or_default()
    }

    fn peak(&self) -> usize {
        BUFFER
    }
}

impl From<Fault<io::Error>> for Failure {
    fn from(fault: Fault<io::Error>) -> Self {
        match fault {
            Fault::Peer(error) => Self::Peer(error),
            Fault::Program(SendError::WrongState(_)) => Self::Ended,
            Fault::Program(error) => error.into(),
            Fault::Io(error) => Self::Io(error),
        }
    }
}

/// The adapter.
#[derive(Debug)]
pub struct Embedded;

impl Adapter for Embedded {
    const NAME: &'static str = "embedded";
    type Transport = TcpStream;
    type Session = WebSocket;

    fn lacks(scenario: &str) -> Option<&'static str> {
        (scenario == "deflate").then_some("the codec needs std and a window on the heap")
    }

    fn run<T>(task: impl Future<Output = T>) -> T {
        smol::block_on(task)
    }

    async fn sleep(time: Duration) {
        Timer::after(time).await;
    }

    async fn connect(
        stream: TcpStream,
        config: Config,
        request: &ClientRequest,
    ) -> Result<WebSocket, Failure> {
        WebSocket::open(stream, config, Some(request), |_| unreachable!("a client")).await
    }

    async fn accept(
        stream: TcpStream,
        config: Config,
        decide: Decide,
    ) -> Result<WebSocket, Failure> {
        WebSocket::open(stream, config, None, decide).await
    }
}
