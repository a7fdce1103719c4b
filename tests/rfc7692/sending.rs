//! Compressed messages as they are sent: RFC 7692 sections 6.1 and 7.2.1.

use websocket_proto::deflate::DeflateConfig;
use websocket_proto::{
    Config, Connection, FixedOutput, Input, MessageKind, Output, Role, SendError,
};

use crate::common::{ALONE, BARE, HELLO, always, noise, open, sends};
use crate::other;
use crate::support::{ROLES, Seen, feed, hex, sent};

fn texts(conn: &mut Connection, texts: &[&str]) -> Vec<(u8, Vec<u8>)> {
    texts
        .iter()
        .flat_map(|text| sends(conn, |conn, out| conn.send_text(text, out)))
        .map(|frame| (frame.first, frame.payload))
        .collect()
}

/// PMD-07, PMD-09
#[test]
fn a_message_is_deflated_flushed_and_its_tail_dropped() {
    for role in ROLES {
        let mut conn = open(role, BARE, always());
        let hello = (0xc1, hex("f2 48 cd c9 c9 07 00"));
        let again = (0xc1, hex("f2 00 11 00 00"));
        let frames = texts(&mut conn, &["Hello", "Hello"]);
        assert_eq!(frames, [hello, again], "{role:?}");
    }
}

/// PMD-10, PMN-09, PMN-12
#[test]
fn without_takeover_each_message_begins_anew() {
    let hello = (0xc1, hex("f2 48 cd c9 c9 07 00"));
    for role in ROLES {
        let mut conn = open(role, ALONE, always());
        let frames = texts(&mut conn, &["Hello", "Hello"]);
        assert_eq!(frames, [hello.clone(), hello.clone()]);
        // Of one's own accord, too.
        let config = DeflateConfig::new().threshold(0).outgoing_takeover(false);
        let mut conn = open(role, BARE, Config::new().deflate(config));
        let frames = texts(&mut conn, &["Hello", "Hello"]);
        assert_eq!(frames, [hello.clone(), hello.clone()]);
    }
}

/// PMD-12
#[test]
fn the_empty_message_is_one_byte() {
    for role in ROLES {
        for agreed in [BARE, ALONE] {
            let mut conn = open(role, agreed, always());
            let frames = texts(&mut conn, &["", "Hello", "", ""]);
            for index in [0, 2, 3] {
                assert_eq!(frames[index], (0xc1, vec![0]), "{role:?} {agreed} {index}");
            }
        }
    }
}

/// PMD-11: neither kind of message disturbs the other.
#[test]
fn plain_messages_and_control_frames_do_not_touch_the_window() {
    for role in ROLES {
        let mut conn = open(role, BARE, always());
        texts(&mut conn, &["Hello"]);
        let plain = sends(&mut conn, |conn, out| {
            conn.send_text_uncompressed("xyz", out)?;
            conn.send_binary_uncompressed(&[7; 300], out)?;
            conn.send_ping(b"ping", out)?;
            conn.send_pong(b"pong", out)
        });
        let firsts: Vec<_> = plain.iter().map(|frame| frame.first).collect();
        assert_eq!(firsts, [0x81, 0x82, 0x89, 0x8a]);
        assert_eq!(plain[0].payload, b"xyz");
        assert_eq!(plain[2].payload, b"ping", "never compressed");
        let frames = texts(&mut conn, &["Hello"]);
        assert_eq!(frames, [(0xc1, hex("f2 00 11 00 00"))]);
    }
}

/// PMD-25
#[test]
fn a_short_message_goes_plain() {
    for role in ROLES {
        let mut conn = open(role, BARE, Config::new().deflate(DeflateConfig::new()));
        let below = "x".repeat(63);
        let at = "x".repeat(64);
        let frames = texts(&mut conn, &["Hello", &below, &at]);
        let firsts: Vec<_> = frames.iter().map(|frame| frame.0).collect();
        assert_eq!(firsts, [0x81, 0x81, 0xc1], "64 by default");
        assert_eq!(frames[0].1, b"Hello");
        assert!(frames[2].1.len() < 10);

        let config = DeflateConfig::new().threshold(5);
        let mut conn = open(role, BARE, Config::new().deflate(config));
        let frames = texts(&mut conn, &["Hell", "Hello"]);
        assert_eq!((frames[0].0, frames[1].0), (0x81, 0xc1));
        let config = DeflateConfig::new().threshold(u32::MAX);
        let mut conn = open(role, BARE, Config::new().deflate(config));
        assert_eq!(texts(&mut conn, &[&"x".repeat(100_000)])[0].0, 0x81);
    }
}

