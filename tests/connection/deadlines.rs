//! IO-11: deadlines as data, on the clock of the caller.

use core::time::Duration;

use websocket_proto::{Config, Connection, Error, FixedOutput, Input, Role, State, Timeout};

use crate::pair::{asked_server, code, connecting_client, events, opened};
use crate::support::{ROLES, Seen, close, frame, on_wire, open, sent};

const fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn status(conn: &Connection) -> Option<u16> {
    conn.close_status().map(|status| status.value())
}

/// Who needs no deadlines is asked for no time, and none passes.
#[test]
fn without_deadlines_there_is_nothing_to_tell() {
    let (client, server) = opened(Config::new());
    let connecting = Connection::server(Config::new());
    for mut conn in [client, server, connecting] {
        let mut out = Vec::new();
        assert_eq!(conn.poll_timeout(), None);
        assert_eq!(conn.handle_timeout(Duration::MAX, &mut out), Ok(()));
        assert_eq!(conn.poll_timeout(), None);
        assert_eq!(out, b"");
        assert!(!conn.is_closed());
    }
}

/// IO-11: the connection is told the time and asks for it; it has no clock.
#[test]
fn a_deadline_counts_from_when_the_time_is_first_told() {
    let mut conn = open(Role::Server, Config::new().idle_timeout(at(10)));
    let mut out = Vec::new();
    // At once: the connection does not know the time yet.
    assert_eq!(conn.poll_timeout(), Some(Duration::ZERO));
    assert_eq!(conn.handle_timeout(at(1_000_000), &mut out), Ok(()));
    assert_eq!(conn.poll_timeout(), Some(at(1_000_010)));
}

/// What the caller does changes which deadline counts: the connection asks to
/// be told the time, rather than to wait for a deadline that is no more.
#[test]
fn a_change_of_state_asks_for_the_time_at_once() {
    for role in ROLES {
        let mut conn = open(role, Config::new().close_timeout(at(5)));
        let mut out = Vec::new();
        assert_eq!(conn.handle_timeout(at(100), &mut out), Ok(()));
        assert_eq!(conn.poll_timeout(), None);
        conn.send_close(code(1000), "", &mut out).expect("open");
        let due = conn.poll_timeout();
        assert!(due.is_some_and(|due| due <= at(100)), "{due:?}");
        assert_eq!(conn.handle_timeout(at(200), &mut out), Ok(()));
        assert_eq!(conn.poll_timeout(), Some(at(205)));
    }
    let config = Config::new().handshake_timeout(at(60)).idle_timeout(at(10));
    let (mut conn, request) = asked_server(config);
    let mut out = Vec::new();
    assert_eq!(conn.handle_timeout(at(1), &mut out), Ok(()));
    assert_eq!(conn.poll_timeout(), Some(at(61)));
    let acceptance = websocket_proto::handshake::Acceptance::new();
    conn.accept(&request, &acceptance, &mut out).expect("valid");
    let due = conn.poll_timeout();
    assert!(due.is_some_and(|due| due <= at(1)), "{due:?}");
}

/// Telling the time more often than asked changes nothing.
#[test]
fn the_time_may_be_told_at_any_time() {
    let config = Config::new().idle_timeout(at(100)).ping_interval(at(30));
    let run = |step: usize| {
        let mut conn = open(Role::Server, config);
        let mut out = Vec::new();
        let mut end = None;
        for now in (0..=300).step_by(step) {
            if end.is_none() && conn.handle_timeout(at(now), &mut out).is_err() {
                end = Some(now);
            }
        }
        (end, out)
    };
    assert_eq!(run(1), run(10));
    assert_eq!(run(1).0, Some(100));
}

