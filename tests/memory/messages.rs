//! What receiving and sending messages costs.

use core::ops::Range;
use std::borrow::Cow;

use websocket_proto::{Config, Connection, Delivery, Event, Input, MessageKind, Role};

use crate::measure;
use crate::support::{ROLES, frame, frames, on_wire, open};

/// Where the payload of an event lies.
fn place(event: &Event<'_>) -> Range<*const u8> {
    match event {
        Event::Text(text) => text.as_bytes().as_ptr_range(),
        Event::Binary(bytes) | Event::Ping(bytes) | Event::Pong(bytes) => bytes.as_ptr_range(),
        Event::Chunk(chunk) => chunk.data.as_bytes().as_ptr_range(),
        Event::Close(Some(close)) => close.reason.as_bytes().as_ptr_range(),
        other => panic!("{other:?}"),
    }
}

fn lies_in(range: Range<*const u8>, whole: &Range<*const u8>) -> bool {
    whole.start <= range.start && range.end <= whole.end && !range.is_empty()
}

#[test]
fn what_lies_whole_in_the_input_costs_no_allocation_and_no_copy() {
    let long = "κ".repeat(50_000);
    let kinds: [(u8, &[u8]); 6] = [
        (0x81, b"Hello"),
        (0x81, long.as_bytes()),
        (0x82, long.as_bytes()),
        (0x89, b"ping"),
        (0x8a, b"pong"),
        (0x88, b"\x03\xe8bye"),
    ];
    for role in ROLES {
        for delivery in [Delivery::Messages, Delivery::Chunks] {
            let mut conn = open(role, Config::new().delivery(delivery));
            let mut out = Vec::with_capacity(1000);
            for (first, payload) in kinds {
                let mut read = on_wire(role, &frame(first, payload));
                let buffer = read.as_ptr_range();
                let mut input = Input::new(&mut read);
                let (inside, used) = measure(|| {
                    let event = conn.receive(&mut input, &mut out);
                    let event = event.expect("a valid frame").expect("a whole frame");
                    let inside = lies_in(place(&event), &buffer);
                    assert!(
                        conn.receive(&mut input, &mut out)
                            .is_ok_and(|more| more.is_none())
                    );
                    inside
                });
                assert!(inside, "{first:02x} was copied, {role:?}");
                assert_eq!(used.calls, 0, "{first:02x} {role:?} {delivery:?}");
            }
        }
    }
}

/// Several messages in one read are no exception.
#[test]
fn each_of_many_messages_in_one_read_is_lent() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut read = on_wire(role, &frame(0x81, b"x").repeat(1000));
        let mut input = Input::new(&mut read);
        let (count, used) = measure(|| {
            let mut count = 0;
            while let Ok(Some(Event::Text(text))) = conn.receive(&mut input, &mut Vec::new()) {
                assert!(matches!(text, Cow::Borrowed("x")));
                count += 1;
            }
            count
        });
        assert_eq!((count, used.calls), (1000, 0), "{role:?}");
    }
}

#[test]
fn sending_costs_nothing_but_the_output() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut out = Vec::with_capacity(300_000);
        let payload = "x".repeat(100_000);
        let ((), used) = measure(|| {
            conn.send_text(&payload, &mut out).expect("open");
            conn.send_binary(payload.as_bytes(), &mut out)
                .expect("open");
            for last in [false, true] {
                conn.send_fragment(MessageKind::Text, b"abc", last, &mut out)
                    .expect("open");
            }
            conn.send_ping(b"x", &mut out).expect("open");
            conn.send_close(websocket_proto::CloseCode::NORMAL, "bye", &mut out)
                .expect("open");
        });
        assert_eq!(used.calls, 0, "{role:?}");
    }
}

