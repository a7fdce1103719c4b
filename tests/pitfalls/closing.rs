//! Heads, replies under pressure, and the end of a connection.

use websocket_proto::frame::CloseError;
use websocket_proto::handshake::{Acceptance, HeadError, RequestError};
use websocket_proto::{
    CloseCode, Config, Connection, Error, Event, FixedOutput, Input, Role, SendError, State,
};

use crate::support::{
    ROLES, Seen, client, close, feed, frame, frames, hex, mask, on_wire, open, received, sent,
    server,
};

const REQUEST: &str = "GET /chat HTTP/1.1\r\n\
    Host: server.example.com\r\n\
    Upgrade: websocket\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\n\r\n";

/// Feeds a server in reads of this size and accepts what it is asked.
fn serve(bytes: &[u8], step: usize) -> (Vec<Seen>, Result<Connection, Error>) {
    let mut conn = Connection::server(Config::new());
    let mut seen = Vec::new();
    let mut out = Vec::new();
    for read in bytes.chunks(step) {
        let mut read = read.to_vec();
        let mut input = Input::new(&mut read);
        loop {
            match conn.receive(&mut input, &mut out) {
                Ok(None) => break,
                Ok(Some(event)) => {
                    if let Event::Request(request) = &event {
                        conn.accept(request, &Acceptance::new(), &mut out)
                            .expect("a valid request");
                    }
                    seen.push(event.into());
                }
                Err(error) => return (seen, Err(error)),
            }
        }
    }
    (seen, Ok(conn))
}

/// CVE-2023-43669 (snapview/tungstenite-rs#376): a head of 20 MB in pieces of
/// 4 KiB took hours and all the memory that there was.
#[test]
fn a_head_of_20_mb_is_refused_at_the_limit() {
    let start = REQUEST.trim_end_matches("\r\n");
    let mut head = format!("{start}\r\nX: ").into_bytes();
    head.resize(20_000_000, b'y');
    let mut conn = Connection::server(Config::new());
    let mut out = Vec::new();
    let mut taken = 0;
    let mut error = None;
    for read in head.chunks_mut(4096) {
        let mut input = Input::new(read);
        taken += input.len();
        match conn.receive(&mut input, &mut out) {
            Ok(event) => assert!(event.is_none() && error.is_none()),
            Err(again) => {
                assert!(input.is_empty(), "the rest is thrown away");
                assert_eq!(*error.get_or_insert(again), again);
                if taken < 40_000 {
                    assert!(conn.is_closed());
                }
            }
        }
    }
    let too_long = Error::Request(RequestError::Head(HeadError::TooLong));
    assert_eq!(error, Some(too_long));
    assert!(out.starts_with(b"HTTP/1.1 431 "));
    assert_eq!(
        out.windows(8).filter(|bytes| bytes == b"HTTP/1.1").count(),
        1
    );
}

/// tungstenite 0.30 refused more than 64 reads of less than 128 bytes on
/// average as an attack.
#[test]
fn a_request_of_300_bytes_may_come_byte_by_byte() {
    let padding = 300 - REQUEST.len() - "X: \r\n".len();
    let field = format!("\r\nX: {}\r\n\r\n", "y".repeat(padding));
    let request = REQUEST.replace("\r\n\r\n", &field);
    assert_eq!(request.len(), 300);
    let (seen, conn) = serve(request.as_bytes(), 1);
    assert_eq!(seen.len(), 1);
    assert_eq!(conn.map(|conn| conn.state()), Ok(State::Open));
}

/// Frames in the read of the request were junk to tungstenite's server, and
/// lost in jeremyong/websocket_client#18; so were frames behind the 101.
#[test]
fn the_first_frame_may_come_with_the_handshake() {
    let wire = [REQUEST.as_bytes(), &mask(&frame(0x81, b"Hello"))].concat();
    for step in [1, 100, REQUEST.len() + 1, wire.len()] {
        let (seen, conn) = serve(&wire, step);
        assert!(conn.is_ok());
        assert_eq!(seen.len(), 2);
        assert_eq!(seen[1], Seen::Text("Hello".into()), "in reads of {step}");
    }

    let uri = websocket_proto::Uri::parse("ws://a/").expect("a URI");
    let offer = websocket_proto::handshake::ClientRequest::new(&uri);
    let mut wire = Vec::new();
    let mut conn = Connection::client(Config::new(), &offer, [1; 32].into(), &mut wire)
        .expect("a valid request");
    let mut server = Connection::server(Config::new());
    let mut answer = Vec::new();
    let Ok(Some(Event::Request(request))) = server.receive(&mut Input::new(&mut wire), &mut answer)
    else {
        panic!("a valid request");
    };
    server
        .accept(&request, &Acceptance::new(), &mut answer)
        .expect("a valid answer");
    server.send_text("Hello", &mut answer).expect("open");
    let (seen, error) = feed(&mut conn, &answer, &mut Vec::new());
    assert_eq!(error, None);
    assert_eq!(seen[1..], [Seen::Text("Hello".into())]);
}

