//! Text is UTF-8 (RFC 6455 sections 5.6 and 8.1), checked as it arrives.

mod sending;

use websocket_proto::{Config, Delivery, Error, MessageKind, Role};

use crate::support::{
    ROLES, Seen, cuts, feed, frame, frames, hex, on_wire, open, received, server,
};

/// Both ways to take messages validate.
const CONFIGS: [Config; 2] = [Config::new(), Config::new().delivery(Delivery::Chunks)];

/// Checks that a text message in one frame, and in two however it is cut,
/// comes out unchanged.
#[track_caller]
fn assert_valid(bytes: &[u8]) {
    let text = core::str::from_utf8(bytes).expect("valid by the standard library");
    for role in ROLES {
        for cut in 0..=bytes.len() {
            let (head, tail) = bytes.split_at(cut);
            for wire in [frame(0x81, bytes), frames(&[(0x01, head), (0x80, tail)])] {
                let run = received(role, CONFIGS[0], &wire);
                assert_eq!(run.events(), [Seen::Text(text.to_owned())]);
                let run = received(role, CONFIGS[1], &wire);
                let whole = Seen::Chunk {
                    kind: MessageKind::Text,
                    bytes: bytes.to_vec(),
                    first: true,
                    last: true,
                };
                assert_eq!(run.events(), [whole]);
            }
        }
    }
}

/// Checks that a text message with these bytes fails, in one frame and in two,
/// at the byte `at` (counted from 1) of its payload, or at its end where that
/// is the first to prove it.
#[track_caller]
fn assert_invalid(bytes: &[u8], at: usize) {
    for role in ROLES {
        let header = on_wire(role, &[0x81, 0]).len();
        for config in CONFIGS {
            let run = received(role, config, &frame(0x81, bytes)).assert_failed(1007);
            assert_eq!(run.error, Some(Error::InvalidUtf8));
            assert_eq!(run.failed_at, Some(header + at), "{bytes:02x?}");
            // Behind valid text.
            let longer = [b"valid: \xce\xba ", bytes].concat();
            received(role, config, &frame(0x81, &longer)).assert_failed(1007);
            for cut in 0..=bytes.len() {
                let (head, tail) = bytes.split_at(cut);
                let wire = frames(&[(0x01, head), (0x80, tail)]);
                let run = received(role, config, &wire).assert_failed(1007);
                let headers = if cut < at { 2 * header } else { header };
                assert_eq!(run.failed_at, Some(headers + at), "{head:02x?} {tail:02x?}");
            }
        }
    }
}

// UTF-01
#[test]
fn text_that_is_not_utf_8_fails_with_1007() {
    for role in ROLES {
        for config in CONFIGS {
            let run = received(role, config, &hex("81 01 ff")).assert_failed(1007);
            assert_eq!(run.error, Some(Error::InvalidUtf8));
            assert_eq!(run.events, []);
        }
    }
}

// UTF-02
#[test]
fn forms_of_one_to_four_bytes_and_their_limits_are_valid() {
    for text in [
        "24",
        "c2 a2",
        "e2 82 ac",
        "f0 a4 ad a2",
        "00",
        "7f",
        "c2 80",
        "df bf",
        "e0 a0 80",
        "ef bf bf",
        "f0 90 80 80",
        "f4 8f bf bf",
    ] {
        assert_valid(&hex(text));
    }
    assert_valid(b"");
}

// UTF-03
#[test]
fn code_points_around_the_surrogates_are_valid() {
    for text in ["ed 9f bf", "ee 80 80", "ef bf bd"] {
        assert_valid(&hex(text));
    }
}

// UTF-04
#[test]
fn non_characters_are_valid() {
    for text in ["ef bf be", "f0 9f bf be", "f4 8f bf bf"] {
        assert_valid(&hex(text));
    }
}

// UTF-05, UTF-13
#[test]
fn continuation_bytes_without_a_start_are_invalid() {
    for (text, at) in [
        ("80", 1),
        ("bf", 1),
        ("80 bf", 1),
        ("61 80", 2),
        ("c2 80 80", 3),
    ] {
        assert_invalid(&hex(text), at);
    }
}

