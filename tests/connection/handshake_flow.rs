//! The opening handshake at a connection, both roles: from the first byte to
//! the first frame, or to the refusal.

use websocket_proto::handshake::{Acceptance, HeadError, RequestError, ResponseError};
use websocket_proto::{Config, Connection, Error, Event, FixedOutput, Input, SendError, State};

use crate::pair::{
    REQUEST, RESPONSE, asked_server, connecting_client, events, failure, request, take,
};
use crate::support::{Seen, close, frame, hex, mask};

const HELLO: &[u8] = b"\x81\x05Hello";

fn seen_text(text: &str) -> Seen {
    Seen::Text(text.into())
}

/// The answer of a real server to the request of `connecting_client`.
fn answer(acceptance: &Acceptance) -> (Vec<u8>, Connection) {
    let mut wire = Vec::new();
    connecting_client(Config::new(), &mut wire);
    let mut server = Connection::server(Config::new());
    let mut out = Vec::new();
    let mut input = Input::new(&mut wire);
    let Ok(Some(Event::Request(request))) = server.receive(&mut input, &mut out) else {
        panic!("a valid request");
    };
    server
        .accept(&request, acceptance, &mut out)
        .expect("valid");
    (out, server)
}

/// Gives bytes to a server that accepts every request.
fn serve(conn: &mut Connection, bytes: &[u8], out: &mut Vec<u8>) -> Vec<Seen> {
    let mut read = bytes.to_vec();
    let mut input = Input::new(&mut read);
    let mut seen = Vec::new();
    while let Some(event) = conn.receive(&mut input, out).expect("a good client") {
        if let Event::Request(request) = &event {
            conn.accept(request, &Acceptance::new(), out)
                .expect("valid");
        }
        seen.push(event.into());
    }
    assert!(input.is_empty());
    seen
}

/// HS-R-09: open with the 101, and frames right behind it.
#[test]
fn a_server_is_open_with_its_101_and_may_send_at_once() {
    let (mut conn, request) = asked_server(Config::new());
    let mut out = Vec::new();
    assert!(conn.send_text("Hello", &mut out).is_err());
    assert_eq!((&out[..], conn.state()), (&b""[..], State::Connecting));
    conn.accept(&request, &Acceptance::new(), &mut out)
        .expect("valid");
    conn.send_text("Hello", &mut out).expect("open");
    assert_eq!(out, [RESPONSE.as_bytes(), HELLO].concat());
    assert_eq!(conn.state(), State::Open);
    assert!(conn.accept(&request, &Acceptance::new(), &mut out).is_err());
}

/// HS-S-37, IO-06: what a client sent too early waits for the answer, and
/// then is its first frames.
#[test]
fn frames_behind_the_request_are_kept_until_it_is_answered() {
    let early = hex("81 85 37 fa 21 3d 7f 9f 4d 51 58");
    let mut read = [REQUEST.as_bytes(), &early].concat();
    let mut input = Input::new(&mut read);
    let mut conn = Connection::server(Config::new());
    let mut out = Vec::new();
    let Ok(Some(Event::Request(request))) = conn.receive(&mut input, &mut out) else {
        panic!("a valid request");
    };
    // The one case in which `None` leaves input.
    for _ in 0..3 {
        assert!(
            conn.receive(&mut input, &mut out)
                .is_ok_and(|event| event.is_none())
        );
        assert_eq!(input.len(), early.len());
    }
    conn.accept(&request, &Acceptance::new(), &mut out)
        .expect("valid");
    let event = conn.receive(&mut input, &mut out).expect("a valid frame");
    assert_eq!(event.map(Seen::from), Some(seen_text("Hello")));
    assert!(input.is_empty());
    assert_eq!(out, RESPONSE.as_bytes());
}

