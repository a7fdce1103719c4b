//! What a scenario asks of an adapter, whatever its loop looks like.

use std::time::Duration;

use websocket_proto::Config;
use websocket_proto::handshake::{Acceptance, Agreement, ClientRequest, Request, Response};

pub use crate::transport::Transport;
use crate::{End, Failure, Message};

/// A server's decision on a request.
pub type Decide = fn(&Request) -> Result<Acceptance, Response>;

/// A way to do IO with the crate in it.
#[allow(async_fn_in_trait, reason = "each is run on one thread")]
pub trait Adapter: 'static {
    const NAME: &'static str;
    type Transport: Transport;
    type Session: Session;

    /// Whether this machine has what it needs; if not, what is missing.
    fn available() -> Result<(), String> {
        Ok(())
    }

    /// Why a scenario has no meaning here, where that is so.
    fn lacks(_scenario: &str) -> Option<&'static str> {
        None
    }

    /// Runs a task on this thread, to its end.
    fn run<T>(task: impl Future<Output = T>) -> T;

    /// Waits without holding up what else runs on this thread.
    async fn sleep(time: Duration);

    /// Opens a connection as a client.
    async fn connect(
        transport: Self::Transport,
        config: Config,
        request: &ClientRequest,
    ) -> Result<Self::Session, Failure>;

    /// Serves a connection.
    async fn accept(
        transport: Self::Transport,
        config: Config,
        decide: Decide,
    ) -> Result<Self::Session, Failure>;
}

/// An open connection. Dropping it cuts the transport.
#[allow(async_fn_in_trait, reason = "each is run on one thread")]
pub trait Session: Sized {
    /// Sends a message as soon as there is room for it, but need not wait until
    /// it is written.
    async fn send(&mut self, message: Message) -> Result<(), Failure>;

    /// Waits until all is written.
    async fn flush(&mut self) -> Result<(), Failure>;

    /// The next message. A failure is told once; `None` says that the
    /// connection has ended and the transport is closed.
    async fn receive(&mut self) -> Option<Result<Message, Failure>>;

    /// How it ended, once it has.
    fn end(&self) -> Option<End>;

    /// What the handshake agreed on.
    fn agreement(&self) -> Agreement;

    /// The most bytes that ever waited to be written.
    fn peak(&self) -> usize;
}
