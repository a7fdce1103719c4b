//! Outputs without room: an error, nothing written, and the same call works
//! once there is room.

use websocket_proto::{Config, Connection, FixedOutput, Output, Role, SendError};

use crate::misuse::{in_state, looks};
use crate::pair::{Call, connecting_client};
use crate::support::{ROLES, open};

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

/// The buffer of the crate `bytes` holds what a `Vec` does.
#[cfg(feature = "bytes")]
#[test]
fn bytes_mut_is_an_output_like_a_vec() {
    for (state, role, calls) in [
        ("open", Role::Client, &Call::ALL[..]),
        ("open", Role::Server, &Call::ALL[..]),
        ("asked", Role::Server, &[Call::Accept]),
    ] {
        let mut vec = b"before".to_vec();
        let mut bytes = bytes::BytesMut::from(&b"before"[..]);
        let (mut to_vec, mut to_bytes) = (in_state(state, role), in_state(state, role));
        for call in calls {
            assert_eq!(
                call.make(&mut to_vec, &mut vec),
                call.make(&mut to_bytes, &mut bytes)
            );
        }
        assert_eq!(vec, bytes);
        assert_eq!(
            (bytes.buffered(), bytes.available()),
            (vec.buffered(), vec.available())
        );
        assert!(vec.len() > 40);
    }
}

/// IO-07: with the room that a message takes it is sent, with a byte less it
/// is not, whatever the form of its length.
#[test]
fn a_message_needs_the_room_that_it_takes_and_no_more() {
    for role in ROLES {
        for length in [0, 1, 125, 126, 65_535, 65_536] {
            let message = vec![b'x'; length];
            let mut conn = open(role, Config::new());
            let mut out = Vec::new();
            conn.send_binary(&message, &mut out).expect("room");
            let needed = out.len();

            let mut memory = vec![0; needed];
            let mut less = FixedOutput::new(&mut memory[1..]);
            let refused = conn.send_binary(&message, &mut less);
            assert_eq!(refused, Err(SendError::OutputFull { needed }), "{length}");
            assert_eq!(less.written(), b"");
            let mut exact = FixedOutput::new(&mut memory);
            assert_eq!(conn.send_binary(&message, &mut exact), Ok(()), "{length}");
            assert_eq!(exact.available(), 0);
        }
    }
}
