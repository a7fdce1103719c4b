//! A client on `hyper`.

use bytes::Bytes;
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper::upgrade::{self, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use websocket_proto::handshake::{ClientRequest, ResponseHead, encode_key};
use websocket_proto::{Config, Connection, Seed};

use crate::Failure;
use crate::session::Session;

/// Opens a connection over `stream`. `nonce` is drawn for this attempt alone.
pub async fn open(
    stream: TcpStream,
    request: &ClientRequest,
    config: Config,
    nonce: [u8; 16],
) -> Result<Session<TokioIo<Upgraded>>, Failure> {
    let (mut requests, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection.with_upgrades());
    let key = encode_key(nonce);
    let head = request.to_http(&key)?.map(|()| Empty::<Bytes>::new());
    let response = requests.send_request(head).await?;
    let agreement = match request.verify(&key, &ResponseHead::try_from(&response)?) {
        Ok(agreement) => agreement,
        Err(error) => return Err(format!("refused {}: {error}", response.status().as_u16()).into()),
    };
    let upgraded = TokioIo::new(upgrade::on(response).await?);
    let connection = Connection::upgraded_client(config, agreement, Seed::from_os()?);
    Ok(Session::new(upgraded, connection, &[]))
}
