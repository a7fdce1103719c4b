//! What zlib leaves in memory, and what a thread keeps from one connection to
//! the other: a peer gets no byte that it did not send itself.

use websocket_proto::deflate::{DeflateConfig, free_spares};
use websocket_proto::{Config, Connection, Delivery, Error, Input, MessageKind, Role};

use crate::common::{deflated, noise, open};
use crate::stream::{Block, Stream, inflate};
use crate::support::{Seen, feed, frame, on_wire, sent};

/// The secrets of others are made of bytes from here on, and what the tested
/// peer sends is not.
const SECRET: u8 = 0x80;

pub(crate) const WINDOWS: core::ops::RangeInclusive<u32> = 9..=15;

pub(crate) const DELIVERIES: [Delivery; 2] = [Delivery::Messages, Delivery::Chunks];

/// An agreement on this window in both directions.
pub(crate) fn agreed(bits: u32, takeover: bool) -> String {
    let windows = format!("server_max_window_bits={bits}; client_max_window_bits={bits}");
    match takeover {
        true => format!("permessage-deflate; {windows}"),
        false => format!(
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; {windows}"
        ),
    }
}

pub(crate) fn config(bits: u32) -> Config {
    let deflate = DeflateConfig::new()
        .threshold(0)
        .outgoing_window_bits(bits as u8);
    Config::new().deflate(deflate)
}

struct Numbers(u64);

impl Numbers {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 16) % bound as u64) as usize
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length)
            .map(|_| self.below(usize::from(SECRET)) as u8)
            .collect()
    }
}

/// Bytes of which none is the tested peer's, some of them often.
fn secret(length: usize) -> Vec<u8> {
    let once = noise(length.min(3000), 7)
        .into_iter()
        .map(|byte| byte | SECRET);
    once.cycle().take(length).collect()
}

/// What another connection of the thread does before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    /// Its message is received whole, and it closes.
    Closes,
    /// Its message is followed by one that is no DEFLATE.
    Fails,
    /// It is over its limit within the message.
    IsOver,
    /// It goes away within its message.
    IsDropped,
    /// It sends its message whole.
    Sends,
    /// It goes away between the fragments of what it sends.
    StopsSending,
    /// It does not compress, and its buffers are freed.
    IsPlain,
}

const VICTIMS: [Victim; 7] = [
    Victim::Closes,
    Victim::Fails,
    Victim::IsOver,
    Victim::IsDropped,
    Victim::Sends,
    Victim::StopsSending,
    Victim::IsPlain,
];

/// The other connection, which is gone at the end.
fn suffer(victim: Victim, bits: u32, takeover: bool, delivery: Delivery) {
    let agreed = agreed(bits, takeover);
    let config = config(bits).delivery(delivery);
    let secret = secret(70_000);
    let mut out = Vec::new();
    let message = on_wire(Role::Server, &frame(0xC2, &deflated(&secret, 6)));
    let mut conn = open(Role::Server, &agreed, config);
    match victim {
        Victim::Closes => {
            let close = on_wire(Role::Server, &frame(0x88, b"\x03\xE8"));
            let (events, error) = feed(&mut conn, &[message, close].concat(), &mut out);
            assert!(error.is_none() && events.len() > 1);
        }
        Victim::Fails => {
            let wrong = on_wire(Role::Server, &frame(0xC2, b"\x07"));
            let (_, error) = feed(&mut conn, &[message, wrong].concat(), &mut out);
            assert_eq!(error, Some(Error::InvalidDeflate));
        }
        Victim::IsOver => {
            let mut conn = open(Role::Server, &agreed, config.max_message(50_000));
            let (_, error) = feed(&mut conn, &message, &mut out);
            assert!(error.is_some());
        }
        Victim::IsDropped => {
            let mut read = message[..message.len() - 20].to_vec();
            let mut input = Input::new(&mut read);
            // With what it has not taken yet, where it comes in chunks.
            let event = conn.receive(&mut input, &mut out).expect("valid so far");
            assert_eq!(event.is_some(), delivery == Delivery::Chunks);
        }
        Victim::Sends => conn.send_binary(&secret, &mut out).expect("room"),
        Victim::StopsSending => {
            conn.send_fragment(MessageKind::Binary, &secret, false, &mut out)
                .expect("room");
        }
        Victim::IsPlain => {
            let plain = on_wire(Role::Server, &frame(0x82, &secret));
            for piece in plain.chunks(16 << 10) {
                feed(&mut conn, piece, &mut out);
            }
            for size in [512, 4 << 10, 32 << 10, 47 << 10, 64 << 10, 300 << 10] {
                drop([vec![0xA5_u8; size], vec![0xA5; size]]);
            }
        }
    }
}

