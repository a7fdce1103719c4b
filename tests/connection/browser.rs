//! What browsers send to a server, and what a client owes who wants to behave
//! like one (the WHATWG WebSockets standard).

use websocket_proto::handshake::{Acceptance, BuildError, ClientRequest, ResponseError};
use websocket_proto::{Config, Connection, Error, Event, Input, Role, SendError, Timeout, Uri};

use crate::pair::{code, connecting_client, events, failure, request};
use crate::support::{Seen, close, frame, mask, open};

/// As Chromium sends it to a page's `new WebSocket(url, ["chat"])`.
const CHROMIUM: &str = "GET /chat?room=1 HTTP/1.1\r\n\
    Host: localhost:8080\r\n\
    Connection: Upgrade\r\n\
    Pragma: no-cache\r\n\
    Cache-Control: no-cache\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n\
    Upgrade: websocket\r\n\
    Origin: http://localhost:8080\r\n\
    Sec-WebSocket-Version: 13\r\n\
    Accept-Encoding: gzip, deflate, br, zstd\r\n\
    Accept-Language: zh-CN,zh;q=0.9,en;q=0.8\r\n\
    Cookie: session=abc; theme=dark\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Protocol: chat\r\n\
    Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n";

/// As Firefox does, whose `Connection` is a list.
const FIREFOX: &str = "GET / HTTP/1.1\r\n\
    Host: localhost:8080\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0\r\n\
    Accept: */*\r\n\
    Accept-Language: en-US,en;q=0.5\r\n\
    Accept-Encoding: gzip, deflate, br, zstd\r\n\
    Sec-WebSocket-Version: 13\r\n\
    Origin: null\r\n\
    Sec-WebSocket-Extensions: permessage-deflate\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Connection: keep-alive, Upgrade\r\n\
    Sec-Fetch-Dest: websocket\r\n\
    Sec-Fetch-Mode: websocket\r\n\
    Sec-Fetch-Site: same-origin\r\n\
    Pragma: no-cache\r\n\
    Cache-Control: no-cache\r\n\
    Upgrade: websocket\r\n\r\n";

fn accept(head: &str, acceptance: &Acceptance) -> (Connection, String) {
    let mut read = head.as_bytes().to_vec();
    let mut conn = Connection::server(Config::new());
    let mut out = Vec::new();
    let Ok(Some(Event::Request(request))) = conn.receive(&mut Input::new(&mut read), &mut out)
    else {
        panic!("a valid request");
    };
    conn.accept(&request, acceptance, &mut out).expect("valid");
    (conn, String::from_utf8(out).expect("ASCII"))
}

/// WEB-01, WEB-02, SEED-13: accepted with all that a browser adds; an
/// extension that the server does not take is passed over in silence, and its
/// bit is an error then.
#[test]
fn the_requests_of_browsers_are_accepted() {
    for head in [CHROMIUM, FIREFOX] {
        let (mut conn, answer) = accept(head, &Acceptance::new());
        assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
        assert!(!answer.to_lowercase().contains("extensions"), "{answer}");
        assert!(!answer.to_lowercase().contains("protocol:"), "{answer}");
        let mut out = Vec::new();
        let seen = events(&mut conn, &mask(&frame(0x81, b"Hello")), &mut out);
        assert_eq!(seen, [Seen::Text("Hello".into())]);
        let error = failure(&mut conn, &mask(&frame(0xc1, b"Hello")), &mut out);
        assert_eq!(error.close_code(), Some(code(1002)));
    }
}

/// WEB-04's server half, WEB-11: what the server chose stands in the answer
/// once and as it is, for `protocol` to show.
#[test]
fn the_chosen_subprotocol_is_shown_as_it_is() {
    let (conn, answer) = accept(CHROMIUM, &Acceptance::new().subprotocol("chat"));
    assert!(
        answer.contains("\r\nSec-WebSocket-Protocol: chat\r\n"),
        "{answer}"
    );
    assert_eq!(answer.matches("Protocol:").count(), 1);
    assert_eq!(conn.subprotocol(), Some("chat"));
}

/// WEB-02, WEB-11: compression is agreed on with either, and what the answer says
/// of it is canonical text, for `extensions` to show.
#[cfg(feature = "deflate")]
#[test]
fn browsers_agree_on_compression() {
    use websocket_proto::deflate::DeflateConfig;

    for head in [CHROMIUM, FIREFOX] {
        let acceptance = Acceptance::new().deflate(DeflateConfig::new());
        let (mut conn, answer) = accept(head, &acceptance);
        let (_, said) = answer
            .split_once("\r\nSec-WebSocket-Extensions: ")
            .expect("an extension");
        let (said, _) = said.split_once("\r\n").expect("a line");
        let agreement = conn.agreement().expect("something");
        assert_eq!(agreement.extensions()[0].as_str(), said);
        assert!(agreement.deflate().is_some());
        assert_eq!(said, "permessage-deflate");
        let mut out = Vec::new();
        let hello = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
        let seen = events(&mut conn, &mask(&frame(0xc1, &hello)), &mut out);
        assert_eq!(seen, [Seen::Text("Hello".into())]);
    }
}

/// The answer of a server to a client that offers, with this field changed.
fn answered(offer: &ClientRequest, change: impl Fn(String) -> String) -> Result<Seen, Error> {
    let mut wire = Vec::new();
    let mut client =
        Connection::client(Config::new(), offer, [1; 32].into(), &mut wire).expect("valid");
    let head = String::from_utf8(wire).expect("ASCII");
    let (_, answer) = accept(&head, &Acceptance::new());
    let mut answer = change(answer).into_bytes();
    let event = client.receive(&mut Input::new(&mut answer), &mut Vec::new())?;
    Ok(event.expect("a whole head").into())
}

