//! What a server receives: frames taken apart, and messages delivered, from
//! streams that lie in the buffer whole and from reads that cut them.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use support::{Numbers, Stream, text};
use websocket_proto::frame::{Decoded, Decoder, Opcode};
use websocket_proto::handshake::Agreement;
use websocket_proto::{Config, Connection, Event, Input, Receiver, Role};

mod support;

/// The payload bytes of the data and control frames.
fn decode(stream: &mut [u8]) -> usize {
    let mut decoder = Decoder::new(Role::Server);
    let mut input = stream;
    let mut length = 0;
    while let Some(decoded) = decoder.decode(&mut input).expect("valid frames") {
        if let Decoded::Payload { bytes, .. } = decoded {
            length += bytes.len();
        }
    }
    assert!(decoder.is_idle());
    length
}

fn receiver() -> Receiver {
    let connection = Connection::upgraded_server(Config::new(), Agreement::default());
    connection.split().expect("an open connection").0
}

/// The number and the length of the messages in reads of `size` bytes.
fn receive(receiver: &mut Receiver, stream: &mut [u8], size: usize) -> (usize, usize) {
    let (mut messages, mut length) = (0, 0);
    for read in stream.chunks_mut(size) {
        let mut input = Input::new(read);
        while let Some(event) = receiver.receive(&mut input).expect("valid frames") {
            match event {
                Event::Text(text) => {
                    messages += 1;
                    length += text.len();
                    if let std::borrow::Cow::Owned(text) = text {
                        receiver.recycle(text);
                    }
                }
                Event::Binary(bytes) => {
                    messages += 1;
                    length += bytes.len();
                    if let std::borrow::Cow::Owned(bytes) = bytes {
                        receiver.recycle(bytes);
                    }
                }
                _ => {}
            }
        }
    }
    (messages, length)
}

/// Of everything: mostly short messages, some of up to 16 KiB, some in
/// fragments, Pings between them.
fn mixed(count: usize) -> Stream {
    let mut stream = Stream::new(true);
    let mut numbers = Numbers::new();
    for index in 0..count {
        let opcode = [Opcode::Text, Opcode::Binary][index % 2];
        match numbers.below(10) {
            0 => stream.message(opcode, text(1024 + numbers.below(15 << 10)).as_bytes()),
            1 => {
                let payload = text(300);
                let (first, last) = payload.as_bytes().split_at(151);
                stream.messages += 1;
                stream.payload += payload.len();
                stream.frame(opcode, false, first);
                stream.frame(Opcode::Ping, true, b"still there?");
                stream.frame(Opcode::Continuation, true, last);
            }
            _ => stream.message(opcode, text(numbers.below(140)).as_bytes()),
        }
    }
    stream
}

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode");
    for (name, stream) in [("short", Stream::short(true, 1000)), ("mixed", mixed(200))] {
        let wire = stream.wire;
        let expected = (stream.messages, stream.payload);
        let mut receiver = receiver();
        assert!(decode(&mut wire.clone()) >= stream.payload);
        assert_eq!(
            receive(&mut receiver, &mut wire.clone(), wire.len()),
            expected
        );
        assert_eq!(receive(&mut receiver, &mut wire.clone(), 1460), expected);

        group.throughput(Throughput::Elements(stream.messages as u64));
        group.bench_function(format!("{name} frames"), |bencher| {
            bencher.iter_batched_ref(|| wire.clone(), |wire| decode(wire), BatchSize::LargeInput);
        });
        for (reads, size) in [("whole", wire.len()), ("reads of 1460 bytes", 1460)] {
            group.bench_function(format!("{name} messages, {reads}"), |bencher| {
                bencher.iter_batched_ref(
                    || wire.clone(),
                    |wire| receive(&mut receiver, wire, size),
                    BatchSize::LargeInput,
                );
            });
        }
    }
    group.finish();
}

criterion_group!(group, benches);
criterion_main!(group);
