//! The programs with `--hixie76`, which speak the legacy protocol too.

use crate::peer::{Client, Heard, exchange, exchange_bytes};
use crate::program::Program;

/// SEED-12
#[test]
fn the_echo_server_takes_clients_of_both_protocols() {
    let (_echo, address) = Program::serve("echo", &["--hixie76"]);
    let mut old = Client::open_hixie76(address, "/any/path?with=query");
    let mut new = Client::open(address, "/");
    for size in [0, 1, 125, 65_536, 1 << 20] {
        let text = "ä".repeat(size / 2);
        for client in [&mut old, &mut new] {
            client.text(&text);
            assert!(client.next() == Heard::Text(text.clone()), "{size} bytes");
        }
    }
    new.binary(b"bytes");
    assert_eq!(new.next(), Heard::Binary(b"bytes".to_vec()));
    old.empty_close();
    assert_eq!(old.next(), Heard::Close(None));
    old.end();
}

/// The example of the draft, as bytes.
#[test]
fn the_echo_server_answers_the_example_of_the_draft() {
    let (_echo, address) = Program::serve("echo", &["--hixie76", "--subprotocol=sample"]);
    let request = "GET /demo HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\nSec-WebSocket-Protocol: sample\r\n\
        Upgrade: WebSocket\r\nSec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\n\
        Origin: http://example.com\r\n\r\n^n:ds[4U";
    let wire = [request.as_bytes(), b"\x00Hello\xff\xff\x00"].concat();
    let head = b"HTTP/1.1 101 WebSocket Protocol Handshake\r\nUpgrade: WebSocket\r\n\
        Connection: Upgrade\r\nSec-WebSocket-Origin: http://example.com\r\n\
        Sec-WebSocket-Location: ws://example.com/demo\r\n\
        Sec-WebSocket-Protocol: sample\r\n\r\n";
    let expected = [&head[..], b"8jKS'y:G*Co,Wxa-\x00Hello\xff\xff\x00"].concat();
    assert_eq!(exchange_bytes(address, &wire), expected);
    let (_echo, address) = Program::serve("echo", &[]);
    let answer = exchange(address, request);
    assert!(
        answer.starts_with("HTTP/1.1 400 Bad Request\r\n"),
        "{answer}"
    );
    assert!(
        answer.contains("\r\nSec-WebSocket-Version: 13\r\n"),
        "{answer}"
    );
    assert!(
        answer.ends_with("hixie-76, which is not spoken here\n"),
        "{answer}"
    );
}

#[test]
fn clients_of_both_protocols_chat() {
    let (_chat, address) = Program::serve("chat", &["--hixie76"]);
    let mut ada = Client::open_hixie76(address, "/?name=Ada");
    assert_eq!(
        ada.next_text(),
        r#"{"type":"enter","data":{"id":1,"name":"Ada","you":true,"present":[]}}"#
    );
    let mut grace = Client::open(address, "/?name=Grace");
    grace.next_text();
    let entered = r#"{"type":"enter","data":{"id":2,"name":"Grace"}}"#;
    assert_eq!(ada.next_text(), entered);
    for (speaker, name) in [(true, "Ada"), (false, "Grace")] {
        if speaker { &mut ada } else { &mut grace }.text("Hällo 😀");
        let id = if speaker { 1 } else { 2 };
        let said = format!(
            r#"{{"type":"message","data":{{"id":{id},"name":"{name}","text":"Hällo 😀"}}}}"#
        );
        assert_eq!(ada.next_text(), said);
        assert_eq!(grace.next_text(), said);
    }
    ada.empty_close();
    assert_eq!(ada.next(), Heard::Close(None));
    ada.end();
    let left = r#"{"type":"leave","data":{"id":1,"name":"Ada","code":1005,"reason":""}}"#;
    assert_eq!(grace.next_text(), left);
}

#[test]
fn the_client_speaks_it() {
    let (_echo, address) = Program::serve("echo", &["--hixie76", "--subprotocol", "chat"]);
    let url = format!("ws://{address}/");
    let mut client = Program::start("client", &[&url, "--hixie76", "--subprotocol=chat"]);
    assert_eq!(client.stderr.next(), "open chat");
    client.type_in("first\n\nthird ä\n");
    for line in ["first", "", "third ä"] {
        assert_eq!(client.stdout.next(), line);
    }
    client.end_input();
    assert_eq!(client.exit_code(), Some(0));
    assert_eq!(client.stderr.rest(), "closed 1005\n");

    let (_echo, address) = Program::serve("echo", &[]);
    let url = format!("ws://{address}/");
    let mut client = Program::start("client", &[&url, "--hixie76"]);
    assert_eq!(client.stderr.rest(), "refused 400 Bad Request\n");
    assert_eq!(client.exit_code(), Some(1));
}
