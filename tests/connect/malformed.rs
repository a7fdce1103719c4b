//! What is wrong with a list whatever it asks for.

use websocket_proto::handshake;
use websocket_proto::handshake::connect::{Malformed, ResetCode, ResponseError};

use crate::lists::{checked, client, example, list, refused, replaced, verified, with};

/// BOOT-07
#[test]
fn upper_case_in_a_name() {
    for name in ["Sec-WebSocket-Protocol", "ORIGIN", "x-A", "Connection"] {
        assert_eq!(
            refused(with(name, "x")),
            Malformed::UpperCase.into(),
            "{name}"
        );
        let answer = verified(&client(), &[(":status", "200"), (name, "x")]);
        let error = ResponseError::from(Malformed::UpperCase);
        assert_eq!(answer, Err(error), "{name}");
        assert_eq!(error.reset_code(), ResetCode::Malformed);
    }
    // Upper case in a value is no fault.
    assert!(checked(with("x-a", "ABC")).is_ok());
}

#[test]
fn names_are_tokens() {
    for name in ["", "a b", "a:", "\u{e9}", "a\r\nb", "a\0"] {
        assert_eq!(
            refused(with(name, "x")),
            Malformed::FieldName.into(),
            "{name}"
        );
        let answer = verified(&client(), &[(":status", "200"), (name, "x")]);
        assert_eq!(answer, Err(Malformed::FieldName.into()), "{name}");
    }
}

#[test]
fn values_are_visible_within_and_at_their_ends() {
    for value in [
        " x", "x ", "\tx", "x\t", " ", "a\rb", "a\nb", "a\0b", "\x7f",
    ] {
        assert_eq!(
            refused(with("x", value)),
            Malformed::FieldValue.into(),
            "{value:?}"
        );
        let answer = verified(&client(), &[(":status", "200"), ("x", value)]);
        assert_eq!(answer, Err(Malformed::FieldValue.into()), "{value:?}");
    }
    for value in ["", "a b", "a\tb", "\u{e9}"] {
        assert!(checked(with("x", value)).is_ok(), "{value:?}");
    }
    // Those of pseudo-header fields are no others.
    for (name, value) in [
        (":protocol", "web\0socket"),
        (":protocol", "websocket "),
        (":scheme", "ht\r\ntps"),
        (":path", "/a\r\nb"),
        (":authority", " h"),
        (":method", "CONNECT\n"),
    ] {
        let error = refused(replaced(name, value));
        assert_eq!(error, Malformed::FieldValue.into(), "{name}: {value:?}");
    }
}

#[test]
fn pseudo_header_fields_come_first_once_and_are_known() {
    for name in [":method", ":protocol", ":scheme", ":path", ":authority"] {
        let (_, value) = example().into_iter().find(|field| field.0 == name).unwrap();
        assert_eq!(
            refused(with(name, &value)),
            Malformed::RepeatedPseudoHeader.into()
        );
        let mut fields = example();
        fields.retain(|field| field.0 != name);
        fields.push((name.into(), value));
        assert_eq!(
            refused(fields),
            Malformed::PseudoHeaderOrder.into(),
            "{name}"
        );
    }
    for name in [":status", ":Method", ":", ":path "] {
        assert_eq!(
            refused(with(name, "x")),
            Malformed::UnknownPseudoHeader.into()
        );
    }
    let mut reversed = example();
    reversed[..5].reverse();
    assert!(checked(reversed).is_ok());
}

#[test]
fn paths() {
    for path in ["", "chat", "*", "https://h/", "/a b", "/#a", "/\u{e9}"] {
        assert_eq!(
            refused(replaced(":path", path)),
            Malformed::Path.into(),
            "{path}"
        );
    }
}

#[test]
fn authorities() {
    for host in ["", "a b", "u:p@h", "h:x", "h:65536", "[::1", "h/", "\u{e9}"] {
        let error = refused(replaced(":authority", host));
        assert_eq!(error, Malformed::Authority.into(), "{host}");
    }
    for host in ["h", "h:1", "[::1]", "[::1]:443", "127.0.0.1"] {
        let request = checked(replaced(":authority", host)).unwrap();
        assert_eq!(request.host(), host);
    }
}

/// A scheme may be another one; no WebSocket is there.
#[test]
fn schemes() {
    for scheme in ["wss", "ftp", ""] {
        let error = refused(replaced(":scheme", scheme));
        assert_eq!(error, handshake::RequestError::Target.into(), "{scheme}");
        assert_eq!((error.status(), error.reset_code()), (400, None));
    }
}

/// BOOT-08
#[test]
fn an_answer_has_one_status_of_three_digits() {
    let missing = verified(&client(), &[("x", "y")]);
    assert_eq!(missing, Err(Malformed::MissingPseudoHeader.into()));
    for status in [
        "",
        "20",
        "2000",
        "20000000000",
        "099",
        "+20",
        "2x0",
        "200 OK",
        "101",
    ] {
        let answer = verified(&client(), &[(":status", status)]);
        assert_eq!(answer, Err(Malformed::Status.into()), "{status}");
    }
    let twice = verified(&client(), &[(":status", "200"), (":status", "200")]);
    assert_eq!(twice, Err(Malformed::RepeatedPseudoHeader.into()));
    let late = verified(&client(), &[("x", "y"), (":status", "200")]);
    assert_eq!(late, Err(Malformed::PseudoHeaderOrder.into()));
    let request = verified(&client(), &[(":status", "200"), (":path", "/")]);
    assert_eq!(request, Err(Malformed::UnknownPseudoHeader.into()));
}

/// BOOT-04
#[test]
fn an_answer_has_no_fields_of_an_http_1_connection() {
    for (name, value) in [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("transfer-encoding", "chunked"),
        ("keep-alive", "timeout=5"),
    ] {
        let answer = verified(&client(), &[(":status", "200"), (name, value)]);
        assert_eq!(answer, Err(Malformed::ConnectionSpecific.into()), "{name}");
    }
}

/// The first fault counts, and any is one: but for what is not WebSocket.
#[test]
fn the_first_fault_is_named() {
    let mut fields = with("A", "x");
    fields.extend(list(&[(":protocol", "x"), ("b", " ")]));
    assert_eq!(refused(fields), Malformed::UpperCase.into());
}
