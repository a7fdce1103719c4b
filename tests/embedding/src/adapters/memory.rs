//! No IO at all: what one connection has written is moved to the other, whose
//! read buffer it is.

use std::io;
use std::mem;
use std::ops::Range;
use std::thread;
use std::time::Duration;

use websocket_proto::handshake::{Agreement, ClientRequest};
use websocket_proto::{Config, Connection, Input, Seed, State};

use super::{LINGER_TIME, end, send, take_opening};
use crate::adapter::{Adapter, Decide, Session, Transport};
use crate::transport::Wire;
use crate::{End, Failure, Message};

/// An open connection.
#[derive(Debug)]
pub struct WebSocket {
    wire: Wire,
    connection: Connection,
    /// As the peer has written it.
    buffer: Vec<u8>,
    unread: Range<usize>,
    out: Vec<u8>,
    peak: usize,
    closed: bool,
}

impl WebSocket {
    fn open(
        wire: Wire,
        connection: Connection,
        out: Vec<u8>,
        decide: Decide,
    ) -> Result<Self, Failure> {
        let mut socket = Self {
            wire,
            connection,
            buffer: Vec::new(),
            unread: 0..0,
            out,
            peak: 0,
            closed: false,
        };
        socket.hand_over()?;
        while socket.connection.state() == State::Connecting {
            socket.take()?;
            let mut input = Input::one_by_one(&mut socket.buffer[socket.unread.clone()]);
            let outcome = take_opening(&mut socket.connection, &mut input, &mut socket.out, decide);
            socket.unread.start = socket.unread.end - input.len();
            socket.hand_over()?;
            if outcome.is_err() {
                socket.close();
                outcome?;
            }
        }
        Ok(socket)
    }

    fn next(&mut self) -> Result<Option<Message>, Failure> {
        while !self.closed {
            let mut input = Input::one_by_one(&mut self.buffer[self.unread.clone()]);
            let outcome = self.connection.receive(&mut input, &mut self.out);
            self.unread.start = self.unread.end - input.len();
            match outcome {
                Ok(Some(event)) => match Message::new(event) {
                    Some(message) => return Ok(Some(message)),
                    None => continue,
                },
                Ok(None) => {}
                Err(error) => {
                    let _ = self.hand_over();
                    self.close();
                    return Err(error.into());
                }
            }
            // Where this fails, the other direction tells the end.
            let _ = self.hand_over();
            if self.connection.is_closed() {
                self.close();
                return Ok(None);
            }
            self.take()?;
        }
        Ok(None)
    }

    fn take(&mut self) -> Result<(), Failure> {
        self.buffer = self.wire.take_next()?;
        self.unread = 0..self.buffer.len();
        if self.buffer.is_empty() {
            self.closed = true;
            self.connection.receive_eof()?;
        }
        Ok(())
    }

    fn hand_over(&mut self) -> io::Result<()> {
        self.peak = self.peak.max(self.out.len());
        match self.out.is_empty() {
            true => Ok(()),
            false => self.wire.give(mem::take(&mut self.out)),
        }
    }

    fn close(&mut self) {
        self.closed = true;
        let _ = self.wire.shutdown_write();
        let _ = self.wire.set_read_timeout(Some(LINGER_TIME));
        while self.wire.take_next().is_ok_and(|buffer| !buffer.is_empty()) {}
    }
}

impl Session for WebSocket {
    async fn send(&mut self, message: Message) -> Result<(), Failure> {
        send(&mut self.connection, &message, &mut self.out)?;
        Ok(self.hand_over()?)
    }

    async fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.hand_over()?)
    }

    async fn receive(&mut self) -> Option<Result<Message, Failure>> {
        self.next().transpose()
    }

    fn end(&self) -> Option<End> {
        end(&self.connection)
    }

    fn agreement(&self) -> Agreement {
        self.connection.agreement().cloned().unwrap_or_default()
    }

    fn peak(&self) -> usize {
        self.peak
    }
}

/// The adapter.
#[derive(Debug)]
pub struct Memory;

impl Adapter for Memory {
    const NAME: &'static str = "memory";
    type Transport = Wire;
    type Session = WebSocket;

    fn run<T>(task: impl Future<Output = T>) -> T {
        ::smol::future::block_on(task)
    }

    async fn sleep(time: Duration) {
        thread::sleep(time);
    }

    async fn connect(
        wire: Wire,
        config: Config,
        request: &ClientRequest,
    ) -> Result<WebSocket, Failure> {
        let mut out = Vec::new();
        // The same in each run.
        let seed = Seed::from([7; 32]);
        let connection = Connection::client(config, request, seed, &mut out)?;
        WebSocket::open(wire, connection, out, |_| unreachable!("a client"))
    }

    async fn accept(wire: Wire, config: Config, decide: Decide) -> Result<WebSocket, Failure> {
        WebSocket::open(wire, Connection::server(config), Vec::new(), decide)
    }
}