#[test]
fn the_opening_handshake_of_a_server_ends_with_an_answer() {
    let config = Config::new().handshake_timeout(at(5));
    for asked in [false, true] {
        let mut conn = match asked {
            false => Connection::server(config),
            true => asked_server(config).0,
        };
        let mut out = Vec::new();
        assert_eq!(conn.handle_timeout(at(1), &mut out), Ok(()));
        assert_eq!(conn.poll_timeout(), Some(at(6)));
        // Bytes, however many, are no answer.
        if !asked {
            events(&mut conn, b"GET / HTTP/1.1\r\n", &mut out);
        }
        assert_eq!(conn.handle_timeout(at(5), &mut out), Ok(()));
        assert_eq!(conn.poll_timeout(), Some(at(6)));
        assert_eq!(out, b"");
        let error = Error::Timeout(Timeout::Handshake);
        assert_eq!(conn.handle_timeout(at(6), &mut out), Err(error));
        // Where the request has come the peer was not slow.
        let answer = match asked {
            false => "HTTP/1.1 408 Request Timeout\r\n",
            true => "HTTP/1.1 503 Service Unavailable\r\n",
        };
        assert!(out.starts_with(answer.as_bytes()));
        assert_eq!((conn.state(), status(&conn)), (State::Closed, Some(1006)));
        let length = out.len();
        assert_eq!(conn.handle_timeout(at(7), &mut out), Err(error));
        assert_eq!((conn.poll_timeout(), out.len()), (None, length));
    }
}

#[test]
fn the_opening_handshake_of_a_client_ends_in_silence() {
    let config = Config::new().handshake_timeout(at(5));
    let mut out = Vec::new();
    let mut conn = connecting_client(config, &mut Vec::new());
    assert_eq!(conn.handle_timeout(at(0), &mut out), Ok(()));
    let error = Error::Timeout(Timeout::Handshake);
    assert_eq!(conn.handle_timeout(at(5), &mut out), Err(error));
    assert_eq!(out, b"");
    assert_eq!((conn.state(), status(&conn)), (State::Closed, Some(1006)));
}

/// The deadline of one state is none of the next.
#[test]
fn an_open_connection_has_no_deadline_for_its_handshake() {
    let config = Config::new().handshake_timeout(at(5)).close_timeout(at(5));
    for mut conn in <[Connection; 2]>::from(opened(config)) {
        let mut out = Vec::new();
        for now in 0..100 {
            assert_eq!(conn.handle_timeout(at(now), &mut out), Ok(()));
        }
        assert_eq!(conn.poll_timeout(), None);
        assert_eq!(out, b"");
    }
}

#[test]
fn a_connection_that_brings_nothing_is_closed_with_1001() {
    for role in ROLES {
        let mut conn = open(role, Config::new().idle_timeout(at(10)));
        let mut out = Vec::new();
        assert_eq!(conn.handle_timeout(at(0), &mut out), Ok(()));
        // What this end sends is no sign of the peer.
        conn.send_text("x", &mut out).expect("open");
        assert_eq!(conn.handle_timeout(at(9), &mut out), Ok(()));
        out.clear();
        // Anything received is, be it part of a frame.
        events(
            &mut conn,
            &on_wire(role, &frame(0x81, b"abc"))[..1],
            &mut out,
        );
        assert_eq!(conn.handle_timeout(at(10), &mut out), Ok(()));
        assert_eq!(conn.poll_timeout(), Some(at(20)));
        assert_eq!(out, b"");
        let error = Error::Timeout(Timeout::Idle);
        assert_eq!(conn.handle_timeout(at(20), &mut out), Err(error));
        assert_eq!(sent(role, &out)[0].close_code(), Some(1001));
        assert_eq!((conn.state(), status(&conn)), (State::Closed, Some(1006)));
        assert!(!conn.was_clean());
        assert_eq!(conn.handle_timeout(at(21), &mut out), Err(error));
        assert_eq!(sent(role, &out).len(), 1);
    }
}

