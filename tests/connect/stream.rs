//! The stream: its bytes are the connection's, and its end is the transport's.

use std::time::Duration;

use websocket_proto::StreamEnd;
use websocket_proto::handshake::connect::{Outcome, ResetCode};
use websocket_proto::handshake::{Acceptance, ResponseError};
use websocket_proto::{CloseCode, CloseStatus, Config, Connection, Error, Seed, State, Timeout};

use crate::lists::{checked, client, events, example, sent, verified};
use crate::support::{ROLES, Seen, feed, frame, mask, on_wire, open};

/// Both ends of a stream, after a handshake over lists.
fn pair() -> (Connection, Connection) {
    let request = checked(sent(&client())).unwrap();
    let accepted = request.accept(&Acceptance::new()).unwrap();
    let fields = accepted.response.to_fields().unwrap();
    let Outcome::Open(agreement) = client().verify_connect(fields.iter()).unwrap() else {
        panic!("not open");
    };
    (
        Connection::upgraded_client(Config::new(), agreement, Seed::from([7; 32])),
        Connection::upgraded_server(Config::new(), accepted.agreement),
    )
}

/// BOOT-15
#[test]
fn borders_of_data_mean_nothing() {
    let (mut client, mut server) = pair();
    let hello = [Seen::Text("Hello".into())];
    for (connection, bytes) in [
        (&mut client, frame(0x81, b"Hello")),
        (&mut server, mask(&frame(0x81, b"Hello"))),
    ] {
        for (first, second) in [(1, 2), (1, 4), (3, 6)] {
            let data = [&bytes[..first], &bytes[first..second], &bytes[second..]];
            let mut out = Vec::new();
            let mut seen = Vec::new();
            for payload in data {
                seen.extend(events(connection, payload, &mut out));
            }
            assert_eq!(seen, hello);
            assert!(out.is_empty());
        }
    }
    // Two messages in one DATA are two messages.
    let both = [frame(0x81, b"Hello"), frame(0x81, b"Hello")].concat();
    let seen = events(&mut client, &both, &mut Vec::new());
    assert_eq!(seen, [hello[0].clone(), hello[0].clone()]);
}

/// BOOT-16
#[test]
fn a_client_masks_and_a_server_does_not() {
    let (mut client, mut server) = pair();
    let mut data = Vec::new();
    client.send_text("Hello", &mut data).unwrap();
    assert_eq!((data.len(), &data[..2]), (11, &b"\x81\x85"[..]));
    let mut out = Vec::new();
    let seen = events(&mut server, &data, &mut out);
    assert_eq!(seen, [Seen::Text("Hello".into())]);
    server.send_text("Hello", &mut out).unwrap();
    assert_eq!(out, b"\x81\x05Hello");

    for (connection, wrong) in [
        (&mut server, frame(0x81, b"Hello")),
        (&mut client, mask(&frame(0x81, b"Hello"))),
    ] {
        let (seen, error) = feed(connection, &wrong, &mut Vec::new());
        assert!(seen.is_empty());
        let code = error.and_then(|error| error.close_code());
        assert_eq!(code, Some(CloseCode::PROTOCOL_ERROR));
    }
}

/// BOOT-18: a connection that is closed ends its stream in order, and so does
/// the peer's end arrive.
#[test]
fn a_closing_handshake_ends_with_end_stream() {
    let (mut client, mut server) = pair();
    let (mut to_server, mut to_client) = (Vec::new(), Vec::new());
    client
        .send_close(CloseCode::NORMAL, "", &mut to_server)
        .unwrap();
    events(&mut server, &to_server, &mut to_client);
    assert!(server.is_closed() && server.was_clean());
    assert_eq!(StreamEnd::after(None), StreamEnd::Finish);

    events(&mut client, &to_client, &mut Vec::new());
    assert!(client.close_expected());
    assert_eq!(client.state(), State::Closing);
    // END_STREAM or FIN of the server.
    assert_eq!(client.receive_eof(), Ok(()));
    assert!(client.is_closed() && client.was_clean());
    let status = client.close_status();
    assert_eq!(status, Some(CloseStatus::Code(CloseCode::NORMAL)));
}

/// BOOT-18: a failure has said why, and ends in order too.
#[test]
fn a_failure_that_is_told_ends_with_end_stream() {
    for role in ROLES {
        let mut connection = open(role, Config::new());
        let mut out = Vec::new();
        let (_, error) = feed(&mut connection, &on_wire(role, &frame(0x83, b"")), &mut out);
        assert!(connection.is_closed());
        assert!(!out.is_empty());
        assert_eq!(StreamEnd::after(error), StreamEnd::Finish);
    }
}

