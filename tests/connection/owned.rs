//! Events that outlive the input.

use websocket_proto::handshake::Acceptance;
use websocket_proto::{Config, Connection, Delivery, Event, Input, Role};

use crate::pair::connecting_client;
use crate::support::{ROLES, Seen, close, frames, on_wire, open};

/// Every event, beside what it says while it still borrows.
fn owned(mut connection: Connection, wire: &[u8]) -> Vec<(Event<'static>, Seen)> {
    let mut read = wire.to_vec();
    let mut input = Input::new(&mut read);
    let mut events = Vec::new();
    while let Some(event) = connection
        .receive(&mut input, &mut Vec::new())
        .expect("what is allowed")
    {
        let seen = Seen::from(event.clone());
        events.push((event.into_owned(), seen));
    }
    // What still borrowed would not compile from here on.
    drop(read);
    events
}

fn assert_same(events: &[(Event<'_>, Seen)], count: usize) {
    assert_eq!(events.len(), count);
    for (event, seen) in events {
        assert_eq!(Seen::from(event.clone()), *seen);
    }
}

#[test]
fn every_event_of_a_connection_can_be_owned() {
    let long = "é".repeat(200);
    let unmasked = [
        frames(&[
            (0x81, b"text"),
            (0x82, b"\x00\xff"),
            (0x01, b"two "),
            (0x80, b"parts"),
            (0x89, b"ping"),
            (0x8A, b"pong"),
            (0x81, long.as_bytes()),
        ]),
        close(1001, "gone"),
    ]
    .concat();
    for role in ROLES {
        let wire = on_wire(role, &unmasked);
        assert_same(&owned(open(role, Config::new()), &wire), 7);
        let pieces = Config::new().delivery(Delivery::Chunks);
        assert_same(&owned(open(role, pieces), &wire), 8);
    }
    let wire = on_wire(Role::Server, &frames(&[(0x88, b"")]));
    assert_same(&owned(open(Role::Server, Config::new()), &wire), 1);
}

#[test]
fn every_event_of_a_handshake_can_be_owned() {
    let request = b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let events = owned(Connection::server(Config::new()), request);
    assert!(matches!(&events[0].0, Event::Request(request) if request.target() == "/"));
    assert_same(&events, 1);

    let page = b"GET /page HTTP/1.1\r\nHost: a\r\n\r\n";
    let events = owned(Connection::server(Config::new()), page);
    assert!(matches!(&events[0].0, Event::Http(head) if head.target() == "/page"));
    assert_same(&events, 1);

    let (mut wire, mut answer) = (Vec::new(), Vec::new());
    let client = connecting_client(Config::new(), &mut wire);
    let mut server = Connection::server(Config::new());
    match server.receive(&mut Input::new(&mut wire), &mut answer) {
        Ok(Some(Event::Request(request))) => server
            .accept(&request, &Acceptance::new(), &mut answer)
            .expect("a valid request"),
        other => panic!("{other:?}"),
    }
    let events = owned(client, &answer);
    assert!(matches!(&events[0].0, Event::Open(head) if head.status() == 101));
    assert_same(&events, 1);

    let client = connecting_client(Config::new(), &mut Vec::new());
    let refusal = b"HTTP/1.1 403 No\r\nContent-Length: 4\r\n\r\nbody";
    let events = owned(client, refusal);
    assert!(matches!(&events[0].0, Event::Refused(head) if head.status() == 403));
    assert!(matches!(&events[1].0, Event::Body(piece) if **piece == *b"body"));
    assert_same(&events, 2);
}
