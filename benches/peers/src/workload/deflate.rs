//! What is received compressed, and sent back compressed.

use flate2::{Compress, Compression, FlushCompress};

use super::{Kind, Scale, Workload};
use crate::content::{Random, records};
use crate::frames::{self, COMPRESSED, FINAL, TEXT};

struct Size {
    length: usize,
    count: usize,
    with_takeover: (&'static str, &'static str),
    without: (&'static str, &'static str),
}

const SIZES: [Size; 3] = [
    Size {
        length: 64,
        count: 20_000,
        with_takeover: (
            "D2",
            "server sends JSON of 64 B back, compressed, with takeover",
        ),
        without: ("D2n", "the same without takeover"),
    },
    Size {
        length: 1 << 10,
        count: 4_000,
        with_takeover: (
            "D1",
            "server sends JSON of 1 KiB back, compressed, with takeover",
        ),
        without: ("D1n", "the same without takeover"),
    },
    Size {
        length: 64 << 10,
        count: 64,
        with_takeover: (
            "D3",
            "server sends JSON of 64 KiB back, compressed, with takeover",
        ),
        without: ("D3n", "the same without takeover"),
    },
];

pub fn add(list: &mut Vec<Workload>, scale: Scale, wanted: &dyn Fn(&str) -> bool) {
    for size in &SIZES {
        let workloads = [(true, size.with_takeover), (false, size.without)];
        for (takeover, (id, what)) in workloads {
            if wanted(id) {
                let count = match scale {
                    Scale::Timed => size.count,
                    Scale::Counted => size.count.min(500),
                };
                list.push(compressed(id, what, takeover, size.length, count));
            }
        }
    }
}

fn compressed(
    id: &'static str,
    what: &'static str,
    takeover: bool,
    length: usize,
    count: usize,
) -> Workload {
    let random = &mut Random(46);
    let texts: Vec<_> = (0..count)
        .map(|number| records(random, number, length))
        .collect();
    let mut compressor = Compress::new(Compression::new(6), false);
    let mut stream = Vec::new();
    for text in &texts {
        let mut payload = Vec::with_capacity(length + 64);
        if !takeover {
            compressor.reset();
        }
        compressor
            .compress_vec(text.as_bytes(), &mut payload, FlushCompress::Sync)
            .expect("room enough");
        payload.truncate(payload.len() - 4);
        frames::write(
            &mut stream,
            FINAL | COMPRESSED | TEXT,
            &payload,
            Some(random.key()),
        );
    }
    let payloads = texts.iter().map(String::as_bytes);
    Workload {
        kind: Kind::Deflate { takeover },
        ..Workload::received(id, what, payloads, stream, 1)
    }
}
