//! compio: completions, on io_uring or by its own poller. The kernel owns a
//! buffer as long as an operation on it is under way, so that the output is
//! swapped: one buffer is filled while the other is written.
//!
//! A task reads and a task writes, both on the thread of the application, so
//! that they share the whole connection without a lock.

mod state;

use std::io;
use std::mem;
use std::net::TcpStream;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use compio::BufResult;
use compio::driver::{DriverType, ProactorBuilder};
use compio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use compio::runtime::{JoinHandle, Runtime, RuntimeBuilder, spawn};
use compio::time::{sleep, timeout};
use smol::future::or;
use state::{INBOX, Shared};
use websocket_proto::handshake::{Agreement, ClientRequest};
use websocket_proto::{Config, Connection};

use super::{LINGER_TIME, OUTPUT_MARK, READ_SIZE, end, fresh_seed, send, with_deadlines};
use crate::adapter::{Adapter, Decide, Session};
use crate::{End, Failure, Message};

/// An open connection.
pub struct WebSocket {
    shared: Rc<Shared>,
    /// Ended with this.
    _tasks: [JoinHandle<()>; 2],
}

impl WebSocket {
    async fn open(
        stream: TcpStream,
        connection: Connection,
        out: Vec<u8>,
        decide: Decide,
    ) -> Result<Self, Failure> {
        let reader = compio::net::TcpStream::from_std(stream)?;
        let writer = reader.clone();
        let shared = Rc::new(Shared::new(connection, out, decide));
        let tasks = [
            spawn(read(reader, Rc::clone(&shared))),
            spawn(write(writer, Rc::clone(&shared))),
        ];
        let socket = Self {
            shared,
            _tasks: tasks,
        };
        let shared = &socket.shared;
        shared.until(|state| state.opened || state.closed).await;
        if !shared.with(|state| state.opened) {
            let failure = shared.with(|state| state.inbox.pop_front());
            failure.unwrap_or(Err(Failure::Ended))?;
        }
        Ok(socket)
    }
}

/// The reading task.
async fn read(mut stream: compio::net::TcpStream, shared: Rc<Shared>) {
    let mut buffer = Vec::with_capacity(READ_SIZE);
    while !shared.is_over() {
        // As long as the peer, or the application, takes too little, nothing is
        // read that could add to it.
        let room = shared.until(|state| {
            state.inbox.len() < INBOX && state.waiting() < OUTPUT_MARK || state.broken
        });
        or(room, shared.overdue()).await;
        // The buffer is the kernel's until it comes back: what is due meanwhile
        // is done without taking it away.
        let mut reading = pin!(stream.read(buffer));
        let read = or(async { Some(reading.as_mut().await) }, async {
            shared.overdue().await;
            None
        });
        let Some(BufResult(result, filled)) = read.await else {
            break;
        };
        buffer = filled;
        // A transport that breaks has ended.
        let length = result.unwrap_or(0);
        shared.receive(&mut buffer[..length]);
        buffer.clear();
    }
    shared.with(|state| state.ended = true);
    // Closing a socket while bytes wait to be read resets the connection.
    let linger = async {
        let mut buffer = Vec::with_capacity(READ_SIZE);
        while let BufResult(Ok(1..), mut filled) = stream.read(buffer).await {
            filled.clear();
            buffer = filled;
        }
        shared.until(|state| state.written).await;
    };
    let _ = timeout(LINGER_TIME, linger).await;
    shared.with(|state| state.closed = true);
}

/// The writing task: writes what there is to write, until nothing will follow.
async fn write(mut stream: compio::net::TcpStream, shared: Rc<Shared>) {
    let mut batch = Vec::new();
    loop {
        let more = shared.until(|state| !state.out.is_empty() || state.ended);
        more.await;
        shared.with(|state| {
            mem::swap(&mut batch, &mut state.out);
            state.in_flight = batch.len();
        });
        if batch.is_empty() {
            break;
        }
        let BufResult(result, written) = stream.write_all(batch).await;
        batch = written;
        batch.clear();
        batch.shrink_to(OUTPUT_MARK);
        shared.with(|state| {
            state.in_flight = 0;
            // Pongs that were held back while the output was full.
            state.connection.poll_transmit(&mut state.out);
        });
        if result.is_err() {
            shared.with(|state| state.broken = true);
            break;
        }
    }
    // No more comes from here: the peer may close as well.
    let _ = stream.shutdown().await;
    shared.with(|state| state.written = true);
}

impl Session for WebSocket {
    async fn send(&mut self, message: Message) -> Result<(), Failure> {
        let room = |state: &state::State| state.waiting() < OUTPUT_MARK || state.broken;
        self.shared.until(room).await;
        self.shared.with(|state| match state.broken {
            false => send(&mut state.connection, &message, &mut state.out),
            true => Err(Failure::Ended),
        })
    }

    async fn flush(&mut self) -> Result<(), Failure> {
        let written = |state: &state::State| state.waiting() == 0 || state.broken;
        self.shared.until(written).await;
        Ok(())
    }

    async fn receive(&mut self) -> Option<Result<Message, Failure>> {
        let next = |state: &state::State| !state.inbox.is_empty() || state.closed;
        self.shared.until(next).await;
        self.shared.with(|state| state.inbox.pop_front())
    }

    fn end(&self) -> Option<End> {
        self.shared.with(|state| end(&state.connection))
    }

    fn agreement(&self) -> Agreement {
        self.shared
            .with(|state| state.connection.agreement().cloned().unwrap_or_default())
    }

    fn peak(&self) -> usize {
        self.shared.with(|state| state.peak)
    }
}

/// The adapter: on io_uring, or by the poller that compio has where there is
/// none.
#[derive(Debug)]
pub struct Compio<const IO_URING: bool>;

fn runtime(io_uring: bool) -> io::Result<Runtime> {
    let mut proactor = ProactorBuilder::new();
    proactor.driver_type(match io_uring {
        true => DriverType::IoUring,
        false => DriverType::Poll,
    });
    RuntimeBuilder::new().with_proactor(proactor).build()
}

impl<const IO_URING: bool> Adapter for Compio<IO_URING> {
    const NAME: &'static str = match IO_URING {
        true => "io_uring",
        false => "compio poll",
    };
    type Transport = TcpStream;
    type Session = WebSocket;

    fn available() -> Result<(), String> {
        match runtime(IO_URING) {
            Ok(_) => Ok(()),
            Err(error) => Err(format!("not on this kernel: {error}")),
        }
    }

    fn run<T>(task: impl Future<Output = T>) -> T {
        let runtime = runtime(IO_URING).expect("what has been there before");
        runtime.block_on(task)
    }

    async fn sleep(time: Duration) {
        sleep(time).await;
    }

    async fn connect(
        stream: TcpStream,
        config: Config,
        request: &ClientRequest,
    ) -> Result<WebSocket, Failure> {
        let mut out = Vec::new();
        let seed = fresh_seed()?;
        let connection = Connection::client(with_deadlines(config), request, seed, &mut out)?;
        WebSocket::open(stream, connection, out, |_| unreachable!("a client")).await
    }

    async fn accept(
        stream: TcpStream,
        config: Config,
        decide: Decide,
    ) -> Result<WebSocket, Failure> {
        let connection = Connection::server(with_deadlines(config));
        WebSocket::open(stream, connection, Vec::new(), decide).await
    }
}
