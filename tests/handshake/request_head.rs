//! HS-S: what holds for any request, whether it asks for WebSocket or not.

use websocket_proto::handshake::{
    HeadError, HeadLimits, HttpVersion, Request, RequestError, RequestHead,
};

use crate::support::{
    REQUEST, added, replaced, request, request_head, request_line, status, without,
};

/// HS-S-04
#[test]
fn version_is_http_1_1_or_higher() {
    let head = request_head(request_line("GET /chat HTTP/1.0")).unwrap();
    assert!(!head.asks_for_websocket());
    assert_eq!(head.version(), HttpVersion::Http10);
    assert_eq!(Request::new(head).unwrap_err(), RequestError::NotWebSocket);
    for version in ["1.1", "1.2", "1.9"] {
        assert!(request(request_line(&format!("GET /chat HTTP/{version}"))).is_ok());
    }
    for version in [
        "http/1.1",
        "HTTP/1.01",
        "HTTP/01.1",
        "HTTP/1",
        "HTTP/1.",
        "HTTP/1,1",
        "HTTP/1.x",
        "HTTP/x.1",
        "HTTP/1.1a",
    ] {
        assert_eq!(
            status(request_line(&format!("GET /chat {version}"))),
            400,
            "{version}"
        );
    }
    for version in ["HTTP/0.9", "HTTP/2.0", "HTTP/3.0"] {
        assert_eq!(
            status(request_line(&format!("GET /chat {version}"))),
            505,
            "{version}"
        );
    }
}

/// HS-S-05, URI-14
#[test]
fn target_is_a_path_or_an_http_uri() {
    let absolute = request(request_line(
        "GET http://server.example.com/chat?a=b HTTP/1.1",
    ))
    .unwrap();
    assert_eq!(absolute.path(), "/chat");
    assert_eq!(absolute.query(), Some("a=b"));
    assert_eq!(absolute.target(), "http://server.example.com/chat?a=b");
    for (target, path, query) in [
        ("HTTPS://h", "/", None),
        ("https://h?q=/", "/", Some("q=/")),
        ("//h/p", "//h/p", None),
        ("/p??", "/p", Some("?")),
    ] {
        let request = request(request_line(&format!("GET {target} HTTP/1.1"))).unwrap();
        assert_eq!((request.path(), request.query()), (path, query), "{target}");
    }
    for target in [
        "*",
        "h:80",
        "chat",
        "/a#b",
        "ws://h/",
        "http:///p",
        "http://",
        "http://u@h/",
        "http:/h",
        "http://h:x/",
        "?a",
    ] {
        assert_eq!(
            status(request_line(&format!("GET {target} HTTP/1.1"))),
            400,
            "{target}"
        );
    }
}

/// HS-S-06
#[test]
fn request_line_grammar() {
    for line in [
        "GET  /chat HTTP/1.1",
        "GET /a b HTTP/1.1",
        "GET /\0 HTTP/1.1",
        "GET /\u{e9} HTTP/1.1",
        "GET\t/chat HTTP/1.1",
        "GET /chat\tHTTP/1.1",
        "GET /chat  HTTP/1.1",
        " GET /chat HTTP/1.1",
        "GET /chat HTTP/1.1 ",
        "GET /chat",
        "GET",
        "GET  HTTP/1.1",
        " /chat HTTP/1.1",
    ] {
        assert_eq!(status(request_line(line)), 400, "{line:?}");
    }
}

/// HS-S-07
#[test]
fn host_is_there_once_and_valid() {
    let host = "Host: server.example.com";
    assert_eq!(status(without(REQUEST, "Host")), 400);
    assert_eq!(status(added(host)), 400);
    for value in [
        "a b", "u@h", "h/p", "a, b", "a,b", "", "h:x", "h:65536", "[::1", "[g]", "::1", "h%zz",
        ":80",
    ] {
        let refused = request(replaced(host, &format!("Host: {value}")));
        assert_eq!(refused.unwrap_err(), RequestError::Host, "{value}");
    }
    for value in [
        "h",
        "h:8080",
        "h:",
        "127.0.0.1",
        "[::1]:9001",
        "xn--bcher-kva.example",
        "a_b",
        "a%20b",
    ] {
        let request = request(replaced(host, &format!("Host: {value}"))).unwrap();
        assert_eq!(request.host(), value);
    }
    // A request that does not ask for WebSocket keeps to the rule as well.
    assert_eq!(
        request_head("GET / HTTP/1.1\r\n\r\n").unwrap_err(),
        RequestError::Host
    );
    assert_eq!(request_head("GET / HTTP/1.0\r\n\r\n").unwrap().host(), None);
}

/// HS-S-08
#[test]
fn absolute_target_replaces_host() {
    let line = request_line("GET http://a:81/chat HTTP/1.1");
    assert_eq!(request(line).unwrap().host(), "a:81");
}

