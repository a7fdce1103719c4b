//! After the handshake the embedded loop asks for no memory.

use std::convert::Infallible;

use embedded_io_async::{ErrorType, Read, Write};
use embedding::adapters::embedded::{Inlet, Outlet};
use embedding::heap;
use websocket_proto::handshake::Agreement;
use websocket_proto::{Config, Connection, Delivery, Event, FixedOutput};

/// What a peer has sent, in reads of a fixed size.
struct Pieces {
    bytes: Vec<u8>,
    start: usize,
    size: usize,
}

impl ErrorType for Pieces {
    type Error = Infallible;
}

impl Read for Pieces {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let rest = &self.bytes[self.start..];
        let length = rest.len().min(self.size).min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.start += length;
        Ok(length)
    }
}

#[derive(Default)]
struct Count(usize);

impl ErrorType for Count {
    type Error = Infallible;
}

impl Write for Count {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// A client's frame, masked with the key of zeros.
fn frame(first: u8, length: usize) -> Vec<u8> {
    let mut frame = vec![first];
    match length {
        0..126 => frame.push(0x80 | length as u8),
        _ => {
            frame.push(0x80 | 126);
            frame.extend((length as u16).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(vec![b'a'; length]);
    frame
}

/// Echoes all of `bytes`, and says how much was received, how much was written
/// and how often memory was asked for.
fn echo(bytes: Vec<u8>, size: usize) -> (usize, usize, usize) {
    let config = Config::new().delivery(Delivery::Chunks);
    let mut connection = Connection::upgraded_server(config, Agreement::new());
    let (mut buffer, mut memory) = ([0; 1024], [0; 1024]);
    let start = 0;
    let pieces = Pieces { bytes, start, size };
    let mut written = Count::default();
    let mut input = Inlet::new(pieces, &mut buffer);
    let mut outlet = Outlet::new(&mut written, FixedOutput::new(&mut memory));
    let mut received = 0;
    let counted = smol::block_on(async {
        let before = heap::allocations();
        while !connection.is_closed() {
            let event = input.receive(&mut connection, &mut outlet);
            if let Some(Event::Chunk(chunk)) = event.await.expect("no fault") {
                let (bytes, kind) = (chunk.data.as_bytes(), chunk.data.kind());
                received += bytes.len();
                outlet
                    .send_piece(&mut connection, kind, bytes, chunk.last)
                    .await
                    .expect("an open connection");
            }
        }
        outlet.transmit(&mut connection).await.expect("no fault");
        heap::allocations() - before
    });
    assert!(connection.was_clean());
    (received, written.0, counted)
}

#[test]
fn no_frame_asks_for_memory() {
    let lengths = [1, 125, 126, 1000, 5000, 0, 60_000];
    for size in [7, 64, 1000, 1024] {
        let mut bytes = Vec::new();
        for length in lengths {
            bytes.extend(frame(0x82, length));
            bytes.extend(frame(0x01, length));
            bytes.extend(frame(0x80, length));
        }
        bytes.extend(frame(0x88, 0));
        let (received, written, allocations) = echo(bytes, size);
        assert_eq!(received, 3 * lengths.iter().sum::<usize>());
        assert!(written > received);
        assert_eq!(allocations, 0, "in reads of {size} bytes");
    }
}

/// A control frame that a read has cut is the exception: its payload is put
/// together on the heap.
#[test]
fn whole_pings_ask_for_no_memory() {
    let mut bytes = Vec::new();
    for _ in 0..10 {
        bytes.extend(frame(0x89, 100));
    }
    bytes.extend(frame(0x88, 0));
    let (_, written, allocations) = echo(bytes, 106);
    assert_eq!(written, 10 * 102 + 2);
    assert_eq!(allocations, 0);
}