/// ws GHSA-3h5v-q93c-6h6q: more fields than the parser takes crashed the
/// server.
#[test]
fn too_many_fields_are_an_error() {
    for count in [101, 2000, 3000] {
        let fields = "\r\nX: y".repeat(count);
        let request = REQUEST.replace("\r\nHost", &format!("{fields}\r\nHost"));
        let (seen, result) = serve(request.as_bytes(), request.len());
        assert_eq!(seen, []);
        let error = Error::Request(RequestError::Head(HeadError::TooManyFields));
        assert_eq!(result.err(), Some(error), "{count}");
    }
}

/// A flood of pings against a peer that reads nothing grew the queue of Pongs
/// without bound (curl/curl#21911, openai/openai-java#1013).
#[test]
fn of_a_flood_of_pings_one_answer_waits_and_it_is_the_newest() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        for number in 0..10_000_u32 {
            let mut read = on_wire(role, &frame(0x89, &number.to_be_bytes()));
            let mut full = FixedOutput::new(&mut []);
            let event = conn.receive(&mut Input::new(&mut read), &mut full);
            assert!(matches!(event, Ok(Some(Event::Ping(_)))));
        }
        let mut out = Vec::new();
        assert!(conn.poll_transmit(&mut out));
        assert!(!conn.poll_transmit(&mut out));
        let sent = sent(role, &out);
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].plain(), (0x8a, &9_999_u32.to_be_bytes()[..]));
    }
}

/// Messages could still be sent behind the Close (coder/websocket#213); what
/// the peer had sent before is delivered all the same.
#[test]
fn after_our_close_nothing_is_sent_and_all_is_received() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut out = Vec::new();
        conn.send_close(CloseCode::NORMAL, "", &mut out)
            .expect("open");
        let length = out.len();
        let closing = Err(SendError::WrongState(State::Closing));
        assert_eq!(conn.send_text("x", &mut out), closing);
        assert_eq!(conn.send_ping(b"x", &mut out), closing);
        let late = frames(&[(0x81, b"a"), (0x82, b"b"), (0x88, b"\x03\xe8")]);
        let (seen, error) = feed(&mut conn, &on_wire(role, &late), &mut out);
        assert_eq!(error, None);
        let expected = [
            Seen::Text("a".into()),
            Seen::Binary(b"b".to_vec()),
            Seen::Close(Some((1000, String::new()))),
        ];
        assert_eq!(seen, expected);
        assert_eq!(out.len(), length);
    }
}

/// A server that closed the transport right behind its Close had its last
/// data cut off by a reset (Kludex/uvicorn#3047).
#[test]
fn a_server_waits_for_the_peers_close_or_its_deadline() {
    let second = core::time::Duration::from_secs(1);
    let closing = || {
        let mut conn = server(Config::new().close_timeout(second));
        let mut out = Vec::new();
        conn.send_text("the last", &mut out).expect("open");
        conn.send_close(CloseCode::NORMAL, "", &mut out)
            .expect("open");
        conn.handle_timeout(second, &mut out).expect("it starts");
        assert!(!conn.is_closed());
        // Data on its way does not make it close early.
        feed(&mut conn, &mask(&frame(0x81, b"x")), &mut out);
        assert!(!conn.is_closed());
        conn
    };
    let mut conn = closing();
    feed(&mut conn, &mask(&close(1000, "")), &mut Vec::new());
    assert!(conn.is_closed() && conn.was_clean());
    let mut conn = closing();
    assert!(conn.handle_timeout(2 * second, &mut Vec::new()).is_err());
    assert!(conn.is_closed() && !conn.was_clean());
}

/// What a Close may hold, which wsproto 1.2.0 and others did not check, and
/// 1005, which is sent as an empty one.
#[test]
fn the_payload_of_a_close_is_checked() {
    for role in ROLES {
        let run = received(role, Config::new(), &hex("88 01 03")).assert_failed(1002);
        assert_eq!(run.error, Some(Error::Close(CloseError::HalfCode)));
        for number in [999, 1004, 1005, 1006, 1015, 1016, 2999] {
            let run = received(role, Config::new(), &close(number, "")).assert_failed(1002);
            let error = Error::Close(CloseError::InvalidCode(number));
            assert_eq!(run.error, Some(error));
        }
        for number in [1012, 1013, 1014] {
            let run = received(role, Config::new(), &close(number, ""));
            assert_eq!(run.events(), [Seen::Close(Some((number, String::new())))]);
            assert_eq!(run.sent()[0].close_code(), Some(number));
        }
        received(role, Config::new(), &frame(0x88, b"\x03\xe8\xff")).assert_failed(1007);
    }
    assert_eq!(CloseCode::new(1005), None);
    let mut conn = server(Config::new());
    let mut out = Vec::new();
    conn.send_empty_close(&mut out).expect("open");
    assert_eq!(out, hex("88 00"));
    let mut conn = client(Config::new());
    let mut out = Vec::new();
    conn.send_empty_close(&mut out).expect("open");
    assert_eq!(sent(Role::Client, &out)[0].plain(), (0x88, &[][..]));
}