#[test]
fn pings_are_sent_while_nothing_comes() {
    for role in ROLES {
        let mut conn = open(role, Config::new().ping_interval(at(10)));
        let mut out = Vec::new();
        let mut pings = Vec::new();
        for now in 0..=45 {
            if now == 25 {
                events(&mut conn, &on_wire(role, &frame(0x8a, b"")), &mut out);
            }
            assert_eq!(conn.handle_timeout(at(now), &mut out), Ok(()));
            if !out.is_empty() {
                assert_eq!(sent(role, &out)[0].plain(), (0x89, &[][..]));
                assert_eq!(sent(role, &out).len(), 1);
                pings.push(now);
                out.clear();
            }
        }
        assert_eq!(pings, [10, 20, 35, 45], "{role:?}");
    }
}

#[test]
fn a_ping_without_an_answer_fails_the_connection_with_1011() {
    // Whichever of the two spans is the longer.
    for (ping, pong) in [(10, 3), (10, 10), (10, 25), (1, 60)] {
        for role in ROLES {
            let config = Config::new().ping_interval(at(ping)).pong_timeout(at(pong));
            let mut conn = open(role, config);
            let mut out = Vec::new();
            let mut end = None;
            for now in 0..200 {
                if let Err(error) = conn.handle_timeout(at(now), &mut out) {
                    assert_eq!(error, Error::Timeout(Timeout::Pong));
                    end.get_or_insert(now);
                }
            }
            assert_eq!(end, Some(ping + pong), "{ping} and {pong}");
            let sent = sent(role, &out);
            assert_eq!(sent[0].first, 0x89);
            assert_eq!(sent.last().and_then(|sent| sent.close_code()), Some(1011));
            assert_eq!(status(&conn), Some(1006));
        }
    }
}

/// The time of the caller decides, not how often it is told.
#[test]
fn a_pong_or_anything_else_is_an_answer() {
    for answer in [frame(0x8a, b""), frame(0x81, b"x"), vec![0x81]] {
        let config = Config::new().ping_interval(at(10)).pong_timeout(at(5));
        for role in ROLES {
            let mut conn = open(role, config);
            let mut out = Vec::new();
            for now in 0..14 {
                assert_eq!(conn.handle_timeout(at(now), &mut out), Ok(()));
            }
            assert_eq!(sent(role, &out).len(), 1);
            assert_eq!(conn.poll_timeout(), Some(at(15)));
            events(&mut conn, &on_wire(role, &answer), &mut out);
            assert_eq!(conn.handle_timeout(at(15), &mut out), Ok(()));
            assert_eq!(conn.poll_timeout(), Some(at(25)));
        }
    }
}

/// A peer that reads nothing answers nothing.
#[test]
fn a_ping_without_room_counts_as_sent() {
    let config = Config::new().ping_interval(at(10)).pong_timeout(at(5));
    let mut conn = open(Role::Server, config);
    let mut full = FixedOutput::new(&mut []);
    assert_eq!(conn.handle_timeout(at(0), &mut full), Ok(()));
    assert_eq!(conn.handle_timeout(at(10), &mut full), Ok(()));
    assert_eq!(conn.poll_timeout(), Some(at(15)));
    let error = Error::Timeout(Timeout::Pong);
    assert_eq!(conn.handle_timeout(at(15), &mut full), Err(error));
    // Its Close waits, for as long as the caller lets it.
    assert_eq!(conn.state(), State::Closing);
    let mut out = Vec::new();
    assert!(conn.poll_transmit(&mut out));
    assert_eq!(sent(Role::Server, &out)[0].close_code(), Some(1011));
    assert!(conn.is_closed());
}

/// The first to pass decides.
#[test]
fn idle_and_pong_are_separate() {
    for (idle, error, close) in [(12, Timeout::Idle, 1001), (16, Timeout::Pong, 1011)] {
        let config = Config::new()
            .idle_timeout(at(idle))
            .ping_interval(at(10))
            .pong_timeout(at(5));
        let mut conn = open(Role::Server, config);
        let mut out = Vec::new();
        let end = (0..30).find_map(|now| conn.handle_timeout(at(now), &mut out).err());
        assert_eq!(end, Some(Error::Timeout(error)));
        let sent = sent(Role::Server, &out);
        assert_eq!(sent.last().and_then(|sent| sent.close_code()), Some(close));
    }
}

