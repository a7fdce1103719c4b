//! IO-07: outputs that drain slowly, or not at all.

use websocket_proto::{Config, Event, FixedOutput, Input, Output, Role, State};

use crate::pair::{code, events, take};
use crate::support::{ROLES, Seen, close, feed, frame, frames, on_wire, open, sent};

/// The length of a Pong with three bytes.
fn pong_length(role: Role) -> usize {
    match role {
        Role::Client => 9,
        Role::Server => 5,
    }
}

/// PING-06, PITFALLS 21: while there is room all pings are answered, in order.
#[test]
fn every_ping_is_answered_while_there_is_room() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut out = Vec::new();
        for number in 0..10 {
            let ping = frame(0x89, format!("{number}").as_bytes());
            feed(&mut conn, &on_wire(role, &ping), &mut out);
        }
        let answers: Vec<_> = sent(role, &out)
            .into_iter()
            .map(|sent| sent.payload)
            .collect();
        let asked: Vec<_> = (0..10)
            .map(|number| format!("{number}").into_bytes())
            .collect();
        assert_eq!(answers, asked);
    }
}

/// PING-07: from the mark on only the newest is kept; it goes out as soon as
/// the output has drained, by the next read or by `poll_transmit`.
#[test]
fn above_the_mark_the_newest_ping_alone_is_answered() {
    for role in ROLES {
        for by_receive in [false, true] {
            let mark = 4 * pong_length(role);
            let mut conn = open(role, Config::new().output_mark(mark));
            let mut out = Vec::new();
            for number in 0..100 {
                let ping = frame(0x89, format!("{number:03}").as_bytes());
                let (seen, _) = feed(&mut conn, &on_wire(role, &ping), &mut out);
                assert_eq!(seen.len(), 1, "each is delivered all the same");
            }
            assert_eq!(out.len(), mark);
            assert!(conn.wants_write());
            assert!(!conn.poll_transmit(&mut out));
            let answers: Vec<_> = sent(role, &out)
                .into_iter()
                .map(|sent| sent.payload)
                .collect();
            assert_eq!(answers, [b"000", b"001", b"002", b"003"]);
            out.clear();
            match by_receive {
                true => assert_eq!(feed(&mut conn, b"", &mut out), (vec![], None)),
                false => assert!(conn.poll_transmit(&mut out)),
            }
            assert!(!conn.wants_write());
            assert_eq!(sent(role, &out)[0].plain(), (0x8a, &b"099"[..]));
            assert_eq!(sent(role, &out).len(), 1);
        }
    }
}

/// PING-07: the answer that waits goes out with the next event, be it a message
/// that lies in the input whole, and before what the caller says to it.
#[test]
fn an_answer_that_waits_goes_out_before_the_next_message_is_answered() {
    for role in ROLES {
        let mut conn = open(role, Config::new().output_mark(1));
        let mut out = b"x".to_vec();
        feed(&mut conn, &on_wire(role, &frame(0x89, b"abc")), &mut out);
        assert!(conn.wants_write());
        out.clear();
        let mut text = on_wire(role, &frame(0x81, b"Hello"));
        let event = conn.receive(&mut Input::new(&mut text), &mut out);
        assert!(matches!(event, Ok(Some(Event::Text(text))) if text == "Hello"));
        assert!(!conn.wants_write());
        assert_eq!(sent(role, &out)[0].plain(), (0x8a, &b"abc"[..]));
    }
}

/// PING-07: an answer too long for the room waits; a newer one that fits goes
/// out, and the older is not sent after it.
#[test]
fn a_newer_answer_that_fits_replaces_one_that_waits() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut memory = [0; 20];
        let mut out = FixedOutput::new(&mut memory);
        let long = on_wire(role, &frame(0x89, &[b'x'; 100]));
        events(&mut conn, &long, &mut out);
        assert!(conn.wants_write());
        assert_eq!(out.written(), b"");
        events(&mut conn, &on_wire(role, &frame(0x89, b"new")), &mut out);
        assert!(!conn.wants_write());
        let answers = sent(role, out.written());
        assert_eq!(answers.len(), 1);
        assert_eq!(answers[0].plain(), (0x8a, &b"new"[..]));
    }
}

/// A ping that can be answered is answered after the one that waited, so that
/// the older answer never comes after the newer.
#[test]
fn answers_keep_their_order() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut full = FixedOutput::new(&mut []);
        events(&mut conn, &on_wire(role, &frame(0x89, b"old")), &mut full);
        let mut out = Vec::new();
        feed(&mut conn, &on_wire(role, &frame(0x89, b"new")), &mut out);
        let answers: Vec<_> = sent(role, &out)
            .into_iter()
            .map(|sent| sent.payload)
            .collect();
        assert_eq!(answers, [b"old", b"new"]);
        assert!(!conn.wants_write());
    }
}

