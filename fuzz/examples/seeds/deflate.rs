//! Compressed messages: the examples of RFC 7692 section 7.2.3, streams kept
//! and broken, and headers of every kind.

use super::Seed;

const HELLO: &[u8] = b"\xf2\x48\xcd\xc9\xc9\x07\x00";
const AGAIN: &[u8] = b"\xf2\x00\x11\x00\x00";

/// Flags: takeover out and in.
const BOTH: u8 = 3;
/// Flags: what follows are raw frames.
const RAW: u8 = 16;

/// Flags: what follows says which blocks there are to be.
const BLOCKS: u8 = 32;

/// Messages that end far behind the window's oldest byte: a stored block, a
/// frame's end, a final block that copies the last three bytes, a frame's end,
/// and a copy of 29 bytes from a window before.
fn across(bits: u32) -> Vec<u8> {
    let window = 1_u32 << bits;
    // Where zlib's own window ends, too.
    let ends = [0, 29, 100, 32_765 - window.min(32_765), 65_533 - window];
    let messages = ends.into_iter().map(|more| {
        let [high, low] = ((window + more) as u16).to_be_bytes();
        [
            &[0, high, low, 7][..],
            &[0x80 | 8 | 3, 0, 0, 2, 6, 7],
            &[3, 26, 0, 0, 6, 15],
        ]
        .concat()
    });
    messages.collect::<Vec<_>>().concat()
}

fn input(flags: u8, bits: u8, header: &str, rest: &[u8]) -> Vec<u8> {
    let start = [flags, bits, bits, 6, 64, 3, 1, 200, header.len() as u8];
    [&start[..], header.as_bytes(), rest].concat()
}

/// A compressed frame as the target reads it: 0x80 ends the message; 0 is
/// text, 1 binary, 2 a continuation, 3 a ping.
fn frame(what: u8, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u16).to_be_bytes();
    [&[what][..], &length, payload].concat()
}

pub fn all() -> Vec<Seed> {
    let hello = frame(0x80, HELLO);
    let again = frame(0x80, AGAIN);
    let two = [&hello[..], &again].concat();
    let text = [(frame(0x00, &HELLO[..3])), frame(0x82, &HELLO[3..])].concat();
    let between = [
        frame(0x00, &HELLO[..3]),
        frame(0x83, b"x"),
        frame(0x82, &HELLO[3..]),
    ]
    .concat();
    let plain = [&hello[..], &frame(0xc0, b"xyz"), &again].concat();
    let last = frame(0x80, b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00");
    let ends = frame(0x81, &[3, 0].repeat(100));
    let bomb = {
        // One literal and many repetitions of it, as a fixed block.
        let mut payload = b"\x62\x60\x18\x05".to_vec();
        payload.extend([0x00; 200]);
        payload
    };
    let cut = b"\x41\x17\x3a\xb7\xeb\xe1\xde\x9d\xe7\x9b\xcf\xed\x39\xb7\xf5\xcb\x84\x86\x06\x00\x00\x00\x00\xff\xff";
    let bare = "permessage-deflate";
    let streams: Vec<(&str, u8, Vec<u8>)> = vec![
        ("hello", BOTH, hello.clone()),
        ("hello-twice", BOTH, two.clone()),
        ("hello-twice-alone", 0, two.clone()),
        ("hello-in-two", BOTH, text),
        ("ping-between", BOTH, between),
        ("plain-between", BOTH, plain),
        ("empty", BOTH, frame(0x80, &[0])),
        ("nothing", BOTH, [frame(0x80, &[]), hello.clone()].concat()),
        (
            "stored",
            BOTH,
            frame(0x80, b"\x00\x05\x00\xfa\xffHello\x00"),
        ),
        (
            "two-blocks",
            BOTH,
            frame(
                0x80,
                b"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00",
            ),
        ),
        ("final-block", BOTH, [last, again.clone()].concat()),
        (
            "final-in-the-middle",
            BOTH,
            frame(0x80, b"\xf3\x48\xcd\x01\x00\xca\xc9\x07\x00"),
        ),
        (
            "final-last",
            BOTH,
            [frame(0x81, &[3, 0x80]), hello.clone()].concat(),
        ),
        ("final-many", BOTH, ends),
        ("reserved-type", BOTH, frame(0x80, &[7])),
        ("all-ones", BOTH, frame(0x80, &[0xff; 4])),
        ("cut", BOTH, frame(0x80, &HELLO[..4])),
        ("too-far", BOTH, again.clone()),
        ("repetitions", BOTH, frame(0x81, &bomb)),
        ("repetitions-limited", BOTH | 4, frame(0x81, &bomb)),
        ("nothing-allowed", BOTH | 8, two.clone()),
        ("raw-not-utf-8", BOTH | RAW, cut.to_vec()),
        (
            "raw-continuation",
            BOTH | RAW,
            b"\x41\x03\xf2\x48\xcd\xc0\x04\xc9\xc9\x07\x00".to_vec(),
        ),
        ("raw-ping", BOTH | RAW, b"\xc9\x00".to_vec()),
        (
            "raw-masked",
            BOTH | RAW,
            b"\xc1\x87\x37\xfa\x21\x3d\xc5\xb2\xec\xf4\xfe\xfd\x21".to_vec(),
        ),
    ];
    let headers = [
        ("bare", bare),
        ("browser", "permessage-deflate; client_max_window_bits"),
        (
            "all",
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=9",
        ),
        (
            "quoted",
            "permessage-deflate; server_max_window_bits=\"1\\2\"",
        ),
        (
            "eight",
            "permessage-deflate; client_max_window_bits=8, permessage-deflate; server_max_window_bits=8",
        ),
        (
            "fallback",
            "permessage-deflate; foo, x-other, permessage-deflate; server_max_window_bits=9",
        ),
        (
            "twice",
            "permessage-deflate; client_max_window_bits; client_max_window_bits=10",
        ),
        (
            "padded",
            "permessage-deflate; server_max_window_bits=08, permessage-deflate; server_max_window_bits",
        ),
        (
            "others",
            "permessage-bzip2, x-webkit-deflate-frame, deflate-frame",
        ),
        ("malformed", "permessage-deflate; ="),
    ];
    let streams = streams
        .into_iter()
        .map(|(name, flags, rest)| (name.to_owned(), input(flags, 7, bare, &rest)));
    let headers = headers.into_iter().map(|(name, header)| {
        let rest = [&two[..], &frame(0x81, &bomb)].concat();
        (format!("header-{name}"), input(BOTH, 3, header, &rest))
    });
    let across = (9..=15).flat_map(|bits| {
        [("", BOTH), ("-alone", 0)].map(|(end, flags)| {
            let windows =
                format!("{bare}; server_max_window_bits={bits}; client_max_window_bits={bits}");
            // Of all messages at once there is more than may be stored.
            across(bits)
                .chunks(16)
                .enumerate()
                .map(|(turn, message)| {
                    let name = format!("across-{bits}{end}-{turn}");
                    (name, input(flags | BLOCKS, 7, &windows, message))
                })
                .collect::<Vec<_>>()
        })
    });
    streams.chain(headers).chain(across.flatten()).collect()
}
