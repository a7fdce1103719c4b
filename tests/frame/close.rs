//! Close codes and payloads (RFC 6455 sections 5.5.1 and 7.4).

use proptest::prelude::*;
use websocket_proto::CloseCode;
use websocket_proto::frame::{CloseError, ClosePayload};

/// The table of section 7.4 and of the registry: what may travel.
fn may_travel(code: u16) -> bool {
    const TABLE: [(u16, u16, bool); 9] = [
        (0, 999, false),
        (1000, 1003, true),
        (1004, 1006, false),
        (1007, 1014, true),
        (1015, 1015, false),
        (1016, 2999, false),
        (3000, 3999, true),
        (4000, 4999, true),
        (5000, 65535, false),
    ];
    let mut lines = TABLE.iter().filter(|line| line.0 <= code && code <= line.1);
    let line = lines.next().expect("a line for each code");
    assert!(lines.next().is_none(), "one line for {code}");
    line.2
}

// CL-A
#[test]
fn the_codes_that_may_travel_are_those_of_the_table() {
    for value in 0..=u16::MAX {
        let code = CloseCode::new(value);
        assert_eq!(code.is_some(), may_travel(value), "{value}");
        if let Some(code) = code {
            assert_eq!(code.value(), value);
            assert_eq!(code.to_string(), value.to_string());
            assert_eq!(format!("{code:?}"), format!("CloseCode({value})"));
        }
    }
}

#[test]
fn codes_with_a_name_have_the_registered_number() {
    for (code, value) in [
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
    ] {
        assert_eq!(code.value(), value);
        assert_eq!(CloseCode::new(value), Some(code));
    }
}

// CL-A
#[test]
fn payloads_parse_with_every_code_that_may_travel_and_no_other() {
    for value in 0..=u16::MAX {
        let parsed = ClosePayload::parse(&value.to_be_bytes()).map(|payload| {
            let payload = payload.expect("a payload that is not empty");
            assert_eq!(payload.reason, "");
            payload.code.value()
        });
        let expected = match may_travel(value) {
            true => Ok(value),
            false => Err(CloseError::InvalidCode(value)),
        };
        assert_eq!(parsed, expected);
    }
}

#[test]
fn an_empty_payload_has_no_code() {
    assert_eq!(ClosePayload::parse(b""), Ok(None));
}

#[test]
fn one_byte_is_half_a_code() {
    for byte in 0..=255 {
        assert_eq!(ClosePayload::parse(&[byte]), Err(CloseError::HalfCode));
    }
}

#[test]
fn a_reason_that_is_not_utf_8_is_refused() {
    for reason in [&b"\xff"[..], b"ok\xce", b"\xed\xa0\x80", b"\xc0\x80"] {
        let payload = [b"\x03\xe8", reason].concat();
        assert_eq!(
            ClosePayload::parse(&payload),
            Err(CloseError::InvalidReason)
        );
        // The code comes first.
        let payload = [b"\x03\xed", reason].concat();
        assert_eq!(
            ClosePayload::parse(&payload),
            Err(CloseError::InvalidCode(1005))
        );
    }
}

#[test]
fn each_error_has_its_answer_and_its_section() {
    for (error, code, section) in [
        (CloseError::HalfCode, 1002, "RFC 6455 section 5.5.1"),
        (CloseError::InvalidCode(999), 1002, "RFC 6455 section 7.4"),
        (CloseError::InvalidReason, 1007, "RFC 6455 section 8.1"),
    ] {
        assert_eq!(
            (error.close_code().value(), error.section()),
            (code, section)
        );
    }
    assert!(CloseError::InvalidCode(999).to_string().contains("999"));
}

#[test]
fn a_reason_has_at_most_123_bytes() {
    assert_eq!(ClosePayload::MAX_REASON, 123);
    let mut buffer = [0; 125];
    for length in 0..=200 {
        let reason = "x".repeat(length);
        let payload = ClosePayload {
            code: CloseCode::NORMAL,
            reason: &reason,
        };
        let encoded = payload.encode(&mut buffer).map(<[u8]>::len);
        assert_eq!(encoded, (length <= 123).then_some(2 + length));
    }
    // Bytes count, not code points.
    let reason = "\u{20ac}".repeat(41);
    let payload = ClosePayload {
        code: CloseCode::NORMAL,
        reason: &reason,
    };
    assert_eq!(payload.encode(&mut buffer).map(<[u8]>::len), Some(125));
    let reason = format!("{reason}x");
    let payload = ClosePayload {
        code: CloseCode::NORMAL,
        reason: &reason,
    };
    assert_eq!(payload.encode(&mut buffer), None);
}

proptest! {
    #[test]
    fn payloads_come_back_as_they_were(
        code in (0..=u16::MAX).prop_filter_map("a code that may travel", CloseCode::new),
        reason in ".{0,30}",
    ) {
        let payload = ClosePayload { code, reason: &reason };
        let mut buffer = [0xaa; 125];
        let bytes = payload.encode(&mut buffer).expect("at most 123 bytes");
        prop_assert_eq!(&bytes[..2], code.value().to_be_bytes());
        prop_assert_eq!(&bytes[2..], reason.as_bytes());
        prop_assert_eq!(ClosePayload::parse(bytes), Ok(Some(payload)));
    }

    #[test]
    fn bytes_that_parse_encode_to_themselves(
        code in prop_oneof![any::<u16>(), 1000_u16..1016, 3000_u16..5000],
        reason in prop::collection::vec(prop_oneof![4 => b' '..=b'~', 1 => any::<u8>()], 0..124),
    ) {
        let bytes = [&code.to_be_bytes()[..], &reason].concat();
        let expected = match (may_travel(code), core::str::from_utf8(&reason)) {
            (false, _) => Err(CloseError::InvalidCode(code)),
            (true, Err(_)) => Err(CloseError::InvalidReason),
            (true, Ok(text)) => Ok(text),
        };
        let parsed = ClosePayload::parse(&bytes).map(|payload| payload.expect("not empty"));
        prop_assert_eq!(parsed.map(|payload| payload.reason), expected);
        if let Ok(payload) = parsed {
            let mut buffer = [0; 125];
            prop_assert_eq!(payload.encode(&mut buffer), Some(&bytes[..]));
        }
    }
}