/// PMD-26: the payload of the row, with its masking key.
#[test]
fn masking_comes_last() {
    let mut conn = open(Role::Client, BARE, always());
    let frame = sends(&mut conn, |conn, out| conn.send_text("Hello", out)).remove(0);
    assert_eq!(frame.payload, hex(HELLO)[2..]);
    let key = frame.key.expect("a client masks");
    assert_ne!(key, [0; 4]);
    // Received, with the key of the row.
    let bytes = hex("c1 87 37 fa 21 3d c5 b2 ec f4 fe fd 21");
    let mut server = open(Role::Server, BARE, always());
    let (events, error) = feed(&mut server, &bytes, &mut vec![]);
    assert_eq!((events, error), (vec![Seen::Text("Hello".into())], None));
}

/// PMD-28
#[test]
fn a_message_with_a_secret_can_be_kept_out() {
    let secret = "token=".repeat(100);
    for role in ROLES {
        let mut conn = open(role, BARE, always());
        let frames = sends(&mut conn, |conn, out| {
            conn.send_text_uncompressed(&secret, out)
        });
        assert_eq!(frames[0].plain(), (0x81, secret.as_bytes()));
        // And nothing of it is in the window.
        let alone = texts(&mut open(role, BARE, always()), &[&secret]);
        assert_eq!(texts(&mut conn, &[&secret]), alone);
        // The rules for messages hold.
        let mut out = vec![];
        conn.send_fragment(MessageKind::Text, b"a", false, &mut out)
            .expect("open");
        for result in [
            conn.send_text_uncompressed("x", &mut out),
            conn.send_binary_uncompressed(b"x", &mut out),
        ] {
            assert_eq!(result, Err(SendError::MessageUnderWay));
        }
        conn.send_empty_close(&mut out).expect("open");
        let result = conn.send_text_uncompressed("x", &mut out);
        assert!(matches!(result, Err(SendError::WrongState(_))));
    }
}

/// EXT-17
#[test]
fn nothing_is_compressed_before_it_is_agreed_on() {
    for role in ROLES {
        let mut conn = crate::support::open(role, always());
        let frames = texts(&mut conn, &["Hello", &"x".repeat(1000)]);
        assert_eq!((frames[0].0, frames[1].0), (0x81, 0x81));
    }
}

/// PMN-25: no compressor here can be held to 256 bytes, so that nothing is
/// compressed; what the peer sends under any window inflates.
#[test]
fn a_window_of_8_bits_means_sending_plain() {
    for (role, agreed) in [
        (Role::Client, "permessage-deflate; client_max_window_bits=8"),
        (Role::Server, "permessage-deflate; server_max_window_bits=8"),
    ] {
        let mut conn = open(role, agreed, always());
        assert_eq!(texts(&mut conn, &["Hello"])[0].0, 0x81);
        let mut out = vec![];
        for last in [false, true] {
            conn.send_fragment(MessageKind::Text, b"x", last, &mut out)
                .expect("open");
        }
        let firsts: Vec<_> = sent(role, &out).iter().map(|frame| frame.first).collect();
        assert_eq!(firsts, [0x01, 0x80]);
        // The other direction is compressed, in both senses.
        let mut peer = open(other(role), agreed, always());
        let mut out = vec![];
        peer.send_text("Hello", &mut out).expect("open");
        assert_eq!(sent(other(role), &out)[0].first, 0xc1);
        let (events, _) = feed(&mut conn, &out, &mut vec![]);
        assert_eq!(events, [Seen::Text("Hello".into())]);
    }
}

