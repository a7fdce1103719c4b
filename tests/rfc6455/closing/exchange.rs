//! The closing handshake: who sends what, when, and what is reported.

use core::time::Duration;

use websocket_proto::{Config, Error, FixedOutput, Input, MessageKind, Role, State, Timeout};

use super::{code, status};
use crate::support::{ROLES, Seen, close, feed, frame, frames, hex, on_wire, open, received, sent};

// CL-10, SEED-06: the examples of the table, byte for byte up to the key of
// the client.
#[test]
fn a_close_is_answered_by_one_with_its_code() {
    let mut server = open(Role::Server, Config::new());
    let mut out = Vec::new();
    feed(&mut server, &hex("88 83 37 fa 21 3d 38 5a 59"), &mut out);
    assert_eq!(out, hex("88 02 0f a0"));
    assert!(
        server.is_closed(),
        "CL-21: a server closes the transport at once"
    );

    let mut server = open(Role::Server, Config::new());
    let mut out = Vec::new();
    feed(&mut server, &hex("88 82 37 fa 21 3d 34 12"), &mut out);
    assert_eq!(out, hex("88 02 03 e8"));

    let mut client = open(Role::Client, Config::new());
    let mut out = Vec::new();
    feed(&mut client, &hex("88 02 03 e8"), &mut out);
    assert_eq!(out[..2], hex("88 82"));
    assert_eq!(
        sent(Role::Client, &out)[0].plain(),
        (0x88, &hex("03 e8")[..])
    );
}

// CL-12
#[test]
fn at_most_one_close_is_ever_sent() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut out = Vec::new();
        conn.send_close(code(1000), "", &mut out).expect("open");
        conn.send_close(code(1001), "again", &mut out)
            .expect("no error");
        conn.send_empty_close(&mut out).expect("no error");
        feed(&mut conn, &on_wire(role, &close(1000, "")), &mut out);
        conn.send_close(code(1000), "", &mut out).expect("no error");
        feed(&mut conn, &on_wire(role, &close(1000, "")), &mut out);
        assert_eq!(sent(role, &out).len(), 1);
        assert_eq!(sent(role, &out)[0].close_code(), Some(1000));
    }
}

// CL-13
#[test]
fn a_second_close_from_the_peer_is_ignored() {
    for role in ROLES {
        for second in [close(1001, ""), frame(0x88, b"x"), close(1005, "")] {
            let wire = [close(1000, ""), second].concat();
            let run = received(role, Config::new(), &wire);
            assert_eq!(run.events(), [Seen::Close(Some((1000, String::new())))]);
            assert_eq!(run.sent().len(), 1);
        }
    }
}

// CL-14
#[test]
fn nothing_follows_our_close() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut out = Vec::new();
        conn.send_close(code(1000), "", &mut out).expect("open");
        let length = out.len();
        assert!(conn.send_text("x", &mut out).is_err());
        assert!(conn.send_binary(b"x", &mut out).is_err());
        assert!(conn.send_ping(b"", &mut out).is_err());
        let fragment = conn.send_fragment(MessageKind::Text, b"x", true, &mut out);
        assert!(fragment.is_err());
        feed(&mut conn, &on_wire(role, &frame(0x89, b"ping")), &mut out);
        assert!(!conn.poll_transmit(&mut out));
        assert_eq!(out.len(), length);
    }
}

// CL-15
#[test]
fn what_was_sent_before_the_close_goes_out_before_it() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut out = Vec::new();
        conn.send_text("a", &mut out).expect("open");
        conn.send_close(code(1000), "", &mut out).expect("open");
        let firsts: Vec<_> = sent(role, &out).iter().map(|sent| sent.first).collect();
        assert_eq!(firsts, [0x81, 0x88]);
    }
}

