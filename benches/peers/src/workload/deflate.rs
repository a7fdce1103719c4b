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
    let mut compressor = compressor();
    let mut stream = Vec::new();
    for text in &texts {
        if !takeover {
            compressor.reset();
        }
        write(&mut stream, &compress(&mut compressor, text), random);
    }
    let payloads = texts.iter().map(String::as_bytes);
    Workload {
        kind: Kind::Deflate { takeover },
        ..Workload::received(id, what, payloads, stream, 1)
    }
}

fn compressor() -> Compress {
    Compress::new(Compression::new(6), false)
}

/// The payload of a frame.
fn compress(compressor: &mut Compress, text: &str) -> Vec<u8> {
    let mut payload = Vec::with_capacity(text.len() + 64);
    compressor
        .compress_vec(text.as_bytes(), &mut payload, FlushCompress::Sync)
        .expect("room enough");
    payload.truncate(payload.len() - 4);
    payload
}

fn write(stream: &mut Vec<u8>, payload: &[u8], random: &mut Random) {
    let first = FINAL | COMPRESSED | TEXT;
    frames::write(stream, first, payload, Some(random.key()));
}

/// Frames that are all of one length, so that each read of it brings one. None
/// refers to another, so that they are right with takeover and without.
pub struct Frames {
    pub stream: &'static [u8],
    /// Of a frame, in bytes.
    pub length: usize,
}

impl Frames {
    /// So many, each of JSON of `length` bytes.
    pub fn new(length: usize, count: usize) -> Self {
        let random = &mut Random(47);
        let mut compressor = compressor();
        let mut next = |number| {
            compressor.reset();
            compress(&mut compressor, &records(random, number, length))
        };
        let compressed = next(0).len();
        let payloads = (1..)
            .map(next)
            .filter(|payload| payload.len() == compressed);
        let payloads: Vec<_> = payloads.take(count).collect();
        let mut stream = Vec::new();
        for payload in payloads {
            write(&mut stream, &payload, random);
        }
        Self {
            length: stream.len() / count,
            stream: stream.leak(),
        }
    }
}
