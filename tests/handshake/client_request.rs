//! HS-C: the client's request.

use websocket_proto::{
    Uri,
    handshake::{
        BuildError, ClientRequest, Extension, ExtensionError, HttpVersion, ResponseHead, encode_key,
    },
};

use crate::support::{KEY, client};

fn text(request: &ClientRequest) -> String {
    String::from_utf8(request.encode(KEY).unwrap()).unwrap()
}

fn to(uri: &str) -> ClientRequest {
    ClientRequest::new(&Uri::parse(uri).unwrap())
}

/// HS-C-01, HS-C-04, HS-C-05, HS-C-09, HS-C-18, HS-C-28: the whole of it.
#[test]
fn plain_request() {
    assert_eq!(
        text(&client()),
        "GET /chat HTTP/1.1\r\n\
         Host: server.example.com\r\n\
         Upgrade: websocket\r\n\
         Connection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Version: 13\r\n\r\n"
    );
}

/// HS-C-02
#[test]
fn target_is_the_resource_name() {
    assert!(text(&to("ws://h/a/b?c=d")).starts_with("GET /a/b?c=d HTTP/1.1\r\n"));
    assert!(text(&to("ws://h")).starts_with("GET / HTTP/1.1\r\n"));
}

/// HS-C-03
#[test]
fn host_has_the_port_unless_it_is_the_default() {
    for (uri, host) in [
        ("ws://h:80/", "Host: h\r\n"),
        ("ws://h:8080/", "Host: h:8080\r\n"),
        ("wss://h:80/", "Host: h:80\r\n"),
        ("wss://h:443/", "Host: h\r\n"),
        ("ws://[::1]:9001/", "Host: [::1]:9001\r\n"),
    ] {
        let request = text(&to(uri));
        assert!(request.contains(host), "{uri}");
        assert_eq!(request.matches("Host:").count(), 1);
    }
}

/// HS-C-17: with all that a request can hold.
#[test]
fn lines_end_in_crlf_and_are_not_folded() {
    let request = client()
        .origin("https://a.example")
        .subprotocol("chat")
        .subprotocol("superchat")
        .extension("foo; a=1".parse().unwrap())
        .header("X-Empty", "")
        .header("X-Long", "long ".repeat(200));
    let text = text(&request);
    let lines = text.strip_suffix("\r\n\r\n").unwrap().split("\r\n");
    assert_eq!(lines.clone().count(), 1 + 5 + 3 + 2);
    for line in lines {
        assert!(!line.is_empty() && !line.contains(['\r', '\n']));
        assert!(!line.starts_with([' ', '\t']), "{line:?}");
    }
}

/// HS-C-06
#[test]
fn key_is_base64_of_the_nonce() {
    let nonce = core::array::from_fn(|at| at as u8 + 1);
    assert_eq!(&encode_key(nonce), b"AQIDBAUGBwgJCgsMDQ4PEA==");
}

/// HS-C-07: the key is given per attempt.
#[test]
fn one_request_serves_several_keys() {
    let request = client();
    let first = request.encode(&encode_key([1; 16])).unwrap();
    let second = request.encode(&encode_key([2; 16])).unwrap();
    assert_ne!(first, second);
    assert_eq!(
        request.encode(b"not a key at all, really"),
        Err(BuildError::Key)
    );
}

/// HS-C-08, HS-C-09, HS-C-14
#[test]
fn managed_fields_are_refused() {
    for name in [
        "Host",
        "Origin",
        "Upgrade",
        "Connection",
        "Sec-WebSocket-Key",
        "Sec-WebSocket-Key1",
        "Sec-WebSocket-Version",
        "Sec-WebSocket-Protocol",
        "Sec-WebSocket-Extensions",
        "Sec-WebSocket-Accept",
        "Sec-WebSocket-Something",
        "Sec-WebSocket-X",
        "Content-Length",
        "Transfer-Encoding",
    ] {
        for name in [name.into(), name.to_uppercase(), name.to_lowercase()] {
            let request = client().header(&name, "x");
            assert_eq!(
                request.encode(KEY),
                Err(BuildError::ManagedHeader),
                "{name}"
            );
        }
    }
}

/// HS-C-10
#[test]
fn origin() {
    assert!(!text(&client()).contains("Origin"));
    for origin in [
        "http://example.com",
        "null",
        "https://[::1]:8443",
        "chrome-extension://abc",
        "http://a:443",
        "https://a:80",
        "http://a:0",
        "http://a:65535",
        "x+1.y-z://a:80",
    ] {
        let request = text(&client().origin(origin));
        assert!(request.contains(&format!("\r\nOrigin: {origin}\r\n")));
    }
    for origin in [
        "",
        "example.com",
        "http://",
        "http://a/",
        "http://a b",
        "http://a\r\nX: y",
        "://a",
        // A serialization has one form.
        "HTTP://a",
        "http://A",
        "http://%41",
        "http://a:",
        "http://a:80",
        "https://a:443",
        "http://a:08080",
        "http://a:0080",
    ] {
        assert_eq!(
            client().origin(origin).encode(KEY),
            Err(BuildError::Origin),
            "{origin}"
        );
    }
}