/// IO-06: all of them, byte by byte too.
#[test]
fn a_whole_session_in_one_read_or_in_many_is_the_same() {
    let session = [
        REQUEST.as_bytes().to_vec(),
        mask(&[HELLO, &frame(0x89, b"p"), &close(1000, "")].concat()),
    ]
    .concat();
    let (mut whole, mut bytewise) = (Vec::new(), Vec::new());
    let mut conn = Connection::server(Config::new());
    let seen = serve(&mut conn, &session, &mut whole);
    assert_eq!(seen.len(), 4);
    assert!(conn.is_closed() && conn.was_clean());
    let mut conn = Connection::server(Config::new());
    for byte in &session {
        serve(&mut conn, &[*byte], &mut bytewise);
    }
    assert_eq!(whole, bytewise);
}

/// HS-V-27, IO-06
#[test]
fn frames_behind_the_101_are_the_clients_first() {
    let (answer, _) = answer(&Acceptance::new());
    let mut client = connecting_client(Config::new(), &mut Vec::new());
    let wire = [&answer[..], HELLO].concat();
    let seen = events(&mut client, &wire, &mut Vec::new());
    assert!(
        matches!(&seen[..], [Seen::Other(_), text] if *text == seen_text("Hello")),
        "{seen:?}"
    );
}

/// HS-V-22, HS-V-26: the application sees the fields of the answer; a 101 has
/// no body, whatever they say, and what follows it are frames.
#[test]
fn the_fields_of_a_101_are_shown_and_announce_no_body() {
    let acceptance = Acceptance::new().header("Set-Cookie", "a=b");
    let answer = String::from_utf8(answer(&acceptance).0).expect("ASCII");
    for field in ["Content-Length: 7", "Transfer-Encoding: chunked"] {
        let answer = answer.replace("\r\n\r\n", &format!("\r\n{field}\r\n\r\n"));
        let mut read = [answer.as_bytes(), HELLO].concat();
        let mut input = Input::one_by_one(&mut read);
        let mut client = connecting_client(Config::new(), &mut Vec::new());
        let Ok(Some(Event::Open(head))) = client.receive(&mut input, &mut Vec::new()) else {
            panic!("a valid answer");
        };
        assert_eq!(head.headers().first("set-cookie"), Some(&b"a=b"[..]));
        let seen = events(&mut client, input.into_rest(), &mut Vec::new());
        assert_eq!(seen, [seen_text("Hello")]);
    }
}

/// HS-V-29, HS-C-24: the end of the transport after any part of the answer,
/// or before all of it, as where TLS fails.
#[test]
fn the_end_of_the_transport_before_a_whole_answer_is_a_loss() {
    let (answer, _) = answer(&Acceptance::new());
    for length in 0..answer.len() {
        let mut out = Vec::new();
        let mut client = connecting_client(Config::new(), &mut out);
        out.clear();
        assert_eq!(events(&mut client, &answer[..length], &mut out), []);
        assert_eq!(client.receive_eof(), Err(Error::UnexpectedEof));
        assert!(client.is_closed() && !client.was_clean());
        assert_eq!(
            client.close_status().map(|status| status.value()),
            Some(1006)
        );
        assert_eq!(out, b"");
        // The rest of it comes too late.
        let (seen, error) = take(&mut client, &answer[length..], &mut out);
        assert_eq!((seen, error), (vec![], Some(Error::UnexpectedEof)));
    }
}

/// HS-V-28: open exactly at the last byte of the head.
#[test]
fn an_answer_may_come_byte_by_byte() {
    let (answer, _) = answer(&Acceptance::new());
    let mut client = connecting_client(Config::new(), &mut Vec::new());
    let (last, before) = answer.split_last().expect("not empty");
    for byte in before {
        assert_eq!(events(&mut client, &[*byte], &mut Vec::new()), []);
        assert_eq!(client.state(), State::Connecting);
    }
    assert_eq!(events(&mut client, &[*last], &mut Vec::new()).len(), 1);
    assert_eq!(client.state(), State::Open);
}

/// HS-S-24: a request of 300 bytes in 300 reads is a request.
#[test]
fn a_request_may_come_byte_by_byte() {
    let long = REQUEST.replace("\r\n\r\n", &format!("\r\nX: {}\r\n\r\n", "y".repeat(140)));
    let mut conn = Connection::server(Config::new());
    let mut out = Vec::new();
    let (last, before) = long.as_bytes().split_last().expect("not empty");
    for byte in before {
        assert_eq!(serve(&mut conn, &[*byte], &mut out), []);
        assert_eq!(out, b"");
    }
    assert_eq!(serve(&mut conn, &[*last], &mut out).len(), 1);
    assert_eq!(conn.state(), State::Open);
}

