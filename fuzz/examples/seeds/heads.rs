//! Heads of requests and responses.

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
        ("names-in-upper-case", asked("").to_ascii_uppercase()),
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
        ("key-in-parts", asked("").replace("ub25jZQ==", "ub20=ZjQ=")),
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
        (
            "lf-at-the-end",
            REQUEST.to_owned() + "Sec-WebSocket-Version: 13\r\n\n",
        ),
        ("lf-after-a-field", asked("X: a\nY: b \n")),
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
        ("continue-1.0", "HTTP/1.0 100 Continue\r\n\r\n".into()),
        ("continues", "HTTP/1.1 100 Continue\r\n\r\n".repeat(10)),
        (
            "chunked",
            "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n\
            4\r\nnope\r\n1e;x=y\r\nthirty bytes that nobody wants\r\n0\r\nX: y\r\n\r\nmore"
                .into(),
        ),
        (
            "chunked-broken",
            "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: gzip, chunked\r\n\r\n4\r\nno\r\n0\r\n\r\n"
                .into(),
        ),
        (
            "chunk-too-large",
            "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nx".into(),
        ),
        ("body-until-end", "HTTP/1.1 403 Forbidden\r\n\r\nno".into()),
        ("body-longer", "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno more".into()),
        ("status-99", "HTTP/1.1 099 X\r\n\r\n".into()),
        ("status-1000", "HTTP/1.1 1000 X\r\n\r\n".into()),
        ("status-words", "HTTP/1.1 abc X\r\n\r\n".into()),
        ("bare-lf", with("").replace("\r\n", "\n")),
        ("lf-at-the-end", format!("{RESPONSE}\n")),
        ("lf-after-a-field", with("X: a\n")),
        ("folded", with("X: a\r\n\tb\r\n")),
        ("icy", "ICY 200 OK\r\n\r\n".into()),
        ("ssh", "SSH-2.0-OpenSSH_9\r\n".into()),
    ]
}

pub(super) fn requests() -> Vec<Seed> {
    // Ample limits, pieces of 3, 1 and 70 bytes.
    let mut seeds = prefixed("", &[0, 3, 1, 70], request_heads());
    for (limits, name) in [
        (1, "100-bytes"),
        (2, "any-bytes"),
        (4, "4-fields"),
        (8, "any-fields"),
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
    seeds.extend(super::texts::all());
    seeds
}

/// Not made from choices, and in one piece.
pub(super) fn differential() -> Vec<Seed> {
    let mut seeds = prefixed("request", &[15, 8, 0], request_heads());
    seeds.extend(prefixed("response", &[15, 0, 0], response_heads()));
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
