//! A batch gives what a slice gives.

use proptest::prelude::*;
use websocket_proto::{
    Batch, CloseCode, Config, Connection, Delivery, Error, Event, FixedOutput, Input, Limit,
    Output, Role, State,
};

use crate::support::{ROLES, Seen, frame, frames, on_wire, open};

/// Takes every event, and closes once there were so many.
fn play<'a>(
    conn: &mut Connection,
    input: &mut impl Input<'a>,
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

/// The same by a slice and by a batch.
fn same(role: Role, config: Config, wire: &[u8], close_after: usize) -> (Vec<Seen>, Option<Error>) {
    let (mut one, mut other) = (open(role, config), open(role, config));
    let mut bytes = wire.to_vec();
    let by_slice = play(&mut one, &mut &mut bytes[..], close_after);
    let mut bytes = wire.to_vec();
    let by_batch = play(&mut other, &mut Batch::new(&mut bytes), close_after);
    assert_eq!(by_batch, by_slice);
    assert_eq!(other.state(), one.state());
    (by_slice.0, by_slice.1)
}

fn next(
    conn: &mut Connection,
    input: &mut Batch<'_>,
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
fn a_batch_may_be_taken_with_an_answer_waiting() {
    let wire = frames(&[(0x89, b"ping"), (0x81, b"1"), (0x81, b"2")]);
    let mut bytes = on_wire(Role::Server, &wire);
    let mut conn = open(Role::Server, Config::new());
    let mut input = Batch::new(&mut bytes);
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
    let mut input = Batch::new(&mut bytes);
    let mut conn = Connection::server(Config::new());
    let event = conn.receive(&mut input, &mut Vec::new()).unwrap();
    assert!(matches!(event, Some(Event::Request(_))));
    assert_eq!(next(&mut conn, &mut input, &mut Vec::new()), Ok(None));
    assert!(!input.is_empty());
    assert_eq!(input.into_rest(), frame);
}

/// One that was never meant to be is no reason to panic.
#[test]
fn a_batch_may_go_from_one_connection_to_another() {
    let wire = frames(&[(0x81, b"1"), (0x81, b"2"), (0x81, b"\xff")]);
    let mut bytes = on_wire(Role::Server, &wire);
    let mut input = Batch::new(&mut bytes);
    let mut out = Vec::new();
    let mut one = open(Role::Server, Config::new());
    assert_eq!(next(&mut one, &mut input, &mut out), Ok(Some(text("1"))));
    let mut connecting = Connection::server(Config::new());
    assert_eq!(next(&mut connecting, &mut input, &mut out), Ok(None));
    assert_eq!(connecting.state(), State::Connecting);
    let mut other = open(Role::Client, Config::new());
    assert_eq!(next(&mut other, &mut input, &mut out), Ok(Some(text("2"))));
    assert_eq!(format!("{input:?}"), "Batch(0 bytes)");
    assert!(!input.is_empty(), "an error is still to come");
    let third = next(&mut other, &mut input, &mut out);
    assert_eq!(third, Err(Error::InvalidUtf8));
    assert!(input.is_empty());

    let mut bytes = on_wire(Role::Server, &frames(&[(0x81, b"1"), (0x81, b"2")]));
    let mut input = Batch::new(&mut bytes);
    let mut one = open(Role::Server, Config::new());
    assert_eq!(next(&mut one, &mut input, &mut out), Ok(Some(text("1"))));
    let mut other = open(Role::Server, Config::new().delivery(Delivery::Fragments));
    assert_eq!(next(&mut other, &mut input, &mut out), Ok(Some(text("2"))));
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
    fn any_frames_are_the_same_in_a_batch(
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
