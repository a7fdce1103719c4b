//! A connection with a thread that reads and a thread that writes, so that it
//! can be sent to from anywhere, and so that a peer that reads slowly, or
//! never, holds up nobody but its own writer.

use std::fmt;
use std::io::Write;
use std::mem;
use std::net::{Shutdown, TcpStream};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use websocket_proto::{Connection, Error, Event, Input, SendError};

use crate::socket::{self, Arrival};

/// How long the reading thread sleeps at most: another thread may have started
/// the closing handshake, whose deadline it is to keep.
const TICK: Duration = Duration::from_secs(1);
/// The largest buffer that is kept between writes, in bytes.
const KEPT: usize = 256 << 10;

/// The connection, its transport, and what is to be written.
pub(crate) struct Link {
    stream: TcpStream,
    clock: Instant,
    shared: Mutex<Shared>,
    changed: Condvar,
}

struct Shared {
    conn: Connection,
    out: Vec<u8>,
    /// The bytes that the writing thread has taken and not yet written.
    in_flight: usize,
    /// Nothing more is to be written than what `out` holds.
    ended: bool,
}

/// Why receiving ended other than by a clean close.
#[derive(Debug)]
pub(crate) enum Failure {
    /// By the peer's fault.
    Peer(Error),
    /// By this program's.
    Program(SendError),
}

impl Link {
    /// `out` holds what is to be written first: a client's request.
    pub(crate) fn new(stream: TcpStream, conn: Connection, out: Vec<u8>) -> Self {
        Self {
            stream,
            clock: Instant::now(),
            shared: Mutex::new(Shared {
                conn,
                out,
                in_flight: 0,
                ended: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// Does something with the connection and its output, from any thread.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut Connection, &mut Vec<u8>) -> T) -> T {
        let mut shared = self.lock();
        let Shared { conn, out, .. } = &mut *shared;
        let result = act(conn, out);
        let written = !out.is_empty();
        drop(shared);
        if written {
            self.changed.notify_all();
        }
        result
    }

    /// How many bytes wait to be written.
    #[allow(dead_code, reason = "only for programs that drop who falls behind")]
    pub(crate) fn backlog(&self) -> usize {
        let shared = self.lock();
        shared.out.len() + shared.in_flight
    }

    /// Waits until at most `most` bytes wait to be written, or nothing is
    /// written any more.
    #[allow(dead_code, reason = "only for programs whose own input can wait")]
    pub(crate) fn wait_for_room(&self, most: usize) {
        let mut shared = self.lock();
        while shared.out.len() + shared.in_flight > most && !shared.ended {
            shared = self.wait(shared);
        }
    }

    /// The reading thread: receives to the end of the connection and gives
    /// every event to `handle`. Events borrow from the thread's own buffer, so
    /// that nothing is locked meanwhile.
    pub(crate) fn receive(
        &self,
        mut handle: impl FnMut(Event<'_>) -> Result<(), SendError>,
    ) -> Result<(), Failure> {
        let mut buffer = vec![0; socket::READ_SIZE];
        loop {
            self.with(|conn, out| conn.handle_timeout(self.clock.elapsed(), out))
                .map_err(Failure::Peer)?;
            let (closed, deadline) = self.with(|conn, _| (conn.is_closed(), conn.poll_timeout()));
            if closed {
                return Ok(());
            }
            let wait = deadline.map_or(TICK, |deadline| {
                TICK.min(deadline.saturating_sub(self.clock.elapsed()))
            });
            match socket::read(&self.stream, &mut buffer, Some(wait)) {
                Arrival::Bytes(length) => {
                    let mut input = Input::new(&mut buffer[..length]);
                    while let Some(event) = self
                        .with(|conn, out| conn.receive(&mut input, out))
                        .map_err(Failure::Peer)?
                    {
                        handle(event).map_err(Failure::Program)?;
                    }
                }
                Arrival::End => self
                    .with(|conn, _| conn.receive_eof())
                    .map_err(Failure::Peer)?,
                Arrival::Nothing => {}
            }
        }
    }

    /// The writing thread: writes what there is to write, until
    /// [`finish`](Self::finish).
    pub(crate) fn transmit(&self) {
        let mut batch = Vec::new();
        while self.take_output(&mut batch) {
            if (&self.stream).write_all(&batch).is_err() {
                return self.abort();
            }
            batch.clear();
            batch.shrink_to(KEPT);
        }
        // No more comes from here: the peer may close as well.
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Has the writing thread end once everything is written.
    pub(crate) fn finish(&self) {
        self.lock().ended = true;
        self.changed.notify_all();
    }

    /// Breaks the transport off, which ends both threads.
    pub(crate) fn abort(&self) {
        let _ = self.stream.shutdown(Shutdown::Both);
        self.finish();
    }

    /// Waits for the peer to close too; see [`socket::linger`].
    pub(crate) fn linger(&self) {
        socket::linger(&self.stream);
    }

    /// Exchanges the empty `batch` for the next bytes to write; waits for
    /// them, and says whether there are any.
    fn take_output(&self, batch: &mut Vec<u8>) -> bool {
        let mut shared = self.lock();
        shared.in_flight = 0;
        self.changed.notify_all();
        loop {
            // Pongs that were held back while the output was full.
            let Shared { conn, out, .. } = &mut *shared;
            conn.poll_transmit(out);
            if !out.is_empty() {
                break;
            }
            if shared.ended {
                return false;
            }
            shared = self.wait(shared);
        }
        mem::swap(batch, &mut shared.out);
        shared.in_flight = batch.len();
        true
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, shared: MutexGuard<'a, Shared>) -> MutexGuard<'a, Shared> {
        self.changed
            .wait(shared)
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Peer(error) => error.fmt(f),
            Self::Program(error) => error.fmt(f),
        }
    }
}
