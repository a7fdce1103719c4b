//! A client and a server with nothing but an allocator: the handshake, a
//! message each way, a Ping, and the end.

#![no_std]
#![no_main]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use websocket_proto::handshake::{Acceptance, ClientRequest};
use websocket_proto::{CloseCode, CloseStatus, Config, Connection, Event, Input, Seed, State, Uri};
// For its panic handler and its allocator.
use websocket_proto_no_std as _;

#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    let uri = Uri::parse("ws://example.com/chat").expect("a valid URI");
    let request = ClientRequest::new(&uri).subprotocol("chat");
    let config = Config::new().idle_timeout(Duration::from_secs(60));
    let mut to_server = Vec::new();
    let mut to_client = Vec::new();
    let seed = Seed::from([7; 32]);
    let mut client =
        Connection::client(config, &request, seed, &mut to_server).expect("a valid request");
    let mut server = Connection::server(config);

    turn(&mut server, &mut to_server, &mut to_client);
    turn(&mut client, &mut to_client, &mut to_server);
    assert_eq!(client.state(), State::Open);
    assert_eq!(client.subprotocol(), Some("chat"));

    client
        .send_text("hello", &mut to_server)
        .expect("an open connection");
    client
        .send_ping(b"1", &mut to_server)
        .expect("an open connection");
    let heard = turn(&mut server, &mut to_server, &mut to_client);
    assert_eq!(heard, "hello");
    server
        .send_text(&heard, &mut to_client)
        .expect("an open connection");
    server
        .send_close(CloseCode::NORMAL, "bye", &mut to_client)
        .expect("an open connection");
    assert_eq!(turn(&mut client, &mut to_client, &mut to_server), "hello");
    turn(&mut server, &mut to_server, &mut to_client);
    assert!(server.is_closed());
    client.receive_eof().expect("an end after the Close");
    assert!(client.was_clean() && server.was_clean());
    let normal = Some(CloseStatus::Code(CloseCode::NORMAL));
    assert_eq!(
        (client.close_status(), server.close_status()),
        (normal, normal)
    );
    assert_eq!(
        client.handle_timeout(Duration::from_secs(90), &mut to_server),
        Ok(())
    );
    0
}

/// Takes all that has arrived, and returns the text in it.
fn turn(connection: &mut Connection, input: &mut Vec<u8>, out: &mut Vec<u8>) -> String {
    let mut heard = String::new();
    let mut rest = Input::new(input);
    while let Some(event) = connection.receive(&mut rest, out).expect("no fault") {
        match event {
            Event::Request(request) => {
                let acceptance = Acceptance::new().subprotocol("chat");
                connection
                    .accept(&request, &acceptance, out)
                    .expect("what was offered");
            }
            Event::Text(text) => heard.push_str(&text),
            _ => {}
        }
    }
    assert!(rest.is_empty());
    input.clear();
    heard
}
