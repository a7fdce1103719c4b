//! smol: one task, which asks both directions of the socket whenever it is
//! woken. Over anything that is `AsyncRead` and `AsyncWrite`.
//!
//! Sending and receiving are cancel-safe: all that is under way stands in the
//! two buffers, none of it in a future.

use std::future::poll_fn;
use std::io;
use std::net::TcpStream;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::{Buf, BytesMut};
use smol::future::FutureExt;
use smol::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use smol::{Async, Timer};
use websocket_proto::handshake::{Agreement, ClientRequest};
use websocket_proto::{Config, Connection, Input, State};

use super::{
    LINGER_TIME, OUTPUT_MARK, READ_SIZE, end, fresh_seed, send, take_opening, with_deadlines,
};
use crate::adapter::{Adapter, Decide, Session};
use crate::{End, Failure, Message};

/// An open connection.
#[derive(Debug)]
pub struct WebSocket<IO> {
    io: IO,
    connection: Connection,
    buffer: Vec<u8>,
    /// What of the buffer was read and not yet received.
    unread: Range<usize>,
    /// Written from its front, filled at its end.
    out: BytesMut,
    peak: usize,
    clock: Instant,
    /// The transport has been closed.
    closed: bool,
}

impl<IO: AsyncRead + AsyncWrite + Unpin> WebSocket<IO> {
    async fn open(
        io: IO,
        connection: Connection,
        out: BytesMut,
        decide: Decide,
    ) -> Result<Self, Failure> {
        let mut socket = Self {
            io,
            connection,
            buffer: vec![0; READ_SIZE],
            unread: 0..0,
            out,
            peak: 0,
            clock: Instant::now(),
            closed: false,
        };
        while socket.connection.state() == State::Connecting {
            socket.turn().await?;
            let mut input = Input::one_by_one(&mut socket.buffer[socket.unread.clone()]);
            let outcome = take_opening(&mut socket.connection, &mut input, &mut socket.out, decide);
            socket.unread.start = socket.unread.end - input.len();
            let outcome = outcome.and_then(|()| socket.tell_time());
            if outcome.is_err() {
                socket.close().await;
                outcome?;
            }
        }
        socket.drain(0).await?;
        Ok(socket)
    }

    async fn next(&mut self) -> Result<Option<Message>, Failure> {
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
                    self.close().await;
                    return Err(error.into());
                }
            }
            let in_time = self.tell_time();
            if in_time.is_err() || self.connection.is_closed() {
                self.close().await;
                return in_time.map(|()| None);
            }
            self.turn().await?;
        }
        Ok(None)
    }

    /// Writes what goes and waits for bytes, or until something is due.
    async fn turn(&mut self) -> Result<(), Failure> {
        let due = self.connection.poll_timeout();
        let due = due.map(|due| due.saturating_sub(self.clock.elapsed()));
        let read = poll_fn(|cx| self.poll_turn(cx).map(Some));
        let length = match due {
            None => read.await,
            Some(wait) => {
                let due = async {
                    Timer::after(wait).await;
                    None
                };
                read.or(due).await
            }
        };
        let Some(length) = length else {
            return Ok(());
        };
        self.unread = 0..length;
        if length == 0 {
            self.closed = true;
            self.connection.receive_eof()?;
        }
        Ok(())
    }

    /// The number of bytes read, none at the end. As long as the peer takes
    /// too little of the output, nothing is read that could add to it.
    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<usize> {
        // Where this fails, reading tells the end.
        let _ = self.poll_write(cx);
        if self.out.len() >= OUTPUT_MARK {
            return Poll::Pending;
        }
        // A transport that breaks has ended.
        let length = ready!(Pin::new(&mut self.io).poll_read(cx, &mut self.buffer));
        Poll::Ready(length.unwrap_or(0))
    }

    /// Ready once all is written, or nothing can be any more.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            self.peak = self.peak.max(self.out.len());
            while !self.out.is_empty() {
                let written = Pin::new(&mut self.io).poll_write(cx, &self.out);
                match ready!(written) {
                    Ok(length) if length > 0 => self.out.advance(length),
                    failed => {
                        self.out.clear();
                        return Poll::Ready(failed.and(Err(io::ErrorKind::WriteZero.into())));
                    }
                }
            }
            // Pongs that were held back while the output was full.
            if !self.connection.poll_transmit(&mut self.out) {
                return Pin::new(&mut self.io).poll_flush(cx);
            }
        }
    }

    /// Waits until at most `most` bytes are left to be written.
    async fn drain(&mut self, most: usize) -> Result<(), Failure> {
        let drained = poll_fn(|cx| match self.poll_write(cx) {
            Poll::Pending if self.out.len() <= most && most > 0 => Poll::Ready(Ok(())),
            written => written,
        });
        Ok(drained.await?)
    }

    fn tell_time(&mut self) -> Result<(), Failure> {
        let now = self.clock.elapsed();
        Ok(self.connection.handle_timeout(now, &mut self.out)?)
    }

    /// Closes the transport without cutting off what was written last, and
    /// gives up on a peer that does not close too.
    async fn close(&mut self) {
        self.closed = true;
        let all = async {
            let _ = self.drain(0).await;
            let _ = self.io.close().await;
            while !matches!(self.io.read(&mut self.buffer).await, Ok(0) | Err(_)) {}
        };
        let late = async {
            Timer::after(LINGER_TIME).await;
        };
        all.or(late).await;
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Session for WebSocket<IO> {
    async fn send(&mut self, message: Message) -> Result<(), Failure> {
        self.drain(OUTPUT_MARK - 1).await?;
        send(&mut self.connection, &message, &mut self.out)?;
        self.drain(usize::MAX).await
    }

    async fn flush(&mut self) -> Result<(), Failure> {
        self.drain(0).await
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
        self.peak
    }
}

/// The adapter.
#[derive(Debug)]
pub struct Smol;

impl Adapter for Smol {
    const NAME: &'static str = "smol";
    type Transport = TcpStream;
    type Session = WebSocket<smol::net::TcpStream>;

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
    ) -> Result<Self::Session, Failure> {
        let mut out = BytesMut::new();
        let seed = fresh_seed()?;
        let connection = Connection::client(with_deadlines(config), request, seed, &mut out)?;
        // Not `Async`, whose end of writing tells the peer nothing.
        let io = Async::new(stream)?.into();
        WebSocket::open(io, connection, out, |_| unreachable!("a client")).await
    }

    async fn accept(
        stream: TcpStream,
        config: Config,
        decide: Decide,
    ) -> Result<Self::Session, Failure> {
        let connection = Connection::server(with_deadlines(config));
        WebSocket::open(
            Async::new(stream)?.into(),
            connection,
            BytesMut::new(),
            decide,
        )
        .await
    }
}