// UTF-06, UTF-13
#[test]
fn start_bytes_without_their_continuations_are_invalid() {
    for (text, at) in [
        ("c3 20", 2),
        ("e2 82 20", 3),
        ("df df", 2),
        ("f0 9f 98 20", 4),
    ] {
        assert_invalid(&hex(text), at);
    }
}

// UTF-07, UTF-13
#[test]
fn overlong_forms_are_invalid() {
    for (text, at) in [
        ("c0 80", 1),
        ("c0 af", 1),
        ("c1 bf", 1),
        ("e0 80 af", 2),
        ("e0 9f bf", 2),
        ("f0 80 80 af", 2),
        ("f0 8f bf bf", 2),
    ] {
        assert_invalid(&hex(text), at);
    }
}

// UTF-08, UTF-13
#[test]
fn surrogates_are_invalid() {
    for text in ["ed a0 80", "ed bf bf", "ed a0 80 ed b0 80"] {
        assert_invalid(&hex(text), 2);
    }
}

// UTF-09, UTF-13
#[test]
fn code_points_beyond_the_last_are_invalid() {
    for (text, at) in [
        ("f4 90 80 80", 2),
        ("f5", 1),
        ("f7 bf bf bf", 1),
        ("f8 88 80 80 80", 1),
        ("fc 84 80 80 80 80", 1),
        ("fe", 1),
        ("ff", 1),
    ] {
        assert_invalid(&hex(text), at);
    }
}

// UTF-10: `assert_valid` cuts at every point.
#[test]
fn a_code_point_may_be_split_over_fragments() {
    assert_valid(&hex("ce ba"));
    assert_valid(&hex("ce ba e1 bd b9 cf 83 ce bc ce b5"));
    // Over more than two.
    for role in ROLES {
        let bytes = frames(&[
            (0x01, b"\xf0"),
            (0x00, b"\x9f"),
            (0x00, b"\x98"),
            (0x80, b"\x80"),
        ]);
        let run = received(role, Config::new(), &bytes);
        assert_eq!(run.events(), [Seen::Text("\u{1f600}".to_owned())]);
    }
}

// UTF-11
#[test]
fn a_code_point_must_be_complete_at_the_end_of_the_message() {
    for (text, length) in [("ce", 1), ("e2 82", 2), ("f0 9f 98", 3), ("61 ce", 2)] {
        // Only FIN proves it: with the last byte of a single frame, or with
        // the header of an empty one.
        assert_invalid_at_the_end(&hex(text), length);
    }
}

#[track_caller]
fn assert_invalid_at_the_end(bytes: &[u8], length: usize) {
    assert_eq!(bytes.len(), length);
    for role in ROLES {
        for config in CONFIGS {
            let wire = frame(0x81, bytes);
            let run = received(role, config, &wire).assert_failed(1007);
            assert_eq!(run.failed_at, Some(on_wire(role, &wire).len()));
            let wire = frames(&[(0x01, bytes), (0x80, b"")]);
            let run = received(role, config, &wire).assert_failed(1007);
            assert_eq!(run.failed_at, Some(on_wire(role, &wire).len()));
        }
    }
}

// UTF-12
#[test]
fn an_invalid_fragment_fails_before_the_message_ends() {
    for role in ROLES {
        for config in CONFIGS {
            let first = hex("01 0b ce ba e1 bd b9 cf 83 ce bc ce b5");
            let second = hex("00 04 f4 90 80 80");
            let third = hex("80 06 65 64 69 74 65 64");
            let run = received(role, config, &[&first[..], &second].concat()).assert_failed(1007);
            let until = on_wire(role, &[&first[..], &second[..4]].concat());
            assert_eq!(run.failed_at, Some(until.len()));
            received(role, config, &[first, second, third].concat()).assert_failed(1007);
        }
    }
}

// UTF-13: fails at the byte 90 while eight more of its frame are to come.
#[test]
fn invalid_text_fails_while_its_frame_still_arrives() {
    let payload = hex("ce ba e1 bd b9 cf 83 ce bc ce b5 f4 90 80 80 65 64 69 74 65 64");
    for role in ROLES {
        for config in CONFIGS {
            let run = received(role, config, &frame(0x81, &payload)).assert_failed(1007);
            let header = on_wire(role, &[0x81, 0]).len();
            assert_eq!(run.failed_at, Some(header + 13));
        }
    }
}

