//! Masking in place and on copy, against the formula of RFC 6455 section 5.3.

use core::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use websocket_proto::frame::MaskingKey;

const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

fn mask(criterion: &mut Criterion) {
    let key = MaskingKey::new(KEY);
    let mut group = criterion.benchmark_group("mask");
    for length in [5, 70, 1 << 10, 16 << 10, 1 << 20] {
        let payload: Vec<u8> = (0..length).map(|index| (index * 31) as u8).collect();
        let expected: Vec<u8> = payload
            .iter()
            .zip(KEY.iter().cycle())
            .map(|(byte, key)| byte ^ key)
            .collect();
        let mut buffer = payload.clone();
        key.apply(&mut buffer);
        assert_eq!(buffer, expected);
        buffer.fill(0);
        key.apply_copy(&payload, &mut buffer);
        assert_eq!(buffer, expected);

        group.throughput(Throughput::Bytes(length as u64));
        group.bench_function(BenchmarkId::new("in place", length), |bencher| {
            bencher.iter(|| key.apply(black_box(&mut buffer)));
        });
        group.bench_function(BenchmarkId::new("on copy", length), |bencher| {
            bencher.iter(|| key.apply_copy(black_box(&payload), black_box(&mut buffer)));
        });
    }
    group.finish();
}

criterion_group!(benches, mask);
criterion_main!(benches);
