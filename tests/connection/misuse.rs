//! Calls in the wrong state: an error, nothing emitted, nothing changed.

use websocket_proto::handshake::Response;
use websocket_proto::{Config, Connection, FixedOutput, Role, SendError, State};

use crate::pair::{
    Call, REQUEST, RESPONSE, asked_server, code, connecting_client, events, opened, take,
};
use crate::support::{ROLES, Seen, close, feed, frame, on_wire};

use SendError::WrongState;

/// A connection in a state that the tests below name.
pub(crate) fn in_state(name: &str, role: Role) -> Connection {
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
pub(crate) fn looks(conn: &Connection) -> String {
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
