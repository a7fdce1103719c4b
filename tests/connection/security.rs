//! RFC 6455 section 10 at a connection: what a hostile peer, and a careless
//! caller, can and cannot do.

use websocket_proto::handshake::{
    Acceptance, ClientRequest, RequestError, Response, ResponseError,
};
use websocket_proto::{Config, Connection, Delivery, Error, Event, Input, Limit, Role, Uri};

use crate::pair::{Call, REQUEST, RESPONSE, connecting_client, events, failure, request, take};
use crate::support::{ROLES, Seen, frame, frames, on_wire, open, sent};

/// SEC-01: the limits that are there without being asked for.
#[test]
fn every_limit_has_a_default_and_one_above_it_is_an_error() {
    let too_big = |mut conn: Connection, wire: &[u8], limit: Limit| {
        let mut out = Vec::new();
        let error = failure(&mut conn, wire, &mut out);
        assert_eq!(error, Error::Limit(limit));
        assert_eq!(sent(conn.role(), &out)[0].close_code(), Some(1009));
    };
    for role in ROLES {
        // 16 MiB a frame, 131,072 fragments a message.
        let largest = [&[0x02, 127][..], &(16_u64 << 20).to_be_bytes()].concat();
        let larger = [&[0x02, 127][..], &((16_u64 << 20) + 1).to_be_bytes()].concat();
        let mut conn = open(role, Config::new());
        let seen = events(&mut conn, &on_wire(role, &largest), &mut Vec::new());
        assert_eq!(seen, []);
        let conn = open(role, Config::new());
        too_big(conn, &on_wire(role, &larger), Limit::Frame);

        let mut stream = frame(0x02, b"");
        stream.extend(frame(0x00, b"").repeat((1 << 17) - 1));
        let mut conn = open(role, Config::new());
        let seen = events(&mut conn, &on_wire(role, &stream), &mut Vec::new());
        assert_eq!(seen, []);
        too_big(conn, &on_wire(role, &frame(0x80, b"")), Limit::Fragments);
    }
    // 64 MiB a message; unmasked, since it is a lot.
    let mut conn = open(Role::Client, Config::new());
    let mut piece = frame(0x02, &vec![0; 16 << 20]);
    for _ in 0..4 {
        assert_eq!(events(&mut conn, &piece, &mut Vec::new()), []);
        piece[0] = 0x00;
    }
    too_big(conn, &frame(0x80, b"x"), Limit::Message);

    // 16 KiB and 100 fields a head.
    let with = |field: &str| REQUEST.replace("\r\n\r\n", &format!("\r\n{field}\r\n\r\n"));
    let room = (16 << 10) - with("X: ").len();
    for (request, status) in [
        (with(&format!("X: {}", "y".repeat(room))), None),
        (with(&format!("X: {}", "y".repeat(room + 1))), Some(431)),
        (with(&["X: y"; 95].join("\r\n")), None),
        (with(&["X: y"; 96].join("\r\n")), Some(431)),
        (REQUEST.replace("/chat", &"/".repeat(20_000)), Some(414)),
    ] {
        let mut conn = Connection::server(Config::new());
        let mut read = request.into_bytes();
        let result = conn.receive(&mut Input::new(&mut read), &mut Vec::new());
        assert_eq!(result.err().and_then(|error| error.http_status()), status);
    }
}

/// SEC-03, IO-01: the randomness is the caller's, a key is fresh for each
/// frame and follows from nothing that was seen.
#[test]
fn every_frame_of_a_client_has_a_fresh_key() {
    let keys = |number: u8| {
        let config = Config::new();
        let mut conn = Connection::upgraded_client(config, Default::default(), [number; 32].into());
        let mut out = Vec::new();
        for _ in 0..1000 {
            conn.send_text("same", &mut out).expect("open");
        }
        let keys: Vec<_> = sent(Role::Client, &out)
            .iter()
            .map(|sent| sent.key)
            .collect();
        keys
    };
    let mut sorted = keys(1);
    assert_eq!(sorted, keys(1), "with the same seed a run can be replayed");
    assert_ne!(sorted, keys(2));
    // No step from one to the next that would give away a counter.
    let numbers: Vec<_> = sorted
        .iter()
        .flatten()
        .map(|key| u32::from_be_bytes(*key))
        .collect();
    let step = |pair: &[u32]| pair[1].wrapping_sub(pair[0]);
    let first = step(&numbers[..2]);
    assert!(numbers.windows(2).skip(1).all(|pair| step(pair) != first));
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted.len(), 1000);
}

