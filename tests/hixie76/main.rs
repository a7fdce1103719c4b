//! The legacy protocol: draft-hixie-thewebsocketprotocol-76, which is
//! draft-ietf-hybi-thewebsocketprotocol-00.
#![cfg(feature = "hixie76")]

mod any_bytes;
mod chunking;
mod client;
mod closing;
#[cfg(feature = "deflate")]
mod compression;
mod frames;
mod key;
mod messages;
mod misuse;
mod server;
mod vectors;

#[path = "../support/pair.rs"]
mod pair;
#[path = "../support/mod.rs"]
mod support;

use websocket_proto::handshake::{Acceptance, Agreement, ClientRequest, Request};
use websocket_proto::{Config, Connection, Event, Input, Role, Seed, Uri};

/// A server that takes both protocols.
pub(crate) fn server() -> Connection {
    Connection::server(Config::new().hixie76(true))
}

/// The head of W1 in the requirements, with other keys.
pub(crate) fn head(key1: &str, key2: &str) -> String {
    format!(
        "GET /demo HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key2: {key2}\r\nSec-WebSocket-Protocol: sample\r\n\
         Upgrade: WebSocket\r\nSec-WebSocket-Key1: {key1}\r\n\
         Origin: http://example.com\r\n\r\n"
    )
}

/// The head of W2 in the requirements, to which [`KEY3`] belongs.
pub(crate) fn w2() -> String {
    head("4 @1  46546xW%0l 1 5", "12998 5 Y3 1  .P00")
}

pub(crate) const KEY3: &[u8; 8] = b"^n:ds[4U";
pub(crate) const ANSWER: &[u8; 16] = b"8jKS'y:G*Co,Wxa-";

/// A client's request with the one thing that the draft wants of it.
pub(crate) fn request() -> ClientRequest {
    let uri = Uri::parse("ws://example.com/demo").expect("a URI");
    ClientRequest::new(&uri).origin("http://example.com")
}

/// A client that has written its request to `out`.
pub(crate) fn client(request: &ClientRequest, out: &mut Vec<u8>) -> Connection {
    let seed = Seed::from([7; 32]);
    Connection::hixie76_client(Config::new(), request, seed, out).expect("room in a Vec")
}

/// An open connection of either role.
pub(crate) fn open(role: Role, config: Config) -> Connection {
    Connection::hixie76_upgraded(role, config, Agreement::new())
}

/// Gives all of `bytes` to a server, up to a request that it likes.
pub(crate) fn asked(server: &mut Connection, bytes: &[u8]) -> Box<Request> {
    let mut read = bytes.to_vec();
    let mut input = Input::new(&mut read);
    match server.receive(&mut input, &mut Vec::new()) {
        Ok(Some(Event::Request(request))) => {
            assert!(input.is_empty());
            request
        }
        other => panic!("{other:?}"),
    }
}

/// Both ends after a real opening handshake.
pub(crate) fn opened(config: Config) -> (Connection, Connection) {
    let mut wire = Vec::new();
    let seed = Seed::from([7; 32]);
    let mut client =
        Connection::hixie76_client(config, &request(), seed, &mut wire).expect("room in a Vec");
    let mut server = Connection::server(config.hixie76(true));
    let asked = asked(&mut server, &wire);
    let mut answer = Vec::new();
    server
        .accept(&asked, &Acceptance::new(), &mut answer)
        .expect("the request waits");
    let mut input = Input::new(&mut answer);
    let event = client.receive(&mut input, &mut Vec::new());
    assert!(matches!(event, Ok(Some(Event::Open(_)))), "{event:?}");
    (client, server)
}
