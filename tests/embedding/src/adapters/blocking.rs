//! Blocking IO: the thread reads, or it writes. Over anything that is `Read` and
//! `Write`.
//!
//! While it waits to write it does not read, so that two such peers which send
//! more than the sockets hold, both at once, wait for each other.

use std::io::{self, ErrorKind};
use std::marker::PhantomData;
use std::ops::Range;
use std::thread;
use std::time::{Duration, Instant};

use websocket_proto::handshake::{Agreement, ClientRequest};
use websocket_proto::{Config, Connection, Input, State};

use super::{LINGER_TIME, READ_SIZE, end, fresh_seed, send, take_opening, with_deadlines};
use crate::adapter::{Adapter, Decide, Session, Transport};
use crate::{End, Failure, Message};

/// An open connection.
#[derive(Debug)]
pub struct WebSocket<T> {
    stream: T,
    connection: Connection,
    buffer: Vec<u8>,
    /// What of the buffer was read and not yet received.
    unread: Range<usize>,
    out: Vec<u8>,
    peak: usize,
    clock: Instant,
    /// The transport has been closed.
    closed: bool,
}

impl<T: Transport> WebSocket<T> {
    fn open(
        stream: T,
        connection: Connection,
        out: Vec<u8>,
        decide: Decide,
    ) -> Result<Self, Failure> {
        let mut socket = Self {
            stream,
            connection,
            buffer: vec![0; READ_SIZE],
            unread: 0..0,
            out,
            peak: 0,
            clock: Instant::now(),
            closed: false,
        };
        socket.write()?;
        while socket.connection.state() == State::Connecting {
            socket.read()?;
            let mut input = Input::one_by_one(&mut socket.buffer[socket.unread.clone()]);
            let outcome = take_opening(&mut socket.connection, &mut input, &mut socket.out, decide);
            socket.unread.start = socket.unread.end - input.len();
            let outcome = outcome.and_then(|()| socket.tell_time());
            // Written before the outcome is looked at: after an error `out`
            // holds the refusal that it deserves.
            socket.write()?;
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
                    let _ = self.write();
                    self.close();
                    return Err(error.into());
                }
            }
            let in_time = self.tell_time();
            // Where this fails, reading tells the end.
            let _ = self.write();
            if in_time.is_err() || self.connection.is_closed() {
                self.close();
                return in_time.map(|()| None);
            }
            self.read()?;
        }
        Ok(None)
    }

    /// Waits for bytes, or until something is due.
    fn read(&mut self) -> Result<(), Failure> {
        let wait = self.connection.poll_timeout();
        let wait = wait.map(|due| due.saturating_sub(self.clock.elapsed()));
        self.stream.set_read_timeout(wait)?;
        let length = match self.stream.read(&mut self.buffer) {
            Ok(length) => length,
            Err(error) => match error.kind() {
                ErrorKind::Interrupted | ErrorKind::WouldBlock | ErrorKind::TimedOut => {
                    return Ok(());
                }
                // A transport that breaks has ended.
                _ => 0,
            },
        };
        self.unread = 0..length;
        if length == 0 {
            self.closed = true;
            self.connection.receive_eof()?;
        }
        Ok(())
    }

    fn tell_time(&mut self) -> Result<(), Failure> {
        let now = self.clock.elapsed();
        Ok(self.connection.handle_timeout(now, &mut self.out)?)
    }

    fn write(&mut self) -> io::Result<()> {
        self.peak = self.peak.max(self.out.len());
        let written = self.stream.write_all(&self.out);
        self.out.clear();
        written
    }

    /// Closes the transport without cutting off what was written last: closing
    /// a socket while bytes wait to be read makes TCP reset the connection, and
    /// a reset discards what the peer has not read yet.
    fn close(&mut self) {
        self.closed = true;
        let end = Instant::now() + LINGER_TIME;
        let _ = self.stream.shutdown_write();
        while let Some(wait) = end.checked_duration_since(Instant::now()) {
            let _ = self.stream.set_read_timeout(Some(wait));
            match self.stream.read(&mut self.buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }
}

impl<T: Transport> Session for WebSocket<T> {
    async fn send(&mut self, message: Message) -> Result<(), Failure> {
        send(&mut self.connection, &message, &mut self.out)?;
        Ok(self.write()?)
    }

    async fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.write()?)
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
pub struct Blocking<T>(PhantomData<T>);

impl<T: Transport> Adapter for Blocking<T> {
    const NAME: &'static str = "blocking";
    type Transport = T;
    type Session = WebSocket<T>;

    fn run<O>(task: impl Future<Output = O>) -> O {
        ::smol::future::block_on(task)
    }

    async fn sleep(time: Duration) {
        thread::sleep(time);
    }

    async fn connect(
        stream: T,
        config: Config,
        request: &ClientRequest,
    ) -> Result<WebSocket<T>, Failure> {
        let mut out = Vec::new();
        let seed = fresh_seed()?;
        let connection = Connection::client(with_deadlines(config), request, seed, &mut out)?;
        WebSocket::open(stream, connection, out, |_| unreachable!("a client"))
    }

    async fn accept(stream: T, config: Config, decide: Decide) -> Result<WebSocket<T>, Failure> {
        let connection = Connection::server(with_deadlines(config));
        WebSocket::open(stream, connection, Vec::new(), decide)
    }
}
