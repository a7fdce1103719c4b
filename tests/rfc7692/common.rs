//! Connections with permessage-deflate, fed with frames whole and in pieces.

use websocket_proto::deflate::DeflateConfig;
use websocket_proto::handshake::{Agreement, Extension};
use websocket_proto::{Config, Connection, Delivery, Error, Role};

use crate::support::{ROLES, Seen, Sent, feed, on_wire, sent};

/// The agreement that says nothing: takeover and full windows.
pub(crate) const BARE: &str = "permessage-deflate";

/// No takeover in either direction.
pub(crate) const ALONE: &str =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

/// "Hello" as RFC 7692 section 7.2.3.1 compresses it.
pub(crate) const HELLO: &str = "c1 07 f2 48 cd c9 c9 07 00";

/// "Hello" once more, out of the window (section 7.2.3.2).
pub(crate) const AGAIN: &str = "c1 05 f2 00 11 00 00";

pub(crate) fn extension(text: &str) -> Extension {
    text.parse().expect("an extension")
}

/// An end on which permessage-deflate was agreed in these words.
pub(crate) fn open(role: Role, agreed: &str, config: Config) -> Connection {
    let agreement = Agreement::new().with_extension(extension(agreed));
    match role {
        Role::Client => Connection::upgraded_client(config, agreement, [1; 32].into()),
        Role::Server => Connection::upgraded_server(config, agreement),
    }
}

/// Compresses every message, however short.
pub(crate) fn always() -> Config {
    Config::new().deflate(DeflateConfig::new().threshold(0))
}

/// What a connection delivered and what became of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The payloads of messages, and those of control frames with their
    /// opcode in front.
    pub(crate) received: Vec<Vec<u8>>,
    pub(crate) error: Option<Error>,
    /// What came in pieces of the message in which the error is; `None` where
    /// nothing comes so.
    pub(crate) before: Option<Vec<u8>>,
}

/// What a connection makes of bytes that come in pieces of a size.
pub(crate) fn pieces(mut conn: Connection, wire: &[u8], size: usize) -> (Outcome, Vec<Sent>) {
    let (mut received, mut under_way, mut out) = (vec![], vec![], vec![]);
    for piece in wire.chunks(size.max(1)) {
        let (events, error) = feed(&mut conn, piece, &mut out);
        for event in events {
            match event {
                Seen::Text(text) => received.push(text.into_bytes()),
                Seen::Binary(bytes) => received.push(bytes),
                Seen::Chunk {
                    bytes, first, last, ..
                } => {
                    assert_eq!(first, under_way.is_empty(), "only the first is");
                    // Something, so that an empty first piece counts.
                    under_way.push(bytes);
                    if last {
                        received.push(core::mem::take(&mut under_way).concat());
                    }
                }
                Seen::Ping(payload) => received.push([&[9], &payload[..]].concat()),
                other => panic!("{other:?}"),
            }
        }
        if error.is_some() {
            let sent = sent(conn.role(), &out);
            let before = Some(under_way.concat());
            let outcome = Outcome {
                received,
                error,
                before,
            };
            return (outcome, sent);
        }
    }
    assert!(under_way.is_empty(), "a message that did not end");
    let sent = sent(conn.role(), &out);
    let outcome = Outcome {
        received,
        error: None,
        before: Some(vec![]),
    };
    (outcome, sent)
}

/// The same by both ends, with both ways of delivery, whole and in pieces of
/// every size.
#[track_caller]
pub(crate) fn outcome(agreed: &str, config: Config, unmasked: &[u8]) -> (Outcome, Vec<Sent>) {
    let mut outcomes = vec![];
    for role in ROLES {
        let wire = on_wire(role, unmasked);
        for delivery in [Delivery::Messages, Delivery::Chunks] {
            let all = 1..=wire.len();
            let few = [1, 2, 3, 5, 127, 4096, wire.len()];
            let sizes = match wire.len() {
                ..200 => all.collect(),
                _ => few.to_vec(),
            };
            for size in sizes {
                let conn = open(role, agreed, config.delivery(delivery));
                let (mut outcome, sent) = pieces(conn, &wire, size);
                if matches!(delivery, Delivery::Messages) {
                    outcome.before = None;
                }
                let how = format!("{role:?} {delivery:?} in pieces of {size}");
                outcomes.push((outcome, sent, how));
            }
        }
    }
    let (first, sent, how) = outcomes.pop().expect("several");
    for (mut other, _, otherwise) in outcomes {
        other.before = other.before.or_else(|| first.before.clone());
        assert_eq!(first, other, "{how} and {otherwise}");
    }
    (first, sent)
}

