//! Codecs that a thread lends to one connection after the other: nothing of a
//! message goes with them.

use websocket_proto::deflate::{DeflateConfig, free_spares};
use websocket_proto::{Config, Connection, Error, MessageKind, Role};

use crate::common::{ALONE, across_a_final_block, always, deflated, noise, open, sends};
use crate::other;
use crate::support::{ROLES, Seen, feed, frame, frames, on_wire, sent};

fn messages() -> Vec<Vec<u8>> {
    let mut messages = vec![vec![], b"Hello".to_vec(), vec![b'x'; 70_000]];
    for length in [1, 64, 300, 1000, 5000, 33_000] {
        let once = noise(length, length as u64);
        let letters = once.iter().map(|byte| b'a' + byte % 8).collect();
        messages.extend([letters, once.repeat(2), once]);
    }
    messages
}

/// A message whole and in pieces, the last of which may be empty.
fn send(conn: &mut Connection, message: &[u8]) -> Vec<Vec<u8>> {
    let (front, back) = message.split_at(message.len() / 3);
    let frames = sends(conn, |conn, out| {
        conn.send_binary(message, out)?;
        for parts in [[front, back], [message, b""]] {
            conn.send_fragment(MessageKind::Binary, parts[0], false, out)?;
            conn.send_fragment(MessageKind::Binary, parts[1], true, out)?;
        }
        Ok(())
    });
    frames.into_iter().map(|frame| frame.payload).collect()
}

/// PMD-10: whatever another connection has sent before, and with whatever.
#[test]
fn what_is_sent_does_not_depend_on_what_was_sent_before() {
    for level in 0..=9 {
        for bits in [9, 12, 15] {
            let config = DeflateConfig::new()
                .threshold(0)
                .level(level)
                .outgoing_window_bits(bits);
            let config = Config::new().deflate(config);
            for (index, message) in messages().iter().enumerate() {
                // What was lent is still there from the turn before.
                let lent = send(&mut open(Role::Server, ALONE, config), message);
                free_spares();
                let new = send(&mut open(Role::Server, ALONE, config), message);
                assert!(lent == new, "level {level}, {bits} bits, message {index}");
            }
        }
    }
}

/// PMD-10: a codec with another window or another level is not lent.
#[test]
fn a_codec_of_another_kind_is_not_lent() {
    let sent = |(level, bits)| {
        let config = DeflateConfig::new()
            .threshold(0)
            .level(level)
            .outgoing_window_bits(bits);
        let mut conn = open(Role::Server, ALONE, Config::new().deflate(config));
        let letters: Vec<u8> = noise(9000, 1).iter().map(|byte| b'a' + byte % 8).collect();
        send(&mut conn, &letters.repeat(2))
    };
    for (one, other) in [((6, 15), (6, 9)), ((9, 15), (1, 15))] {
        for (before, after) in [(one, other), (other, one)] {
            free_spares();
            let new = sent(after);
            free_spares();
            assert!(sent(before) != new, "nothing to be told apart by");
            assert!(sent(after) == new, "{before:?} before {after:?}");
        }
    }
}

/// PMD-10: what zlib says to nothing depends on what it said before.
#[test]
fn an_empty_first_fragment_is_the_same_from_any_codec() {
    let fragments = || {
        let mut conn = open(Role::Server, ALONE, always());
        let frames = sends(&mut conn, |conn, out| {
            conn.send_fragment(MessageKind::Text, b"", false, out)?;
            conn.send_fragment(MessageKind::Text, b"abc", true, out)
        });
        frames.into_iter().map(|frame| frame.payload)
    };
    free_spares();
    let new: Vec<_> = fragments().collect();
    assert_eq!(new, [&b""[..], b"\x4a\x4c\x4a\x06\x00"]);
    assert!(fragments().eq(new));
}

/// Refers to the five bytes before the message.
fn refers_back() -> Vec<u8> {
    // Bit by bit from the lowest of each byte: a fixed block of length 3,
    // distance 5, and the end; an empty stored block without its tail.
    let bits = [0b010, 0b100_0000 << 3, 0b00100 << 10, 0 << 15];
    let value: u32 = bits.iter().sum();
    value.to_le_bytes().to_vec()
}

/// PMD-22: whoever it was that received it.
#[test]
fn a_message_cannot_refer_to_what_another_connection_received() {
    for role in ROLES {
        for bits in [8, 9, 12, 15] {
            let agreed =
                format!("{ALONE}; server_max_window_bits={bits}; client_max_window_bits={bits}");
            // With takeover it can, which makes sure of the payload.
            let takeover = format!("permessage-deflate; {}", &agreed[ALONE.len() + 2..]);
            for secret in [b"secret".to_vec(), noise(40_000, 1)] {
                let first = on_wire(role, &frame(0xc2, &deflated(&secret, 6)));
                for payload in [refers_back(), [&[3, 0][..], &refers_back()].concat()] {
                    let second = on_wire(role, &frame(0xc2, &payload));
                    let mut conn = open(role, &takeover, always());
                    let wire = [&first[..], &second].concat();
                    let (events, error) = feed(&mut conn, &wire, &mut vec![]);
                    assert_eq!((events.len(), error), (2, None));

                    let mut one = open(role, &agreed, always());
                    let (events, error) = feed(&mut one, &first, &mut vec![]);
                    assert_eq!((events.len(), error), (1, None));
                    for mut conn in [one, open(role, &agreed, always())] {
                        let (events, error) = feed(&mut conn, &second, &mut vec![]);
                        assert_eq!((events, error), (vec![], Some(Error::InvalidDeflate)));
                    }
                }
            }
        }
    }
}

