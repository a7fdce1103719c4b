//! Scripts for two connections that are wired to each other.

use super::Seed;

/// Who does it, in the highest bit of an operation.
const CLIENT: u8 = 0;
const SERVER: u8 = 0x80;

fn text(who: u8, length: u8) -> Vec<u8> {
    vec![who, length]
}

fn binary(who: u8, length: u16) -> Vec<u8> {
    let [high, low] = length.to_be_bytes();
    vec![who | 0x08, high, low]
}

fn fragment(who: u8, is_text: bool, is_last: bool, bytes: &[u8]) -> Vec<u8> {
    let kind = if is_text { 0 } else { 1 };
    let last = if is_last { 2 } else { 0 };
    [&[who | 0x10 | kind | last, bytes.len() as u8], bytes].concat()
}

fn ping(who: u8, length: u8) -> Vec<u8> {
    vec![who | 0x20, length]
}

fn pong(who: u8, length: u8) -> Vec<u8> {
    vec![who | 0x24, length]
}

fn close(who: u8, code: u16, reason: u8) -> Vec<u8> {
    let [high, low] = code.to_be_bytes();
    vec![who | 0x28, high, low, reason]
}

fn empty_close(who: u8) -> Vec<u8> {
    vec![who | 0x29]
}

fn prepared(length: u8) -> Vec<u8> {
    vec![SERVER | 0x2A, length]
}

fn poll(who: u8) -> Vec<u8> {
    vec![who | 0x2C]
}

/// So many bytes to the wire, or all.
fn flush(who: u8, length: u8) -> Vec<u8> {
    vec![who | 0x30, length]
}

/// So many bytes off the wire, or all.
fn deliver(who: u8, length: u8) -> Vec<u8> {
    vec![who | 0x40, length]
}

/// Everything that one has sent arrives.
fn pass(who: u8) -> Vec<u8> {
    vec![who | 0x70]
}

fn room(who: u8, half: u8) -> Vec<u8> {
    vec![who | 0x58, half]
}

fn all_room(who: u8) -> Vec<u8> {
    vec![who | 0x5A]
}

fn reject() -> Vec<u8> {
    vec![SERVER | 0x5C]
}

fn accept() -> Vec<u8> {
    vec![SERVER | 0x5B]
}

fn wait(who: u8, seconds: u8) -> Vec<u8> {
    vec![who | 0x60, seconds]
}

fn cut(who: u8) -> Vec<u8> {
    vec![who | 0x68]
}

fn bend(who: u8, at: u8, with: u8) -> Vec<u8> {
    vec![who | 0x69, at, with]
}

fn inject(who: u8, bytes: &[u8]) -> Vec<u8> {
    [&[who | 0x6A, bytes.len() as u8], bytes].concat()
}

fn recycle(who: u8, capacity: u8) -> Vec<u8> {
    vec![who | 0x6B, capacity]
}

fn both(operations: impl Fn(u8) -> Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    [operations(CLIENT), operations(SERVER)].concat()
}

