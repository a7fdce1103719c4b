//! Arguments that cannot be sent: an error, nothing emitted, nothing changed.

use websocket_proto::handshake::{Acceptance, BuildError, Response};
use websocket_proto::{
    CloseCode, Config, Connection, FixedOutput, Input, MessageKind, PreparedMessage, Role,
    SendError, State,
};

use crate::misuse::{in_state, looks};
use crate::pair::{REQUEST, RESPONSE, asked_server, code};
use crate::support::{ROLES, open, sent};

use SendError::WrongState;

/// FRAG-10: what is said between the fragments of a message.
#[test]
fn a_message_within_a_message_is_an_error_and_the_message_goes_on() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut out = Vec::new();
        conn.send_fragment(MessageKind::Text, b"a\xce", false, &mut out)
            .expect("a cut code point is allowed");
        let before = (looks(&conn), out.clone());
        let prepared = PreparedMessage::text("x");
        let results = [
            conn.send_text("x", &mut out),
            conn.send_binary(b"x", &mut out),
            conn.send_prepared(&prepared, &mut out),
        ];
        assert_eq!(results, [Err(SendError::MessageUnderWay); 3]);
        let other = conn.send_fragment(MessageKind::Binary, b"x", true, &mut out);
        assert_eq!(other, Err(SendError::OtherKind));
        let invalid = conn.send_fragment(MessageKind::Text, b"x", false, &mut out);
        assert_eq!(invalid, Err(SendError::InvalidUtf8));
        let cut = conn.send_fragment(MessageKind::Text, b"", true, &mut out);
        assert_eq!(cut, Err(SendError::InvalidUtf8));
        assert_eq!((looks(&conn), &out), (before.0, &before.1));

        // Control frames stand between fragments, and the message goes on.
        conn.send_ping(b"p", &mut out)
            .expect("pings may stand here");
        conn.send_fragment(MessageKind::Text, b"\xba", true, &mut out)
            .expect("the rest of the code point");
        conn.send_text("b", &mut out)
            .expect("the message has ended");
        let sent = sent(role, &out);
        let plain: Vec<_> = sent.iter().map(|frame| frame.plain()).collect();
        assert_eq!(
            plain,
            [
                (0x01, &b"a\xce"[..]),
                (0x89, b"p"),
                (0x80, b"\xba"),
                (0x81, b"b")
            ]
        );
    }
}

/// CL-04, CL-09, FR-31, UTF-18: arguments that no frame can
/// hold.
#[test]
fn arguments_that_cannot_be_sent_are_errors_and_change_nothing() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut out = Vec::new();
        let before = looks(&conn);
        let long = [b'x'; 126];
        let reason = "é".repeat(62);
        assert_eq!(reason.len(), 124);
        let results = [
            conn.send_ping(&long, &mut out),
            conn.send_pong(&long, &mut out),
            conn.send_close(CloseCode::NORMAL, &reason, &mut out),
        ];
        assert_eq!(results, [Err(SendError::ControlTooLong); 3]);
        for invalid in [&b"\xff"[..], b"\xed\xa0\x80", b"a\xc0", b"\xf4\x90"] {
            for last in [true, false] {
                let result = conn.send_fragment(MessageKind::Text, invalid, last, &mut out);
                assert_eq!(result, Err(SendError::InvalidUtf8), "{invalid:02x?}");
            }
        }
        let mandatory = conn.send_close(CloseCode::MANDATORY_EXTENSION, "", &mut out);
        if role == Role::Server {
            assert_eq!(
                mandatory,
                Err(SendError::CloseCode(CloseCode::MANDATORY_EXTENSION))
            );
            assert_eq!(looks(&conn), before);
            assert_eq!(out, b"");
            conn.send_ping(&long[..125], &mut out).expect("125 bytes");
        } else {
            assert_eq!(mandatory, Ok(()));
            assert_eq!(sent(role, &out)[0].close_code(), Some(1010));
            let mut conn = open(role, Config::new());
            let result = conn.send_prepared(&PreparedMessage::binary(b"x"), &mut out);
            assert_eq!(result, Err(SendError::PreparedByClient));
        }
    }
}

/// CL-04, CL-09: what no Close can hold is an error in any state, and ends no
/// handshake.
#[test]
fn a_close_that_cannot_be_sent_is_an_error_in_any_state() {
    for role in ROLES {
        for state in [
            "connecting",
            "open",
            "close sent",
            "close received",
            "closed",
            "failed",
        ] {
            let mut conn = in_state(state, role);
            let (before, mut out) = (looks(&conn), Vec::new());
            let long = conn.send_close(CloseCode::NORMAL, &"x".repeat(124), &mut out);
            assert_eq!(long, Err(SendError::ControlTooLong), "{state}");
            if role == Role::Server {
                let code = CloseCode::MANDATORY_EXTENSION;
                let result = conn.send_close(code, "", &mut out);
                assert_eq!(result, Err(SendError::CloseCode(code)), "{state}");
            }
            assert_eq!((looks(&conn), &out[..]), (before, &b""[..]), "{state}");
        }
    }
}

