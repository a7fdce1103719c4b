//! The request: what a client sends, and what a server takes for one.

use websocket_proto::handshake::connect::{Malformed, RequestError, ResetCode, Setting};
use websocket_proto::handshake::{self, BuildError, Extension, Response};

use crate::lists::{
    checked, client, example, list, pairs, refused, replaced, sent, to, with, without,
};

/// BOOT-03
#[test]
fn five_pseudo_header_fields_in_front() {
    let request = client()
        .origin("https://example.com")
        .subprotocol("chat")
        .subprotocol("superchat")
        .extension(Extension::new("x-one").unwrap())
        .header("Cookie", "a=b")
        .header("X-Two", " c ");
    let expected = list(&[
        (":method", "CONNECT"),
        (":protocol", "websocket"),
        (":scheme", "https"),
        (":path", "/chat"),
        (":authority", "server.example.com"),
        ("sec-websocket-version", "13"),
        ("origin", "https://example.com"),
        ("sec-websocket-protocol", "chat, superchat"),
        ("sec-websocket-extensions", "x-one"),
        ("cookie", "a=b"),
        ("x-two", "c"),
    ]);
    assert_eq!(sent(&request), expected);
    // There is no key in it: the same for the next attempt.
    assert_eq!(sent(&request), expected);
}

/// BOOT-03
#[test]
fn scheme_path_and_authority_are_those_of_the_uri() {
    for (uri, expected) in [
        ("ws://h", ["http", "/", "h"]),
        ("wss://h", ["https", "/", "h"]),
        ("ws://h:443/a?b=c&d", ["http", "/a?b=c&d", "h:443"]),
        ("wss://[::1]:8443?q", ["https", "/?q", "[::1]:8443"]),
        ("wss://h:443/%20", ["https", "/%20", "h"]),
    ] {
        let fields = sent(&to(uri));
        let values: Vec<_> = fields[2..5].iter().map(|(_, value)| value).collect();
        assert_eq!(values, expected, "{uri}");
    }
}

/// BOOT-03, BOOT-06: a server gets what the client meant.
#[test]
fn the_example_of_the_specification() {
    let request = checked(example()).unwrap();
    assert_eq!(request.target(), "/chat");
    assert_eq!((request.path(), request.query()), ("/chat", None));
    assert_eq!(request.host(), "server.example.com");
    assert!(request.is_secure());
    assert_eq!(request.origin(), Some("http://www.example.com"));
    assert!(request.subprotocols().eq(["chat", "superchat"]));
    let extensions: Vec<_> = request.extensions().iter().map(Extension::as_str).collect();
    assert_eq!(extensions, ["permessage-deflate"]);
    assert_eq!(pairs(request.headers()), example()[5..]);

    let request = checked(replaced(":path", "/?room=1?")).unwrap();
    assert_eq!((request.path(), request.query()), ("/", Some("room=1?")));
    assert!(!checked(replaced(":scheme", "http")).unwrap().is_secure());
    assert!(checked(replaced(":scheme", "HTTPS")).unwrap().is_secure());
}

/// BOOT-04
#[test]
fn no_fields_of_an_http_1_connection_are_sent() {
    let request = client().subprotocol("chat").header("TE", "trailers");
    for (name, _) in sent(&request) {
        assert!(!["connection", "upgrade", "host"].contains(&&*name));
    }
    for name in ["Connection", "Upgrade", "Host", "Transfer-Encoding"] {
        let request = client().header(name, "x").to_connect(Setting::from(true));
        assert_eq!(request.unwrap_err(), BuildError::ManagedHeader, "{name}");
    }
    // Over HTTP/1.1 these are the caller's.
    for (name, value) in [
        ("Keep-Alive", "1"),
        ("PROXY-connection", "x"),
        ("TE", "gzip"),
    ] {
        let request = client().header(name, value);
        assert!(request.encode(b"dGhlIHNhbXBsZSBub25jZQ==").is_ok());
        let request = request.to_connect(Setting::from(true));
        assert_eq!(request.unwrap_err(), BuildError::ManagedHeader, "{name}");
    }
}

/// BOOT-04
#[test]
fn fields_of_an_http_1_connection_are_malformed() {
    for (name, value) in [
        ("connection", "upgrade"),
        ("connection", "close"),
        ("upgrade", "websocket"),
        ("keep-alive", "timeout=5"),
        ("proxy-connection", "keep-alive"),
        ("transfer-encoding", "chunked"),
        ("te", "gzip"),
        ("te", ""),
    ] {
        let error = refused(with(name, value));
        assert_eq!(error, Malformed::ConnectionSpecific.into(), "{name}");
        assert_eq!(error.reset_code(), Some(ResetCode::Malformed));
    }
    assert!(checked(with("te", "trailers")).is_ok());
}

