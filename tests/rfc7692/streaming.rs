//! Compressed messages in pieces: received event by event, sent fragment by
//! fragment.

use websocket_proto::deflate::DeflateConfig;
use websocket_proto::{
    Config, Connection, Delivery, Error, Event, Input, Limit, MessageKind, Role, SendError,
};

use crate::common::{ALONE, BARE, always, deflated, noise, open, outcome};
use crate::other;
use crate::support::{ROLES, Seen, feed, frame, on_wire, sent};

fn streaming() -> Config {
    always().delivery(Delivery::Chunks)
}

/// What comes out of little input comes out in pieces of bounded size, one for
/// each call, and the input waits meanwhile.
#[test]
fn events_come_one_by_one_and_are_bounded() {
    let whole = vec![7; 8 << 20];
    let mut wire = frame(0xc2, &deflated(&whole, 9));
    wire.extend(frame(0x89, b"after"));
    let mut conn = open(Role::Client, BARE, streaming());
    let mut out = vec![];
    let mut input = Input::new(&mut wire);
    let (mut received, mut calls, mut left) = (0, 0, usize::MAX);
    loop {
        let event = conn.receive(&mut input, &mut out).expect("valid");
        assert!(input.len() <= left, "the input moves on");
        left = input.len();
        match event {
            Some(Event::Chunk(chunk)) => {
                let bytes = chunk.data.as_bytes();
                assert!(bytes.len() <= 32 << 10, "{} bytes at once", bytes.len());
                assert!(bytes.iter().all(|byte| *byte == 7));
                assert_eq!(chunk.first, calls == 0);
                received += bytes.len();
                calls += 1;
                if calls == 1 {
                    // As much of the input has been taken as makes a piece.
                    assert!(left > 3500, "{left} bytes of input wait");
                }
                assert_eq!(chunk.last, received == whole.len() && bytes.is_empty());
            }
            Some(Event::Ping(payload)) => {
                assert_eq!(received, whole.len(), "not before the message is through");
                assert_eq!(&*payload, b"after");
            }
            None => break,
            other => panic!("{other:?}"),
        }
    }
    assert!(calls >= 256, "{calls} pieces of 8 MiB");
    assert!(input.is_empty());
}

/// The loop may stop after any event and go on with other input behind it.
#[test]
fn a_caller_may_pause_after_any_event() {
    let whole = "pausing takes no more than not calling ".repeat(5000);
    let mut first = frame(0xc1, &deflated(whole.as_bytes(), 6));
    let mut conn = open(Role::Client, BARE, streaming());
    let mut received = String::new();
    let mut input = Input::new(&mut first);
    let mut take = |conn: &mut Connection, input: &mut Input<'_>, most: usize| {
        let mut count = 0;
        while count < most {
            match conn.receive(input, &mut vec![]).expect("valid") {
                Some(Event::Chunk(chunk)) => {
                    let bytes = chunk.data.as_bytes().to_vec();
                    received.push_str(&String::from_utf8(bytes).expect("text"));
                }
                Some(other) => panic!("{other:?}"),
                None => return (count, received.len()),
            }
            count += 1;
        }
        (count, received.len())
    };
    assert_eq!(take(&mut conn, &mut input, 1).0, 1);
    // Sending goes on in the meantime.
    let mut out = vec![];
    conn.send_text("in between", &mut out).expect("open");
    assert_eq!(sent(Role::Client, &out).len(), 1);
    assert_eq!(take(&mut conn, &mut input, 2).0, 2);
    let (_, length) = take(&mut conn, &mut input, usize::MAX);
    assert_eq!(length, whole.len());
    assert_eq!(received, whole);
}

/// Text is cut at code points only, however the input is.
#[test]
fn pieces_of_text_are_text() {
    let text = "aé€😀".repeat(10_000);
    for level in [0, 1, 6] {
        let wire = frame(0xc1, &deflated(text.as_bytes(), level));
        for size in [1, 7, 4095, 4096, 4097, wire.len()] {
            let mut conn = open(Role::Client, BARE, streaming());
            let mut received = String::new();
            for piece in wire.chunks(size) {
                let (events, error) = feed(&mut conn, piece, &mut vec![]);
                assert_eq!(error, None);
                for event in events {
                    match event {
                        Seen::Chunk { bytes, kind, .. } => {
                            assert_eq!(kind, MessageKind::Text);
                            received.push_str(core::str::from_utf8(&bytes).expect("text"));
                        }
                        other => panic!("{other:?}"),
                    }
                }
            }
            assert!(received == text, "level {level} in pieces of {size}");
        }
    }
}

