//! What means the same as over HTTP/1.1: origin, subprotocols, extensions, and
//! that there is no body.

use websocket_proto::handshake::RequestError as Rule;
use websocket_proto::handshake::connect::RequestError;

use crate::lists::{checked, example, refused, replaced, with, without};

/// BOOT-06
#[test]
fn a_rule_of_the_handshake_has_its_status() {
    let many = (0..65).map(|number| number.to_string());
    let many = many.collect::<Vec<_>>().join(",");
    let extensions = ["x"; 33].join(",");
    for (fields, rule, status) in [
        (with("origin", "https://a"), Rule::Origin, 400),
        (replaced("origin", "\u{e9}"), Rule::Origin, 400),
        (
            with("sec-websocket-protocol", "chat"),
            Rule::RepeatedSubprotocol,
            400,
        ),
        (
            replaced("sec-websocket-protocol", "a b"),
            Rule::InvalidSubprotocol,
            400,
        ),
        (
            replaced("sec-websocket-protocol", ""),
            Rule::InvalidSubprotocol,
            400,
        ),
        (
            replaced("sec-websocket-protocol", &many),
            Rule::TooManySubprotocols,
            431,
        ),
        (
            replaced("sec-websocket-extensions", ";"),
            Rule::InvalidExtension,
            400,
        ),
        (
            replaced("sec-websocket-extensions", &extensions),
            Rule::TooManyExtensions,
            431,
        ),
        (with("content-length", "1"), Rule::Body, 400),
        (with("expect", "100-continue"), Rule::Expectation, 417),
    ] {
        let error = refused(fields);
        assert_eq!(error, RequestError::Handshake(rule));
        assert_eq!((error.status(), error.reset_code()), (status, None));
        assert_eq!(error.section(), rule.section());
        assert_eq!(error.refusal().status(), status);
        assert!(error.refusal().to_fields().is_ok());
    }
    assert!(checked(with("content-length", "0")).is_ok());
}

/// BOOT-06
#[test]
fn origins() {
    let request = checked(example()).unwrap();
    assert!(request.origin_is_one_of(&["https://a", "http://www.example.com"]));
    assert!(request.origin_is_one_of(&["HTTP://www.example.com"]));
    assert!(!request.origin_is_one_of(&["https://www.example.com", "null"]));
    let request = checked(without("origin")).unwrap();
    assert_eq!(request.origin(), None);
    assert!(!request.origin_is_one_of(&["null", ""]));
}

/// BOOT-06
#[test]
fn subprotocols() {
    let mut fields = replaced("sec-websocket-protocol", "a, b,");
    fields.push(("sec-websocket-protocol".into(), "C".into()));
    let request = checked(fields).unwrap();
    assert!(request.subprotocols().eq(["a", "b", "C"]));
    assert_eq!(request.choose_subprotocol(&["C", "b"]), Some("b"));
    assert_eq!(
        request.choose_subprotocol_by_server(&["x", "C", "b"]),
        Some("C")
    );
    assert_eq!(request.choose_subprotocol(&["c", "A"]), None);
    assert_eq!(request.choose_subprotocol_by_server(&["c", "A"]), None);
}

/// Credentials are not for logs.
#[test]
fn debug_output_leaves_out_secrets() {
    let mut fields = replaced(":path", "/chat?token=secret");
    fields.push(("cookie".into(), "secret".into()));
    let request = checked(fields).unwrap();
    let text = format!("{request:?} {:?}", request.headers());
    assert!(!text.contains("secret"), "{text}");
    assert!(text.contains("/chat"), "{text}");
}