/// BOOT-04: `host` is not sent; one that comes through a proxy may only repeat
/// what `:authority` says.
#[test]
fn host_repeats_the_authority_or_is_malformed() {
    for same in [
        "server.example.com",
        "Server.Example.Com",
        "server.example.com:443",
    ] {
        let request = checked(with("host", same)).unwrap();
        assert_eq!(request.host(), "server.example.com");
    }
    for other in ["example.com", "server.example.com:80", "a b", ""] {
        assert_eq!(
            refused(with("host", other)),
            Malformed::Host.into(),
            "{other}"
        );
    }
    let mut twice = with("host", "server.example.com");
    twice.extend(list(&[("host", "server.example.com")]));
    assert_eq!(refused(twice), Malformed::Host.into());
    // The default port is that of the scheme.
    for (port, is_same) in [("80", true), ("443", false)] {
        let mut plain = replaced(":scheme", "http");
        plain.extend(list(&[("host", &format!("server.example.com:{port}"))]));
        assert_eq!(checked(plain).is_ok(), is_same, "{port}");
    }
}

/// BOOT-04: RFC 9114 section 4.3.1 asks for either.
#[test]
fn host_may_stand_for_the_authority() {
    let mut fields = without(":authority");
    assert_eq!(
        refused(fields.clone()),
        Malformed::MissingPseudoHeader.into()
    );
    fields.extend(list(&[("host", "server.example.com:8443")]));
    let request = checked(fields.clone()).expect("a request");
    assert_eq!(request.host(), "server.example.com:8443");
    fields.extend(list(&[("host", "server.example.com:8443")]));
    assert_eq!(refused(fields), Malformed::Host.into());
    let mut wrong = without(":authority");
    wrong.extend(list(&[("host", "a b")]));
    assert_eq!(refused(wrong), Malformed::Authority.into());
}

/// RFC 9113 section 8.2.3: a cookie in pieces is one to whoever reads it.
#[test]
fn pieces_of_a_cookie_are_joined() {
    let mut fields = with("cookie", "a=b");
    let one = checked(fields.clone()).expect("a request");
    assert_eq!(one.headers().first("Cookie"), Some(&b"a=b"[..]));
    fields.extend(list(&[("x", "y"), ("cookie", "c=d"), ("cookie", "")]));
    let request = checked(fields).expect("a request");
    let cookies: Vec<_> = request.headers().all("Cookie").collect();
    assert_eq!(cookies, [b"a=b; c=d; "]);
    assert_eq!(request.headers().first("x"), Some(&b"y"[..]));
    // It is a field like others where order matters.
    let mut late = list(&[("cookie", "a=b")]);
    late.extend(example());
    assert_eq!(refused(late), Malformed::PseudoHeaderOrder.into());
    assert_eq!(
        refused(with("cookie", "a\0b")),
        Malformed::FieldValue.into()
    );
}

/// BOOT-05
#[test]
fn the_key_is_neither_sent_nor_looked_at() {
    assert!(
        example()
            .iter()
            .all(|(name, _)| name != "sec-websocket-key")
    );
    assert!(checked(example()).is_ok());
    for key in ["", "x", "dGhlIHNhbXBsZSBub25jZQ=="] {
        assert!(checked(with("sec-websocket-key", key)).is_ok(), "{key}");
    }
    let mut twice = with("sec-websocket-key", "x");
    twice.extend(list(&[("sec-websocket-key", "y")]));
    assert!(checked(twice).is_ok());
    for (name, _) in sent(&client()) {
        assert!(!name.contains("key") && !name.contains("accept"), "{name}");
    }
}

/// BOOT-06
#[test]
fn the_version_is_13_or_left_out() {
    assert!(sent(&client()).contains(&("sec-websocket-version".into(), "13".into())));
    for version in ["8", "0", "14", "013", ""] {
        let error = refused(replaced("sec-websocket-version", version));
        let expected = handshake::RequestError::UnsupportedVersion;
        assert_eq!(error, RequestError::Handshake(expected), "{version}");
        assert_eq!(error.status(), 400);
        let fields = pairs(&error.refusal().to_fields().unwrap());
        assert!(fields.contains(&("sec-websocket-version".into(), "13".into())));
    }
    for error in [
        refused(with("sec-websocket-version", "13")),
        refused(replaced("sec-websocket-version", "13, 8")),
    ] {
        let expected = handshake::RequestError::RepeatedVersion;
        assert_eq!(error, RequestError::Handshake(expected));
        assert_eq!(error.status(), 400);
        let fields = pairs(&error.refusal().to_fields().unwrap());
        assert!(fields.contains(&("sec-websocket-version".into(), "13".into())));
    }
    // Whoever minds that it is missing can see it.
    let request = checked(without("sec-websocket-version")).unwrap();
    assert_eq!(request.headers().first("Sec-WebSocket-Version"), None);
}

