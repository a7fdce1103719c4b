//! A server on `hyper`.

use std::convert::Infallible;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::{self, OnUpgrade};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use websocket_proto::Connection;
use websocket_proto::handshake::{self, Agreement, BuildError};

use crate::Failure;
use crate::app::{self, Log};
use crate::session::Session;

/// Serves one connection, whose requests may be WebSocket or not, to its end.
pub async fn serve(stream: TcpStream, log: Log) -> Result<(), Failure> {
    let service = service_fn(move |request| {
        let log = log.clone();
        async move { Ok::<_, Infallible>(answer(request, log)) }
    });
    http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades()
        .await?;
    Ok(())
}

fn answer(mut request: Request<Incoming>, log: Log) -> Response<Full<Bytes>> {
    let upgrade = upgrade::on(&mut request);
    decide(&request, upgrade, log).unwrap_or_else(|error| {
        let mut response = Response::new(Full::from(error.to_string()));
        *response.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}

fn decide(
    request: &Request<Incoming>,
    upgrade: OnUpgrade,
    log: Log,
) -> Result<Response<Full<Bytes>>, BuildError> {
    let response = match handshake::Request::try_from(request) {
        Err(error) => error.refusal(),
        Ok(asked) => {
            let subprotocol = asked.choose_subprotocol(&app::SUBPROTOCOLS);
            match app::decide(asked.path(), subprotocol) {
                Err(refusal) => refusal,
                Ok(acceptance) => {
                    let accepted = asked.accept(&acceptance)?;
                    let path = asked.path().to_owned();
                    tokio::spawn(run(path, upgrade, accepted.agreement, log));
                    accepted.response
                }
            }
        }
    };
    Ok(Response::try_from(&response)?.map(Full::from))
}

/// Waits until the answer is written and takes the connection over.
async fn run(path: String, upgrade: OnUpgrade, agreement: Agreement, log: Log) {
    let upgraded = match upgrade.await {
        Ok(upgraded) => upgraded,
        Err(error) => return drop(log.send(format!("error {error}"))),
    };
    let connection = Connection::upgraded_server(app::config(), agreement);
    // The socket itself, and apart from it what has been read behind the
    // request. Without this `upgraded` can be read too; the axum server does so.
    match upgraded.downcast::<TokioIo<TcpStream>>() {
        Ok(parts) => {
            let session = Session::new(parts.io.into_inner(), connection, &parts.read_buf);
            app::run(&path, session, &log).await;
        }
        Err(upgraded) => {
            let session = Session::new(TokioIo::new(upgraded), connection, &[]);
            app::run(&path, session, &log).await;
        }
    }
}
