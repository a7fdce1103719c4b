//! EXT: the grammar of extensions.

use websocket_proto::handshake::{Extension, ExtensionError, RequestError};

use crate::support::{added, request};

/// The list in canonical text.
fn list(values: &[&str]) -> Result<String, ExtensionError> {
    let list = Extension::parse_list(values.iter().map(|value| value.as_bytes()))?;
    let texts: Vec<_> = list.iter().map(Extension::to_string).collect();
    Ok(texts.join(", "))
}

/// EXT-01
#[test]
fn grammar() {
    for text in [
        "foo",
        "foo; a",
        "mux; max-channels=4; flow-control, deflate-stream",
        "permessage-deflate; client_max_window_bits; server_max_window_bits=10",
    ] {
        assert_eq!(list(&[text]).as_deref(), Ok(text));
    }
    let spaced: Extension = " foo ;a= 1;\tb ".parse().unwrap();
    assert_eq!(spaced.as_str(), "foo; a=1; b");
    assert_eq!(list(&["foo; a=1; b=\"2\""]).as_deref(), Ok("foo; a=1; b=2"));
    let extension: Extension = "foo; a=1; b; a=2".parse().unwrap();
    assert_eq!(extension.name(), "foo");
    assert!(
        extension
            .params()
            .eq([("a", Some("1")), ("b", None), ("a", Some("2"))])
    );
    assert_eq!(Extension::parse_list([]), Ok(vec![]));
}

/// EXT-02
#[test]
fn quoted_values_are_unescaped() {
    for text in ["x; y=\"10\"", "x; y=\"1\\0\"", "x;y=\"\\1\\0\" "] {
        assert_eq!(list(&[text]).as_deref(), Ok("x; y=10"));
    }
}

/// EXT-03, EXT-04
#[test]
fn quoted_values_are_tokens() {
    for value in [
        "\"\"", "\"a b\"", "\"a,b\"", "\"\\\"\"", "\"a;b\"", "\"a\\", "\"\\",
    ] {
        let text = format!("foo; x={value}");
        assert_eq!(list(&[&text]), Err(ExtensionError::Malformed), "{text}");
    }
    assert_eq!(
        list(&["foo; x=\"a,b\", bar"]),
        Err(ExtensionError::Malformed)
    );
}

/// EXT-05
#[test]
fn white_space() {
    assert_eq!(
        list(&[" foo ; a = 1 ,\tbar "]).as_deref(),
        Ok("foo; a=1, bar")
    );
    assert_eq!(list(&["foo;a=1,bar"]).as_deref(), Ok("foo; a=1, bar"));
}

/// EXT-06, HS-S-21
#[test]
fn several_lines_are_one_list() {
    assert_eq!(list(&["foo", "bar; baz=2"]), list(&["foo, bar; baz=2"]));
    let lines = "Sec-WebSocket-Extensions: foo\r\nSec-WebSocket-Extensions: bar; baz=2";
    let several = request(added(lines)).unwrap();
    let one = request(added("Sec-WebSocket-Extensions: foo, bar; baz=2")).unwrap();
    assert_eq!(several.extensions(), one.extensions());
    assert_eq!(one.extensions().len(), 2);
}

/// EXT-07, EXT-20
#[test]
fn malformed_lists() {
    for text in [
        ";foo",
        "foo;",
        "foo;;bar",
        "foo=1",
        "foo; =1",
        "foo; a=",
        "foo bar",
        "foo; a=\"x",
        "foo; a=b c",
        "f@o",
        "foo; a=\"x\"y",
        "foo; a==b",
        "foo; a b",
        "foo, ;",
        "foo; a=1=2",
        "foo; a=,bar",
        "\"foo\"",
    ] {
        assert_eq!(list(&[text]), Err(ExtensionError::Malformed), "{text}");
        let error = request(added(&format!("Sec-WebSocket-Extensions: {text}"))).unwrap_err();
        assert_eq!(
            (error, error.status()),
            (RequestError::InvalidExtension, 400),
            "{text}"
        );
    }
    for bytes in [
        &b"foo; a=\xff"[..],
        b"\0",
        b"foo\x7f",
        b"foo; \x01",
        b"\xc3\xa9",
        b"a; b=\"\xff\"",
    ] {
        assert_eq!(
            Extension::parse_list([bytes]),
            Err(ExtensionError::Malformed)
        );
    }
}

/// EXT-08, EXT-09
#[test]
fn empty_elements() {
    for text in ["", " ", ",", " ,\t, "] {
        assert_eq!(list(&[text]), Err(ExtensionError::Malformed));
    }
    assert_eq!(list(&["foo,,bar,"]).as_deref(), Ok("foo, bar"));
    assert_eq!(list(&["", "foo"]).as_deref(), Ok("foo"));
}

/// EXT-12
#[test]
fn same_name_with_other_parameters() {
    let text = "permessage-deflate; server_max_window_bits=10, permessage-deflate";
    assert_eq!(list(&[text]).as_deref(), Ok(text));
}

/// EXT-19
#[test]
fn names_are_compared_exactly() {
    assert_ne!("Foo".parse::<Extension>(), "foo".parse());
}

/// EXT-21
#[test]
fn number_is_bounded() {
    assert_eq!(list(&[&"a,".repeat(32)]).unwrap().matches('a').count(), 32);
    assert_eq!(list(&[&"a,".repeat(100_000)]), Err(ExtensionError::TooMany));
    assert_eq!(list(&["a"; 33]), Err(ExtensionError::TooMany));
    assert!(list(&[&format!("a{}", ";b=1".repeat(32))]).is_ok());
    assert_eq!(
        list(&[&format!("a{}", ";b".repeat(100_000))]),
        Err(ExtensionError::TooMany)
    );
    let error = request(added(&format!(
        "Sec-WebSocket-Extensions: {}",
        "a,".repeat(33)
    )));
    assert_eq!(error.unwrap_err().status(), 431);
}

#[test]
fn only_tokens_can_be_built() {
    let foo = Extension::new("foo").unwrap();
    for bad in ["", "a b", "a;b", "a=b", "\"a\"", "é", "a\r\nb"] {
        assert_eq!(Extension::new(bad), Err(ExtensionError::NotToken));
        assert_eq!(foo.clone().param(bad, None), Err(ExtensionError::NotToken));
        assert_eq!(
            foo.clone().param("a", Some(bad)),
            Err(ExtensionError::NotToken)
        );
        assert!(bad.parse::<Extension>().is_err() || bad == "a;b");
    }
    assert_eq!("a, b".parse::<Extension>(), Err(ExtensionError::Malformed));
}
