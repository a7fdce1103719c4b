//! The chat's page, and who may enter under which name.

use websocket_proto::handshake::{Request, RequestHead, Response};

const PAGE: &str = include_str!("chat.html");

/// What the page may do: nothing but to talk to this server.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
    connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The longest message, in bytes; the page knows it too.
pub(crate) const LONGEST: usize = 2 << 20;

/// Why a client may not enter. A browser says which page asks: another site's
/// has no business here (RFC 6455 section 10.2).
pub(crate) fn refusal(request: &Request) -> Option<Response> {
    if request.path() != "/" {
        return Some(Response::new(404).body("the room is at /\n"));
    }
    let origin = request.origin()?;
    let authority = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    (!authority.eq_ignore_ascii_case(request.host()))
        .then(|| Response::new(403).body("not from another site\n"))
}

pub(crate) fn page(head: &RequestHead) -> Response {
    match (head.method(), head.path()) {
        ("GET" | "HEAD", "/") => Response::new(200)
            .header("Content-Type", "text/html; charset=utf-8")
            .header("Content-Security-Policy", POLICY)
            .header("Cache-Control", "no-cache")
            .body(PAGE),
        ("GET" | "HEAD", _) => Response::new(404)
            .header("Content-Type", "text/plain; charset=utf-8")
            .body("There is only the page at /\n"),
        _ => Response::new(405).header("Allow", "GET, HEAD"),
    }
}

/// The nickname in a query such as `name=Ada%20L`, where there is a usable one.
pub(crate) fn name(query: Option<&str>) -> Option<String> {
    let value = query?
        .split('&')
        .find_map(|pair| pair.strip_prefix("name="))?;
    let name = String::from_utf8_lossy(&decode(value))
        .chars()
        .filter(|character| !character.is_control())
        .take(32)
        .collect::<String>();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// Undoes percent-encoding.
fn decode(text: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        let byte = match (first, after) {
            (b'%', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    rest = after;
                    high << 4 | low
                }
                _ => b'%',
            },
            (b'+', _) => b' ',
            (byte, _) => *byte,
        };
        decoded.push(byte);
    }
    decoded
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}
