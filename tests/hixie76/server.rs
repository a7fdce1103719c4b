//! The opening handshake at a server.

use websocket_proto::handshake::{
    Acceptance, BuildError, Extension, HeadLimits, HttpVersion, RequestError, RequestHead, Response,
};
use websocket_proto::hixie76::{self, PendingRequest, asks_for_hixie76};
use websocket_proto::{Config, Connection, Error, Event, Input, Protocol, SendError, State};

use crate::pair::{REQUEST, RESPONSE, events, failure};
use crate::support::Seen;
use crate::vectors::VECTORS;
use crate::{ANSWER, KEY3, asked, head, server, w2};

pub(crate) fn parsed(head: &str) -> RequestHead {
    RequestHead::parse(head.as_bytes(), HeadLimits::default()).expect("HTTP")
}

fn error(head: &str) -> RequestError {
    PendingRequest::new(parsed(head)).expect_err("a wrong request")
}

/// What a server answers that accepts.
fn answered(bytes: &[u8], acceptance: &Acceptance) -> Vec<u8> {
    let mut server = server();
    let request = asked(&mut server, bytes);
    let mut out = Vec::new();
    server
        .accept(&request, acceptance, &mut out)
        .expect("the request waits");
    assert_eq!(server.state(), State::Open);
    assert_eq!(server.protocol(), Protocol::Hixie76);
    out
}

/// HX-08, HX-09, HX-10: bit for bit, whole and with the eight bytes split
/// anywhere from the head and from each other.
#[test]
fn the_vectors_are_answered() {
    for vector in VECTORS {
        let mut expected = b"HTTP/1.1 101 WebSocket Protocol Handshake\r\n\
            Upgrade: WebSocket\r\n\
            Connection: Upgrade\r\n\
            Sec-WebSocket-Origin: http://example.com\r\n\
            Sec-WebSocket-Location: ws://example.com/demo\r\n\
            Sec-WebSocket-Protocol: sample\r\n\r\n"
            .to_vec();
        expected.extend(vector.answer());
        let head = head(vector.key1, vector.key2);
        let mut wire = head.clone().into_bytes();
        wire.extend(vector.key3());
        let acceptance = Acceptance::new().subprotocol("sample");
        assert_eq!(answered(&wire, &acceptance), expected);

        for cut in head.len() - 4..wire.len() {
            let (mut server, mut out) = (server(), Vec::new());
            let (first, rest) = wire.split_at(cut);
            assert_eq!(events(&mut server, first, &mut out), []);
            assert_eq!((server.state(), &out[..]), (State::Connecting, &b""[..]));
            let request = asked(&mut server, rest);
            server
                .accept(&request, &acceptance, &mut out)
                .expect("it waits");
            assert_eq!(out, expected, "cut at {cut}");
        }
    }
}

/// HX-01, HS-S-40
#[test]
fn the_keys_tell_the_protocol() {
    let both = w2().replace(
        "Upgrade: W",
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nUpgrade: W",
    );
    for (head, is_hixie76) in [
        (w2(), true),
        (both, false),
        (REQUEST.to_owned(), false),
        (w2().replace("Sec-WebSocket-Key1: 4", "X: 4"), true),
        (
            w2().replace("Upgrade: W", "Sec-WebSocket-Version: 13\r\nUpgrade: W"),
            false,
        ),
        (w2().replace("WebSocket\r", "h2c\r"), false),
    ] {
        assert_eq!(asks_for_hixie76(&parsed(&head)), is_hixie76, "{head}");
    }
}

/// HS-S-40, SEED-12: one port, clients of both protocols.
#[test]
fn a_server_takes_either_protocol() {
    let both = w2().replace(
        "Upgrade: W",
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nUpgrade: W",
    );
    for request in [REQUEST, &both] {
        let mut server = server();
        let request = asked(&mut server, request.as_bytes());
        assert_eq!(request.protocol(), Protocol::Rfc6455);
        let mut out = Vec::new();
        server
            .accept(&request, &Acceptance::new(), &mut out)
            .expect("it waits");
        assert_eq!(out, RESPONSE.as_bytes());
        assert_eq!(server.protocol(), Protocol::Rfc6455);
        server
            .send_binary(b"x", &mut out)
            .expect("not the legacy protocol");
    }
    let mut server = server();
    let request = asked(&mut server, &[w2().as_bytes(), KEY3].concat());
    assert_eq!(request.protocol(), Protocol::Hixie76);
    assert_eq!(request.key(), None);
    assert_eq!((request.path(), request.host()), ("/demo", "example.com"));
    assert_eq!(request.origin(), Some("http://example.com"));
    assert!(request.subprotocols().eq(["sample"]));
    assert!(request.extensions().is_empty());
}