/// Everything that a message can be, sent into outputs that end anywhere: it
/// fits or nothing has happened, and the peer inflates all of it.
#[test]
fn an_output_that_is_full_changes_nothing() {
    let payloads = [
        noise(1000, 3),
        b"again and again ".repeat(100),
        vec![],
        noise(10, 4),
        b"again and again ".repeat(3),
    ];
    for role in ROLES {
        for agreed in [BARE, ALONE] {
            for first_room in (0..1700).step_by(17) {
                let mut conn = open(role, agreed, always());
                let mut peer = open(other(role), agreed, always());
                let mut received = vec![];
                for (index, payload) in payloads.iter().enumerate() {
                    let mut room = first_room;
                    // In one frame, and in three of which the last is empty.
                    let parts: Vec<&[u8]> = match index % 2 {
                        0 => vec![payload],
                        _ => payload
                            .chunks(payload.len() / 2 + 1)
                            .chain([&b""[..]])
                            .collect(),
                    };
                    for (at, part) in parts.iter().enumerate() {
                        let last = at == parts.len() - 1;
                        loop {
                            let mut memory = vec![0; room];
                            let mut out = FixedOutput::new(&mut memory);
                            let result = match parts.len() {
                                1 => conn.send_binary(part, &mut out),
                                _ => conn.send_fragment(MessageKind::Binary, part, last, &mut out),
                            };
                            match result {
                                Ok(()) => {
                                    let written = out.written().to_vec();
                                    let (events, error) = feed(&mut peer, &written, &mut vec![]);
                                    assert_eq!(error, None, "{role:?} {agreed} {first_room}");
                                    received.extend(events);
                                    break;
                                }
                                Err(SendError::OutputFull { needed }) => {
                                    assert_eq!(out.buffered(), 0);
                                    assert!(needed > room, "{needed} of {room}");
                                    room = needed;
                                }
                                Err(other) => panic!("{other:?}"),
                            }
                        }
                    }
                }
                let expected = payloads.iter().cloned().map(Seen::Binary);
                assert_eq!(received, expected.collect::<Vec<_>>());
            }
        }
    }
}

/// A Pong that waits does not slip out before a frame that does not fit.
#[test]
fn a_full_output_holds_no_pong_either() {
    for room in 0..400 {
        let mut conn = open(Role::Server, BARE, always());
        let kind = MessageKind::Binary;
        conn.send_fragment(kind, b"begun", false, &mut vec![])
            .expect("open");
        let ping = crate::support::on_wire(Role::Server, &hex("89 01 78"));
        let mut none = FixedOutput::new(&mut []);
        let mut read = ping.clone();
        conn.receive(&mut Input::new(&mut read), &mut none)
            .expect("a ping");
        assert!(conn.wants_write());
        let mut memory = [0; 400];
        let mut out = FixedOutput::new(&mut memory[..room]);
        let result = conn.send_fragment(kind, &[1; 100], false, &mut out);
        if let Err(error) = result {
            assert!(matches!(error, SendError::OutputFull { needed } if needed > room));
            assert_eq!((out.written(), conn.wants_write()), (&[][..], true));
        }
    }
}

/// What a payload becomes never exceeds the room that is asked for, at no
/// level and with no window.
#[test]
fn what_does_not_compress_grows_by_a_bounded_part() {
    let high: Vec<u8> = noise(70_000, 5).iter().map(|byte| byte | 0x90).collect();
    let low = noise(70_000, 6);
    for level in 0..=9 {
        for bits in 9..=15 {
            for length in [0, 1, 2, 63, 64, 1000, 16_383, 16_384, 70_000] {
                for noise in [&high, &low] {
                    let config = DeflateConfig::new()
                        .threshold(0)
                        .level(level)
                        .outgoing_window_bits(bits);
                    let config = Config::new().deflate(config);
                    let mut conn = open(Role::Server, BARE, config);
                    let mut memory = vec![0; length + length / 4 + 128 + 14];
                    let mut out = FixedOutput::new(&mut memory);
                    conn.send_binary(&noise[..length], &mut out)
                        .unwrap_or_else(|error| panic!("{level} {bits} {length}: {error}"));
                    let frame = sent(Role::Server, out.written()).remove(0);
                    assert_eq!(frame.first, 0xc2, "compressed, as there is room");
                }
            }
        }
    }
}

#[test]
fn levels_above_nine_are_nine() {
    let text = "some text that may be compressed ".repeat(50);
    let frames = [9, 10, 255].map(|level| {
        let config = DeflateConfig::new().level(level);
        let mut conn = open(Role::Server, BARE, Config::new().deflate(config));
        texts(&mut conn, &[&text])
    });
    assert_eq!(frames[0], frames[1]);
    assert_eq!(frames[0], frames[2]);
}
