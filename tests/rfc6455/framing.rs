//! Base framing (RFC 6455 sections 5.1 to 5.3, 5.5 and 5.7).

mod length;
mod sending;

use websocket_proto::frame::{Decoder, FrameError, ReservedBits};
use websocket_proto::{CloseStatus, Config, Error, Role};

use crate::support::{
    KEY, ROLES, Seen, client, cuts, feed, frame, frames, hex, mask, on_wire, open, received, server,
};

fn text(text: &str) -> Seen {
    Seen::Text(text.to_owned())
}

// FR-01
#[test]
fn the_first_byte_is_fin_three_reserved_bits_and_the_opcode() {
    for role in ROLES {
        for first in 0..=255 {
            let run = received(role, Config::new(), &[first, 0]);
            let expected = match first {
                0x81 => text(""),
                0x82 => Seen::Binary(vec![]),
                0x88 => Seen::Close(None),
                0x89 => Seen::Ping(vec![]),
                0x8a => Seen::Pong(vec![]),
                // A message begins, and is not whole yet.
                0x01 | 0x02 => {
                    assert_eq!(run.events(), [], "{first:#04x}");
                    continue;
                }
                _ => {
                    run.assert_failed(1002);
                    continue;
                }
            };
            assert_eq!(run.events(), [expected], "{first:#04x}");
        }
    }
}

// FR-01
#[test]
fn a_client_takes_an_unmasked_frame() {
    let run = cuts(|| client(Config::new()), &hex("81 05 48 65 6c 6c 6f"));
    assert_eq!(run.events(), [text("Hello")]);
}

// FR-02, FR-03: `cuts` splits the frame after each byte.
#[test]
fn a_server_unmasks_by_the_place_in_the_whole_payload() {
    let run = cuts(
        || server(Config::new()),
        &hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"),
    );
    assert_eq!(run.events(), [text("Hello")]);
}

// FR-03
#[test]
fn unmasking_keeps_its_place_over_payloads_of_any_length() {
    for length in [1, 2, 3, 4, 5, 15, 16, 17, 31, 63, 126, 300] {
        let payload: Vec<u8> = (0..length).map(|i| (i * 7) as u8).collect();
        let run = received(Role::Server, Config::new(), &frame(0x82, &payload));
        assert_eq!(run.events(), [Seen::Binary(payload)]);
    }
}

// FR-06, FR-27: known at the second byte, before any payload.
#[test]
fn a_server_refuses_unmasked_frames() {
    for wire in ["81 05 48 65 6c 6c 6f", "88 00", "89 00", "82 7e 01 00"] {
        let run = cuts(|| server(Config::new()), &hex(wire)).assert_failed(1002);
        assert_eq!(run.error, Some(Error::Frame(FrameError::Unmasked)));
        assert_eq!(run.failed_at, Some(2));
        assert_eq!(run.events, []);
    }
}

// FR-07, FR-27
#[test]
fn a_client_refuses_masked_frames() {
    for wire in [
        "81 85 37 fa 21 3d 7f 9f 4d 51 58",
        "88 80 37 fa 21 3d",
        "81 80 00 00 00 00",
    ] {
        let run = cuts(|| client(Config::new()), &hex(wire)).assert_failed(1002);
        assert_eq!(run.error, Some(Error::Frame(FrameError::Masked)));
        assert_eq!(run.failed_at, Some(2));
        assert_eq!(run.events, []);
    }
}

// FR-08
#[test]
fn a_masking_key_of_zeros_is_legal() {
    let run = cuts(
        || server(Config::new()),
        &hex("81 85 00 00 00 00 48 65 6c 6c 6f"),
    );
    assert_eq!(run.events(), [text("Hello")]);
}

// FR-11, FR-27
#[test]
fn reserved_bits_without_an_extension_fail_at_the_first_byte() {
    for wire in [
        "c1 81 37 fa 21 3d 56",
        "a1 81 37 fa 21 3d 56",
        "91 81 37 fa 21 3d 56",
    ] {
        let run = cuts(|| server(Config::new()), &hex(wire)).assert_failed(1002);
        assert_eq!(run.error, Some(Error::Frame(FrameError::ReservedBits)));
        assert_eq!(run.failed_at, Some(1));
    }
    for wire in ["c1 01 61", "a1 01 61", "91 01 61", "f1 01 61", "42 01 61"] {
        let run = cuts(|| client(Config::new()), &hex(wire)).assert_failed(1002);
        assert_eq!(run.error, Some(Error::Frame(FrameError::ReservedBits)));
        assert_eq!(run.failed_at, Some(1));
    }
}

