//! mio: one thread, any number of connections, one read buffer for all.
//!
//! A connection costs what it has to say: its output is freed once written.
//! Backpressure is a matter of interest: as long as the peer takes too little
//! of the output, or the application has enough, the socket is not asked
//! whether it can be read.

mod session;

use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::time::{Duration, Instant};

use mio::event::Event as Readiness;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token, Waker};
pub use session::Mio;
use websocket_proto::{Config, Connection, Event, Input};

use super::{LINGER_TIME, OUTPUT_MARK, READ_SIZE};
use crate::Failure;

const LISTENER: Token = Token(usize::MAX);
const WAKER: Token = Token(usize::MAX - 1);
/// How exactly deadlines are kept.
const TICK: Duration = Duration::from_millis(100);
/// How often one connection is read before the others have their turn.
const MOST_READS: usize = 16;

/// The application.
pub trait Handler {
    /// Something came from the connection `id`; answers are sent into `out`.
    fn event(
        &mut self,
        id: usize,
        event: Event<'_>,
        connection: &mut Connection,
        out: &mut Vec<u8>,
    ) -> Result<(), Failure>;

    /// Whether more of it is wanted now.
    fn wants_read(&self, _id: usize) -> bool {
        true
    }

    /// After each turn: so many bytes wait to be written.
    fn turned(&mut self, _id: usize, _waiting: usize) {}

    /// The connection has ended and the transport is closed.
    fn ended(&mut self, id: usize, connection: &Connection, failure: Option<Failure>);
}

/// The loop.
pub struct Loop<H> {
    pub handler: H,
    poll: Poll,
    events: Events,
    /// By their tokens.
    peers: Vec<Option<Peer>>,
    free: Vec<usize>,
    buffer: Vec<u8>,
    listener: Option<(TcpListener, Config)>,
    clock: Instant,
    ticked: Duration,
}

struct Peer {
    stream: TcpStream,
    connection: Connection,
    out: Vec<u8>,
    /// What the poll was asked for.
    interest: Option<Interest>,
    failure: Option<Failure>,
    /// Until when to wait for the peer's end of the transport.
    lingering: Option<Duration>,
    gone: bool,
}

impl<H: Handler> Loop<H> {
    pub fn new(handler: H) -> io::Result<Self> {
        Ok(Self {
            handler,
            poll: Poll::new()?,
            events: Events::with_capacity(1024),
            peers: Vec::new(),
            free: Vec::new(),
            buffer: vec![0; READ_SIZE],
            listener: None,
            clock: Instant::now(),
            ticked: Duration::ZERO,
        })
    }

    /// Ends a turn from another thread.
    pub fn waker(&self) -> io::Result<Waker> {
        Waker::new(self.poll.registry(), WAKER)
    }

    /// Serves whoever connects.
    pub fn listen(&mut self, mut listener: TcpListener, config: Config) -> io::Result<()> {
        let registry = self.poll.registry();
        registry.register(&mut listener, LISTENER, Interest::READABLE)?;
        self.listener = Some((listener, config));
        Ok(())
    }

    /// Adds a connection; `out` is to be written first.
    pub fn add(&mut self, stream: TcpStream, connection: Connection, out: Vec<u8>) -> usize {
        let id = self.free.pop().unwrap_or_else(|| {
            self.peers.push(None);
            self.peers.len() - 1
        });
        self.peers[id] = Some(Peer {
            stream,
            connection,
            out,
            interest: None,
            failure: None,
            lingering: None,
            gone: false,
        });
        id
    }

    /// Does something with a connection, such as sending, and writes what goes.
    pub fn with<T>(
        &mut self,
        id: usize,
        act: impl FnOnce(&mut Connection, &mut Vec<u8>) -> T,
    ) -> Option<T> {
        let peer = self.peers.get_mut(id)?.as_mut()?;
        let result = act(&mut peer.connection, &mut peer.out);
        self.drive(id, false);
        Some(result)
    }

    /// Breaks a transport off.
    pub fn cut(&mut self, id: usize) {
        if self.peers.get_mut(id).and_then(Option::take).is_some() {
            self.free.push(id);
        }
    }

