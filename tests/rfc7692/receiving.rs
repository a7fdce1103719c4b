//! Compressed messages as they arrive: RFC 7692 sections 6.2 and 7.2.2.

use websocket_proto::frame::FrameError;
use websocket_proto::{Config, Delivery, Error, Role};

use crate::common::{
    AGAIN, ALONE, BARE, HELLO, across_a_final_block, always, check, check_fails, deflated, open,
};
use crate::support::{ROLES, Seen, feed, frame, frames, hex, on_wire};

const INVALID: (Error, u16) = (Error::InvalidDeflate, 1007);
const RESERVED: (Error, u16) = (Error::Frame(FrameError::ReservedBits), 1002);

/// PMD-01
#[test]
fn rsv1_marks_a_compressed_message() {
    check(BARE, always(), &hex(HELLO), &[b"Hello"]);
    let binary = hex("c2 07 f2 48 cd c9 c9 07 00");
    check(BARE, always(), &binary, &[b"Hello"]);
}

/// PMD-02
#[test]
fn without_rsv1_a_message_is_plain_and_both_kinds_alternate() {
    let plain = "81 05 48 65 6c 6c 6f";
    check(BARE, always(), &hex(plain), &[b"Hello"]);
    let mixed = hex(&[plain, HELLO, plain, AGAIN].join(" "));
    check(BARE, always(), &mixed, &[&b"Hello"[..]; 4]);
    // A fragmented plain message too.
    let plain = "01 03 48 65 6c 80 02 6c 6f";
    let mixed = hex(&[HELLO, plain, AGAIN].join(" "));
    check(BARE, always(), &mixed, &[&b"Hello"[..]; 3]);
}

/// PMD-03, PMD-08: the tail is put back once, after the last fragment.
#[test]
fn frames_cut_the_compressed_stream_anywhere() {
    let parts = hex("41 03 f2 48 cd 80 04 c9 c9 07 00");
    check(BARE, always(), &parts, &[b"Hello"]);
    let payload = &hex(HELLO)[2..];
    for at in 0..=payload.len() {
        let (front, back) = payload.split_at(at);
        let two = frames(&[(0x41, front), (0x80, back)]);
        check(BARE, always(), &two, &[b"Hello"]);
        let with_empty = frames(&[(0x41, front), (0x00, b""), (0x00, back), (0x80, b"")]);
        check(BARE, always(), &with_empty, &[b"Hello"]);
    }
    let single: Vec<_> = payload.iter().map(|byte| vec![*byte]).collect();
    let mut list: Vec<(u8, &[u8])> = single.iter().map(|byte| (0x00, &byte[..])).collect();
    list[0].0 = 0x41;
    list.last_mut().expect("seven").0 = 0x80;
    check(BARE, always(), &frames(&list), &[b"Hello"]);
}

/// PMD-04
#[test]
fn rsv1_on_a_continuation_fails() {
    for first in [0x41, 0x01] {
        let list = [(first, &b"\xf2\x48\xcd"[..]), (0xc0, b"\xc9\xc9\x07\x00")];
        // Not UTF-8 as plain text, which fails before.
        let list = match first {
            0x01 => [(first, &b"Hel"[..]), list[1]],
            _ => list,
        };
        check_fails(BARE, always(), &frames(&list), &[], RESERVED);
    }
}

/// PMD-05
#[test]
fn rsv1_on_a_control_frame_fails() {
    for first in [0xc8, 0xc9, 0xca] {
        check_fails(BARE, always(), &[first, 0], &[], RESERVED);
        let within = frames(&[(0x41, b"\xf2\x48\xcd"), (first, b"")]);
        check_fails(BARE, always(), &within, &[], RESERVED);
    }
}

/// PMD-06
#[test]
fn rsv1_without_the_extension_fails() {
    for role in ROLES {
        // Wanting it is not having it.
        for config in [Config::new(), always()] {
            let mut conn = crate::support::open(role, config);
            let wire = on_wire(role, &hex(HELLO));
            let (events, error) = feed(&mut conn, &wire, &mut vec![]);
            assert_eq!((events, error), (vec![], Some(RESERVED.0)));
        }
    }
    // Nor is another extension this one.
    check_fails("x-other", always(), &hex(HELLO), &[], RESERVED);
}

