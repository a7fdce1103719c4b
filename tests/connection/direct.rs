//! Long payloads that are read to where the message is put together: the same
//! events, and never more room than there is reason for.

use core::time::Duration;

use proptest::prelude::*;
use websocket_proto::{Config, Connection, Delivery, Event, Input, Limit, Role};

use crate::support::{ROLES, Seen, feed, frame, frames, on_wire, open};

/// Gives `wire` in reads of these lengths in turn, straight to the payload
/// where that is possible; and gives the buffers of messages back.
fn play(conn: &mut Connection, wire: &[u8], reads: &[usize]) -> (Vec<Seen>, bool, Vec<u8>, usize) {
    let (mut seen, mut failed, mut out, mut direct) = (Vec::new(), false, Vec::new(), 0);
    let mut rest = wire;
    for &length in reads.iter().cycle() {
        if rest.is_empty() || failed {
            break;
        }
        let (read, behind) = rest.split_at(length.clamp(1, rest.len()));
        if let Some(room) = conn.payload_buffer() {
            assert!(!room.is_empty());
            let read = &read[..read.len().min(room.len())];
            room[..read.len()].copy_from_slice(read);
            direct += read.len();
            rest = &rest[read.len()..];
            conn.receive_payload(read.len());
            continue;
        }
        rest = behind;
        let mut read = read.to_vec();
        let mut input = Input::new(&mut read);
        loop {
            match conn.receive(&mut input, &mut out) {
                Ok(Some(Event::Binary(bytes))) => {
                    seen.push(Seen::Binary(bytes.to_vec()));
                    conn.recycle(bytes);
                }
                Ok(Some(event)) => seen.push(event.into()),
                Ok(None) => break,
                Err(_) => {
                    failed = true;
                    break;
                }
            }
        }
    }
    (seen, failed, out, direct)
}

fn binary(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 7) as u8).collect()
}

#[test]
fn the_payload_goes_where_it_belongs() {
    for role in ROLES {
        let payload = binary(300_000);
        let wire = frames(&[(0x82, &payload), (0x89, b"ping"), (0x82, &payload[..9])]);
        let wire = on_wire(role, &wire);
        for read in [1, 13, 14, 15, 1000, 65_536, 1 << 20] {
            let mut conn = open(role, Config::new());
            let (seen, failed, _, direct) = play(&mut conn, &wire, &[20, read]);
            let expected = [
                Seen::Binary(payload.clone()),
                Seen::Ping(b"ping".into()),
                Seen::Binary(payload[..9].to_vec()),
            ];
            assert!(seen == expected, "in reads of {read}");
            assert!(!failed);
            assert!(direct > 290_000, "{direct} of 300,000 bytes");
        }
    }
}

/// Fragments go on in the same buffer, with control frames between them.
#[test]
fn fragments_are_read_to_one_buffer() {
    for role in ROLES {
        let payload = binary(100_000);
        let wire = frames(&[
            (0x02, &payload[..50_000]),
            (0x89, b"ping"),
            (0x00, &payload[50_000..50_010]),
            (0x80, &payload[50_010..]),
        ]);
        let mut conn = open(role, Config::new());
        let (seen, _, _, direct) = play(&mut conn, &on_wire(role, &wire), &[10, 30_000]);
        let expected = [Seen::Ping(b"ping".into()), Seen::Binary(payload)];
        assert!(seen == expected);
        assert!(direct > 65_000, "{direct} bytes");
    }
}

#[test]
fn there_is_no_room_for_anything_else() {
    let long = binary(10_000);
    let text = "x".repeat(10_000);
    let cases: [(&str, Config, Vec<u8>); 5] = [
        ("a text", Config::new(), frame(0x81, text.as_bytes())),
        ("a short one", Config::new(), frame(0x82, &long[..4000])),
        (
            "in pieces",
            Config::new().delivery(Delivery::Chunks),
            frame(0x82, &long),
        ),
        ("a header", Config::new(), frame(0x82, &long)[..1].to_vec()),
        ("nothing", Config::new(), Vec::new()),
    ];
    for role in ROLES {
        for (name, config, frames) in &cases {
            let mut conn = open(role, *config);
            let mut read = match frames.len() {
                0 | 1 => frames.clone(),
                _ => on_wire(role, frames)[..20].to_vec(),
            };
            let _ = conn
                .receive(&mut Input::new(&mut read), &mut Vec::new())
                .unwrap();
            assert_eq!(conn.payload_buffer(), None, "{name}");
            conn.receive_payload(10);
        }
        let mut closing = open(role, Config::new().deliver_while_closing(false));
        let mut read = on_wire(role, &frame(0x82, &long))[..20].to_vec();
        let mut out = Vec::new();
        let _ = closing
            .receive(&mut Input::new(&mut read), &mut out)
            .unwrap();
        assert!(closing.payload_buffer().is_some());
        closing.send_empty_close(&mut out).unwrap();
        assert_eq!(closing.payload_buffer(), None, "nobody wants it");
        closing.receive_eof().unwrap_err();
        assert_eq!(closing.payload_buffer(), None, "closed");
    }
}

