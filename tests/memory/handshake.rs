//! The heads of the opening handshake.

use websocket_proto::handshake::{
    Acceptance, ClientRequest, HeadLimits, Request, RequestHead, encode_key,
};
use websocket_proto::{Config, Connection, Event, Input, Uri};

use crate::measure;

/// The bytes of its fields, where they stand, and what is sent: none of the
/// three is moved while it is filled.
#[test]
fn a_clients_request_takes_three_allocations() {
    let uri = Uri::parse("ws://server.example.com/chat").expect("a URI");
    let request = ClientRequest::new(&uri).header("Cookie", "a=b");
    let key = encode_key([7; 16]);
    let (bytes, used) = measure(|| request.encode(&key).expect("a valid request"));
    assert_eq!(used.calls, 3, "{used:?}");
    assert_eq!(used.held, bytes.len() as isize);
}

#[test]
fn a_servers_acceptance_takes_two_allocations_and_its_bytes_one() {
    let uri = Uri::parse("ws://server.example.com/chat").expect("a URI");
    let bytes = ClientRequest::new(&uri).encode(&encode_key([7; 16]));
    let bytes = bytes.expect("a valid request");
    let head = RequestHead::parse(&bytes, HeadLimits::default()).expect("a valid head");
    let request = Request::new(head).expect("a valid request");
    let acceptance = Acceptance::new().header("Set-Cookie", "a=b");
    let (accepted, used) = measure(|| request.accept(&acceptance).expect("fits the request"));
    assert_eq!(used.calls, 2, "{used:?}");
    let (_, used) = measure(|| accepted.response.encode().expect("a valid response"));
    assert_eq!(used.calls, 1, "{used:?}");
}

/// What is kept of the handshake under way, the head and where its fields
/// stand, the request in its box, and what is sent.
#[test]
fn a_servers_handshake_takes_five_allocations() {
    let uri = Uri::parse("ws://server.example.com/chat").expect("a URI");
    let bytes = ClientRequest::new(&uri).encode(&encode_key([7; 16]));
    let mut bytes = bytes.expect("a valid request");
    let mut out = Vec::new();
    let (_connection, used) = measure(|| {
        let mut connection = Connection::server(Config::new());
        let mut input = Input::new(&mut bytes);
        match connection.receive(&mut input, &mut out) {
            Ok(Some(Event::Request(request))) => connection
                .accept(&request, &Acceptance::new(), &mut out)
                .expect("fits the request"),
            other => panic!("{other:?}"),
        }
        connection
    });
    assert_eq!(used.calls, 5, "{used:?}");
    assert_eq!(used.held, out.len() as isize);
}