/// BOOT-19
#[test]
fn giving_up_is_a_reset() {
    for role in ROLES {
        let config = Config::new().close_timeout(Duration::from_secs(1));
        let mut connection = open(role, config);
        let mut out = Vec::new();
        connection.handle_timeout(Duration::ZERO, &mut out).unwrap();
        connection
            .send_close(CloseCode::NORMAL, "", &mut out)
            .unwrap();
        connection.handle_timeout(Duration::ZERO, &mut out).unwrap();
        let late = Duration::from_secs(2);
        let error = connection.handle_timeout(late, &mut out).unwrap_err();
        assert_eq!(error, Error::Timeout(Timeout::Close));
        assert!(connection.is_closed());
        let StreamEnd::Reset(reset) = StreamEnd::after(Some(error)) else {
            panic!("an orderly end");
        };
        assert_eq!((reset.http2(), reset.http3()), (0x8, 0x10c));
    }
}

/// BOOT-19: whatever ended it without a word in the stream.
#[test]
fn errors_without_a_close_are_resets() {
    let reset = StreamEnd::Reset(ResetCode::Cancelled);
    for error in [
        Error::Timeout(Timeout::Close),
        Error::Timeout(Timeout::Handshake),
        Error::Response(ResponseError::Upgrade),
    ] {
        assert_eq!(error.close_code(), None);
        assert_eq!(StreamEnd::after(Some(error)), reset);
    }
    for error in [Timeout::Idle, Timeout::Pong] {
        let error = Error::Timeout(error);
        assert_eq!(StreamEnd::after(Some(error)), StreamEnd::Finish);
    }
}

/// BOOT-19: the codes of both versions.
#[test]
fn codes() {
    let cancelled = ResetCode::Cancelled;
    assert_eq!((cancelled.http2(), cancelled.http3()), (0x8, 0x10c));
    let malformed = ResetCode::Malformed;
    assert_eq!((malformed.http2(), malformed.http3()), (0x1, 0x10e));
}

/// BOOT-19, BOOT-22: a reset, trailers, END_STREAM: without the peer's Close
/// none of them is clean.
#[test]
fn an_end_without_a_close_is_not_clean() {
    for role in ROLES {
        for read in [
            vec![],
            frame(0x81, b"Hello"),
            frame(0x01, b"Hel"),
            vec![0x81],
        ] {
            let mut connection = open(role, Config::new());
            feed(&mut connection, &on_wire(role, &read), &mut Vec::new());
            assert_eq!(connection.state(), State::Open);
            let error = connection.receive_eof().unwrap_err();
            assert_eq!(error, Error::UnexpectedEof);
            assert!(connection.is_closed() && !connection.was_clean());
            let status = connection.close_status().expect("a status");
            assert_eq!(status, CloseStatus::Abnormal);
            assert_eq!(status.value(), 1006);
            let mut out = Vec::new();
            assert!(connection.send_text("late", &mut out).is_err());
            assert!(out.is_empty());
            assert_eq!(StreamEnd::after(Some(error)), StreamEnd::Finish);
        }
    }
}

/// BOOT-21: there is nothing to send with before the 200, since only its
/// agreement makes a connection.
#[test]
fn a_client_has_no_connection_before_the_200() {
    for status in ["100", "103", "101", "302", "403", "501"] {
        let answer = verified(&client(), &[(":status", status)]);
        assert!(!matches!(answer, Ok(Outcome::Open(_))), "{status}");
    }
    let fields = sent(&client());
    let names = fields.iter().map(|(name, _)| &**name);
    assert!(names.eq([
        ":method",
        ":protocol",
        ":scheme",
        ":path",
        ":authority",
        "sec-websocket-version",
    ]));
}

/// BOOT-21: what came in DATA before the decision is not lost, however it came.
#[test]
fn data_before_the_decision_is_kept_by_the_stream() {
    let held = mask(&[frame(0x81, b"Hello"), frame(0x89, b"x")].concat());
    let request = checked(example()).unwrap();
    let accepted = request.accept(&Acceptance::new()).unwrap();
    for at in 0..=held.len() {
        let mut server = Connection::upgraded_server(Config::new(), accepted.agreement.clone());
        let mut out = Vec::new();
        let mut seen = events(&mut server, &held[..at], &mut out);
        seen.extend(events(&mut server, &held[at..], &mut out));
        assert_eq!(seen, [Seen::Text("Hello".into()), Seen::Ping(b"x".into())]);
        assert_eq!(out, frame(0x8a, b"x"));
    }
}