/// A payload over the limit is refused at its header; before the handshake is
/// done there is no payload buffer.
#[test]
fn the_limit_is_met_at_the_header() {
    let wire = on_wire(Role::Server, &frame(0x82, &binary(10_000)));
    let mut conn = open(Role::Server, Config::new().max_message(9_999));
    let error = conn
        .receive(&mut Input::new(&mut wire[..20].to_vec()), &mut Vec::new())
        .unwrap_err();
    assert_eq!(error, Limit::Message.into());
    assert_eq!(conn.payload_buffer(), None);
    assert_eq!(Connection::server(Config::new()).payload_buffer(), None);
}

/// SEC: what a peer announces is not what is allocated.
#[test]
fn the_room_grows_with_what_has_arrived() {
    // 16 MiB and a byte are announced, and that byte is there.
    let mut header = [0x82, 0xFF, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, b'x'];
    let mut conn = open(Role::Server, Config::new().max_frame(1 << 30));
    let (announced, first) = header.split_at_mut(14);
    for read in [announced, first] {
        assert_eq!(conn.payload_buffer(), None, "nothing has arrived");
        let event = conn
            .receive(&mut Input::new(read), &mut Vec::new())
            .unwrap();
        assert!(event.is_none());
    }
    let mut arrived = 1;
    while let Some(room) = conn.payload_buffer() {
        assert!(room.len() <= 2 * arrived.max(4 << 10), "{arrived} arrived");
        arrived += room.len();
        let length = room.len();
        conn.receive_payload(length);
    }
    assert_eq!(arrived, 1 << 24);
    let mut last = [b'x'];
    let event = conn
        .receive(&mut Input::new(&mut last), &mut Vec::new())
        .unwrap();
    assert!(matches!(event, Some(Event::Binary(bytes)) if bytes.len() == (1 << 24) + 1));
}

/// The same where the bytes before have come by `receive`.
#[test]
fn the_room_grows_no_more_after_a_read() {
    for first in [1, 1000, 4096, 50_000, 65_536, 100_000] {
        let payload = binary(first);
        let mut begun = frame(0x02, &payload);
        let mut announced = [0x80, 127, 0, 0, 0, 0, 0, 0xFF, 0, 0, b'x'];
        let mut conn = open(Role::Client, Config::new());
        for read in [&mut begun[..], &mut announced] {
            let event = conn
                .receive(&mut Input::new(read), &mut Vec::new())
                .unwrap();
            assert!(event.is_none());
        }
        let room = conn.payload_buffer().expect("a long payload").len();
        assert!(room <= first + 1 + (8 << 10), "{room} for {first}");
        assert!(room >= 4 << 10, "{room} for {first}");
    }
}

/// IO-11: what is read there is a sign of life as any other.
#[test]
fn what_is_read_there_moves_the_deadline() {
    let at = Duration::from_secs;
    let mut conn = open(Role::Server, Config::new().idle_timeout(at(10)));
    let mut read = on_wire(Role::Server, &frame(0x82, &binary(10_000)))[..20].to_vec();
    let mut out = Vec::new();
    let event = conn.receive(&mut Input::new(&mut read), &mut out).unwrap();
    assert!(event.is_none());
    conn.handle_timeout(at(100), &mut out).unwrap();
    assert_eq!(conn.poll_timeout(), Some(at(110)));
    // Nothing was read.
    assert!(conn.payload_buffer().is_some());
    conn.receive_payload(0);
    assert_eq!(conn.poll_timeout(), Some(at(110)));
    conn.receive_payload(1);
    assert_eq!(conn.poll_timeout(), Some(at(110)), "nothing was lent");
    assert!(conn.payload_buffer().is_some());
    conn.receive_payload(1);
    assert_eq!(conn.poll_timeout(), Some(Duration::ZERO));
    conn.handle_timeout(at(105), &mut out).unwrap();
    assert_eq!(conn.poll_timeout(), Some(at(115)));
}