// FR-12, for the frame layer: an extension that defines RSV1 leaves the two
// others forbidden.
#[test]
fn reserved_bits_beside_the_allowed_one_stay_forbidden() {
    for wire in [
        "a1 81 37 fa 21 3d 56",
        "d1 81 37 fa 21 3d 56",
        "e1 80",
        "f1 80",
    ] {
        let mut wire = hex(wire);
        let mut decoder = Decoder::new(Role::Server).allow(ReservedBits::RSV1);
        assert_eq!(
            decoder.decode(&mut &mut wire[..]),
            Err(FrameError::ReservedBits)
        );
    }
    let mut wire = hex("c1 81 37 fa 21 3d 56");
    let mut decoder = Decoder::new(Role::Server).allow(ReservedBits::RSV1);
    assert!(decoder.decode(&mut &mut wire[..]).is_ok());
}

// FR-13
#[test]
fn reserved_bits_on_control_frames_fail_too() {
    for role in ROLES {
        for first in [0xc9, 0x98, 0xa8, 0xda, 0xfa] {
            let run = received(role, Config::new(), &[first, 0]).assert_failed(1002);
            assert_eq!(run.error, Some(Error::Frame(FrameError::ReservedBits)));
        }
    }
    for wire in ["c9 80 37 fa 21 3d", "98 80 37 fa 21 3d"] {
        cuts(|| server(Config::new()), &hex(wire)).assert_failed(1002);
    }
}

// FR-14, FR-15
#[test]
fn reserved_opcodes_fail_with_and_without_payload() {
    for role in ROLES {
        for opcode in [0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf] {
            for fin in [0x00, 0x80] {
                for payload in [&b""[..], b"payload"] {
                    let bytes = frame(fin | opcode, payload);
                    let run = received(role, Config::new(), &bytes).assert_failed(1002);
                    assert_eq!(run.error, Some(Error::Frame(FrameError::ReservedOpcode)));
                    assert_eq!(run.failed_at, Some(1));
                }
            }
        }
    }
}

// FR-25
#[test]
fn without_an_extension_the_whole_payload_is_application_data() {
    for role in ROLES {
        let payload: Vec<u8> = (0..=255).collect();
        let run = received(role, Config::new(), &frame(0x82, &payload));
        assert_eq!(run.events(), [Seen::Binary(payload)]);
    }
}

// FR-24, FR-26
#[test]
fn a_frame_is_not_whole_before_its_key_and_payload_are() {
    let mut out = Vec::new();
    let wire = hex("81 80 37 fa 21 3d");
    for cut in 0..wire.len() {
        let mut server = server(Config::new());
        assert_eq!(feed(&mut server, &wire[..cut], &mut out), (vec![], None));
        let rest = feed(&mut server, &wire[cut..], &mut out);
        assert_eq!(rest, (vec![text("")], None));
    }
    // The length counts the payload alone: with one byte after the key four
    // are missing.
    let wire = hex("81 85 37 fa 21 3d 7f 9f 4d 51 58");
    for cut in 0..wire.len() {
        let mut server = server(Config::new());
        assert_eq!(feed(&mut server, &wire[..cut], &mut out), (vec![], None));
        let rest = feed(&mut server, &wire[cut..], &mut out);
        assert_eq!(rest, (vec![text("Hello")], None));
    }
}

// FR-27: what each byte proves is told when it has come, and no later.
#[test]
fn errors_are_found_at_the_first_byte_that_proves_them() {
    for (wire, at) in [
        ("f1", 1),
        ("83", 1),
        ("8b", 1),
        ("09", 1),
        ("80", 1),
        ("01 01 61 81", 4),
        ("01 01 61 02", 4),
        ("89 7e", 2),
        ("88 7f", 2),
        ("82 7e 00 7d", 4),
        ("81 01 61 82 7e 00 00", 7),
        ("82 7f 80", 3),
        ("82 7f ff", 3),
        ("82 7f 00 00 00 00 00 00", 8),
    ] {
        for role in ROLES {
            let run = received(role, Config::new(), &hex(wire)).assert_failed(1002);
            // A server has read the four bytes of the first frame's key more.
            let keys = match role {
                Role::Server if at > 3 && wire.contains("61") => 4,
                _ => 0,
            };
            assert_eq!(run.failed_at, Some(at + keys), "{wire} to a {role:?}");
        }
    }
}

// FR-28
#[test]
fn several_frames_in_one_read_are_all_taken_in_order() {
    for role in ROLES {
        let run = received(
            role,
            Config::new(),
            &frames(&[
                (0x81, b"a"),
                (0x82, b"b"),
                (0x8a, b"c"),
                (0x81, b""),
                (0x82, b"d"),
            ]),
        );
        let expected = [
            text("a"),
            Seen::Binary(b"b".to_vec()),
            Seen::Pong(b"c".to_vec()),
            text(""),
            Seen::Binary(b"d".to_vec()),
        ];
        assert_eq!(run.events(), expected);
    }
}