// CL-16, WEB-09: what still comes is delivered, or dropped by option; with
// either the Close ends it.
#[test]
fn messages_after_our_close_are_delivered_or_dropped_by_option() {
    let wire = [
        frame(0x81, b"a"),
        frames(&[(0x01, b"b"), (0x89, b"ping"), (0x80, b"c")]),
        frame(0x82, b"d"),
        close(1000, ""),
    ]
    .concat();
    for role in ROLES {
        for deliver in [true, false] {
            let mut conn = open(role, Config::new().deliver_while_closing(deliver));
            let mut out = Vec::new();
            conn.send_close(code(1001), "", &mut out).expect("open");
            let length = out.len();
            let (seen, error) = feed(&mut conn, &on_wire(role, &wire), &mut out);
            assert_eq!(error, None);
            let ping = Seen::Ping(b"ping".to_vec());
            let end = Seen::Close(Some((1000, String::new())));
            let all = [
                Seen::Text("a".into()),
                ping.clone(),
                Seen::Text("bc".into()),
                Seen::Binary(b"d".to_vec()),
                end.clone(),
            ];
            match deliver {
                true => assert_eq!(seen, all),
                false => assert_eq!(seen, [ping, end]),
            }
            assert_eq!(out.len(), length);
            assert_eq!(conn.receive_eof(), Ok(()));
            assert_eq!((status(&conn), conn.was_clean()), (Some(1000), true));
        }
    }
}

// PING-05, CL-B (ping in, close sent): the one ambiguity of closing, both ways.
#[test]
fn a_ping_after_our_close_is_answered_by_option_until_the_peers_close() {
    for role in ROLES {
        for answer in [false, true] {
            let mut conn = open(role, Config::new().pong_after_close(answer));
            let mut out = Vec::new();
            conn.send_close(code(1000), "", &mut out).expect("open");
            feed(&mut conn, &on_wire(role, &frame(0x89, b"x")), &mut out);
            feed(&mut conn, &on_wire(role, &close(1000, "")), &mut out);
            feed(&mut conn, &on_wire(role, &frame(0x89, b"y")), &mut out);
            let all = sent(role, &out);
            let plain: Vec<_> = all.iter().map(|sent| sent.plain()).collect();
            match answer {
                false => assert_eq!(plain, [(0x88, &b"\x03\xe8"[..])]),
                true => assert_eq!(plain, [(0x88, &b"\x03\xe8"[..]), (0x8a, b"x")]),
            }
        }
    }
}

// CL-18, PING-04
#[test]
fn what_follows_the_peers_close_is_discarded() {
    for role in ROLES {
        for after in [
            frame(0x81, b"text"),
            frame(0x89, b"ping"),
            frame(0x8a, b"pong"),
            vec![0xff; 40],
            frame(0x81, b"\xff"),
        ] {
            let run = received(role, Config::new(), &[close(1000, ""), after].concat());
            assert_eq!(run.events(), [Seen::Close(Some((1000, String::new())))]);
            assert_eq!(run.sent().len(), 1);
        }
    }
}

// FRAG-15
#[test]
fn a_close_within_a_message_drops_the_message() {
    for role in ROLES {
        let wire = hex("01 01 61 88 02 03 e8 80 01 62");
        let run = received(role, Config::new(), &wire);
        assert_eq!(run.events(), [Seen::Close(Some((1000, String::new())))]);
        assert_eq!(run.sent()[0].close_code(), Some(1000));
    }
}

// FRAG-16: with automatic replies the message under way is given up; without
// them the caller may finish it first.
#[test]
fn a_message_under_way_may_be_finished_before_the_answer() {
    for role in ROLES {
        let mut conn = open(role, Config::new().auto_close(false));
        let mut out = Vec::new();
        conn.send_fragment(MessageKind::Text, b"a", false, &mut out)
            .expect("open");
        feed(&mut conn, &on_wire(role, &close(4000, "")), &mut out);
        assert_eq!(conn.state(), State::Closing);
        conn.send_fragment(MessageKind::Text, b"b", true, &mut out)
            .expect("the answer is still due");
        conn.send_close(code(4000), "", &mut out)
            .expect("still due");
        assert!(conn.send_text("x", &mut out).is_err());
        let firsts: Vec<_> = sent(role, &out).iter().map(|sent| sent.first).collect();
        assert_eq!(firsts, [0x01, 0x80, 0x88]);
        assert_eq!(conn.receive_eof(), Ok(()));
        assert!(conn.was_clean());

        let mut conn = open(role, Config::new());
        let mut out = Vec::new();
        conn.send_fragment(MessageKind::Text, b"a", false, &mut out)
            .expect("open");
        feed(&mut conn, &on_wire(role, &close(4000, "")), &mut out);
        let rest = conn.send_fragment(MessageKind::Text, b"b", true, &mut out);
        assert!(rest.is_err());
        assert_eq!(sent(role, &out).last().map(|sent| sent.first), Some(0x88));
    }
}

