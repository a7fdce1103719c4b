//! The scenarios' view.

use std::net::TcpStream;
use std::time::Duration;

use tokio::runtime;
use websocket_proto::Config;
use websocket_proto::handshake::{Agreement, ClientRequest};

use super::WebSocket;
use crate::adapter::{Adapter, Decide, Session};
use crate::adapters::fresh_seed;
use crate::{End, Failure, Message};

/// The adapter.
#[derive(Debug)]
pub struct Tokio;

impl Adapter for Tokio {
    const NAME: &'static str = "tokio";
    type Transport = TcpStream;
    type Session = WebSocket;

    fn run<T>(task: impl Future<Output = T>) -> T {
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a poller of the kernel").block_on(task)
    }

    async fn sleep(time: Duration) {
        tokio::time::sleep(time).await;
    }

    async fn connect(
        stream: TcpStream,
        config: Config,
        request: &ClientRequest,
    ) -> Result<WebSocket, Failure> {
        let seed = fresh_seed()?;
        WebSocket::connect(convert(stream)?, config, request, seed).await
    }

    async fn accept(
        stream: TcpStream,
        config: Config,
        decide: Decide,
    ) -> Result<WebSocket, Failure> {
        WebSocket::accept(convert(stream)?, config, decide).await
    }
}

fn convert(stream: TcpStream) -> std::io::Result<tokio::net::TcpStream> {
    stream.set_nonblocking(true)?;
    tokio::net::TcpStream::from_std(stream)
}

impl Session for WebSocket {
    async fn send(&mut self, message: Message) -> Result<(), Failure> {
        Self::send(self, message).await
    }

    async fn flush(&mut self) -> Result<(), Failure> {
        Self::flush(self).await
    }

    async fn receive(&mut self) -> Option<Result<Message, Failure>> {
        Self::receive(self).await
    }

    fn end(&self) -> Option<End> {
        Self::end(self)
    }

    fn agreement(&self) -> Agreement {
        Self::agreement(self).clone()
    }

    fn peak(&self) -> usize {
        Self::peak(self)
    }
}
