//! A server on `axum`, without the WebSocket that it brings itself.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use hyper::upgrade;
use hyper_util::rt::TokioIo;
use websocket_proto::Connection;
use websocket_proto::handshake;

use crate::app::{self, Log};
use crate::session::Session;

/// WebSocket on every path that `app` knows.
pub fn router(log: Log) -> Router {
    Router::new().fallback(any(upgrade_request)).with_state(log)
}

async fn upgrade_request(State(log): State<Log>, mut request: Request) -> Response {
    let upgrade = upgrade::on(&mut request);
    let asked = match handshake::Request::try_from(&request) {
        Ok(asked) => asked,
        Err(error) => return respond(&error.refusal()),
    };
    let subprotocol = asked.choose_subprotocol(&app::SUBPROTOCOLS);
    let acceptance = match app::decide(asked.path(), subprotocol) {
        Ok(acceptance) => acceptance,
        Err(refusal) => return respond(&refusal),
    };
    let accepted = match asked.accept(&acceptance) {
        Ok(accepted) => accepted,
        Err(error) => {
            return (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response();
        }
    };
    tokio::spawn(async move {
        match upgrade.await {
            Ok(upgraded) => {
                let connection = Connection::upgraded_server(app::config(), accepted.agreement);
                let session = Session::new(TokioIo::new(upgraded), connection, &[]);
                app::run(asked.path(), session, &log).await;
            }
            Err(error) => drop(log.send(format!("error {error}"))),
        }
    });
    respond(&accepted.response)
}

fn respond(response: &handshake::Response) -> Response {
    match http::Response::try_from(response) {
        Ok(response) => response.map(Body::from),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
