//! The legacy protocol: handshakes, frames, keys.

use super::Seed;

const HEAD: &str = "GET /demo HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\nSec-WebSocket-Protocol: sample\r\n\
    Upgrade: WebSocket\r\nSec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\n\
    Origin: http://example.com\r\n\r\n^n:ds[4U";

const FRAMES: [(&str, &[u8]); 19] = [
    ("text", b"\x00Hello\xff"),
    ("empty", b"\x00\xff\x00\xff"),
    ("unicode", "\0κόσμε €🎉\u{0}".as_bytes()),
    ("other-types", b"\x01abc\xff\x7f\xff\x00a\xff"),
    ("not-utf8", b"\x00a\x80\xe2\x82b\xf0\x9f\xff\x00\xc3\xff"),
    ("skipped", b"\x80\x05\x01\x02\x03\x04\x05\x00a\xff"),
    ("skipped-nothing", b"\x80\x00\xfe\x00\x00a\xff"),
    ("length-300", b"\x80\x82\x2cabc"),
    ("length-zeros", b"\x80\x80\x80\x80\x05abcde\x00a\xff"),
    (
        "length-endless",
        b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00",
    ),
    (
        "length-overflow",
        b"\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
    ),
    (
        "length-63-bits",
        b"\x80\xff\xff\xff\xff\xff\xff\xff\xff\x7fabc",
    ),
    ("close", b"\x00a\xff\xff\x00\x00b\xff"),
    ("close-in-two-bytes", b"\xff\x80\x00\x00b\xff"),
    ("no-close", b"\xff\x01x\x00a\xff"),
    ("cut", b"\x00a\xff\x00b"),
    ("key", b"18x 6]8vM;54 *(5:  {   U1]8  z [  8"),
    ("key-too-large", b"4294967296 0"),
    (
        "key-long",
        b"99999999999999999999999999999999999999999999999 0",
    ),
];

pub(super) fn all() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (name, stream) in FRAMES {
        // Open from the start, without and with a narrow limit; behind the
        // handshake.
        for (start, flags) in [("", 0), ("narrow-", 12), ("behind-", 3)] {
            let bytes = [&[flags, 0, 1, 3, 0], stream].concat();
            seeds.push((format!("{start}{name}"), bytes));
        }
    }
    let frames = b"\x00Hello\xff\xff\x00";
    for (name, flags, head) in [
        ("handshake", 1, HEAD.to_owned()),
        ("handshake-no-origin", 1, HEAD.replace("Origin", "X")),
        ("handshake-no-key1", 1, HEAD.replace("Key1", "Key3")),
        ("handshake-two-keys", 1, HEAD.replace("Key1", "Key2")),
        ("handshake-wrong-key", 1, HEAD.replace("1 5\r", "1 6\r")),
        (
            "handshake-version",
            1,
            HEAD.replace("Origin", "Sec-WebSocket-Version: 13\r\nOrigin"),
        ),
        ("challenge", 2, "\r\n\r\n\0\u{7f}\r\n".to_owned()),
    ] {
        let bytes = [&[flags, 0, 100, 3, 200], head.as_bytes(), frames].concat();
        seeds.push((name.to_owned(), bytes));
    }
    seeds
}
