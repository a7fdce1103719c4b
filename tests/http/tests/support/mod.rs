//! Servers on loopback and what they log, and the clients of the cases.
#![allow(dead_code, reason = "each test uses what it needs")]

use std::sync::Arc;
use std::time::Duration;

use http_stacks::cases::Opener;
use http_stacks::session::Session;
use http_stacks::tls::{self, Identity};
use http_stacks::{Failure, http2, http3};
use rustls::pki_types::ServerName;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;
use tokio_rustls::{TlsAcceptor, TlsConnector};
use websocket_proto::handshake::ClientRequest;
use websocket_proto::{Config, Uri};

/// What a server logs.
pub struct Log(pub UnboundedReceiver<String>);

impl Log {
    /// Waits until a line is just that.
    pub async fn shows(&mut self, wanted: &str) {
        let mut seen = Vec::new();
        loop {
            match timeout(Duration::from_secs(20), self.0.recv()).await {
                Ok(Some(line)) if line == wanted => return,
                Ok(Some(line)) => seen.push(line),
                Ok(None) | Err(_) => panic!("no line {wanted:?} but {seen:?}"),
            }
        }
    }
}

/// A client and the address that it talks to.
pub struct Client<C> {
    pub inner: C,
    pub port: u16,
}

fn uri(scheme: &str, port: u16, path: &str) -> Result<Uri, Failure> {
    Ok(Uri::parse(&format!("{scheme}://localhost:{port}{path}"))?)
}

impl Opener for Client<http2::Client> {
    type Transport = http2::Stream;

    fn uri(&self, path: &str) -> Result<Uri, Failure> {
        uri("wss", self.port, path)
    }

    async fn open(
        &self,
        request: &ClientRequest,
        config: Config,
    ) -> Result<Session<http2::Stream>, Failure> {
        self.inner.open(request, config).await
    }
}

impl Opener for Client<http3::Client> {
    type Transport = http3::Stream;

    fn uri(&self, path: &str) -> Result<Uri, Failure> {
        uri("wss", self.port, path)
    }

    async fn open(
        &self,
        request: &ClientRequest,
        config: Config,
    ) -> Result<Session<http3::Stream>, Failure> {
        self.inner.open(request, config).await
    }
}

/// A server over HTTP/2 and TLS, and a client that is connected to it.
pub async fn over_http2(connect: bool) -> (Client<http2::Client>, Log) {
    let identity = Identity::localhost().unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(tls::server(&identity, &["h2"]).unwrap()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (log, lines) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, log) = (acceptor.clone(), log.clone());
            tokio::spawn(async move {
                // Else each turn of flow control waits for a delayed ACK.
                stream.set_nodelay(true).unwrap();
                let stream = acceptor.accept(stream).await.unwrap();
                let _ = http2::serve(stream, connect, log.clone()).await;
                let _ = log.send("over".into());
            });
        }
    });
    let config = tls::client(&identity.certificate, &["h2"]).unwrap();
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let stream = connector.connect(name, stream).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let inner = http2::Client::new(stream).await.unwrap();
    (Client { inner, port }, Log(lines))
}

/// The same over HTTP/3.
pub async fn over_http3(connect: bool) -> (Client<http3::Client>, Log) {
    let identity = Identity::localhost().unwrap();
    let config = tls::server(&identity, &["h3"]).unwrap();
    let endpoint = http3::Endpoint::bind("127.0.0.1:0", config).unwrap();
    let port = endpoint.port().unwrap();
    let (log, lines) = unbounded_channel();
    tokio::spawn(async move {
        while let Some(incoming) = endpoint.accept().await {
            let log = log.clone();
            tokio::spawn(async move {
                let _ = http3::serve(incoming, connect, log.clone()).await;
                let _ = log.send("over".into());
            });
        }
    });
    let config = tls::client(&identity.certificate, &["h3"]).unwrap();
    let address = ([127, 0, 0, 1], port).into();
    let inner = http3::Client::connect(address, "localhost", config)
        .await
        .unwrap();
    (Client { inner, port }, Log(lines))
}

/// Fails a test that takes too long.
pub async fn limited<T>(test: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(90), test)
        .await
        .expect("in time")
}