/// More than there was room for is not taken for granted, and nothing is that
/// was not asked for.
#[test]
fn only_what_was_lent_counts() {
    let payload = binary(10_000);
    let wire = on_wire(Role::Client, &frame(0x82, &payload));
    let mut conn = open(Role::Client, Config::new());
    conn.recycle(vec![b'S'; 20_000]);
    let (start, rest) = wire.split_at(4 + 100);
    let mut start = start.to_vec();
    let event = conn.receive(&mut Input::new(&mut start), &mut Vec::new());
    assert!(event.unwrap().is_none());
    conn.receive_payload(5000);
    let room = conn.payload_buffer().unwrap();
    assert_eq!(room.len(), 9_899);
    room[..5].copy_from_slice(&rest[..5]);
    conn.receive_payload(5);
    conn.receive_payload(5);
    // Asked for, and then taken by the other way.
    assert_eq!(conn.payload_buffer().unwrap().len(), 9_894);
    let mut next = rest[5..10].to_vec();
    let event = conn.receive(&mut Input::new(&mut next), &mut Vec::new());
    assert!(event.unwrap().is_none());
    conn.receive_payload(5);
    let room = conn.payload_buffer().unwrap();
    let end = 10 + room.len();
    room.copy_from_slice(&rest[10..end]);
    conn.receive_payload(usize::MAX);
    assert_eq!(conn.payload_buffer(), None);
    let mut last = rest[end..].to_vec();
    let event = conn
        .receive(&mut Input::new(&mut last), &mut Vec::new())
        .unwrap();
    assert!(event.map(Seen::from) == Some(Seen::Binary(payload)));
}

/// What was read before this end closed belongs to the message all the same,
/// be it wanted or not: behind it comes the peer's Close.
#[test]
fn a_close_between_the_read_and_its_telling_loses_nothing() {
    for role in ROLES {
        for deliver in [true, false] {
            let mut conn = open(role, Config::new().deliver_while_closing(deliver));
            let payload = binary(20_000);
            let wire = on_wire(role, &frames(&[(0x82, &payload), (0x88, b"\x03\xe8")]));
            let (start, mut rest) = wire.split_at(104);
            let mut out = Vec::new();
            assert_eq!(feed(&mut conn, start, &mut out), (vec![], None));
            let room = conn.payload_buffer().expect("most is missing");
            let length = room.len();
            room.copy_from_slice(&rest[..length]);
            rest = &rest[length..];
            conn.send_empty_close(&mut out).expect("open");
            conn.receive_payload(length);
            let (seen, error) = feed(&mut conn, rest, &mut out);
            let close = Seen::Close(Some((1000, String::new())));
            let expected = match deliver {
                true => vec![Seen::Binary(payload), close],
                false => vec![close],
            };
            assert!(seen == expected && error.is_none(), "{role:?} {deliver}");
            assert_eq!(conn.receive_eof(), Ok(()));
            assert!(conn.was_clean());
        }
    }
}

proptest! {
    #[test]
    fn the_events_are_those_of_any_other_read(
        list in proptest::collection::vec((0_usize..5, 0_usize..40_000), 1..8),
        reads in proptest::collection::vec(1_usize..20_000, 1..20),
        is_server in any::<bool>(),
        max_spare in prop_oneof![Just(0_usize), Just(10_000), Just(1 << 20)],
    ) {
        let role = if is_server { Role::Server } else { Role::Client };
        let mut wire = Vec::new();
        for (form, length) in list {
            let payload = binary(length);
            wire.extend(match form {
                0 => frame(0x81, "é".repeat(length / 2).as_bytes()),
                1 => frame(0x89, &payload[..length.min(125)]),
                2 => frames(&[(0x02, &payload[..length / 3]), (0x8a, b""), (0x80, &payload[length / 3..])]),
                _ => frame(0x82, &payload),
            });
        }
        let wire = on_wire(role, &wire);
        let config = Config::new().max_spare(max_spare);
        let whole = play(&mut open(role, config), &wire, &[wire.len()]);
        let cut = play(&mut open(role, config), &wire, &reads);
        assert!(cut.0 == whole.0);
        assert_eq!((cut.1, cut.2), (whole.1, whole.2));
    }
}