/// SEC-04: what an application sends is not what stands on the wire.
#[test]
fn a_client_does_not_let_choose_the_bytes_on_the_wire() {
    let attack = "GET / HTTP/1.1\r\nHost: victim\r\n\r\n";
    let mut conn = open(Role::Client, Config::new());
    let mut wires = Vec::new();
    for _ in 0..100 {
        let mut out = Vec::new();
        conn.send_text(attack, &mut out).expect("open");
        assert!(!out.windows(5).any(|bytes| bytes == b"GET /"));
        wires.push(out);
    }
    wires.sort();
    wires.dedup();
    assert_eq!(wires.len(), 100);
}

/// IO-09: masking follows from the role, in every frame of every kind; there
/// is nothing to switch it on or off by.
#[test]
fn a_client_always_masks_and_a_server_never() {
    for role in ROLES {
        let mut out = Vec::new();
        for call in Call::ALL {
            let mut conn = open(role, Config::new());
            let _ = call.make(&mut conn, &mut out);
        }
        let mut conn = open(role, Config::new());
        let stream = frames(&[(0x89, b"p"), (0x88, b"\x03\xe8")]);
        events(&mut conn, &on_wire(role, &stream), &mut out);
        failure(&mut open(role, Config::new()), &[0xff], &mut out);
        let frames = sent(role, &out);
        let all = if role == Role::Server { 12 } else { 11 };
        assert_eq!(frames.len(), all, "a client has no prepared messages");
        let masked = frames.iter().filter(|frame| frame.key.is_some()).count();
        assert_eq!(masked, if role == Role::Client { all } else { 0 });
    }
}

/// SEC-08: what stands behind a request with a body is neither a request nor
/// a frame.
#[test]
fn a_request_with_a_body_is_refused_and_what_follows_is_nobodys() {
    for field in ["Content-Length: 30", "Transfer-Encoding: chunked"] {
        let head = REQUEST.replace("\r\n\r\n", &format!("\r\n{field}\r\n\r\n"));
        let smuggled = format!("{head}GET /admin HTTP/1.1\r\nHost: a\r\n\r\n{REQUEST}");
        let mut conn = Connection::server(Config::new());
        let mut out = Vec::new();
        let error = failure(&mut conn, smuggled.as_bytes(), &mut out);
        assert_eq!(error, Error::Request(RequestError::Body));
        assert!(conn.is_closed());
        let length = out.len();
        assert_eq!(take(&mut conn, REQUEST.as_bytes(), &mut out).0, []);
        assert_eq!(out.len(), length);
    }
}