/// SP-09: the same at both ends, and for the life of the connection.
#[test]
fn both_ends_see_the_same_subprotocol() {
    let mut wire = Vec::new();
    let offer = request().subprotocol("chat").subprotocol("superchat");
    let mut client =
        Connection::client(Config::new(), &offer, [1; 32].into(), &mut wire).expect("valid");
    assert_eq!(client.subprotocol(), None);
    let mut server = Connection::server(Config::new());
    let mut out = Vec::new();
    let mut input = Input::new(&mut wire);
    let Ok(Some(Event::Request(request))) = server.receive(&mut input, &mut out) else {
        panic!("a valid request");
    };
    let chosen = request.choose_subprotocol(&["superchat"]).expect("offered");
    let acceptance = Acceptance::new().subprotocol(chosen);
    server
        .accept(&request, &acceptance, &mut out)
        .expect("valid");
    events(&mut client, &out, &mut Vec::new());
    for conn in [&mut client, &mut server] {
        assert_eq!(conn.subprotocol(), Some("superchat"));
        let agreement = conn.agreement().expect("something was agreed");
        assert!(agreement.extensions().is_empty());
        conn.send_empty_close(&mut Vec::new()).expect("open");
        let _ = conn.receive_eof();
        assert_eq!(conn.subprotocol(), Some("superchat"));
    }
}

/// HS-S-35, HS-V-30: the limits are those of `Config`.
#[test]
fn the_limits_of_a_head_are_configurable() {
    let config = Config::new().max_head(300).max_headers(6);
    let mut conn = Connection::server(config);
    let mut out = Vec::new();
    assert_eq!(serve(&mut conn, REQUEST.as_bytes(), &mut out).len(), 1);

    let mut conn = Connection::server(config.max_headers(4));
    let error = failure(&mut conn, REQUEST.as_bytes(), &mut out);
    let too_many = RequestError::Head(HeadError::TooManyFields);
    assert_eq!(error, Error::Request(too_many));

    let exact = Config::new().max_head(REQUEST.len());
    let mut conn = Connection::server(exact);
    assert_eq!(serve(&mut conn, REQUEST.as_bytes(), &mut out).len(), 1);
    let mut conn = Connection::server(Config::new().max_head(REQUEST.len() - 1));
    let error = failure(&mut conn, REQUEST.as_bytes(), &mut out);
    assert_eq!(error.http_status(), Some(431));

    let (answer, _) = answer(&Acceptance::new());
    for (limit, fits) in [(answer.len(), true), (answer.len() - 1, false)] {
        let config = Config::new().max_head(limit);
        let mut client = connecting_client(config, &mut Vec::new());
        let (seen, error) = take(&mut client, &answer, &mut Vec::new());
        assert_eq!((seen.len(), error.is_none()), (usize::from(fits), fits));
    }
}

/// HS-V-25: interim responses are skipped, some of them.
#[test]
fn interim_responses_are_skipped_up_to_a_bound() {
    let (answer, _) = answer(&Acceptance::new());
    let interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    for (times, opens) in [(1, true), (4, true), (5, false)] {
        let mut client = connecting_client(Config::new(), &mut Vec::new());
        let wire = [&interim.repeat(times)[..], &answer, HELLO].concat();
        let (seen, error) = take(&mut client, &wire, &mut Vec::new());
        if opens {
            assert_eq!((seen.len(), error), (2, None), "{times}");
        } else {
            let too_many = Error::Response(ResponseError::TooManyInterim);
            assert_eq!((seen.len(), error), (0, Some(too_many)));
        }
    }
}

