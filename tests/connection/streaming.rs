//! Messages in pieces, in both directions.

use websocket_proto::{Config, Connection, Delivery, Error, Limit, MessageKind};

use crate::pair::{events, failure, opened, other, take};
use crate::support::{ROLES, Seen, frame, frames, on_wire, open, received, sent};

use MessageKind::{Binary, Text};

const PIECES: Config = Config::new().delivery(Delivery::Chunks);

fn piece(kind: MessageKind, bytes: &[u8], first: bool, last: bool) -> Seen {
    Seen::Chunk {
        kind,
        bytes: bytes.into(),
        first,
        last,
    }
}

#[test]
fn a_message_in_one_frame_is_one_piece() {
    for role in ROLES {
        let wire = on_wire(role, &frames(&[(0x81, b"abc"), (0x82, b"abc")]));
        let seen = events(&mut open(role, PIECES), &wire, &mut Vec::new());
        let expected = [
            piece(Text, b"abc", true, true),
            piece(Binary, b"abc", true, true),
        ];
        assert_eq!(seen, expected);
    }
}

#[test]
fn a_message_in_several_frames_is_a_piece_for_each() {
    for role in ROLES {
        let wire = frames(&[(0x01, b"a"), (0x00, b"b"), (0x89, b"p"), (0x80, b"c")]);
        let seen = events(
            &mut open(role, PIECES),
            &on_wire(role, &wire),
            &mut Vec::new(),
        );
        let expected = [
            piece(Text, b"a", true, false),
            piece(Text, b"b", false, false),
            Seen::Ping(b"p".to_vec()),
            piece(Text, b"c", false, true),
        ];
        assert_eq!(seen, expected);
    }
}

/// Empty frames are no pieces, but an empty message is one, and the end of a
/// message is told even where it is empty.
#[test]
fn the_end_of_a_message_is_always_told() {
    for role in ROLES {
        for (wire, expected) in [
            (frames(&[(0x81, b"")]), vec![piece(Text, b"", true, true)]),
            (frames(&[(0x82, b"")]), vec![piece(Binary, b"", true, true)]),
            (
                frames(&[(0x01, b""), (0x00, b""), (0x80, b"")]),
                vec![piece(Text, b"", true, true)],
            ),
            (
                frames(&[(0x02, b"a"), (0x80, b"")]),
                vec![
                    piece(Binary, b"a", true, false),
                    piece(Binary, b"", false, true),
                ],
            ),
            (
                frames(&[(0x02, b""), (0x00, b"a"), (0x00, b""), (0x80, b"b")]),
                vec![
                    piece(Binary, b"a", true, false),
                    piece(Binary, b"b", false, true),
                ],
            ),
        ] {
            let seen = events(
                &mut open(role, PIECES),
                &on_wire(role, &wire),
                &mut Vec::new(),
            );
            assert_eq!(seen, expected, "{wire:02x?}");
        }
    }
}

/// UTF-10, UTF-13: pieces hold whole code points, whatever frames and reads
/// cut, and nothing is held back longer than that needs.
#[test]
fn pieces_of_text_are_whole_code_points() {
    let text = "aκ€🎉\u{feff}z".repeat(3);
    for role in ROLES {
        for size in 1..=text.len() {
            let mut list = Vec::new();
            let count = text.len().div_ceil(size);
            for (number, bytes) in text.as_bytes().chunks(size).enumerate() {
                let fin = if number + 1 == count { 0x80 } else { 0 };
                list.push((fin | u8::from(number == 0), bytes));
            }
            let wire = on_wire(role, &frames(&list));
            for step in [1, 2, 3, 5, wire.len()] {
                let mut conn = open(role, PIECES);
                let mut received = Vec::new();
                let mut ended = false;
                for read in wire.chunks(step) {
                    for seen in events(&mut conn, read, &mut Vec::new()) {
                        let Seen::Chunk {
                            bytes, first, last, ..
                        } = seen
                        else {
                            panic!("{seen:?}");
                        };
                        assert!(str::from_utf8(&bytes).is_ok(), "{bytes:02x?}");
                        assert_eq!(first, received.is_empty());
                        assert!(!ended && (last || !bytes.is_empty()));
                        received.extend(bytes);
                        ended = last;
                    }
                }
                assert!(ended);
                assert_eq!(received, text.as_bytes(), "{size} by {step}");
            }
        }
    }
}

/// UTF-12, UTF-11: errors as early as when messages are delivered whole, and
/// a code point cut at the end is one.
#[test]
fn text_in_pieces_is_validated() {
    for role in ROLES {
        for wire in [
            frames(&[(0x01, b"abc"), (0x00, b"\xf4\x90")]),
            frames(&[(0x01, b"abc\xce")])
                .into_iter()
                .chain(frame(0x80, b""))
                .collect(),
            frame(0x81, b"abc\xe2\x82"),
            frame(0x81, b"\xff"),
        ] {
            let mut conn = open(role, PIECES);
            let mut out = Vec::new();
            let (_, error) = take(&mut conn, &on_wire(role, &wire), &mut out);
            assert_eq!(error, Some(Error::InvalidUtf8), "{wire:02x?}");
            assert_eq!(sent(role, &out)[0].close_code(), Some(1007));
        }
    }
}

