//! Streams of frames: the examples of RFC 6455 section 5.7, and each rule of
//! section 5 kept and broken.

use super::Seed;

const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// A frame by its first byte; the length stands in its shortest form.
fn frame(first: u8, payload: &[u8], is_masked: bool) -> Vec<u8> {
    let mut bytes = vec![first];
    let mask = if is_masked { 0x80 } else { 0 };
    match payload.len() {
        length @ 0..126 => bytes.push(mask | length as u8),
        length => {
            bytes.push(mask | 126);
            bytes.extend_from_slice(&(length as u16).to_be_bytes());
        }
    }
    if is_masked {
        bytes.extend_from_slice(&KEY);
        bytes.extend(payload.iter().zip(KEY.iter().cycle()).map(|(a, b)| a ^ b));
    } else {
        bytes.extend_from_slice(payload);
    }
    bytes
}

/// A header with a length field of our choice, and a little payload.
fn odd_length(first: u8, short: u8, long: &[u8], is_masked: bool) -> Vec<u8> {
    let mut bytes = vec![first, if is_masked { short | 0x80 } else { short }];
    bytes.extend_from_slice(long);
    if is_masked {
        bytes.extend_from_slice(&KEY);
    }
    bytes.extend_from_slice(b"abc");
    bytes
}

fn streams(is_masked: bool) -> Vec<(&'static str, Vec<u8>)> {
    let one = |first, payload: &[u8]| frame(first, payload, is_masked);
    let many = |frames: &[(u8, &[u8])]| {
        frames
            .iter()
            .flat_map(|(first, payload)| one(*first, payload))
            .collect::<Vec<u8>>()
    };
    let odd = |first, short, long: &[u8]| odd_length(first, short, long, is_masked);
    let long_ping = [b'p'; 125];
    vec![
        ("hello", one(0x81, b"Hello")),
        ("hello-fragmented", many(&[(0x01, b"Hel"), (0x80, b"lo")])),
        ("ping-hello", one(0x89, b"Hello")),
        ("pong-hello", one(0x8a, b"Hello")),
        ("binary-256", one(0x82, &[0xfe; 256])),
        ("length-64k", odd(0x82, 127, &65536_u64.to_be_bytes())),
        ("length-125", one(0x82, &[1; 125])),
        ("length-126", one(0x82, &[2; 126])),
        ("length-2-63", odd(0x82, 127, &[0x80, 0, 0, 0, 0, 0, 0, 0])),
        (
            "length-2-63-less-1",
            odd(0x82, 127, &[0x7f, 255, 255, 255, 255, 255, 255, 255]),
        ),
        (
            "length-2-64-less-1-continued",
            [one(0x01, b"abc"), odd(0x00, 127, &[255; 8])].concat(),
        ),
        ("length-16-not-minimal", odd(0x82, 126, &[0, 125])),
        (
            "length-64-not-minimal",
            odd(0x82, 127, &65535_u64.to_be_bytes()),
        ),
        ("empty-text", one(0x81, b"")),
        (
            "empty-fragments",
            many(&[(0x01, b""), (0x00, b""), (0x80, b"")]),
        ),
        (
            "binary-fragments",
            many(&[(0x02, b"ab"), (0x00, b""), (0x00, b"cd"), (0x80, b"e")]),
        ),
        (
            "ping-between",
            many(&[
                (0x01, b"Hel"),
                (0x89, b"x"),
                (0x80, b"lo"),
                (0x81, b"again"),
            ]),
        ),
        (
            "ping-125",
            many(&[(0x89, &long_ping), (0x89, &long_ping), (0x8a, &long_ping)]),
        ),
        ("ping-126", odd(0x89, 126, &[0, 126])),
        ("ping-fragmented", one(0x09, b"x")),
        ("utf8-all-lengths", one(0x81, "aß€😀".as_bytes())),
        (
            "utf8-cut",
            many(&[(0x01, b"\xf0\x9f"), (0x00, b"\x98"), (0x80, b"\x80!")]),
        ),
        ("utf8-invalid", one(0x81, b"abc\xffdef")),
        ("utf8-overlong", many(&[(0x01, b"\xc0"), (0x80, b"\xaf")])),
        (
            "utf8-surrogate",
            many(&[(0x01, b"\xed"), (0x80, b"\xa0\x80")]),
        ),
        ("utf8-too-large", one(0x81, b"\xf4\x90\x80\x80")),
        ("utf8-unfinished", many(&[(0x01, b"\xe2\x82"), (0x80, b"")])),
        ("close-empty", one(0x88, b"")),
        ("close-1000", one(0x88, b"\x03\xe8bye")),
        ("close-4999", one(0x88, b"\x13\x87")),
        ("close-one-byte", one(0x88, b"\x03")),
        ("close-1005", one(0x88, b"\x03\xed")),
        ("close-2999", one(0x88, b"\x0b\xb7")),
        ("close-reason-invalid", one(0x88, b"\x03\xe8\xff")),
        (
            "close-then-more",
            many(&[(0x88, b"\x03\xe9"), (0x81, b"late"), (0x89, b"")]),
        ),
        (
            "close-between",
            many(&[(0x01, b"Hel"), (0x88, b"\x03\xe8"), (0x80, b"lo")]),
        ),
        ("opcode-3", one(0x83, b"")),
        ("opcode-11", one(0x8b, b"")),
        ("rsv1", one(0xc1, b"x")),
        ("rsv2", one(0xa1, b"x")),
        ("rsv3", one(0x92, b"x")),
        ("continuation-alone", one(0x80, b"x")),
        ("text-within-text", many(&[(0x01, b"a"), (0x81, b"b")])),
        (
            "several",
            many(&[
                (0x81, b"one"),
                (0x82, b"\x02"),
                (0x89, b"3"),
                (0x88, b"\x0f\xa0four"),
            ]),
        ),
        ("header-cut", one(0x82, &[7; 200])[..3].to_vec()),
    ]
}

