//! SEED-08, SEED-09: one message to many.

use websocket_proto::{Config, Connection, FixedOutput, PreparedMessage, Role, SendError, State};

use crate::pair::{code, events, opened, take};
use crate::support::{Seen, close, frame, mask, open};

/// A room: the server's ends, and the clients to check them by.
fn room(members: usize) -> Vec<(Connection, Connection)> {
    (0..members).map(|_| opened(Config::new())).collect()
}

/// SEED-08: join, message and leave, to three members each.
#[test]
fn everybody_in_the_room_gets_every_message() {
    let mut room = room(3);
    let announced = [
        r#"{"type":"join","name":"甲"}"#,
        r#"{"type":"message","text":"你好服务端"}"#,
        r#"{"type":"leave","name":"甲"}"#,
    ];
    let prepared = announced.map(PreparedMessage::text);
    for (client, server) in &mut room {
        let mut out = Vec::new();
        for message in &prepared {
            server.send_prepared(message, &mut out).expect("open");
        }
        let seen = events(client, &out, &mut Vec::new());
        assert_eq!(seen, announced.map(|text| Seen::Text(text.into())));
    }
}

/// SEED-08: encoding once gives the bytes of encoding for each.
#[test]
fn a_prepared_message_is_what_each_connection_would_have_encoded() {
    for length in [0, 1, 125, 126, 127, 65_535, 65_536, 70_000] {
        let text = "x".repeat(length);
        let mut conn = open(Role::Server, Config::new());
        let (mut each, mut once) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            conn.send_text(&text, &mut each).expect("open");
            conn.send_binary(text.as_bytes(), &mut each).expect("open");
        }
        let prepared = [
            PreparedMessage::text(&text),
            PreparedMessage::binary(text.as_bytes()),
        ];
        for _ in 0..3 {
            for message in &prepared {
                conn.send_prepared(message, &mut once).expect("open");
            }
        }
        assert_eq!(once, each, "{length}");
        assert_eq!(
            [prepared[0].as_bytes(), prepared[1].as_bytes()].concat(),
            each[..each.len() / 3]
        );
    }
}

/// Each client masks anew: what was prepared is not for it.
#[test]
fn a_client_cannot_send_a_prepared_message() {
    let mut client = open(Role::Client, Config::new());
    let mut out = Vec::new();
    let result = client.send_prepared(&PreparedMessage::text("x"), &mut out);
    assert_eq!(result, Err(SendError::PreparedByClient));
    assert_eq!(out, b"");
    client.send_text("x", &mut out).expect("still open");
}

/// SEED-09: one member is closing, one is dead, one reads nothing, one has
/// failed: the others get the message as if there were no such.
#[test]
fn members_that_are_gone_do_not_hurt_the_others() {
    let mut room = room(6);
    room[1]
        .1
        .send_close(code(1000), "", &mut Vec::new())
        .expect("open");
    let _ = room[2].1.receive_eof();
    assert!(take(&mut room[3].1, &[0xff], &mut Vec::new()).1.is_some());
    let message = PreparedMessage::text("to everybody");
    let mut results = Vec::new();
    for (number, (client, server)) in room.iter_mut().enumerate() {
        let mut out = Vec::new();
        let result = match number {
            4 => server.send_prepared(&message, &mut FixedOutput::new(&mut [])),
            _ => server.send_prepared(&message, &mut out),
        };
        let seen = events(client, &out, &mut Vec::new());
        match result {
            Ok(()) => assert_eq!(seen, [Seen::Text("to everybody".into())]),
            Err(_) => assert_eq!((seen, out), (vec![], vec![])),
        }
        results.push(result);
    }
    let needed = message.as_bytes().len();
    assert_eq!(
        results,
        [
            Ok(()),
            Err(SendError::WrongState(State::Closing)),
            Err(SendError::WrongState(State::Closed)),
            Err(SendError::WrongState(State::Closed)),
            Err(SendError::OutputFull { needed }),
            Ok(()),
        ]
    );
    // Who only had no room has missed nothing but this.
    assert_eq!(room[4].1.send_prepared(&message, &mut Vec::new()), Ok(()));
}

/// SEED-10: that somebody leaves is told once, with code and reason, whatever
/// way it goes.
#[test]
fn leaving_is_told_once_however_it_happens() {
    for (bytes, reason, status) in [
        (mask(&close(1001, "tab closed")), Some("tab closed"), 1001),
        (mask(&frame(0x88, b"")), None, 1005),
        (vec![], None, 1006),
        (vec![0xff], None, 1006),
    ] {
        let (_, mut conn) = opened(Config::new());
        let (mut seen, mut left) = (Vec::new(), Vec::new());
        // As a server's loop does: it looks after every read and after the end.
        for byte in bytes.chunks(1).map(Some).chain([None, None]) {
            match byte {
                Some(byte) => seen.extend(take(&mut conn, byte, &mut Vec::new()).0),
                None => drop(conn.receive_eof()),
            }
            assert_eq!(conn.close_status().is_some(), conn.is_closed());
            if left.last() != conn.close_status().as_ref() {
                left.extend(conn.close_status());
            }
        }
        let closes: Vec<_> = seen
            .iter()
            .filter(|seen| matches!(seen, Seen::Close(_)))
            .collect();
        match (status, reason) {
            (1006, _) => assert_eq!(closes.len(), 0),
            (_, None) => assert_eq!(closes, [&Seen::Close(None)]),
            (_, Some(reason)) => {
                assert_eq!(closes, [&Seen::Close(Some((status, reason.to_owned())))]);
            }
        }
        let told: Vec<_> = left.iter().map(|status| status.value()).collect();
        assert_eq!(told, [status]);
        // The end of the transport after that says nothing new.
        let (again, _) = take(&mut conn, &bytes, &mut Vec::new());
        assert_eq!(again, []);
        let _ = conn.receive_eof();
        assert_eq!(conn.close_status(), Some(left[0]));
    }
}
