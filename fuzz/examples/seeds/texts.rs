//! URIs, extension lists, and what a caller may put into a request.

use super::Seed;

const URIS: [&str; 33] = [
    "ws://example.com",
    "wss://example.com/",
    "WS://Example.COM:80/",
    "wss://example.com:443/chat?room=1",
    "ws://example.com:9001?q",
    "ws://example.com/?",
    "ws://127.0.0.1:1/a/../b",
    "ws://[::1]:65535/%20",
    "ws://[2001:db8::ffff:1.2.3.4]/",
    "ws://[fe80::1%25eth0]/",
    "ws://[::1/",
    "ws://user:word@example.com/",
    "ws://example.com/#fragment",
    "ws://example.com/%23",
    "ws://example.com/%2",
    "ws://example.com/%zz",
    "ws://example.com:0/",
    "ws://example.com:65536/",
    "ws://example.com:+80/",
    "ws://example.com:/",
    "ws://:80/",
    "ws:///path",
    "ws:example.com",
    "http://example.com/",
    "ws://exa mple.com/",
    "ws://example.com/a b",
    "ws://example.com/a\r\nX: y",
    "ws://example.com/\u{e4}",
    "ws://xn--bcher-kva.example/ids[]=1",
    "ws://a,b/",
    "ws://a%41b/",
    "://",
    "",
];

const EXTENSIONS: [&str; 22] = [
    "permessage-deflate",
    "permessage-deflate; client_max_window_bits",
    "permessage-deflate; server_max_window_bits=10, permessage-deflate",
    "permessage-deflate; server_max_window_bits=\"10\"",
    "a;b=\"\\1\\0\"",
    "a;b=\"1 0\"",
    "a;b=\"\"",
    "a;b=\"1",
    "a;b=",
    "a;=1",
    "a;",
    ";a",
    ",, a ,\t, b ,",
    "a\nb\nc; d=e",
    "a\n\nb",
    "\n",
    "",
    "a b",
    "a ; b = c",
    "a=1",
    "x-\u{e4}",
    "a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a",
];

/// What to set, with its name and where it has one its value.
type Setting<'a> = (u8, &'a str, &'a [u8]);

fn settings() -> Vec<(&'static str, u16, Vec<Setting<'static>>)> {
    vec![
        ("nothing", 200, vec![]),
        (
            "fields",
            403,
            vec![
                (0, "Cookie", b"a=1"),
                (0, "X-Y", b" padded\t"),
                (0, "Z", b""),
            ],
        ),
        ("injection", 200, vec![(0, "X", b"a\r\nUpgrade: h2c")]),
        ("injection-name", 200, vec![(0, "X: y\r\nZ", b"a")]),
        (
            "managed",
            200,
            vec![(0, "sec-websocket-key", b"x"), (0, "Host", b"b")],
        ),
        (
            "protocols",
            404,
            vec![(2, "chat", b""), (2, "superchat", b"")],
        ),
        (
            "protocol-twice",
            404,
            vec![(2, "chat", b""), (2, "chat", b"")],
        ),
        ("protocol-odd", 404, vec![(2, "a,b", b"")]),
        (
            "origin",
            500,
            vec![(3, "https://example.com:8443", b""), (0, "A", b"\xff")],
        ),
        ("origin-null", 500, vec![(3, "null", b"")]),
        ("origin-odd", 500, vec![(3, "https://a\r\n", b"")]),
        ("body-forbidden", 304, vec![(3, "body", b"")]),
        ("status-99", 99, vec![]),
        ("status-600", 600, vec![]),
        (
            "all",
            426,
            vec![
                (0, "Upgrade", b"websocket"),
                (2, "p", b""),
                (3, "null", b""),
            ],
        ),
    ]
}

pub(super) fn all() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (index, uri) in URIS.into_iter().enumerate() {
        seeds.push((format!("uri-{index:02}"), [&[1], uri.as_bytes()].concat()));
    }
    for (index, list) in EXTENSIONS.into_iter().enumerate() {
        seeds.push((
            format!("extensions-{index:02}"),
            [&[2], list.as_bytes()].concat(),
        ));
    }
    for (name, status, settings) in settings() {
        let mut bytes = vec![3];
        bytes.extend_from_slice(&status.to_be_bytes());
        for (what, name, value) in settings {
            bytes.extend_from_slice(&[what, name.len() as u8]);
            bytes.extend_from_slice(name.as_bytes());
            if what == 0 {
                bytes.push(value.len() as u8);
                bytes.extend_from_slice(value);
            }
        }
        seeds.push((format!("build-{name}"), bytes));
    }
    seeds
}
