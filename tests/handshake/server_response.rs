//! HS-R: the server's answers.

use std::collections::BTreeMap;

use websocket_proto::handshake::{Acceptance, BuildError, HeadError, RequestError, Response};

use crate::support::{REQUEST, added, client, replaced, request, response_head};

fn text(response: &Response) -> String {
    String::from_utf8(response.encode().unwrap()).unwrap()
}

/// HS-R-01, HS-R-02, HS-R-03, HS-R-05, HS-R-08
#[test]
fn plain_acceptance() {
    let accepted = request(REQUEST)
        .unwrap()
        .accept(&Acceptance::new())
        .unwrap();
    assert_eq!(text(&accepted.response), crate::support::RESPONSE);
    assert_eq!(accepted.response.status(), 101);
    assert_eq!(accepted.agreement, Default::default());
}

/// HS-R-04, HS-S-13
#[test]
fn accept_value() {
    for (key, accept) in [
        ("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        ("uR5YP/BMO6M24tAFcmHeXw==", "eS92kXpBNI6fWsCkj6WxH6QeoHs="),
        ("AQIDBAUGBwgJCgsMDQ4PEA==", "C/0nmHhBztSRGR1CwL6Tf4ZjwpY="),
        ("AQIDBAUGBwgJCgsMDQ4PEC==", "OfS0wDaT5NoxF2gqm7Zj2YtetzM="),
    ] {
        let request = request(replaced("dGhlIHNhbXBsZSBub25jZQ==", key)).unwrap();
        let accepted = request.accept(&Acceptance::new()).unwrap();
        let found = accepted.response.headers().first("sec-websocket-accept");
        assert_eq!(found, Some(accept.as_bytes()));
    }
}

/// HS-R-05, HS-R-22
#[test]
fn fields_of_the_acceptance() {
    let request = request(REQUEST).unwrap();
    let acceptance = Acceptance::new()
        .header("Set-Cookie", "a=b")
        .header("set-cookie", "c=d");
    let accepted = request.accept(&acceptance).unwrap();
    assert!(text(&accepted.response).ends_with("\r\nSet-Cookie: a=b\r\nset-cookie: c=d\r\n\r\n"));
    for name in [
        "Sec-WebSocket-Accept",
        "sec-websocket-protocol",
        "Sec-WebSocket-Version",
        "UPGRADE",
        "Connection",
        "Content-Length",
        "Transfer-Encoding",
    ] {
        let refused = request.accept(&Acceptance::new().header(name, "x"));
        assert_eq!(refused.unwrap_err(), BuildError::ManagedHeader, "{name}");
    }
    let split = Acceptance::new().header("X", "a\r\nY: b");
    assert_eq!(request.accept(&split).unwrap_err(), BuildError::HeaderValue);
    let name = Acceptance::new().header("X\r\nY", "a");
    assert_eq!(request.accept(&name).unwrap_err(), BuildError::HeaderName);
    // The first fault counts, and stays.
    let faults = split.header("X\r\nY", "a").header("X", "a");
    assert_eq!(
        request.accept(&faults).unwrap_err(),
        BuildError::HeaderValue
    );
}

/// HS-R-06, SP-08
#[test]
fn subprotocol_of_the_acceptance() {
    let request = request(added("Sec-WebSocket-Protocol: a, b")).unwrap();
    let accepted = request.accept(&Acceptance::new().subprotocol("b")).unwrap();
    assert!(text(&accepted.response).contains("\r\nSec-WebSocket-Protocol: b\r\n"));
    assert_eq!(accepted.agreement.subprotocol(), Some("b"));
    let none = request.accept(&Acceptance::new()).unwrap();
    assert!(!text(&none.response).contains("Protocol:"));
    for name in ["c", "A", "", "a, b", "a\r\nX: y"] {
        let refused = request.accept(&Acceptance::new().subprotocol(name));
        assert_eq!(
            refused.unwrap_err(),
            BuildError::SubprotocolNotOffered,
            "{name}"
        );
    }
}

/// HS-R-07, EXT-10, EXT-12, EXT-13, EXT-15
#[test]
fn extensions_of_the_acceptance() {
    let request = request(added("Sec-WebSocket-Extensions: foo; a, bar, foo")).unwrap();
    let none = request.accept(&Acceptance::new()).unwrap();
    assert!(!text(&none.response).contains("Extensions"));
    let acceptance = Acceptance::new()
        .extension("bar; x=1".parse().unwrap())
        .extension("foo".parse().unwrap());
    let accepted = request.accept(&acceptance).unwrap();
    assert!(text(&accepted.response).contains("\r\nSec-WebSocket-Extensions: bar; x=1, foo\r\n"));
    assert_eq!(accepted.agreement.extensions().len(), 2);
    let other = Acceptance::new().extension("baz".parse().unwrap());
    assert_eq!(
        request.accept(&other).unwrap_err(),
        BuildError::ExtensionNotOffered
    );
    let twice = acceptance.extension("foo; a".parse().unwrap());
    assert_eq!(
        request.accept(&twice).unwrap_err(),
        BuildError::RepeatedExtension
    );
}

/// SP-09: both ends come to the same agreement.
#[test]
fn both_ends_agree() {
    let client = client()
        .subprotocol("chat")
        .extension("foo; a=1".parse().unwrap());
    let key = crate::support::KEY;
    let request = request(client.encode(key).unwrap()).unwrap();
    let acceptance = Acceptance::new()
        .subprotocol("chat")
        .extension("foo".parse().unwrap());
    let accepted = request.accept(&acceptance).unwrap();
    let head = response_head(accepted.response.encode().unwrap()).unwrap();
    assert_eq!(client.verify(key, &head), Ok(accepted.agreement));
}

/// HS-R-11, HS-S-02, SEC-19: every refusal is whole HTTP, no 101, and says what
/// is wrong.
#[test]
fn refusals() {
    for error in [
        RequestError::Head(HeadError::TooLong),
        RequestError::Head(HeadError::StartLineTooLong),
        RequestError::Head(HeadError::ControlByte),
        RequestError::RequestLine,
        RequestError::Target,
        RequestError::UnsupportedHttp,
        RequestError::Host,
        RequestError::NotWebSocket,
        RequestError::Connection,
        RequestError::Body,
        RequestError::Expectation,
        RequestError::Draft,
        RequestError::MissingVersion,
        RequestError::RepeatedVersion,
        RequestError::UnsupportedVersion,
        RequestError::MissingKey,
        RequestError::RepeatedKey,
        RequestError::InvalidKey,
        RequestError::Origin,
        RequestError::InvalidSubprotocol,
        RequestError::RepeatedSubprotocol,
        RequestError::TooManySubprotocols,
        RequestError::InvalidExtension,
        RequestError::TooManyExtensions,
    ] {
        let bytes = error.refusal().encode().unwrap();
        // HS-R-21: no Close frame, nothing that is not text.
        assert!(bytes.is_ascii());
        let (head, body) = crate::support::read_head(&bytes).unwrap().unwrap();
        let head = response_head(head).unwrap();
        assert_eq!(head.status(), error.status());
        assert!((400..600).contains(&head.status()));
        assert!(!head.reason().is_empty());
        assert_eq!(body, format!("{error}\n").into_bytes());
        let length = head.headers().first("Content-Length").unwrap();
        assert_eq!(length, body.len().to_string().as_bytes());
        assert!(
            head.headers()
                .first("Connection")
                .unwrap()
                .ends_with(b"close")
        );
        assert!(error.section().starts_with("RFC "));
    }
}

/// HS-R-13, HS-R-17, HS-R-18, HS-R-24
#[test]
fn refusals_of_the_application() {
    assert!(text(&Response::new(404)).starts_with("HTTP/1.1 404 Not Found\r\n"));
    assert_eq!(
        text(
            &Response::new(302)
                .header("Location", "https://b/")
                .header("Date", "now")
        ),
        "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: https://b/\r\nDate: now\r\n\
         Content-Length: 0\r\n\r\n"
    );
    assert_eq!(
        text(&Response::new(401).header("WWW-Authenticate", "Basic realm=\"x\"")),
        "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\
         WWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n"
    );
    assert_eq!(
        text(&Response::new(503).header("Retry-After", "9").body("later")),
        "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 9\r\n\
         Content-Length: 5\r\n\r\nlater"
    );
    assert!(text(&Response::new(499)).starts_with("HTTP/1.1 499 \r\n"));
}

/// HS-R-14
#[test]
fn method_not_allowed() {
    let refusal = RequestError::Method.refusal();
    assert_eq!(
        text(&refusal),
        "HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nAllow: GET\r\n\
         Content-Length: 0\r\n\r\n"
    );
    // Any answer to HEAD: the length of a body that is not there.
    let response = Response::new(200).body("hello");
    let bytes = response.encode_without_body().unwrap();
    assert!(bytes.ends_with(b"Content-Length: 5\r\n\r\n"));
}

/// HS-R-15, HS-R-16
#[test]
fn upgrade_required() {
    for error in [
        RequestError::UnsupportedVersion,
        RequestError::MissingVersion,
        RequestError::NotWebSocket,
    ] {
        let refusal = text(&error.refusal());
        assert!(refusal.starts_with(
            "HTTP/1.1 426 Upgrade Required\r\nConnection: Upgrade, close\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        ));
    }
}

/// HS-R-19, SEC-06
#[test]
fn answers_cannot_be_split() {
    let response = Response::new(403).body("no\r\nX: y");
    assert!(text(&response).ends_with("\r\nContent-Length: 8\r\n\r\nno\r\nX: y"));
    for value in ["a\rb", "a\nb", "a\0b", "a\r\n\r\nb"] {
        let response = Response::new(403).header("X", value);
        assert_eq!(response.encode(), Err(BuildError::HeaderValue));
        assert_eq!(response.encode_without_body(), Err(BuildError::HeaderValue));
        assert_eq!(response.check(), Err(BuildError::HeaderValue));
    }
    assert_eq!(
        Response::new(403).header("a b", "c").encode(),
        Err(BuildError::HeaderName)
    );
    for name in ["Content-Length", "transfer-encoding", "CONNECTION"] {
        let response = Response::new(403).header(name, "1");
        assert_eq!(response.encode(), Err(BuildError::ManagedHeader));
    }
}

/// HS-R-05, HS-R-22: nor does a caller add to what opens the connection, but
/// for fields of its own.
#[test]
fn an_acceptance_stays_as_it_is() {
    let response = || {
        let request = request(REQUEST).expect("valid");
        let accepted = request.accept(&Acceptance::new());
        accepted.expect("accepted").response
    };
    assert!(text(&response().header("X", "y")).ends_with("\r\nX: y\r\n\r\n"));
    for name in [
        "Sec-WebSocket-Accept",
        "Sec-WebSocket-Extensions",
        "Sec-WebSocket-Protocol",
        "Sec-WebSocket-",
        "Upgrade",
        "Connection",
    ] {
        let added = response().header(name, "x");
        assert_eq!(added.encode(), Err(BuildError::ManagedHeader), "{name}");
    }
    assert_eq!(response().body("x").encode(), Err(BuildError::Body));
    // What a refusal may have.
    let refusal = Response::new(426).header("Sec-WebSocket-Version", "13");
    assert!(refusal.header("Upgrade", "websocket").encode().is_ok());
}

/// HS-R-23: an interim answer cannot be made, nor a 101 without a handshake.
#[test]
fn statuses() {
    for status in [0, 99, 100, 101, 199, 600, 1000] {
        assert_eq!(Response::new(status).encode(), Err(BuildError::Status));
    }
    assert_eq!(
        text(&Response::new(204)),
        "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
    );
    for status in [204, 205, 304] {
        assert_eq!(
            Response::new(status).body("x").encode(),
            Err(BuildError::Body)
        );
    }
    assert!(text(&Response::new(205)).contains("Content-Length: 0"));
    assert!(!text(&Response::new(304)).contains("Content-Length"));
}

/// The registry of statuses, and nothing for what is not in it.
#[test]
fn reason_phrases_are_the_registered_ones() {
    const REGISTERED: &str = "\
        200 OK|201 Created|202 Accepted|203 Non-Authoritative Information|204 No Content|\
        205 Reset Content|206 Partial Content|300 Multiple Choices|301 Moved Permanently|\
        302 Found|303 See Other|304 Not Modified|305 Use Proxy|307 Temporary Redirect|\
        308 Permanent Redirect|400 Bad Request|401 Unauthorized|402 Payment Required|\
        403 Forbidden|404 Not Found|405 Method Not Allowed|406 Not Acceptable|\
        407 Proxy Authentication Required|408 Request Timeout|409 Conflict|410 Gone|\
        411 Length Required|412 Precondition Failed|413 Content Too Large|414 URI Too Long|\
        415 Unsupported Media Type|416 Range Not Satisfiable|417 Expectation Failed|\
        421 Misdirected Request|422 Unprocessable Content|423 Locked|424 Failed Dependency|\
        425 Too Early|426 Upgrade Required|428 Precondition Required|429 Too Many Requests|\
        431 Request Header Fields Too Large|451 Unavailable For Legal Reasons|\
        500 Internal Server Error|501 Not Implemented|502 Bad Gateway|503 Service Unavailable|\
        504 Gateway Timeout|505 HTTP Version Not Supported|506 Variant Also Negotiates|\
        507 Insufficient Storage|508 Loop Detected|511 Network Authentication Required";
    let registered: BTreeMap<u16, &str> = REGISTERED
        .split('|')
        .map(|line| line.split_once(' ').unwrap())
        .map(|(status, phrase)| (status.parse().unwrap(), phrase))
        .collect();
    for status in 200..600 {
        let phrase = registered.get(&status).copied().unwrap_or_default();
        let line = text(&Response::new(status))
            .lines()
            .next()
            .map(str::to_owned);
        assert_eq!(line, Some(format!("HTTP/1.1 {status} {phrase}")));
    }
}

/// Whatever the fields and the body, with what is for the crate to add.
#[test]
fn encoding_allocates_once_and_no_more_than_it_takes() {
    let request = request(REQUEST).unwrap();
    let acceptance = Acceptance::new()
        .header("Set-Cookie", "a".repeat(5000))
        .header(&"X-Long".repeat(100), "b");
    let accepted = request.accept(&acceptance).unwrap();
    let refusal = Response::new(403)
        .header(&"X-Long".repeat(100), "b".repeat(5000))
        .body("no".repeat(1000));
    for response in [accepted.response, refusal] {
        let bytes = response.encode().unwrap();
        assert!((bytes.len()..bytes.len() + 128).contains(&bytes.capacity()));
    }
    let request = client()
        .header("Cookie", "a".repeat(5000))
        .header(&"X-Long".repeat(100), "b");
    let bytes = request.encode(crate::support::KEY).unwrap();
    assert_eq!(bytes.capacity(), bytes.len());
}

/// HS-R-06, RFC 9110 section 5.5: white space around a value is no part of it.
#[test]
fn values_are_sent_without_the_white_space_around_them() {
    let response = Response::new(403)
        .header("X-A", " \ta b\t ")
        .header("X-B", " ");
    assert_eq!(response.headers().first("x-a"), Some(&b"a b"[..]));
    let bytes = response.encode().expect("valid");
    let text = std::str::from_utf8(&bytes).expect("ASCII");
    assert!(text.contains("\r\nX-A: a b\r\nX-B: \r\n"), "{text}");
}