/// HX-02
#[test]
fn it_is_an_upgrade_by_get_in_http_1_1() {
    assert!(PendingRequest::new(parsed(&w2().replace("WebSocket\r", "wEBsOCKET\r"))).is_ok());
    assert_eq!(
        error(&w2().replace("WebSocket\r", "h2c\r")),
        RequestError::NotWebSocket
    );
    assert_eq!(
        error(&w2().replace("/1.1", "/1.0")),
        RequestError::NotWebSocket
    );
    assert_eq!(error(&w2().replace("GET", "POST")), RequestError::Method);
    assert_eq!(
        error(&w2().replace(": Upgrade", ": close")),
        RequestError::Connection
    );
    // HX-08: what follows the head is no body.
    let field = "Content-Length: 9\r\nUpgrade: W";
    assert_eq!(
        error(&w2().replace("Upgrade: W", field)),
        RequestError::Body
    );
}

/// HX-04, HX-05, HX-06: as an answer, before the eight bytes have come.
#[test]
fn wrong_keys_are_answered_400() {
    use RequestError::Hixie76Keys as Keys;
    let twice = w2().replace("Upgrade: W", "Sec-WebSocket-Key1: 1 2\r\nUpgrade: W");
    for (head, expected) in [
        (head("3e6b26341780", "1 2"), RequestError::Hixie76NoSpaces),
        (head("1 2", "a b c"), RequestError::Hixie76NoDigits),
        (
            head("3e 6 b263  4 17 80", "1 2"),
            RequestError::Hixie76NotMultiple,
        ),
        (head("4294967296 0", "1 2"), RequestError::Hixie76TooLarge),
        (twice, Keys),
        (w2().replace("Key1", "Key2"), Keys),
        (w2().replace("Sec-WebSocket-Key2", "X"), Keys),
    ] {
        let (mut server, mut out) = (server(), Vec::new());
        let error = failure(&mut server, head.as_bytes(), &mut out);
        assert_eq!(error, Error::Request(expected));
        assert_eq!(error.http_status(), Some(400));
        assert!(error.section().starts_with("hybi-00 section 5."));
        let text = String::from_utf8(out).expect("ASCII");
        assert!(text.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{text}");
        assert!(text.ends_with(&format!("\r\n\r\n{error}\n")), "{text}");
        assert!(server.is_closed());
    }
}

/// HX-08: any eight bytes, those that end a head and that end a frame too.
#[test]
fn the_eight_bytes_may_be_any() {
    let key3 = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0xff, 0x0d, 0x0a];
    let out = answered(&[w2().as_bytes(), &key3].concat(), &Acceptance::new());
    let expected = hixie76::challenge_response([829_309_203, 259_970_620], key3);
    assert!(out.ends_with(&[&b"\r\n\r\n"[..], &expected].concat()));
}

/// HX-08: what lies behind the eight bytes are the first frames.
#[test]
fn frames_may_follow_the_eight_bytes_at_once() {
    let mut read = [w2().as_bytes(), KEY3, b"\x00Hello\xff\x00you\xff"].concat();
    let (mut server, mut out) = (server(), Vec::new());
    let mut input = Input::one_by_one(&mut read);
    let Ok(Some(Event::Request(request))) = server.receive(&mut input, &mut out) else {
        panic!("a request");
    };
    // Until it is answered nothing more is taken.
    assert!(
        server
            .receive(&mut input, &mut out)
            .is_ok_and(|event| event.is_none())
    );
    let rest = input.into_rest();
    assert_eq!(rest, b"\x00Hello\xff\x00you\xff");
    server
        .accept(&request, &Acceptance::new(), &mut out)
        .expect("it waits");
    assert!(out.ends_with(ANSWER));
    let seen = events(&mut server, rest, &mut out);
    assert_eq!(seen, [Seen::Text("Hello".into()), Seen::Text("you".into())]);
}