/// BOOT-10
#[test]
fn an_extended_connect_has_all_five() {
    for name in [":method", ":scheme", ":path", ":authority"] {
        let error = refused(without(name));
        assert_eq!(error, Malformed::MissingPseudoHeader.into(), "{name}");
        let reset = error.reset_code().expect("a reset");
        assert_eq!((reset.http2(), reset.http3()), (0x1, 0x10e));
        // What may be said before the reset.
        assert_eq!(error.status(), 400);
        assert_eq!(error.section(), "RFC 8441 section 4");
    }
}

/// BOOT-11
#[test]
fn a_plain_connect_is_not_a_websocket_request() {
    let tunnel = list(&[(":method", "CONNECT"), (":authority", "h:443")]);
    for fields in [tunnel, without(":protocol")] {
        let error = refused(fields);
        assert_eq!(error, RequestError::NotWebSocket);
        assert_eq!(error.reset_code(), None);
    }
}

/// BOOT-12
#[test]
fn a_get_with_upgrade_is_not_a_websocket_request() {
    let upgrade = [
        (":method", "GET"),
        (":scheme", "https"),
        (":path", "/chat"),
        (":authority", "server.example.com"),
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("sec-websocket-version", "13"),
    ];
    assert_eq!(refused(list(&upgrade)), RequestError::NotWebSocket);
    // Without what makes it malformed it is none either.
    let mut fields = list(&upgrade);
    fields.drain(4..6);
    assert_eq!(refused(fields), RequestError::NotWebSocket);
    assert_eq!(
        refused(replaced(":method", "GET")),
        Malformed::Method.into()
    );
    assert_eq!(
        refused(replaced(":method", "connect")),
        Malformed::Method.into()
    );
}

/// BOOT-13
#[test]
fn an_unknown_protocol_is_not_implemented() {
    for protocol in [
        "foo",
        "connect-udp",
        "websockets",
        "websocket/13",
        "",
        "websocket, foo",
    ] {
        let error = refused(replaced(":protocol", protocol));
        assert_eq!(error, RequestError::UnsupportedProtocol, "{protocol}");
        assert_eq!((error.status(), error.reset_code()), (501, None));
        let fields = pairs(&error.refusal().to_fields().unwrap());
        assert_eq!(fields[0], (":status".into(), "501".into()));
    }
    assert!(checked(replaced(":protocol", "WebSocket")).is_ok());
}

/// BOOT-14
#[test]
fn refusals_have_ordinary_statuses() {
    let version = refused(replaced("sec-websocket-version", "8"));
    let origin = Response::new(403)
        .header("Content-Type", "text/plain")
        .body("no");
    for (response, status) in [(version.refusal(), "400"), (origin, "403")] {
        assert!(!response.body_bytes().is_empty());
        let fields = pairs(&response.to_fields().unwrap());
        assert_eq!(fields[0], (":status".into(), status.into()));
        for (name, _) in fields {
            assert!(!["upgrade", "connection", "content-length"].contains(&&*name));
            assert_eq!(name, name.to_ascii_lowercase());
        }
    }
    // What would be 426 over HTTP/1.1 cannot even be written.
    let upgrade = handshake::RequestError::UnsupportedVersion.refusal();
    assert_eq!(upgrade.to_fields().unwrap_err(), BuildError::ManagedHeader);
}

/// BOOT-06: a body is refused, also in the one length that is let pass where the
/// fields are those of the draft hixie-76: over these versions there is none.
#[test]
fn a_body_is_refused() {
    for length in ["8", "1", "x", "0, 0"] {
        let mut fields = without("sec-websocket-version");
        fields.push(("content-length".into(), length.into()));
        fields.push(("sec-websocket-key1".into(), "x".into()));
        let body = handshake::RequestError::Body;
        assert_eq!(refused(fields), RequestError::Handshake(body), "{length}");
    }
    assert!(checked(with("content-length", "0")).is_ok());
}
