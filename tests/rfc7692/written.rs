//! What is delivered and what is echoed goes to the operating system, so that
//! a checker that follows uninitialised bytes sees where they leave the
//! process: `tests/memory-checkers/run`.

use std::fs::File;
use std::io::Write;

use websocket_proto::{Connection, Event, Input, Role};

use crate::common::open;
use crate::other;
use crate::stale_bytes::{DELIVERIES, WINDOWS, across_a_final_block, agreed, config};
use crate::support::{ROLES, on_wire};

/// Writes without a buffer in between: one call of `write(2)` for each.
struct Sink(File);

impl Sink {
    fn new() -> Self {
        Self(File::create("/dev/null").expect("/dev/null"))
    }

    fn put(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).expect("everything is taken");
    }
}

/// Echoes a read and writes what was delivered; gives back the last message.
fn echo(conn: &mut Connection, read: &mut [u8], out: &mut Vec<u8>, sink: &mut Sink) -> Vec<u8> {
    let mut message = Vec::new();
    let mut input = Input::new(read);
    while let Some(event) = conn.receive(&mut input, out).expect("valid frames") {
        match event {
            Event::Binary(bytes) => {
                sink.put(&bytes);
                message.extend_from_slice(&bytes);
                // Saves Miri a minute; fragments go through the compressor.
                match cfg!(miri) {
                    true => conn.send_binary_uncompressed(&bytes, out).expect("room"),
                    false => conn.send_binary(&bytes, out).expect("room"),
                }
            }
            Event::Chunk(fragment) => {
                let (bytes, last) = (fragment.data.as_bytes(), fragment.last);
                sink.put(bytes);
                message.extend_from_slice(bytes);
                conn.send_fragment(fragment.data.kind(), bytes, last, out)
                    .expect("room");
            }
            other => panic!("{other:?}"),
        }
    }
    message
}

/// A copy from the oldest byte of the window, after a final block, is delivered
/// and echoed as it was sent, wherever in zlib's own window the message ends:
/// also where that ends.
#[test]
fn what_is_delivered_and_echoed_across_a_final_block_is_written() {
    let mut sink = Sink::new();
    for bits in windows() {
        let window = 1_usize << bits;
        for takeover in [false, true] {
            for delivery in DELIVERIES {
                for role in ROLES {
                    let agreed = agreed(bits, takeover);
                    let mut conn = open(role, &agreed, config(bits).delivery(delivery));
                    let mut peer = open(other(role), &agreed, config(bits));
                    for more in mores(window) {
                        let (frames, means) = across_a_final_block(window, more, 29);
                        let mut wire = on_wire(role, &frames);
                        let mut out = Vec::new();
                        let message = echo(&mut conn, &mut wire, &mut out, &mut sink);
                        sink.put(&out);
                        let how = format!("{bits} bits, {takeover}, {role:?}, {more} more");
                        assert!(message == means, "{how}");
                        // The other end reads it.
                        let mut replies = Vec::new();
                        let back = echo(&mut peer, &mut out, &mut replies, &mut sink);
                        sink.put(&replies);
                        assert!(back == means, "{how}");
                    }
                }
            }
        }
    }
}

/// Miri takes minutes for the largest. This is the least for which the oldest
/// bytes of the window once stood behind zlib's output.
fn windows() -> Vec<u32> {
    match cfg!(miri) {
        true => vec![12],
        false => WINDOWS.collect(),
    }
}

/// How far beyond a window the messages go.
fn mores(window: usize) -> Vec<usize> {
    let edges = [32_765, 65_533].map(|end| end - window.min(end));
    match cfg!(miri) {
        true => vec![29],
        false => [vec![0, 29, 1000], edges.to_vec()].concat(),
    }
}

/// Copies of every length from a distance, with the output cut by reads, are
/// delivered as they were sent.
#[test]
fn what_is_delivered_byte_by_byte_is_written() {
    let mut sink = Sink::new();
    for bits in windows() {
        let mut conn = open(Role::Server, &agreed(bits, false), config(bits));
        let length = if cfg!(miri) { 40 } else { 258 };
        let (frames, means) = across_a_final_block(1 << bits, 29, length);
        let mut wire = on_wire(Role::Server, &frames);
        // Of what is stored, nearly all at once.
        let (stored, rest) = wire.split_at_mut((1 << bits) + 20);
        let mut out = Vec::new();
        let mut message = echo(&mut conn, stored, &mut out, &mut sink);
        for byte in rest.chunks_mut(1) {
            message.extend(echo(&mut conn, byte, &mut out, &mut sink));
        }
        sink.put(&out);
        assert!(message == means, "{bits} bits");
    }
}