/// HX-11
#[test]
fn the_location_is_what_the_client_asked_for() {
    for (target, host, secure, location) in [
        ("/demo", "example.com", false, "ws://example.com/demo"),
        ("/demo", "example.com", true, "wss://example.com/demo"),
        (
            "/demo?a=b",
            "example.com:81",
            false,
            "ws://example.com:81/demo?a=b",
        ),
        ("/", "example.com:80", false, "ws://example.com/"),
        ("/", "example.com:443", false, "ws://example.com:443/"),
        ("/", "example.com:443", true, "wss://example.com/"),
        ("/", "example.com:80", true, "wss://example.com:80/"),
        ("/", "[::1]:80", false, "ws://[::1]/"),
        // As the client writes it itself (section 5.1, step 3).
        ("/Demo", "Example.COM:80", false, "ws://example.com/Demo"),
        ("/", "EXAMPLE.com:81", false, "ws://example.com:81/"),
        ("http://other/x", "example.com", false, "ws://other/x"),
        ("http://other:80?y", "example.com", false, "ws://other/?y"),
    ] {
        let head = w2()
            .replace("/demo", target)
            .replace("Host: example.com", &format!("Host: {host}"));
        let acceptance = Acceptance::new().secure(secure);
        let out = answered(&[head.as_bytes(), KEY3].concat(), &acceptance);
        let out = String::from_utf8(out).expect("ASCII");
        let field = format!("\r\nSec-WebSocket-Location: {location}\r\n");
        assert!(out.contains(&field), "{out}");
    }
}

/// HX-12: unchanged, and never made up.
#[test]
fn the_origin_is_repeated() {
    for origin in ["http://Example.COM:80", "null", "file://"] {
        let head = w2().replace("http://example.com", origin);
        let out = answered(&[head.as_bytes(), KEY3].concat(), &Acceptance::new());
        let out = String::from_utf8(out).expect("ASCII");
        let field = format!("\r\nSec-WebSocket-Origin: {origin}\r\n");
        assert!(out.contains(&field), "{out}");
    }
    let missing = RequestError::Hixie76MissingOrigin;
    assert_eq!(error(&w2().replace("Origin", "X")), missing);
    assert_eq!(error(&w2().replace("http://example.com\r", "\r")), missing);
    let twice = w2().replace("Upgrade: W", "Origin: null\r\nUpgrade: W");
    assert_eq!(error(&twice), RequestError::Origin);
}

/// HX-13
#[test]
fn a_subprotocol_is_answered_where_it_was_asked_for() {
    // One name, whatever it consists of.
    for name in ["sample", "a, b", "with spaces and (marks)"] {
        let head = w2().replace("sample", name);
        let acceptance = Acceptance::new().subprotocol(name);
        let out = answered(&[head.as_bytes(), KEY3].concat(), &acceptance);
        let out = String::from_utf8(out).expect("ASCII");
        let field = format!("\r\nSec-WebSocket-Protocol: {name}\r\n\r\n");
        assert!(out.contains(&field), "{out}");
    }
    let none = w2().replace("Sec-WebSocket-Protocol: sample\r\n", "");
    let wire = [none.as_bytes(), KEY3].concat();
    let out = answered(&wire, &Acceptance::new());
    assert!(!String::from_utf8(out).expect("ASCII").contains("Protocol:"));

    let mut server = server();
    let request = asked(&mut server, &wire);
    let mut out = Vec::new();
    let refused = server.accept(&request, &Acceptance::new().subprotocol("sample"), &mut out);
    assert_eq!(
        refused,
        Err(SendError::Build(BuildError::SubprotocolNotOffered))
    );
    assert!(out.is_empty());
    for wrong in ["", "t\u{e4}st", "a\r\nSec-WebSocket-Protocol: b", "a\tb"] {
        let head = w2().replace("sample", wrong);
        let expected = RequestError::Hixie76Subprotocol;
        assert_eq!(error(&head), expected, "{wrong:?}");
    }
}