/// Data that this end no longer wants is inflated and dropped, so that the
/// closing handshake goes on.
#[test]
fn what_comes_while_closing_is_dropped_where_it_is_not_wanted() {
    for delivery in [Delivery::Messages, Delivery::Chunks] {
        let config = always().delivery(delivery).deliver_while_closing(false);
        let mut conn = open(Role::Client, BARE, config);
        conn.send_empty_close(&mut vec![]).expect("open");
        let wire = [
            frame(0xc2, &deflated(&vec![1; 100_000], 6)),
            frame(0x88, &[3, 232]),
        ]
        .concat();
        let (events, error) = feed(&mut conn, &wire, &mut vec![]);
        assert_eq!(events, [Seen::Close(Some((1000, String::new())))]);
        assert_eq!(error, None);
    }
}

/// RSV1 on the first frame alone, and all of a fragment is in its frame: the
/// peer need not wait for the next one.
#[test]
fn each_fragment_is_flushed() {
    for role in ROLES {
        for agreed in [BARE, ALONE] {
            let mut conn = open(role, agreed, always());
            let mut peer = open(other(role), agreed, streaming());
            for round in 0..3 {
                let parts: [&[u8]; 5] = [b"one ", b"", b"two ", b"three", b""];
                for (index, part) in parts.iter().enumerate() {
                    let last = index == 4;
                    let mut out = vec![];
                    conn.send_fragment(MessageKind::Text, part, last, &mut out)
                        .expect("open");
                    let first = match (index, last) {
                        (0, _) => 0x41,
                        (_, false) => 0x00,
                        (_, true) => 0x80,
                    };
                    let frames = sent(role, &out);
                    assert_eq!((frames.len(), frames[0].first), (1, first));
                    let (events, error) = feed(&mut peer, &out, &mut vec![]);
                    assert_eq!(error, None, "{role:?} {agreed} {round} {index}");
                    let bytes: Vec<u8> = events
                        .iter()
                        .flat_map(|event| match event {
                            Seen::Chunk { bytes, .. } => bytes.clone(),
                            other => panic!("{other:?}"),
                        })
                        .collect();
                    assert_eq!(bytes, *part, "at once");
                    let ends = matches!(events.last(), Some(Seen::Chunk { last: true, .. }));
                    assert_eq!(ends, last);
                }
            }
        }
    }
}

/// A message that ends with an empty fragment, or consists of nothing else.
#[test]
fn empty_fragments() {
    for agreed in [BARE, ALONE] {
        for parts in [
            &[""][..],
            &["", ""],
            &["", "", ""],
            &["x", ""],
            &["", "x"],
            &["", "x", ""],
        ] {
            let mut conn = open(Role::Server, agreed, always());
            let mut peer = open(Role::Client, agreed, always());
            for _ in 0..3 {
                let mut out = vec![];
                for (index, part) in parts.iter().enumerate() {
                    let last = index == parts.len() - 1;
                    conn.send_fragment(MessageKind::Text, part.as_bytes(), last, &mut out)
                        .expect("open");
                }
                let (events, error) = feed(&mut peer, &out, &mut vec![]);
                assert_eq!(error, None, "{agreed} {parts:?}");
                assert_eq!(events, [Seen::Text(parts.concat())]);
            }
        }
    }
}

/// What is refused does not get into the window.
#[test]
fn a_refused_fragment_leaves_the_message_as_it_was() {
    for role in ROLES {
        let mut conn = open(role, BARE, always());
        let mut peer = open(other(role), BARE, always());
        let mut out = vec![];
        conn.send_fragment(MessageKind::Text, "κ".as_bytes(), false, &mut out)
            .expect("open");
        let length = out.len();
        for (kind, bytes, last, error) in [
            (MessageKind::Binary, &b"x"[..], false, SendError::OtherKind),
            (MessageKind::Text, b"\xff", false, SendError::InvalidUtf8),
            (MessageKind::Text, b"\xce", true, SendError::InvalidUtf8),
        ] {
            let result = conn.send_fragment(kind, bytes, last, &mut out);
            assert_eq!((result, out.len()), (Err(error), length));
        }
        let result = conn.send_text("x", &mut out);
        assert_eq!(result, Err(SendError::MessageUnderWay));
        conn.send_fragment(MessageKind::Text, b"\xce", false, &mut out)
            .expect("half a code point");
        conn.send_fragment(MessageKind::Text, b"\xba", true, &mut out)
            .expect("its other half");
        conn.send_text("κκ", &mut out).expect("open");
        let (events, error) = feed(&mut peer, &out, &mut vec![]);
        assert_eq!(error, None);
        assert_eq!(events, [Seen::Text("κκ".into()), Seen::Text("κκ".into())]);
    }
}

/// A whole message below the threshold goes plain, a fragment of one of
/// unknown length does not.
#[test]
fn the_threshold_is_for_whole_messages() {
    let config = Config::new().deflate(DeflateConfig::new());
    let mut conn = open(Role::Server, BARE, config);
    let mut out = vec![];
    conn.send_fragment(MessageKind::Text, b"x", false, &mut out)
        .expect("open");
    conn.send_fragment(MessageKind::Text, b"", true, &mut out)
        .expect("open");
    conn.send_fragment(MessageKind::Text, b"x", true, &mut out)
        .expect("open");
    let firsts: Vec<_> = sent(Role::Server, &out).iter().map(|f| f.first).collect();
    assert_eq!(firsts, [0x41, 0x80, 0x81]);
}

