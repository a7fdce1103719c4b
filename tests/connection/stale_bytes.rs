//! Buffers that are longer than what is valid in them: whatever stood in the
//! rest, no input, cut or order of calls brings it out.
//!
//! Everything stale is [`MARK`], which no peer here sends.

use websocket_proto::frame::MaskingKey;
#[cfg(feature = "hixie76")]
use websocket_proto::handshake::Agreement;
use websocket_proto::{
    ChunkData, Config, Connection, Delivery, Error, Event, FixedOutput, Input, MessageKind, Output,
    Role,
};

use crate::support::{KEY, ROLES, frame, on_wire, open, sent};

/// Of stale memory; no byte of any code point that is sent here.
const MARK: u8 = 0xA5;

/// Numbers that look random, the same every time (xorshift).
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

    /// Mostly small, sometimes as large as `bound`.
    fn length(&mut self, bound: usize) -> usize {
        let most = [8, 140, 300, 5000, bound][self.below(5)];
        self.below(most.min(bound) + 1)
    }

    /// Letters, and code points of two and three bytes.
    fn text(&mut self, length: usize) -> Vec<u8> {
        let mut text = String::new();
        while text.len() < length {
            text.push(['a', 'b', 'é', 'κ', '€'][self.below(5)]);
        }
        assert!(!text.as_bytes().contains(&MARK));
        text.into_bytes()
    }

    fn binary(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.below(0x80) as u8).collect()
    }

    /// A buffer with the mark in all of it, and with more room or none.
    fn marked(&mut self, bound: usize) -> Vec<u8> {
        let length = self.length(bound);
        let mut buffer = vec![MARK; length];
        match self.below(3) {
            0 => buffer.clear(),
            1 => buffer.truncate(length / 2),
            _ => {}
        }
        buffer
    }
}

/// A message, whole.
#[derive(Debug, Clone, PartialEq)]
struct Message {
    kind: MessageKind,
    payload: Vec<u8>,
}

/// Messages as frames, with pings between them.
struct Sent {
    /// Each unmasked, and whether it is a part of a text.
    frames: Vec<(Vec<u8>, bool)>,
    messages: Vec<Message>,
    pings: Vec<Vec<u8>>,
}

impl Sent {
    fn new(numbers: &mut Numbers) -> Self {
        let (mut frames, mut messages, mut pings) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..1 + numbers.below(4) {
            let length = numbers.length(40_000);
            let (kind, first, payload) = match numbers.below(2) {
                0 => (MessageKind::Text, 1, numbers.text(length)),
                _ => (MessageKind::Binary, 2, numbers.binary(length)),
            };
            let (mut rest, mut opcode) = (&payload[..], first);
            loop {
                let last = numbers.below(2) == 0;
                let (piece, behind) = match last {
                    true => (rest, &[][..]),
                    false => rest.split_at(numbers.below(rest.len() + 1)),
                };
                let bytes = frame(opcode | u8::from(last) << 7, piece);
                frames.push((bytes, first == 1 && !piece.is_empty()));
                (rest, opcode) = (behind, 0);
                if last {
                    break;
                }
                if numbers.below(3) == 0 {
                    let length = numbers.below(126);
                    let ping = numbers.binary(length);
                    frames.push((frame(0x89, &ping), false));
                    pings.push(ping);
                }
            }
            messages.push(Message { kind, payload });
        }
        Self {
            frames,
            messages,
            pings,
        }
    }

    /// Breaks a rule somewhere.
    fn spoil(&mut self, numbers: &mut Numbers) {
        let at = numbers.below(self.frames.len());
        match numbers.below(3) {
            // Text that ends in a byte which no text has.
            0 if self.frames[at].1 => *self.frames[at].0.last_mut().expect("a payload") = 0xFF,
            // No text, or none that is to come within a message.
            0 | 1 => self.frames.insert(at, (frame(0x81, b"\xff"), false)),
            // A frame of no kind.
            _ => self.frames.insert(at, (frame(0x83, b"abc"), false)),
        }
    }

    fn wire(&self, receiver: Role) -> Vec<u8> {
        let frames = self.frames.iter();
        frames
            .flat_map(|(frame, _)| on_wire(receiver, frame))
            .collect()
    }
}