/// The payloads of what was received, whole or in chunks, and of what is not
/// complete; and the error.
fn received(
    conn: &mut Connection,
    wire: &[u8],
    piece: usize,
) -> (Vec<Vec<u8>>, Vec<u8>, Option<Error>) {
    let (mut messages, mut chunks) = (Vec::new(), Vec::new());
    for piece in wire.chunks(piece) {
        let (events, error) = feed(conn, piece, &mut Vec::new());
        for event in events {
            match event {
                Seen::Binary(bytes) => messages.push(bytes),
                Seen::Chunk { bytes, last, .. } => {
                    chunks.extend(bytes);
                    if last {
                        messages.push(core::mem::take(&mut chunks));
                    }
                }
                other => panic!("{other:?}"),
            }
        }
        if error.is_some() {
            return (messages, chunks, error);
        }
    }
    (messages, chunks, None)
}

/// A message in three frames: a stored block of a window and `more` bytes, a
/// final block that copies the last three, and a block that copies `length`
/// bytes from a window before, unmasked. And what it means.
pub(crate) fn across_a_final_block(
    window: usize,
    more: usize,
    length: usize,
) -> (Vec<u8>, Vec<u8>) {
    let mut parts = Vec::new();
    let mut history = Numbers::new(more as u64).bytes(window + more);
    let mut stream = Stream::new(&[]);
    stream.literals(&history);
    stream.block(Block::Stored, false);
    let (mut payload, _) = stream.finish();
    // Without the empty block at the end.
    payload.pop();
    parts.push(payload);
    for (length, distance) in [(3, 3), (length, window)] {
        let mut stream = Stream::new(&history);
        stream.copy(length, distance);
        stream.block(Block::Fixed, distance == 3);
        let (mut payload, means) = stream.finish();
        if distance == 3 {
            payload.pop();
        }
        parts.push(payload);
        history.extend(means);
    }
    let frames = [(0x42, &parts[0]), (0x00, &parts[1]), (0x80, &parts[2])];
    let frames = frames
        .map(|(first, payload)| frame(first, payload))
        .concat();
    (frames, history)
}

/// Once a final block has ended, the window is the sender's, to its oldest byte:
/// also where zlib wrote behind what it reported, and with what it read behind
/// what it was given. After every kind of connection in the same memory.
#[test]
fn a_copy_across_a_final_block_is_of_what_was_sent() {
    for bits in WINDOWS {
        let window = 1 << bits;
        for takeover in [false, true] {
            for delivery in DELIVERIES {
                free_spares();
                suffer(Victim::IsPlain, bits, takeover, delivery);
                suffer(Victim::Closes, bits, takeover, delivery);
                let mut conn = open(
                    Role::Server,
                    &agreed(bits, takeover),
                    config(bits).delivery(delivery),
                );
                // Wherever in the window it is; of large windows at fewer places.
                let step = 29 * (1 << (bits - 9)) + 1;
                for (turn, more) in (0..30_000).step_by(step).enumerate() {
                    let (frames, means) = across_a_final_block(window, more, 29);
                    let wire = on_wire(Role::Server, &frames);
                    let piece = [wire.len(), 1000, 4096, 7][turn % 4];
                    let (messages, _, error) = received(&mut conn, &wire, piece);
                    let how = format!("{bits} bits, {takeover}, {delivery:?}, {more} more");
                    assert_eq!(error, None, "{how}");
                    assert_eq!(messages.len(), 1, "{how}");
                    let end = means.len() - 29;
                    assert_eq!(messages[0][end..], means[end..], "{how}");
                    assert!(messages[0] == means, "{how}");
                }
            }
        }
    }
}

/// The same for each byte by itself.
#[test]
fn a_copy_across_a_final_block_is_the_same_byte_by_byte() {
    for bits in WINDOWS {
        for takeover in [false, true] {
            suffer(Victim::IsPlain, bits, takeover, Delivery::Messages);
            let mut conn = open(Role::Server, &agreed(bits, takeover), config(bits));
            for more in [0, 1, 29, 58, 1000] {
                let (frames, means) = across_a_final_block(1 << bits, more, 258);
                let wire = on_wire(Role::Server, &frames);
                let (messages, _, error) = received(&mut conn, &wire, 1);
                assert_eq!(error, None);
                assert!(messages == [means], "{bits} bits, {takeover}, {more} more");
            }
        }
    }
}

