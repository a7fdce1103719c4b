//! Ping and Pong (RFC 6455 sections 5.5.2 and 5.5.3).

use websocket_proto::Config;

use crate::support::{ROLES, Seen, hex, received};

// PING-01
#[test]
fn a_ping_is_answered_by_a_pong_with_the_same_payload() {
    for role in ROLES {
        let run = received(role, Config::new(), &hex("89 05 48 65 6c 6c 6f"));
        assert_eq!(run.events(), [Seen::Ping(b"Hello".to_vec())]);
        let sent = run.sent();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].plain(), (0x8a, &b"Hello"[..]));
    }
}