// CL-19
#[test]
fn two_closes_that_cross_are_both_enough() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut out = Vec::new();
        conn.send_close(code(1001), "", &mut out).expect("open");
        out.clear();
        let (seen, error) = feed(&mut conn, &on_wire(role, &close(1000, "")), &mut out);
        assert_eq!(seen, [Seen::Close(Some((1000, String::new())))]);
        assert_eq!((error, &out[..]), (None, &b""[..]));
        assert_eq!(conn.receive_eof(), Ok(()));
        assert_eq!((status(&conn), conn.was_clean()), (Some(1000), true));
    }
}

// CL-20
#[test]
fn the_code_reported_is_the_one_received_and_never_our_own() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut out = Vec::new();
        conn.send_close(code(4000), "mine", &mut out).expect("open");
        assert_eq!(conn.receive_eof(), Err(Error::UnexpectedEof));
        assert_eq!((status(&conn), conn.was_clean()), (Some(1006), false));

        for (theirs, reported) in [(close(3001, "theirs"), 3001), (frame(0x88, b""), 1005)] {
            let mut conn = open(role, Config::new());
            conn.send_close(code(4000), "mine", &mut out).expect("open");
            feed(&mut conn, &on_wire(role, &theirs), &mut out);
            assert_eq!(conn.receive_eof(), Ok(()));
            assert_eq!((status(&conn), conn.was_clean()), (Some(reported), true));
        }
    }
}

// CL-21: once the answer is written, and not before.
#[test]
fn a_server_closes_the_transport_once_both_closes_are_through() {
    let mut server = open(Role::Server, Config::new());
    let mut full = FixedOutput::new(&mut []);
    let mut read = on_wire(Role::Server, &close(1000, ""));
    let mut input = Input::new(&mut read);
    assert!(
        server
            .receive(&mut input, &mut full)
            .is_ok_and(|event| event.is_some())
    );
    assert_eq!(server.state(), State::Closing);
    assert!(!server.is_closed() && server.wants_write());
    let mut out = Vec::new();
    assert!(server.poll_transmit(&mut out));
    assert!(server.is_closed() && !server.close_expected());
    assert_eq!(out, hex("88 02 03 e8"));

    let mut server = open(Role::Server, Config::new());
    server.send_close(code(1000), "", &mut out).expect("open");
    assert!(!server.is_closed(), "the peer's is not there");
    feed(
        &mut server,
        &on_wire(Role::Server, &close(1000, "")),
        &mut out,
    );
    assert!(server.is_closed());
}

// CL-22, CL-B (deadline, done)
#[test]
fn a_client_waits_for_the_end_of_the_transport_but_not_for_ever() {
    let second = Duration::from_secs(1);
    let both_closes = |first_is_ours: bool| {
        let mut client = open(Role::Client, Config::new().close_timeout(second));
        let mut out = Vec::new();
        if first_is_ours {
            client.send_close(code(1000), "", &mut out).expect("open");
        }
        assert!(!client.close_expected());
        feed(&mut client, &close(1000, ""), &mut out);
        assert!(client.close_expected());
        assert_eq!(client.state(), State::Closing);
        client
    };
    for first_is_ours in [true, false] {
        let mut client = both_closes(first_is_ours);
        assert_eq!(client.receive_eof(), Ok(()));
        assert!(client.is_closed() && client.was_clean() && !client.close_expected());

        let mut client = both_closes(first_is_ours);
        let mut out = Vec::new();
        client
            .handle_timeout(second, &mut out)
            .expect("the clock starts");
        assert_eq!(client.poll_timeout(), Some(2 * second));
        client
            .handle_timeout(2 * second, &mut out)
            .expect("both are through");
        assert!(client.is_closed() && client.was_clean() && !client.close_expected());
        assert_eq!(status(&client), Some(1000));
        assert_eq!(out, b"");
    }
}

