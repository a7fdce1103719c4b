//! HS-S: the server's check of the request.

use websocket_proto::handshake::{HttpVersion, Request, RequestError, is_valid_key};

use crate::support::{
    REQUEST, added, replaced, request, request_head, request_line, status, without,
};

/// HS-S-01
#[test]
fn valid_request() {
    let request = request(REQUEST).unwrap();
    assert_eq!(request.target(), "/chat");
    assert_eq!(request.path(), "/chat");
    assert_eq!(request.query(), None);
    assert_eq!(request.host(), "server.example.com");
    assert_eq!(request.origin(), None);
    assert_eq!(request.subprotocols().count(), 0);
    assert!(request.extensions().is_empty());
    assert_eq!(request.key(), Some(b"dGhlIHNhbXBsZSBub25jZQ=="));
    assert_eq!(request.headers().len(), 5);
    assert_eq!(request.head().version(), HttpVersion::Http11);
    let converted = Request::try_from(request.head().clone()).unwrap();
    assert_eq!(converted.key(), request.key());
}

/// HS-S-03
#[test]
fn method_is_get() {
    for method in ["POST", "HEAD", "get", "CONNECT", "OPTIONS"] {
        assert_eq!(
            status(request_line(&format!("{method} /chat HTTP/1.1"))),
            405
        );
    }
    // Its own form of a target, and others, for a WebSocket or none.
    for target in ["server.example.com:80", "http://server.example.com/", "*"] {
        let line = format!("CONNECT {target} HTTP/1.1");
        assert_eq!(status(request_line(&line)), 405, "{target}");
        let head = format!("{line}\r\nHost: server.example.com\r\n\r\n");
        assert_eq!(status(head), 405, "{target}");
    }
    assert_eq!(status(request_line("G\u{e9}T /chat HTTP/1.1")), 400);
    assert_eq!(status(request_line("G@T /chat HTTP/1.1")), 400);
}

/// HS-S-09, HS-R-10
#[test]
fn upgrade_lists_websocket() {
    for (value, asks) in [
        ("WebSocket", true),
        ("h2c, websocket", true),
        ("h2c\r\nUpgrade: WEBSOCKET", true),
        ("websockets", false),
        ("h2c", false),
        ("websocket/13", false),
        ("", false),
    ] {
        let bytes = replaced("Upgrade: websocket", &format!("Upgrade: {value}"));
        let head = request_head(&bytes).unwrap();
        assert_eq!(head.asks_for_websocket(), asks, "{value}");
        assert_eq!(Request::new(head).is_ok(), asks, "{value}");
    }
    let missing = request(without(REQUEST, "Upgrade")).unwrap_err();
    assert_eq!(missing, RequestError::NotWebSocket);
    assert_eq!(missing.status(), 426);
}

/// HS-S-10
#[test]
fn connection_lists_upgrade() {
    assert_eq!(status(without(REQUEST, "Connection")), 400);
    for (value, valid) in [
        ("keep-alive, Upgrade", true),
        (",upgrade,,", true),
        ("foo\r\nConnection: UPGRADE", true),
        ("close, upgrade", true),
        ("keep-alive", false),
        ("not-upgrade", false),
        ("upgrade-not", false),
        ("", false),
    ] {
        let bytes = replaced("Connection: Upgrade", &format!("Connection: {value}"));
        match request(bytes) {
            Ok(_) => assert!(valid, "{value}"),
            Err(error) => {
                assert!(!valid, "{value}");
                assert_eq!(error, RequestError::Connection);
            }
        }
    }
}

const KEY_LINE: &str = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

/// HS-S-11, HS-S-12
#[test]
fn key_is_there_once_and_valid() {
    let missing = request(without(REQUEST, "Sec-WebSocket-Key")).unwrap_err();
    assert_eq!((missing, missing.status()), (RequestError::MissingKey, 400));
    assert_eq!(
        request(added(KEY_LINE)).unwrap_err(),
        RequestError::RepeatedKey
    );
    for key in [
        "",
        "AAAA",
        "AAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAA=",
        "AAAAAAAAAAAAAAAAAAAAAAAA",
        "dGhlIHNhbXBsZSBub25j!Q==",
        "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZQ=",
        "dGhlIHNhbXBsZSBub25jZQ===",
        "dGhlIHNhbXBsZSBub25j-_==",
        "dGhl IHNhbXBsZSBub25jZ==",
    ] {
        let refused = request(replaced(KEY_LINE, &format!("Sec-WebSocket-Key: {key}")));
        assert_eq!(refused.unwrap_err(), RequestError::InvalidKey, "{key}");
        assert!(!is_valid_key(key.as_bytes()));
    }
}

/// HS-S-13: accepted; the answer is in HS-R-04.
#[test]
fn key_with_pad_bits() {
    assert!(
        request(replaced(
            KEY_LINE,
            "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEC=="
        ))
        .is_ok()
    );
}

