//! Limits on what compressed messages are and on what they become.

use websocket_proto::deflate::DeflateConfig;
use websocket_proto::{Config, Connection, Delivery, Error, Limit, Role};

use crate::common::{BARE, always, check, check_fails, deflated, noise, open};
use crate::support::{ROLES, feed, frame, frames, on_wire, sent};

const TOO_BIG: (Error, u16) = (Error::Limit(Limit::Message), 1009);

/// PMD-19: the limit is for what comes out.
#[test]
fn the_inflated_message_may_be_as_long_as_the_limit_and_no_longer() {
    for limit in [0, 1, 5, 4095, 4096, 4097, 32_767, 32_768, 32_769, 100_000] {
        let config = always().max_message(limit);
        for first in [0xc1, 0xc2] {
            let exact = vec![b'x'; limit as usize];
            let message = frame(first, &deflated(&exact, 6));
            check(BARE, config, &message, &[&exact]);
            let over = frame(first, &deflated(&vec![b'x'; limit as usize + 1], 6));
            check_fails(BARE, config, &over, &[], TOO_BIG);
        }
    }
}

/// PMD-19: over all fragments, and for each message anew.
#[test]
fn the_limit_holds_for_the_message() {
    let config = always().max_message(1000);
    let payload = deflated(&[b'x'; 1000], 6);
    for at in 0..=payload.len() {
        let (front, back) = payload.split_at(at);
        let exact = frames(&[(0x42, front), (0x80, back)]);
        check(BARE, config, &exact.repeat(3), &[&[b'x'; 1000][..]; 3]);
    }
    let payload = deflated(&[b'x'; 1001], 6);
    let (front, back) = payload.split_at(payload.len() / 2);
    let over = frames(&[(0x42, front), (0x80, back)]);
    check_fails(BARE, config, &over, &[], TOO_BIG);
}

/// PMD-19: what fails does so before it is inflated any further.
#[test]
fn a_bomb_ends_at_the_limit() {
    let payload = deflated(&vec![0; 10 << 20], 9);
    assert!(payload.len() < 10_400, "{}: about 1000 to 1", payload.len());
    for role in ROLES {
        for delivery in [Delivery::Messages, Delivery::Chunks] {
            let config = always().max_message(1 << 20).delivery(delivery);
            let wire = on_wire(role, &frame(0xc2, &payload));
            let mut conn = open(role, BARE, config);
            let mut out = vec![];
            let (mut delivered, mut fed) = (0, 0);
            let error = wire.chunks(100).find_map(|piece| {
                fed += piece.len();
                let (events, error) = feed(&mut conn, piece, &mut out);
                delivered += events.iter().map(length).sum::<usize>();
                error
            });
            assert_eq!(error, Some(TOO_BIG.0));
            let part = wire.len() / 9;
            assert!(fed < part, "{fed} of {} bytes were looked at", wire.len());
            assert!(delivered <= 1 << 20);
            let close = sent(role, &out).pop().and_then(|frame| frame.close_code());
            assert_eq!(close, Some(1009));
        }
    }
}

fn length(event: &crate::support::Seen) -> usize {
    match event {
        crate::support::Seen::Chunk { bytes, .. } => bytes.len(),
        other => panic!("{other:?}"),
    }
}

/// PMD-20
#[test]
fn a_frame_over_its_limit_fails_at_its_header() {
    for role in ROLES {
        for delivery in [Delivery::Messages, Delivery::Chunks] {
            let config = always().max_frame(7).delivery(delivery);
            let exact = frame(0xc1, &deflated(b"Hello", 6));
            let mut conn = open(role, BARE, config);
            let (events, error) = feed(&mut conn, &on_wire(role, &exact), &mut vec![]);
            assert_eq!((events.is_empty(), error), (false, None));
            let header = &on_wire(role, &[0xc1, 8]);
            let (events, error) = feed(&mut conn, header, &mut vec![]);
            // A server needs the rest of the header, the key.
            let error = error.or_else(|| feed(&mut conn, &[1; 4], &mut vec![]).1);
            assert_eq!(events.len(), 0);
            assert_eq!(error, Some(Error::Limit(Limit::Frame)), "{role:?}");
        }
    }
}

/// PMD-20: no message needs to be compressed to much more than it is, so that
/// it is refused at the header.
#[test]
fn compressed_data_without_end_is_bounded_too() {
    // Empty stored blocks: nothing ever comes out.
    let block = [0, 0, 0, 0xff, 0xff];
    let config = always().max_message(1000);
    let few = frame(0xc2, &[&block.repeat(200)[..], &[0]].concat());
    check(BARE, config, &few, &[b""]);
    let many = frame(0xc2, &[&block.repeat(1000)[..], &[0]].concat());
    for role in ROLES {
        let mut conn = open(role, BARE, config);
        let (_, error) = feed(&mut conn, &on_wire(role, &many)[..8], &mut vec![]);
        assert_eq!(error, Some(TOO_BIG.0), "at the header");
    }
    // In frames that are small each, too.
    let list: Vec<(u8, &[u8])> = core::iter::once((0x42, &block[..]))
        .chain(core::iter::repeat_n((0x00, &block[..]), 131_000))
        .collect();
    let config = always().max_message(1000).max_fragments(500);
    let mut conn = open(Role::Client, BARE, config);
    let (_, error) = feed(&mut conn, &frames(&list), &mut vec![]);
    assert_eq!(error, Some(Error::Limit(Limit::Fragments)));
}

/// A message of just the limit passes between two ends, whatever it becomes
/// on the way.
#[test]
fn what_does_not_compress_passes_at_the_limit() {
    let random = noise(50_000, 1);
    let high: Vec<u8> = random.iter().map(|byte| byte | 0x90).collect();
    for level in 0..=9 {
        for bits in [9, 15] {
            for payload in [&random, &high] {
                for pieces in [1, 2, 500] {
                    let deflate = DeflateConfig::new()
                        .threshold(0)
                        .level(level)
                        .outgoing_window_bits(bits);
                    let limit = payload.len() as u64;
                    let config = Config::new().deflate(deflate).max_message(limit);
                    let mut sender = open(Role::Server, BARE, config);
                    let mut receiver = open(Role::Client, BARE, config);
                    let wire = fragments(&mut sender, payload, pieces);
                    let (events, error) = feed(&mut receiver, &wire, &mut vec![]);
                    assert_eq!(error, None, "level {level}, {bits} bits, {pieces} pieces");
                    assert_eq!(events, [crate::support::Seen::Binary(payload.clone())]);
                }
            }
        }
    }
}

fn fragments(conn: &mut Connection, payload: &[u8], count: usize) -> Vec<u8> {
    let mut out = vec![];
    let pieces = payload.chunks(payload.len().div_ceil(count));
    let last = pieces.len() - 1;
    for (index, piece) in pieces.enumerate() {
        let kind = websocket_proto::MessageKind::Binary;
        conn.send_fragment(kind, piece, index == last, &mut out)
            .expect("open");
    }
    out
}