/// FR-12
#[test]
fn the_other_reserved_bits_stay_reserved() {
    for first in [0xa1, 0x91, 0xe1, 0xd1, 0xf1] {
        check_fails(BARE, always(), &[first, 0], &[], RESERVED);
    }
}

/// PMD-09
#[test]
fn the_window_survives_between_messages() {
    let twice = hex(&[HELLO, AGAIN].join(" "));
    check(BARE, always(), &twice, &[b"Hello", b"Hello"]);
}

/// PMD-10
#[test]
fn without_takeover_there_is_no_window() {
    let alone = hex(&[HELLO, HELLO].join(" "));
    check(ALONE, always(), &alone, &[b"Hello", b"Hello"]);
    let twice = hex(&[HELLO, AGAIN].join(" "));
    check_fails(ALONE, always(), &twice, &[b"Hello"], INVALID);
}

/// PMD-10: each direction has its own.
#[test]
fn takeover_is_a_matter_of_the_direction() {
    let twice = hex(&[HELLO, AGAIN].join(" "));
    for (agreed, with_takeover) in [
        (
            "permessage-deflate; server_no_context_takeover",
            Role::Server,
        ),
        (
            "permessage-deflate; client_no_context_takeover",
            Role::Client,
        ),
    ] {
        for receiver in ROLES {
            let mut conn = open(receiver, agreed, always());
            let (events, error) = feed(&mut conn, &on_wire(receiver, &twice), &mut vec![]);
            let survives = receiver == with_takeover;
            assert_eq!(events.len(), if survives { 2 } else { 1 });
            assert_eq!(error, (!survives).then_some(INVALID.0));
        }
    }
}

/// PMD-11
#[test]
fn plain_messages_and_control_frames_do_not_touch_the_window() {
    let between = "81 03 78 79 7a 89 01 78";
    let bytes = hex(&[HELLO, between, AGAIN].join(" "));
    check(
        BARE,
        always(),
        &bytes,
        &[b"Hello", b"xyz", b"\x09x", b"Hello"],
    );
}

/// PMD-12
#[test]
fn the_empty_message_is_one_byte() {
    check(BARE, always(), &hex("c1 01 00"), &[b""]);
    check(BARE, always(), &hex("c2 01 00"), &[b""]);
    let after = hex(&[HELLO, "c1 01 00", AGAIN, "c1 01 00 c1 01 00"].join(" "));
    check(BARE, always(), &after, &[b"Hello", b"", b"Hello", b"", b""]);
}

/// PMD-13
#[test]
fn no_payload_at_all_is_the_empty_message_too() {
    check(BARE, always(), &hex("c1 00"), &[b""]);
    let after = hex(&[HELLO, "c1 00 c2 00", AGAIN, "41 00 80 00"].join(" "));
    check(BARE, always(), &after, &[b"Hello", b"", b"", b"Hello", b""]);
}

/// PMD-14
#[test]
fn stored_blocks() {
    let bytes = hex("c1 0b 00 05 00 fa ff 48 65 6c 6c 6f 00");
    check(BARE, always(), &bytes, &[b"Hello"]);
}

/// PMD-15
#[test]
fn several_blocks_in_one_message() {
    let bytes = hex("c1 0d f2 48 05 00 00 00 ff ff ca c9 c9 07 00");
    check(BARE, always(), &bytes, &[b"Hello"]);
}

/// PMD-16
#[test]
fn a_final_block_keeps_the_window() {
    let bytes = hex(&["c1 08 f3 48 cd c9 c9 07 00 00", AGAIN].join(" "));
    check(BARE, always(), &bytes, &[b"Hello", b"Hello"]);
    // Of a message before it, too, and around the end of the window.
    let long = frame(0xc2, &deflated(&b"0123456789abcdef".repeat(5000), 6));
    let whole = b"0123456789abcdef".repeat(5000);
    let bytes = [&long[..], &bytes].concat();
    check(BARE, always(), &bytes, &[&whole, b"Hello", b"Hello"]);
}

/// A25: without the byte that a sender is to add after a final block.
#[test]
fn a_final_block_may_be_the_last() {
    let bytes = hex(&["c1 07 f3 48 cd c9 c9 07 00", AGAIN, "c1 02 03 00", AGAIN].join(" "));
    check(BARE, always(), &bytes, &[b"Hello", b"Hello", b"", b"Hello"]);
}