    /// Waits for something to happen, and does what it takes.
    pub fn turn(&mut self) -> io::Result<()> {
        match self.poll.poll(&mut self.events, Some(TICK)) {
            Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error),
            _ => {}
        }
        let ready = self
            .events
            .iter()
            .map(|event| (event.token(), is_readable(event)))
            .collect::<Vec<_>>();
        for (token, readable) in ready {
            match token {
                LISTENER => self.accept(),
                WAKER => {}
                Token(id) => self.drive(id, readable),
            }
        }
        if self.clock.elapsed() - self.ticked >= TICK {
            self.ticked = self.clock.elapsed();
            for id in 0..self.peers.len() {
                let peer = self.peers[id].as_ref();
                let due = peer.and_then(|peer| peer.lingering.or(peer.connection.poll_timeout()));
                if due.is_some_and(|due| due <= self.ticked) {
                    self.drive(id, false);
                }
            }
        }
        Ok(())
    }

    fn accept(&mut self) {
        // A connection that is gone before it is accepted is no loss.
        while let Some((listener, config)) = &self.listener
            && let Ok((stream, _)) = listener.accept()
        {
            let connection = Connection::server(*config);
            let id = self.add(stream, connection, Vec::new());
            self.drive(id, false);
        }
    }

    /// Brings one connection as far as it goes without waiting.
    fn drive(&mut self, id: usize, readable: bool) {
        let Some(peer) = self.peers.get_mut(id).and_then(Option::as_mut) else {
            return;
        };
        let handler = &mut self.handler;
        let mut reads = if readable { MOST_READS } else { 0 };
        while reads > 0 && !peer.gone && peer.wants_read(id, handler) {
            reads -= 1;
            match peer.stream.read(&mut self.buffer) {
                Ok(length) => peer.receive(id, &mut self.buffer[..length], handler),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                // A transport that breaks has ended.
                Err(_) => peer.receive(id, &mut [], handler),
            }
        }
        let now = self.clock.elapsed();
        peer.finish_turn(now);
        handler.turned(id, peer.waiting());
        if peer.gone {
            handler.ended(id, &peer.connection, peer.failure.take());
            self.cut(id);
        } else if peer.ask(id, handler, self.poll.registry()).is_err() {
            peer.receive(id, &mut [], handler);
        }
    }
}

/// Whether there is something to read, be it the end.
fn is_readable(event: &Readiness) -> bool {
    event.is_readable() || event.is_read_closed() || event.is_error()
}

impl Peer {
    const fn waiting(&self) -> usize {
        self.out.len()
    }

    fn wants_read(&self, id: usize, handler: &impl Handler) -> bool {
        self.lingering.is_some() || self.waiting() < OUTPUT_MARK && handler.wants_read(id)
    }

    /// Takes every event of what was read; nothing is the end.
    fn receive(&mut self, id: usize, read: &mut [u8], handler: &mut impl Handler) {
        let mut input = Input::new(read);
        if input.is_empty() {
            self.gone = true;
            if let Err(error) = self.connection.receive_eof() {
                self.fail(error.into());
            }
        }
        while self.lingering.is_none() {
            let outcome = match self.connection.receive(&mut input, &mut self.out) {
                Ok(Some(event)) => handler.event(id, event, &mut self.connection, &mut self.out),
                Ok(None) => return,
                Err(error) => return self.fail(error.into()),
            };
            if let Err(failure) = outcome {
                return self.fail(failure);
            }
        }
    }

    /// What is told first is what ended it.
    fn fail(&mut self, failure: Failure) {
        self.failure.get_or_insert(failure);
    }

    fn finish_turn(&mut self, now: Duration) {
        if let Err(error) = self.connection.handle_timeout(now, &mut self.out) {
            self.fail(error.into());
        }
        self.write();
        let over = self.failure.is_some() || self.connection.is_closed();
        if over && self.waiting() == 0 && self.lingering.is_none() {
            // Closing a socket while bytes wait to be read makes TCP reset the
            // connection, and a reset discards what the peer has not read yet.
            let _ = self.stream.shutdown(Shutdown::Write);
            self.lingering = Some(now + LINGER_TIME);
        }
        self.gone |= self.lingering.is_some_and(|end| now >= end);
    }

    fn write(&mut self) {
        loop {
            let mut written = 0;
            while written < self.out.len() {
                match self.stream.write(&self.out[written..]) {
                    Ok(length) => written += length,
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {
                        // What is written is not kept: an output that is never
                        // quite empty would grow without end.
                        self.out.drain(..written);
                        return;
                    }
                    // Reading tells the end.
                    Err(_) => break,
                }
            }
            self.out = Vec::new();
            // Pongs that were held back while the output was full.
            if !self.connection.poll_transmit(&mut self.out) {
                return;
            }
        }
    }

    /// Asks to be told what there is to wait for. Asking anew also tells what
    /// was left unread before.
    fn ask(
        &mut self,
        id: usize,
        handler: &impl Handler,
        registry: &mio::Registry,
    ) -> io::Result<()> {
        let read = self.wants_read(id, handler).then_some(Interest::READABLE);
        let write = (self.waiting() > 0).then_some(Interest::WRITABLE);
        let wanted = match (read, write) {
            (Some(read), Some(write)) => Some(read | write),
            (one, other) => one.or(other),
        };
        let asked = std::mem::replace(&mut self.interest, wanted);
        match (asked, wanted) {
            (None, None) => Ok(()),
            (None, Some(wanted)) => registry.register(&mut self.stream, Token(id), wanted),
            (Some(_), None) => registry.deregister(&mut self.stream),
            (Some(_), Some(wanted)) => registry.reregister(&mut self.stream, Token(id), wanted),
        }
    }
}
