//! Outgoing text.

use websocket_proto::{Config, MessageKind, SendError};

use crate::support::{ROLES, open, sent};

// UTF-18: that `send_text` sends UTF-8 is in its type.
#[test]
fn outgoing_text_is_checked_over_its_fragments() {
    for role in ROLES {
        let mut connection = open(role, Config::new());
        let mut out = Vec::new();
        for bytes in [&b"\xff"[..], b"\xc0", b"a\x80", b"\xed\xa0"] {
            for last in [false, true] {
                let result = connection.send_fragment(MessageKind::Text, bytes, last, &mut out);
                assert_eq!(result, Err(SendError::InvalidUtf8));
            }
        }
        // Not whole at the end.
        let result = connection.send_fragment(MessageKind::Text, b"\xce", true, &mut out);
        assert_eq!(result, Err(SendError::InvalidUtf8));
        assert_eq!(out, b"");
        // None of these began a message, or left anything of it.
        connection.send_binary(b"\xff", &mut out).unwrap();

        connection
            .send_fragment(MessageKind::Text, b"\xce", false, &mut out)
            .unwrap();
        let length = out.len();
        for bytes in [&b""[..], b"a", b"\xba\xce"] {
            let result = connection.send_fragment(MessageKind::Text, bytes, true, &mut out);
            assert_eq!(result, Err(SendError::InvalidUtf8), "{bytes:02x?}");
        }
        assert_eq!(out.len(), length);
        connection
            .send_fragment(MessageKind::Text, b"\xba", true, &mut out)
            .unwrap();
        connection
            .send_fragment(MessageKind::Binary, b"\xff", false, &mut out)
            .unwrap();
        connection
            .send_fragment(MessageKind::Binary, b"\xff", true, &mut out)
            .unwrap();

        let sent = sent(role, &out);
        let sent: Vec<_> = sent.iter().map(|frame| frame.plain()).collect();
        let expected: [(u8, &[u8]); 5] = [
            (0x82, b"\xff"),
            (0x01, b"\xce"),
            (0x80, b"\xba"),
            (0x02, b"\xff"),
            (0x80, b"\xff"),
        ];
        assert_eq!(sent, expected);
    }
}