/// What came of a wire image.
#[derive(Debug, Default)]
struct Received {
    messages: Vec<Message>,
    /// Of the message in progress.
    chunks: Vec<u8>,
    pings: Vec<Vec<u8>>,
    error: Option<Error>,
    /// How many bytes were read straight to a message.
    direct: usize,
}

impl Received {
    /// Takes an event, and gives its buffer back with the mark in it.
    fn take(&mut self, event: Event<'_>) -> Option<Vec<u8>> {
        match event {
            Event::Text(text) => {
                let mut buffer = text.into_owned().into_bytes();
                let payload = buffer.clone();
                self.messages.push(Message {
                    kind: MessageKind::Text,
                    payload,
                });
                buffer.fill(MARK);
                Some(buffer)
            }
            Event::Binary(bytes) => {
                let mut buffer = bytes.into_owned();
                let payload = buffer.clone();
                self.messages.push(Message {
                    kind: MessageKind::Binary,
                    payload,
                });
                buffer.fill(MARK);
                Some(buffer)
            }
            Event::Chunk(chunk) => {
                self.chunks.extend(chunk.data.as_bytes());
                if chunk.last {
                    self.messages.push(Message {
                        kind: chunk.data.kind(),
                        payload: core::mem::take(&mut self.chunks),
                    });
                }
                let mut buffer = match chunk.data {
                    ChunkData::Text(text) => text.into_owned().into_bytes(),
                    ChunkData::Binary(bytes) => bytes.into_owned(),
                };
                buffer.fill(MARK);
                Some(buffer)
            }
            Event::Ping(payload) => {
                self.pings.push(payload.into_owned());
                None
            }
            other => panic!("{other:?}"),
        }
    }

    fn assert_unmarked(&self, how: &str) {
        let payloads = self.messages.iter().map(|message| &message.payload);
        for bytes in payloads.chain(&self.pings).chain([&self.chunks]) {
            assert!(!bytes.contains(&MARK), "a stale byte came out, {how}");
        }
    }
}

/// Gives `wire` in random reads, and calls whatever has to do with buffers in
/// between.
fn receive(
    conn: &mut Connection,
    wire: &[u8],
    numbers: &mut Numbers,
    out: &mut impl Output,
) -> Received {
    let mut received = Received::default();
    let mut rest = wire;
    while !rest.is_empty() && received.error.is_none() {
        let length = (1 + numbers.length(50_000)).min(rest.len());
        for _ in 0..numbers.below(3) {
            match numbers.below(4) {
                0 => conn.recycle(numbers.marked(60_000)),
                1 => conn.recycle(Vec::with_capacity(numbers.length(60_000))),
                // Nothing was read: nothing was lent, or nothing of it is told.
                2 => conn.receive_payload(0),
                _ => {
                    if let Some(room) = conn.payload_buffer() {
                        room.fill(MARK);
                    }
                }
            }
        }
        if numbers.below(2) == 0
            && let Some(room) = conn.payload_buffer()
        {
            // A short read, and rubbish behind it.
            room.fill(MARK);
            let length = length.min(room.len());
            let (read, behind) = rest.split_at(length);
            room[..length].copy_from_slice(read);
            rest = behind;
            received.direct += length;
            conn.receive_payload(length);
            // It is told once.
            conn.receive_payload(numbers.below(100));
            continue;
        }
        let (read, behind) = rest.split_at(length);
        rest = behind;
        let mut buffer = [read, &[MARK; 100]].concat();
        let buffer = &mut buffer[..length];
        let mut input = match numbers.below(2) {
            0 => Input::one_by_one(buffer),
            _ => Input::new(buffer),
        };
        take_all(conn, &mut input, numbers, out, &mut received);
    }
    received
}

fn take_all(
    conn: &mut Connection,
    input: &mut Input<'_>,
    numbers: &mut Numbers,
    out: &mut impl Output,
    received: &mut Received,
) {
    loop {
        match conn.receive(input, out) {
            Ok(Some(event)) => {
                let buffer = received.take(event);
                if let Some(buffer) = buffer
                    && numbers.below(3) > 0
                {
                    conn.recycle(buffer);
                }
            }
            Ok(None) => return,
            Err(error) => {
                received.error = Some(error);
                return;
            }
        }
    }
}

