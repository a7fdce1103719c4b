//! A connection on which nothing is under way.

use core::mem::size_of;
use core::time::Duration;

use websocket_proto::{Config, Connection, FixedOutput, Input, Role, State};

use crate::pair::{connecting_client, events, opened, take};
use crate::support::{ROLES, close, frame, on_wire, open};
use crate::{measure, pair};

/// What the crate's documentation states.
#[test]
fn an_idle_server_connection_is_256_bytes_and_no_heap() {
    let size = size_of::<Connection>();
    let (server, used) = measure(|| opened(Config::new()).1);
    println!(
        "a connection: {size} bytes; the heap of a server's: {} bytes",
        used.held
    );
    // What README.md says, and what DESIGN.md says of the legacy protocol.
    let stated = match cfg!(feature = "hixie76") {
        true => 256,
        false => 240,
    };
    assert!(size <= stated, "{size} bytes");
    assert_eq!(used.held, 0);
    assert_eq!(server.state(), State::Open);
}

/// Only the generator of its keys.
#[test]
fn an_idle_client_connection_holds_its_keys() {
    let (client, used) = measure(|| opened(Config::new()).0);
    println!("the heap of a client's connection: {} bytes", used.held);
    assert!(used.held <= 512, "{used:?}");
    assert_eq!(client.state(), State::Open);
}

#[test]
fn deadlines_cost_the_one_who_sets_them() {
    let config = Config::new().idle_timeout(Duration::from_secs(1));
    let (_server, used) = measure(|| opened(config).1);
    println!("the heap of deadlines: {} bytes", used.held);
    assert!((1..=256).contains(&used.held), "{used:?}");
}

/// Nothing stays of a message, a cut control frame, or a reply that waited.
#[test]
fn what_is_over_holds_nothing() {
    let mut conn = open(Role::Server, Config::new());
    let frames = [
        on_wire(Role::Server, &frame(0x01, &[b'x'; 5000])),
        on_wire(Role::Server, &frame(0x89, b"ping")),
        on_wire(Role::Server, &frame(0x80, &[b'x'; 5000])),
    ]
    .concat();
    let ((), used) = measure(|| {
        for piece in frames.chunks(100) {
            let mut full = FixedOutput::new(&mut []);
            events(&mut conn, piece, &mut full);
        }
        assert!(conn.wants_write());
        assert!(conn.poll_transmit(&mut Vec::new()));
    });
    assert!(used.peak > 5000, "the message was put together");
    assert_eq!(used.held, 0);
}

/// What ends a connection on which a message is half there.
type End = fn(&mut Connection);

/// SEC-01: a connection that has ended may be kept, and holds nothing then.
#[test]
fn after_its_end_a_connection_holds_nothing() {
    let soon = Duration::from_secs(1);
    let config = Config::new().idle_timeout(soon).close_timeout(soon);
    let ends: [(&str, End); 6] = [
        ("error", |conn| {
            assert!(take(conn, &[0xff], &mut Vec::new()).1.is_some());
        }),
        ("close", |conn| {
            let mut read = on_wire(conn.role(), &close(1000, ""));
            let mut input = Input::new(&mut read);
            let event = conn.receive(&mut input, &mut Vec::new());
            assert!(event.is_ok_and(|event| event.is_some()));
        }),
        ("eof", |conn| assert!(conn.receive_eof().is_err())),
        ("eof within a control frame", |conn| {
            let bytes = on_wire(conn.role(), &frame(0x8a, &[1; 125]));
            events(conn, &bytes[..50], &mut Vec::new());
            assert!(conn.receive_eof().is_err());
        }),
        ("idle", |conn| {
            conn.handle_timeout(Duration::ZERO, &mut Vec::new())
                .expect("the clock starts");
            let late = Duration::from_secs(9);
            conn.handle_timeout(late, &mut Vec::new())
                .expect_err("nothing came");
        }),
        ("close timeout", |conn| {
            conn.send_empty_close(&mut Vec::new()).expect("open");
            conn.handle_timeout(Duration::ZERO, &mut Vec::new())
                .expect("the clock starts");
            let late = Duration::from_secs(9);
            conn.handle_timeout(late, &mut Vec::new())
                .expect_err("no Close came");
        }),
    ];
    for role in ROLES {
        for (name, end) in ends {
            for first in [0x01, 0x02] {
                let mut conn = open(role, config);
                let message = on_wire(role, &frame(first, &[b'x'; 100_000]));
                let ((), used) = measure(|| {
                    events(&mut conn, &message, &mut Vec::new());
                });
                assert!(used.held >= 100_000, "{name}: {used:?}");
                let ((), end) = measure(|| end(&mut conn));
                // After a Close a client waits for the end of the transport.
                assert!(conn.is_closed() || conn.close_expected(), "{name}");
                let held = used.held + end.held;
                assert!(held <= 0, "{name} {role:?}: {held} bytes");
            }
        }
    }
}

/// Nor does it take anything to hold.
#[test]
fn a_connection_that_has_ended_keeps_no_buffer() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        events(&mut conn, &on_wire(role, &close(1000, "")), &mut Vec::new());
        let ((), used) = measure(|| conn.recycle(Vec::with_capacity(1000)));
        assert_eq!(used.held, 0);
    }
}

/// The same within the opening handshake.
#[test]
fn after_a_failed_handshake_a_connection_holds_nothing() {
    let (mut conn, used) = measure(|| {
        let mut conn = Connection::server(Config::new());
        events(&mut conn, b"GET / HTTP/1.1\r\nX: y", &mut Vec::new());
        conn
    });
    println!(
        "a server's opening handshake: {} bytes and the head",
        used.held
    );
    let (result, end) = measure(|| conn.receive_eof());
    assert!(result.is_err());
    assert_eq!(used.held + end.held, 0);

    let (conn, used) = measure(|| {
        let mut conn = connecting_client(Config::new(), &mut Vec::new());
        let answer = pair::RESPONSE.as_bytes();
        assert!(take(&mut conn, answer, &mut Vec::new()).1.is_some());
        conn
    });
    assert_eq!(conn.state(), State::Closed);
    assert!(used.held <= 512, "no more than its keys: {used:?}");
}