/// HS-S-14, HS-S-23
#[test]
fn white_space_around_values() {
    let bytes = "GET /chat HTTP/1.1\r\nHost:\tserver.example.com\r\nUpgrade:websocket\r\n\
        Connection:\t Upgrade \t\r\nSec-WebSocket-Key: \t dGhlIHNhbXBsZSBub25jZQ==  \r\n\
        Sec-WebSocket-Version:13\r\n\r\n";
    let request = request(bytes).unwrap();
    assert_eq!(request.key(), Some(b"dGhlIHNhbXBsZSBub25jZQ=="));
    assert_eq!(request.headers().first("connection"), Some(&b"Upgrade"[..]));
}

/// HS-S-26, HS-S-27, SEC-09
#[test]
fn line_ends_are_strict() {
    for bytes in [
        REQUEST.replace("\r\n", "\n"),
        REQUEST.replace("\r\n", "\r"),
        REQUEST.replacen("\r\n", "\n", 1),
        REQUEST.replacen("\r\nConn", "\nConn", 1),
        REQUEST.replacen("\r\n\r\n", "\r\n\n", 1),
        REQUEST.replacen("\r\n\r\n", "\n\r\n", 1),
        added("X: a\rb"),
        added("X: a\r\rb"),
        added("X: \n"),
    ] {
        assert_eq!(status(&bytes), 400, "{bytes:?}");
        // Also for bytes that no reader has seen.
        let error = RequestHead::parse(bytes.as_bytes(), HeadLimits::default()).unwrap_err();
        assert_eq!(error.status(), 400, "{bytes:?}");
    }
}

/// HS-S-28, HS-S-29, HS-S-30, HS-S-31, SEC-09
#[test]
fn malformed_fields() {
    for lines in [
        "Upgrade : websocket",
        "X\t: v",
        "X: a\r\n b",
        "X: a\r\n\tb",
        "X: a\0b",
        "X: a\x01b",
        "X: a\x7fb",
        ": v",
        "X[]: v",
        "novalue",
        "\u{dc}: v",
        "X Y: v",
    ] {
        assert_eq!(status(added(lines)), 400, "{lines:?}");
    }
    assert_eq!(status(request_line("GET /chat HTTP/1.1\r\n X: y")), 400);
    assert_eq!(
        status(replaced("Connection: Upgrade", "Connection:\r\n Upgrade")),
        400
    );
}

/// HS-S-32
#[test]
fn opaque_bytes_are_kept() {
    let bytes = added("X: @").into_bytes();
    let at = bytes.iter().position(|&byte| byte == b'@').unwrap();
    let bytes = [&bytes[..at], &[0xff, 0xfe], &bytes[at + 1..]].concat();
    let request = request(bytes).unwrap();
    assert_eq!(request.headers().first("X"), Some(&[0xff, 0xfe][..]));
}

/// HS-S-41
#[test]
fn plain_request_is_handed_back() {
    let head = request_head("HEAD /a?b HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n").unwrap();
    assert!(!head.asks_for_websocket());
    assert_eq!(
        (head.method(), head.path(), head.query()),
        ("HEAD", "/a", Some("b"))
    );
    assert!(head.headers().iter().eq([("Host", &b"h"[..]), ("X", b"y")]));
}

/// SEC-14: every field in order, with duplicates.
#[test]
fn application_sees_every_field() {
    let request = request(added("X: 1\r\nY: 2\r\nx: 3")).unwrap();
    let last: Vec<_> = request.headers().iter().skip(5).collect();
    assert_eq!(last, [("X", &b"1"[..]), ("Y", b"2"), ("x", b"3")]);
    assert!(request.headers().all("X").eq([b"1", b"3"]));
    assert_eq!(request.headers().first("Z"), None);
    assert!(!request.headers().is_empty());
    let head = request_head("GET / HTTP/1.0\r\n\r\n").unwrap();
    assert!(head.headers().is_empty());
}

/// A head that other software parsed.
#[test]
fn request_from_parts() {
    let fields = [
        ("host", "h"),
        ("upgrade", "websocket"),
        ("connection", "keep-alive, upgrade"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("sec-websocket-version", " 13 "),
    ];
    let head = |method, target, fields: &[(&str, &str)]| {
        RequestHead::from_parts(method, target, HttpVersion::Http11, fields.iter().copied())
    };
    let request = Request::new(head("GET", "/chat?x", &fields).unwrap()).unwrap();
    assert_eq!(
        (request.path(), request.query(), request.host()),
        ("/chat", Some("x"), "h")
    );
    let absolute = head("GET", "http://b/c", &fields).unwrap();
    assert_eq!((absolute.path(), absolute.host()), ("/c", Some("b")));
    for (name, value) in [
        ("a b", "c"),
        ("a", "b\nc: d"),
        ("a", "b\rc"),
        ("a", "\0"),
        ("", "a"),
    ] {
        let fields = [("host", "h"), (name, value)];
        let error = head("GET", "/", &fields).unwrap_err();
        assert_eq!(error, RequestError::Head(HeadError::Field));
    }
    assert_eq!(head("GET", "/", &[]).unwrap_err(), RequestError::Host);
    assert_eq!(
        head("GET", "/a b", &fields).unwrap_err(),
        RequestError::Target
    );
    assert_eq!(head("GET", "", &fields).unwrap_err(), RequestError::Target);
    assert_eq!(
        head("G T", "/", &fields).unwrap_err(),
        RequestError::RequestLine
    );
}
