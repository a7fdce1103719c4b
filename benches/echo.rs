//! A server that sends every message back.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use support::Stream;
use websocket_proto::handshake::Agreement;
use websocket_proto::{Config, Connection, Event, Input};

mod support;

fn echo(connection: &mut Connection, stream: &mut [u8], out: &mut Vec<u8>) {
    let mut input = Input::new(stream);
    while let Some(event) = connection.receive(&mut input, out).expect("valid frames") {
        match event {
            Event::Text(text) => connection.send_text(&text, out),
            Event::Binary(bytes) => connection.send_binary(&bytes, out),
            _ => Ok(()),
        }
        .expect("an open connection");
    }
}

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("echo");
    // Built twice from the same numbers: what the client sends is what it is
    // to get back, but for the masking.
    for (name, sent, expected) in [
        (
            "short",
            Stream::short(true, 1000),
            Stream::short(false, 1000),
        ),
        ("1 MiB", megabyte(true), megabyte(false)),
    ] {
        let mut connection = Connection::upgraded_server(Config::new(), Agreement::default());
        let mut out = Vec::new();
        echo(&mut connection, &mut sent.wire.clone(), &mut out);
        assert!(out == expected.wire, "another echo than was sent");

        group.throughput(match name {
            "short" => Throughput::Elements(sent.messages as u64),
            _ => Throughput::Bytes(sent.payload as u64),
        });
        group.bench_function(name, |bencher| {
            bencher.iter_batched_ref(
                || sent.wire.clone(),
                |wire| {
                    out.clear();
                    echo(&mut connection, wire, &mut out);
                    out.len()
                },
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

fn megabyte(is_masked: bool) -> Stream {
    let mut stream = Stream::new(is_masked);
    stream.message(websocket_proto::frame::Opcode::Binary, &[0xA5; 1 << 20]);
    stream
}

criterion_group!(group, benches);
criterion_main!(group);