// FR-29, FR-27
#[test]
fn control_frames_over_125_bytes_fail_at_the_second_byte() {
    for role in ROLES {
        for first in [0x88, 0x89, 0x8a] {
            for length in [126, 127] {
                let run = received(role, Config::new(), &[first, length]).assert_failed(1002);
                assert_eq!(run.error, Some(Error::Frame(FrameError::ControlTooLong)));
                assert_eq!(run.failed_at, Some(2));
            }
            // The same with all that such a frame would hold.
            let bytes = frame(first, &[0xfe; 126]);
            received(role, Config::new(), &bytes).assert_failed(1002);
        }
        let run = received(role, Config::new(), &frame(0x8a, &[0xfe; 125]));
        assert_eq!(run.events(), [Seen::Pong(vec![0xfe; 125])]);
    }
}

// FR-30
#[test]
fn fragmented_control_frames_fail() {
    for role in ROLES {
        for first in [0x09, 0x08, 0x0a] {
            let run = received(role, Config::new(), &[first, 0]).assert_failed(1002);
            assert_eq!(run.error, Some(Error::Frame(FrameError::FragmentedControl)));
            assert_eq!(run.failed_at, Some(1));
        }
    }
}

// FR-34
#[test]
fn the_end_of_the_transport_within_a_frame_or_message_is_not_clean() {
    for role in ROLES {
        for bytes in [
            frame(0x81, b"Hello"),
            frames(&[(0x01, b"He"), (0x80, b"llo")]),
        ] {
            let wire = on_wire(role, &bytes);
            for cut in 0..wire.len() {
                let mut connection = open(role, Config::new());
                let mut out = Vec::new();
                assert_eq!(
                    feed(&mut connection, &wire[..cut], &mut out),
                    (vec![], None)
                );
                assert_eq!(connection.receive_eof(), Err(Error::UnexpectedEof));
                assert!(connection.is_closed());
                assert_eq!(connection.close_status(), Some(CloseStatus::Abnormal));
                assert!(!connection.was_clean());
                assert_eq!(out, b"");
                // No partial message comes out afterwards either.
                let after = feed(&mut connection, &wire[cut..], &mut out);
                assert_eq!(after, (vec![], Some(Error::UnexpectedEof)));
            }
        }
    }
}

// FR-35
#[test]
fn bytes_after_the_peers_close_are_discarded() {
    for role in ROLES {
        let mut bytes = on_wire(role, &hex("88 02 03 e8"));
        bytes.extend([0xff; 3]);
        let mut run = cuts(|| open(role, Config::new()), &bytes);
        assert_eq!(run.events(), [Seen::Close(Some((1000, String::new())))]);
        let sent = run.sent();
        assert_eq!(sent.len(), 1, "{sent:?}");
        assert_eq!(sent[0].plain(), (0x88, &[0x03, 0xe8][..]));
        assert_eq!(run.connection.receive_eof(), Ok(()));
        assert!(run.connection.was_clean());
        assert_eq!(run.connection.close_status().unwrap().value(), 1000);
    }
}

// FR-37
#[test]
fn the_examples_of_section_5_7() {
    let unmasked = hex("81 05 48 65 6c 6c 6f");
    let masked = hex("81 85 37 fa 21 3d 7f 9f 4d 51 58");
    assert_eq!(
        mask(&unmasked),
        masked,
        "the tests' own masking, with {KEY:02x?}"
    );
    for (role, wire) in [(Role::Client, unmasked), (Role::Server, masked)] {
        let run = cuts(|| open(role, Config::new()), &wire);
        assert_eq!(run.events(), [text("Hello")]);
    }

    for role in ROLES {
        let run = received(role, Config::new(), &hex("01 03 48 65 6c 80 02 6c 6f"));
        assert_eq!(run.events(), [text("Hello")]);

        let run = received(role, Config::new(), &hex("89 05 48 65 6c 6c 6f"));
        assert_eq!(run.events(), [Seen::Ping(b"Hello".to_vec())]);
        assert_eq!(run.sent()[0].plain(), (0x8a, &b"Hello"[..]));

        for (header, length) in [
            ("82 7e 01 00", 256),
            ("82 7f 00 00 00 00 00 01 00 00", 65536),
        ] {
            let mut wire = hex(header);
            wire.resize(wire.len() + length, 0x5a);
            let run = received(role, Config::new(), &wire);
            assert_eq!(run.events(), [Seen::Binary(vec![0x5a; length])]);
        }
    }
    // The Pong with which the example answers, as a server receives it.
    let wire = hex("8a 85 37 fa 21 3d 7f 9f 4d 51 58");
    let run = cuts(|| server(Config::new()), &wire);
    assert_eq!(run.events(), [Seen::Pong(b"Hello".to_vec())]);
}
