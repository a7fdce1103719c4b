//! The opening handshake of a client.

use std::collections::BTreeSet;

use proptest::prelude::*;
use websocket_proto::handshake::{
    BuildError, ClientRequest, Extension, HeadLimits, RequestHead, ResponseError, ResponseHead,
};
use websocket_proto::hixie76::{ClientHandshake, Keys, PendingRequest};
use websocket_proto::{
    Config, Connection, Error, Event, Input, Protocol, Seed, SendError, State, Uri,
};

use crate::pair::{events, failure};
use crate::support::Seen;
use crate::vectors::VECTORS;
use crate::{ANSWER, KEY3, asked, client, opened, request};

const HEAD: &str = "HTTP/1.1 101 WebSocket Protocol Handshake\r\n\
    Upgrade: WebSocket\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Origin: http://example.com\r\n\
    Sec-WebSocket-Location: ws://example.com/demo\r\n\r\n";

fn keys() -> Keys {
    Keys::new("4 @1  46546xW%0l 1 5", "12998 5 Y3 1  .P00", *KEY3).expect("valid keys")
}

fn handshake(request: &ClientRequest) -> ClientHandshake {
    ClientHandshake::new(request, keys()).expect("a valid request")
}

fn parsed(head: &str) -> ResponseHead {
    ResponseHead::parse(head.as_bytes(), HeadLimits::default()).expect("HTTP")
}

/// HX-09, HX-14, HX-15: bit for bit, what is sent and what is taken for it.
#[test]
fn the_vectors_are_sent_and_their_answers_taken() {
    for vector in VECTORS {
        let keys = Keys::new(vector.key1, vector.key2, vector.key3()).expect("valid keys");
        let request = request().subprotocol("sample");
        let handshake = ClientHandshake::new(&request, keys).expect("a valid request");
        let mut expected = format!(
            "GET /demo HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n\
             Host: example.com\r\nOrigin: http://example.com\r\n\
             Sec-WebSocket-Protocol: sample\r\nSec-WebSocket-Key1: {}\r\n\
             Sec-WebSocket-Key2: {}\r\n\r\n",
            vector.key1, vector.key2
        )
        .into_bytes();
        expected.extend(vector.key3());
        assert_eq!(handshake.encode(), expected);

        let field = "Sec-WebSocket-Protocol: sample\r\n\r\n";
        let head = parsed(&HEAD.replacen("\r\n\r\n", &format!("\r\n{field}"), 1));
        let agreement = handshake.verify(&head, &vector.answer());
        assert_eq!(agreement.expect("right").subprotocol(), Some("sample"));
        for bit in 0..128 {
            let wrong = (vector.answer ^ 1 << bit).to_be_bytes();
            let error = ResponseError::Hixie76Challenge;
            assert_eq!(handshake.verify(&head, &wrong), Err(error));
        }
    }
}

/// HX-15
#[test]
fn each_part_of_the_answer_has_to_be_right() {
    use ResponseError::{
        Connection, Hixie76Location, Hixie76Origin, Status, UnsupportedHttp, Upgrade,
    };
    let handshake = handshake(&request());
    for (from, to, expected) in [
        ("HTTP/1.1 101", "HTTP/1.0 101", UnsupportedHttp),
        ("101", "200", Status),
        ("Upgrade: WebSocket", "Upgrade: websocket", Upgrade),
        ("Upgrade: WebSocket\r\n", "", Upgrade),
        ("Upgrade: W", "Upgrade: WebSocket\r\nUpgrade: W", Upgrade),
        ("Connection: Upgrade", "Connection: close", Connection),
        ("Connection: Upgrade", "Connection: Upgrade, x", Connection),
        ("Connection: Upgrade\r\n", "", Connection),
        ("http://example.com", "http://example.com:80", Hixie76Origin),
        ("http://example.com", "null", Hixie76Origin),
        ("Sec-WebSocket-Origin", "Origin", Hixie76Origin),
        (
            "ws://example.com/demo",
            "wss://example.com/demo",
            Hixie76Location,
        ),
        (
            "ws://example.com/demo",
            "ws://example.com/Demo",
            Hixie76Location,
        ),
        (
            "ws://example.com/demo",
            "ws://example.com:80/demo",
            Hixie76Location,
        ),
        ("Sec-WebSocket-Location", "Location", Hixie76Location),
    ] {
        assert!(HEAD.contains(from), "{from}");
        let head = parsed(&HEAD.replacen(from, to, 1));
        assert_eq!(
            handshake.verify(&head, ANSWER),
            Err(expected),
            "{from} {to}"
        );
        assert!(!expected.section().is_empty());
    }
    for head in [
        HEAD.replace("Connection: Upgrade", "Connection: uPGRADE"),
        HEAD.replace("WebSocket Protocol Handshake", ""),
        HEAD.replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: unasked\r\n\r\n"),
    ] {
        let agreement = handshake.verify(&parsed(&head), ANSWER).expect("right");
        assert_eq!(agreement.subprotocol(), None);
    }
}

