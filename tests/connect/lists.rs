//! Lists of fields, and the bytes behind them.

use websocket_proto::handshake::connect::{Outcome, Request, RequestError, ResponseError, Setting};
use websocket_proto::handshake::{Agreement, ClientRequest, Headers};
use websocket_proto::{Connection, Uri};

use crate::support::{Seen, feed};

pub(crate) type List = Vec<(String, String)>;

pub(crate) fn list(fields: &[(&str, &str)]) -> List {
    fields
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect()
}

/// The request of RFC 8441 section 5.1.
pub(crate) fn example() -> List {
    list(&[
        (":method", "CONNECT"),
        (":protocol", "websocket"),
        (":scheme", "https"),
        (":path", "/chat"),
        (":authority", "server.example.com"),
        ("sec-websocket-protocol", "chat, superchat"),
        ("sec-websocket-extensions", "permessage-deflate"),
        ("sec-websocket-version", "13"),
        ("origin", "http://www.example.com"),
    ])
}

/// The same with one field more at the end.
pub(crate) fn with(name: &str, value: &str) -> List {
    let mut fields = example();
    fields.push((name.into(), value.into()));
    fields
}

pub(crate) fn without(name: &str) -> List {
    let mut fields = example();
    let length = fields.len();
    fields.retain(|(other, _)| other != name);
    assert!(fields.len() < length, "{name} was not there");
    fields
}

/// The same with another value in one field.
pub(crate) fn replaced(name: &str, value: &str) -> List {
    let mut fields = example();
    let field = fields.iter_mut().find(|(other, _)| other == name);
    field.expect("a field of the example").1 = value.into();
    fields
}

pub(crate) fn checked(fields: List) -> Result<Request, RequestError> {
    Request::from_fields(fields)
}

#[track_caller]
pub(crate) fn refused(fields: List) -> RequestError {
    checked(fields).expect_err("a refusal")
}

pub(crate) fn client() -> ClientRequest {
    to("wss://server.example.com/chat")
}

pub(crate) fn to(uri: &str) -> ClientRequest {
    ClientRequest::new(&Uri::parse(uri).expect("a URI"))
}

/// The list that a client sends to a server that has enabled it.
#[track_caller]
pub(crate) fn sent(request: &ClientRequest) -> List {
    let fields = request.to_connect(Setting::from(true));
    pairs(&fields.expect("a request"))
}

pub(crate) fn pairs(headers: &Headers) -> List {
    headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8(value.to_vec()).expect("text");
            (name.to_string(), value)
        })
        .collect()
}

/// What a client makes of an answer.
pub(crate) fn verified(
    request: &ClientRequest,
    fields: &[(&str, &str)],
) -> Result<Outcome, ResponseError> {
    request.verify_connect(fields.iter().copied())
}

pub(crate) fn nothing() -> Outcome {
    Outcome::Open(Agreement::new())
}

/// The events of a read, and no error.
#[track_caller]
pub(crate) fn events(connection: &mut Connection, bytes: &[u8], out: &mut Vec<u8>) -> Vec<Seen> {
    let (events, error) = feed(connection, bytes, out);
    assert_eq!(error, None);
    events
}
