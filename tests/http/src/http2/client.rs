//! A client for one HTTP/2 connection.

use bytes::Bytes;
use h2::client::{self, SendRequest};
use h2::ext::Protocol;
use h2::{Ping, Reason};
use tokio::io::{AsyncRead, AsyncWrite};
use websocket_proto::handshake::ClientRequest;
use websocket_proto::handshake::connect::{Outcome, Setting};
use websocket_proto::{Config, Connection, Seed};

use super::Stream;
use crate::Failure;
use crate::session::Session;

/// Any number of WebSocket connections fit in.
#[derive(Clone)]
pub struct Client(SendRequest<Bytes>);

impl Client {
    /// Shakes hands and waits until the server's SETTINGS are here.
    pub async fn new<T>(io: T) -> Result<Self, Failure>
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (requests, mut connection) = client::handshake(io).await?;
        let mut pings = connection.ping_pong().ok_or("no PING")?;
        tokio::spawn(connection);
        // `h2` does not say when SETTINGS come. They are the first that a server
        // sends (RFC 9113 section 3.4), before the answer to any PING.
        pings.ping(Ping::opaque()).await?;
        Ok(Self(requests))
    }

    /// What the server's SETTINGS say.
    pub fn setting(&self) -> Setting {
        Setting::from(self.0.is_extended_connect_protocol_enabled())
    }

    /// Opens a connection; an error says why the server does not take it.
    pub async fn open(
        &self,
        request: &ClientRequest,
        config: Config,
    ) -> Result<Session<Stream>, Failure> {
        self.open_as("websocket", request, config).await
    }

    /// The same with any `:protocol`.
    pub async fn open_as(
        &self,
        protocol: &'static str,
        request: &ClientRequest,
        config: Config,
    ) -> Result<Session<Stream>, Failure> {
        let mut head = request.to_http_connect(self.setting())?;
        head.extensions_mut()
            .insert(Protocol::from_static(protocol));
        let mut requests = self.0.clone().ready().await?;
        let (answer, mut sending) = requests.send_request(head, false)?;
        // `h2` keeps interim answers to itself.
        let answer = answer.await?;
        match request.verify_http_connect(&answer) {
            Ok(Outcome::Open(agreement)) => {
                let stream = Stream::new(sending, answer.into_body());
                let connection = Connection::upgraded_client(config, agreement, Seed::from_os()?);
                Ok(Session::new(stream, connection, &[]))
            }
            Ok(Outcome::Refused(status)) => Err(format!("refused {status}").into()),
            Ok(Outcome::Interim) => Err("interim".into()),
            Err(error) => {
                sending.send_reset(Reason::from(error.reset_code().http2()));
                Err(error.into())
            }
        }
    }
}