/// Receives a message in pieces of 4 KiB and returns it.
fn straddle(conn: &mut Connection, wire: &mut [u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for piece in wire.chunks_mut(4096) {
        let mut input = Input::one_by_one(piece);
        match conn.receive(&mut input, &mut out) {
            Ok(None) => {}
            Ok(Some(Event::Text(text))) => return text.into_owned().into_bytes(),
            Ok(Some(Event::Binary(bytes))) => return bytes.into_owned(),
            other => panic!("{other:?}"),
        }
    }
    panic!("no message")
}

#[test]
fn a_recycled_buffer_saves_the_next_message_its_allocations() {
    for role in ROLES {
        for first in [0x81, 0x82] {
            let mut conn = open(role, Config::new());
            let wire = on_wire(role, &frame(first, &[b'x'; 30_000]));
            let (message, fresh) = measure(|| straddle(&mut conn, &mut wire.clone()));
            assert!(fresh.calls > 1);
            conn.recycle(message);
            let mut again = wire.clone();
            let (message, used) = measure(|| straddle(&mut conn, &mut again));
            assert_eq!(used.calls, 0, "{role:?} {first:02x}");
            assert_eq!(message, [b'x'; 30_000]);
        }
    }
}

/// `Config::max_spare`: a buffer above it is freed, and only one is kept.
#[test]
fn a_recycled_buffer_is_kept_up_to_a_bound_and_once() {
    for (size, kept) in [(1000, 1000), (1001, 0), (1 << 20, 0)] {
        let mut conn = open(ROLES[1], Config::new().max_spare(1000));
        let ((), used) = measure(|| conn.recycle(Vec::with_capacity(size)));
        assert_eq!(used.held, kept, "{size}");
    }
    let mut conn = open(ROLES[1], Config::new());
    let ((), used) = measure(|| {
        for _ in 0..100 {
            conn.recycle(Vec::with_capacity(1000));
        }
    });
    assert_eq!(used.held, 1000);
    // The larger one is the more useful.
    let ((), used) = measure(|| conn.recycle(Vec::with_capacity(5000)));
    assert_eq!(used.held, 4000);
    let ((), used) = measure(|| conn.recycle(Vec::with_capacity(1000)));
    assert_eq!(used.held, 0);
    let mut none = open(ROLES[1], Config::new().max_spare(0));
    let ((), used) = measure(|| none.recycle(Vec::with_capacity(1)));
    assert_eq!(used.held, 0);
}

/// Gives one read, and every binary message of it back; the capacities of these.
fn take_and_recycle(conn: &mut Connection, bytes: &[u8]) -> Vec<usize> {
    let mut read = bytes.to_vec();
    let (mut input, mut capacities) = (Input::new(&mut read), Vec::new());
    while let Some(event) = conn.receive(&mut input, &mut Vec::new()).unwrap() {
        if let Event::Binary(Cow::Owned(bytes)) = event {
            capacities.push(bytes.capacity());
            conn.recycle(bytes);
        }
    }
    capacities
}

/// While messages follow each other a buffer is the next one's, however large;
/// once the input is used up, `Config::max_spare` is the most.
#[test]
fn a_large_buffer_is_kept_while_there_is_input() {
    const LONG: usize = 1 << 20;
    let role = Role::Server;
    let long = on_wire(role, &frame(0x82, &[b'x'; LONG]));
    let (half, other_half) = long.split_at(LONG / 2);
    let start = |spare| {
        let mut conn = open(role, Config::new().max_spare(spare));
        let ((), used) = measure(|| drop(take_and_recycle(&mut conn, half)));
        (conn, used.held)
    };
    // Behind it: nothing, what may be kept, and what is no message under way.
    let next = &long[..LONG / 2];
    let ping = on_wire(role, &frame(0x89, b"ping"));
    for (behind, kept) in [
        (&b""[..], 0),
        (next, LONG),
        (&long[..1], 0),
        (&ping[..8], 0),
        (&on_wire(role, &frame(0x81, b"text")), 0),
    ] {
        let (mut conn, half) = start(64 << 10);
        let read = [other_half, behind].concat();
        let (capacities, used) = measure(|| take_and_recycle(&mut conn, &read));
        assert_eq!(capacities, [LONG]);
        let held = half + used.held - (capacities.capacity() * size_of::<usize>()) as isize;
        assert!(
            (kept as isize..=kept as isize + 8).contains(&held),
            "{held} with {behind:.20?}"
        );
        if behind == next {
            let (message, used) = measure(|| take_and_recycle(&mut conn, &long[LONG / 2..]));
            assert_eq!(message, [LONG]);
            assert!(used.peak < LONG, "{used:?}");
        }
    }
    // 0 keeps none.
    let (mut conn, half) = start(0);
    let read = [other_half, next].concat();
    let ((), used) = measure(|| drop(take_and_recycle(&mut conn, &read)));
    assert!(half + used.held < LONG as isize);
}

/// A large spare does not go with a small message.
#[test]
fn a_small_message_takes_no_large_buffer_along() {
    let role = Role::Server;
    let long = on_wire(role, &frame(0x82, &[b'x'; 1 << 20]));
    let whole = frame(0x82, b"small");
    let fragments = frames(&[(0x02, b"sm"), (0x80, b"all")]);
    for small in [whole, fragments] {
        let small = on_wire(role, &small);
        let mut conn = open(role, Config::new());
        assert_eq!(take_and_recycle(&mut conn, &long[..1000]), []);
        let read = [&long[1000..], &small[..8]].concat();
        assert_eq!(take_and_recycle(&mut conn, &read).len(), 1);
        let capacities = take_and_recycle(&mut conn, &small[8..]);
        assert!(matches!(capacities[..], [..=1024]), "{capacities:?}");
    }
}

/// IO-07, the streaming of what is larger than memory: 64 MiB in frames of
/// 1 MiB, read in pieces of 4 KiB.
#[test]
fn a_message_delivered_in_pieces_takes_constant_memory() {
    const MIB: usize = 1 << 20;
    for role in ROLES {
        for (begin, byte) in [(0x01, "κ"), (0x02, "\0\0")] {
            let config = Config::new()
                .delivery(Delivery::Chunks)
                .max_message(64 << 20);
            let mut conn = open(role, config);
            let payload = byte.repeat(MIB / 2);
            let frames =
                [begin, 0x00, 0x80].map(|first| on_wire(role, &frame(first, payload.as_bytes())));
            let mut read = vec![0; 4096];
            let (received, used) = measure(|| {
                let mut received = 0;
                let mut out = Vec::new();
                for number in 0..64 {
                    let frame = match number {
                        0 => &frames[0],
                        63 => &frames[2],
                        _ => &frames[1],
                    };
                    // An odd size, so that code points are cut.
                    for piece in frame.chunks(4095) {
                        let read = &mut read[..piece.len()];
                        read.copy_from_slice(piece);
                        let mut input = Input::new(read);
                        while let Some(event) = conn.receive(&mut input, &mut out).expect("valid") {
                            let Event::Chunk(chunk) = event else {
                                panic!("{event:?}");
                            };
                            received += chunk.data.as_bytes().len();
                        }
                    }
                }
                received
            });
            assert_eq!(received, 64 * MIB);
            assert!(used.peak <= 16, "{role:?}: {used:?}");
        }
    }
}

/// The same for a message sent in pieces of a length nobody knew.
#[test]
fn a_message_sent_in_pieces_takes_constant_memory() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut out = Vec::with_capacity(10_000);
        let piece = [b'x'; 4096];
        let ((), used) = measure(|| {
            let count = (64 << 20) / piece.len();
            for number in 1..=count {
                out.clear();
                let last = number == count;
                conn.send_fragment(MessageKind::Binary, &piece, last, &mut out)
                    .expect("open");
            }
        });
        assert_eq!(used.calls, 0, "{role:?}");
    }
}