/// PMD-17
#[test]
fn blocks_may_follow_a_final_one() {
    let bytes = hex("c1 09 f3 48 cd 01 00 ca c9 07 00");
    check(BARE, always(), &bytes, &[b"Hello"]);
    let stored = hex("c1 13 01 03 00 fc ff 48 65 6c 01 02 00 fd ff 6c 6f 01 00 00 ff ff");
    let stored = [&stored[..1], &[(stored.len() - 2) as u8], &stored[2..]].concat();
    check(BARE, always(), &stored, &[b"Hello"]);
}

/// What follows a final block may refer to what came before it, wherever in
/// the inflater's memory that lies.
#[test]
fn the_window_after_a_final_block_is_whole() {
    for count in [32768, 5] {
        let (payload, whole) = across_a_final_block(count);
        check(BARE, always(), &frame(0xc2, &payload), &[&whole]);
    }
}

/// Many final blocks cost much and mean nothing; a few are let be.
#[test]
fn final_blocks_are_bounded_by_what_was_received() {
    let bytes = |ends: usize| frame(0xc2, &[3, 0].repeat(ends));
    for agreed in [BARE, ALONE] {
        check(agreed, always(), &bytes(64), &[b""]);
        check_fails(agreed, always(), &bytes(100), &[], INVALID);
        // The ration is the connection's: a second message has none of its own.
        let twice = bytes(64).repeat(2);
        check_fails(agreed, always(), &twice, &[b""], INVALID);
        // One each 300 bytes is no attack.
        let block = [&[1, 0x2c, 1, 0xd3, 0xfe], &[b'x'; 300][..]].concat();
        let message = frame(0xc2, &block.repeat(500));
        let whole = [b'x'; 150_000];
        check(agreed, always(), &message.repeat(2), &[&whole, &whole]);
    }
}

/// PMD-16: a sender may end each message with a final block, however short.
#[test]
fn each_message_may_end_with_a_final_block() {
    let hello = hex("c1 08 f3 48 cd c9 c9 07 00 00");
    for agreed in [BARE, ALONE, "permessage-deflate; client_max_window_bits=9"] {
        check(
            agreed,
            always(),
            &hello.repeat(1000),
            &[&b"Hello"[..]; 1000],
        );
    }
}

/// A compressed message of `length` bytes: so many empty final blocks, then
/// stored ones.
fn ends(count: usize, length: usize) -> Vec<u8> {
    let mut payload = [3, 0].repeat(count);
    let data = vec![b'x'; length - payload.len() - 6];
    payload.push(0);
    payload.extend((data.len() as u16).to_le_bytes());
    payload.extend((!(data.len() as u16)).to_le_bytes());
    payload.extend(data);
    // The head of an empty one, whose rest a sender leaves out.
    payload.push(0);
    frame(0xc2, &payload)
}

/// 64 final blocks can be saved up, and each one more takes 256 bytes.
#[test]
fn received_bytes_pay_for_further_final_blocks() {
    let outcome = |messages: &[Vec<u8>]| {
        let mut conn = open(Role::Client, BARE, always());
        feed(&mut conn, &messages.concat(), &mut vec![]).1
    };
    // One is free, 64 were saved: then there is what this message earns.
    let spent = ends(65, 140);
    let outcome_after = |length| outcome(&[spent.clone(), ends(0, length), ends(2, 20)]);
    let mut lengths = 6..400;
    let enough = lengths.find(|&length| outcome_after(length).is_none());
    let enough = enough.expect("some length is enough");
    for length in 6..400 {
        let expected = (length < enough).then_some(Error::InvalidDeflate);
        assert_eq!(outcome_after(length), expected, "{length}");
    }
    assert!((110..=256).contains(&enough), "{enough}");
    // However much comes, no more than 64 are saved, and one is free.
    let plenty = ends(0, 60_000);
    let after = |count| outcome(&[spent.clone(), plenty.clone(), ends(count, 2 * count + 10)]);
    assert_eq!(after(65), None);
    assert_eq!(after(80), Some(Error::InvalidDeflate));
}

