//! A client for one HTTP/3 connection.

use std::net::SocketAddr;
use std::sync::Arc;

use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, Connection as Quic, Endpoint, SendStream, VarInt};
use tokio::sync::watch;
use websocket_proto::handshake::ClientRequest;
use websocket_proto::handshake::connect::{Outcome, Setting};
use websocket_proto::{Config, Connection, Seed};

use super::frames::{self, Frames, HEADERS};
use super::{Stream, connection};
use crate::Failure;
use crate::session::{Session, Transport};

/// Any number of WebSocket connections fit in. Dropping it ends them all.
pub struct Client {
    quic: Quic,
    setting: Setting,
    /// Closing it would be an error of the connection.
    _control: SendStream,
    _endpoint: Endpoint,
}

impl Drop for Client {
    fn drop(&mut self) {
        // H3_NO_ERROR.
        self.quic.close(VarInt::from_u32(0x100), b"");
    }
}

impl Client {
    /// Connects and waits for the server's SETTINGS.
    pub async fn connect(
        address: SocketAddr,
        name: &str,
        tls: rustls::ClientConfig,
    ) -> Result<Self, Failure> {
        let endpoint = Endpoint::client("127.0.0.1:0".parse()?)?;
        let crypto = QuicClientConfig::try_from(tls)?;
        let config = ClientConfig::new(Arc::new(crypto));
        let quic = endpoint.connect_with(config, address, name)?.await?;
        let control = connection::control(&quic, false).await?;
        let (sender, mut receiver) = watch::channel(None);
        tokio::spawn(connection::watch(quic.clone(), sender));
        let setting = *receiver.wait_for(Option::is_some).await?;
        Ok(Self {
            quic,
            setting: setting.unwrap_or_default(),
            _control: control,
            _endpoint: endpoint,
        })
    }

    /// What the server's SETTINGS say.
    pub const fn setting(&self) -> Setting {
        self.setting
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
        protocol: &str,
        request: &ClientRequest,
        config: Config,
    ) -> Result<Session<Stream>, Failure> {
        let list = request.to_connect(self.setting)?;
        let list = list.iter().map(|(name, value)| match name {
            ":protocol" => (name, protocol.as_bytes()),
            _ => (name, value),
        });
        let (mut sending, receiving) = self.quic.open_bi().await?;
        sending.write_all(&frames::headers(list)?).await?;
        let mut receiving = Frames::new(receiving);
        loop {
            let fields = frames::fields(&receiving.next(HEADERS).await?)?;
            let answer = match request.verify_connect(fields) {
                Ok(answer) => answer,
                Err(error) => {
                    Stream::new(sending, receiving).reset(error.reset_code());
                    return Err(error.into());
                }
            };
            match answer {
                Outcome::Interim => {}
                Outcome::Refused(status) => return Err(format!("refused {status}").into()),
                Outcome::Open(agreement) => {
                    let seed = Seed::from_os()?;
                    let connection = Connection::upgraded_client(config, agreement, seed);
                    let stream = Stream::new(sending, receiving);
                    return Ok(Session::new(stream, connection, &[]));
                }
            }
        }
    }
}