/// With takeover the window goes on from message to message, and begins anew
/// for each where it is not the largest: a message refers to the oldest byte
/// after one that ended anywhere.
#[test]
fn the_oldest_byte_of_the_window_is_what_was_sent() {
    for bits in WINDOWS {
        let window = 1 << bits;
        for delivery in DELIVERIES {
            for piece in [1 << 20, 100, 1] {
                for more in [0, 1, 100, 1000] {
                    let mut conn = open(
                        Role::Server,
                        &agreed(bits, true),
                        config(bits).delivery(delivery),
                    );
                    let mut history = Vec::new();
                    for message in 0..3 {
                        let mut stream = Stream::new(&history);
                        match message {
                            0 => {
                                stream.literals(&Numbers::new(5).bytes(window + more));
                                stream.block(Block::Stored, false);
                            }
                            1 => {
                                stream.copy(10, 100);
                                stream.block(Block::Fixed, false);
                            }
                            _ => {
                                stream.copy(10, window);
                                stream.block(Block::Fixed, false);
                            }
                        }
                        let (payload, means) = stream.finish();
                        let wire = on_wire(Role::Server, &frame(0xC2, &payload));
                        let (messages, _, error) = received(&mut conn, &wire, piece);
                        assert_eq!(error, None);
                        let how = format!("{bits} bits, {delivery:?}, by {piece}, {more} more");
                        assert!(messages == [&means[..]], "message {message}, {how}");
                        history.extend(means);
                    }
                }
            }
        }
    }
}

/// A message of blocks of every kind, with copies of every length from all over
/// the window, most of all from its oldest byte.
fn message(numbers: &mut Numbers, history: &[u8], window: usize) -> (Vec<u8>, Vec<u8>) {
    let mut stream = Stream::new(history);
    for _ in 0..1 + numbers.below(5) {
        let is_final = numbers.below(3) == 0;
        let block = match numbers.below(4) {
            0 | 1 => Block::Stored,
            2 => Block::Fixed,
            _ => Block::Dynamic,
        };
        let most = [0, 30, 300, 5000, window + 300][numbers.below(5)];
        let length = numbers.below(most + 1);
        stream.literals(&numbers.bytes(length));
        if block != Block::Stored {
            for _ in 0..numbers.below(20) {
                let reach = stream.reach().min(window);
                if reach == 0 {
                    break;
                }
                let distance = match numbers.below(3) {
                    0 => reach,
                    1 => reach - numbers.below(reach.min(40)),
                    _ => 1 + numbers.below(reach),
                };
                let length = [3, 10, 29, 32, 33, 3 + numbers.below(256)][numbers.below(6)];
                stream.copy(length, distance);
                if numbers.below(3) == 0 {
                    stream.literals(&[numbers.below(64) as u8]);
                }
            }
        }
        stream.block(block, is_final);
    }
    stream.finish()
}

