//! The tutorials on WebSocket over Node that this crate started from: what
//! they show works, and where their servers went wrong this one does not.

use websocket_proto::handshake::{Acceptance, RequestError, Response};
use websocket_proto::{Config, Connection, Error, Event, Input, Role};

use crate::pair::{REQUEST, events, failure};
use crate::support::{Seen, close, frame, hex, mask, open};

/// What a server answers to this head, and its connection.
fn serve(head: &str) -> Result<(Connection, String), Error> {
    let mut read = head.as_bytes().to_vec();
    let mut conn = Connection::server(Config::new());
    let mut out = Vec::new();
    match conn
        .receive(&mut Input::new(&mut read), &mut out)?
        .expect("a whole head")
    {
        Event::Request(request) => {
            conn.accept(&request, &Acceptance::new(), &mut out)
                .expect("valid");
        }
        Event::Http(_) => {
            let response = Response::new(200).body("hello");
            conn.respond(&response, &mut out).expect("it waits");
        }
        other => panic!("{other:?}"),
    }
    Ok((conn, String::from_utf8(out).expect("ASCII")))
}

/// SEED-01
#[test]
fn the_printed_handshake_is_the_one_made() {
    let head = REQUEST.replace("dGhlIHNhbXBsZSBub25jZQ==", "uR5YP/BMO6M24tAFcmHeXw==");
    let (_, answer) = serve(&head).expect("valid");
    assert!(
        answer.contains("\r\nSec-WebSocket-Accept: eS92kXpBNI6fWsCkj6WxH6QeoHs=\r\n"),
        "{answer}"
    );
}

/// SEED-02: neither a space after the colon nor a case of letters is needed.
#[test]
fn fields_are_read_without_space_and_in_any_case() {
    let tight = REQUEST.replace(": ", ":").to_lowercase();
    let tight = tight
        .replace("dghlihnhbxbszsbub25jzq==", "dGhlIHNhbXBsZSBub25jZQ==")
        .replace("get /chat http/1.1", "GET /chat HTTP/1.1");
    let loud = REQUEST
        .replace("Upgrade", "UPGRADE")
        .replace("websocket", "WebSocket");
    for head in [tight, loud] {
        let (_, answer) = serve(&head).expect("valid");
        assert!(answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{answer}");
    }
}

/// SEED-03: words in some field are no handshake.
#[test]
fn a_mention_of_upgrade_is_none() {
    let head = "GET / HTTP/1.1\r\nHost: a\r\nX: Upgrade: websocket\r\n\r\n";
    let (conn, answer) = serve(head).expect("plain HTTP");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(conn.is_closed());
}

/// SEED-05: the tutorial's `7e 40 2c` for a length of 300.
#[test]
fn a_length_of_300_has_the_right_two_bytes() {
    let mut conn = open(Role::Server, Config::new());
    let mut out = Vec::new();
    conn.send_text(&"x".repeat(300), &mut out).expect("open");
    assert_eq!(out[..4], hex("81 7e 01 2c"));
    assert_eq!(out.len(), 304);
}

/// SEED-04, at once: several frames in one read, and one in several.
#[test]
fn frames_that_come_together_are_taken_apart() {
    let wire = mask(
        &[
            frame(0x81, b"a"),
            frame(0x82, b"b"),
            frame(0x81, &[b'c'; 300]),
        ]
        .concat(),
    );
    let mut conn = open(Role::Server, Config::new());
    let seen = events(&mut conn, &wire, &mut Vec::new());
    let expected = [
        Seen::Text("a".into()),
        Seen::Binary(b"b".to_vec()),
        Seen::Text("c".repeat(300)),
    ];
    assert_eq!(seen, expected);
}

/// SEED-06: the answer to the Close reaches the client before the transport
/// is closed.
#[test]
fn a_close_is_answered_before_the_transport_is_closed() {
    let mut conn = open(Role::Server, Config::new());
    let mut out = Vec::new();
    let seen = events(&mut conn, &hex("88 82 37 fa 21 3d 34 12"), &mut out);
    assert_eq!(seen, [Seen::Close(Some((1000, String::new())))]);
    assert_eq!(out, hex("88 02 03 e8"));
    assert!(conn.is_closed());
}

/// SEED-07
#[test]
fn text_of_several_bytes_a_character_is_echoed_unchanged() {
    for text in ["握手成功", "你好服务端"] {
        let mut server = open(Role::Server, Config::new());
        let mut client = open(Role::Client, Config::new());
        let (mut there, mut back) = (Vec::new(), Vec::new());
        client.send_text(text, &mut there).expect("open");
        let mut input = Input::new(&mut there);
        let Ok(Some(Event::Text(heard))) = server.receive(&mut input, &mut back) else {
            panic!("a text");
        };
        server.send_text(&heard, &mut back).expect("open");
        assert_eq!(back.len(), 2 + text.len());
        let seen = events(&mut client, &back, &mut Vec::new());
        assert_eq!(seen, [Seen::Text(text.into())]);
    }
}

/// SEED-12: a client of the old draft on the same port is told what to speak,
/// where the draft is off.
#[test]
fn a_client_of_the_old_draft_is_told_so() {
    let head = "GET /demo HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\nSec-WebSocket-Protocol: sample\r\n\
        Upgrade: WebSocket\r\nSec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\n\
        Origin: http://example.com\r\n\r\n^n:ds[4U";
    let error = serve(head).expect_err("not this protocol");
    assert_eq!(error, Error::Request(RequestError::Draft));
    assert_eq!(error.http_status(), Some(400));
}

/// SEED-13: an offer of compression that is passed over leaves a session that
/// works.
#[test]
fn a_session_works_without_the_compression_that_was_offered() {
    let field = "\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n";
    let (mut conn, answer) = serve(&REQUEST.replace("\r\n\r\n", field)).expect("valid");
    assert!(!answer.contains("Extensions"), "{answer}");
    let mut out = Vec::new();
    let seen = events(&mut conn, &mask(&frame(0x81, b"plain")), &mut out);
    assert_eq!(seen, [Seen::Text("plain".into())]);
    let error = failure(&mut conn, &mask(&frame(0xc1, b"\xf2\x48\0")), &mut out);
    assert_eq!(error.close_code().map(|code| code.value()), Some(1002));
}

/// SEED-14: bytes are bytes, in both directions.
#[test]
fn every_byte_makes_the_round_trip() {
    let bytes: Vec<u8> = (0..=255).collect();
    let mut server = open(Role::Server, Config::new());
    let mut client = open(Role::Client, Config::new());
    let (mut there, mut back) = (Vec::new(), Vec::new());
    client.send_binary(&bytes, &mut there).expect("open");
    let seen = events(&mut server, &there, &mut Vec::new());
    assert_eq!(seen, [Seen::Binary(bytes.clone())]);
    server.send_binary(&bytes, &mut back).expect("open");
    let seen = events(&mut client, &back, &mut Vec::new());
    assert_eq!(seen, [Seen::Binary(bytes)]);
    let end = events(&mut client, &close(1000, ""), &mut Vec::new());
    assert_eq!(end.len(), 1);
}
