//! What a Close frame carries.

use websocket_proto::frame::CloseError;
use websocket_proto::{Config, Error, State};

use super::{code, status};
use crate::support::{ROLES, Seen, close, frame, hex, open, received, sent};

// CL-01
#[test]
fn a_close_is_empty_or_a_code_and_perhaps_a_reason() {
    for role in ROLES {
        for (wire, seen) in [
            ("88 00", None),
            ("88 02 03 e8", Some((1000, String::new()))),
            ("88 05 03 e8 62 79 65", Some((1000, "bye".to_owned()))),
        ] {
            let run = received(role, Config::new(), &hex(wire));
            assert_eq!(run.events(), [Seen::Close(seen)], "{wire}");
        }
    }
}

// CL-02
#[test]
fn a_close_of_one_byte_is_a_protocol_error() {
    for role in ROLES {
        let run = received(role, Config::new(), &hex("88 01 03")).assert_failed(1002);
        assert_eq!(run.error, Some(Error::Close(CloseError::HalfCode)));
    }
}

// CL-03
#[test]
fn a_reason_that_is_not_utf8_is_invalid_data() {
    for role in ROLES {
        for reason in [
            &b"\xed\xa0\x80"[..],
            b"\xff",
            b"a\xce",
            b"\xc0\x80",
            b"\xf4\x90\x80\x80",
        ] {
            let wire = frame(0x88, &[&b"\x03\xe8"[..], reason].concat());
            let run = received(role, Config::new(), &wire).assert_failed(1007);
            assert_eq!(run.error, Some(Error::Close(CloseError::InvalidReason)));
        }
    }
}

// CL-04: of 123 bytes, be it in ASCII or not, in both directions.
#[test]
fn a_reason_has_at_most_123_bytes() {
    let reasons = ["x".repeat(123), "é".repeat(61) + "x", "€".repeat(41)];
    for role in ROLES {
        for reason in &reasons {
            assert_eq!(reason.len(), 123);
            let run = received(role, Config::new(), &close(1000, reason));
            assert_eq!(run.events(), [Seen::Close(Some((1000, reason.clone())))]);

            let mut conn = open(role, Config::new());
            let mut out = Vec::new();
            conn.send_close(code(1000), reason, &mut out)
                .expect("123 bytes fit");
            let sent = sent(role, &out);
            assert_eq!(sent[0].payload[2..], *reason.as_bytes());

            let mut conn = open(role, Config::new());
            let mut out = Vec::new();
            let longer = format!("{reason}x");
            assert!(conn.send_close(code(1000), &longer, &mut out).is_err());
            assert_eq!(
                (out, conn.state()),
                (vec![], State::Open),
                "nothing is cut off"
            );
        }
        let longer = close(1000, &"x".repeat(124));
        received(role, Config::new(), &longer).assert_failed(1002);
    }
}

// CL-11, WEB-07
#[test]
fn an_empty_close_is_answered_by_an_empty_one_and_reported_as_1005() {
    for role in ROLES {
        let mut run = received(role, Config::new(), &hex("88 00"));
        assert_eq!(run.events(), [Seen::Close(None)]);
        let sent = run.sent();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].plain(), (0x88, &[][..]));
        assert_eq!(run.connection.receive_eof(), Ok(()));
        assert_eq!(status(&run.connection), Some(1005));
        assert!(run.connection.was_clean());
    }
}

// CL-34
#[test]
fn a_close_without_a_code_has_no_payload() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut out = Vec::new();
        conn.send_empty_close(&mut out).expect("open");
        assert_eq!(sent(role, &out)[0].plain(), (0x88, &[][..]));
    }
}

// WEB-12, UTF-17: a reason is delivered as it came, its BOM included.
#[test]
fn a_reason_keeps_its_bom_and_its_nul() {
    for role in ROLES {
        for reason in ["\u{feff}a", "a\0b", "e\u{301}", "\u{ffff}"] {
            let run = received(role, Config::new(), &close(1000, reason));
            assert_eq!(run.events(), [Seen::Close(Some((1000, reason.into())))]);
        }
    }
}
