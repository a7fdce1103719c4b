//! Calls in the wrong state, with the wrong arguments or without room: an
//! error, nothing emitted, nothing changed.

use websocket_proto::handshake::{Acceptance, BuildError, Response};
use websocket_proto::{
    CloseCode, Config, Connection, FixedOutput, MessageKind, Output, PreparedMessage, Role,
    SendError, State,
};

use crate::pair::{
    Call, REQUEST, RESPONSE, asked_server, code, connecting_client, events, opened, take,
};
use crate::support::{ROLES, Seen, close, feed, frame, on_wire, open, sent};

use SendError::WrongState;

/// A connection in a state that the tests below name.
fn in_state(name: &str, role: Role) -> Connection {
    let config = Config::new();
    let out = &mut Vec::new();
    match (name, role) {
        ("connecting", Role::Client) => return connecting_client(config, out),
        ("connecting", Role::Server) => return Connection::server(config),
        ("asked", _) => return asked_server(config).0,
        ("asked by http", _) => {
            let mut conn = Connection::server(config);
            let seen = take(&mut conn, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", out);
            assert!(matches!(&seen.0[..], [Seen::Other(_)]), "{seen:?}");
            return conn;
        }
        ("refused", Role::Client) => {
            let mut conn = connecting_client(config, out);
            let seen = take(&mut conn, b"HTTP/1.1 403 Forbidden\r\n\r\n", out);
            assert!(matches!(&seen.0[..], [Seen::Other(_)]), "{seen:?}");
            return conn;
        }
        ("refused", Role::Server) => {
            let mut conn = asked_server(config).0;
            conn.reject(&Response::new(403), out)
                .expect("a request waits");
            return conn;
        }
        ("handshake failed", Role::Client) => {
            let mut conn = connecting_client(config, out);
            assert!(take(&mut conn, b"nonsense\r\n\r\n", out).1.is_some());
            return conn;
        }
        ("handshake failed", Role::Server) => {
            let mut conn = Connection::server(config);
            assert!(take(&mut conn, b"nonsense\r\n\r\n", out).1.is_some());
            return conn;
        }
        _ => {}
    }
    let (client, server) = opened(config);
    let mut conn = match role {
        Role::Client => client,
        Role::Server => server,
    };
    match name {
        "open" => {}
        "close sent" => conn.send_close(code(1000), "", out).expect("open"),
        "close received" => {
            // The output has no room: the reply waits.
            let full = &mut FixedOutput::new(&mut []);
            take(&mut conn, &on_wire(role, &close(1000, "")), full);
        }
        "closed" => {
            conn.send_close(code(1000), "", out).expect("open");
            feed(&mut conn, &on_wire(role, &close(1000, "")), out);
        }
        "failed" => assert!(feed(&mut conn, &[0xff], out).1.is_some()),
        "failing" => {
            let full = &mut FixedOutput::new(&mut []);
            assert!(take(&mut conn, &[0xff], full).1.is_some());
        }
        "lost" => assert!(conn.receive_eof().is_err()),
        other => panic!("{other}"),
    }
    conn
}

/// All that can be seen of a connection, keys aside.
fn looks(conn: &Connection) -> String {
    format!("{conn:?}")
}

/// CL-B (rows "app sends data", "app sends ping"), CL-14, HS-C-19, PING-09,
/// HS-R-20: every call that sends, in every state that does not allow it.
#[test]
fn what_the_state_does_not_allow_is_an_error_and_changes_nothing() {
    let states = [
        ("connecting", State::Connecting),
        ("asked", State::Connecting),
        ("asked by http", State::Connecting),
        ("refused", State::Closed),
        ("handshake failed", State::Closed),
        ("open", State::Open),
        ("close sent", State::Closing),
        ("close received", State::Closing),
        ("closed", State::Closed),
        ("failed", State::Closed),
        ("failing", State::Closing),
        ("lost", State::Closed),
    ];
    let mut checked = 0;
    for (name, state) in states {
        for role in ROLES {
            let state = match (name, role) {
                ("asked" | "asked by http", Role::Client) => continue,
                // A client waits for the end of the transport.
                ("closed", Role::Client) => State::Closing,
                _ => state,
            };
            for call in Call::ALL {
                let allowed = match call {
                    // Ends the attempt, or does nothing: tested below.
                    Call::Close | Call::EmptyClose => true,
                    Call::Accept | Call::Reject => name == "asked",
                    Call::Respond => name == "asked by http",
                    _ => name == "open",
                };
                if allowed {
                    continue;
                }
                let mut conn = in_state(name, role);
                assert_eq!(conn.state(), state, "{name}, {role:?}");
                let before = looks(&conn);
                let mut out = Vec::new();
                let result = call.make(&mut conn, &mut out);
                assert_eq!(result, Err(WrongState(state)), "{call:?} {name} {role:?}");
                assert_eq!(out, b"", "{call:?} {name} {role:?}");
                assert_eq!(looks(&conn), before, "{call:?} {name} {role:?}");
                checked += 1;
            }
        }
    }
    // Of 22 states and 10 calls all but the 17 that are allowed.
    assert_eq!(checked, 22 * 10 - 17);
}

/// CL-33, CL-12, CL-B (row "app close(code)"): closing twice, or what is
/// closed, does nothing and is no error, whatever the arguments.
#[test]
fn closing_where_nothing_is_open_does_nothing() {
    let names = [
        "refused",
        "handshake failed",
        "close sent",
        "close received",
        "closed",
        "failed",
        "failing",
        "lost",
    ];
    for name in names {
        for role in ROLES {
            let mut conn = in_state(name, role);
            let before = looks(&conn);
            let mut out = Vec::new();
            assert_eq!(conn.send_close(code(4000), "x", &mut out), Ok(()));
            assert_eq!(conn.send_empty_close(&mut out), Ok(()));
            assert_eq!(out, b"", "{name} {role:?}");
            assert_eq!(looks(&conn), before, "{name} {role:?}");
        }
    }
}

/// CL-33, CL-26, HS-C-19: closing within the opening handshake ends the
/// attempt without a frame, and what the peer still sends is ignored.
#[test]
fn closing_while_connecting_ends_the_attempt_and_emits_nothing() {
    for (name, role, rest) in [
        ("connecting", Role::Client, RESPONSE),
        ("connecting", Role::Server, REQUEST),
        ("asked", Role::Server, "\u{1}"),
        ("asked by http", Role::Server, "x"),
    ] {
        for empty in [true, false] {
            let mut conn = in_state(name, role);
            let mut out = Vec::new();
            let result = match empty {
                true => conn.send_empty_close(&mut out),
                false => conn.send_close(code(1000), "bye", &mut out),
            };
            assert_eq!(result, Ok(()));
            assert_eq!(conn.state(), State::Closed);
            assert_eq!(conn.close_status().map(|status| status.value()), Some(1006));
            assert!(!conn.was_clean());
            assert_eq!(events(&mut conn, rest.as_bytes(), &mut out), []);
            assert_eq!(conn.receive_eof(), Ok(()));
            assert_eq!(out, b"");
            assert!(conn.send_text("x", &mut out).is_err());
        }
    }
}

/// What is said between the fragments of a message: FRAG-09's other half, at
/// the caller.
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

/// CL-04, CL-09, PING-02's other half, UTF-18: arguments that no frame can
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

/// SEC-06, SP-06's caller half: answers that cannot be sent leave the request
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
    let mut input = &mut bytes[..];
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

/// IO-03, IO-07: without room for the whole, nothing is written and nothing
/// changes, not even the keys of a client; with room the same call writes what
/// it would have written at once.
#[test]
fn an_output_without_room_changes_nothing() {
    for role in ROLES {
        for call in Call::ALL {
            let name = match call {
                Call::Accept | Call::Reject => "asked",
                Call::Respond => "asked by http",
                _ => "open",
            };
            let client_cannot = matches!(
                call,
                Call::Accept | Call::Reject | Call::Respond | Call::Prepared
            );
            if role == Role::Client && client_cannot {
                continue;
            }
            let mut whole = Vec::new();
            call.make(&mut in_state(name, role), &mut whole)
                .expect("room in a Vec");

            let mut conn = in_state(name, role);
            for size in 0..whole.len() {
                let mut memory = vec![0; size];
                let mut out = FixedOutput::new(&mut memory);
                let before = looks(&conn);
                let result = call.make(&mut conn, &mut out);
                let needed = whole.len();
                assert_eq!(result, Err(SendError::OutputFull { needed }), "{call:?}");
                assert_eq!(out.written(), b"");
                assert_eq!(looks(&conn), before);
            }
            let mut memory = vec![0; whole.len()];
            let mut out = FixedOutput::new(&mut memory);
            assert_eq!(call.make(&mut conn, &mut out), Ok(()), "{call:?}");
            assert_eq!(out.written(), whole, "{call:?} {role:?}");
            assert_eq!(out.available(), 0);
        }
    }
}

/// The same for what was written before and is still there.
#[test]
fn room_counts_what_is_already_in_the_output() {
    let mut conn = open(Role::Server, Config::new());
    let mut memory = [0; 9];
    let mut out = FixedOutput::new(&mut memory);
    conn.send_text("abc", &mut out).expect("5 of 9 bytes");
    let result = conn.send_text("abc", &mut out);
    assert_eq!(result, Err(SendError::OutputFull { needed: 5 }));
    assert_eq!(out.written(), b"\x81\x03abc");
    conn.send_text("ab", &mut out).expect("4 of 4 bytes");
    assert_eq!(out.written(), b"\x81\x03abc\x81\x02ab");
}

#[test]
fn a_client_needs_room_for_its_request() {
    let mut whole = Vec::new();
    connecting_client(Config::new(), &mut whole);
    for size in 0..whole.len() {
        let mut memory = vec![0; size];
        let mut out = FixedOutput::new(&mut memory);
        let result = Connection::client(
            Config::new(),
            &crate::pair::request(),
            [3; 32].into(),
            &mut out,
        );
        let needed = whole.len();
        assert_eq!(
            result.err(),
            Some(SendError::OutputFull { needed }),
            "{size} bytes"
        );
        assert_eq!(out.written(), b"");
    }
}

/// IO-05: the end of the transport is taken in every state, once or twice.
#[test]
fn the_end_of_the_transport_is_taken_in_every_state() {
    for (name, clean) in [
        ("connecting", false),
        ("open", false),
        ("close sent", false),
        ("close received", true),
        ("closed", true),
        ("refused", true),
        ("failed", false),
        ("failing", false),
        ("handshake failed", false),
        ("lost", false),
    ] {
        for role in ROLES {
            let mut conn = in_state(name, role);
            let result = conn.receive_eof();
            assert_eq!(result.is_ok(), clean, "{name} {role:?}: {result:?}");
            assert_eq!(conn.receive_eof(), result, "{name} {role:?}");
            assert_eq!(conn.state(), State::Closed, "{name} {role:?}");
            assert!(!conn.wants_write(), "{name} {role:?}");
            let mut out = Vec::new();
            let more = on_wire(role, &frame(0x81, b"x"));
            let (seen, error) = feed(&mut conn, &more, &mut out);
            assert_eq!((seen, error), (vec![], result.err()), "{name} {role:?}");
            assert_eq!(out, b"");
        }
    }
}

/// The calls that only look, or that write what waits, are allowed always.
#[test]
fn looking_and_draining_are_allowed_in_every_state() {
    for name in [
        "connecting",
        "refused",
        "handshake failed",
        "open",
        "close sent",
        "closed",
        "failed",
        "lost",
    ] {
        for role in ROLES {
            let mut conn = in_state(name, role);
            let before = looks(&conn);
            let mut out = Vec::new();
            assert!(!conn.poll_transmit(&mut out));
            assert!(!conn.wants_write());
            assert_eq!(conn.poll_timeout(), None);
            let error = conn
                .handle_timeout(core::time::Duration::MAX, &mut out)
                .err();
            assert_eq!(feed(&mut conn, b"", &mut out), (vec![], error), "{name}");
            assert_eq!(conn.role(), role);
            assert_eq!(conn.subprotocol(), None);
            assert_eq!(conn.agreement(), None);
            conn.recycle(Vec::new());
            assert_eq!(out, b"");
            assert_eq!(looks(&conn), before, "{name} {role:?}");
        }
    }
}

#[test]
fn only_an_open_connection_can_be_split() {
    for name in [
        "connecting",
        "refused",
        "close sent",
        "close received",
        "closed",
        "failed",
        "lost",
    ] {
        for role in ROLES {
            let conn = in_state(name, role);
            let before = looks(&conn);
            let same = conn.split().expect_err(name);
            assert_eq!(looks(&same), before);
        }
    }
    for role in ROLES {
        assert!(in_state("open", role).split().is_ok());
    }
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
