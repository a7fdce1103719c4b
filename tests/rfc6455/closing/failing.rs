//! Failing the connection (section 7.1.7).

use websocket_proto::frame::{CloseError, FrameError};
use websocket_proto::handshake::{HeadError, RequestError, ResponseError};
use websocket_proto::{Config, Error, Limit, Role, State, Timeout};

use super::{code, status};
use crate::support::{ROLES, close, feed, frame, frames, hex, on_wire, open, received, sent};

/// Frames that fail a connection, and the code that it is told.
fn violations() -> Vec<(Vec<u8>, u16)> {
    vec![
        (hex("f1 00"), 1002),
        (hex("83 00"), 1002),
        (hex("8b 00"), 1002),
        (hex("09 00"), 1002),
        (hex("08 00"), 1002),
        (frame(0x89, &[0; 126]), 1002),
        (frame(0x88, &[0; 126]), 1002),
        (hex("80 00"), 1002),
        (frames(&[(0x01, b"a"), (0x82, b"b")]), 1002),
        (hex("82 7e 00 01 00"), 1002),
        (hex("88 01 03"), 1002),
        (hex("88 02 03 ed"), 1002),
        (hex("88 05 03 e8 ed a0 80"), 1007),
        (hex("81 01 ff"), 1007),
        (frames(&[(0x01, b"\xce"), (0x80, b"")]), 1007),
        (hex("82 7f 00 00 00 01 00 00 00 00"), 1009),
    ]
}

// CL-17
#[test]
fn errors_after_our_close_fail_the_connection_without_a_second_close() {
    for role in ROLES {
        for (wire, number) in violations() {
            let mut conn = open(role, Config::new());
            let mut out = Vec::new();
            conn.send_close(code(1000), "", &mut out).expect("open");
            let length = out.len();
            let (seen, error) = feed(&mut conn, &on_wire(role, &wire), &mut out);
            let code = error.and_then(|error| error.close_code());
            assert_eq!(code.map(|code| code.value()), Some(number), "{wire:02x?}");
            assert_eq!((seen, out.len()), (vec![], length));
            assert!(conn.is_closed() && !conn.was_clean());
            assert_eq!(status(&conn), Some(1006));
        }
    }
}

// CL-24
#[test]
fn a_failed_connection_processes_nothing_more_not_even_a_close() {
    for role in ROLES {
        for (wire, number) in violations() {
            let wire = [wire, close(1000, ""), frame(0x81, b"x")].concat();
            let run = received(role, Config::new(), &wire).assert_failed(number);
            assert_eq!(run.events, []);
        }
    }
}

