//! What errors and debug output say: every error names what was wrong, and
//! nothing shows what belongs to the peer or to the user.

use std::collections::BTreeSet;
use std::error::Error;

use websocket_proto::handshake::{
    BuildError, ExtensionError, HeadError, HeadLimits, HeadReader, RequestError, Response,
    ResponseError,
};

use crate::support::{RESPONSE, added, client, replace, request, request_head, response_head};

const HEAD_ERRORS: [(HeadError, &str, &str); 9] = [
    (HeadError::StartLineTooLong, "first line", "RFC 9112"),
    (HeadError::TooLong, "too long", "RFC 6585"),
    (HeadError::TooManyFields, "too many fields", "RFC 6585"),
    (HeadError::LineEnd, "CR LF", "RFC 9112 section 2.2"),
    (HeadError::ControlByte, "control byte", "RFC 9112 section 5"),
    (HeadError::EmptyLines, "empty lines", "RFC 9112 section 2.2"),
    (HeadError::Field, "field line", "RFC 9112 section 5"),
    (HeadError::Incomplete, "no end", "RFC 9112 section 2.1"),
    (HeadError::Surplus, "follow", "RFC 9112 section 2.1"),
];

const REQUEST_ERRORS: [(RequestError, &str, u16); 22] = [
    (RequestError::RequestLine, "request line", 400),
    (RequestError::Target, "target", 400),
    (RequestError::UnsupportedHttp, "version of HTTP", 505),
    (RequestError::Host, "Host", 400),
    (RequestError::NotWebSocket, "upgrade to websocket", 426),
    (RequestError::Method, "GET", 405),
    (RequestError::Connection, "Connection", 400),
    (RequestError::Body, "body", 400),
    (RequestError::Expectation, "expectation", 417),
    (RequestError::Draft, "hixie-76", 400),
    (RequestError::MissingVersion, "Version is missing", 426),
    (RequestError::RepeatedVersion, "Version is repeated", 400),
    (RequestError::UnsupportedVersion, "Version is not 13", 426),
    (RequestError::MissingKey, "Key is missing", 400),
    (RequestError::RepeatedKey, "Key is repeated", 400),
    (RequestError::InvalidKey, "base64 of 16 bytes", 400),
    (RequestError::Origin, "Origin", 400),
    (RequestError::InvalidSubprotocol, "list of tokens", 400),
    (RequestError::RepeatedSubprotocol, "repeats a name", 400),
    (RequestError::TooManySubprotocols, "too many names", 431),
    (
        RequestError::InvalidExtension,
        "Extensions is malformed",
        400,
    ),
    (RequestError::TooManyExtensions, "too many elements", 431),
];

const RESPONSE_ERRORS: [(ResponseError, &str, Option<u16>); 15] = [
    (ResponseError::StatusLine, "status line", None),
    (ResponseError::UnsupportedHttp, "version of HTTP", None),
    (ResponseError::Status, "not 101", None),
    (ResponseError::TooManyInterim, "interim", None),
    (ResponseError::Upgrade, "Upgrade", Some(101)),
    (ResponseError::Connection, "Connection", Some(101)),
    (ResponseError::MissingAccept, "Accept is missing", Some(101)),
    (
        ResponseError::RepeatedAccept,
        "Accept is repeated",
        Some(101),
    ),
    (ResponseError::WrongAccept, "belong to the key", Some(101)),
    (
        ResponseError::InvalidSubprotocol,
        "not one token",
        Some(101),
    ),
    (
        ResponseError::SubprotocolNotOffered,
        "subprotocol that was not offered",
        Some(101),
    ),
    (
        ResponseError::MissingSubprotocol,
        "chose no subprotocol",
        Some(101),
    ),
    (
        ResponseError::InvalidExtension,
        "Extensions is malformed",
        Some(101),
    ),
    (
        ResponseError::ExtensionNotOffered,
        "extension that was not offered",
        Some(101),
    ),
    (
        ResponseError::RepeatedExtension,
        "extension twice",
        Some(101),
    ),
];

