//! tokio: a task that reads and a task that writes, each with its half of the
//! connection, over anything that is `AsyncRead + AsyncWrite`: TCP, TLS, a
//! stream of HTTP/2.
//!
//! Receiving is a `Stream` and cancel-safe: a message is taken out of the inbox
//! or stays in it. Sending is a `Sink`, whose mistakes are told at once, as the
//! sending half stands behind a lock that nobody holds while waiting.

#[cfg(feature = "matrix")]
mod session;
mod shared;
mod tasks;

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_sink::Sink;
#[cfg(feature = "matrix")]
pub use session::Tokio;
use shared::Shared;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use websocket_proto::handshake::{Acceptance, Agreement, ClientRequest, Request, Response};
use websocket_proto::{Config, Connection, Seed, SendError};

use super::OUTPUT_MARK;
use crate::{End, Failure, Message};

/// Messages that wait to be received before the socket is not read any more.
const INBOX: usize = 16;

/// An open connection. Dropping it breaks the transport off; to close it, send
/// a [`Message::Close`] and receive until the end.
#[derive(Debug)]
pub struct WebSocket {
    inbox: mpsc::Receiver<Result<Message, Failure>>,
    shared: Arc<Shared>,
    agreement: Agreement,
    /// Ended with this.
    _tasks: JoinSet<()>,
}

impl WebSocket {
    /// Opens a connection as a client over `io`, which leads to the server.
    pub async fn connect<IO>(
        mut io: IO,
        config: Config,
        request: &ClientRequest,
        seed: Seed,
    ) -> Result<Self, Failure>
    where
        IO: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let mut out = Vec::new();
        let mut connection = Connection::client(config, request, seed, &mut out)?;
        let nobody = |_: &Request| Err(Response::new(500));
        let rest = tasks::open(&mut io, &mut connection, out, nobody).await?;
        Self::new(io, connection, rest)
    }

    /// Serves a connection over `io`; `decide` accepts the request or refuses
    /// it.
    pub async fn accept<IO>(
        mut io: IO,
        config: Config,
        decide: impl Fn(&Request) -> Result<Acceptance, Response>,
    ) -> Result<Self, Failure>
    where
        IO: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let mut connection = Connection::server(config);
        let rest = tasks::open(&mut io, &mut connection, Vec::new(), decide).await?;
        Self::new(io, connection, rest)
    }

    /// Goes on with a connection that is open, of either role; `rest` was read
    /// after the handshake. Has to be called within a runtime.
    ///
    /// # Errors
    ///
    /// [`Failure::Program`] where the connection is not open.
    pub fn new<IO>(io: IO, connection: Connection, rest: Vec<u8>) -> Result<Self, Failure>
    where
        IO: AsyncRead + AsyncWrite + Send + 'static,
    {
        let agreement = connection.agreement().cloned().unwrap_or_default();
        let (receiver, sender) = connection
            .split()
            .map_err(|connection| SendError::WrongState(connection.state()))?;
        let shared = Arc::new(Shared::new(sender));
        let (reader, writer) = tokio::io::split(io);
        let (messages, inbox) = mpsc::channel(INBOX);
        let mut running = JoinSet::new();
        running.spawn(tasks::write(writer, Arc::clone(&shared)));
        running.spawn(tasks::read(
            reader,
            receiver,
            rest,
            Arc::clone(&shared),
            messages,
        ));
        Ok(Self {
            inbox,
            shared,
            agreement,
            _tasks: running,
        })
    }

    /// The next message; `None` once the connection has ended and the transport
    /// is closed. What failed is told once, before that.
    ///
    /// Cancel-safe: where the future is dropped, nothing is lost.
    pub async fn receive(&mut self) -> Option<Result<Message, Failure>> {
        self.inbox.recv().await
    }

    /// Sends a message once there is room for it.
    ///
    /// Cancel-safe: where the future is dropped, nothing of it was sent.
    pub async fn send(&mut self, message: Message) -> Result<(), Failure> {
        poll_fn(|cx| self.shared.poll_room(cx, OUTPUT_MARK - 1)).await?;
        self.shared.send(&message)
    }

    /// Waits until everything is written.
    pub async fn flush(&mut self) -> Result<(), Failure> {
        poll_fn(|cx| self.shared.poll_room(cx, 0)).await
    }

    /// The subprotocol and the extensions.
    pub const fn agreement(&self) -> &Agreement {
        &self.agreement
    }

    /// How the connection ended, once [`receive`](Self::receive) has given
    /// `None`.
    pub fn end(&self) -> Option<End> {
        self.shared.end.get().copied()
    }

    /// The most bytes that ever waited to be written.
    pub fn peak(&self) -> usize {
        self.shared.peak()
    }
}

impl Stream for WebSocket {
    type Item = Result<Message, Failure>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.inbox.poll_recv(cx)
    }
}

impl Sink<Message> for WebSocket {
    type Error = Failure;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.shared.poll_room(cx, OUTPUT_MARK - 1)
    }

    fn start_send(self: Pin<&mut Self>, message: Message) -> Result<(), Failure> {
        self.shared.send(&message)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.shared.poll_room(cx, 0)
    }

    /// Closes with no code, unless a Close was sent before.
    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        match self.shared.send(&Message::Close(None)) {
            Ok(()) => ready!(self.shared.poll_room(cx, 0))?,
            Err(Failure::Ended) => {}
            Err(failure) => return Poll::Ready(Err(failure)),
        }
        Poll::Ready(Ok(()))
    }
}