fn scripts() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let handshake = [pass(CLIENT), accept(), pass(SERVER)];
    let flood = |who: u8| [vec![ping(who, 100); 8], vec![pass(who)]].concat();
    vec![
        (
            "messages",
            both(|who| vec![text(who, 20), binary(who, 300), text(who, 0), pass(who)]),
        ),
        (
            "byte-by-byte",
            [
                vec![text(CLIENT, 9), flush(CLIENT, 0)],
                vec![deliver(CLIENT, 1); 40],
            ]
            .concat(),
        ),
        (
            "half-flushed",
            vec![
                binary(SERVER, 200),
                flush(SERVER, 7),
                deliver(SERVER, 0),
                poll(SERVER),
            ],
        ),
        (
            "fragments",
            both(|who| {
                vec![
                    fragment(who, true, false, b"\xf0\x9f"),
                    ping(who, 3),
                    fragment(who, true, false, b"\x98"),
                    pass(who),
                    fragment(who, true, true, b"\x80"),
                    pass(who),
                ]
            }),
        ),
        (
            "fragments-misused",
            both(|who| {
                vec![
                    fragment(who, true, false, b"a"),
                    text(who, 3),
                    fragment(who, false, true, b"b"),
                    fragment(who, true, true, b"\xff"),
                    fragment(who, true, true, b"\xe2"),
                    fragment(who, true, true, b"c"),
                    pass(who),
                ]
            }),
        ),
        (
            "many-fragments",
            both(|who| {
                [
                    vec![fragment(who, false, false, b"x"); 5],
                    vec![fragment(who, false, true, b""), pass(who)],
                ]
                .concat()
            }),
        ),
        (
            "pings",
            both(|who| {
                vec![
                    ping(who, 5),
                    ping(who, 125),
                    ping(who, 126),
                    pong(who, 0),
                    pass(who),
                ]
            }),
        ),
        (
            "ping-flood",
            [
                flood(CLIENT),
                flood(SERVER),
                vec![poll(SERVER), pass(SERVER)],
            ]
            .concat(),
        ),
        (
            "no-room-for-pong",
            vec![
                room(SERVER, 5),
                ping(CLIENT, 60),
                pass(CLIENT),
                ping(CLIENT, 61),
                pass(CLIENT),
                all_room(SERVER),
                poll(SERVER),
                pass(SERVER),
            ],
        ),
        (
            "no-room-for-message",
            vec![
                room(CLIENT, 30),
                binary(CLIENT, 100),
                text(CLIENT, 10),
                pass(CLIENT),
            ],
        ),
        (
            "no-room-for-close",
            vec![
                room(SERVER, 0),
                close(CLIENT, 1000, 10),
                pass(CLIENT),
                text(SERVER, 1),
                room(SERVER, 1),
                poll(SERVER),
                flush(SERVER, 0),
                poll(SERVER),
                pass(SERVER),
            ],
        ),
        (
            "prepared",
            vec![
                prepared(10),
                fragment(SERVER, false, false, b"x"),
                prepared(1),
                pass(SERVER),
            ],
        ),
        (
            "close-by-client",
            vec![
                text(CLIENT, 5),
                close(CLIENT, 1000, 3),
                text(CLIENT, 1),
                pass(CLIENT),
                pass(SERVER),
            ],
        ),
        (
            "close-by-server",
            vec![
                close(SERVER, 1001, 0),
                text(CLIENT, 4),
                pass(CLIENT),
                pass(SERVER),
                pass(CLIENT),
            ],
        ),
        (
            "close-by-both",
            vec![
                empty_close(CLIENT),
                close(SERVER, 4999, 123),
                pass(CLIENT),
                pass(SERVER),
            ],
        ),
        (
            "close-misused",
            vec![
                close(SERVER, 1010, 0),
                close(CLIENT, 1010, 124),
                close(CLIENT, 1010, 1),
                pass(CLIENT),
                close(CLIENT, 1000, 0),
            ],
        ),
        (
            "ping-after-close",
            vec![
                close(SERVER, 1000, 0),
                ping(CLIENT, 4),
                pass(CLIENT),
                pass(SERVER),
                pass(CLIENT),
            ],
        ),
        (
            "close-answered-late",
            vec![
                close(CLIENT, 3000, 2),
                pass(CLIENT),
                text(SERVER, 7),
                close(SERVER, 3000, 0),
                pass(SERVER),
            ],
        ),
        (
            "lost",
            vec![
                text(CLIENT, 50),
                flush(CLIENT, 20),
                deliver(CLIENT, 10),
                cut(CLIENT),
                text(SERVER, 1),
            ],
        ),
        (
            "lost-after-close",
            vec![
                close(CLIENT, 1000, 0),
                pass(CLIENT),
                cut(CLIENT),
                pass(SERVER),
                cut(SERVER),
            ],
        ),
        (
            "bent",
            vec![
                text(CLIENT, 50),
                flush(CLIENT, 0),
                bend(CLIENT, 0, 0x40),
                deliver(CLIENT, 0),
                pass(SERVER),
            ],
        ),
        (
            "injected",
            vec![
                inject(SERVER, b"\x81\x05Hello\x89\x01x"),
                deliver(SERVER, 0),
                pass(CLIENT),
            ],
        ),
        (
            "idle",
            both(|who| vec![wait(who, 1), wait(who, 20), wait(who, 11), pass(who)]),
        ),
        (
            "kept-alive",
            vec![
                wait(CLIENT, 0),
                wait(CLIENT, 16),
                pass(CLIENT),
                pass(SERVER),
                wait(CLIENT, 5),
                wait(CLIENT, 16),
                wait(CLIENT, 31),
            ],
        ),
        (
            "close-in-vain",
            vec![
                wait(SERVER, 1),
                close(SERVER, 1000, 0),
                wait(SERVER, 1),
                wait(SERVER, 13),
            ],
        ),
        (
            "recycled",
            vec![
                recycle(SERVER, 9),
                binary(CLIENT, 300),
                flush(CLIENT, 0),
                deliver(CLIENT, 100),
                deliver(CLIENT, 0),
                recycle(SERVER, 20),
            ],
        ),
        (
            "handshake-then-echo",
            [
                handshake.to_vec(),
                vec![
                    text(CLIENT, 30),
                    pass(CLIENT),
                    text(SERVER, 30),
                    pass(SERVER),
                ],
            ]
            .concat(),
        ),
        (
            "handshake-refused",
            vec![
                pass(CLIENT),
                reject(),
                flush(SERVER, 30),
                deliver(SERVER, 0),
                pass(SERVER),
                cut(SERVER),
            ],
        ),
        (
            "handshake-no-room",
            vec![
                room(SERVER, 9),
                pass(CLIENT),
                accept(),
                all_room(SERVER),
                accept(),
                pass(SERVER),
            ],
        ),
        (
            "handshake-given-up",
            vec![close(CLIENT, 1000, 0), pass(CLIENT), close(SERVER, 1000, 0)],
        ),
        (
            "handshake-too-late",
            vec![
                wait(CLIENT, 1),
                wait(SERVER, 1),
                pass(CLIENT),
                wait(CLIENT, 22),
                wait(SERVER, 22),
            ],
        ),
    ]
}

pub(super) fn all() -> Vec<Seed> {
    let setups: [(&str, [u16; 2]); 6] = [
        ("plain", [0, 0]),
        ("streaming-marked", [0x50, 0x50]),
        ("limited", [0x20, 0x30]),
        ("quiet", [0x03, 0x13]),
        ("closing", [0x0c, 0x0c]),
        ("timed", [0x80, 0x180]),
    ];
    let mut seeds = Vec::new();
    for (setup, [client, server]) in setups {
        for (name, script) in scripts() {
            let is_handshake = name.starts_with("handshake");
            let bytes = [
                &client.to_be_bytes()[..],
                &server.to_be_bytes(),
                &[u8::from(is_handshake)],
                &script.concat(),
            ]
            .concat();
            seeds.push((format!("{setup}-{name}"), bytes));
        }
    }
    seeds
}
