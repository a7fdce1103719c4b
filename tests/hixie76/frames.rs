//! Frames, received and sent.

use websocket_proto::frame::FrameError;
use websocket_proto::hixie76::{Decoded, Decoder, TextDecoder, encode_text};
use websocket_proto::{Config, Delivery, Error, Limit, PreparedMessage, Role};

use crate::open;
use crate::support::{ROLES, Run, Seen, cuts, feed, hex};

/// What an open connection of either role makes of `wire`, in every cut.
fn received(config: Config, wire: &[u8]) -> Run {
    let client = cuts(|| open(Role::Client, config), wire);
    let server = cuts(|| open(Role::Server, config), wire);
    assert_eq!(
        (&client.events, client.error),
        (&server.events, server.error)
    );
    server
}

/// The texts in `wire`.
#[track_caller]
fn texts(wire: &[u8]) -> Vec<String> {
    let run = received(Config::new(), wire);
    assert_eq!(run.out, b"");
    let text = |seen: &Seen| match seen {
        Seen::Text(text) => text.clone(),
        other => panic!("{other:?}"),
    };
    run.events().iter().map(text).collect()
}

/// HX-16
#[test]
fn a_text_stands_between_00_and_ff() {
    for (text, wire) in [
        ("你好", hex("00 e4 bd a0 e5 a5 bd ff")),
        ("", hex("00 ff")),
        ("\0", hex("00 00 ff")),
    ] {
        assert_eq!(encode_text(text), wire);
        assert_eq!(texts(&wire), [text]);
        for role in ROLES {
            let mut out = Vec::new();
            open(role, Config::new())
                .send_text(text, &mut out)
                .expect("open");
            assert_eq!(out, wire);
            out.clear();
            let message = PreparedMessage::text(text);
            let mut conn = open(role, Config::new());
            conn.send_prepared(&message, &mut out).expect("open");
            assert_eq!(out, wire);
        }
    }
}

/// HX-17
#[test]
fn frames_of_other_types_are_discarded() {
    assert_eq!(texts(&hex("01 61 ff 00 62 ff")), ["b"]);
    for first in 0x01..=0x7f {
        assert_eq!(texts(&[&[first][..], b"abc\xff\x00b\xff"].concat()), ["b"]);
    }
}

/// HX-18
#[test]
fn chunks_and_frames_need_not_agree() {
    assert_eq!(texts(&hex("00 61 ff 00 62 ff")), ["a", "b"]);
    let long = "κόσμε €🎉".repeat(20);
    assert_eq!(texts(&encode_text(&long)), [long]);
}

/// HX-19
#[test]
fn what_is_not_utf8_is_replaced() {
    assert_eq!(texts(&hex("00 61 80 ff")), ["a\u{fffd}"]);
    for bytes in [
        &b"\xc3"[..],
        b"\xc3a",
        b"\xe2\x82",
        b"\xe2\x82\xe2\x82\xac",
        b"\xe2\x28\xa1",
        b"\xf0\x9f\x8e",
        b"\xf0\x9f\x8e\x89\xf0\x9f",
        b"\xf4\x90\x80\x80",
        b"\xed\xa0\x80x",
        b"\xc0\xaf",
        b"\x80\x80\x80",
        b"\xfe\xfd",
        b"ab\xe2\x82\x82\x82cd\xf0\x90",
    ] {
        let wire = [b"\x00", bytes, b"\xff\x00next\xff"].concat();
        let text = String::from_utf8_lossy(bytes);
        assert_eq!(texts(&wire), [&*text, "next"]);
        let pieces = Config::new().delivery(Delivery::Chunks);
        let run = received(pieces, &wire);
        let whole = |text: &str| Seen::Chunk {
            kind: websocket_proto::MessageKind::Text,
            bytes: text.as_bytes().to_vec(),
            first: true,
            last: true,
        };
        assert_eq!(run.events(), [whole(&text), whole("next")]);
        for cut in 0..=bytes.len() {
            let mut decoder = TextDecoder::new();
            let (first, rest) = bytes.split_at(cut);
            let mut found = decoder.push(first, false).into_owned();
            found += &decoder.push(rest, true);
            assert_eq!(found, text, "cut at {cut}");
        }
    }
}

/// HX-20
#[test]
fn frames_with_a_length_are_skipped() {
    assert_eq!(texts(&hex("80 05 01 02 03 04 05 00 61 ff")), ["a"]);
    assert_eq!(texts(&hex("80 00 00 61 ff")), ["a"]);
    for (length, number) in [(300, "82 2c"), (128, "81 00"), (127, "7f"), (5, "80 80 05")] {
        for first in [0x80, 0x81, 0xfe] {
            let skipped = vec![0xff; length];
            let wire = [&[first], &hex(number)[..], &skipped, b"\x00a\xff"].concat();
            assert_eq!(texts(&wire), ["a"], "{length}");
        }
    }
}

/// HX-24
#[test]
fn ff_with_a_length_is_no_close() {
    assert_eq!(texts(&hex("ff 01 78 00 61 ff")), ["a"]);
    assert_eq!(texts(&hex("ff 80 02 00 00 00 61 ff")), ["a"]);
}