fn config(delivery: Delivery, numbers: &mut Numbers) -> Config {
    let spare = [0, 1000, 64 << 10][numbers.below(3)];
    Config::new().delivery(delivery).max_spare(spare)
}

/// The unused end of a binary message, recycled buffers, `payload_buffer`, the
/// start of a control payload.
#[test]
fn nothing_stale_is_received() {
    let mut direct = 0;
    for seed in 0..1000 {
        for role in ROLES {
            for delivery in [Delivery::Messages, Delivery::Chunks] {
                let mut numbers = Numbers::new(seed);
                let all = Sent::new(&mut numbers);
                let mut conn = open(role, config(delivery, &mut numbers));
                let mut out = Vec::new();
                let received = receive(&mut conn, &all.wire(role), &mut numbers, &mut out);
                let how = format!("{role:?} {delivery:?}, seed {seed}");
                received.assert_unmarked(&how);
                assert_eq!(received.error, None, "{how}");
                assert!(received.messages == all.messages, "{how}");
                assert_eq!(received.pings, all.pings, "{how}");
                direct += received.direct;
                let pongs = sent(role, &out).into_iter().map(|pong| pong.payload);
                assert!(pongs.eq(all.pings), "{how}");
            }
        }
    }
    assert!(direct > 1_000_000, "{direct} bytes");
}

/// What comes before an error, wherever it is, is what was sent.
#[test]
fn nothing_stale_is_received_before_an_error() {
    let mut errors = 0;
    for seed in 0..1000 {
        for role in ROLES {
            for delivery in [Delivery::Messages, Delivery::Chunks] {
                let mut numbers = Numbers::new(seed);
                let mut all = Sent::new(&mut numbers);
                let mut config = config(delivery, &mut numbers);
                match numbers.below(3) {
                    0 => config = config.max_message(numbers.length(20_000) as u64),
                    _ => all.spoil(&mut numbers),
                }
                let mut conn = open(role, config);
                let mut out = Vec::new();
                let received = receive(&mut conn, &all.wire(role), &mut numbers, &mut out);
                let how = format!("{role:?} {delivery:?}, seed {seed}");
                received.assert_unmarked(&how);
                errors += usize::from(received.error.is_some());
                let count = received.messages.len();
                assert!(all.messages.starts_with(&received.messages), "{how}");
                let next = all.messages.get(count).map(|message| &message.payload[..]);
                assert!(
                    next.unwrap_or_default().starts_with(&received.chunks),
                    "{how}"
                );
                assert!(all.pings.starts_with(&received.pings), "{how}");
                // A broken connection keeps nothing, and brings out nothing.
                conn.recycle(vec![MARK; 5000]);
                if received.error.is_some() {
                    assert!(conn.payload_buffer().is_none(), "{how}");
                    conn.receive_payload(5000);
                    let mut rest = on_wire(role, &frame(0x82, &[1; 5000]));
                    let again = conn.receive(&mut Input::new(&mut rest), &mut out);
                    assert_eq!(again.err(), received.error, "{how}");
                }
                for frame in sent(role, &out) {
                    assert!(!frame.payload.contains(&MARK), "{how}");
                }
            }
        }
    }
    assert!(errors > 2000, "{errors} errors");
}

/// The legacy protocol's texts are put together in the same buffers.
#[cfg(feature = "hixie76")]
#[test]
fn nothing_stale_is_received_by_the_legacy_protocol() {
    for seed in 0..1000 {
        for delivery in [Delivery::Messages, Delivery::Chunks] {
            let mut numbers = Numbers::new(seed);
            let (mut wire, mut messages) = (Vec::new(), Vec::new());
            for _ in 0..1 + numbers.below(5) {
                let length = numbers.length(20_000);
                let payload = numbers.text(length);
                wire.extend([&b"\0"[..], &payload, b"\xff"].concat());
                messages.push(Message {
                    kind: MessageKind::Text,
                    payload,
                });
            }
            let config = config(delivery, &mut numbers);
            let mut conn = Connection::hixie76_upgraded(Role::Server, config, Agreement::new());
            let received = receive(&mut conn, &wire, &mut numbers, &mut Vec::new());
            received.assert_unmarked(&format!("{delivery:?}, seed {seed}"));
            assert_eq!(received.error, None);
            assert!(received.messages == messages, "{delivery:?}, seed {seed}");
        }
    }
}

