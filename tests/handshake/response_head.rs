//! HS-V: the head of an answer, and where it ends.

use websocket_proto::handshake::{
    Agreement, HeadError, HeadLimits, HttpVersion, ResponseError, ResponseHead,
};

use crate::{
    client_response::{ACCEPT, fails, opens, with},
    support::{KEY, RESPONSE, client, read_head, replace, response_head},
};

/// HS-V-03, HS-V-04: the fields of a refusal are for the caller.
#[test]
fn refusal_shows_its_fields() {
    let head =
        response_head("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n")
            .unwrap();
    assert_eq!(head.status(), 401);
    assert_eq!(head.reason(), b"Unauthorized");
    assert_eq!(
        head.headers().first("www-authenticate"),
        Some(&b"Basic realm=\"x\""[..])
    );
    let head = response_head("HTTP/1.0 302 Found\r\nLocation: ws://b/\r\n\r\n").unwrap();
    assert_eq!(head.version(), HttpVersion::Http10);
    assert_eq!(head.headers().first("LOCATION"), Some(&b"ws://b/"[..]));
}

/// HS-V-24
#[test]
fn only_http_1_1_carries_the_upgrade() {
    for (line, error) in [
        (
            "HTTP/1.0 101 Switching Protocols",
            ResponseError::UnsupportedHttp,
        ),
        (
            "HTTP/2.0 101 Switching Protocols",
            ResponseError::UnsupportedHttp,
        ),
        ("HTTP/2 101", ResponseError::StatusLine),
        ("ICY 101", ResponseError::StatusLine),
        (
            "http/1.1 101 Switching Protocols",
            ResponseError::StatusLine,
        ),
        (
            "HTTP/1.1  101 Switching Protocols",
            ResponseError::StatusLine,
        ),
        ("HTTP/1.1 10 Switching Protocols", ResponseError::StatusLine),
        (
            "HTTP/1.1 1010 Switching Protocols",
            ResponseError::StatusLine,
        ),
        (
            "HTTP/1.1 +10 Switching Protocols",
            ResponseError::StatusLine,
        ),
        (
            "HTTP/1.1 001 Switching Protocols",
            ResponseError::StatusLine,
        ),
        ("HTTP/1.1", ResponseError::StatusLine),
    ] {
        let bytes = replace(RESPONSE, "HTTP/1.1 101 Switching Protocols", line);
        fails(bytes, error);
    }
}

/// HS-V-25
#[test]
fn interim_answers_are_told_apart() {
    let bytes = format!("HTTP/1.1 100 Continue\r\n\r\n{RESPONSE}");
    let (head, rest) = read_head(bytes.as_bytes()).unwrap().unwrap();
    assert!(
        ResponseHead::parse(&head, HeadLimits::default())
            .unwrap()
            .is_interim()
    );
    assert!(!response_head(&rest).unwrap().is_interim());
    opens(rest);
    assert!(
        response_head("HTTP/1.1 103 Early Hints\r\n\r\n")
            .unwrap()
            .is_interim()
    );
    assert!(
        !response_head("HTTP/1.1 200 OK\r\n\r\n")
            .unwrap()
            .is_interim()
    );
}

/// HS-V-26, HS-V-27: the frames begin after the empty line.
#[test]
fn what_follows_the_head_is_left() {
    let frame = b"\x81\x05Hello";
    for head in [RESPONSE.into(), with("Content-Length: 7")] {
        let (head, rest) = read_head(&[head.as_bytes(), frame].concat())
            .unwrap()
            .unwrap();
        opens(head);
        assert_eq!(rest, frame);
    }
}

/// HS-V-31, HS-V-32
#[test]
fn malformed_fields() {
    for (from, to, error) in [
        (
            "Connection: Upgrade",
            "Connection:\r\n Upgrade",
            HeadError::Field,
        ),
        (
            "Upgrade: websocket",
            "Upgrade : websocket",
            HeadError::Field,
        ),
        (
            "Upgrade: websocket",
            "Upgrade: websocket\r\nX: a\0b",
            HeadError::ControlByte,
        ),
        (
            "Upgrade: websocket",
            "Upgrade: websocket\r\nX: a\rb",
            HeadError::LineEnd,
        ),
        (
            "Upgrade: websocket",
            "Upgrade: websocket\r\nX",
            HeadError::Field,
        ),
        (
            "Upgrade: websocket\r\n",
            "Upgrade: websocket\n",
            HeadError::LineEnd,
        ),
    ] {
        fails(replace(RESPONSE, from, to), ResponseError::Head(error));
    }
}

/// A head that other software parsed.
#[test]
fn answer_from_parts() {
    let fields = [
        ("upgrade", "websocket"),
        ("connection", " upgrade\t"),
        ("sec-websocket-accept", ACCEPT),
    ];
    let head = ResponseHead::from_parts(HttpVersion::Http11, 101, fields).unwrap();
    assert_eq!(client().verify(KEY, &head), Ok(Agreement::new()));
    for (name, value) in [("a b", "c"), ("", "c"), ("a", "b\r\nc: d"), ("a", "\0")] {
        let head = ResponseHead::from_parts(HttpVersion::Http11, 200, [(name, value)]);
        assert_eq!(head.unwrap_err(), ResponseError::Head(HeadError::Field));
    }
    let none: [(&str, &str); 0] = [];
    for (status, valid) in [(99, false), (100, true), (999, true), (1000, false)] {
        let head = ResponseHead::from_parts(HttpVersion::Http11, status, none);
        assert_eq!(head.is_ok(), valid, "{status}");
    }
}

/// HS-V-32: also in bytes that no reader has seen.
#[test]
fn control_byte_in_the_reason() {
    let bytes = b"HTTP/1.1 200 a\0b\r\n\r\n";
    let error = ResponseHead::parse(bytes, HeadLimits::default()).unwrap_err();
    assert_eq!(error, ResponseError::Head(HeadError::ControlByte));
    let bytes = b"HTTP/1.1 200 a\tb\xff\r\n\r\n";
    let head = ResponseHead::parse(bytes, HeadLimits::default()).unwrap();
    assert_eq!(head.reason(), b"a\tb\xff");
    // A line before the first is for the reader to skip.
    let bytes = b"\r\nHTTP/1.1 200 OK\r\n\r\n";
    let error = ResponseHead::parse(bytes, HeadLimits::default()).unwrap_err();
    assert_eq!(error, ResponseError::StatusLine);
}