/// CL-B (deadline, close received): the answer that never finds room.
#[test]
fn an_answer_that_finds_no_room_has_the_deadline_of_closing() {
    for role in ROLES {
        let mut conn = open(role, Config::new().close_timeout(at(5)));
        let mut full = FixedOutput::new(&mut []);
        assert_eq!(conn.handle_timeout(at(0), &mut full), Ok(()));
        events(&mut conn, &on_wire(role, &close(4000, "")), &mut full);
        assert_eq!(conn.handle_timeout(at(1), &mut full), Ok(()));
        assert_eq!(conn.poll_timeout(), Some(at(6)));
        let error = Error::Timeout(Timeout::Close);
        assert_eq!(conn.handle_timeout(at(6), &mut full), Err(error));
        assert_eq!((conn.state(), status(&conn)), (State::Closed, Some(4000)));
        assert!(!conn.was_clean() && !conn.wants_write());
    }
}

/// And so has a Pong behind the Close: what ends by an error is never clean.
#[test]
fn a_pong_after_the_close_has_the_deadline_of_closing() {
    for role in ROLES {
        let config = Config::new().pong_after_close(true).auto_close(false);
        let mut conn = open(role, config.output_mark(0).close_timeout(at(5)));
        let mut out = Vec::new();
        conn.send_close(code(1000), "", &mut out).expect("open");
        events(&mut conn, &on_wire(role, &frame(0x89, b"?")), &mut out);
        assert!(conn.wants_write());
        assert_eq!(conn.handle_timeout(at(1), &mut out), Ok(()));
        let error = Error::Timeout(Timeout::Close);
        assert_eq!(conn.handle_timeout(at(6), &mut out), Err(error));
        assert_eq!((conn.state(), status(&conn)), (State::Closed, Some(1006)));
        assert!(!conn.was_clean() && !conn.wants_write());
    }
}

/// So has the Close of a failure.
#[test]
fn the_close_of_a_failure_has_the_deadline_of_closing() {
    for role in ROLES {
        let mut conn = open(role, Config::new().close_timeout(at(5)));
        let mut full = FixedOutput::new(&mut []);
        let mut read = [0xff];
        let failed = conn
            .receive(&mut Input::new(&mut read), &mut full)
            .map(|_| ());
        assert!(failed.is_err());
        assert_eq!(conn.state(), State::Closing);
        assert_eq!(conn.handle_timeout(at(1), &mut full).err(), failed.err());
        assert_eq!(conn.poll_timeout(), Some(at(6)));
        assert!(conn.handle_timeout(at(6), &mut full).is_err());
        assert!(conn.is_closed() && !conn.wants_write());
        // The error that stays is the one that came first.
        let (_, error) = crate::pair::take(&mut conn, b"x", &mut full);
        assert_eq!(error, failed.err());
        assert_eq!(conn.handle_timeout(at(7), &mut full).err(), failed.err());
    }
}

#[test]
fn what_is_closed_has_no_deadlines() {
    let config = Config::new()
        .idle_timeout(at(1))
        .ping_interval(at(1))
        .pong_timeout(at(1))
        .close_timeout(at(1));
    let mut conn = open(Role::Server, config);
    let mut out = Vec::new();
    conn.send_close(code(1000), "", &mut out).expect("open");
    let end = events(
        &mut conn,
        &on_wire(Role::Server, &close(1000, "")),
        &mut out,
    );
    assert!(matches!(&end[..], [Seen::Close(_)]));
    let length = out.len();
    assert_eq!(conn.poll_timeout(), None);
    for now in 0..10 {
        assert_eq!(conn.handle_timeout(at(now), &mut out), Ok(()));
    }
    assert_eq!(out.len(), length);
    assert!(conn.was_clean());
}