/// HS-R-06: the 101 of an acceptance refuses nothing, and answers no request for
/// something else.
#[test]
fn a_101_is_no_refusal() {
    let (mut conn, request) = asked_server(Config::new());
    let accepted = request.accept(&Acceptance::new()).expect("valid").response;
    let (before, mut out) = (looks(&conn), Vec::new());
    let error = Err(SendError::Build(BuildError::Status));
    assert_eq!(conn.reject(&accepted, &mut out), error);
    assert_eq!((looks(&conn), &out[..]), (before, &b""[..]));
    let mut conn = in_state("asked by http", Role::Server);
    let before = looks(&conn);
    assert_eq!(conn.respond(&accepted, &mut out), error);
    assert_eq!((looks(&conn), &out[..]), (before, &b""[..]));
    conn.respond(&Response::new(404), &mut out)
        .expect("it waits");
}

/// SEC-06, SP-06, HS-R-06: answers that cannot be sent leave the request
/// waiting.
#[test]
fn an_answer_that_cannot_be_sent_leaves_the_request_waiting() {
    let (mut conn, request) = asked_server(Config::new());
    let mut out = Vec::new();
    let before = looks(&conn);
    let acceptances = [
        (
            Acceptance::new().subprotocol("chat"),
            BuildError::SubprotocolNotOffered,
        ),
        (
            Acceptance::new().header("X", "a\r\nb"),
            BuildError::HeaderValue,
        ),
        (
            Acceptance::new().header("Upgrade", "x"),
            BuildError::ManagedHeader,
        ),
    ];
    for (acceptance, fault) in acceptances {
        let result = conn.accept(&request, &acceptance, &mut out);
        assert_eq!(result, Err(SendError::Build(fault)));
    }
    let result = conn.reject(&Response::new(101), &mut out);
    assert_eq!(result, Err(SendError::Build(BuildError::Status)));
    let split = Response::new(403).header("X", "a\nb");
    let result = conn.reject(&split, &mut out);
    assert_eq!(result, Err(SendError::Build(BuildError::HeaderValue)));
    assert_eq!(looks(&conn), before);
    assert_eq!(out, b"");
    conn.accept(&request, &Acceptance::new(), &mut out)
        .expect("the request still waits");
    assert_eq!(out, RESPONSE.as_bytes());
    assert_eq!(conn.state(), State::Open);
}

#[test]
fn a_request_of_another_connection_is_not_accepted() {
    let (mut conn, request) = asked_server(Config::new());
    let mut other = Connection::server(Config::new());
    let mut bytes = REQUEST.replace("dGhl", "aGhl").into_bytes();
    let mut input = Input::new(&mut bytes);
    let Ok(Some(websocket_proto::Event::Request(foreign))) =
        other.receive(&mut input, &mut Vec::new())
    else {
        panic!("a valid request");
    };
    let mut out = Vec::new();
    let result = conn.accept(&foreign, &Acceptance::new(), &mut out);
    assert_eq!(result, Err(SendError::OtherRequest));
    assert_eq!(out, b"");
    assert_eq!(conn.accept(&request, &Acceptance::new(), &mut out), Ok(()));
}

/// The sending half alone: what it refuses, and that it goes on after it.
#[test]
fn the_sending_half_refuses_the_same() {
    for role in ROLES {
        let (_, mut sender) = open(role, Config::new()).split().expect("open");
        let mut out = Vec::new();
        let before = format!("{sender:?}");
        assert_eq!(
            sender.send_ping(&[0; 126], &mut out),
            Err(SendError::ControlTooLong)
        );
        assert_eq!(
            sender.send_fragment(MessageKind::Text, b"\xff", true, &mut out),
            Err(SendError::InvalidUtf8)
        );
        for size in 0..5 {
            let mut memory = [0; 4];
            let mut small = FixedOutput::new(&mut memory[..size.min(4)]);
            let full = sender.send_text("abc", &mut small);
            assert!(
                matches!(full, Err(SendError::OutputFull { .. })),
                "{full:?}"
            );
            assert_eq!(small.written(), b"");
        }
        assert_eq!(format!("{sender:?}"), before);
        assert_eq!(out, b"");

        sender.send_text("abc", &mut out).expect("open");
        sender.send_close(code(1000), "", &mut out).expect("open");
        let length = out.len();
        let before = format!("{sender:?}");
        let closed = Err(WrongState(State::Closing));
        assert_eq!(sender.send_text("x", &mut out), closed);
        assert_eq!(sender.send_binary(b"x", &mut out), closed);
        assert_eq!(
            sender.send_prepared(&PreparedMessage::text("x"), &mut out),
            closed
        );
        assert_eq!(
            sender.send_fragment(MessageKind::Text, b"x", true, &mut out),
            closed
        );
        assert_eq!(sender.send_ping(b"", &mut out), closed);
        assert_eq!(sender.send_pong(b"", &mut out), closed);
        assert_eq!(sender.send_close(code(1001), "", &mut out), Ok(()));
        assert_eq!(sender.send_empty_close(&mut out), Ok(()));
        assert_eq!(out.len(), length);
        assert_eq!(format!("{sender:?}"), before);
    }
}