/// HX-21: and the last that is said is a Close.
#[test]
fn lengths_are_bounded() {
    let most = Config::new().max_frame(u64::MAX);
    let (frame, number) = (Error::Limit(Limit::Frame), FrameError::Hixie76Length);
    for (config, wire, error, at) in [
        (
            Config::new(),
            "80 ff ff ff ff ff ff ff ff ff ff 7f",
            frame,
            5,
        ),
        (
            most,
            "80 ff ff ff ff ff ff ff ff ff ff 7f",
            Error::Frame(number),
            10,
        ),
        (
            most,
            "80 80 80 80 80 80 80 80 80 80 00",
            Error::Frame(number),
            10,
        ),
        (Config::new().max_frame(300), "80 82 2d", frame, 3),
        (Config::new().max_frame(3), "01 61 61 61 61", frame, 5),
        (Config::new().max_frame(0), "80 01", frame, 2),
    ] {
        let run = received(config, &[&hex(wire)[..], b"\x00a\xff"].concat());
        assert_eq!(
            (run.error, run.failed_at),
            (Some(error), Some(at)),
            "{wire}"
        );
        assert_eq!((&run.events[..], &run.out[..]), (&[][..], &b"\xff\x00"[..]));
        assert!(run.connection.is_closed() && !run.connection.was_clean());
        assert!(!error.section().is_empty());
    }
    let exact = Config::new().max_frame(300);
    let wire = [&hex("80 82 2c")[..], &[0xff; 300], b"\x00a\xff"].concat();
    assert_eq!(received(exact, &wire).events(), [Seen::Text("a".into())]);
    let wire = [&[1][..], &[b'x'; 300], b"\xff\x00a\xff"].concat();
    assert_eq!(received(exact, &wire).events(), [Seen::Text("a".into())]);
    // 63 bits are taken, as far as the limit has it.
    let mut decoder = Decoder::new(u64::MAX);
    let mut read = hex("80 ff ff ff ff ff ff ff ff 7f 01 02");
    assert_eq!(decoder.decode(&mut &mut read[..]), Ok(None));
    assert!(!decoder.is_idle());
}

/// HX-26: a text without end is one that is too long.
#[test]
fn texts_are_bounded() {
    let config = Config::new().max_message(10);
    let too_long = Some(Error::Limit(Limit::Message));
    let run = received(config, b"\x00aaaaaaaaaa\xff");
    assert_eq!((run.error, run.events.len()), (None, 1));
    let run = received(config, b"\x00aaaaaaaaaaa\xff");
    assert_eq!((run.error, run.failed_at), (too_long, Some(12)));
    assert_eq!((run.events.len(), &run.out[..]), (0, &b"\xff\x00"[..]));
    // What is delivered counts: each of these becomes three bytes.
    let run = received(config, b"\x00\x80\x80\x80\xff");
    assert_eq!((run.error, run.events.len()), (None, 1));
    let run = received(config, b"\x00\x80\x80\x80\x80\xff");
    assert_eq!(run.error, too_long);
    // Each text on its own.
    let run = received(config, &b"\x00aaaaaaaaaa\xff".repeat(3));
    assert_eq!((run.error, run.events.len()), (None, 3));

    // In pieces no more than the limit is delivered before.
    let config = config.delivery(Delivery::Chunks);
    for step in 1..20 {
        let mut conn = open(Role::Server, config);
        let (mut out, mut delivered, mut error) = (Vec::new(), 0, None);
        for piece in [&b"\x00"[..], &[b'a'; 30]].concat().chunks(step) {
            let (seen, failed) = feed(&mut conn, piece, &mut out);
            error = error.or(failed);
            for seen in seen {
                let Seen::Chunk {
                    bytes, last: false, ..
                } = seen
                else {
                    panic!("{seen:?}");
                };
                delivered += bytes.len();
            }
        }
        assert!(delivered <= 10, "{delivered} bytes by {step}");
        assert_eq!((error, &out[..]), (too_long, &b"\xff\x00"[..]));
    }
}

/// HX-26: what comes before the byte that is one too many does not hang on the
/// reads: all of it, in whole code points.
#[test]
fn as_much_as_fits_is_delivered() {
    for (limit, wire, before) in [
        (4, &b"\x00abcdef\xff"[..], &b"abcd"[..]),
        (4, b"\x00abcdef", b"abcd"),
        (4, b"\x00ab\xe2\x82\xac\xff", b"ab"),
        (4, b"\x00abc\x80d\xff", b"abc"),
        (
            7,
            b"\x00\x80a\x80\x80\xff\x00x\xff",
            "\u{fffd}a\u{fffd}".as_bytes(),
        ),
        (2, b"\x00\x80\xff", b""),
        (0, b"\x00a\xff", b""),
    ] {
        let config = Config::new().max_message(limit);
        let run = cuts(
            || open(Role::Server, config.delivery(Delivery::Chunks)),
            wire,
        );
        assert_eq!(run.error, Some(Error::Limit(Limit::Message)));
        let pieces: Vec<u8> = run
            .events
            .iter()
            .flat_map(|event| match event {
                Seen::Chunk {
                    bytes, last: false, ..
                } => bytes.clone(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(pieces, before);
        let run = cuts(|| open(Role::Server, config), wire);
        assert_eq!(run.error, Some(Error::Limit(Limit::Message)));
        assert_eq!(run.events, []);
    }
}

/// HX-26: no text holds the byte that ends it.
#[test]
fn no_character_holds_ff() {
    for character in char::MIN..=char::MAX {
        let mut bytes = [0; 4];
        assert!(!character.encode_utf8(&mut bytes).as_bytes().contains(&0xff));
    }
}

#[test]
fn an_error_of_the_decoder_stays() {
    let mut decoder = Decoder::new(3);
    let mut read = hex("80 04 00 61 ff");
    let mut input = &mut read[..];
    for _ in 0..2 {
        assert_eq!(decoder.decode(&mut input), Err(FrameError::Hixie76TooLong));
    }
    let mut decoder = Decoder::new(3);
    let mut read = hex("ff 00 00 61 ff");
    let mut input = &mut read[..];
    assert_eq!(decoder.decode(&mut input), Ok(Some(Decoded::Close)));
    assert!(decoder.is_idle());
}