/// HX-13, HX-15
#[test]
fn the_subprotocol_has_to_be_the_one_asked_for() {
    let handshake = handshake(&request().subprotocol("sample"));
    let expected = ResponseError::Hixie76Subprotocol;
    let twice = "Sec-WebSocket-Protocol: sample\r\nSec-WebSocket-Protocol: sample\r\n";
    for field in ["", "Sec-WebSocket-Protocol: Sample\r\n", twice] {
        let head = HEAD.replace("\r\n\r\n", &format!("\r\n{field}\r\n"));
        assert_eq!(handshake.verify(&parsed(&head), ANSWER), Err(expected));
    }
}

/// HX-15: nothing is judged before the sixteen bytes are there, and a wrong
/// head is at once.
#[test]
fn a_client_waits_for_all_sixteen_bytes() {
    let mut sent = Vec::new();
    let mut client = client(&request(), &mut sent);
    assert_eq!(client.protocol(), Protocol::Hixie76);
    let end = sent.len() - 8;
    let head = RequestHead::parse(&sent[..end], HeadLimits::default()).expect("HTTP");
    let key3 = <[u8; 8]>::try_from(&sent[end..]).expect("eight");
    let request = PendingRequest::new(head).expect("right").complete(key3);
    let answer = request.accept(&Default::default()).expect("right").response;
    let answer = answer.encode().expect("right");
    let (first, last) = answer.split_at(answer.len() - 1);

    let mut out = Vec::new();
    assert_eq!(events(&mut client, first, &mut out), []);
    assert_eq!(client.state(), State::Connecting);
    let refused = client.send_text("early", &mut out);
    assert_eq!(refused, Err(SendError::WrongState(State::Connecting)));
    let mut read = [last, b"\x00first\xff"].concat();
    let mut input = Input::one_by_one(&mut read);
    let event = client.receive(&mut input, &mut out).expect("right");
    assert!(matches!(event, Some(Event::Open(head)) if head.status() == 101));
    assert_eq!(client.state(), State::Open);
    let seen = events(&mut client, input.into_rest(), &mut out);
    assert_eq!(seen, [Seen::Text("first".into())]);
    assert!(out.is_empty());
}

#[test]
fn a_wrong_answer_fails_the_connection() {
    let mut client = client(&request(), &mut Vec::new());
    let mut out = Vec::new();
    let error = failure(&mut client, &[HEAD.as_bytes(), ANSWER].concat(), &mut out);
    let expected = ResponseError::Hixie76Challenge;
    assert_eq!(error, Error::Response(expected));
    // A client has nothing to say to a server that is none.
    assert!(out.is_empty() && client.is_closed());
    assert_eq!(
        client.close_status().map(|status| status.value()),
        Some(1006)
    );

    let mut client = crate::client(&request(), &mut Vec::new());
    let head = HEAD.replace("ws://", "wss://");
    let error = failure(&mut client, head.as_bytes(), &mut out);
    let expected = ResponseError::Hixie76Location;
    assert_eq!(error, Error::Response(expected), "before the sixteen bytes");
}

#[test]
fn a_refusal_comes_as_in_the_other_protocol() {
    let mut client = client(&request(), &mut Vec::new());
    let mut read = *b"HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno";
    let mut input = Input::new(&mut read);
    let event = client.receive(&mut input, &mut Vec::new()).expect("HTTP");
    assert!(matches!(event, Some(Event::Refused(head)) if head.status() == 400));
    let event = client.receive(&mut input, &mut Vec::new()).expect("HTTP");
    assert!(matches!(event, Some(Event::Body(piece)) if *piece == *b"no"));
    assert!(client.is_closed());
}

/// HX-25: what the draft has no words for is refused, and nothing sent.
#[test]
fn what_cannot_be_asked_for_is_refused() {
    let uri = Uri::parse("ws://example.com/demo").expect("a URI");
    let extension = Extension::new("x").expect("a token");
    for (request, expected) in [
        (ClientRequest::new(&uri), BuildError::Hixie76MissingOrigin),
        (request().extension(extension), BuildError::Hixie76Extension),
        (
            request().subprotocol("a").subprotocol("b"),
            BuildError::Hixie76SeveralSubprotocols,
        ),
        (request().header("A B", "c"), BuildError::HeaderName),
        (request().origin("no origin"), BuildError::Origin),
    ] {
        let mut out = Vec::new();
        let seed = Seed::from([7; 32]);
        let refused = Connection::hixie76_client(Config::new(), &request, seed, &mut out);
        assert_eq!(refused.err(), Some(SendError::Build(expected)));
        assert!(out.is_empty());
    }
}

