//! Heads of requests and responses, URIs, extension lists, and what a caller
//! may put into a request.

use super::Seed;

const REQUEST: &str = "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const RESPONSE: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

/// The handshake with these fields more.
fn asked(fields: &str) -> String {
    format!("{REQUEST}Sec-WebSocket-Version: 13\r\n{fields}\r\n")
}

fn request_heads() -> Vec<(&'static str, String)> {
    let bare = |head: &str| format!("{head}\r\n\r\n");
    vec![
        (
            "rfc-1.3",
            asked(
                "Origin: http://example.com\r\n\
                Sec-WebSocket-Protocol: chat, superchat\r\n",
            ),
        ),
        ("minimal", asked("")),
        (
            "browser",
            asked(
                "Pragma: no-cache\r\nCache-Control: no-cache\r\nUser-Agent: Mozilla/5.0 (X11)\r\n\
                Origin: https://example.com\r\nAccept-Encoding: gzip, deflate\r\n\
                Accept-Language: de\r\nCookie: a=1; b=2\r\n\
                Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n",
            ),
        ),
        (
            "keep-alive-upgrade",
            REQUEST.replace("Connection: U", "Connection: keep-alive, U")
                + "Sec-WebSocket-Version: 13\r\n\r\n",
        ),
        (
            "upgrade-list",
            REQUEST.replace("Upgrade: w", "Upgrade: h2c, w") + "Sec-WebSocket-Version: 13\r\n\r\n",
        ),
        (
            "names-in-upper-case",
            asked("")
                .to_ascii_uppercase()
                .replace("HTTP/1.1", "HTTP/1.1"),
        ),
        (
            "protocol-lines",
            asked("Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol:b ,\t c\r\n"),
        ),
        (
            "protocol-repeated",
            asked("Sec-WebSocket-Protocol: a, a\r\n"),
        ),
        ("protocol-empty", asked("Sec-WebSocket-Protocol: ,\r\n")),
        (
            "extension-quoted",
            asked("Sec-WebSocket-Extensions: a; b=\"1\\0\", c;d\r\n"),
        ),
        (
            "extension-malformed",
            asked("Sec-WebSocket-Extensions: a; b=\"1 0\"\r\n"),
        ),
        ("version-missing", REQUEST.to_owned() + "\r\n"),
        (
            "version-8",
            REQUEST.to_owned() + "Sec-WebSocket-Version: 8\r\n\r\n",
        ),
        (
            "version-list",
            REQUEST.to_owned() + "Sec-WebSocket-Version: 13, 8\r\n\r\n",
        ),
        (
            "key-repeated",
            asked("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
        ),
        ("key-short", asked("").replace("Q==", "==")),
        (
            "key-missing",
            asked("").replace("Sec-WebSocket-Key", "X-Key"),
        ),
        ("origin-repeated", asked("Origin: null\r\nOrigin: null\r\n")),
        ("body", asked("Content-Length: 1\r\n") + "x"),
        (
            "chunked",
            asked("Transfer-Encoding: chunked\r\n") + "0\r\n\r\n",
        ),
        ("expect", asked("Expect: 100-continue\r\n")),
        (
            "connection-close",
            asked("").replace("Connection: Upgrade", "Connection: close"),
        ),
        ("post", asked("").replace("GET", "POST")),
        ("http-1.0", asked("").replace("HTTP/1.1", "HTTP/1.0")),
        ("http-2.0", asked("").replace("HTTP/1.1", "HTTP/2.0")),
        (
            "absolute",
            asked("").replace("/chat", "http://other.example:81?q=1"),
        ),
        ("absolute-no-host", asked("").replace("/chat", "http:///")),
        ("asterisk", bare("OPTIONS * HTTP/1.1\r\nHost: a")),
        ("authority", bare("CONNECT a:1 HTTP/1.1\r\nHost: a")),
        ("fragment", asked("").replace("/chat", "/chat#x")),
        ("host-missing", bare("GET / HTTP/1.1\r\nX: y")),
        ("host-twice", bare("GET / HTTP/1.1\r\nHost: a\r\nHost: a")),
        ("host-v6", bare("GET / HTTP/1.1\r\nHost: [::1]:9001")),
        ("host-odd", bare("GET / HTTP/1.1\r\nHost: a%2g,b")),
        ("plain", bare("GET /?q=1 HTTP/1.1\r\nHost: a")),
        ("head", bare("HEAD / HTTP/1.1\r\nHost: a")),
        ("plain-1.0", bare("GET / HTTP/1.0")),
        ("empty-lines", format!("\r\n\r\n{}", asked(""))),
        ("many-empty-lines", format!("\r\n\r\n\r\n{}", asked(""))),
        ("bare-lf", asked("").replace("\r\n", "\n")),
        ("bare-cr", asked("").replace("\r\nUp", "\rUp")),
        ("nul", asked("X: a\0b\r\n")),
        ("folded", asked("X: a\r\n b\r\n")),
        ("no-colon", asked("X\r\n")),
        ("space-before-colon", asked("X : a\r\n")),
        ("no-name", asked(": a\r\n")),
        ("empty-values", asked("X:\r\nY: \t \r\nZ: z \t\r\n")),
        ("obs-text", asked("X: \u{e4}\u{20ac}\r\n")),
        ("two-spaces", bare("GET  / HTTP/1.1\r\nHost: a")),
        (
            "long-target",
            bare(&format!("GET /{} HTTP/1.1\r\nHost: a", "t".repeat(120))),
        ),
        ("many-fields", asked(&"X: y\r\n".repeat(40))),
        ("pipelined", asked("") + "GET / HTTP/1.1\r\n"),
        (
            "hixie-76",
            "GET /demo HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\n\
            Sec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\nUpgrade: WebSocket\r\n\
            Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\nOrigin: http://example.com\r\n\r\n^n:ds[4U"
                .into(),
        ),
        ("http2-preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into()),
        ("tls", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0".into()),
    ]
}

fn response_heads() -> Vec<(&'static str, String)> {
    let with = |fields: &str| format!("{RESPONSE}{fields}\r\n");
    vec![
        ("rfc-1.3", with("Sec-WebSocket-Protocol: chat\r\n")),
        ("minimal", with("")),
        ("frames-follow", with("") + "\u{1}\u{5}Hello"),
        (
            "deflate",
            with("Sec-WebSocket-Extensions: permessage-deflate\r\n"),
        ),
        ("extension-unknown", with("Sec-WebSocket-Extensions: x\r\n")),
        (
            "extension-twice",
            with("Sec-WebSocket-Extensions: permessage-deflate,permessage-deflate\r\n"),
        ),
        (
            "protocol-unknown",
            with("Sec-WebSocket-Protocol: other\r\n"),
        ),
        (
            "protocol-two",
            with("Sec-WebSocket-Protocol: chat, superchat\r\n"),
        ),
        (
            "protocol-twice",
            with("Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: chat\r\n"),
        ),
        ("accept-wrong", with("").replace("s3p", "S3p")),
        (
            "accept-twice",
            with("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
        ),
        (
            "accept-missing",
            with("").replace("Sec-WebSocket-Accept", "X-Accept"),
        ),
        ("upgrade-missing", with("").replace("Upgrade: w", "X: w")),
        (
            "upgrade-list",
            with("").replace("Upgrade: w", "Upgrade: h2c, w"),
        ),
        (
            "connection-list",
            with("").replace("Connection: ", "Connection: keep-alive,"),
        ),
        (
            "connection-close",
            with("").replace("Connection: Upgrade", "Connection: close"),
        ),
        (
            "lower-case",
            with("").replace("Upgrade: websocket", "upgrade: WEBSOCKET"),
        ),
        ("no-reason", with("").replace(" Switching Protocols", "")),
        ("empty-reason", with("").replace("Switching Protocols", "")),
        ("reason-of-bytes", with("").replace("Switching", "\u{e4}\t")),
        ("http-1.0", with("").replace("HTTP/1.1", "HTTP/1.0")),
        ("http-2.0", with("").replace("HTTP/1.1", "HTTP/2.0")),
        (
            "ok",
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody".into(),
        ),
        (
            "redirect",
            "HTTP/1.1 302 Found\r\nLocation: wss://other/\r\n\r\n".into(),
        ),
        (
            "unauthorized",
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"a\"\r\n\r\n".into(),
        ),
        (
            "versions",
            "HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13, 8, 007, +1\r\n\r\n".into(),
        ),
        (
            "early-hints",
            format!("HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n{}", with("")),
        ),
        ("continues", "HTTP/1.1 100 Continue\r\n\r\n".repeat(10)),
        ("status-99", "HTTP/1.1 099 X\r\n\r\n".into()),
        ("status-1000", "HTTP/1.1 1000 X\r\n\r\n".into()),
        ("status-words", "HTTP/1.1 abc X\r\n\r\n".into()),
        ("bare-lf", with("").replace("\r\n", "\n")),
        ("folded", with("X: a\r\n\tb\r\n")),
        ("icy", "ICY 200 OK\r\n\r\n".into()),
        ("ssh", "SSH-2.0-OpenSSH_9\r\n".into()),
    ]
}

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

pub(super) fn requests() -> Vec<Seed> {
    // Ample limits, pieces of 3, 1 and 70 bytes.
    let mut seeds = prefixed("", &[0, 3, 1, 70], request_heads());
    for (limits, name) in [
        (1, "100-bytes"),
        (2, "0-bytes"),
        (4, "4-fields"),
        (8, "0-fields"),
    ] {
        seeds.extend(prefixed(
            name,
            &[limits, 9, 0, 80],
            request_heads().into_iter().take(1),
        ));
    }
    seeds
}

pub(super) fn responses() -> Vec<Seed> {
    let mut seeds = prefixed("", &[0, 0, 3, 1, 70], response_heads());
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

/// The handshake as a connection sees it.
pub(super) fn connection() -> Vec<Seed> {
    let requests = request_heads().into_iter().take(12);
    let responses = response_heads().into_iter();
    let mut seeds = prefixed("request", &[1, 0, 3, 1, 70], requests);
    seeds.extend(prefixed("response", &[1, 0, 3, 1, 70], responses));
    seeds.extend(prefixed(
        "rejected",
        &[3, 0, 3, 1, 70],
        request_heads().into_iter().take(2),
    ));
    seeds.push((
        "accepted-to-server".into(),
        [
            &[2, 0, 3, 1, 70][..],
            b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
        ]
        .concat(),
    ));
    seeds.push((
        "accepted-to-client".into(),
        [&[2, 0, 3, 1, 70][..], b"\x81\x05Hello\x88\x00"].concat(),
    ));
    seeds
}

fn prefixed(
    what: &str,
    prefix: &[u8],
    heads: impl IntoIterator<Item = (&'static str, String)>,
) -> Vec<Seed> {
    let separator = if what.is_empty() { "" } else { "-" };
    heads
        .into_iter()
        .map(|(name, head)| {
            let name = format!("{what}{separator}{name}");
            (name, [prefix, head.as_bytes()].concat())
        })
        .collect()
}