/// UTF-12: what comes before the error is delivered, however the reads are cut,
/// and nothing behind it.
#[test]
fn text_before_an_error_is_delivered() {
    for role in ROLES {
        for (text, before) in [
            (&b"abc\xff"[..], &b"abc"[..]),
            (b"abc\xf4\x90d", b"abc"),
            ("aé€\u{10000}".as_bytes(), "aé€\u{10000}".as_bytes()),
            (b"\xe2\x82\xac\xe2\x82", "€".as_bytes()),
            (b"\xff", b""),
        ] {
            let wrong = text != before;
            let wire = match wrong {
                true => frame(0x81, text),
                // Ends within a code point.
                false => frames(&[(0x01, text), (0x80, b"\xc3")]),
            };
            let wire = [wire, frames(&[(0x89, b"p")])].concat();
            let run = received(role, PIECES, &wire);
            assert_eq!(run.error, Some(Error::InvalidUtf8));
            let expected = piece(Text, before, true, false);
            match before {
                [] => assert_eq!(run.events, []),
                _ => assert_eq!(run.events, [expected]),
            }
        }
    }
}

/// The state of one message does not reach the next.
#[test]
fn the_next_message_begins_afresh() {
    for role in ROLES {
        let wire = frames(&[
            (0x01, b"a\xce"),
            (0x80, b"\xba"),
            (0x82, b"\xff"),
            (0x81, b"b"),
        ]);
        let seen = events(
            &mut open(role, PIECES),
            &on_wire(role, &wire),
            &mut Vec::new(),
        );
        assert_eq!(seen.len(), 4);
        assert_eq!(
            seen[2..],
            [
                piece(Binary, b"\xff", true, true),
                piece(Text, b"b", true, true)
            ]
        );
    }
}

/// Limits hold for the message, not for its pieces.
#[test]
fn limits_hold_for_messages_in_pieces() {
    for role in ROLES {
        for (config, wire, limit) in [
            (
                PIECES.max_message(5),
                frames(&[(0x02, b"abc"), (0x00, b"def")]),
                Limit::Message,
            ),
            (PIECES.max_frame(2), frame(0x82, b"abc"), Limit::Frame),
            (
                PIECES.max_fragments(2),
                frames(&[(0x02, b""), (0x00, b""), (0x00, b"")]),
                Limit::Fragments,
            ),
        ] {
            let mut conn = open(role, config);
            let (_, error) = take(&mut conn, &on_wire(role, &wire), &mut Vec::new());
            assert_eq!(error, Some(Error::Limit(limit)));
        }
        // Each message anew.
        let config = PIECES.max_message(3).max_fragments(2);
        let wire = frames(&[(0x02, b"ab"), (0x80, b"c")]).repeat(3);
        let seen = events(
            &mut open(role, config),
            &on_wire(role, &wire),
            &mut Vec::new(),
        );
        assert_eq!(seen.len(), 6);
    }
}

/// A frame over the limit is refused at its header, not at its end.
#[test]
fn a_limit_is_checked_before_the_payload() {
    for role in ROLES {
        let wire = on_wire(role, &frame(0x82, &[0; 200]));
        let header = wire.len() - 200;
        let mut conn = open(role, PIECES.max_frame(199));
        events(&mut conn, &wire[..header - 1], &mut Vec::new());
        let error = failure(&mut conn, &wire[header - 1..header], &mut Vec::new());
        assert_eq!(error, Error::Limit(Limit::Frame));
    }
}

/// Sends a message of unknown length, with pings between its pieces.
fn stream(conn: &mut Connection, kind: MessageKind, pieces: &[&[u8]], out: &mut Vec<u8>) {
    for piece in pieces {
        conn.send_fragment(kind, piece, false, out).expect("open");
        conn.send_ping(b"between", out).expect("open");
    }
    conn.send_fragment(kind, b"", true, out).expect("open");
}

/// FRAG-01, FRAG-08: what one end streams the other puts together.
#[test]
fn a_message_of_unknown_length_arrives_whole() {
    let (mut from, mut to) = opened(Config::new());
    for _ in 0..2 {
        let mut out = Vec::new();
        stream(
            &mut from,
            Text,
            &[b"a\xe2", b"\x82", b"", b"\xacb"],
            &mut out,
        );
        stream(&mut from, Binary, &[b"\xff"], &mut out);
        stream(&mut from, Binary, &[], &mut out);
        let seen = events(&mut to, &out, &mut Vec::new());
        let messages: Vec<_> = seen
            .into_iter()
            .filter(|seen| !matches!(seen, Seen::Ping(_)))
            .collect();
        let expected = [
            Seen::Text("a€b".into()),
            Seen::Binary(b"\xff".to_vec()),
            Seen::Binary(vec![]),
        ];
        assert_eq!(messages, expected);
        core::mem::swap(&mut from, &mut to);
    }
}

/// FRAG-02: opcodes and FIN of what is streamed.
#[test]
fn a_streamed_message_has_its_opcode_once_and_fin_at_its_end() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut out = Vec::new();
        stream(&mut conn, Binary, &[b"a", b"b"], &mut out);
        conn.send_fragment(Text, b"whole", true, &mut out)
            .expect("open");
        let firsts: Vec<_> = sent(role, &out).iter().map(|sent| sent.first).collect();
        assert_eq!(firsts, [0x02, 0x89, 0x00, 0x89, 0x80, 0x81]);
    }
}

/// A message larger than any limit passes where the caller lifts it.
#[test]
fn the_limit_of_a_stream_can_be_lifted() {
    for role in ROLES {
        let mut from = open(other(role), Config::new());
        let mut to = open(role, PIECES.max_message(u64::MAX).max_fragments(u32::MAX));
        let piece = vec![b'x'; 1 << 20];
        let mut received = 0_u64;
        for number in 1..=65 {
            let mut out = Vec::new();
            from.send_fragment(Binary, &piece, number == 65, &mut out)
                .expect("open");
            for seen in events(&mut to, &out, &mut Vec::new()) {
                let Seen::Chunk { bytes, last, .. } = seen else {
                    panic!("{seen:?}");
                };
                received += bytes.len() as u64;
                assert_eq!(last, number == 65);
            }
        }
        assert_eq!(received, 65 << 20);
    }
}
