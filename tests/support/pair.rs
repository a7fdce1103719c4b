//! What tests of a whole connection need beyond frames: the opening handshake
//! as bytes, and outputs of any kind.

#![allow(dead_code, reason = "each test crate uses its own part")]

use websocket_proto::handshake::{Acceptance, ClientRequest, Response};
use websocket_proto::{
    CloseCode, Config, Connection, Error, Event, Input, MessageKind, Output, PreparedMessage, Role,
    Seed, SendError, Uri,
};

use crate::support::Seen;

/// The request of RFC 6455 section 1.3, without its optional fields.
pub(crate) const REQUEST: &str = "GET /chat HTTP/1.1\r\n\
    Host: server.example.com\r\n\
    Upgrade: websocket\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\n\r\n";

/// The answer to [`REQUEST`].
pub(crate) const RESPONSE: &str = "HTTP/1.1 101 Switching Protocols\r\n\
    Upgrade: websocket\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// A close code that may travel.
pub(crate) fn code(number: u16) -> CloseCode {
    CloseCode::new(number).expect("a code that may travel")
}

pub(crate) const fn other(role: Role) -> Role {
    match role {
        Role::Client => Role::Server,
        Role::Server => Role::Client,
    }
}

/// Gives one read to a connection and takes every event, into any output.
pub(crate) fn take(
    conn: &mut Connection,
    bytes: &[u8],
    out: &mut impl Output,
) -> (Vec<Seen>, Option<Error>) {
    let mut read = bytes.to_vec();
    let mut input = Input::new(&mut read);
    let mut seen = Vec::new();
    loop {
        match conn.receive(&mut input, out) {
            Ok(Some(event)) => seen.push(event.into()),
            Ok(None) => return (seen, None),
            Err(error) => return (seen, Some(error)),
        }
    }
}

/// As [`take`], where no error may come.
#[track_caller]
pub(crate) fn events(conn: &mut Connection, bytes: &[u8], out: &mut impl Output) -> Vec<Seen> {
    let (seen, error) = take(conn, bytes, out);
    assert_eq!(error, None, "after {seen:?}");
    seen
}

/// As [`take`], where nothing but an error may come.
#[track_caller]
pub(crate) fn failure(conn: &mut Connection, bytes: &[u8], out: &mut impl Output) -> Error {
    let (seen, error) = take(conn, bytes, out);
    assert_eq!(seen, []);
    error.expect("an error")
}

pub(crate) fn request() -> ClientRequest {
    ClientRequest::new(&Uri::parse("ws://server.example.com/chat").expect("a URI"))
}

/// A client that has written its request to `out`.
pub(crate) fn connecting_client(config: Config, out: &mut Vec<u8>) -> Connection {
    Connection::client(config, &request(), Seed::from([3; 32]), out).expect("room in a Vec")
}

/// A server that has received [`REQUEST`] and not answered it.
pub(crate) fn asked_server(
    config: Config,
) -> (Connection, Box<websocket_proto::handshake::Request>) {
    let mut conn = Connection::server(config);
    let mut bytes = REQUEST.as_bytes().to_vec();
    let mut input = Input::new(&mut bytes);
    match conn.receive(&mut input, &mut Vec::new()) {
        Ok(Some(Event::Request(request))) => (conn, request),
        other => panic!("{other:?}"),
    }
}

/// Both ends after a real opening handshake.
pub(crate) fn opened(config: Config) -> (Connection, Connection) {
    let mut wire = Vec::new();
    let mut client = connecting_client(config, &mut wire);
    let mut server = Connection::server(config);
    let mut answer = Vec::new();
    let mut input = Input::new(&mut wire);
    match server.receive(&mut input, &mut answer) {
        Ok(Some(Event::Request(request))) => server
            .accept(&request, &Acceptance::new(), &mut answer)
            .expect("a valid request"),
        other => panic!("{other:?}"),
    }
    let mut input = Input::new(&mut answer);
    match client.receive(&mut input, &mut Vec::new()) {
        Ok(Some(Event::Open(_))) => (client, server),
        other => panic!("{other:?}"),
    }
}

/// Every call of a connection that sends something, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Text,
    Binary,
    Prepared,
    Fragment,
    LastFragment,
    Ping,
    Pong,
    Close,
    EmptyClose,
    Accept,
    Reject,
    Respond,
}

impl Call {
    pub(crate) const ALL: [Self; 12] = [
        Self::Text,
        Self::Binary,
        Self::Prepared,
        Self::Fragment,
        Self::LastFragment,
        Self::Ping,
        Self::Pong,
        Self::Close,
        Self::EmptyClose,
        Self::Accept,
        Self::Reject,
        Self::Respond,
    ];

    /// Makes the call, with a payload of three bytes where it has one.
    pub(crate) fn make(
        self,
        conn: &mut Connection,
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        match self {
            Self::Text => conn.send_text("abc", out),
            Self::Binary => conn.send_binary(b"abc", out),
            Self::Prepared => conn.send_prepared(&PreparedMessage::text("abc"), out),
            Self::Fragment => conn.send_fragment(MessageKind::Text, b"abc", false, out),
            Self::LastFragment => conn.send_fragment(MessageKind::Text, b"abc", true, out),
            Self::Ping => conn.send_ping(b"abc", out),
            Self::Pong => conn.send_pong(b"abc", out),
            Self::Close => conn.send_close(code(1000), "abc", out),
            Self::EmptyClose => conn.send_empty_close(out),
            Self::Accept => {
                let (_, request) = asked_server(Config::new());
                conn.accept(&request, &Acceptance::new(), out)
            }
            Self::Reject => conn.reject(&Response::new(403).body("abc"), out),
            Self::Respond => conn.respond(&Response::new(404).body("abc"), out),
        }
    }
}
