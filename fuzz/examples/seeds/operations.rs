//! Scripts for two connections that are wired to each other.

use super::Seed;
use super::script::*;

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
            "close-before-a-pong",
            vec![
                room(SERVER, 5),
                ping(CLIENT, 60),
                pass(CLIENT),
                close(SERVER, 1000, 0),
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
            "handshake-refusal-waits",
            vec![
                room(SERVER, 0),
                wait(SERVER, 1),
                wait(SERVER, 21),
                wait(SERVER, 1),
                wait(SERVER, 13),
                deliver(CLIENT, 0),
            ],
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
