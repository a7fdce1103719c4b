//! What is received, and echoed.

use super::{Kind, READ, Scale, Workload};
use crate::check::{Check, Look};
use crate::content::{Random, long_text};
use crate::contestant::Role;
use crate::frames::{self, BINARY, FINAL, PING, TEXT};

pub fn add(
    list: &mut Vec<Workload>,
    scale: Scale,
    texts: &[String],
    wanted: &dyn Fn(&str) -> bool,
) {
    let random = &mut Random(43);
    let rounds = scale.rounds();
    let payloads = texts.iter().map(String::as_bytes);
    let masked = masked(random, texts, TEXT);
    let short = |id, what, count: usize, stream: &[u8], loops| {
        Workload::received(
            id,
            what,
            payloads.clone().take(count),
            stream.to_vec(),
            loops,
        )
    };
    if wanted("R1") {
        let what = "server receives masked texts of 16 to 125 B, in reads of 64 KiB";
        list.push(short("R1", what, texts.len(), &masked, 1));
    }
    if wanted("R2") {
        let payloads: Vec<_> = (0..1000)
            .map(|_| {
                let length = random.range(1024, 16384);
                random.bytes(length)
            })
            .collect();
        let what = "server receives masked binary messages of 1 to 16 KiB";
        list.push(binary("R2", what, &payloads, 2 * rounds, random));
    }
    if wanted("R3") {
        let payloads: Vec<_> = (0..8).map(|_| random.bytes(1 << 20)).collect();
        let what = "server receives masked binary messages of 1 MiB";
        list.push(binary("R3", what, &payloads, 2 * rounds, random));
    }
    if wanted("R4") {
        let texts: Vec<_> = (0..8).map(|shift| long_text(random, shift)).collect();
        let stream = self::masked(random, &texts, TEXT);
        let what = "server receives masked texts of 1 MiB, half ASCII, half Chinese";
        let payloads = texts.iter().map(String::as_bytes);
        list.push(Workload::received("R4", what, payloads, stream, rounds));
    }
    if wanted("R5") {
        list.push(fragments(random, rounds));
    }
    // Of short reads a part is enough.
    let count = texts.len().min(50_000);
    let part = self::masked(random, &texts[..count], TEXT);
    if wanted("R6a") {
        let loops = if rounds > 1 { 10 } else { 1 };
        let what = "the first 50,000 of R1 in reads of 1460 B";
        let workload = short("R6a", what, count, &part, loops);
        list.push(Workload {
            chunk: 1460,
            ..workload
        });
    }
    if wanted("R6b") {
        let workload = short("R6b", "the same in reads of 7 B", count, &part, 1);
        list.push(Workload {
            chunk: 7,
            ..workload
        });
    }
    if wanted("T1") {
        let what = "server receives a masked binary message of 64 MiB in one frame, in pieces";
        list.push(streaming("T1", what, 64 << 20, random));
    }
    if wanted("T2") {
        let what = "the same in frames of 64 KiB";
        list.push(streaming("T2", what, READ, random));
    }
    if wanted("C1") {
        let mut stream = Vec::new();
        for text in texts {
            frames::write(&mut stream, FINAL | TEXT, text.as_bytes(), None);
        }
        let workload = short(
            "C1",
            "client receives the texts of R1",
            texts.len(),
            &stream,
            1,
        );
        list.push(Workload {
            role: Role::Client,
            ..workload
        });
    }
    if wanted("E1") {
        let what = "server sends the texts of R1 back, 64 at a time";
        let workload = short("E1", what, texts.len(), &masked, 1);
        list.push(Workload {
            kind: Kind::Echo,
            ..workload
        });
    }
}

fn masked(random: &mut Random, payloads: &[impl AsRef<[u8]>], opcode: u8) -> Vec<u8> {
    let mut stream = Vec::new();
    for payload in payloads {
        frames::write(
            &mut stream,
            FINAL | opcode,
            payload.as_ref(),
            Some(random.key()),
        );
    }
    stream
}

fn binary(
    id: &'static str,
    what: &'static str,
    payloads: &[Vec<u8>],
    loops: usize,
    random: &mut Random,
) -> Workload {
    let stream = masked(random, payloads, BINARY);
    let payloads = payloads.iter().map(Vec::as_slice);
    Workload::received(id, what, payloads, stream, loops)
}

fn fragments(random: &mut Random, loops: usize) -> Workload {
    let payloads: Vec<_> = (0..128).map(|_| random.bytes(64 << 10)).collect();
    let mut stream = Vec::new();
    for payload in &payloads {
        let fragments = payload.chunks(4096);
        let last = fragments.len() - 1;
        for (at, fragment) in fragments.enumerate() {
            let opcode = if at == 0 { BINARY } else { 0 };
            let is_final = if at == last { FINAL } else { 0 };
            frames::write(&mut stream, is_final | opcode, fragment, Some(random.key()));
            if at < last {
                frames::write(&mut stream, FINAL | PING, b"ping", Some(random.key()));
            }
        }
    }
    let what = "server receives 64 KiB in 16 masked fragments, with pings between";
    let payloads = payloads.iter().map(Vec::as_slice);
    Workload::received("R5", what, payloads, stream, loops)
}

fn streaming(id: &'static str, what: &'static str, frame: usize, random: &mut Random) -> Workload {
    const LENGTH: usize = 64 << 20;
    let payload = random.bytes(LENGTH);
    let mut stream = Vec::with_capacity(LENGTH + LENGTH / 1000);
    let frames = payload.chunks(frame);
    let last = frames.len() - 1;
    for (at, frame) in frames.enumerate() {
        let opcode = if at == 0 { BINARY } else { 0 };
        let is_final = if at == last { FINAL } else { 0 };
        frames::write(&mut stream, is_final | opcode, frame, Some(random.key()));
    }
    let pieces = |look| {
        let mut check = Check::new(look);
        check.piece(&payload);
        check.end();
        check
    };
    Workload {
        kind: Kind::Streaming {
            frames: frame < LENGTH,
        },
        whole: pieces(Look::Whole),
        glance: pieces(Look::Glance),
        ..Workload::received(id, what, [&payload[..]].into_iter(), stream, 1)
    }
}
