//! What the draft has not: a mistake of the caller emits nothing and changes
//! nothing.

use websocket_proto::Unsupported;
use websocket_proto::{
    Config, Event, MessageKind, PreparedMessage, Protocol, Reply, SendError, State,
};

use crate::pair::{Call, code};
use crate::support::ROLES;
use crate::{open, opened};

/// HX-25
#[test]
fn what_the_draft_lacks_is_refused() {
    for role in ROLES {
        for (call, expected) in [
            (Call::Binary, Unsupported::Binary),
            (Call::Ping, Unsupported::Ping),
            (Call::Pong, Unsupported::Pong),
            (Call::Fragment, Unsupported::Fragment),
            (Call::LastFragment, Unsupported::Fragment),
            (Call::Close, Unsupported::CloseCode),
        ] {
            let mut conn = open(role, Config::new());
            let mut out = Vec::new();
            let error = call.make(&mut conn, &mut out).expect_err("not supported");
            assert_eq!(error, SendError::Unsupported(expected), "{call:?}");
            assert!(error.to_string().starts_with("hixie-76 has no "));
            assert!(out.is_empty());
            assert_eq!(conn.state(), State::Open);
            // And what it has goes on as if nothing had been.
            conn.send_text("abc", &mut out).expect("open");
            assert_eq!(out, b"\x00abc\xff");
        }
        let mut conn = open(role, Config::new());
        let mut out = Vec::new();
        let refused = conn.send_prepared(&PreparedMessage::binary(b"x"), &mut out);
        assert_eq!(refused, Err(SendError::Unsupported(Unsupported::Binary)));
        let refused = conn.send_fragment(MessageKind::Binary, b"x", true, &mut out);
        assert_eq!(refused, Err(SendError::Unsupported(Unsupported::Fragment)));
        assert!(out.is_empty());
    }
}

/// Nor is a Pong owed that a caller makes up.
#[test]
fn a_reply_that_the_draft_lacks_does_not_wait() {
    for role in ROLES {
        // Whether the output is at its mark or not.
        for before in [&b""[..], b"x"] {
            let conn = open(role, Config::new().output_mark(1));
            let (_receiver, mut sender) = conn.split().expect("open");
            let reply = Reply::to_event(&Event::Ping(b"x"[..].into())).expect("a Pong");
            let mut out = before.to_vec();
            sender.send_reply(&reply, &mut out);
            assert_eq!(out, before);
            assert!(!sender.wants_write());
        }
    }
}

/// In two halves the same.
#[test]
fn the_sending_half_refuses_too() {
    let (client, server) = opened(Config::new());
    for conn in [client, server] {
        let (_receiver, mut sender) = conn.split().expect("open");
        assert_eq!(sender.protocol(), Protocol::Hixie76);
        let mut out = Vec::new();
        let unsupported = |what| Err(SendError::Unsupported(what));
        assert_eq!(
            sender.send_binary(b"x", &mut out),
            unsupported(Unsupported::Binary)
        );
        assert_eq!(
            sender.send_ping(b"x", &mut out),
            unsupported(Unsupported::Ping)
        );
        assert_eq!(
            sender.send_pong(b"x", &mut out),
            unsupported(Unsupported::Pong)
        );
        let refused = sender.send_close(code(1000), "", &mut out);
        assert_eq!(refused, unsupported(Unsupported::CloseCode));
        assert!(out.is_empty());
        sender.send_empty_close(&mut out).expect("open");
        // As in the other protocol: what is closed is closed.
        sender
            .send_close(code(1000), "", &mut out)
            .expect("nothing to do");
        assert_eq!(out, b"\xff\x00");
    }
}

/// Where there is no room there is no message.
#[test]
fn a_text_is_written_whole_or_not_at_all() {
    for role in ROLES {
        for prepared in [true, false] {
            for room in 0..5 {
                let mut memory = vec![0; room];
                let mut out = websocket_proto::FixedOutput::new(&mut memory);
                let mut conn = open(role, Config::new());
                let sent = match prepared {
                    true => conn.send_prepared(&PreparedMessage::text("abc"), &mut out),
                    false => conn.send_text("abc", &mut out),
                };
                assert_eq!(sent, Err(SendError::OutputFull { needed: 5 }));
                assert!(out.written().is_empty());
            }
        }
    }
}

/// A closing connection refuses what it would have refused before, by state.
#[test]
fn the_state_is_looked_at_first() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        conn.send_empty_close(&mut Vec::new()).expect("open");
        for call in [
            Call::Text,
            Call::Binary,
            Call::Ping,
            Call::Fragment,
            Call::Prepared,
        ] {
            let mut out = Vec::new();
            let refused = call.make(&mut conn, &mut out);
            assert_eq!(
                refused,
                Err(SendError::WrongState(State::Closing)),
                "{call:?}"
            );
            assert!(out.is_empty());
        }
    }
}