/// A mark of nothing still lets an answer into an empty output.
#[test]
fn a_mark_of_zero_answers_one_ping_at_a_time() {
    for role in ROLES {
        let mut conn = open(role, Config::new().output_mark(0));
        let mut out = Vec::new();
        let pings = frames(&[(0x89, b"a"), (0x89, b"b"), (0x89, b"c")]);
        feed(&mut conn, &on_wire(role, &pings), &mut out);
        assert_eq!(sent(role, &out).len(), 1);
        out.clear();
        assert!(conn.poll_transmit(&mut out));
        assert_eq!(sent(role, &out)[0].plain(), (0x8a, &b"c"[..]));
        assert!(!conn.wants_write());
    }
}

/// Messages are the caller's to hold back: the mark does not bound them.
#[test]
fn messages_pass_the_mark() {
    for role in ROLES {
        let mut conn = open(role, Config::new().output_mark(10));
        let mut out = vec![0; 100];
        conn.send_text("abc", &mut out).expect("a Vec has room");
        conn.send_ping(b"abc", &mut out).expect("a Vec has room");
        assert_eq!(sent(role, &out[100..]).len(), 2);
    }
}

/// PING-05: a Pong that waits goes before our own Close, where there is room
/// for both, whatever the mark: there is no later for it.
#[test]
fn a_pong_that_waits_goes_before_our_close() {
    let pong_and_close = |role, out: &[u8]| {
        let sent = sent(role, out);
        assert_eq!(sent[0].plain(), (0x8A, &b"ping"[..]));
        assert_eq!(sent[1].close_code(), Some(1001));
        assert_eq!(sent.len(), 2);
    };
    for role in ROLES {
        for after_close in [true, false] {
            let config = Config::new().pong_after_close(after_close).output_mark(1);
            let mut conn = open(role, config);
            let mut out = vec![0];
            feed(&mut conn, &on_wire(role, &frame(0x89, b"ping")), &mut out);
            assert!(conn.wants_write() && out.len() == 1);
            conn.send_close(code(1001), "", &mut out).expect("open");
            assert!(!conn.wants_write());
            pong_and_close(role, &out[1..]);
        }
    }
}

/// PING-05: and where the room for both is to the byte.
#[test]
fn a_pong_and_our_close_need_no_more_room_than_they_have() {
    for role in ROLES {
        let header = if role == Role::Client { 6 } else { 2 };
        let both = header + 4 + header + 2;
        for (room, sent_first) in [(both, 0x8A), (both - 1, 0x88)] {
            let mut conn = open(role, Config::new());
            let ping = on_wire(role, &frame(0x89, b"ping"));
            events(&mut conn, &ping, &mut FixedOutput::new(&mut []));
            assert!(conn.wants_write());
            let mut space = vec![0; room];
            let mut small = FixedOutput::new(&mut space);
            conn.send_close(code(1001), "", &mut small).expect("room");
            let sent = sent(role, small.written());
            assert_eq!(sent[0].first, sent_first, "{role:?}, {room} bytes");
            assert_eq!(sent.last().unwrap().close_code(), Some(1001));
            assert!(!conn.wants_write());
        }
    }
}

/// Without room for both the Pong is dropped, or follows where it may.
#[test]
fn without_room_our_close_goes_before_a_pong_that_waits() {
    for role in ROLES {
        for after_close in [true, false] {
            let mut conn = open(role, Config::new().pong_after_close(after_close));
            let ping = on_wire(role, &frame(0x89, b"ping"));
            events(&mut conn, &ping, &mut FixedOutput::new(&mut []));
            assert!(conn.wants_write());
            let mut space = [0; 8];
            let mut small = FixedOutput::new(&mut space);
            conn.send_close(code(1001), "", &mut small).expect("room");
            assert_eq!(sent(role, small.written())[0].close_code(), Some(1001));
            assert_eq!(conn.wants_write(), after_close);
            let mut out = Vec::new();
            assert_eq!(conn.poll_transmit(&mut out), after_close);
            let firsts: Vec<_> = sent(role, &out).iter().map(|sent| sent.first).collect();
            assert_eq!(firsts, [0x8A].repeat(usize::from(after_close)));
        }
    }
}

/// PING-04: once the peer's Close has come, no Pong follows, not even one that
/// was due before.
#[test]
fn the_peers_close_overtakes_a_pong_that_waits() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let ping_and_close = [frame(0x89, b"ping"), close(1000, "")].concat();
        let wire = on_wire(role, &ping_and_close);
        events(&mut conn, &wire, &mut FixedOutput::new(&mut []));
        assert!(conn.wants_write());
        let mut out = Vec::new();
        assert!(conn.poll_transmit(&mut out));
        assert!(!conn.wants_write());
        let firsts: Vec<_> = sent(role, &out).iter().map(|sent| sent.first).collect();
        assert_eq!(firsts, [0x88], "{role:?}");
    }
}