/// HS-C-19, HS-C-23, IO-05: until the answer is verified a client sends
/// nothing, and its failure adds nothing.
#[test]
fn a_client_sends_nothing_between_request_and_answer() {
    let mut out = Vec::new();
    let mut client = connecting_client(Config::new(), &mut out);
    let request = out.clone();
    assert!(request.starts_with(b"GET /chat HTTP/1.1\r\n"));
    assert!(client.send_text("x", &mut out).is_err());
    assert!(client.send_binary(b"x", &mut out).is_err());
    assert!(client.send_ping(b"", &mut out).is_err());
    assert!(!client.poll_transmit(&mut out));
    events(&mut client, b"HTTP/1.1 101", &mut out);
    assert_eq!(client.receive_eof(), Err(Error::UnexpectedEof));
    assert_eq!(
        client.close_status().map(|status| status.value()),
        Some(1006)
    );
    assert!(!client.was_clean());
    assert_eq!(out, request);
}

/// HS-S-39, IO-05: after any part of the request.
#[test]
fn the_end_of_the_transport_within_the_request_is_a_loss() {
    for length in 0..REQUEST.len() {
        let mut conn = Connection::server(Config::new());
        let mut out = Vec::new();
        events(&mut conn, &REQUEST.as_bytes()[..length], &mut out);
        assert_eq!(conn.receive_eof(), Err(Error::UnexpectedEof));
        assert!(conn.is_closed() && !conn.was_clean());
        assert_eq!(conn.close_status().map(|status| status.value()), Some(1006));
        assert_eq!(out, b"");
    }
    let (mut conn, request) = asked_server(Config::new());
    assert_eq!(conn.receive_eof(), Err(Error::UnexpectedEof));
    let mut out = Vec::new();
    assert!(conn.accept(&request, &Acceptance::new(), &mut out).is_err());
    assert_eq!(out, b"");
}

/// SEC-05, HS-C-07: two attempts differ in their key, and only the seed decides.
#[test]
fn the_key_of_a_request_comes_from_the_seed() {
    let key = |number: u8| {
        let mut out = Vec::new();
        Connection::client(Config::new(), &request(), [number; 32].into(), &mut out)
            .expect("valid");
        let text = String::from_utf8(out).expect("ASCII");
        let (_, rest) = text.split_once("Sec-WebSocket-Key: ").expect("a key");
        rest[..24].to_owned()
    };
    assert_eq!(key(1), key(1));
    assert_ne!(key(1), key(2));
    assert!(key(1).ends_with("=="));
}

/// What a connection writes is what the request's own answer encodes to, and is
/// written whole or not at all.
#[test]
fn a_101_is_the_same_on_both_ways() {
    let offers = "Sec-WebSocket-Protocol: chat, superchat\r\n\
        Sec-WebSocket-Extensions: a; b=c, d\r\n\r\n";
    let bytes = REQUEST.replace("\r\n\r\n", &format!("\r\n{offers}"));
    let extension = |text: &str| text.parse().expect("an extension");
    let plain = Acceptance::new;
    for acceptance in [
        plain(),
        plain().subprotocol("superchat"),
        plain().extension(extension("a; b=c")),
        plain()
            .extension(extension("d"))
            .extension(extension("a; b")),
        plain().header("Set-Cookie", "a=b").header("X", ""),
        plain()
            .header("Set-Cookie", "a=b")
            .subprotocol("chat")
            .extension(extension("d")),
    ] {
        let mut wire = bytes.clone().into_bytes();
        let mut conn = Connection::server(Config::new());
        let mut input = Input::new(&mut wire);
        let Ok(Some(Event::Request(request))) = conn.receive(&mut input, &mut Vec::new()) else {
            panic!("a valid request");
        };
        let accepted = request.accept(&acceptance).expect("fits the request");
        let expected = accepted.response.encode().expect("valid");
        let mut memory = vec![0; expected.len()];
        let needed = expected.len();
        let mut small = FixedOutput::new(&mut memory[1..]);
        assert_eq!(
            conn.accept(&request, &acceptance, &mut small),
            Err(SendError::OutputFull { needed })
        );
        assert!(small.written().is_empty());
        let mut out = FixedOutput::new(&mut memory);
        conn.accept(&request, &acceptance, &mut out)
            .expect("just fits");
        assert_eq!(out.written(), expected);
        let agreement = conn.agreement().cloned().unwrap_or_default();
        assert_eq!(agreement, accepted.agreement);
    }
}
