//! Close codes: which are received, which are sent (the table CL-A).

use websocket_proto::frame::CloseError;
use websocket_proto::{CloseCode, Config, Error, Role, SendError, State};

use super::{code, status};
use crate::support::{ROLES, Seen, close, open, received, sent};

/// CL-A: whether a Close with this code is a valid one.
const fn may_travel(number: u16) -> bool {
    match number {
        // Not used; the lowest code is 1000.
        0..=999 => false,
        // Normal, going away, protocol error, data not accepted.
        1000..=1003 => true,
        // Reserved; no code; no Close.
        1004..=1006 => false,
        // Inconsistent data, policy, too big, missing extension, internal
        // error, service restart, try again later, bad gateway.
        1007..=1014 => true,
        // TLS failure.
        1015 => false,
        // Reserved for the protocol and extensions.
        1016..=2999 => false,
        // Libraries and frameworks.
        3000..=3999 => true,
        // Private use.
        4000..=4999 => true,
        // Undefined.
        5000..=65535 => false,
    }
}

/// The ends and the middle of every line of the table, and each code that has
/// a line of its own.
fn samples() -> impl Iterator<Item = u16> {
    let lines = [
        0, 1, 500, 998, 999, 1016, 1017, 1100, 1500, 1999, 2000, 2500, 2998, 2999, 3000, 3001,
        3003, 3008, 3500, 3999, 4000, 4001, 4500, 4998, 4999, 5000, 5001, 10000, 32768, 65534,
        65535,
    ];
    lines.into_iter().chain(1000..=1015)
}

// CL-05, CL-06, CL-07, CL-A (receive)
#[test]
fn each_code_on_receipt_is_echoed_or_a_protocol_error() {
    for role in ROLES {
        for number in samples() {
            let wire = close(number, "why");
            if !may_travel(number) {
                let run = received(role, Config::new(), &wire).assert_failed(1002);
                let error = Error::Close(CloseError::InvalidCode(number));
                assert_eq!(run.error, Some(error));
                assert_eq!(run.events, []);
                continue;
            }
            let mut run = received(role, Config::new(), &wire);
            assert_eq!(run.events(), [Seen::Close(Some((number, "why".into())))]);
            let sent = run.sent();
            assert_eq!(sent.len(), 1, "{number}");
            assert_eq!(sent[0].plain(), (0x88, &number.to_be_bytes()[..]));
            assert_eq!(run.connection.receive_eof(), Ok(()));
            assert_eq!(status(&run.connection), Some(number));
            assert!(run.connection.was_clean());
        }
    }
}

// CL-08, CL-09, CL-A (send): a code that may not travel is not even a value.
#[test]
fn each_code_that_may_travel_can_be_sent_and_no_other() {
    for role in ROLES {
        for number in samples() {
            let Some(value) = CloseCode::new(number) else {
                assert!(!may_travel(number), "{number}");
                continue;
            };
            assert!(may_travel(number), "{number}");
            let mut conn = open(role, Config::new());
            let mut out = Vec::new();
            let result = conn.send_close(value, "why", &mut out);
            if number == 1010 && role == Role::Server {
                assert_eq!(result, Err(SendError::CloseCode(value)));
                assert_eq!((out, conn.state()), (vec![], State::Open));
                continue;
            }
            assert_eq!(result, Ok(()), "{number}");
            let sent = sent(role, &out);
            assert_eq!(sent.len(), 1);
            assert_eq!(sent[0].close_code(), Some(number));
            assert_eq!(&sent[0].payload[2..], b"why");
        }
    }
}

#[test]
fn every_one_of_all_codes_is_in_the_table() {
    for number in 0..=u16::MAX {
        let value = CloseCode::new(number).map(CloseCode::value);
        assert_eq!(value, may_travel(number).then_some(number));
    }
}

// CL-09: of a server's own kind, but clients are let alone.
#[test]
fn a_client_may_send_1011() {
    let mut conn = open(Role::Client, Config::new());
    let mut out = Vec::new();
    conn.send_close(code(1011), "", &mut out).expect("allowed");
    assert_eq!(sent(Role::Client, &out)[0].close_code(), Some(1011));
}

// CL-30
#[test]
fn going_away_is_1001() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut out = Vec::new();
        conn.send_close(CloseCode::GOING_AWAY, "", &mut out)
            .expect("open");
        assert_eq!(sent(role, &out)[0].close_code(), Some(1001));
    }
}

/// The names of the registry belong to its numbers.
#[test]
fn the_named_codes_have_their_numbers() {
    let named = [
        (CloseCode::NORMAL, 1000),
        (CloseCode::GOING_AWAY, 1001),
        (CloseCode::PROTOCOL_ERROR, 1002),
        (CloseCode::UNSUPPORTED_DATA, 1003),
        (CloseCode::INVALID_DATA, 1007),
        (CloseCode::POLICY_VIOLATION, 1008),
        (CloseCode::MESSAGE_TOO_BIG, 1009),
        (CloseCode::MANDATORY_EXTENSION, 1010),
        (CloseCode::INTERNAL_ERROR, 1011),
        (CloseCode::SERVICE_RESTART, 1012),
        (CloseCode::TRY_AGAIN_LATER, 1013),
        (CloseCode::BAD_GATEWAY, 1014),
    ];
    for (code, number) in named {
        assert_eq!(code.value(), number);
        assert_eq!(code.to_string(), number.to_string());
    }
}
