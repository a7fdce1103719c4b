//! How a connection ends.

use core::time::Duration;

use websocket_proto::{
    CloseStatus, Config, Connection, Error, FixedOutput, Input, Limit, Reply, Role, SendError,
    State, Timeout,
};

use crate::pair::{events, take};
use crate::support::{ROLES, Seen};
use crate::{open, opened};

/// What was sent over and back until both are silent.
fn exchange(from: &mut Connection, to: &mut Connection, mut wire: Vec<u8>) {
    let (mut from, mut to) = (from, to);
    while !wire.is_empty() {
        let mut back = Vec::new();
        events(to, &wire, &mut back);
        wire = back;
        (from, to) = (to, from);
    }
}

/// HX-22
#[test]
fn a_close_is_answered() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut out = Vec::new();
        assert_eq!(
            events(&mut conn, b"\xff\x00", &mut out),
            [Seen::Close(None)]
        );
        assert_eq!(out, b"\xff\x00");
        // The server closes the transport, and a client waits for it.
        assert_eq!(conn.is_closed(), role == Role::Server);
        assert_eq!(conn.close_expected(), role == Role::Client);
        assert_eq!(conn.receive_eof(), Ok(()));
        assert!(conn.is_closed() && conn.was_clean());
        assert_eq!(conn.close_status(), Some(CloseStatus::NoCode));
    }
}

/// HX-22: either end may begin, and both may.
#[test]
fn our_close_waits_for_theirs() {
    for server_begins in [true, false] {
        let (mut client, mut server) = opened(Config::new());
        let (first, second) = match server_begins {
            true => (&mut server, &mut client),
            false => (&mut client, &mut server),
        };
        let mut out = Vec::new();
        first.send_empty_close(&mut out).expect("open");
        assert_eq!(out, b"\xff\x00");
        assert_eq!(first.state(), State::Closing);
        exchange(first, second, out);
        for conn in [first, second] {
            assert_eq!(conn.receive_eof(), Ok(()));
            assert!(conn.was_clean());
            assert_eq!(conn.close_status(), Some(CloseStatus::NoCode));
        }
    }
    let (mut client, mut server) = opened(Config::new());
    let (mut from_client, mut from_server) = (Vec::new(), Vec::new());
    client.send_empty_close(&mut from_client).expect("open");
    server.send_empty_close(&mut from_server).expect("open");
    assert_eq!(
        events(&mut client, b"\xff\x00", &mut from_client),
        [Seen::Close(None)]
    );
    assert_eq!(
        events(&mut server, b"\xff\x00", &mut from_server),
        [Seen::Close(None)]
    );
    assert_eq!(
        (&from_client[..], &from_server[..]),
        (&b"\xff\x00"[..], &b"\xff\x00"[..])
    );
}

/// HX-23
#[test]
fn nothing_is_sent_after_our_close() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut out = Vec::new();
        conn.send_empty_close(&mut out).expect("open");
        let refused = conn.send_text("late", &mut out);
        assert_eq!(refused, Err(SendError::WrongState(State::Closing)));
        conn.send_empty_close(&mut out).expect("nothing to do");
        assert_eq!(out, b"\xff\x00");
        // What was under way is delivered, unless it is not wanted.
        let seen = events(&mut conn, b"\x00a\xff", &mut out);
        assert_eq!(seen, [Seen::Text("a".into())]);
        let mut conn = open(role, Config::new().deliver_while_closing(false));
        conn.send_empty_close(&mut Vec::new()).expect("open");
        let seen = events(&mut conn, b"\x00a\xff\xff\x00", &mut out);
        assert_eq!(seen, [Seen::Close(None)]);
        assert_eq!(out, b"\xff\x00");
    }
}

/// HX-23
#[test]
fn what_follows_their_close_is_ignored() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut out = Vec::new();
        let seen = events(
            &mut conn,
            b"\xff\x00\x00a\xff\x80\xff\xff\xff\xff\xff",
            &mut out,
        );
        assert_eq!(seen, [Seen::Close(None)]);
        assert_eq!(events(&mut conn, b"\x00a\xff", &mut out), []);
        assert_eq!(out, b"\xff\x00");
    }
}

/// The answer can be left to the caller.
#[test]
fn without_automatic_replies_the_caller_closes() {
    let mut conn = open(Role::Server, Config::new().auto_close(false));
    let mut out = Vec::new();
    assert_eq!(
        events(&mut conn, b"\xff\x00", &mut out),
        [Seen::Close(None)]
    );
    assert_eq!(conn.state(), State::Closing);
    conn.send_text("last words", &mut out)
        .expect("not closed yet");
    conn.send_empty_close(&mut out).expect("not closed yet");
    assert_eq!(out, b"\x00last words\xff\xff\x00");
    assert!(conn.is_closed() && conn.was_clean());
}

/// HX-25: 1006 where no Close came.
#[test]
fn the_end_of_the_transport_alone_is_abnormal() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        events(&mut conn, b"\x00cut", &mut Vec::new());
        assert_eq!(conn.receive_eof(), Err(Error::UnexpectedEof));
        assert_eq!(conn.close_status(), Some(CloseStatus::Abnormal));
        assert!(!conn.was_clean());
    }
}