/// These frames are these messages.
#[track_caller]
pub(crate) fn check(agreed: &str, config: Config, unmasked: &[u8], messages: &[&[u8]]) {
    let (outcome, _) = outcome(agreed, config, unmasked);
    assert_eq!(outcome.error, None);
    assert_eq!(outcome.received, messages);
}

/// These frames are these messages and then fail the connection with a code.
#[track_caller]
pub(crate) fn check_fails(
    agreed: &str,
    config: Config,
    unmasked: &[u8],
    messages: &[&[u8]],
    (error, code): (Error, u16),
) {
    let (outcome, sent) = outcome(agreed, config, unmasked);
    assert_eq!(outcome.error, Some(error));
    assert_eq!(outcome.received, messages);
    assert_eq!(sent.last().and_then(Sent::close_code), Some(code));
}

/// What an end sends.
pub(crate) fn sends(
    conn: &mut Connection,
    send: impl FnOnce(&mut Connection, &mut Vec<u8>) -> Result<(), websocket_proto::SendError>,
) -> Vec<Sent> {
    let mut out = vec![];
    send(conn, &mut out).expect("open, with room");
    sent(conn.role(), &out)
}

/// Bytes that do not compress: xorshift, the same every time.
pub(crate) fn noise(length: usize, mut seed: u64) -> Vec<u8> {
    core::iter::repeat_with(|| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 32) as u8
    })
    .take(length)
    .collect()
}

/// DEFLATE by flate2 itself, ended by a sync flush without its last four
/// bytes.
pub(crate) fn deflated(bytes: &[u8], level: u32) -> Vec<u8> {
    let level = flate2::Compression::new(level);
    let mut codec = flate2::Compress::new_with_window_bits(level, false, 15);
    let mut payload = Vec::with_capacity(bytes.len() * 2 + 100);
    codec
        .compress_vec(bytes, &mut payload, flate2::FlushCompress::Sync)
        .expect("a stream that has not ended");
    assert_eq!(codec.total_in(), bytes.len() as u64);
    assert_eq!(payload.split_off(payload.len() - 4), [0, 0, 0xff, 0xff]);
    payload
}

/// A message of so many bytes in a final block, behind which a block refers to
/// the first three of them; and what it inflates to. 5 or 32,768 bytes.
pub(crate) fn across_a_final_block(count: usize) -> (Vec<u8>, Vec<u8>) {
    let noise = noise(count, 9);
    let mut payload = vec![];
    for (index, part) in noise.chunks(30_000).enumerate() {
        let last = index == noise.len().div_ceil(30_000) - 1;
        payload.push(u8::from(last));
        payload.extend((part.len() as u16).to_le_bytes());
        payload.extend((!(part.len() as u16)).to_le_bytes());
        payload.extend(part);
    }
    let (code, extra_bits, extra) = match count {
        5 => (4_u32, 1, 0),
        32_768 => (29, 13, 8191),
        _ => panic!("no code is given for {count}"),
    };
    // BFINAL 0, BTYPE 01, length code 257, distance code, extra bits, end.
    let (mut bits, mut at) = (0_u64, 0);
    let mut put = |value: u32, count: u32| {
        bits |= u64::from(value) << at;
        at += count;
    };
    put(0b010, 3);
    put(0b100_0000, 7);
    put(code.reverse_bits() >> 27, 5);
    put(extra, extra_bits);
    put(0, 7);
    // An empty stored block, without its tail.
    put(0, 3);
    payload.extend(&bits.to_le_bytes()[..at.div_ceil(8) as usize]);
    let whole = [&noise[..], &noise[..3]].concat();
    (payload, whole)
}
