//! Properties: what was sent arrives, in whatever pieces, and no bytes of a
//! peer do harm.

use proptest::prelude::*;
use websocket_proto::{Config, Connection, Delivery, Input, Role, State};

use crate::pair::events;
use crate::support::{Run, Seen, feed};
use crate::{open, opened};

fn deliveries() -> impl Strategy<Value = Delivery> {
    prop_oneof![Just(Delivery::Messages), Just(Delivery::Chunks)]
}

/// Bytes that mean something more often than not.
fn wire() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        Just(0x00_u8),
        Just(0xff),
        Just(0x80),
        0x01..0x10_u8,
        0xc0..=0xff_u8,
        any::<u8>(),
    ];
    prop::collection::vec(byte, 0..200)
}

/// The wire in pieces of these sizes, one after the other and again.
fn pieces(wire: &[u8], sizes: &[usize]) -> Vec<Vec<u8>> {
    let (mut rest, mut pieces) = (wire, Vec::new());
    for size in sizes.iter().cycle() {
        let (piece, after) = rest.split_at(rest.len().min(*size));
        pieces.push(piece.to_vec());
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    pieces
}

/// The texts among what was seen, put together from fragments.
fn texts(seen: Vec<Seen>) -> Vec<String> {
    let (mut texts, mut open) = (Vec::new(), Vec::new());
    for seen in seen {
        match seen {
            Seen::Text(text) => texts.push(text),
            Seen::Chunk { bytes, last, .. } => {
                open.extend(bytes);
                if last {
                    texts.push(String::from_utf8(core::mem::take(&mut open)).expect("text"));
                }
            }
            other => panic!("{other:?}"),
        }
    }
    texts
}

proptest! {
    /// HX-16, HX-18: a round trip between two connections, both ways.
    #[test]
    fn what_was_sent_arrives(
        sent in prop::collection::vec("\\PC{0,40}", 0..10),
        sizes in prop::collection::vec(1..50_usize, 1..5),
        delivery in deliveries(),
    ) {
        let (mut client, mut server) = opened(Config::new().delivery(delivery));
        for to_server in [true, false] {
            let (from, to): (&mut Connection, &mut Connection) = match to_server {
                true => (&mut client, &mut server),
                false => (&mut server, &mut client),
            };
            let mut wire = Vec::new();
            for text in &sent {
                from.send_text(text, &mut wire).expect("open");
            }
            let mut seen = Vec::new();
            for piece in pieces(&wire, &sizes) {
                seen.extend(events(to, &piece, &mut Vec::new()));
            }
            prop_assert_eq!(&texts(seen), &sent);
        }
    }

    /// HX-19, HX-21, SEC-16: whole and in pieces the same, without a panic, and the
    /// connection either goes on, has closed or has failed with a last word.
    #[test]
    fn any_bytes_are_the_same_in_pieces(
        wire in wire(),
        sizes in prop::collection::vec(1..20_usize, 1..5),
        limit in prop_oneof![Just(u64::MAX), 0..100_u64],
        is_client: bool,
    ) {
        let role = if is_client { Role::Client } else { Role::Server };
        let config = Config::new().max_message(limit).max_frame(limit);
        let play = |pieces: Vec<Vec<u8>>| {
            let mut conn = open(role, config);
            let (mut seen, mut error, mut out) = (Vec::new(), None, Vec::new());
            for piece in pieces {
                let (events, failed) = feed(&mut conn, &piece, &mut out);
                seen.extend(events);
                error = failed.or(error);
            }
            (seen, error, out, conn.state())
        };
        let whole = play(vec![wire.clone()]);
        prop_assert_eq!(&play(pieces(&wire, &sizes)), &whole);
        prop_assert_eq!(&play(pieces(&wire, &[1])), &whole);
        let (seen, error, out, state) = whole;
        let is_over = error.is_some() || seen.last() == Some(&Seen::Close(None));
        prop_assert_eq!(&out[..], if is_over { &b"\xff\x00"[..] } else { b"" });
        prop_assert_eq!(state == State::Open, !is_over);
        let longest = seen.iter().map(|seen| match seen {
            Seen::Text(text) => text.len() as u64,
            _ => 0,
        });
        prop_assert!(longest.max().unwrap_or(0) <= limit);
    }

    /// HX-08: and no bytes behind a head or instead of it do harm.
    #[test]
    fn any_handshake_is_survived(
        mut head in prop_oneof![Just(crate::w2().into_bytes()), wire()],
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        rest in wire(),
    ) {
        for (at, byte) in changes {
            if !head.is_empty() {
                let at = at.index(head.len());
                head[at] = byte;
            }
        }
        let wire = [head, rest].concat();
        for sizes in [&[usize::MAX][..], &[1], &[7, 64]] {
            let (mut server, mut out) = (crate::server(), Vec::new());
            let mut client = crate::client(&crate::request(), &mut Vec::new());
            for piece in pieces(&wire, sizes) {
                for conn in [&mut server, &mut client] {
                    let mut read = piece.clone();
                    let mut input = Input::new(&mut read);
                    while let Ok(Some(_)) = conn.receive(&mut input, &mut out) {}
                }
            }
        }
    }
}

/// What a failed run looks like, for the checks above to be able to fail.
#[test]
fn a_limit_is_an_error_of_the_run() {
    let run: Run = crate::support::cuts(
        || open(Role::Server, Config::new().max_message(1)),
        b"\x00ab\xff",
    );
    assert!(run.error.is_some());
}