// CL-23
#[test]
fn clean_is_the_end_after_both_closes_alone() {
    for role in ROLES {
        // Open.
        let mut conn = open(role, Config::new());
        assert!(!conn.was_clean());
        assert_eq!(conn.receive_eof(), Err(Error::UnexpectedEof));
        assert_eq!((status(&conn), conn.was_clean()), (Some(1006), false));
        // Our Close alone.
        let mut conn = open(role, Config::new());
        conn.send_empty_close(&mut Vec::new()).expect("open");
        assert!(!conn.was_clean());
        assert_eq!(conn.receive_eof(), Err(Error::UnexpectedEof));
        assert_eq!((status(&conn), conn.was_clean()), (Some(1006), false));
        // The peer's Close, and an answer that never found room.
        let mut conn = open(role, Config::new());
        let mut read = on_wire(role, &close(4001, ""));
        let mut input = Input::new(&mut read);
        let mut full = FixedOutput::new(&mut []);
        assert!(conn.receive(&mut input, &mut full).is_ok());
        assert!(!conn.was_clean());
        assert_eq!(conn.receive_eof(), Ok(()));
        assert_eq!((status(&conn), conn.was_clean()), (Some(4001), false));
        // The peer's Close, which the caller never answered.
        let mut conn = open(role, Config::new().auto_close(false));
        feed(&mut conn, &on_wire(role, &close(4001, "")), &mut Vec::new());
        assert_eq!(conn.receive_eof(), Ok(()));
        assert_eq!((status(&conn), conn.was_clean()), (Some(4001), false));
        // Both.
        let mut conn = open(role, Config::new());
        feed(&mut conn, &on_wire(role, &close(4001, "")), &mut Vec::new());
        assert_eq!(conn.receive_eof(), Ok(()));
        assert_eq!((status(&conn), conn.was_clean()), (Some(4001), true));
    }
}

// CL-29
#[test]
fn a_server_may_close_whenever_it_likes() {
    let mut server = open(Role::Server, Config::new());
    let mut out = Vec::new();
    feed(
        &mut server,
        &on_wire(Role::Server, &frame(0x01, b"half")),
        &mut out,
    );
    server
        .send_fragment(MessageKind::Binary, b"half", false, &mut out)
        .expect("open");
    server.send_close(code(1012), "", &mut out).expect("open");
    let firsts: Vec<_> = sent(Role::Server, &out)
        .iter()
        .map(|sent| sent.first)
        .collect();
    assert_eq!(firsts, [0x02, 0x88]);
}

// CL-35
#[test]
fn the_closing_handshake_has_a_deadline() {
    let second = Duration::from_secs(1);
    for role in ROLES {
        let mut conn = open(role, Config::new().close_timeout(second));
        let mut out = Vec::new();
        conn.handle_timeout(second, &mut out).expect("open");
        assert_eq!(conn.poll_timeout(), None);
        conn.send_close(code(1000), "", &mut out).expect("open");
        conn.handle_timeout(5 * second, &mut out).expect("not yet");
        assert_eq!(conn.poll_timeout(), Some(6 * second));
        // That the peer goes on sending does not put it off.
        feed(&mut conn, &on_wire(role, &frame(0x81, b"x")), &mut out);
        let length = out.len();
        let error = Error::Timeout(Timeout::Close);
        assert_eq!(conn.handle_timeout(6 * second, &mut out), Err(error));
        assert!(conn.is_closed());
        assert_eq!((status(&conn), conn.was_clean()), (Some(1006), false));
        assert_eq!(out.len(), length);
        assert_eq!(conn.poll_timeout(), None);
    }
}

// WEB-06, WEB-08: what browsers send, and how a server takes it.
#[test]
fn the_closes_of_browsers_are_clean() {
    for (wire, reported) in [
        (close(1000, ""), 1000),
        (close(3000, "library"), 3000),
        (close(4999, "application"), 4999),
        (close(1001, ""), 1001),
        (frame(0x88, b""), 1005),
    ] {
        let run = received(Role::Server, Config::new(), &wire);
        assert!(run.connection.is_closed() && run.connection.was_clean());
        assert_eq!(status(&run.connection), Some(reported));
    }
}