/// PING-04: the same with a Close of ours before it, whoever answers Closes.
#[test]
fn no_pong_follows_both_closes() {
    for role in ROLES {
        for auto in [true, false] {
            let config = Config::new().pong_after_close(true).auto_close(auto);
            let mut conn = open(role, config.output_mark(0));
            let mut out = Vec::new();
            conn.send_empty_close(&mut out).expect("room in a Vec");
            feed(&mut conn, &on_wire(role, &frame(0x89, b"?")), &mut out);
            assert!(conn.wants_write());
            feed(&mut conn, &on_wire(role, &frame(0x88, b"")), &mut out);
            assert!(!conn.wants_write());
            assert!(conn.is_closed() || conn.close_expected());
            assert_eq!(sent(role, &out).len(), 1);
            assert_eq!(conn.receive_eof(), Ok(()));
            assert!(conn.is_closed() && conn.was_clean());
        }
    }
}

/// PING-04: nor one that waits when the peer closes, where the caller answers.
#[test]
fn no_pong_goes_to_a_peer_that_has_closed() {
    for role in ROLES {
        for after_close in [true, false] {
            let config = Config::new()
                .auto_close(false)
                .pong_after_close(after_close);
            let mut conn = open(role, config);
            let ping_and_close = [frame(0x89, b"ping"), close(1000, "")].concat();
            let wire = on_wire(role, &ping_and_close);
            events(&mut conn, &wire, &mut FixedOutput::new(&mut []));
            assert!(!conn.wants_write());
            let mut out = Vec::new();
            assert!(!conn.poll_transmit(&mut out));
            conn.send_close(code(1000), "", &mut out).expect("open");
            assert_eq!(sent(role, &out).len(), 1);
            assert_eq!(sent(role, &out)[0].close_code(), Some(1000));
            assert!(conn.is_closed() || conn.close_expected());
        }
    }
}

/// IO-03: the Close of an answer or of a failure in any number of pieces.
#[test]
fn the_last_close_is_written_piece_by_piece() {
    for role in ROLES {
        for wire in [on_wire(role, &close(4000, "")), vec![0xff]] {
            let mut whole = Vec::new();
            let mut conn = open(role, Config::new());
            let _ = take(&mut conn, &wire, &mut whole);
            for size in 1..=whole.len() {
                let mut conn = open(role, Config::new());
                let mut memory = vec![0; size];
                let mut out = FixedOutput::new(&mut memory);
                let _ = take(&mut conn, &wire, &mut out);
                let mut written = out.written().to_vec();
                while conn.wants_write() {
                    assert_eq!(conn.state(), State::Closing);
                    assert!(!conn.is_closed() && !conn.close_expected());
                    assert!(!conn.poll_transmit(&mut out), "there is no room");
                    out.clear();
                    assert!(conn.poll_transmit(&mut out));
                    written.extend(out.written());
                }
                assert_eq!(written, whole, "{size} bytes at a time");
                assert_ne!(conn.state(), State::Open);
            }
        }
    }
}

/// IO-07: what is there to be sent is visible to the caller before it calls.
#[test]
fn an_output_tells_how_full_it_is() {
    let mut memory = [0; 10];
    let mut out = FixedOutput::new(&mut memory);
    assert_eq!((out.buffered(), out.available()), (0, 10));
    let mut conn = open(ROLES[1], Config::new());
    conn.send_text("abc", &mut out).expect("5 bytes");
    assert_eq!((out.buffered(), out.available()), (5, 5));
    let vec = vec![0; 3];
    assert_eq!(vec.buffered(), 3);
    assert!(vec.available() > 1 << 30);
}

/// Reading may stop at any event and go on with what is left of the input.
#[test]
fn a_caller_may_stop_between_events() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut read = on_wire(role, &frames(&[(0x81, b"a"), (0x81, b"b"), (0x82, b"c")]));
        let mut input = Input::new(&mut read);
        let mut out = Vec::new();
        let mut lengths = vec![input.len()];
        let mut seen = Vec::new();
        while let Ok(Some(event)) = conn.receive(&mut input, &mut out) {
            seen.push(Seen::from(event));
            lengths.push(input.len());
            // The caller does something else and comes back.
            conn.send_text("busy", &mut Vec::new()).expect("open");
        }
        assert_eq!(seen.len(), 3);
        assert!(lengths.is_sorted_by(|a, b| a > b), "{lengths:?}");
    }
}