fn both(prefix: impl Fn(bool) -> Vec<u8>) -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (side, is_masked) in [("to-server", true), ("to-client", false)] {
        for (name, stream) in streams(is_masked) {
            let bytes = [prefix(is_masked), stream].concat();
            seeds.push((format!("{side}-{name}"), bytes));
        }
    }
    seeds
}

pub(super) fn decode() -> Vec<Seed> {
    // Role, no limit, pieces of 3, 1 and 7 bytes.
    let mut seeds = both(|is_masked| vec![u8::from(!is_masked), 0, 3, 1, 7]);
    // All reserved bits allowed, pieces of up to two bytes.
    seeds.push((
        "reserved-bits-allowed".into(),
        [&[0x71, 2, 5, 0, 0][..], &frame(0xf1, b"abcdef", false)].concat(),
    ));
    seeds
}

/// Not made from choices, the role, the large limits, in one piece.
pub(super) fn differential() -> Vec<Seed> {
    both(|is_masked| vec![0, u8::from(!is_masked), 0, 0])
}

pub(super) fn connection() -> Vec<Seed> {
    both(|_| vec![0, 0, 3, 1, 7])
        .into_iter()
        .chain(limited())
        .collect()
}

/// The limits of the target, each reached and exceeded.
fn limited() -> Vec<Seed> {
    let fragments: Vec<u8> = [(0x02, 1), (0x00, 1), (0x00, 1), (0x80, 1)]
        .into_iter()
        .flat_map(|(first, length)| frame(first, &vec![b'f'; length], true))
        .collect();
    let pings: Vec<u8> = (0..4).flat_map(|_| frame(0x89, b"ping", true)).collect();
    [
        ("frame-limit", 0x01, frame(0x82, &[0; 126], true)),
        ("message-limit", 0x04, frame(0x82, &[0; 301], true)),
        ("fragments-limit", 0x10, fragments),
        ("output-mark", 0x40, pings.clone()),
        ("output-mark-0", 0x80, pings),
    ]
    .into_iter()
    .map(|(name, limits, stream)| {
        let bytes = [&[0, limits, 11, 0, 2][..], &stream].concat();
        (format!("limited-{name}"), bytes)
    })
    .collect()
}
