//! The chat room.

use std::net::SocketAddr;

use crate::peer::{Client, Heard, exchange};
use crate::program::Program;

/// Enters the room, which tells who is there.
fn enter(address: SocketAddr, target: &str, expected: &str) -> Client {
    let mut client = Client::open(address, target);
    assert_eq!(client.next_text(), expected);
    client
}

#[test]
fn all_hear_who_enters_speaks_and_leaves() {
    let (_chat, address) = Program::serve("chat", &[]);
    let mut ada = enter(
        address,
        "/?name=Ada",
        r#"{"type":"enter","data":{"id":1,"name":"Ada","you":true,"present":[]}}"#,
    );
    let present = r#"[{"id":1,"name":"Ada"}]"#;
    let mut grace = enter(
        address,
        "/?x=y&name=Gr%C3%A4ce+%22H%22%00",
        &format!(
            r#"{{"type":"enter","data":{{"id":2,"name":"Gräce \"H\"","you":true,"present":{present}}}}}"#
        ),
    );
    let entered = r#"{"type":"enter","data":{"id":2,"name":"Gräce \"H\""}}"#;
    assert_eq!(ada.next_text(), entered);

    grace.text("\"quoted\"\\\n\u{1}\u{1f} ä😀</script>");
    let said = r#"{"type":"message","data":{"id":2,"name":"Gräce \"H\"","text":"\"quoted\"\\\n\u0001\u001f ä😀</script>"}}"#;
    assert_eq!(ada.next_text(), said);
    assert_eq!(grace.next_text(), said);

    grace.close(4000, "bye");
    assert_eq!(grace.next(), Heard::Close(Some((4000, String::new()))));
    grace.end();
    let left =
        r#"{"type":"leave","data":{"id":2,"name":"Gräce \"H\"","code":4000,"reason":"bye"}}"#;
    assert_eq!(ada.next_text(), left);

    // An end without a Close is one too, and each is told once.
    let guest = enter(
        address,
        "/",
        &format!(
            r#"{{"type":"enter","data":{{"id":3,"name":"Guest 3","you":true,"present":{present}}}}}"#
        ),
    );
    drop(guest);
    let entered = r#"{"type":"enter","data":{"id":3,"name":"Guest 3"}}"#;
    assert_eq!(ada.next_text(), entered);
    let left = r#"{"type":"leave","data":{"id":3,"name":"Guest 3","code":1006,"reason":""}}"#;
    assert_eq!(ada.next_text(), left);
    ada.text("alone");
    let said = r#"{"type":"message","data":{"id":1,"name":"Ada","text":"alone"}}"#;
    assert_eq!(ada.next_text(), said);
}

#[test]
fn a_mebibyte_is_said_and_binary_is_not() {
    let (_chat, address) = Program::serve("chat", &[]);
    let mut ada = Client::open(address, "/?name=Ada");
    ada.next_text();
    let words = "words ".repeat((1 << 20) / 6);
    ada.text(&words);
    let said = format!(r#"{{"type":"message","data":{{"id":1,"name":"Ada","text":"{words}"}}}}"#);
    assert!(ada.next_text() == said);

    ada.binary(b"bytes");
    let close = Heard::Close(Some((1003, "text only, please".to_owned())));
    assert_eq!(ada.next(), close);
}

#[test]
fn a_member_who_reads_nothing_stalls_nobody() {
    let (_chat, address) = Program::serve("chat", &[]);
    let mut ada = Client::open(address, "/?name=Ada");
    ada.next_text();
    // Kept open, never read from.
    let _dead = Client::open(address, "/?name=Dead");
    assert!(ada.next_text().contains("enter"));

    // More than the sockets and the server keep for anyone.
    let words = "x".repeat(1 << 20);
    let mut left = 0;
    for _ in 0..60 {
        ada.text(&words);
        loop {
            let heard = ada.next_text();
            if heard.contains(r#""type":"message""#) {
                break;
            }
            assert_eq!(
                heard,
                r#"{"type":"leave","data":{"id":2,"name":"Dead","code":1006,"reason":""}}"#
            );
            left += 1;
        }
    }
    if left == 0 {
        assert!(ada.next_text().contains(r#""type":"leave""#));
    }
    assert!(left <= 1);
}

#[test]
fn the_port_serves_the_page_and_nothing_else() {
    let (_chat, address) = Program::serve("chat", &[]);
    let page = exchange(address, "GET /?name=x HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    assert!(page.contains("Content-Type: text/html; charset=utf-8\r\n"));
    assert!(page.contains("Content-Security-Policy: default-src 'none'; "));
    assert!(page.ends_with("</html>\n"));
    assert!(!page.contains("http://www.w3.org/1999"), "{page}");
    for (request, status) in [
        ("GET /other HTTP/1.1\r\nHost: a\r\n\r\n", "404"),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
            "405",
        ),
        ("nonsense\r\n\r\n", "400"),
    ] {
        let response = exchange(address, request);
        assert_eq!(response.get(9..12), Some(status), "{response}");
    }
}

#[test]
fn other_sites_and_other_paths_do_not_get_in() {
    let (_chat, address) = Program::serve("chat", &[]);
    for (target, origin, expected) in [
        ("/", "http://elsewhere.example", Heard::Refused(403)),
        ("/", "null", Heard::Refused(403)),
        ("/room", &format!("http://{address}"), Heard::Refused(404)),
        ("/", &format!("http://{address}"), Heard::Open(None)),
    ] {
        let mut client = Client::start(address, target, |request| request.origin(origin));
        assert_eq!(client.next(), expected);
    }
}