// UTF-14
#[test]
fn control_frames_do_not_disturb_a_split_code_point() {
    for role in ROLES {
        let bytes = frames(&[(0x01, b"\xce"), (0x89, b"\xff"), (0x80, b"\xba")]);
        let run = received(role, Config::new(), &bytes);
        let ping = Seen::Ping(vec![0xff]);
        assert_eq!(run.events(), [ping.clone(), Seen::Text("κ".to_owned())]);
        assert_eq!(run.sent()[0].plain(), (0x8a, &[0xff][..]));

        let run = received(role, CONFIGS[1], &bytes);
        let piece = Seen::Chunk {
            kind: MessageKind::Text,
            bytes: "κ".into(),
            first: true,
            last: true,
        };
        assert_eq!(run.events(), [ping, piece]);
    }
}

// UTF-14
#[test]
fn validation_begins_anew_with_each_message() {
    for role in ROLES {
        for config in CONFIGS {
            // The second byte alone does not complete what the first message,
            // were it text, would have left.
            let bytes = frames(&[(0x82, b"\xce"), (0x81, b"\xba")]);
            let run = received(role, config, &bytes).assert_failed(1007);
            assert_eq!(run.events.len(), 1, "{:?}", run.events);
            let bytes = frames(&[
                (0x01, b"\xce"),
                (0x80, b"\xba"),
                (0x81, b"a"),
                (0x82, b"\xba"),
            ]);
            assert_eq!(received(role, config, &bytes).events().len(), 3);
        }
    }
}

// UTF-15, without compression.
#[test]
fn validation_runs_on_unmasked_data() {
    // ff, masked to 61: invalid, though valid on the wire; and the reverse.
    for config in CONFIGS {
        let run = cuts(|| open(Role::Server, config), &hex("81 81 9e 00 00 00 61"));
        run.assert_failed(1007);
    }
    let run = cuts(|| server(Config::new()), &hex("81 81 9e 00 00 00 ff"));
    assert_eq!(run.events(), [Seen::Text("a".to_owned())]);
}

// UTF-16
#[test]
fn binary_messages_pings_and_pongs_are_not_validated() {
    for role in ROLES {
        let bytes = frames(&[
            (0x82, b"\xff"),
            (0x89, b"\xff"),
            (0x8a, b"\xc0\x80"),
            (0x02, b"\xed\xa0"),
            (0x80, b"\x80"),
        ]);
        let run = received(role, Config::new(), &bytes);
        let expected = [
            Seen::Binary(vec![0xff]),
            Seen::Ping(vec![0xff]),
            Seen::Pong(vec![0xc0, 0x80]),
            Seen::Binary(vec![0xed, 0xa0, 0x80]),
        ];
        assert_eq!(run.events(), expected);
        assert_eq!(run.sent()[0].plain(), (0x8a, &[0xff][..]));
    }
}

// UTF-17
#[test]
fn text_is_delivered_unchanged() {
    assert_valid(&hex("ef bb bf 61"));
    for text in ["\u{feff}a", "\0", "a\0b", "e\u{301}", "\u{e9}", "\r\n"] {
        for role in ROLES {
            let run = received(role, Config::new(), &frame(0x81, text.as_bytes()));
            assert_eq!(run.events(), [Seen::Text(text.to_owned())]);
        }
    }
}

// UTF-12, UTF-13: what came before the invalid byte and is whole was
// delivered, where pieces are.
#[test]
fn pieces_before_an_invalid_byte_are_delivered() {
    for role in ROLES {
        let mut connection = open(role, CONFIGS[1]);
        let mut out = Vec::new();
        let wire = on_wire(role, &frame(0x81, b"good\xff"));
        let (events, error) = feed(&mut connection, &wire[..wire.len() - 1], &mut out);
        let piece = Seen::Chunk {
            kind: MessageKind::Text,
            bytes: b"good".to_vec(),
            first: true,
            last: false,
        };
        assert_eq!((events, error), (vec![piece], None));
        let (events, error) = feed(&mut connection, &wire[wire.len() - 1..], &mut out);
        assert_eq!((events, error), (vec![], Some(Error::InvalidUtf8)));
    }
}