// CL-25, IO-10, SEC-17: every error and what it is answered with.
#[test]
fn every_error_knows_its_close_code_and_its_status() {
    let table = [
        (
            Error::Frame(FrameError::UnexpectedContinuation),
            Some(1002),
            None,
        ),
        (
            Error::Frame(FrameError::ExpectedContinuation),
            Some(1002),
            None,
        ),
        (Error::InvalidDeflate, Some(1007), None),
        (Error::Timeout(Timeout::Close), None, None),
        (Error::Frame(FrameError::ReservedOpcode), Some(1002), None),
        (Error::Frame(FrameError::ReservedBits), Some(1002), None),
        (
            Error::Frame(FrameError::FragmentedControl),
            Some(1002),
            None,
        ),
        (Error::Frame(FrameError::ControlTooLong), Some(1002), None),
        (Error::Frame(FrameError::LengthNotMinimal), Some(1002), None),
        (Error::Frame(FrameError::LengthTooLarge), Some(1002), None),
        (Error::Frame(FrameError::Unmasked), Some(1002), None),
        (Error::Frame(FrameError::Masked), Some(1002), None),
        (Error::InvalidUtf8, Some(1007), None),
        (Error::Close(CloseError::HalfCode), Some(1002), None),
        (
            Error::Close(CloseError::InvalidCode(1005)),
            Some(1002),
            None,
        ),
        (Error::Close(CloseError::InvalidReason), Some(1007), None),
        (Error::Limit(Limit::Frame), Some(1009), None),
        (Error::Limit(Limit::Message), Some(1009), None),
        (Error::Limit(Limit::Fragments), Some(1009), None),
        (Error::Timeout(Timeout::Idle), Some(1001), None),
        (Error::Timeout(Timeout::Pong), Some(1011), None),
        (Error::Timeout(Timeout::Handshake), None, Some(408)),
        (Error::UnexpectedEof, None, None),
        (Error::Request(RequestError::MissingKey), None, Some(400)),
    ];
    for (error, close, http) in table {
        assert_eq!(
            error.close_code().map(|code| code.value()),
            close,
            "{error:?}"
        );
        assert_eq!(error.http_status(), http, "{error:?}");
        assert!(error.section().contains(" section "), "{error:?}");
        // SEC-19: nothing of the peer's bytes, and short enough for a reason.
        let text = error.to_string();
        assert!(
            text.bytes().all(|byte| (0x20..0x7f).contains(&byte)),
            "{text}"
        );
        assert!((1..=123).contains(&text.len()), "{text}");
    }
    let response = Error::Response(ResponseError::WrongAccept);
    assert_eq!(
        (response.close_code(), response.http_status()),
        (None, None)
    );
    let head = Error::Request(RequestError::Head(HeadError::TooLong));
    assert_eq!(head.http_status(), Some(431));
}

/// The Close says in words what was wrong, for whoever reads a log.
#[test]
fn the_close_of_a_failure_gives_the_error_as_its_reason() {
    for role in ROLES {
        for (wire, _) in violations() {
            let run = received(role, Config::new(), &wire);
            let error = run.error.expect("a violation");
            let sent = run.sent();
            assert_eq!(sent[0].payload[2..], *error.to_string().as_bytes());
        }
    }
}

/// An invalid code is never echoed.
#[test]
fn a_close_that_fails_is_not_answered_with_its_own_code() {
    for role in ROLES {
        for number in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000] {
            let run = received(role, Config::new(), &close(number, ""));
            assert_eq!(run.sent()[0].close_code(), Some(1002));
        }
    }
}

// CL-27
#[test]
fn input_after_a_failure_is_read_and_forgotten() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut out = Vec::new();
        let (_, error) = feed(&mut conn, &hex("ff"), &mut out);
        let length = out.len();
        let megabyte = on_wire(role, &frame(0x82, &vec![0; 1 << 20]));
        for piece in megabyte.chunks(10_000) {
            assert_eq!(feed(&mut conn, piece, &mut out), (vec![], error));
        }
        assert_eq!(out.len(), length);
        // After a Close as well.
        let mut conn = open(role, Config::new());
        feed(&mut conn, &on_wire(role, &close(1000, "")), &mut out);
        assert_eq!(feed(&mut conn, &megabyte, &mut out), (vec![], None));
    }
}

// CL-28
#[test]
fn the_loss_of_the_transport_is_1006_unless_a_close_came() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut out = Vec::new();
        feed(&mut conn, &on_wire(role, &frame(0x01, b"half")), &mut out);
        assert_eq!(conn.receive_eof(), Err(Error::UnexpectedEof));
        assert_eq!(conn.state(), State::Closed);
        assert_eq!((status(&conn), conn.was_clean()), (Some(1006), false));
        assert_eq!(out, b"", "nobody is left to be told");

        let mut conn = open(role, Config::new());
        feed(&mut conn, &on_wire(role, &close(4000, "")), &mut out);
        assert_eq!(conn.receive_eof(), Ok(()));
        assert_eq!(status(&conn), Some(4000));
    }
}

/// A client masks the Close of a failure like every frame.
#[test]
fn the_close_of_a_failure_is_masked_by_a_client() {
    let mut client = open(Role::Client, Config::new());
    let mut out = Vec::new();
    feed(&mut client, &hex("f1"), &mut out);
    assert!(sent(Role::Client, &out)[0].key.is_some());
}
