//! HS-V: the client's check of the answer.

use websocket_proto::handshake::{Agreement, HeadError, ResponseError, accept_key};

use crate::support::{RESPONSE, answer, client, replace, response_head, without};

pub(crate) const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

#[track_caller]
pub(crate) fn fails(bytes: impl AsRef<[u8]>, error: ResponseError) {
    assert_eq!(answer(&client(), bytes), Err(error));
}

pub(crate) fn opens(bytes: impl AsRef<[u8]>) {
    assert_eq!(answer(&client(), bytes), Ok(Agreement::new()));
}

pub(crate) fn with(lines: &str) -> String {
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

/// HS-V-18, HS-V-19, HS-V-34, SP-10
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
