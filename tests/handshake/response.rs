//! HS-V: the client's check of the answer.

use websocket_proto::handshake::{
    Agreement, HeadError, HttpVersion, ResponseError, ResponseHead, accept_key,
};

use crate::support::{KEY, RESPONSE, answer, client, read_head, replace, response_head, without};

const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

#[track_caller]
fn fails(bytes: impl AsRef<[u8]>, error: ResponseError) {
    assert_eq!(answer(&client(), bytes), Err(error));
}

fn opens(bytes: impl AsRef<[u8]>) {
    assert_eq!(answer(&client(), bytes), Ok(Agreement::new()));
}

fn with(lines: &str) -> String {
    replace(RESPONSE, "\r\n\r\n", &format!("\r\n{lines}\r\n\r\n"))
}

/// HS-V-01
#[test]
fn valid_answer_opens() {
    opens(RESPONSE);
}

/// HS-V-02
#[test]
fn other_status() {
    let refusal = replace(RESPONSE, "101 Switching Protocols", "200 OK");
    assert_eq!(response_head(&refusal).unwrap().status(), 200);
    fails(refusal, ResponseError::Status);
}

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

/// HS-V-06, HS-V-08
#[test]
fn upgrade_has_to_be_websocket() {
    fails(without(RESPONSE, "Upgrade"), ResponseError::Upgrade);
    for value in [
        "h2c",
        "websockets",
        "",
        "websocket, h2c",
        "websocket\r\nUpgrade: websocket",
    ] {
        let bytes = replace(RESPONSE, "Upgrade: websocket", &format!("Upgrade: {value}"));
        fails(bytes, ResponseError::Upgrade);
    }
}

/// HS-V-07
#[test]
fn upgrade_in_any_case() {
    opens(replace(RESPONSE, "websocket", "WebSocket"));
    opens(replace(RESPONSE, "websocket", "WEBSOCKET"));
}

/// HS-V-09, HS-V-10
#[test]
fn connection_lists_upgrade() {
    fails(without(RESPONSE, "Connection"), ResponseError::Connection);
    for (value, valid) in [
        ("close", false),
        ("xupgrade", false),
        ("upgrade x", false),
        ("keep-alive, UPGRADE", true),
        ("foo\r\nConnection: upgrade", true),
        (",,upgrade\t,", true),
    ] {
        let bytes = replace(
            RESPONSE,
            "Connection: Upgrade",
            &format!("Connection: {value}"),
        );
        assert_eq!(answer(&client(), bytes).is_ok(), valid, "{value}");
    }
}

/// HS-V-11, HS-V-14
#[test]
fn accept_is_there_once() {
    fails(
        without(RESPONSE, "Sec-WebSocket-Accept"),
        ResponseError::MissingAccept,
    );
    let twice = with(&format!("Sec-WebSocket-Accept: {ACCEPT}"));
    fails(twice, ResponseError::RepeatedAccept);
}

/// HS-V-12, SEC-11
#[test]
fn accept_is_exact() {
    for value in [
        "t3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        "s3pplmbitxaq9kygzzhzrbk+xoo=",
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo",
        "",
    ] {
        fails(replace(RESPONSE, ACCEPT, value), ResponseError::WrongAccept);
    }
    opens(replace(RESPONSE, ACCEPT, &format!("  {ACCEPT}\t")));
}

/// HS-V-13: hashed from the nonce instead of its base64.
#[test]
fn accept_of_the_decoded_nonce() {
    let wrong = accept_key(b"the sample nonce");
    let bytes = replace(RESPONSE, ACCEPT, str::from_utf8(&wrong).unwrap());
    fails(bytes, ResponseError::WrongAccept);
}

/// HS-V-15, EXT-13, EXT-14
#[test]
fn extensions_were_offered() {
    let bytes = with("Sec-WebSocket-Extensions: foo");
    fails(&bytes, ResponseError::ExtensionNotOffered);
    let client = client()
        .extension("foo; a".parse().unwrap())
        .extension("foo; b".parse().unwrap());
    let agreement = answer(&client, &bytes).unwrap();
    assert_eq!(agreement.extensions(), ["foo".parse().unwrap()]);
    for (value, error) in [
        ("bar", ResponseError::ExtensionNotOffered),
        ("foo, bar", ResponseError::ExtensionNotOffered),
        ("Foo", ResponseError::ExtensionNotOffered),
        ("foo, foo; a", ResponseError::RepeatedExtension),
        ("foo;", ResponseError::InvalidExtension),
        (";foo", ResponseError::InvalidExtension),
        ("", ResponseError::InvalidExtension),
    ] {
        let bytes = with(&format!("Sec-WebSocket-Extensions: {value}"));
        assert_eq!(answer(&client, bytes), Err(error), "{value}");
    }
}

