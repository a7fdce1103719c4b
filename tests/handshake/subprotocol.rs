//! SP: subprotocols.

use websocket_proto::handshake::{BuildError, RequestError};

use crate::support::{KEY, added, client, request};

fn offered(lines: &str) -> Result<Vec<String>, RequestError> {
    let request = request(added(lines))?;
    Ok(request.subprotocols().map(String::from).collect())
}

/// SP-01, SP-11
#[test]
fn names_are_tokens() {
    for name in [
        "", "a b", "a,b", "a/b", "\"a\"", "é", "a\x7f", "a:b", "(a)", "a=b", "{a}",
    ] {
        assert_eq!(
            client().subprotocol(name).encode(KEY),
            Err(BuildError::Subprotocol),
            "{name}"
        );
    }
    for name in ["v1.chat-2_x~", "v2.bookings.example.net", "!#$%&'*+-.^_`|~"] {
        assert!(client().subprotocol(name).encode(KEY).is_ok());
        assert_eq!(
            offered(&format!("Sec-WebSocket-Protocol: {name}")).unwrap(),
            [name]
        );
    }
}

/// SP-02
#[test]
fn names_are_unique() {
    let twice = client().subprotocol("a").subprotocol("a");
    assert_eq!(twice.encode(KEY), Err(BuildError::RepeatedSubprotocol));
    assert!(
        client()
            .subprotocol("a")
            .subprotocol("A")
            .encode(KEY)
            .is_ok()
    );
}

/// SP-03, SEC-07
#[test]
fn server_refuses_what_is_no_token() {
    for value in [
        "ch@t",
        "chat;v=1",
        "",
        ",",
        " , ,",
        "a b",
        "\u{e9}",
        "chat, b@d",
    ] {
        let error = offered(&format!("Sec-WebSocket-Protocol: {value}")).unwrap_err();
        assert_eq!(
            (error, error.status()),
            (RequestError::InvalidSubprotocol, 400),
            "{value}"
        );
    }
    assert_eq!(
        offered("Sec-WebSocket-Protocol: a\rX")
            .unwrap_err()
            .status(),
        400
    );
}

/// SP-04
#[test]
fn server_refuses_duplicates() {
    for lines in [
        "Sec-WebSocket-Protocol: chat, chat",
        "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: x, chat",
    ] {
        assert_eq!(
            offered(lines).unwrap_err(),
            RequestError::RepeatedSubprotocol
        );
    }
    assert!(offered("Sec-WebSocket-Protocol: chat, Chat").is_ok());
}

/// SP-05
#[test]
fn empty_elements_are_skipped() {
    let names = offered("Sec-WebSocket-Protocol: ,chat,,superchat, \t,").unwrap();
    assert_eq!(names, ["chat", "superchat"]);
}

/// HS-S-20
#[test]
fn several_lines_are_one_list() {
    let lines = "Sec-WebSocket-Protocol: chat\r\nX: y\r\nsec-websocket-protocol: superchat, x";
    assert_eq!(offered(lines).unwrap(), ["chat", "superchat", "x"]);
}

/// SP-06, SP-07
#[test]
fn choice() {
    let both = request(added("Sec-WebSocket-Protocol: a, b")).unwrap();
    assert_eq!(both.choose_subprotocol(&["b", "a"]), Some("a"));
    assert_eq!(
        both.choose_subprotocol_by_server(&["c", "b", "a"]),
        Some("b")
    );
    assert_eq!(both.choose_subprotocol(&["c"]), None);
    assert_eq!(both.choose_subprotocol_by_server(&[]), None);
    let case = request(added("Sec-WebSocket-Protocol: Chat")).unwrap();
    assert_eq!(case.choose_subprotocol(&["chat"]), None);
}

/// SP-13
#[test]
fn number_is_bounded() {
    let list = |count: u32| {
        let names: Vec<_> = (0..count).map(|number| number.to_string()).collect();
        format!("Sec-WebSocket-Protocol: {}", names.join(","))
    };
    assert_eq!(offered(&list(64)).unwrap().len(), 64);
    assert_eq!(
        offered(&list(65)).unwrap_err(),
        RequestError::TooManySubprotocols
    );
    assert_eq!(offered(&list(10_000)).unwrap_err().status(), 431);
}