/// WEB-04: by option a client fails where none of its subprotocols was
/// chosen; a wrong or malformed choice always fails.
#[test]
fn a_client_can_insist_on_a_subprotocol() {
    let offer = request().subprotocol("chat");
    let strict = offer.clone().require_subprotocol(true);
    let with = |value: &'static str| {
        move |answer: String| {
            let field = format!("\r\nSec-WebSocket-Protocol: {value}\r\n\r\n");
            answer.replace("\r\n\r\n", &field)
        }
    };
    let missing = Err(Error::Response(ResponseError::MissingSubprotocol));
    assert!(answered(&offer, |answer| answer).is_ok());
    assert_eq!(answered(&strict, |answer| answer), missing);
    assert!(answered(&strict, with("chat")).is_ok());
    assert!(answered(&request().require_subprotocol(true), |answer| answer).is_ok());
    for offer in [&offer, &strict] {
        for value in ["", "other", "Chat", "chat, chat", "a b"] {
            let result = answered(offer, with(value));
            assert!(result.is_err(), "{value:?}");
        }
    }
}

/// WEB-03, WEB-10: whatever goes wrong is 1006 and not clean; what it was is
/// told apart from that.
#[test]
fn all_failures_look_alike_but_in_their_error() {
    let (_, answer) = {
        let mut wire = Vec::new();
        connecting_client(Config::new(), &mut wire);
        accept(&String::from_utf8(wire).expect("ASCII"), &Acceptance::new())
    };
    let second = core::time::Duration::from_secs(1);
    let mut errors = Vec::new();
    for wire in [
        b"nonsense\r\n\r\n".to_vec(),
        answer.replace("Accept: ", "Accept: x").into_bytes(),
        answer
            .replace("Upgrade: websocket", "Upgrade: h2c")
            .into_bytes(),
        [answer.as_bytes(), &[0xff]].concat(),
        [answer.as_bytes(), &frame(0x81, b"\xff")].concat(),
        [answer.as_bytes(), &close(1005, "")].concat(),
        answer.clone().into_bytes(),
        vec![],
    ] {
        let config = Config::new().handshake_timeout(second);
        let mut client = connecting_client(config, &mut Vec::new());
        let mut read = wire.clone();
        let mut input = Input::new(&mut read);
        let mut out = Vec::new();
        let error = loop {
            match client.receive(&mut input, &mut out) {
                Ok(Some(_)) => {}
                Ok(None) if wire.is_empty() => {
                    client.handle_timeout(second, &mut out).expect("it starts");
                    break client.handle_timeout(2 * second, &mut out).err();
                }
                Ok(None) => break client.receive_eof().err(),
                Err(error) => break Some(error),
            }
        };
        errors.push(error.expect("a failure"));
        assert!(client.is_closed() && !client.was_clean());
        assert_eq!(
            client.close_status().map(|status| status.value()),
            Some(1006)
        );
    }
    assert_eq!(errors.last(), Some(&Error::Timeout(Timeout::Handshake)));
    for (number, error) in errors.iter().enumerate() {
        assert!(!errors[..number].contains(error), "{error:?} twice");
    }

    // A redirection is no failure of its own: the caller sees where it leads
    // and is not taken there.
    let mut client = connecting_client(Config::new(), &mut Vec::new());
    let redirect = b"HTTP/1.1 302 Found\r\nLocation: ws://b/\r\n\r\n";
    let mut out = Vec::new();
    assert_eq!(events(&mut client, redirect, &mut out).len(), 1);
    assert_eq!(out, b"");
    assert!(client.is_closed() && !client.was_clean());
    assert_eq!(
        client.close_status().map(|status| status.value()),
        Some(1006)
    );
}

/// WEB-05: what the constructor throws a `SyntaxError` for.
#[test]
fn what_a_constructor_refuses_is_refused() {
    for uri in ["ws://a/#x", "ftp://a/", "ws://", "a", "ws://a b/"] {
        assert!(Uri::parse(uri).is_err(), "{uri}");
    }
    for (offer, fault) in [
        (
            request().subprotocol("a").subprotocol("a"),
            BuildError::RepeatedSubprotocol,
        ),
        (request().subprotocol(""), BuildError::Subprotocol),
        (request().subprotocol("a b"), BuildError::Subprotocol),
        (request().subprotocol("a,b"), BuildError::Subprotocol),
        (request().subprotocol("\u{e9}"), BuildError::Subprotocol),
    ] {
        let mut out = Vec::new();
        let result = Connection::client(Config::new(), &offer, [1; 32].into(), &mut out);
        assert_eq!(result.err(), Some(SendError::Build(fault)));
        assert_eq!(out, b"");
    }
}

/// WEB-09: a page that is closing gets no more messages; a server that saw
/// its Close sends none.
#[test]
fn after_the_close_of_a_page_nothing_is_sent_or_delivered() {
    let mut server = open(Role::Server, Config::new());
    let mut out = Vec::new();
    events(&mut server, &mask(&close(1001, "")), &mut out);
    let length = out.len();
    assert!(server.send_text("late", &mut out).is_err());
    assert_eq!(out.len(), length);

    let mut page = open(Role::Client, Config::new().deliver_while_closing(false));
    page.send_close(code(1000), "", &mut out).expect("open");
    assert_eq!(events(&mut page, &frame(0x81, b"late"), &mut out), []);
}
