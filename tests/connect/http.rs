//! The types of the crate `http`, as `h2`, `h3` and `hyper` use them.

use websocket_proto::handshake::connect::{Malformed, Outcome, Request, RequestError, Setting};
use websocket_proto::handshake::{self, Acceptance, BuildError};

use crate::lists::{client, nothing, to};

fn incoming() -> http::Request<()> {
    http::Request::connect("https://server.example.com/chat?a=b")
        .version(http::Version::HTTP_2)
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Protocol", "chat")
        .header("Sec-WebSocket-Protocol", "superchat")
        .body(())
        .unwrap()
}

fn answer(status: u16, version: http::Version) -> http::Response<()> {
    let mut answer = http::Response::new(());
    *answer.status_mut() = http::StatusCode::from_u16(status).unwrap();
    *answer.version_mut() = version;
    answer
}

/// BOOT-03, BOOT-08
#[test]
fn a_server_accepts() {
    let request = Request::from_http(&incoming(), Some("websocket")).unwrap();
    assert_eq!(request.target(), "/chat?a=b");
    assert_eq!(request.host(), "server.example.com");
    assert!(request.is_secure());
    assert!(request.subprotocols().eq(["chat", "superchat"]));
    let acceptance = Acceptance::new().subprotocol("chat").header("X", "y");
    let accepted = request.accept(&acceptance).unwrap();
    let answer: http::Response<Vec<u8>> = (&accepted.response).try_into().unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["sec-websocket-protocol"], "chat");
    assert_eq!(answer.headers()["x"], "y");
    assert_eq!(answer.headers().len(), 2);
    assert!(answer.body().is_empty());
}

/// BOOT-10, BOOT-11, BOOT-13
#[test]
fn a_server_refuses() {
    let error = Request::from_http(&incoming(), None).unwrap_err();
    assert_eq!(error, RequestError::NotWebSocket);
    let error = Request::from_http(&incoming(), Some("foo")).unwrap_err();
    let refusal: http::Response<Vec<u8>> = (&error.refusal()).try_into().unwrap();
    assert_eq!(refusal.status(), 501);

    let mut tunnel = incoming();
    *tunnel.uri_mut() = "server.example.com:443".parse().unwrap();
    let error = Request::from_http(&tunnel, Some("websocket")).unwrap_err();
    assert_eq!(error, Malformed::MissingPseudoHeader.into());

    let mut old = incoming();
    *old.version_mut() = http::Version::HTTP_11;
    let error = Request::from_http(&old, Some("websocket")).unwrap_err();
    assert_eq!(error, RequestError::NotWebSocket);
    *old.version_mut() = http::Version::HTTP_3;
    assert!(Request::from_http(&old, Some("websocket")).is_ok());
}

/// BOOT-01, BOOT-03
#[test]
fn a_client_asks() {
    let request = to("wss://h:8443/chat?a=b")
        .subprotocol("chat")
        .header("X", "y");
    let sent = request.to_http_connect(Setting::from(true)).unwrap();
    assert_eq!(sent.method(), "CONNECT");
    assert_eq!(sent.version(), http::Version::HTTP_2);
    assert_eq!(sent.uri(), "https://h:8443/chat?a=b");
    assert_eq!(sent.headers()["sec-websocket-version"], "13");
    assert_eq!(sent.headers()["sec-websocket-protocol"], "chat");
    assert_eq!(sent.headers()["x"], "y");
    assert_eq!(sent.headers().len(), 3);
    let received = Request::from_http(&sent, Some("websocket")).unwrap();
    assert_eq!(received.target(), "/chat?a=b");

    let early = request.to_http_connect(Setting::new());
    assert_eq!(early.unwrap_err(), BuildError::ConnectDisabled);
    let plain = to("ws://h").to_http_connect(Setting::from(true)).unwrap();
    assert_eq!(plain.uri(), "http://h/");
}

/// BOOT-08: and only over HTTP/2 and HTTP/3, since to a proxy's 200 over
/// HTTP/1.1 a CONNECT was something else.
#[test]
fn a_client_reads_the_answer() {
    for version in [http::Version::HTTP_2, http::Version::HTTP_3] {
        let verify = |status| client().verify_http_connect(&answer(status, version));
        assert_eq!(verify(200), Ok(nothing()));
        assert_eq!(verify(103), Ok(Outcome::Interim));
        assert_eq!(verify(403), Ok(Outcome::Refused(403)));
        assert_eq!(verify(101), Err(Malformed::Status.into()));
    }
    for version in [http::Version::HTTP_10, http::Version::HTTP_11] {
        let error = client().verify_http_connect(&answer(200, version));
        assert_eq!(error, Err(handshake::ResponseError::UnsupportedHttp.into()));
    }
}