const BUILD_ERRORS: [(BuildError, &str); 15] = [
    (BuildError::Status, "200 to 599"),
    (BuildError::Body, "body"),
    (BuildError::HeaderName, "field name"),
    (BuildError::HeaderValue, "field value"),
    (BuildError::ManagedHeader, "the crate alone"),
    (BuildError::Origin, "origin"),
    (BuildError::Subprotocol, "subprotocol is not a token"),
    (
        BuildError::RepeatedSubprotocol,
        "subprotocol is named twice",
    ),
    (BuildError::SubprotocolNotOffered, "offer the subprotocol"),
    (
        BuildError::Extension(ExtensionError::NotToken),
        "extension is not made of tokens",
    ),
    (BuildError::RepeatedExtension, "extension is accepted twice"),
    (BuildError::ExtensionNotOffered, "offer the extension"),
    (BuildError::Key, "key"),
    (BuildError::Target, "target"),
    (BuildError::TooLong, "too long"),
];

const EXTENSION_ERRORS: [(ExtensionError, &str); 2] = [
    (ExtensionError::Malformed, "malformed"),
    (ExtensionError::TooMany, "too many"),
];

/// Each message has the words and is no other error's; each fits in a line of
/// a log.
fn check<E: Error>(errors: impl IntoIterator<Item = (E, &'static str)>) {
    let mut seen = BTreeSet::new();
    for (error, words) in errors {
        let text = error.to_string();
        assert!(text.contains(words), "{text}");
        assert!(text.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
        assert!(seen.insert(text), "{error} twice");
    }
}

// SEC-19
#[test]
fn every_error_says_what_is_wrong() {
    check(HEAD_ERRORS.map(|(error, words, _)| (error, words)));
    check(REQUEST_ERRORS.map(|(error, words, _)| (error, words)));
    check(RESPONSE_ERRORS.map(|(error, words, _)| (error, words)));
    check(BUILD_ERRORS);
    check(EXTENSION_ERRORS);
}

#[test]
fn every_error_knows_its_status_and_the_section_with_the_rule() {
    for (error, _, section) in HEAD_ERRORS {
        assert!(error.section().starts_with(section), "{error}");
        let status = match error {
            HeadError::StartLineTooLong => 414,
            HeadError::TooLong | HeadError::TooManyFields => 431,
            _ => 400,
        };
        assert_eq!(error.status(), status, "{error}");
    }
    for (error, _, status) in REQUEST_ERRORS {
        assert_eq!(error.status(), status, "{error}");
        assert!(error.section().starts_with("RFC "), "{error}");
    }
    for (error, _, status) in RESPONSE_ERRORS {
        assert_eq!(error.status(), status, "{error}");
        let section = error.section();
        let browsers = error == ResponseError::MissingSubprotocol;
        let document = if browsers { "WHATWG " } else { "RFC " };
        assert!(section.starts_with(document), "{error}: {section}");
    }
}

/// What is wrong with a head is wrong with the request or the answer in it.
#[test]
fn errors_of_a_head_show_through() {
    for (head, _, _) in HEAD_ERRORS {
        let error = RequestError::from(head);
        assert_eq!(error, RequestError::Head(head));
        assert_eq!(error.to_string(), head.to_string());
        assert_eq!(
            (error.status(), error.section()),
            (head.status(), head.section())
        );
        assert!(error.source().is_none(), "the message says all: {error}");

        let error = ResponseError::from(head);
        assert_eq!(error, ResponseError::Head(head));
        assert_eq!(error.to_string(), head.to_string());
        assert_eq!((error.status(), error.section()), (None, head.section()));
        assert!(error.source().is_none(), "the message says all: {error}");
    }
    assert!(
        REQUEST_ERRORS
            .iter()
            .all(|(error, ..)| error.source().is_none())
    );
    assert!(
        RESPONSE_ERRORS
            .iter()
            .all(|(error, ..)| error.source().is_none())
    );
}

// SEC-22
#[test]
fn debug_output_shows_the_protocol_and_hides_the_rest() {
    let bytes = added("Cookie: hunter2\r\nSec-WebSocket-Foo: hunter2\r\nOrigin: http://a");
    let request = request(bytes.replace("/chat", "/chat?token=hunter2")).unwrap();
    let fields = format!("{:?}", request.headers());
    assert_eq!(
        fields,
        "{\"Host\": \"server.example.com\", \"Upgrade\": \"websocket\", \
         \"Connection\": \"Upgrade\", \"Sec-WebSocket-Key\": (24 bytes), \
         \"Sec-WebSocket-Version\": \"13\", \"Cookie\": (7 bytes), \
         \"Sec-WebSocket-Foo\": (7 bytes), \"Origin\": \"http://a\"}"
    );
    let head = format!("{:?}", request.head());
    assert_eq!(
        head,
        format!(
            "RequestHead {{ method: \"GET\", path: \"/chat\", version: Http11, \
             headers: {fields}, .. }}"
        )
    );
    assert_eq!(
        format!("{request:?}"),
        format!("Request {{ head: {head}, extensions: [], .. }}")
    );
}

// SEC-22
#[test]
fn debug_output_of_answers() {
    let line = "\r\nSec-WebSocket-Extensions: a\x1fb\u{e9}\r\n";
    let head = response_head(replace(RESPONSE, "\r\n", &line.replace('\x1f', "\t"))).unwrap();
    let shown = format!("{head:?}");
    let start = "ResponseHead { version: Http11, status: 101, headers: {\
         \"Sec-WebSocket-Extensions\": \"a\\tb\\xc3\\xa9\", \"Upgrade\": \"websocket\"";
    assert!(shown.starts_with(start), "{shown}");
    let response = Response::new(403)
        .header("Set-Cookie", "a=b")
        .body("secret");
    assert_eq!(
        format!("{response:?}"),
        "Response { status: 403, headers: {\"Set-Cookie\": (3 bytes)}, body_length: 6, \
         fault: None }"
    );
    assert!(format!("{:?}", client().origin("a b")).contains("fault: Some(Origin)"));
}

#[test]
fn debug_output_of_a_head_under_way() {
    let limits = HeadLimits {
        bytes: 100,
        headers: 5,
    };
    let mut reader = HeadReader::new(limits);
    let mut piece = *b"GET /hunter2";
    assert_eq!(reader.receive(&mut &mut piece[..]), Ok(None));
    assert_eq!(
        format!("{reader:?}"),
        "HeadReader { limits: HeadLimits { bytes: 100, headers: 5 }, buffered: 12, \
         failed: None, .. }"
    );
    let mut piece = *b"\n";
    assert!(reader.receive(&mut &mut piece[..]).is_err());
    assert!(format!("{reader:?}").contains("buffered: 0, failed: Some(LineEnd)"));
}

/// The name of a field decides, in whatever case, and not its beginning.
#[test]
fn names_are_known_whole() {
    let shown = |name: &str| {
        let head = request_head(format!("GET / HTTP/1.1\r\nHost: h\r\n{name}: v\r\n\r\n"));
        !format!("{:?}", head.unwrap()).contains("(1 bytes)")
    };
    for name in [
        "Upgrade",
        "Connection",
        "Origin",
        "Expect",
        "Content-Length",
        "Transfer-Encoding",
        "Sec-WebSocket-Version",
        "Sec-WebSocket-Extensions",
        "Sec-WebSocket-Accept",
    ] {
        assert!(shown(name), "{name}");
        assert!(shown(&name.to_lowercase()), "{name}");
        assert!(shown(&name.to_uppercase()), "{name}");
        let mut other = name.to_owned();
        other.pop();
        assert!(!shown(&format!("{other}-")), "{name}");
        assert!(!shown(&format!("{name}-")), "{name}");
    }
    for name in [
        "Cookie",
        "Sec-WebSocket-Key",
        "Sec-WebSocket-Key3",
        // Some put tokens there.
        "Sec-WebSocket-Protocol",
        "Authorization",
    ] {
        assert!(!shown(name), "{name}");
    }
}
