//! Windows of their real size.

use websocket_proto::deflate::DeflateConfig;
use websocket_proto::{Config, Connection, Error, Role};

use crate::common::{BARE, always, deflated, noise, open};
use crate::judge::Judge;
use crate::support::{ROLES, Seen, feed, frame, on_wire, sent};

fn parameter(role: Role) -> &'static str {
    match role {
        Role::Client => "client_max_window_bits",
        Role::Server => "server_max_window_bits",
    }
}

/// Messages that repeat what lies a window and less, or more, behind.
fn messages() -> Vec<Vec<u8>> {
    let mut messages = vec![];
    for length in [200, 300, 500, 700, 1500, 3000, 5000, 20_000, 33_000] {
        let once = noise(length, length as u64);
        messages.extend([once.clone(), once.clone(), once.repeat(3)]);
    }
    messages
}

/// PMD-24, with the row's own 300 bytes, and PMN-22: whether the agreement
/// limits the window or this end itself.
#[test]
fn a_sender_stays_within_its_window() {
    let messages = messages();
    for role in ROLES {
        for bits in 9..=15 {
            for level in [1, 6, 9] {
                let agreed = format!("{BARE}; {}={bits}", parameter(role));
                let config = DeflateConfig::new().threshold(0).level(level);
                let by_agreement = open(role, &agreed, Config::new().deflate(config));
                let config = config.outgoing_window_bits(bits);
                let by_itself = open(role, BARE, Config::new().deflate(config));
                for mut conn in [by_agreement, by_itself] {
                    let mut judge = Judge::new(bits);
                    for message in &messages {
                        let mut out = vec![];
                        conn.send_binary(message, &mut out).expect("open");
                        let sent = sent(role, &out).remove(0);
                        assert_eq!(sent.first, 0xc2);
                        let inflated = judge.inflate(&sent.payload);
                        let inflated = inflated.unwrap_or_else(|error| {
                            panic!("{role:?} {bits} bits, level {level}: {error}")
                        });
                        assert!(inflated == *message);
                    }
                    // And makes use of it.
                    if level > 1 {
                        let farthest = judge.farthest;
                        assert!(farthest > 1 << (bits - 2), "{farthest} of {bits} bits");
                    }
                }
            }
        }
    }
}

/// The judge judges: the full window is found out.
#[test]
fn the_judge_finds_a_larger_window() {
    let mut conn = open(Role::Server, BARE, always());
    let mut judge = Judge::new(9);
    let message = noise(600, 1);
    let mut results = vec![];
    for _ in 0..2 {
        let mut out = vec![];
        conn.send_binary(&message, &mut out).expect("open");
        let payload = sent(Role::Server, &out).remove(0).payload;
        results.push(judge.inflate(&payload).is_ok());
    }
    assert_eq!(results, [true, false]);
}

/// Windows are of use: what lies within them is found again.
#[test]
fn a_larger_window_compresses_what_a_smaller_cannot() {
    let message = noise(1000, 2);
    let second = |bits: u8| {
        let config = DeflateConfig::new().outgoing_window_bits(bits);
        let mut conn = open(Role::Server, BARE, Config::new().deflate(config));
        let mut out = vec![];
        conn.send_binary(&message, &mut out).expect("open");
        out.clear();
        conn.send_binary(&message, &mut out).expect("open");
        out.len()
    };
    assert!(second(15) < 100);
    assert!(second(12) < 100);
    assert!(second(9) > 900);
}

/// PMN-24: nothing said means 32 KiB, across messages.
#[test]
fn the_full_window_is_kept() {
    for role in ROLES {
        let first = noise(300, 3);
        let filler = noise(32_000, 4);
        let mut codec = flate2::Compress::new(flate2::Compression::best(), false);
        let mut wire = vec![];
        for message in [&first, &filler, &first] {
            let mut payload = Vec::with_capacity(40_000);
            codec
                .compress_vec(message, &mut payload, flate2::FlushCompress::Sync)
                .expect("a stream");
            payload.truncate(payload.len() - 4);
            wire.extend(frame(0xc2, &payload));
        }
        let last = wire.len() - 300;
        assert!(wire.len() < 32_700, "the third refers to the first");
        let wire = on_wire(role, &wire);
        for size in [1, 1000, last, wire.len()] {
            let mut conn = open(role, BARE, always());
            let mut received = vec![];
            for piece in wire.chunks(size) {
                let (events, error) = feed(&mut conn, piece, &mut vec![]);
                assert_eq!(error, None);
                received.extend(events);
            }
            let expected = [&first, &filler, &first].map(|bytes| Seen::Binary(bytes.clone()));
            assert_eq!(received, expected);
        }
    }
}

/// PMD-23, with the row's own 300 bytes and 8 bits, and for every window: a
/// message that refers to what lies before it, beyond the window, fails.
#[test]
fn a_distance_beyond_the_window_fails() {
    for role in ROLES {
        for bits in 8..=15 {
            let window = 1 << bits;
            for (distance, fits) in [(window, true), (window + 44, false)] {
                if distance > 32_768 {
                    continue;
                }
                let agreed = format!("{BARE}; {}={bits}", parameter(crate::other(role)));
                let first = noise(distance, 5);
                let mut codec = flate2::Compress::new(flate2::Compression::best(), false);
                let mut wire = vec![];
                for message in [&first[..], &first[..40]] {
                    let mut payload = Vec::with_capacity(50_000);
                    codec
                        .compress_vec(message, &mut payload, flate2::FlushCompress::Sync)
                        .expect("a stream");
                    payload.truncate(payload.len() - 4);
                    wire.push(frame(0xc2, &payload));
                }
                // zlib keeps a little away from the end of its window.
                let refers = wire[1].len() < 30;
                assert!(refers || distance > 32_000, "{distance}");
                let wire = on_wire(role, &wire.concat());
                for size in [1, 10, 1000, wire.len()] {
                    let mut conn = open(role, &agreed, always());
                    let (mut received, mut failed) = (0, None);
                    for piece in wire.chunks(size) {
                        let (events, error) = feed(&mut conn, piece, &mut vec![]);
                        received += events.len();
                        failed = failed.or(error);
                    }
                    let expected = match fits {
                        true => (2, None),
                        false => (1, Some(Error::InvalidDeflate)),
                    };
                    assert_eq!(
                        (received, failed),
                        expected,
                        "{bits} bits, pieces of {size}"
                    );
                }
            }
        }
    }
}

/// PMN-25: a stream for 8 bits inflates.
#[test]
fn a_window_of_8_bits_is_inflated() {
    for role in ROLES {
        let agreed = format!("{BARE}; {}=8", parameter(crate::other(role)));
        let mut conn: Connection = open(role, &agreed, always());
        let message = noise(100, 6).repeat(2);
        let wire = on_wire(role, &frame(0xc2, &deflated(&message, 9)));
        let (events, error) = feed(&mut conn, &wire, &mut vec![]);
        assert_eq!((events, error), (vec![Seen::Binary(message)], None));
    }
}