/// SEC-09, SEC-07: two readers of these heads may disagree; no 101 for any.
#[test]
fn ambiguous_heads_get_no_101() {
    let with = |field: &str| REQUEST.replace("\r\n\r\n", &format!("\r\n{field}\r\n\r\n"));
    let heads = [
        REQUEST.replace("\r\n", "\n"),
        REQUEST.replacen("\r\n", "\n", 1),
        with("X: a\r\n b"),
        with("X : a"),
        with(" X: a"),
        with("X"),
        with("X: a\rb"),
        with("X: a\0b"),
        with("Host: server.example.com"),
        with("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
        with("Sec-WebSocket-Version: 13"),
        with("Origin: http://a\r\nOrigin: http://b"),
        with("Transfer-Encoding: chunked\r\nContent-Length: 5"),
        with("Sec-WebSocket-Protocol: a\rX"),
        with("Sec-WebSocket-Protocol: a b"),
        with("Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: chat"),
    ];
    for head in heads {
        let mut conn = Connection::server(Config::new());
        let mut out = Vec::new();
        let error = failure(&mut conn, head.as_bytes(), &mut out);
        assert_eq!(error.http_status(), Some(400), "{head}");
        assert!(out.starts_with(b"HTTP/1.1 400 "), "{head}");
    }
}

/// SEC-10: no tunnel without every check, and nothing is read behind it.
#[test]
fn a_wrong_version_opens_no_tunnel() {
    let request = REQUEST.replace("13\r", "777\r");
    let wire = format!("{request}GET /internal HTTP/1.1\r\nHost: a\r\n\r\n");
    let mut conn = Connection::server(Config::new());
    let mut out = Vec::new();
    let error = failure(&mut conn, wire.as_bytes(), &mut out);
    assert_eq!(error.http_status(), Some(426));
    assert!(conn.is_closed());
    let text = String::from_utf8(out).expect("ASCII");
    assert!(text.contains("\r\nSec-WebSocket-Version: 13\r\n"), "{text}");
    assert_eq!(text.matches("HTTP/1.1").count(), 1, "one answer: {text}");
}

/// SEC-11
#[test]
fn a_101_for_another_key_is_no_answer() {
    for answer in [
        RESPONSE.to_owned(),
        RESPONSE.replace("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", ""),
        RESPONSE.replace("Sec-WebSocket-Accept", "X"),
    ] {
        let mut client = connecting_client(Config::new(), &mut Vec::new());
        let error = failure(&mut client, answer.as_bytes(), &mut Vec::new());
        assert!(
            matches!(
                error,
                Error::Response(ResponseError::WrongAccept | ResponseError::MissingAccept)
            ),
            "{error:?}"
        );
    }
}

/// SEC-12
#[test]
fn origins_are_compared_whole() {
    for (origin, allowed) in [
        (Some("https://a.example"), true),
        (Some("HTTPS://A.EXAMPLE"), true),
        (Some("https://a.example.evil"), false),
        (Some("http://a.example"), false),
        (Some("https://a.example:444"), false),
        (Some("https://a.exampl"), false),
        (Some("null"), false),
        (None, false),
    ] {
        let fields = origin.map_or(String::new(), |origin| format!("\r\nOrigin: {origin}"));
        let mut read = REQUEST
            .replace("\r\n\r\n", &format!("{fields}\r\n\r\n"))
            .into_bytes();
        let mut conn = Connection::server(Config::new());
        let Ok(Some(Event::Request(request))) =
            conn.receive(&mut Input::new(&mut read), &mut Vec::new())
        else {
            panic!("a valid request");
        };
        assert_eq!(
            request.origin_is_one_of(&["https://a.example"]),
            allowed,
            "{origin:?}"
        );
        let with_null = request.origin_is_one_of(&["https://a.example", "null"]);
        assert_eq!(with_null, allowed || origin == Some("null"));
    }
}

/// SEC-14: every field, in order and with duplicates, and 401 or 403 to say.
#[test]
fn authentication_is_left_to_the_application() {
    let fields = "Authorization: Basic YQ==\r\nCookie: a=1\r\nCookie: b=2";
    let mut read = REQUEST
        .replace("\r\n\r\n", &format!("\r\n{fields}\r\n\r\n"))
        .into_bytes();
    let mut conn = Connection::server(Config::new());
    let mut out = Vec::new();
    let Ok(Some(Event::Request(request))) = conn.receive(&mut Input::new(&mut read), &mut out)
    else {
        panic!("a valid request");
    };
    let names: Vec<_> = request.headers().iter().map(|(name, _)| name).collect();
    assert_eq!(names[5..], ["Authorization", "Cookie", "Cookie"]);
    let cookies: Vec<_> = request.headers().all("cookie").collect();
    assert_eq!(cookies, [b"a=1", b"b=2"]);
    let response = Response::new(401).header("WWW-Authenticate", "Basic realm=\"a\"");
    conn.reject(&response, &mut out).expect("it waits");
    assert!(out.starts_with(b"HTTP/1.1 401 Unauthorized\r\n"));
}

/// SEC-15: what a driver needs for TLS.
#[test]
fn a_uri_says_whether_and_for_whom_tls_is_due() {
    let uri = Uri::parse("wss://example.com/chat").expect("a URI");
    assert!(uri.is_secure());
    assert_eq!((uri.server_name(), uri.port()), ("example.com", 443));
    assert!(!Uri::parse("ws://example.com/").expect("a URI").is_secure());
}

/// SEC-18: a megabyte comes through byte by byte, as it is. That the work is
/// linear in it is counted, in `benches/instructions`.
#[test]
fn a_megabyte_byte_by_byte_is_work_for_a_megabyte() {
    const LENGTH: usize = 1 << 20;
    for (role, delivery) in [
        (Role::Server, Delivery::Messages),
        (Role::Client, Delivery::Chunks),
    ] {
        let mut conn = open(role, Config::new().delivery(delivery));
        let mut wire = on_wire(role, &frame(0x81, "é".repeat(LENGTH / 2).as_bytes()));
        let mut out = Vec::new();
        let mut received = 0;
        for byte in wire.chunks_mut(1) {
            let mut input = Input::new(byte);
            while let Some(event) = conn.receive(&mut input, &mut out).expect("valid") {
                received += match event {
                    Event::Text(text) => text.len(),
                    Event::Chunk(chunk) => chunk.data.as_bytes().len(),
                    other => panic!("{other:?}"),
                };
            }
        }
        assert_eq!(received, LENGTH);
    }
    let config = Config::new().max_head(2 * LENGTH);
    let mut conn = Connection::server(config);
    let mut wire = REQUEST
        .replace(
            "\r\n\r\n",
            &format!("\r\nX: {}\r\n\r\n", "y".repeat(LENGTH)),
        )
        .into_bytes();
    let mut asked = false;
    for byte in wire.chunks_mut(1) {
        let mut input = Input::new(byte);
        let event = conn.receive(&mut input, &mut Vec::new()).expect("valid");
        asked |= event.is_some();
    }
    assert!(asked);
}

/// SEC-19: what goes out and into logs holds nothing that came in.
#[test]
fn errors_and_refusals_do_not_repeat_what_came_in() {
    let mark = "qzx";
    let with = |field: &str| REQUEST.replace("\r\n\r\n", &format!("\r\n{field}\r\n\r\n"));
    for head in [
        format!("{mark}\r\n\r\n"),
        REQUEST.replace("GET", mark),
        REQUEST.replace("HTTP/1.1", mark),
        REQUEST.replace("server.example.com", &format!("{mark}/\u{e9}")),
        REQUEST.replace("==", mark),
        REQUEST.replace("13\r", &format!("{mark}\r")),
        with(&format!("{mark}\u{1b}[31m: x")),
        with(&format!("Sec-WebSocket-Protocol: {mark}, {mark}")),
        with(&format!("Sec-WebSocket-Extensions: {mark} {mark}")),
    ] {
        let mut conn = Connection::server(Config::new());
        let mut out = Vec::new();
        let error = failure(&mut conn, head.as_bytes(), &mut out);
        let refusal = String::from_utf8_lossy(&out);
        for text in [&error.to_string(), &format!("{error:?}"), &*refusal] {
            assert!(!text.contains(mark), "{text}");
            let printable = |byte: u8| matches!(byte, b'\r' | b'\n' | 0x20..0x7f);
            assert!(text.bytes().all(printable), "{text}");
        }
    }
    for role in ROLES {
        for stream in [
            frame(0x81, b"qzx\xff"),
            frame(0x88, b"\x03\xe8qzx\xff"),
            frame(0x88, b"\x00\x01qzx"),
            frame(0x83, b"qzx"),
        ] {
            let mut conn = open(role, Config::new());
            let mut out = Vec::new();
            let error = failure(&mut conn, &on_wire(role, &stream), &mut out);
            let reason = sent(role, &out)[0].payload[2..].to_vec();
            let reason = String::from_utf8(reason).expect("UTF-8");
            for text in [error.to_string(), reason] {
                assert!(!text.contains(mark), "{text}");
                assert!(
                    text.bytes().all(|byte| (0x20..0x7f).contains(&byte)),
                    "{text}"
                );
            }
        }
    }
}

/// SEC-22: what is printed for a log holds no secrets and no messages.
#[test]
fn debug_output_holds_no_secrets() {
    let secret = "hunter2";
    let request = ClientRequest::new(&Uri::parse("wss://a/?token=hunter2").expect("a URI"))
        .header("Authorization", format!("Bearer {secret}"))
        .header("Cookie", secret);
    let mut out = Vec::new();
    let client = Connection::client(Config::new(), &request, [0x5a; 32].into(), &mut out);
    let mut shown = vec![format!("{request:?}"), format!("{client:?}")];
    assert!(
        !shown[1].contains("90, 90") && !shown[1].contains("5a5a"),
        "the seed"
    );

    let head = REQUEST.replace("\r\n\r\n", &format!("\r\nCookie: {secret}\r\n\r\n"));
    let mut server = Connection::server(Config::new());
    let (half, rest) = head.as_bytes().split_at(head.len() - 2);
    events(&mut server, half, &mut Vec::new());
    shown.push(format!("{server:?}"));
    let as_bytes = format!("{:?}", secret.as_bytes());
    let as_bytes = as_bytes.trim_matches(['[', ']']).to_owned();
    let mut rest = rest.to_vec();
    shown.push(format!(
        "{:?}",
        server.receive(&mut Input::new(&mut rest), &mut Vec::new())
    ));

    for role in ROLES {
        let mut conn = open(role, Config::new());
        let half = on_wire(role, &frame(0x01, secret.as_bytes()));
        events(&mut conn, &half, &mut Vec::new());
        shown.push(format!("{conn:?}"));
        let mut conn = open(role, Config::new());
        let half = on_wire(role, &frame(0x02, secret.as_bytes()));
        events(&mut conn, &half, &mut Vec::new());
        shown.push(format!("{conn:?}"));
        let mut conn = open(role, Config::new());
        let half = on_wire(role, &frame(0x01, secret.repeat(1000).as_bytes()));
        events(&mut conn, &half, &mut Vec::new());
        shown.push(format!("{conn:?}"));
        assert!(format!("{conn:?}").contains("Text(7000 bytes)"));
    }
    // Among the subprotocols that are offered there may be a token.
    let tokens = request.subprotocol(secret);
    shown.push(format!("{tokens:?}"));
    let field = format!("\r\nSec-WebSocket-Protocol: a, {secret}\r\n\r\n");
    let mut head = REQUEST.replace("\r\n\r\n", &field).into_bytes();
    let mut server = Connection::server(Config::new());
    let event = server.receive(&mut Input::new(&mut head), &mut Vec::new());
    shown.push(format!("{event:?}"));
    for text in shown {
        assert!(!text.contains(secret), "{text}");
        assert!(!text.contains(&as_bytes), "{text}");
    }
    // A user and a password in a URI are refused, and not repeated.
    let error = Uri::parse("ws://user:hunter2@a/").expect_err("userinfo");
    assert!(!format!("{error} {error:?}").contains(secret));
}

/// SEC-07: what is echoed is a token that was checked.
#[test]
fn only_an_offered_subprotocol_is_echoed() {
    let mut wire = Vec::new();
    let offer = request().subprotocol("chat");
    Connection::client(Config::new(), &offer, [1; 32].into(), &mut wire).expect("valid");
    let mut conn = Connection::server(Config::new());
    let Ok(Some(Event::Request(asked))) = conn.receive(&mut Input::new(&mut wire), &mut Vec::new())
    else {
        panic!("a valid request");
    };
    let mut out = Vec::new();
    for name in ["Chat", "chat\r\nX: y", "", "other"] {
        let acceptance = Acceptance::new().subprotocol(name);
        assert!(conn.accept(&asked, &acceptance, &mut out).is_err());
    }
    assert_eq!(out, b"");
}

/// A frame that announces more than comes keeps nobody else waiting: bytes of
/// the next message are not taken for it.
#[test]
fn frames_end_where_their_length_says() {
    for role in ROLES {
        let wire = frames(&[(0x82, &[0x81, 1, b'x']), (0x81, b"y")]);
        let seen = events(
            &mut open(role, Config::new()),
            &on_wire(role, &wire),
            &mut Vec::new(),
        );
        assert_eq!(
            seen,
            [Seen::Binary(vec![0x81, 1, b'x']), Seen::Text("y".into())]
        );
    }
}