/// PMD-22: one made for a small window keeps too little for a large one, which
/// shows where a final block has ended zlib's own; and the other way round.
#[test]
fn a_codec_of_another_window_is_not_lent_to_a_receiver() {
    for role in ROLES {
        for (before, after) in [(8, 15), (15, 8)] {
            free_spares();
            for bits in [before, after] {
                let agreed = format!(
                    "{ALONE}; server_max_window_bits={bits}; client_max_window_bits={bits}"
                );
                let count = if bits == 15 { 32_768 } else { 5 };
                let (payload, whole) = across_a_final_block(count);
                let wire = on_wire(role, &frame(0xc2, &payload));
                let mut conn = open(role, &agreed, always());
                let (events, error) = feed(&mut conn, &wire, &mut vec![]);
                assert_eq!(error, None, "{bits} bits after {before}");
                assert!(events == [Seen::Binary(whole)]);
            }
        }
    }
}

/// Messages under way at the same time do not share a codec, and one that
/// moves to another thread takes its own along.
#[test]
fn messages_under_way_have_their_own() {
    let kind = MessageKind::Binary;
    for role in ROLES {
        let payloads: Vec<_> = (0..3).map(|seed| noise(3000, seed + 1)).collect();
        let mut conns: Vec<_> = payloads
            .iter()
            .map(|payload| {
                let sender = open(role, ALONE, always());
                (sender, open(other(role), ALONE, always()), payload, vec![])
            })
            .collect();
        for (sender, receiver, payload, _) in &mut conns {
            let mut out = vec![];
            sender
                .send_fragment(kind, payload, false, &mut out)
                .expect("open");
            assert_eq!(feed(receiver, &out, &mut vec![]), (vec![], None));
        }
        std::thread::scope(|scope| {
            for (sender, receiver, payload, events) in &mut conns {
                scope.spawn(move || {
                    let mut out = vec![];
                    sender
                        .send_fragment(kind, payload, true, &mut out)
                        .expect("open");
                    sender.send_binary(b"once more", &mut out).expect("open");
                    let frame = &sent(sender.role(), &out)[0];
                    assert!(frame.payload.len() < 100, "refers to the first half");
                    let (received, error) = feed(receiver, &out, &mut vec![]);
                    assert_eq!(error, None);
                    *events = received;
                });
            }
        });
        for (_, _, payload, events) in conns {
            let expected = [payload.repeat(2), b"once more".to_vec()];
            assert_eq!(events, expected.map(Seen::Binary));
        }
    }
}

/// What failed, or was left in the middle of a message, is lent to nobody.
#[test]
fn a_codec_in_the_middle_of_something_is_not_kept() {
    let hello = frame(0xc2, &deflated(b"Hello", 6));
    for role in ROLES {
        let starts = frames(&[(0x42, &deflated(&noise(5000, 1), 6)[..2000])]);
        // A block of the type that there is not.
        let invalid = frame(0xc2, &[0x07, 0x00]);
        let over = frame(0xc2, &deflated(&[b'x'; 2000], 6));
        for (wrong, limit) in [(starts, 5000), (invalid, 5000), (over, 1999)] {
            let mut conn = open(role, ALONE, always().max_message(limit));
            let (events, _) = feed(&mut conn, &on_wire(role, &wrong), &mut vec![]);
            assert_eq!(events, []);
            drop(conn);
            let mut conn = open(role, ALONE, always());
            let (events, error) = feed(&mut conn, &on_wire(role, &hello), &mut vec![]);
            assert_eq!(
                (events, error),
                (vec![Seen::Binary(b"Hello".to_vec())], None)
            );
        }
        let mut conn = open(role, ALONE, always());
        let started = conn.send_fragment(MessageKind::Binary, b"Hello", false, &mut vec![]);
        assert_eq!(started, Ok(()));
        drop(conn);
        let frames = sends(&mut open(role, ALONE, always()), |conn, out| {
            conn.send_binary(b"Hello", out)
        });
        assert_eq!(frames[0].payload, hello[2..]);
    }
}

/// While a thread ends there is no place for codecs, and no harm in that.
#[test]
fn a_connection_may_be_used_while_its_thread_ends() {
    struct Last(Connection, std::sync::mpsc::Sender<usize>);

    impl Drop for Last {
        fn drop(&mut self) {
            let mut out = vec![];
            let sent = self.0.send_binary(b"Hello", &mut out);
            let wire = on_wire(Role::Server, &out);
            let (events, _) = feed(&mut self.0, &wire, &mut vec![]);
            free_spares();
            let _ = self.1.send(usize::from(sent.is_ok()) + events.len());
        }
    }

    std::thread_local! {
        static LAST: core::cell::RefCell<Option<Last>> = const { core::cell::RefCell::new(None) };
    }

    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut conn = open(Role::Server, ALONE, always());
        LAST.set(Some(Last(open(Role::Server, ALONE, always()), sender)));
        // So that there are codecs to be freed, after or before that.
        conn.send_binary(b"Hello", &mut vec![]).expect("open");
    })
    .join()
    .expect("no panic");
    assert_eq!(receiver.recv(), Ok(2));
}
