//! The types of the crate `http`.

use websocket_proto::{
    Uri,
    handshake::{
        Acceptance, Agreement, BuildError, ClientRequest, HttpVersion, Request, RequestError,
        RequestHead, Response, ResponseError, ResponseHead,
    },
};

use crate::support::{KEY, client};

fn incoming() -> http::Request<()> {
    http::Request::get("/chat?a=b")
        .header("Host", "h:81")
        .header("Upgrade", "websocket")
        .header("Connection", "keep-alive, Upgrade")
        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Protocol", "a")
        .header("Sec-WebSocket-Protocol", "b")
        .body(())
        .unwrap()
}

#[test]
fn request_is_accepted() {
    let request = Request::try_from(&incoming()).unwrap();
    assert_eq!(
        (request.path(), request.query(), request.host()),
        ("/chat", Some("a=b"), "h:81")
    );
    assert!(request.subprotocols().eq(["a", "b"]));
    let acceptance = Acceptance::new()
        .subprotocol("b")
        .header("Set-Cookie", "c=d");
    let accepted = request.accept(&acceptance).unwrap();
    let response: http::Response<Vec<u8>> = (&accepted.response).try_into().unwrap();
    assert_eq!(response.status(), 101);
    assert_eq!(
        response.headers()["sec-websocket-accept"],
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    );
    assert_eq!(response.headers()["sec-websocket-protocol"], "b");
    assert_eq!(response.headers()["upgrade"], "websocket");
    assert_eq!(response.headers()["connection"], "Upgrade");
    assert_eq!(response.headers()["set-cookie"], "c=d");
    assert_eq!(response.headers().len(), 5);
}

#[test]
fn request_is_refused() {
    let mut request = incoming();
    request.headers_mut().remove("sec-websocket-version");
    let error = Request::try_from(&request).unwrap_err();
    let response: http::Response<Vec<u8>> = (&error.refusal()).try_into().unwrap();
    assert_eq!(response.status(), 426);
    assert_eq!(response.headers()["connection"], "Upgrade");
    assert_eq!(response.headers()["sec-websocket-version"], "13");
    assert!(!response.body().is_empty());
    *request.version_mut() = http::Version::HTTP_2;
    assert_eq!(
        RequestHead::try_from(&request).unwrap_err(),
        RequestError::UnsupportedHttp
    );
    let wrong = http::Response::<Vec<u8>>::try_from(&Response::new(7));
    assert_eq!(wrong.unwrap_err(), BuildError::Status);
}

#[test]
fn absolute_uri() {
    let mut request = incoming();
    *request.uri_mut() = "http://other/x".parse().unwrap();
    let request = Request::try_from(&request).unwrap();
    assert_eq!((request.path(), request.host()), ("/x", "other"));
}

#[test]
fn client_side() {
    let uri = Uri::parse("wss://h:8443/chat?a=b").unwrap();
    let request = ClientRequest::new(&uri)
        .subprotocol("chat")
        .header("X", "y");
    let sent = request.to_http(KEY).unwrap();
    assert_eq!(sent.method(), "GET");
    assert_eq!(sent.uri(), "/chat?a=b");
    assert_eq!(sent.headers()["host"], "h:8443");
    assert_eq!(sent.headers()["x"], "y");
    let received = Request::try_from(&sent).unwrap();
    assert_eq!(received.key(), Some(KEY));
    assert_eq!(
        request.header("a b", "").to_http(KEY).unwrap_err(),
        BuildError::HeaderName
    );

    let accepted = received.accept(&Acceptance::new()).unwrap();
    let answer: http::Response<Vec<u8>> = (&accepted.response).try_into().unwrap();
    let head = ResponseHead::try_from(&answer).unwrap();
    assert_eq!(client().verify(KEY, &head), Ok(Agreement::new()));
    for (version, expected) in [
        (http::Version::HTTP_10, HttpVersion::Http10),
        (http::Version::HTTP_11, HttpVersion::Http11),
    ] {
        let mut answer = http::Response::new(());
        *answer.version_mut() = version;
        let head = ResponseHead::try_from(&answer).unwrap();
        assert_eq!(head.version(), expected);
    }
    let mut old = http::Response::new(());
    *old.version_mut() = http::Version::HTTP_2;
    assert_eq!(
        ResponseHead::try_from(&old).unwrap_err(),
        ResponseError::UnsupportedHttp
    );
}

/// The crate `http` panics where a map has more than 24,576 fields.
#[test]
fn more_fields_than_the_crate_takes_are_an_error() {
    for (count, is_fine) in [(24_000, true), (24_577, false), (33_000, false)] {
        let mut response = Response::new(200);
        let mut request = ClientRequest::new(&Uri::parse("ws://a/").unwrap());
        for number in 0..count {
            let name = format!("x-{number}");
            response = response.header(&name, "1");
            request = request.header(&name, "1");
        }
        let response = http::Response::try_from(&response).map(|_| ());
        let request = request.to_http(KEY).map(|_| ());
        let expected = match is_fine {
            true => Ok(()),
            false => Err(BuildError::TooLong),
        };
        assert_eq!((response, request), (expected, expected), "{count}");
    }
}
