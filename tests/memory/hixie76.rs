//! What the legacy protocol occupies.

use websocket_proto::handshake::Agreement;
use websocket_proto::{Config, Connection, Delivery, Input, Limit, Role};

use crate::measure;
use crate::pair::events;
use crate::support::{ROLES, Seen};

fn open(role: Role, config: Config) -> Connection {
    Connection::hixie76_upgraded(role, config, Agreement::new())
}

/// A few words in either role: there are no keys to keep.
#[test]
fn an_idle_connection_holds_little() {
    for role in ROLES {
        let (conn, used) = measure(|| open(role, Config::new()));
        println!("the heap of a hixie-76 connection: {} bytes", used.held);
        assert!((1..=128).contains(&used.held), "{used:?}");
        let mut conn = conn;
        let ((), end) = measure(|| {
            events(&mut conn, b"\x00begun", &mut Vec::new());
            assert!(conn.receive_eof().is_err());
        });
        assert_eq!(used.held + end.held, 0, "after its end it holds nothing");
    }
}

/// HX-21: as long as the limit lets it be, in constant memory.
#[test]
fn a_gigabyte_is_skipped_in_constant_memory() {
    let mut conn = open(Role::Server, Config::new().max_frame(1 << 30));
    let mut piece = vec![0xaa; 64 << 10];
    let ((), used) = measure(|| {
        // 2³⁰ in base 128, and then that many bytes.
        assert_eq!(
            events(&mut conn, b"\x80\x84\x80\x80\x80\x00", &mut Vec::new()),
            []
        );
        for _ in 0..(1 << 30) / piece.len() {
            let mut input = Input::new(&mut piece);
            let event = conn.receive(&mut input, &mut Vec::new());
            assert!(event.is_ok_and(|event| event.is_none()));
        }
    });
    assert!(used.peak < 1024, "{used:?}");
    let seen = events(&mut conn, b"\x00a\xff", &mut Vec::new());
    assert_eq!(seen, [Seen::Text("a".into())]);
}

/// HX-26: what is kept grows with what has come, and with the limit at most.
#[test]
fn an_endless_text_is_bounded() {
    for (delivery, most) in [(Delivery::Messages, 3 << 20), (Delivery::Chunks, 1 << 10)] {
        let config = Config::new().max_message(1 << 20).delivery(delivery);
        let mut conn = open(Role::Server, config);
        let mut piece = vec![b'a'; 4 << 10];
        let (failed, used) = measure(|| {
            let mut out = Vec::with_capacity(2);
            events(&mut conn, b"\x00", &mut out);
            (0..1000).find_map(|_| {
                let mut input = Input::new(&mut piece);
                loop {
                    match conn.receive(&mut input, &mut out) {
                        Ok(Some(_)) => {}
                        Ok(None) => break None,
                        Err(error) => break Some(error),
                    }
                }
            })
        });
        assert!(failed.is_some());
        assert!(used.peak < most, "{delivery:?}: {used:?}");
        assert!(used.held <= 0, "{used:?}");
    }
}

/// HX-26: what is decoded is bounded by what the limit still allows, and not
/// only what is kept of it: three bytes stand for each that is not UTF-8.
#[test]
fn a_text_over_the_limit_is_not_decoded_beyond_it() {
    for delivery in [Delivery::Messages, Delivery::Chunks] {
        for limit in [0, 1, 100, 4000] {
            for (before, bytes) in [(0, &b"\x80"[..]), (0, b"\xf0\x9f\x8e"), (60, b"\xe2\x82")] {
                let config = Config::new().max_message(limit).delivery(delivery);
                let mut conn = open(Role::Server, config);
                let mut first = [&b"\x00"[..], &vec![b'a'; before]].concat();
                let mut read = bytes.repeat((64 << 10) / bytes.len());
                let mut out = Vec::with_capacity(2);
                let (error, used) = measure(|| {
                    [&mut first[..], &mut read].into_iter().find_map(|read| {
                        let mut input = Input::new(read);
                        loop {
                            match conn.receive(&mut input, &mut out) {
                                Ok(Some(_)) => {}
                                Ok(None) => break None,
                                Err(error) => break Some(error),
                            }
                        }
                    })
                });
                let how = format!("{delivery:?}, {limit} bytes, {before} before: {used:?}");
                assert_eq!(error, Some(Limit::Message.into()), "{how}");
                // What is decoded and what it is put into, each of which may
                // move once.
                assert!(used.peak <= 8 * limit as usize + 512, "{how}");
            }
        }
    }
}

/// A text that lies whole in the input is borrowed from it.
#[test]
fn a_whole_text_takes_nothing() {
    let mut conn = open(Role::Server, Config::new());
    let mut read = [&b"\x00"[..], &[b'a'; 1000], b"\xff"].concat();
    let ((), used) = measure(|| {
        let mut input = Input::new(&mut read);
        let event = conn.receive(&mut input, &mut Vec::new()).expect("text");
        assert!(event.is_some());
    });
    assert_eq!(used.calls, 0);
}