/// Whatever another connection received or sent, and however it ended.
#[test]
fn no_byte_of_another_connection_is_received() {
    let mut seed = 0;
    for bits in WINDOWS {
        for takeover in [false, true] {
            for victim in VICTIMS {
                for delivery in DELIVERIES {
                    for other_bits in [bits, 9, 15] {
                        seed += 1;
                        let mut numbers = Numbers::new(seed);
                        let agreed = agreed(bits, takeover);
                        let config = config(bits).delivery(delivery);
                        let mut conn = open(Role::Server, &agreed, config);
                        let mut history = Vec::new();
                        for _ in 0..4 {
                            suffer(victim, other_bits, takeover, delivery);
                            let (payload, means) = message(&mut numbers, &history, 1 << bits);
                            let wire = on_wire(Role::Server, &frame(0xC2, &payload));
                            let piece = [wire.len(), 1000, 1][numbers.below(3)];
                            let (messages, _, error) = received(&mut conn, &wire, piece);
                            let how = format!(
                                "seed {seed}: {bits} bits, {takeover}, {delivery:?}, {victim:?} \
                                 with {other_bits}"
                            );
                            assert_eq!(error, None, "{how}");
                            let foreign = messages.iter().flatten().filter(|byte| **byte >= SECRET);
                            assert_eq!(foreign.count(), 0, "bytes of another, {how}");
                            assert!(messages == [&means[..]], "{how}");
                            if takeover {
                                history.extend(means);
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A message that refers to before its beginning, or its window's, fails or
/// means what was sent: nothing else comes out, not even of chunks before.
#[test]
fn a_copy_from_before_the_message_brings_nothing_out() {
    for bits in WINDOWS {
        for victim in VICTIMS {
            for delivery in DELIVERIES {
                for (before, distance) in [
                    (0, 1),
                    (0, 1 << bits),
                    (0, 1 << 15),
                    (5, 6),
                    (5, 1 << bits),
                    (100, 1 << 15),
                    (1 << bits, (1 << bits) + 1),
                    ((1 << bits) + 50, 1 << 15),
                ] {
                    // The longest that can be written.
                    if distance > 1 << 15 {
                        continue;
                    }
                    for (block, after_final) in [(Block::Fixed, false), (Block::Dynamic, true)] {
                        suffer(victim, bits, false, delivery);
                        let sent = Numbers::new(1).bytes(before);
                        let mut stream = Stream::new(&[]);
                        stream.literals(&sent);
                        stream.block(Block::Stored, after_final);
                        if distance <= stream.reach() {
                            stream.copy(40, distance);
                        } else {
                            stream.copy_from_nowhere(40, distance);
                        }
                        stream.block(block, false);
                        let (payload, means) = stream.finish();
                        let wire = on_wire(Role::Server, &frame(0xC2, &payload));
                        let conn = config(bits).delivery(delivery);
                        let mut conn = open(Role::Server, &agreed(bits, false), conn);
                        let (messages, chunks, error) = received(&mut conn, &wire, wire.len());
                        let how = format!("{bits} bits, {victim:?}, {distance} after {before}");
                        if error.is_none() {
                            assert!(distance <= before, "it has to fail, {how}");
                            assert!(messages == [&means[..]], "{how}");
                        }
                        assert!(error.is_none() || messages.is_empty(), "{how}");
                        assert!(means.starts_with(&chunks), "{how}");
                    }
                }
            }
        }
    }
}

/// What is sent means what was given to be sent, to one who knows no other
/// connection.
#[test]
fn no_byte_of_another_connection_is_sent() {
    for bits in WINDOWS {
        for takeover in [false, true] {
            for victim in VICTIMS {
                for level in [0, 1, 6, 9] {
                    let mut numbers = Numbers::new(u64::from(bits));
                    let deflate = DeflateConfig::new().threshold(0).level(level);
                    let config = Config::new().deflate(deflate.outgoing_window_bits(bits as u8));
                    let mut conn = open(Role::Server, &agreed(bits, takeover), config);
                    let mut history = Vec::new();
                    for length in [0, 1, 40, 700, 3000] {
                        suffer(victim, bits, takeover, Delivery::Messages);
                        let once = numbers.bytes(length);
                        // Some of it again, and what the last message began with.
                        let repeated = [&once[..], &once[length / 2..], &once];
                        let bytes = repeated.concat();
                        let mut out = Vec::new();
                        match length % 2 {
                            0 => conn.send_binary(&bytes, &mut out).expect("room"),
                            _ => {
                                let (front, back) = bytes.split_at(length);
                                conn.send_fragment(MessageKind::Binary, front, false, &mut out)
                                    .expect("room");
                                conn.send_fragment(MessageKind::Binary, back, true, &mut out)
                                    .expect("room");
                            }
                        }
                        let frames = sent(Role::Server, &out);
                        assert_ne!(frames[0].first & 0x40, 0, "compressed");
                        let payloads = frames.iter().map(|frame| &frame.payload[..]);
                        let payload = payloads.collect::<Vec<_>>().concat();
                        let means = inflate(&payload, &history, 1 << bits);
                        let how = format!("{bits} bits, {takeover}, {victim:?}, level {level}");
                        assert!(means.is_some_and(|means| means == bytes), "{how}, {length}");
                        if takeover {
                            history.extend(bytes);
                        }
                    }
                }
            }
        }
    }
}

/// The reader of these tests reads what zlib writes.
#[test]
fn the_reader_reads_what_zlib_writes() {
    let text: Vec<u8> = (0..20_000_u32)
        .map(|at| (at * at / 1000 % 60) as u8)
        .collect();
    for level in 0..=9 {
        let payload = deflated(&text, level);
        assert_eq!(inflate(&payload, b"", 1 << 15).as_ref(), Some(&text));
    }
}