/// HS-V-16, EXT-06, EXT-15: the order is kept over several lines.
#[test]
fn extensions_over_several_lines() {
    let client = client()
        .extension("foo".parse().unwrap())
        .extension("bar".parse().unwrap());
    let bytes = with("Sec-WebSocket-Extensions: bar; x=1\r\nSec-WebSocket-Extensions: foo");
    let agreement = answer(&client, bytes).unwrap();
    let names = agreement
        .extensions()
        .iter()
        .map(|extension| extension.name());
    assert!(names.eq(["bar", "foo"]));
}

/// HS-V-17
#[test]
fn malformed_extensions() {
    fails(
        with("Sec-WebSocket-Extensions: permessage-deflate;"),
        ResponseError::InvalidExtension,
    );
}

/// HS-V-18, 19, 34, SP-10
#[test]
fn subprotocol_was_offered() {
    let offering = client().subprotocol("chat").subprotocol("v2");
    let bytes = with("Sec-WebSocket-Protocol: v2");
    assert_eq!(answer(&offering, &bytes).unwrap().subprotocol(), Some("v2"));
    fails(bytes, ResponseError::SubprotocolNotOffered);
    for (value, error) in [
        (&b"superchat"[..], ResponseError::SubprotocolNotOffered),
        (b"Chat", ResponseError::SubprotocolNotOffered),
        (b"chat, v2", ResponseError::InvalidSubprotocol),
        (
            b"chat\r\nSec-WebSocket-Protocol: chat",
            ResponseError::InvalidSubprotocol,
        ),
        (b"", ResponseError::InvalidSubprotocol),
        (b"\xff", ResponseError::InvalidSubprotocol),
    ] {
        let marked = with("Sec-WebSocket-Protocol: @");
        let at = marked.find('@').unwrap();
        let bytes = [
            &marked.as_bytes()[..at],
            value,
            &marked.as_bytes()[at + 1..],
        ]
        .concat();
        assert_eq!(answer(&offering, bytes), Err(error), "{value:?}");
    }
}

/// HS-V-20
#[test]
fn no_subprotocol_chosen() {
    let client = client().subprotocol("chat");
    assert_eq!(answer(&client, RESPONSE).unwrap().subprotocol(), None);
    let client = client.require_subprotocol(true);
    assert_eq!(
        answer(&client, RESPONSE),
        Err(ResponseError::MissingSubprotocol)
    );
    // Nothing offered, nothing missing.
    let client = crate::support::client().require_subprotocol(true);
    assert!(answer(&client, RESPONSE).is_ok());
}

/// HS-V-21
#[test]
fn order_and_case_of_names_do_not_matter() {
    opens(format!(
        "HTTP/1.1 101 Switching Protocols\r\nX-Y: z\r\nSEC-WEBSOCKET-ACCEPT: {ACCEPT}\r\n\
         CONNECTION: Upgrade\r\nUPGRADE: websocket\r\n\r\n"
    ));
}

/// HS-V-22
#[test]
fn cookies_are_shown() {
    let head = response_head(with("Set-Cookie: a=b\r\nSet-Cookie: c=d")).unwrap();
    assert!(head.headers().all("set-cookie").eq([b"a=b", b"c=d"]));
    assert!(!format!("{head:?}").contains("a=b"));
}

/// HS-V-23
#[test]
fn reason_means_nothing() {
    for line in ["101 Foo Bar", "101 ", "101", "101 \u{fc}"] {
        opens(replace(RESPONSE, "101 Switching Protocols", line));
    }
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
    let limits = websocket_proto::handshake::HeadLimits::default();
    assert!(ResponseHead::parse(&head, limits).unwrap().is_interim());
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

/// HS-V-33
#[test]
fn opaque_bytes_do_not_matter() {
    let bytes = with("X: @");
    let at = bytes.find('@').unwrap();
    let mut bytes = bytes.into_bytes();
    bytes.splice(at..=at, [0xff, 0xfe]);
    let head = response_head(&bytes).unwrap();
    assert_eq!(head.headers().first("x"), Some(&[0xff, 0xfe][..]));
    opens(bytes);
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
    assert!(ResponseHead::from_parts(HttpVersion::Http11, 99, none).is_err());
}

/// SEC-19
#[test]
fn errors_are_printable() {
    for error in [
        ResponseError::Head(HeadError::ControlByte),
        ResponseError::WrongAccept,
        ResponseError::MissingSubprotocol,
    ] {
        let text = format!("{error} ({})", error.section());
        assert!(text.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
    }
}