/// Some of what there is to send, the same for the same numbers: its payload is
/// the result. What finds no room waits or is left out, as the connection has it.
fn send(conn: &mut Connection, numbers: &mut Numbers, out: &mut impl Output) -> Vec<u8> {
    let length = numbers.length(300);
    let payload = match numbers.below(2) {
        0 => numbers.text(length),
        _ => numbers.binary(length),
    };
    let short = payload[..length.min(numbers.below(126))].to_vec();
    let is_last = numbers.below(2) == 0;
    // Not everything may be sent at any time.
    let _ = match numbers.below(7) {
        0 => conn.send_text(str::from_utf8(&payload).expect("a text"), out),
        1 => conn.send_binary(&payload, out),
        2 => conn.send_fragment(MessageKind::Binary, &payload, is_last, out),
        3 => {
            let _ = conn.send_ping(&short, out);
            return short;
        }
        4 if numbers.below(20) == 0 => conn.send_empty_close(out),
        // A Ping, to be answered now or once there is room.
        _ => {
            let mut wire = on_wire(conn.role(), &frame(0x89, &short));
            let mut input = Input::new(&mut wire);
            while let Ok(Some(_)) = conn.receive(&mut input, out) {}
            return short;
        }
    };
    payload
}

/// Whole frames, as `sent` panics at any other bytes, each of them with what
/// there was to send.
fn assert_sent(role: Role, stream: &[u8], payloads: &[Vec<u8>], how: &str) {
    for frame in sent(role, stream) {
        let is_sent = frame.payload.is_empty() || payloads.contains(&frame.payload);
        assert!(is_sent, "a stale byte was sent, {how}: {:?}", frame.payload);
    }
}

/// `FixedOutput` after `consume` and `clear`, whatever its memory held; and
/// Pongs that wait, in a place for the longest of them.
#[test]
fn nothing_stale_is_sent_from_a_fixed_output() {
    let mut written = 0;
    for seed in 0..3000 {
        for role in ROLES {
            let mut numbers = Numbers::new(seed);
            let mut memory = vec![MARK; 150 + numbers.length(1000)];
            let mut out = FixedOutput::new(&mut memory);
            let mut conn = open(role, Config::new().output_mark(numbers.below(300)));
            // What the transport took, in writes of any length.
            let (mut stream, mut payloads) = (Vec::new(), Vec::new());
            for _ in 0..1 + numbers.below(30) {
                payloads.push(send(&mut conn, &mut numbers, &mut out));
                match numbers.below(4) {
                    0 => {
                        stream.extend_from_slice(out.written());
                        out.clear();
                    }
                    1 | 2 => {
                        let taken = numbers.below(out.written().len() + 1);
                        stream.extend_from_slice(&out.written()[..taken]);
                        out.consume(taken);
                    }
                    _ => {}
                }
                if numbers.below(2) == 0 {
                    conn.poll_transmit(&mut out);
                }
            }
            while {
                stream.extend_from_slice(out.written());
                out.clear();
                conn.poll_transmit(&mut out)
            } {}
            assert_sent(role, &stream, &payloads, &format!("{role:?}, seed {seed}"));
            written += stream.len();
        }
    }
    assert!(written > 1_000_000, "{written} bytes");
}