/// HS-C-11
#[test]
fn subprotocols_in_order() {
    let request = text(&client().subprotocol("chat").subprotocol("superchat"));
    assert!(request.contains("\r\nSec-WebSocket-Protocol: chat, superchat\r\n"));
    assert!(!text(&client()).contains("Protocol"));
}

/// HS-C-12
#[test]
fn extensions_in_order() {
    let offer = Extension::new("permessage-deflate")
        .and_then(|offer| offer.param("client_max_window_bits", None))
        .unwrap();
    let request = text(
        &client()
            .extension(offer)
            .extension("foo; a=1".parse().unwrap()),
    );
    assert!(request.contains(
        "\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, foo; a=1\r\n"
    ));
    assert!(!text(&client()).contains("Extensions"));
}

/// HS-C-13
#[test]
fn other_fields_pass_unchanged_and_in_order() {
    let request = client()
        .header("Cookie", "a=b")
        .header("Authorization", "Basic dTpw")
        .header("cookie", b"c=\xff");
    let bytes = request.encode(KEY).unwrap();
    assert!(
        bytes.ends_with(b"\r\nCookie: a=b\r\nAuthorization: Basic dTpw\r\ncookie: c=\xff\r\n\r\n")
    );
}

/// HS-C-15, SEC-06: nothing of the caller's data starts a line.
#[test]
fn control_characters_are_refused() {
    for value in [
        "a\nb",
        "a\rb",
        "a\r\nb: c",
        "a\0b",
        "\n",
        "a\x7f",
        "a\x1b[0m",
    ] {
        let request = client().header("X", value);
        assert_eq!(request.encode(KEY), Err(BuildError::HeaderValue));
        let request = client().subprotocol(value);
        assert_eq!(request.encode(KEY), Err(BuildError::Subprotocol));
        assert_eq!(Extension::new(value), Err(ExtensionError::NotToken));
        assert!(client().origin(value).encode(KEY).is_err());
        assert!(Uri::parse(&format!("ws://h/{value}")).is_err());
        assert!(Uri::parse(&format!("ws://h{value}/")).is_err());
    }
}

/// HS-C-16
#[test]
fn field_names_are_tokens() {
    for name in ["", "a b", "a:", "é", "a\r\n", "a\0", "[a]"] {
        let request = client().header(name, "x");
        assert_eq!(request.encode(KEY), Err(BuildError::HeaderName), "{name}");
    }
}

/// The first fault counts, and stays.
#[test]
fn first_fault_is_reported() {
    let request = client()
        .subprotocol("a b")
        .header("Host", "x")
        .subprotocol("ok");
    assert_eq!(request.encode(KEY), Err(BuildError::Subprotocol));
    assert_eq!(request.headers(KEY).unwrap_err(), BuildError::Subprotocol);
}

/// HS-C-25, HS-R-16: in one line or in several.
#[test]
fn versions_that_the_server_lists() {
    let head = |fields: &[(&str, &str)]| {
        ResponseHead::from_parts(HttpVersion::Http11, 400, fields.iter().copied()).unwrap()
    };
    let name = "Sec-WebSocket-Version";
    let one = head(&[(name, "13, 8, 7")]);
    assert!(one.websocket_versions().eq([13, 8, 7]));
    let two = head(&[(name, "13"), ("X", "1"), (name, "8,,+7, 256, 07, 0, x")]);
    assert!(two.websocket_versions().eq([13, 8, 0]));
    assert_eq!(head(&[]).websocket_versions().count(), 0);
}

/// HS-C-26: see also the tests of the URI.
#[test]
fn userinfo_is_refused() {
    assert!(Uri::parse("ws://u:p@h/").is_err());
}

/// SEC-22
#[test]
fn debug_output_has_no_secrets() {
    let request = to("ws://h/chat?token=hunter2")
        .header("Authorization", "Bearer hunter2")
        .header("Cookie", "a=hunter2")
        .header("X-Api-Key", "hunter2");
    let shown = format!("{request:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(shown.contains("Authorization") && shown.contains("/chat"));
    let fields = format!("{:?}", request.headers(KEY).unwrap());
    assert!(
        !fields.contains("dGhl") && !fields.contains("hunter2"),
        "{fields}"
    );
}

/// The fields for other HTTP software are those that `encode` writes.
#[test]
fn fields_for_other_software() {
    let request = client().subprotocol("chat").header("X", "y");
    let headers = request.headers(KEY).unwrap();
    let lines: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {}\r\n", str::from_utf8(value).unwrap()))
        .collect();
    assert_eq!(text(&request), format!("GET /chat HTTP/1.1\r\n{lines}\r\n"));
}
