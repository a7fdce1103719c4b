//! The echo server.

use crate::peer::{Client, Heard, exchange};
use crate::program::Program;

#[test]
fn text_and_binary_come_back_on_any_path() {
    let (_echo, address) = Program::serve("echo", &[]);
    let mut client = Client::open(address, "/any/path?with=query");
    for size in [0, 1, 125, 126, 65_535, 65_536, 1 << 20] {
        let text = "ä".repeat(size / 2);
        client.text(&text);
        assert!(client.next() == Heard::Text(text), "text of {size} bytes");
        let bytes = vec![0xc3; size];
        client.binary(&bytes);
        assert!(client.next() == Heard::Binary(bytes), "{size} bytes");
    }
    client.ping(b"still there?");
    assert_eq!(client.next(), Heard::Pong(b"still there?".to_vec()));
    client.close(4999, "that was all");
    let close = Heard::Close(Some((4999, "that was all".to_owned())));
    assert_eq!(client.next(), close);
    client.end();
}

#[test]
fn the_first_subprotocol_offered_of_those_given_is_taken() {
    let (_echo, address) = Program::serve("echo", &["--subprotocol", "b", "--subprotocol=a"]);
    for (offered, chosen) in [
        (vec!["a", "b"], Some("a")),
        (vec!["b", "a"], Some("b")),
        (vec!["c", "b"], Some("b")),
        (vec!["c"], None),
        (vec![], None),
    ] {
        let mut client = Client::start(address, "/", |request| {
            offered
                .iter()
                .fold(request, |request, name| request.subprotocol(name))
        });
        assert_eq!(client.next(), Heard::Open(chosen.map(str::to_owned)));
    }
}

#[test]
fn a_longer_message_than_allowed_is_refused() {
    let (_echo, address) = Program::serve("echo", &["--max-message", "1000"]);
    let mut client = Client::open(address, "/");
    client.binary(&[1; 1000]);
    assert_eq!(client.next(), Heard::Binary(vec![1; 1000]));
    client.binary(&[1; 1001]);
    let Heard::Close(Some((1009, _))) = client.next() else {
        panic!("not closed with 1009");
    };
}

#[test]
fn a_browser_sees_a_page() {
    let (_echo, address) = Program::serve("echo", &[]);
    let page = exchange(address, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    assert!(
        page.contains("Content-Type: text/html; charset=utf-8\r\n"),
        "{page}"
    );
    assert!(page.ends_with("</html>\n"), "{page}");

    let head = exchange(address, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(head, page[..page.find("\r\n\r\n").unwrap() + 4]);

    let other = exchange(
        address,
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
    );
    assert!(
        other.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"),
        "{other}"
    );
    assert!(other.contains("Allow: GET, HEAD\r\n"), "{other}");
}

#[test]
fn bad_connections_do_not_end_it() {
    let (mut echo, address) = Program::serve("echo", &[]);
    let garbage = exchange(address, "\x16\x03\x01 this is no HTTP\r\n\r\n");
    assert!(
        garbage.starts_with("HTTP/1.1 400 Bad Request\r\n"),
        "{garbage}"
    );
    let mut dropped = Client::open(address, "/");
    dropped.binary(&vec![0; 1 << 20]);
    drop(dropped);

    let mut clients: Vec<_> = (0..50).map(|_| Client::open(address, "/")).collect();
    for (number, client) in clients.iter_mut().enumerate() {
        client.text(&number.to_string());
    }
    for (number, client) in clients.iter_mut().enumerate() {
        assert_eq!(client.next_text(), number.to_string());
    }
    assert!(echo.is_running());
}