/// Whatever a fixed output did before, it holds what was appended and not yet
/// forgotten.
#[test]
fn a_fixed_output_holds_what_was_appended() {
    for seed in 0..3000 {
        let mut numbers = Numbers::new(seed);
        let mut memory = vec![MARK; numbers.below(300)];
        let length = memory.len();
        let mut out = FixedOutput::new(&mut memory);
        let mut held = Vec::new();
        for _ in 0..40 {
            match numbers.below(5) {
                0 | 1 => {
                    let length = numbers.below(out.available() + 1);
                    let bytes = numbers.binary(length);
                    assert_eq!(out.append(&bytes), bytes);
                    held.extend(bytes);
                }
                2 => {
                    let length = numbers.below(out.available() + 1);
                    let bytes = numbers.binary(length);
                    out.append_masked(MaskingKey::new(KEY), &bytes);
                    held.extend(bytes.iter().zip(KEY.iter().cycle()).map(|(a, b)| a ^ b));
                }
                // More than there is, too.
                3 => {
                    let count = numbers.below(length + 2);
                    out.consume(count);
                    held.drain(..count.min(held.len()));
                }
                _ if numbers.below(4) == 0 => {
                    out.clear();
                    held.clear();
                }
                _ => {}
            }
            assert_eq!(out.written(), held, "seed {seed}");
            assert_eq!(
                (out.buffered(), out.available()),
                (held.len(), length - held.len())
            );
        }
    }
}

/// `MaskingKey::append`, which gives a short payload 128 zeros first: of any
/// length, behind anything, with any room, in memory that was used before.
#[test]
fn nothing_stale_is_masked() {
    let key = MaskingKey::new(KEY);
    let mut numbers = Numbers::new(1);
    let lengths = (0..=140).chain([191, 192, 193, 255, 256, 257, 2048, 2049, 5000]);
    for length in lengths {
        let source = numbers.binary(length);
        let masked: Vec<_> = source
            .iter()
            .zip(KEY.iter().cycle())
            .map(|(a, b)| a ^ b)
            .collect();
        for before in [0, 1, 2, 3, 6, 100] {
            for room in [0, 1, 127, 128, 129, 300, 6000] {
                let mut target = vec![MARK; before + room];
                target.truncate(before);
                target.shrink_to(before + room);
                key.append(&mut target, &source);
                assert_eq!(target[..before], vec![MARK; before]);
                assert_eq!(target[before..], masked, "{length} bytes, room for {room}");
                // What was given too much is not given by the next one.
                key.append(&mut target, &source);
                assert_eq!(target[before + length..], masked);
            }
        }
    }
}

/// As a fixed output, but with a `BytesMut`, which hands its memory on.
#[cfg(feature = "bytes")]
#[test]
fn nothing_stale_is_sent_from_bytes() {
    use bytes::BytesMut;

    for seed in 0..2000 {
        for role in ROLES {
            let mut numbers = Numbers::new(seed);
            let mut out = BytesMut::zeroed(1000);
            out.fill(MARK);
            out.clear();
            let mut expected = Vec::new();
            let mut conn = open(role, Config::new());
            let mut same = open(role, Config::new());
            let (mut stream, mut payloads) = (Vec::new(), Vec::new());
            for step in 0..1 + numbers.below(30) {
                let mut again = Numbers::new(seed * 100 + step as u64);
                payloads.push(send(&mut conn, &mut again, &mut out));
                let mut again = Numbers::new(seed * 100 + step as u64);
                send(&mut same, &mut again, &mut expected);
                match numbers.below(4) {
                    0 => stream.extend_from_slice(&out.split()),
                    1 => {
                        let taken = numbers.below(out.len() + 1);
                        stream.extend_from_slice(&out.split_to(taken));
                    }
                    2 => {
                        stream.extend_from_slice(&out);
                        out.fill(MARK);
                        out.clear();
                    }
                    _ => {}
                }
            }
            stream.extend_from_slice(&out);
            assert!(stream == expected, "{role:?}, seed {seed}");
            assert_sent(role, &stream, &payloads, &format!("{role:?}, seed {seed}"));
        }
    }
}

/// A vector that was cleared and is written to anew.
#[test]
fn nothing_stale_is_sent_from_a_vector() {
    for seed in 0..2000 {
        for role in ROLES {
            let mut numbers = Numbers::new(seed);
            let mut conn = open(role, Config::new());
            let mut out = vec![MARK; 10_000];
            let (mut stream, mut payloads) = (Vec::new(), Vec::new());
            for _ in 0..1 + numbers.below(30) {
                out.clear();
                payloads.push(send(&mut conn, &mut numbers, &mut out));
                stream.extend_from_slice(&out);
                out.fill(MARK);
            }
            assert_sent(role, &stream, &payloads, &format!("{role:?}, seed {seed}"));
        }
    }
}
