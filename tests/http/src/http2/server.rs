//! A server for one HTTP/2 connection.

use bytes::Bytes;
use h2::ext::Protocol;
use h2::server::{Builder, SendResponse};
use h2::{Reason, RecvStream};
use http::{Request, Response};
use tokio::io::{AsyncRead, AsyncWrite};
use websocket_proto::Connection;
use websocket_proto::handshake;
use websocket_proto::handshake::connect::{self, RequestError};

use super::Stream;
use crate::Failure;
use crate::app::{self, Log};
use crate::session::Session;

/// What a plain GET of `/` gets.
const PAGE: &str = "<!doctype html><meta charset=utf-8><title>Echo</title>\
    <link rel=icon href=\"data:,\"><h1>Echo</h1>\n";

/// Serves every request of one connection, WebSocket or not, to its end.
/// `connect` says whether extended CONNECT is enabled by the SETTINGS.
pub async fn serve<T>(io: T, connect: bool, log: Log) -> Result<(), Failure>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut builder = Builder::new();
    if connect {
        builder.enable_connect_protocol();
    }
    let mut connection = builder.handshake(io).await?;
    while let Some(incoming) = connection.accept().await {
        let (request, respond) = incoming?;
        let log = log.clone();
        tokio::spawn(async move {
            if let Err(error) = answer(request, respond, &log).await {
                let _ = log.send(format!("error {error}"));
            }
        });
    }
    Ok(())
}

async fn answer(
    request: Request<RecvStream>,
    mut respond: SendResponse<Bytes>,
    log: &Log,
) -> Result<(), Failure> {
    let protocol = request.extensions().get::<Protocol>();
    let protocol = protocol.map(|protocol| protocol.as_str().to_owned());
    let _ = log.send(format!(
        ":method {} :protocol {} :path {}",
        request.method(),
        protocol.as_deref().unwrap_or("-"),
        request.uri().path(),
    ));
    let asked = match connect::Request::from_http(&request, protocol.as_deref()) {
        Ok(asked) => asked,
        Err(RequestError::NotWebSocket) if request.method() == "GET" => {
            return respond_whole(&mut respond, &page(request.uri().path()));
        }
        Err(error) => {
            let _ = log.send(format!("refused: {error}"));
            match error.reset_code() {
                Some(error) => respond.send_reset(Reason::from(error.http2())),
                None => respond_whole(&mut respond, &error.refusal())?,
            }
            return Ok(());
        }
    };
    let subprotocol = asked.choose_subprotocol(&app::SUBPROTOCOLS);
    let accepted = match app::decide(asked.path(), subprotocol) {
        Ok(acceptance) => asked.accept(&acceptance)?,
        Err(refusal) => return respond_whole(&mut respond, &refusal),
    };
    // Without END_STREAM: the stream is the connection now.
    let head = Response::try_from(&accepted.response)?.map(drop);
    let sending = respond.send_response(head, false)?;
    let path = asked.path().to_owned();
    let stream = Stream::new(sending, request.into_body());
    let connection = Connection::upgraded_server(app::config(), accepted.agreement);
    app::run(&path, Session::new(stream, connection, &[]), log).await;
    Ok(())
}

/// Answers with a head and, where there is one, a short body.
fn respond_whole(
    respond: &mut SendResponse<Bytes>,
    response: &handshake::Response,
) -> Result<(), Failure> {
    let (head, body) = Response::try_from(response)?.into_parts();
    let head = Response::from_parts(head, ());
    let mut sending = respond.send_response(head, body.is_empty())?;
    if !body.is_empty() {
        sending.send_data(body.into(), true)?;
    }
    Ok(())
}

fn page(path: &str) -> handshake::Response {
    match path {
        "/" => handshake::Response::new(200)
            .header("Content-Type", "text/html; charset=utf-8")
            .body(PAGE),
        _ => handshake::Response::new(404),
    }
}