/// The fields in any order, and the caller's after them in theirs.
#[test]
fn the_order_of_the_fields_is_random() {
    let request = request()
        .subprotocol("sample")
        .header("Cookie", "a=b")
        .header("X", "1")
        .header("X", "2");
    let (mut orders, mut firsts) = (BTreeSet::new(), BTreeSet::new());
    for seed in 0..100 {
        let keys = Keys::generate(Seed::from([seed; 32]));
        let handshake = ClientHandshake::new(&request, keys).expect("a valid request");
        let names: Vec<_> = handshake
            .headers()
            .iter()
            .map(|(name, _)| name.to_owned())
            .collect();
        assert_eq!(names[7..], ["Cookie", "X", "X"]);
        let mut sorted = names[..7].to_vec();
        sorted.sort();
        assert_eq!(
            sorted,
            [
                "Connection",
                "Host",
                "Origin",
                "Sec-WebSocket-Key1",
                "Sec-WebSocket-Key2",
                "Sec-WebSocket-Protocol",
                "Upgrade",
            ]
        );
        firsts.insert(names[0].clone());
        orders.insert(names);
    }
    assert!(orders.len() > 90, "{} orders", orders.len());
    assert_eq!(firsts.len(), 7);
}

/// The host in lower case, and the location with it.
#[test]
fn the_host_is_written_in_lower_case() {
    let uri = Uri::parse("wss://Example.COM:444/A?b").expect("a URI");
    let handshake = handshake(&ClientRequest::new(&uri).origin("http://example.com"));
    assert_eq!(
        handshake.headers().first("Host"),
        Some(&b"example.com:444"[..])
    );
    let head = HEAD.replace("ws://example.com/demo", "wss://example.com:444/A?b");
    assert!(handshake.verify(&parsed(&head), ANSWER).is_ok());
}

#[test]
fn the_same_seed_makes_the_same_request() {
    let sent = |seed| {
        let mut out = Vec::new();
        let seed = Seed::from([seed; 32]);
        Connection::hixie76_client(Config::new(), &request(), seed, &mut out).expect("room");
        out
    };
    assert_eq!(sent(1), sent(1));
    assert_ne!(sent(1), sent(2));
}

/// What is secret stays out of a log.
#[test]
fn debug_output_shows_no_keys() {
    let mut out = Vec::new();
    let request = request().header("Cookie", "secret=1");
    let connection = client(&request, &mut out);
    let mut shown = format!("{connection:?}");
    let request = asked(&mut crate::server(), &out);
    shown += &format!("{request:?}");
    let value = format!("\"Sec-WebSocket-Key1\": ({} bytes)", {
        let key = request.headers().first("Sec-WebSocket-Key1");
        key.expect("a key").len()
    });
    assert_eq!(shown.matches(&value).count(), 2, "{shown}");
    assert!(!shown.contains("secret=1"), "{shown}");
    let (client, server) = opened(Config::new());
    assert!(!format!("{client:?} {server:?}").is_empty());
}

proptest! {
    /// HX-14: whatever the seed, this crate's own server takes the request.
    #[test]
    fn any_request_is_understood(seed: [u8; 32], path in "/[a-z]{0,9}") {
        let uri = Uri::parse(&format!("ws://example.com:8080{path}")).expect("a URI");
        let request = ClientRequest::new(&uri).origin("null").subprotocol("sample");
        let mut wire = Vec::new();
        let mut client =
            Connection::hixie76_client(Config::new(), &request, Seed::from(seed), &mut wire)
                .expect("room");
        let mut server = crate::server();
        let asked = asked(&mut server, &wire);
        prop_assert_eq!(asked.path(), &path);
        let acceptance = websocket_proto::handshake::Acceptance::new().subprotocol("sample");
        let mut answer = Vec::new();
        server.accept(&asked, &acceptance, &mut answer).expect("it waits");
        let mut input = Input::new(&mut answer);
        let event = client.receive(&mut input, &mut Vec::new());
        prop_assert!(matches!(event, Ok(Some(Event::Open(_)))));
        prop_assert_eq!(client.subprotocol(), Some("sample"));
        prop_assert_eq!(server.subprotocol(), Some("sample"));
    }
}
