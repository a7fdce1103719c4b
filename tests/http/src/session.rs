//! A WebSocket connection over a stream that HTTP software has handed over.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout};
use websocket_proto::StreamEnd;
use websocket_proto::handshake::connect::ResetCode;
use websocket_proto::{CloseCode, Connection, Event, Input, SendError};

use crate::Failure;

/// How many bytes are read at a time.
const READ_SIZE: usize = 64 << 10;

/// How long to wait for the peer's end of the stream behind this one's.
const LINGER: Duration = Duration::from_secs(2);

/// A stream of HTTP/2 or HTTP/3, or all of a TCP connection.
pub trait Transport: AsyncRead + AsyncWrite + Unpin + Send {
    /// Ends the stream in both directions, by an error where there are such.
    fn reset(&mut self, code: ResetCode);
}

/// What the peer sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    /// Its Close, with code and reason where it gave them.
    Close(Option<(CloseCode, String)>),
}

/// The loop of the crate's documentation, a turn at a time.
pub struct Session<T: Transport> {
    transport: T,
    connection: Connection,
    buffer: Vec<u8>,
    /// What of `buffer` has been read and not yet received.
    start: usize,
    end: usize,
    out: Vec<u8>,
    clock: Instant,
    /// The peer sends no more.
    has_ended: bool,
}

impl<T: Transport> Session<T> {
    /// `unread` are the bytes behind the HTTP head, where the HTTP software has
    /// read any and hands them over.
    pub fn new(transport: T, connection: Connection, unread: &[u8]) -> Self {
        let mut buffer = unread.to_vec();
        buffer.resize(READ_SIZE.max(unread.len()), 0);
        Self {
            transport,
            connection,
            buffer,
            start: 0,
            end: unread.len(),
            out: Vec::new(),
            clock: Instant::now(),
            has_ended: false,
        }
    }

    pub const fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The next message; `None` after a clean end, as which an end without a
    /// Close does not count.
    pub async fn next(&mut self) -> Result<Option<Message>, Failure> {
        loop {
            let mut input = Input::one_by_one(&mut self.buffer[self.start..self.end]);
            let received = match self.connection.receive(&mut input, &mut self.out) {
                Ok(event) => Ok(event.and_then(message)),
                Err(error) => Err(error),
            };
            self.start = self.end - input.len();
            let now = self.clock.elapsed();
            let in_time = self.connection.handle_timeout(now, &mut self.out);
            self.flush().await;
            match received.and_then(|message| in_time.map(|()| message)) {
                Ok(Some(message)) => return Ok(Some(message)),
                Err(error) => {
                    self.finish(StreamEnd::after(Some(error))).await;
                    return Err(error.into());
                }
                Ok(None) if self.start < self.end => continue,
                Ok(None) => {}
            }
            if self.connection.is_closed() {
                self.finish(StreamEnd::after(None)).await;
                return Ok(None);
            }
            self.read().await;
        }
    }

    /// Reads, for as long as no deadline comes.
    async fn read(&mut self) {
        (self.start, self.end) = (0, 0);
        let read = self.transport.read(&mut self.buffer);
        let length = match self.connection.poll_timeout() {
            None => read.await,
            Some(deadline) => {
                let wait = deadline.saturating_sub(self.clock.elapsed());
                match timeout(wait, read).await {
                    Ok(length) => length,
                    Err(_) => return,
                }
            }
        };
        // A reset, and a lost connection below, end it as well.
        self.end = length.unwrap_or(0);
        if self.end == 0 {
            self.has_ended = true;
            // If that was too early, `receive` says so.
            let _ = self.connection.receive_eof();
        }
    }

    /// Sends something: `session.send(|conn, out| conn.send_text("Hello", out))`.
    pub async fn send<F>(&mut self, act: F) -> Result<(), SendError>
    where
        F: FnOnce(&mut Connection, &mut Vec<u8>) -> Result<(), SendError>,
    {
        act(&mut self.connection, &mut self.out)?;
        self.flush().await;
        Ok(())
    }

    /// Bytes as they are, for what no connection would send.
    pub async fn send_raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.transport.write_all(bytes).await?;
        self.transport.flush().await
    }

    /// Gives up without a Close.
    pub fn reset(mut self) {
        self.transport.reset(ResetCode::Cancelled);
    }

    /// Ends the stream without a Close, but in order.
    pub async fn abandon(mut self) {
        self.finish(StreamEnd::Finish).await;
    }

    /// Writes what there is. That it fails shows in the next read.
    async fn flush(&mut self) {
        if !self.out.is_empty() {
            let _ = self.transport.write_all(&self.out).await;
            let _ = self.transport.flush().await;
            self.out.clear();
        }
    }

    async fn finish(&mut self, end: StreamEnd) {
        match end {
            StreamEnd::Finish => {
                let _ = self.transport.shutdown().await;
                // Letting go of a stream that the peer has not ended resets it,
                // or its TCP connection: then what it has not read yet, the
                // Close, is at its mercy.
                if !self.has_ended {
                    let _ = timeout(LINGER, self.drain()).await;
                }
            }
            StreamEnd::Reset(error) => self.transport.reset(error),
        }
    }

    async fn drain(&mut self) {
        while !matches!(self.transport.read(&mut self.buffer).await, Ok(0) | Err(_)) {}
    }
}

fn message(event: Event<'_>) -> Option<Message> {
    Some(match event {
        Event::Text(text) => Message::Text(text.into_owned()),
        Event::Binary(bytes) => Message::Binary(bytes.into_owned()),
        Event::Ping(payload) => Message::Ping(payload.into_owned()),
        Event::Pong(payload) => Message::Pong(payload.into_owned()),
        Event::Close(close) => {
            Message::Close(close.map(|close| (close.code, close.reason.into_owned())))
        }
        // The handshake is done, and messages come whole.
        _ => return None,
    })
}
