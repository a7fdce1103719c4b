//! A server for HTTP/3.

use std::sync::Arc;

use quinn::crypto::rustls::QuicServerConfig;
use quinn::{Incoming, RecvStream, SendStream, ServerConfig};
use tokio::sync::watch;
use websocket_proto::Connection;
use websocket_proto::handshake::Response;
use websocket_proto::handshake::connect::Request;

use super::frames::{self, DATA, Frames, HEADERS};
use super::{Stream, connection};
use crate::Failure;
use crate::app::{self, Log};
use crate::session::{Session, Transport};

/// A UDP socket that takes connections.
pub struct Endpoint(quinn::Endpoint);

impl Endpoint {
    pub fn bind(address: &str, tls: rustls::ServerConfig) -> Result<Self, Failure> {
        let crypto = QuicServerConfig::try_from(tls)?;
        let config = ServerConfig::with_crypto(Arc::new(crypto));
        Ok(Self(quinn::Endpoint::server(config, address.parse()?)?))
    }

    pub fn port(&self) -> Result<u16, Failure> {
        Ok(self.0.local_addr()?.port())
    }

    pub async fn accept(&self) -> Option<Incoming> {
        self.0.accept().await
    }
}

/// Serves every request of one connection, WebSocket or not, to its end.
/// `connect` says whether extended CONNECT is enabled by the SETTINGS.
pub async fn serve(incoming: Incoming, connect: bool, log: Log) -> Result<(), Failure> {
    let quic = incoming.await?;
    let _control = connection::control(&quic, connect).await?;
    // What a client says in the setting means nothing.
    let (sender, _) = watch::channel(None);
    tokio::spawn(connection::watch(quic.clone(), sender));
    // An error here is the end of the connection, which is up to the client.
    while let Ok((sending, receiving)) = quic.accept_bi().await {
        let log = log.clone();
        tokio::spawn(async move {
            if let Err(error) = answer(sending, receiving, &log).await {
                let _ = log.send(format!("error {error}"));
            }
        });
    }
    Ok(())
}

async fn answer(mut sending: SendStream, receiving: RecvStream, log: &Log) -> Result<(), Failure> {
    let mut receiving = Frames::new(receiving);
    let fields = frames::fields(&receiving.next(HEADERS).await?)?;
    let field = |name: &str| {
        let mut found = fields.iter().filter(|(other, _)| other == name);
        found.next().map_or("-", |(_, value)| value).to_owned()
    };
    let _ = log.send(format!(
        ":method {} :protocol {} :path {}",
        field(":method"),
        field(":protocol"),
        field(":path"),
    ));
    let asked = match Request::from_fields(fields) {
        Ok(asked) => asked,
        Err(error) => {
            let _ = log.send(format!("refused: {error}"));
            match error.reset_code() {
                Some(error) => Stream::new(sending, receiving).reset(error),
                None => respond_whole(&mut sending, &error.refusal()).await?,
            }
            return Ok(());
        }
    };
    let subprotocol = asked.choose_subprotocol(&app::SUBPROTOCOLS);
    let accepted = match app::decide(asked.path(), subprotocol) {
        Ok(acceptance) => asked.accept(&acceptance)?,
        Err(refusal) => return respond_whole(&mut sending, &refusal).await,
    };
    // Without FIN: the stream is the connection now.
    let list = accepted.response.to_fields()?;
    sending.write_all(&frames::headers(list.iter())?).await?;
    let stream = Stream::new(sending, receiving);
    let connection = Connection::upgraded_server(app::config(), accepted.agreement);
    app::run(asked.path(), Session::new(stream, connection, &[]), log).await;
    Ok(())
}

/// Answers with a head and a short body.
async fn respond_whole(sending: &mut SendStream, response: &Response) -> Result<(), Failure> {
    let list = response.to_fields()?;
    sending.write_all(&frames::headers(list.iter())?).await?;
    let body = response.body_bytes();
    if !body.is_empty() {
        sending.write_all(&frames::frame(DATA, body)?).await?;
    }
    sending.finish()?;
    Ok(())
}
