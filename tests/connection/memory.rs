//! What a connection occupies, and what it does not allocate.

use websocket_proto::handshake::{Acceptance, Agreement};
use websocket_proto::{Config, Connection, Event};

#[test]
fn smoke() {
    let mut conn = Connection::server(Config::new());
    let mut out = Vec::new();
    let mut bytes = b"GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".to_vec();
    bytes.extend([
        0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
    ]);
    let mut input = &mut bytes[..];
    let Some(Event::Request(request)) = conn.receive(&mut input, &mut out).unwrap() else {
        panic!()
    };
    conn.accept(&request, &Acceptance::new(), &mut out).unwrap();
    println!("{}", String::from_utf8_lossy(&out));
    let Some(Event::Text(text)) = conn.receive(&mut input, &mut out).unwrap() else {
        panic!()
    };
    assert_eq!(text, "Hello");
    println!("size {}", size_of::<Connection>());
    let _ = Connection::upgraded_server(Config::new(), Agreement::default());
    println!("event {}", size_of::<Event>());
    println!(
        "result {}",
        size_of::<Result<Option<Event>, websocket_proto::Error>>()
    );
}