/// HS-S-15, HS-S-16, HS-S-17, HS-S-18
#[test]
fn version_is_13_once() {
    let line = "Sec-WebSocket-Version: 13";
    let missing = request(without(REQUEST, "Sec-WebSocket-Version")).unwrap_err();
    assert_eq!(missing, RequestError::MissingVersion);
    assert_eq!(missing.status(), 426);
    for value in [
        "8", "0", "25", "255", "013", "+13", "13.0", "0x0d", "256", "1 3", "", "777",
    ] {
        let error =
            request(replaced(line, &format!("Sec-WebSocket-Version: {value}"))).unwrap_err();
        assert_eq!(error, RequestError::UnsupportedVersion, "{value}");
        assert_eq!(error.status(), 426);
    }
    for bytes in [added(line), replaced(line, "Sec-WebSocket-Version: 13, 8")] {
        assert_eq!(request(bytes).unwrap_err(), RequestError::RepeatedVersion);
    }
    assert_eq!(RequestError::RepeatedVersion.status(), 400);
    // RFC 6455 section 4.4: whoever names other versions is told the right one.
    let refusal = RequestError::RepeatedVersion.refusal();
    assert_eq!(
        refusal.headers().first("sec-websocket-version"),
        Some(&b"13"[..])
    );
}

/// HS-S-19
#[test]
fn origin() {
    for origin in ["null", "http://example.com", ""] {
        let request = request(added(&format!("Origin: {origin}"))).unwrap();
        assert_eq!(request.origin(), Some(origin));
    }
    assert_eq!(status(added("Origin: a\r\nOrigin: a")), 400);
    // Not readable as no origin, which would pass for no browser.
    assert_eq!(status(added("Origin: http://\u{e9}")), 400);
    assert_eq!(status(added("Origin: http://a\thttp://b")), 400);
}

/// SEC-12, HS-R-12
#[test]
fn origins_are_compared_whole() {
    for (origin, allowed) in [
        ("https://a.example", true),
        ("HTTPS://A.EXAMPLE", true),
        ("https://a.example.evil", false),
        ("http://a.example", false),
        ("https://a.example:444", false),
        ("https://evil.example/https://a.example", false),
        ("null", false),
        ("", false),
    ] {
        let request = request(added(&format!("Origin: {origin}"))).unwrap();
        assert_eq!(
            request.origin_is_one_of(&["https://b.example", "https://a.example"]),
            allowed
        );
    }
    assert!(
        !request(REQUEST)
            .unwrap()
            .origin_is_one_of(&["https://a.example", ""])
    );
    assert!(
        request(added("Origin: null"))
            .unwrap()
            .origin_is_one_of(&["null"])
    );
}

/// HS-S-22
#[test]
fn order_and_case_of_names_do_not_matter() {
    let lower = "GET /chat HTTP/1.1\r\nx-foo: 1\r\nsec-websocket-version: 13\r\n\
        sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nconnection: upgrade\r\n\
        UPGRADE: websocket\r\nhost: server.example.com\r\n\r\n";
    let request = request(lower).unwrap();
    assert!(request.headers().iter().next().unwrap() == ("x-foo", b"1"));
}

/// HS-S-33, HS-S-34, SEC-08
#[test]
fn body_is_refused() {
    assert!(request(added("Content-Length: 0")).is_ok());
    for lines in [
        "Content-Length: 5",
        "Content-Length: 8",
        "Content-Length: +0",
        "Content-Length: 0, 0",
        "Content-Length: 5, 6",
        "Content-Length: ",
        "Content-Length: 0\r\nContent-Length: 0",
        "Content-Length: 0\r\nContent-Length: 5",
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked\r\nContent-Length: 0",
    ] {
        let error = request(added(lines)).unwrap_err();
        assert_eq!(
            (error, error.status()),
            (RequestError::Body, 400),
            "{lines}"
        );
    }
}

/// HS-S-36: 417 is the answer that ends it at once.
#[test]
fn expectation_is_refused() {
    assert_eq!(status(added("Expect: 100-continue")), 417);
}

/// HS-S-40
#[test]
fn draft_hixie_76() {
    let bytes = "GET / HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nHost: h\r\n\
        Origin: http://h\r\nSec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\n\
        Sec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\n\r\n";
    let error = request(bytes).unwrap_err();
    assert_eq!((error, error.status()), (RequestError::Draft, 400));
    let refusal = error.refusal();
    assert_eq!(
        refusal.headers().first("Sec-WebSocket-Version"),
        Some(&b"13"[..])
    );
    assert!(
        refusal
            .body_bytes()
            .starts_with(b"the handshake is that of the draft hixie-76")
    );
    // The draft has two keys of that kind and no third.
    let other = replaced(KEY_LINE, "Sec-WebSocket-Key3: 1 2");
    assert_eq!(request(other).unwrap_err(), RequestError::MissingKey);
    // With both kinds of keys it is a request of RFC 6455.
    assert!(request(added("Sec-WebSocket-Key1: 1 2\r\nSec-WebSocket-Key2: 3 4")).is_ok());
}

/// WEB-01, WEB-02: what Chromium sends.
#[test]
fn browser_request() {
    let request = request(added(
        "Pragma: no-cache\r\nCache-Control: no-cache\r\nUser-Agent: Mozilla/5.0\r\n\
         Origin: http://example.com\r\nAccept-Encoding: gzip, deflate, br\r\n\
         Accept-Language: en-US,en;q=0.9\r\nCookie: a=b; c=d\r\n\
         Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
    ))
    .unwrap();
    let offers = request.extensions();
    assert_eq!(
        offers,
        ["permessage-deflate; client_max_window_bits"
            .parse()
            .unwrap()]
    );
}

/// SEC-22
#[test]
fn debug_output_has_no_secrets() {
    let bytes = added("Cookie: hunter2\r\nX-Token: hunter2");
    let request = request(bytes.replace("/chat", "/chat?token=hunter2")).unwrap();
    let shown = format!("{request:?}");
    assert!(
        !shown.contains("hunter2") && !shown.contains("dGhl"),
        "{shown}"
    );
}
