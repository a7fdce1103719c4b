//! An input gives the same whole, one by one and byte by byte, and says if it
//! was dropped too early.

use proptest::prelude::*;
use websocket_proto::frame::FrameError;
use websocket_proto::{
    CloseCode, Config, Connection, Delivery, Error, Event, FixedOutput, Input, Limit, Output, Role,
    State,
};

use crate::support::{ROLES, Seen, frame, frames, on_wire, open};

/// Takes every event, and closes once there were so many.
fn play(
    conn: &mut Connection,
    input: &mut Input<'_>,
    close_after: usize,
) -> (Vec<Seen>, Option<Error>, Vec<u8>) {
    let (mut seen, mut out) = (Vec::new(), Vec::new());
    loop {
        if seen.len() == close_after {
            conn.send_close(CloseCode::NORMAL, "", &mut out).unwrap();
        }
        match conn.receive(input, &mut out) {
            Ok(Some(event)) => seen.push(event.into()),
            Ok(None) => {
                assert!(input.is_empty());
                return (seen, None, out);
            }
            Err(error) => {
                assert!(input.is_empty());
                return (seen, Some(error), out);
            }
        }
    }
}

/// The same one by one and ahead of time.
fn same(role: Role, config: Config, wire: &[u8], close_after: usize) -> (Vec<Seen>, Option<Error>) {
    let (mut one, mut other) = (open(role, config), open(role, config));
    let mut bytes = wire.to_vec();
    let one_by_one = play(&mut one, &mut Input::one_by_one(&mut bytes), close_after);
    let mut bytes = wire.to_vec();
    let ahead = play(&mut other, &mut Input::new(&mut bytes), close_after);
    assert_eq!(ahead, one_by_one);
    assert_eq!(other.state(), one.state());
    (one_by_one.0, one_by_one.1)
}

fn next(
    conn: &mut Connection,
    input: &mut Input<'_>,
    out: &mut impl Output,
) -> Result<Option<Seen>, Error> {
    Ok(conn.receive(input, out)?.map(Seen::from))
}

fn text(text: &str) -> Seen {
    Seen::Text(text.into())
}

#[test]
fn texts_before_one_that_is_not_utf8_come_out() {
    for role in ROLES {
        for broken in [&b"\xff"[..], b"caf\xc3", b"\xed\xa0\x80", b"a\x80"] {
            let wire = frames(&[
                (0x81, "naïve".as_bytes()),
                (0x81, b""),
                (0x81, "€".repeat(40).as_bytes()),
                (0x81, broken),
                (0x81, b"never"),
                (0x89, b"never"),
            ]);
            let (seen, error) = same(role, Config::new(), &on_wire(role, &wire), usize::MAX);
            assert_eq!(seen, [text("naïve"), text(""), text(&"€".repeat(40))]);
            assert_eq!(error, Some(Error::InvalidUtf8));
        }
    }
}

/// A code point does not go on in the next message.
#[test]
fn the_halves_of_a_code_point_are_no_texts() {
    for role in ROLES {
        let wire = frames(&[(0x81, b"1"), (0x81, b"caf\xc3"), (0x81, b"\xa9")]);
        let (seen, error) = same(role, Config::new(), &on_wire(role, &wire), usize::MAX);
        assert_eq!(seen, [text("1")]);
        assert_eq!(error, Some(Error::InvalidUtf8));
    }
}

#[test]
fn every_form_of_the_length_is_taken() {
    let lengths = [
        0, 1, 63, 64, 125, 126, 127, 128, 129, 4095, 4096, 16383, 16384, 65535, 65536,
    ];
    for role in ROLES {
        for length in lengths {
            let long = "x".repeat(length);
            let wire = frames(&[(0x81, b"a"), (0x81, long.as_bytes()), (0x81, b"z")]);
            let (seen, error) = same(role, Config::new(), &on_wire(role, &wire), usize::MAX);
            assert_eq!(seen, [text("a"), text(&long), text("z")]);
            assert_eq!(error, None);
        }
    }
}

#[test]
fn limits_hold_for_each_text() {
    for role in ROLES {
        let wire = frames(&[(0x81, b"12345"), (0x81, b"123456"), (0x81, b"1")]);
        let wire = on_wire(role, &wire);
        let (seen, error) = same(role, Config::new().max_message(5), &wire, usize::MAX);
        assert_eq!((seen.len(), error), (1, Some(Limit::Message.into())));
        let (seen, error) = same(role, Config::new().max_frame(5), &wire, usize::MAX);
        assert_eq!((seen.len(), error), (1, Some(Limit::Frame.into())));
    }
}