/// A Close for which there is no room waits for it, byte by byte.
#[test]
fn a_close_waits_for_room() {
    let mut conn = open(Role::Server, Config::new());
    let mut memory = [0; 1];
    let mut out = FixedOutput::new(&mut memory);
    let refused = conn.send_empty_close(&mut out);
    assert_eq!(refused, Err(SendError::OutputFull { needed: 2 }));
    assert_eq!(
        events(&mut conn, b"\xff\x00", &mut out),
        [Seen::Close(None)]
    );
    assert_eq!(out.written(), b"\xff");
    assert!(conn.wants_write() && !conn.is_closed());
    out.clear();
    assert!(conn.poll_transmit(&mut out));
    assert_eq!(out.written(), b"\x00");
    assert!(conn.is_closed());
}

/// HX-22: in two halves the Close is a reply to be brought over.
#[test]
fn the_halves_close_too() {
    let (client, server) = opened(Config::new());
    let (mut from_client, mut to_client) = client.split().expect("open");
    let (mut from_server, mut to_server) = server.split().expect("open");
    let mut out = Vec::new();
    to_client.send_text("Hello", &mut out).expect("open");
    to_client.send_empty_close(&mut out).expect("open");
    assert_eq!(out, b"\x00Hello\xff\xff\x00");
    let mut input = Input::new(&mut out);
    let mut back = Vec::new();
    let mut seen = Vec::new();
    while let Some(event) = from_server.receive(&mut input).expect("right") {
        if let Some(reply) = Reply::to_event(&event) {
            to_server.send_reply(&reply, &mut back);
        }
        seen.push(Seen::from(event));
    }
    assert_eq!(seen, [Seen::Text("Hello".into()), Seen::Close(None)]);
    assert_eq!(back, b"\xff\x00");
    let event = from_client
        .receive(&mut Input::new(&mut back))
        .expect("right");
    assert_eq!(event.map(Seen::from), Some(Seen::Close(None)));
    // An error is brought over the same way.
    let (mut receiver, mut sender) = open(Role::Server, Config::new().max_message(3))
        .split()
        .expect("open");
    let mut read = *b"\x00long";
    let error = receiver
        .receive(&mut Input::new(&mut read))
        .expect_err("too long");
    let mut out = Vec::new();
    sender.send_reply(&Reply::to_error(error), &mut out);
    assert_eq!(out, b"\xff\x00");
    assert!(sender.is_closed());
}

/// A connection that fails says so as far as it can.
#[test]
fn a_failure_closes() {
    for role in ROLES {
        let mut conn = open(role, Config::new().max_message(2));
        let mut out = Vec::new();
        let (seen, error) = take(&mut conn, b"\x00ab\xff\x00abc\xff\x00d\xff", &mut out);
        assert_eq!(seen, [Seen::Text("ab".into())]);
        assert_eq!(error, Some(Error::Limit(Limit::Message)));
        assert_eq!(out, b"\xff\x00");
        assert!(conn.is_closed());
        let (seen, again) = take(&mut conn, b"\x00a\xff", &mut out);
        assert_eq!((seen, again), (vec![], error));
        assert_eq!(out, b"\xff\x00");
    }
}

/// HX-25: what is configured of pings does nothing, and the rest goes on.
#[test]
fn deadlines_send_no_ping() {
    let second = Duration::from_secs(1);
    let config = Config::new()
        .ping_interval(second)
        .pong_timeout(second)
        .idle_timeout(second * 60)
        .close_timeout(second);
    let (client, server) = opened(config);
    for mut conn in [client, server] {
        let mut out = Vec::new();
        for time in 0..60 {
            assert_eq!(conn.handle_timeout(second * time, &mut out), Ok(()));
        }
        assert!(out.is_empty());
        let idle = conn.handle_timeout(second * 60, &mut out);
        assert_eq!(idle, Err(Error::Timeout(Timeout::Idle)));
        assert_eq!(out, b"\xff\x00");
    }
    let (_, mut server) = opened(config);
    server.send_empty_close(&mut Vec::new()).expect("open");
    server
        .handle_timeout(second, &mut Vec::new())
        .expect("in time");
    let late = server.handle_timeout(second * 3, &mut Vec::new());
    assert_eq!(late, Err(Error::Timeout(Timeout::Close)));
}

/// The eight bytes are part of the opening handshake.
#[test]
fn a_handshake_that_stops_is_timed_out() {
    let config = Config::new()
        .hixie76(true)
        .handshake_timeout(Duration::from_secs(1));
    let mut server = Connection::server(config);
    let mut out = Vec::new();
    server
        .handle_timeout(Duration::ZERO, &mut out)
        .expect("the clock starts");
    events(&mut server, crate::w2().as_bytes(), &mut out);
    let late = server.handle_timeout(Duration::from_secs(2), &mut out);
    assert_eq!(late, Err(Error::Timeout(Timeout::Handshake)));
    assert!(out.starts_with(b"HTTP/1.1 408 "));
    let mut server = crate::server();
    events(&mut server, crate::w2().as_bytes(), &mut out);
    assert_eq!(server.receive_eof(), Err(Error::UnexpectedEof));
    assert!(server.is_closed());
}
