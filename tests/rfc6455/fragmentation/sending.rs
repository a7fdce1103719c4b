//! Messages sent in fragments.

use websocket_proto::{
    CloseCode, Config, Connection, MessageKind, PreparedMessage, Role, SendError,
};

use crate::support::{ROLES, feed, frame, on_wire, open, sent};

/// The first byte and the payload of each frame in the output.
fn plain(connection: &Connection, out: &[u8]) -> Vec<(u8, Vec<u8>)> {
    sent(connection.role(), out)
        .into_iter()
        .map(|frame| (frame.first, frame.payload))
        .collect()
}

fn frames(list: &[(u8, &[u8])]) -> Vec<(u8, Vec<u8>)> {
    list.iter()
        .map(|(first, payload)| (*first, payload.to_vec()))
        .collect()
}

// FRAG-07
#[test]
fn own_control_frames_go_out_between_own_fragments() {
    for role in ROLES {
        let mut connection = open(role, Config::new());
        let mut out = Vec::new();
        connection
            .send_fragment(MessageKind::Text, b"Hel", false, &mut out)
            .unwrap();
        feed(
            &mut connection,
            &on_wire(role, &frame(0x89, b"x")),
            &mut out,
        );
        connection.send_ping(b"y", &mut out).unwrap();
        connection
            .send_fragment(MessageKind::Text, b"lo", true, &mut out)
            .unwrap();
        let expected = frames(&[(0x01, b"Hel"), (0x8a, b"x"), (0x89, b"y"), (0x80, b"lo")]);
        assert_eq!(plain(&connection, &out), expected);
    }
}

// FRAG-09
#[test]
fn an_open_message_can_be_ended_by_an_empty_fragment() {
    for role in ROLES {
        let mut connection = open(role, Config::new());
        let mut out = Vec::new();
        connection
            .send_fragment(MessageKind::Text, b"Hel", false, &mut out)
            .unwrap();
        connection
            .send_fragment(MessageKind::Text, b"lo", false, &mut out)
            .unwrap();
        connection
            .send_fragment(MessageKind::Text, b"", true, &mut out)
            .unwrap();
        let expected = frames(&[(0x01, b"Hel"), (0x00, b"lo"), (0x80, b"")]);
        assert_eq!(plain(&connection, &out), expected);
    }
}

// FRAG-10
#[test]
fn another_message_cannot_begin_before_the_last_fragment() {
    for role in ROLES {
        for (kind, other) in [
            (MessageKind::Text, MessageKind::Binary),
            (MessageKind::Binary, MessageKind::Text),
        ] {
            let mut connection = open(role, Config::new());
            let mut out = Vec::new();
            connection
                .send_fragment(kind, b"a", false, &mut out)
                .unwrap();
            let length = out.len();
            let under_way = Err(SendError::MessageUnderWay);
            assert_eq!(connection.send_text("b", &mut out), under_way);
            assert_eq!(connection.send_binary(b"b", &mut out), under_way);
            assert_eq!(
                connection.send_prepared(&PreparedMessage::text("b"), &mut out),
                under_way
            );
            assert_eq!(
                connection.send_fragment(other, b"b", true, &mut out),
                Err(SendError::OtherKind)
            );
            assert_eq!(out.len(), length);
            connection
                .send_fragment(kind, b"c", true, &mut out)
                .unwrap();
            connection.send_text("d", &mut out).unwrap();
            let first = if kind == MessageKind::Text {
                0x01
            } else {
                0x02
            };
            let expected = frames(&[(first, b"a"), (0x80, b"c"), (0x81, b"d")]);
            assert_eq!(plain(&connection, &out), expected);
        }
    }
}

// FRAG-16: the automatic answer goes out at once, and is the last.
#[test]
fn the_answer_to_a_close_ends_an_open_message() {
    for role in ROLES {
        let mut connection = open(role, Config::new());
        let mut out = Vec::new();
        connection
            .send_fragment(MessageKind::Text, b"a", false, &mut out)
            .unwrap();
        feed(
            &mut connection,
            &on_wire(role, &frame(0x88, &[0x03, 0xe8])),
            &mut out,
        );
        connection
            .send_fragment(MessageKind::Text, b"b", true, &mut out)
            .unwrap_err();
        let expected = frames(&[(0x01, b"a"), (0x88, &[0x03, 0xe8])]);
        assert_eq!(plain(&connection, &out), expected);
    }
}

// FRAG-16
#[test]
fn an_open_message_can_be_finished_before_a_close_is_answered() {
    for role in ROLES {
        let mut connection = open(role, Config::new().auto_close(false));
        let mut out = Vec::new();
        connection
            .send_fragment(MessageKind::Text, b"a", false, &mut out)
            .unwrap();
        feed(
            &mut connection,
            &on_wire(role, &frame(0x88, &[0x03, 0xe8])),
            &mut out,
        );
        connection
            .send_fragment(MessageKind::Text, b"b", true, &mut out)
            .unwrap();
        connection
            .send_close(CloseCode::NORMAL, "", &mut out)
            .unwrap();
        connection.send_text("c", &mut out).unwrap_err();
        let expected = frames(&[(0x01, b"a"), (0x80, b"b"), (0x88, &[0x03, 0xe8])]);
        assert_eq!(plain(&connection, &out), expected);
    }
}

// FRAG-18: the crate cuts no message by itself; this is the cutting by size
// that a caller does.
#[test]
fn a_message_cut_by_size_is_one_message_of_many_frames() {
    for role in ROLES {
        for (kind, opcode) in [(MessageKind::Text, 0x01), (MessageKind::Binary, 0x02)] {
            let mut connection = open(role, Config::new());
            let mut out = Vec::new();
            let payload = [b'*'; 65536];
            let count = payload.len().div_ceil(1300);
            for (i, piece) in payload.chunks(1300).enumerate() {
                connection
                    .send_fragment(kind, piece, i + 1 == count, &mut out)
                    .unwrap();
            }
            let sent = plain(&connection, &out);
            assert_eq!(sent.len(), 51);
            for (i, (first, payload)) in sent.iter().enumerate() {
                let expected = match i {
                    0 => (opcode, 1300),
                    50 => (0x80, 536),
                    _ => (0x00, 1300),
                };
                assert_eq!((*first, payload.len()), expected);
            }
            // And the peer sees one message.
            let peer = match role {
                Role::Client => Role::Server,
                Role::Server => Role::Client,
            };
            let mut peer = open(peer, Config::new());
            let (events, error) = feed(&mut peer, &out, &mut Vec::new());
            assert_eq!((events.len(), error), (1, None));
        }
    }
}
