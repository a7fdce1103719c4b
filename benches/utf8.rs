//! The validation of text, whole and in pieces, next to that of the standard
//! library.

use core::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use websocket_proto::frame::Utf8Validator;

#[path = "support/text.rs"]
mod text;

/// Validates in pieces of `size` bytes, and tells how many came back.
fn validate(bytes: &[u8], size: usize) -> usize {
    let mut validator = Utf8Validator::new();
    let mut length = 0;
    for piece in bytes.chunks(size) {
        let valid = validator.push(piece).expect("UTF-8");
        length += valid.completed.map_or(0, char::len_utf8) + valid.text.len();
    }
    validator.finish().expect("whole code points");
    length
}

fn utf8(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("utf8");
    for length in [20, 70, 1 << 10, 64 << 10] {
        let ascii = "x".repeat(length);
        let scripts = text::text(length);
        for (name, text) in [("ascii", &ascii), ("scripts", &scripts)] {
            let bytes = text.as_bytes();
            assert_eq!(validate(bytes, bytes.len()), bytes.len());
            assert_eq!(validate(bytes, 7), bytes.len());
            group.throughput(Throughput::Bytes(bytes.len() as u64));
            group.bench_function(BenchmarkId::new(name, length), |bencher| {
                bencher.iter(|| validate(black_box(bytes), bytes.len()));
            });
            let id = BenchmarkId::new(format!("{name}, core alone"), length);
            group.bench_function(id, |bencher| {
                bencher.iter(|| core::str::from_utf8(black_box(bytes)).map(str::len));
            });
            if length > 1460 {
                let id = BenchmarkId::new(format!("{name}, pieces of 1460 bytes"), length);
                group.bench_function(id, |bencher| {
                    bencher.iter(|| validate(black_box(bytes), 1460));
                });
            }
        }
    }
    group.finish();
}

criterion_group!(benches, utf8);
criterion_main!(benches);