/// What was looked at ahead is not delivered to a caller who has closed.
#[test]
fn texts_after_our_close_are_dropped() {
    for role in ROLES {
        let wire = frames(&[(0x81, b"1"), (0x81, b"2"), (0x81, b"3"), (0x88, b"")]);
        let config = Config::new().deliver_while_closing(false);
        let (seen, error) = same(role, config, &on_wire(role, &wire), 1);
        assert_eq!(seen, [text("1"), Seen::Close(None)]);
        assert_eq!(error, None);
    }
}

/// A pong that waits for room goes out before what was looked at is taken.
#[test]
fn an_input_may_be_taken_while_a_reply_waits() {
    let wire = frames(&[(0x89, b"ping"), (0x81, b"1"), (0x81, b"2")]);
    let mut bytes = on_wire(Role::Server, &wire);
    let mut conn = open(Role::Server, Config::new());
    let mut input = Input::new(&mut bytes);
    let mut full = FixedOutput::new(&mut []);
    let ping = next(&mut conn, &mut input, &mut full);
    assert_eq!(ping, Ok(Some(Seen::Ping(b"ping".into()))));
    assert!(conn.wants_write());
    assert_eq!(next(&mut conn, &mut input, &mut full), Ok(Some(text("1"))));
    let mut out = Vec::new();
    assert_eq!(next(&mut conn, &mut input, &mut out), Ok(Some(text("2"))));
    assert_eq!(out, b"\x8a\x04ping");
    assert!(full.available() == 0 && input.is_empty());
}

/// What follows a request that waits for its answer stays what it was.
#[test]
fn a_request_that_waits_leaves_the_rest() {
    let frame = on_wire(Role::Server, &frame(0x81, b"hello"));
    let mut bytes = [crate::pair::REQUEST.as_bytes(), &frame].concat();
    let mut input = Input::new(&mut bytes);
    let mut conn = Connection::server(Config::new());
    let event = conn.receive(&mut input, &mut Vec::new()).unwrap();
    assert!(matches!(event, Some(Event::Request(_))));
    assert_eq!(next(&mut conn, &mut input, &mut Vec::new()), Ok(None));
    assert!(!input.is_empty());
    assert_eq!(input.into_rest(), frame);
}

/// One that was never meant to be is no reason to panic.
#[test]
fn an_input_may_go_from_one_connection_to_another() {
    let wire = frames(&[(0x81, b"1"), (0x81, b"2"), (0x81, b"\xff")]);
    let mut bytes = on_wire(Role::Server, &wire);
    let mut input = Input::new(&mut bytes);
    let mut out = Vec::new();
    let mut one = open(Role::Server, Config::new());
    assert_eq!(next(&mut one, &mut input, &mut out), Ok(Some(text("1"))));
    let mut connecting = Connection::server(Config::new());
    assert_eq!(next(&mut connecting, &mut input, &mut out), Ok(None));
    assert_eq!(connecting.state(), State::Connecting);
    let mut other = open(Role::Client, Config::new());
    assert_eq!(next(&mut other, &mut input, &mut out), Ok(Some(text("2"))));
    assert_eq!(format!("{input:?}"), "Input(0 bytes)");
    assert_eq!(next(&mut other, &mut input, &mut out), Ok(None));
    // The error stays with the connection that found it.
    let third = next(&mut one, &mut input, &mut out);
    assert_eq!(third, Err(Error::InvalidUtf8));
    assert!(input.is_empty());

    let mut bytes = on_wire(Role::Server, &frames(&[(0x81, b"1"), (0x81, b"2")]));
    let mut input = Input::new(&mut bytes);
    let mut one = open(Role::Server, Config::new());
    assert_eq!(next(&mut one, &mut input, &mut out), Ok(Some(text("1"))));
    let mut other = open(Role::Server, Config::new().delivery(Delivery::Chunks));
    assert_eq!(next(&mut other, &mut input, &mut out), Ok(Some(text("2"))));
}

/// An input that is dropped before it is used up is a mistake of the caller's,
/// and is told: nothing is emitted, and the connection stays as it was.
#[test]
fn an_input_dropped_too_early_is_told_at_the_next_call() {
    for role in ROLES {
        // Texts that were looked at ahead of time, and a frame that was not.
        for second in [0x81, 0x82, 0x89] {
            let wire = on_wire(role, &frames(&[(0x81, b"1"), (second, b"2")]));
            let mut conn = open(role, Config::new());
            let mut out = Vec::new();
            let first = next(&mut conn, &mut Input::new(&mut wire.clone()), &mut out);
            assert_eq!(first, Ok(Some(text("1"))));
            for _ in 0..2 {
                let mut more = on_wire(role, &frame(0x82, b"more"));
                let lost = next(&mut conn, &mut Input::new(&mut more), &mut out);
                assert_eq!(lost, Err(Error::UnreadInput));
            }
            assert_eq!((conn.state(), out.len()), (State::Open, 0));
            assert_eq!(Error::UnreadInput.close_code(), None);
            conn.send_text("still open", &mut out).unwrap();
            // By the receiving half as well.
            let (mut receiver, _) = open(role, Config::new()).split().unwrap();
            let (mut read, mut more) = (wire.clone(), wire);
            let event = receiver.receive(&mut Input::new(&mut read));
            assert!(matches!(event, Ok(Some(Event::Text(_)))));
            let lost = receiver.receive(&mut Input::new(&mut more));
            assert_eq!(lost.map(drop), Err(Error::UnreadInput));
        }
    }
}