/// The halves of a split connection keep what was agreed on.
#[test]
fn split_halves_compress_and_inflate() {
    let whole = noise(100, 8).repeat(50);
    let mut wire = vec![];
    for role in ROLES {
        let (_, mut sender) = open(role, BARE, always()).split().expect("open");
        let (mut receiver, _) = open(other(role), BARE, always()).split().expect("open");
        wire.clear();
        for _ in 0..3 {
            sender.send_binary(&whole, &mut wire).expect("open");
            sender
                .send_binary_uncompressed(b"plain", &mut wire)
                .expect("open");
        }
        assert!(wire.len() < whole.len() / 4);
        let mut input = Input::new(&mut wire);
        for _ in 0..3 {
            for expected in [&whole[..], b"plain"] {
                match receiver.receive(&mut input) {
                    Ok(Some(Event::Binary(bytes))) => assert!(*bytes == *expected),
                    other => panic!("{other:?}"),
                }
            }
        }
    }
}

/// A stream that both ends hold in constant memory: far longer than any buffer
/// here, in and out piece by piece.
#[test]
fn a_long_stream_goes_through() {
    for role in ROLES {
        let config = streaming().max_message(u64::MAX).max_fragments(u32::MAX);
        let mut conn = open(role, BARE, config);
        let mut peer = open(other(role), BARE, config);
        let block = on_wire(Role::Client, &noise(1 << 12, 2));
        let (mut received, blocks) = (0, 1000);
        for index in 0..=blocks {
            let mut out = vec![];
            let (bytes, last) = match index == blocks {
                true => (&[][..], true),
                false => (&block[..], false),
            };
            conn.send_fragment(MessageKind::Binary, bytes, last, &mut out)
                .expect("open");
            let (events, error) = feed(&mut peer, &out, &mut vec![]);
            assert_eq!(error, None);
            for event in events {
                match event {
                    Seen::Chunk { bytes, .. } => {
                        let at = received % block.len();
                        assert_eq!(bytes, block[at..at + bytes.len()]);
                        received += bytes.len();
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
        assert_eq!(received, blocks * block.len());
    }
}

/// UTF-12: what comes before an error is delivered, however the reads are cut.
#[test]
fn pieces_before_an_error_are_delivered() {
    let config = always().max_message(10);
    for (first, data, before) in [
        (0xc2, &b"abcdefghijklm"[..], &b"abcdefghij"[..]),
        (0xc1, b"abcdefghijklm", b"abcdefghij"),
        (0xc1, "abcdefgh€€".as_bytes(), b"abcdefgh"),
        (0xc1, b"abc\xffdef", b"abc"),
        (0xc1, b"abc\xe2\x82", b"abc"),
        (0xc1, b"\xff", b""),
    ] {
        let wire = [frame(first, &deflated(data, 6)), frame(0x89, b"p")].concat();
        let (outcome, _) = outcome(BARE, config, &wire);
        let error = match data.len() {
            0..=10 => Error::InvalidUtf8,
            _ => Error::Limit(Limit::Message),
        };
        assert_eq!(outcome.error, Some(error));
        assert_eq!(outcome.before.as_deref(), Some(before), "{data:02x?}");
        assert_eq!(outcome.received, [[]; 0]);
    }
}

/// CL-25: the same, where nothing is wanted any more: the error is that of the
/// first wrong byte, whatever comes behind it and however the reads are cut.
#[test]
fn errors_in_what_is_dropped_come_in_order() {
    let text = [&[b'a'; 40_000][..], b"\xff"].concat();
    let piece = frame(0x41, &deflated(&text, 6));
    for behind in [&b""[..], b"\x83\x00", b"\x80\x01\x07"] {
        let wire = [&piece[..], behind].concat();
        for role in ROLES {
            for size in [1, 3, 100, wire.len()] {
                let mut conn = open(role, BARE, streaming().deliver_while_closing(false));
                let mut out = vec![];
                conn.send_empty_close(&mut out).expect("open");
                let wire = match role {
                    Role::Server if behind.len() == 2 => {
                        [&on_wire(role, &piece)[..], b"\x83\x80"].concat()
                    }
                    _ => on_wire(role, &wire),
                };
                let error =
                    wire.chunks(size)
                        .find_map(|piece| match feed(&mut conn, piece, &mut out) {
                            (events, error) if events.is_empty() => error,
                            (events, _) => panic!("{events:?}"),
                        });
                assert_eq!(error, Some(Error::InvalidUtf8), "in pieces of {size}");
            }
        }
    }
}
