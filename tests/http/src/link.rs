//! A connection that can be sent to from anywhere, over any stream that tokio
//! can read and write: what `tests/adapters/duplex.rs` is on threads.

use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};
use websocket_proto::{Connection, Error, Event, Input, SendError};

use crate::Failure;

/// How many bytes are read at a time.
const READ_SIZE: usize = 64 << 10;
/// How long reading sleeps at most: somebody else may have started the closing
/// handshake, whose deadline it is to keep.
const TICK: Duration = Duration::from_secs(1);
/// How long the peer may take to read what is written.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long to wait for the peer's end behind this one's.
const LINGER: Duration = Duration::from_secs(2);
/// With so many bytes waiting to be written nothing more is read.
const MOST_WAITING: usize = 1 << 20;

/// The connection and what is to be written.
pub struct Link {
    clock: Instant,
    shared: Mutex<Shared>,
    /// There is something to write, or nothing will follow.
    filled: Notify,
    /// Something was written.
    drained: Notify,
    aborted: Notify,
}

struct Shared {
    conn: Connection,
    out: Vec<u8>,
    /// The bytes that have been taken to be written and are not yet.
    in_flight: usize,
    /// Nothing more is to be written than what `out` holds.
    ended: bool,
}

impl Link {
    /// `out` holds what is to be written first: a client's request.
    pub fn new(conn: Connection, out: Vec<u8>) -> Self {
        Self {
            clock: Instant::now(),
            shared: Mutex::new(Shared {
                conn,
                out,
                in_flight: 0,
                ended: false,
            }),
            filled: Notify::new(),
            drained: Notify::new(),
            aborted: Notify::new(),
        }
    }

    /// Does something with the connection and its output, from any task.
    pub fn with<T>(&self, act: impl FnOnce(&mut Connection, &mut Vec<u8>) -> T) -> T {
        let mut shared = self.lock();
        let Shared { conn, out, .. } = &mut *shared;
        let result = act(conn, out);
        if !out.is_empty() {
            self.filled.notify_one();
        }
        result
    }

    /// How many bytes wait to be written.
    pub fn backlog(&self) -> usize {
        let shared = self.lock();
        shared.out.len() + shared.in_flight
    }

    /// Waits until few bytes wait to be written.
    pub async fn wait_for_room(&self) {
        while self.backlog() > MOST_WAITING && !self.lock().ended {
            self.drained.notified().await;
            // Whoever else waits.
            self.drained.notify_one();
        }
    }

    /// Breaks the transport off.
    pub fn abort(&self) {
        self.aborted.notify_one();
    }

    /// Drives the connection over `io` to its end, giving every event to
    /// `handle`, while nothing is locked.
    pub async fn run<IO, H>(&self, io: IO, handle: H) -> Result<(), Failure>
    where
        IO: AsyncRead + AsyncWrite,
        H: FnMut(Event<'_>) -> Result<(), SendError>,
    {
        let (mut reader, mut writer) = tokio::io::split(io);
        let written = self.transmit(&mut writer);
        tokio::pin!(written);
        let outcome = tokio::select! {
            outcome = self.receive(&mut reader, handle) => outcome,
            // Only in failure does it end before it is told to.
            _ = &mut written => return Err(Error::UnexpectedEof.into()),
            () = self.aborted.notified() => return Err(Error::UnexpectedEof.into()),
        };
        self.finish();
        if written.await {
            linger(&mut reader).await;
        }
        outcome
    }

    /// Receives to the end of the connection.
    async fn receive(
        &self,
        reader: &mut (impl AsyncRead + Unpin),
        mut handle: impl FnMut(Event<'_>) -> Result<(), SendError>,
    ) -> Result<(), Failure> {
        let mut buffer = vec![0; READ_SIZE];
        loop {
            self.with(|conn, out| conn.handle_timeout(self.clock.elapsed(), out))?;
            let (closed, deadline) = self.with(|conn, _| (conn.is_closed(), conn.poll_timeout()));
            if closed {
                return Ok(());
            }
            let wait = deadline.map_or(TICK, |deadline| {
                TICK.min(deadline.saturating_sub(self.clock.elapsed()))
            });
            // A peer that does not read is not read from.
            if timeout(wait, self.wait_for_room()).await.is_err() {
                continue;
            }
            let length = tokio::select! {
                // A transport that breaks has ended.
                length = reader.read(&mut buffer) => length.unwrap_or(0),
                () = sleep(wait) => continue,
            };
            if length == 0 {
                self.with(|conn, _| conn.receive_eof())?;
            }
            let mut input = Input::new(&mut buffer[..length]);
            while let Some(event) = self.with(|conn, out| conn.receive(&mut input, out))? {
                handle(event)?;
            }
        }
    }

    /// Writes what there is to write, until [`finish`](Self::finish); says
    /// whether that went well.
    async fn transmit(&self, writer: &mut (impl AsyncWrite + Unpin)) -> bool {
        let mut batch = Vec::new();
        while self.take_output(&mut batch).await {
            let write = async {
                writer.write_all(&batch).await?;
                writer.flush().await
            };
            if !matches!(timeout(PATIENCE, write).await, Ok(Ok(()))) {
                return false;
            }
            batch.clear();
            batch.shrink_to(READ_SIZE);
        }
        // No more comes from here: the peer may close as well.
        matches!(timeout(LINGER, writer.shutdown()).await, Ok(Ok(())))
    }

    /// Has the writing end once everything is written.
    fn finish(&self) {
        self.lock().ended = true;
        self.filled.notify_one();
        self.drained.notify_one();
    }

    /// Exchanges the empty `batch` for the next bytes to write; waits for them,
    /// and says whether there are any.
    async fn take_output(&self, batch: &mut Vec<u8>) -> bool {
        loop {
            let ended = {
                let mut shared = self.lock();
                let Shared { conn, out, .. } = &mut *shared;
                // Pongs that were held back while the output was full.
                conn.poll_transmit(out);
                mem::swap(batch, out);
                shared.in_flight = batch.len();
                shared.ended
            };
            self.drained.notify_one();
            if !batch.is_empty() || ended {
                return !batch.is_empty();
            }
            self.filled.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads until the peer has closed too. Closing a socket while bytes wait to be
/// read makes TCP reset the connection, and a reset discards what the peer has
/// not read yet: the Close or the refusal.
async fn linger(reader: &mut (impl AsyncRead + Unpin)) {
    let mut discarded = vec![0; READ_SIZE];
    let all = async { while !matches!(reader.read(&mut discarded).await, Ok(0) | Err(_)) {} };
    let _ = timeout(LINGER, all).await;
}