/// PMD-18, UTF-15
#[test]
fn text_is_checked_as_it_is_inflated() {
    let first = hex("41 17 3a b7 eb e1 de 9d e7 9b cf ed 39 b7 f5 cb 84 86 06 00 00 00 00 ff ff");
    for role in ROLES {
        for delivery in [Delivery::Messages, Delivery::Chunks] {
            let mut conn = open(role, BARE, always().delivery(delivery));
            let (_, error) = feed(&mut conn, &on_wire(role, &first), &mut vec![]);
            assert_eq!(error, Some(Error::InvalidUtf8), "before the second arrives");
        }
    }
    check_fails(BARE, always(), &first, &[], (Error::InvalidUtf8, 1007));
    // Valid compressed bytes are no text, and code points may be cut anywhere.
    let text = "κόσμε😀".repeat(50);
    let payload = deflated(text.as_bytes(), 0);
    for at in 0..payload.len() {
        let (front, back) = payload.split_at(at);
        let mut conn = open(Role::Client, BARE, always());
        let bytes = frames(&[(0x41, front), (0x80, back)]);
        let (events, error) = feed(&mut conn, &bytes, &mut vec![]);
        assert_eq!(error, None);
        assert_eq!(events, [Seen::Text(text.clone())]);
    }
    // An end within a code point.
    let cut = frame(0xc1, &deflated(&text.as_bytes()[..3], 6));
    check_fails(BARE, always(), &cut, &[], (Error::InvalidUtf8, 1007));
}

/// PMD-21
#[test]
fn corrupt_data_fails() {
    for payload in [
        "07",
        "06",
        "ff ff ff ff",
        "00 05 00 fa fe 48 65 6c 6c 6f 00",
    ] {
        let bytes = frame(0xc1, &hex(payload));
        check_fails(BARE, always(), &bytes, &[], INVALID);
    }
    // A distance of 5 where there are 2 bytes.
    let far = hex("c1 05 f2 00 11 00 00");
    check_fails(BARE, always(), &far, &[], INVALID);
}

/// PMD-22
#[test]
fn a_payload_that_ends_within_a_block_fails() {
    check_fails(BARE, always(), &hex("c1 04 f2 48 cd c9"), &[], INVALID);
    // Wherever it is cut: of what ends cleanly by chance no more than that is
    // delivered.
    let text = "It was the best of times, it was the worst of times".as_bytes();
    for level in [0, 1, 6, 9] {
        let payload = deflated(text, level);
        // The first byte of what is only stored is the empty message.
        let start = if level == 0 { 2 } else { 1 };
        for end in start..payload.len() - 1 {
            let mut conn = open(Role::Client, BARE, always());
            let bytes = frame(0xc2, &payload[..end]);
            let (events, error) = feed(&mut conn, &bytes, &mut vec![]);
            assert_eq!((events, error), (vec![], Some(INVALID.0)), "{level} {end}");
        }
    }
}

/// PMD-27
#[test]
fn control_frames_pass_between_compressed_fragments() {
    let bytes = hex("41 03 f2 48 cd 89 01 78 80 04 c9 c9 07 00");
    for role in ROLES {
        for delivery in [Delivery::Messages, Delivery::Chunks] {
            let conn = open(role, BARE, always().delivery(delivery));
            let (outcome, sent) = crate::common::pieces(conn, &on_wire(role, &bytes), 1);
            assert_eq!(outcome.received, [&b"\x09x"[..], b"Hello"]);
            assert_eq!(sent.len(), 1);
            assert_eq!(sent[0].plain(), (0x8a, &b"x"[..]), "not compressed");
        }
    }
}

/// What a buffer held that was given back never comes out again.
#[test]
fn nothing_of_a_recycled_buffer_is_seen() {
    for role in ROLES {
        for spare in [1, 100, 5000, 60_000, 70_000] {
            for length in [0, 3, 99, 4000, 59_999, 80_000, 200_000] {
                let message: Vec<u8> = (0..length).map(|at| b'a' + (at % 23) as u8).collect();
                for first in [0xc1, 0xc2] {
                    let wire = on_wire(role, &frame(first, &deflated(&message, 6)));
                    for size in [100, wire.len()] {
                        let mut conn = open(role, ALONE, always());
                        conn.recycle(vec![0xEE; spare]);
                        let mut seen = vec![];
                        for piece in wire.chunks(size) {
                            let (events, error) = feed(&mut conn, piece, &mut vec![]);
                            assert_eq!(error, None);
                            seen.extend(events);
                        }
                        let expected = match first {
                            0xc1 => Seen::Text(String::from_utf8(message.clone()).unwrap()),
                            _ => Seen::Binary(message.clone()),
                        };
                        assert!(seen == [expected], "{length} bytes after {spare}");
                    }
                }
            }
        }
    }
}
