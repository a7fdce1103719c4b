//! permessage-deflate, which the draft has not.

use websocket_proto::deflate::DeflateConfig;
use websocket_proto::hixie76::encode_text;
use websocket_proto::{Config, Protocol, SendError, Unsupported};

use crate::opened;
use crate::pair::events;
use crate::support::Seen;

/// Compression that is configured is not offered, and messages that are sent
/// without it are.
#[test]
fn compression_has_no_part_in_it() {
    let config = Config::new().deflate(DeflateConfig::new());
    let (mut client, mut server) = opened(config);
    for conn in [&mut client, &mut server] {
        assert_eq!(conn.protocol(), Protocol::Hixie76);
        let text = "long and longer ".repeat(100);
        let mut out = Vec::new();
        conn.send_text(&text, &mut out).expect("open");
        assert_eq!(out, encode_text(&text));
        out.clear();
        conn.send_text_uncompressed("x", &mut out).expect("open");
        assert_eq!(out, b"\x00x\xff");
        let refused = conn.send_binary_uncompressed(b"x", &mut out);
        assert_eq!(refused, Err(SendError::Unsupported(Unsupported::Binary)));
        let seen = events(conn, b"\x00a\xff", &mut out);
        assert_eq!(seen, [Seen::Text("a".into())]);
    }
}