/// HX-27, HS-S-40, SEED-12: and the answer says what is spoken.
#[test]
fn it_is_off_unless_asked_for() {
    let mut server = Connection::server(Config::new());
    let mut out = Vec::new();
    let wire = [w2().as_bytes(), KEY3].concat();
    let error = failure(&mut server, &wire, &mut out);
    assert_eq!(error, Error::Request(RequestError::Draft));
    let text = String::from_utf8(out).expect("ASCII");
    assert!(text.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{text}");
    assert!(text.contains("\r\nSec-WebSocket-Version: 13\r\n"), "{text}");
    assert!(
        text.ends_with("hixie-76, which is not spoken here\n"),
        "{text}"
    );
}

/// The caller decides as about any request.
#[test]
fn a_request_can_be_rejected() {
    let mut server = server();
    let request = asked(&mut server, &[w2().as_bytes(), KEY3].concat());
    let mut out = Vec::new();
    let refused = server.accept(
        &request,
        &Acceptance::new().header("Upgrade", "x"),
        &mut out,
    );
    assert_eq!(refused, Err(SendError::Build(BuildError::ManagedHeader)));
    // HX-25
    let extension = Extension::new("permessage-deflate").expect("a token");
    let refused = server.accept(&request, &Acceptance::new().extension(extension), &mut out);
    assert_eq!(
        refused,
        Err(SendError::Build(BuildError::ExtensionNotOffered))
    );
    let other = asked(
        &mut crate::server(),
        &[w2().as_bytes(), b"12345678"].concat(),
    );
    let refused = server.accept(&other, &Acceptance::new(), &mut out);
    assert_eq!(refused, Err(SendError::OtherRequest));
    assert!(out.is_empty());
    server
        .reject(&Response::new(403), &mut out)
        .expect("it waits");
    assert!(out.starts_with(b"HTTP/1.1 403 Forbidden\r\n"));
    assert!(server.is_closed());
}

/// Over a head that other software has parsed, and what it has read behind it.
#[test]
fn heads_parsed_by_other_software_will_do() {
    let fields = [
        ("host", "example.com"),
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("origin", "http://example.com"),
        ("sec-websocket-key1", "4 @1  46546xW%0l 1 5"),
        ("sec-websocket-key2", "12998 5 Y3 1  .P00"),
    ];
    let head = RequestHead::from_parts("GET", "/demo", HttpVersion::Http11, fields);
    let request = PendingRequest::new(head.expect("HTTP"))
        .expect("a request of the draft")
        .complete(*KEY3);
    let acceptance = Acceptance::new().header("Set-Cookie", "a=b");
    let accepted = request
        .accept(&acceptance)
        .expect("nothing that was not offered");
    assert_eq!(accepted.response.status(), 101);
    assert_eq!(accepted.response.body_bytes(), ANSWER);
    let fields: Vec<_> = accepted.response.headers().iter().collect();
    assert_eq!(
        fields,
        [
            ("Upgrade", &b"WebSocket"[..]),
            ("Connection", b"Upgrade"),
            ("Sec-WebSocket-Origin", b"http://example.com"),
            ("Sec-WebSocket-Location", b"ws://example.com/demo"),
            ("Set-Cookie", b"a=b"),
        ]
    );
}

/// As libraries in Perl and Python send it; the draft has a server ignore
/// fields that it does not know.
#[test]
fn a_length_of_the_eight_bytes_is_no_body() {
    let with = |line: &str| w2().replace("\r\n\r\n", &format!("\r\n{line}\r\n\r\n"));
    let mut server = server();
    let request = asked(
        &mut server,
        &[with("Content-Length: 8").as_bytes(), KEY3].concat(),
    );
    let mut out = Vec::new();
    server
        .accept(&request, &Acceptance::new(), &mut out)
        .expect("the request waits");
    assert!(out.ends_with(ANSWER));
    for other in ["Content-Length: 9", "Transfer-Encoding: chunked"] {
        let bytes = with(other).into_bytes();
        let refused = failure(&mut super::server(), &bytes, &mut Vec::new());
        assert_eq!(refused, Error::Request(RequestError::Body), "{other}");
    }
}