/// Whether more was in it or not: a loop that is wrong fails with its second
/// read, not only with the first read that holds two messages.
#[test]
fn a_loop_that_takes_one_message_a_read_fails_at_once() {
    for role in ROLES {
        for first in [0x81, 0x82] {
            let wire = on_wire(role, &frame(first, b"1"));
            let mut conn = open(role, Config::new());
            let mut out = Vec::new();
            let event = next(&mut conn, &mut Input::new(&mut wire.clone()), &mut out);
            assert!(matches!(event, Ok(Some(_))), "{event:?}");
            let lost = next(&mut conn, &mut Input::new(&mut wire.clone()), &mut out);
            assert_eq!(lost, Err(Error::UnreadInput));
            // With the next one the caller says what it does.
            let event = next(
                &mut conn,
                &mut Input::one_by_one(&mut wire.clone()),
                &mut out,
            );
            assert!(matches!(event, Ok(Some(_))), "{event:?}");
        }
    }
}

/// Behind a Close and behind an error nothing can be lost.
#[test]
fn an_input_may_be_dropped_once_the_peer_has_ended() {
    for role in ROLES {
        for (wire, expected) in [
            (frame(0x88, b""), Ok(None)),
            (frame(0x83, b""), Err(FrameError::ReservedOpcode.into())),
        ] {
            let wire = on_wire(role, &wire);
            let mut conn = open(role, Config::new());
            let mut out = Vec::new();
            let _ = next(&mut conn, &mut Input::new(&mut wire.clone()), &mut out);
            let after = next(&mut conn, &mut Input::new(&mut wire.clone()), &mut out);
            assert_eq!(after, expected);
        }
    }
}

/// A caller may stop after any event, and give the rest with what comes next.
#[test]
fn one_by_one_the_rest_can_be_kept() {
    for role in ROLES {
        let list: [(u8, &[u8]); 5] = [
            (0x81, b"1"),
            (0x81, b"2"),
            (0x89, b"3"),
            (0x82, b"4"),
            (0x81, b"5"),
        ];
        let mut rest = on_wire(role, &frames(&list));
        let mut conn = open(role, Config::new());
        let mut seen = Vec::new();
        while !rest.is_empty() {
            let mut input = Input::one_by_one(&mut rest);
            seen.extend(next(&mut conn, &mut input, &mut Vec::new()).unwrap());
            rest = input.into_rest().to_vec();
        }
        let (expected, error) = same(
            role,
            Config::new(),
            &on_wire(role, &frames(&list)),
            usize::MAX,
        );
        assert_eq!((seen, error), (expected, None));
    }
}

fn payload() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => "\\PC{0,60}".prop_map(String::into_bytes),
        2 => "\\PC{50,300}".prop_map(String::into_bytes),
        1 => proptest::collection::vec(any::<u8>(), 0..100),
    ]
}

proptest! {
    #[test]
    fn any_frames_are_the_same_one_by_one_and_ahead(
        list in proptest::collection::vec(
            (prop_oneof![12 => Just(0x81), 1 => Just(0x82), 1 => Just(0x89), 1 => Just(0x01),
                1 => Just(0x80), 1 => any::<u8>()], payload()),
            0..40,
        ),
        close_after in prop_oneof![3 => Just(usize::MAX), 1 => 0_usize..20],
        cut in 0_usize..50,
        is_server in any::<bool>(),
        delivers in any::<bool>(),
    ) {
        let role = if is_server { Role::Server } else { Role::Client };
        let mut wire = Vec::new();
        for (first, payload) in &list {
            let control = first & 0x08 != 0;
            let payload = if control { &payload[..payload.len().min(125)] } else { payload };
            wire.extend(frame(*first, payload));
        }
        let wire = on_wire(role, &wire);
        let config = Config::new().max_message(250).deliver_while_closing(delivers);
        same(role, config, &wire[..wire.len().saturating_sub(cut)], close_after);
    }
}
