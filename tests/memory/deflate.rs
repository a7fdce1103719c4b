//! What permessage-deflate costs, and what a peer can make it cost.

use websocket_proto::deflate::{DeflateConfig, free_spares};
use websocket_proto::handshake::{Agreement, Extension};
use websocket_proto::{
    Config, Connection, Delivery, Error, Event, Input, Limit, MessageKind, Role,
};

use crate::measure;
use crate::pair::{events, opened};
use crate::support::{ROLES, frame, on_wire};

const KIB: usize = 1 << 10;

fn open(role: Role, agreed: &str, config: Config) -> Connection {
    let agreed: Extension = agreed.parse().expect("an extension");
    let agreement = Agreement::new().with_extension(agreed);
    match role {
        Role::Client => Connection::upgraded_client(config, agreement, [1; 32].into()),
        Role::Server => Connection::upgraded_server(config, agreement),
    }
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut codec = flate2::Compress::new(flate2::Compression::best(), false);
    let mut payload = Vec::with_capacity(bytes.len() + 1000);
    codec
        .compress_vec(bytes, &mut payload, flate2::FlushCompress::Sync)
        .expect("a stream");
    payload.truncate(payload.len() - 4);
    payload
}

/// 10 MiB of zeros in 10 KiB, about 1000 to 1.
fn bomb(role: Role) -> Vec<u8> {
    let payload = deflated(&vec![0; 10 << 20]);
    assert!(payload.len() < 10_400);
    on_wire(role, &frame(0xc2, &payload))
}

/// PMD-19: against a limit of 1 MiB.
#[test]
fn a_bomb_costs_no_more_than_the_limit_and_a_chunk() {
    const LIMIT: usize = 1 << 20;
    for role in ROLES {
        for delivery in [Delivery::Messages, Delivery::Chunks] {
            for size in [100, 1 << 20] {
                let config = Config::new()
                    .deflate(DeflateConfig::new())
                    .max_message(LIMIT as u64)
                    .delivery(delivery);
                let mut conn = open(role, "permessage-deflate", config);
                let mut bomb = bomb(role);
                let mut out = Vec::with_capacity(1000);
                let (error, used) = measure(|| {
                    bomb.chunks_mut(size).find_map(|read| {
                        let mut input = Input::new(read);
                        loop {
                            match conn.receive(&mut input, &mut out) {
                                Ok(Some(Event::Chunk(_))) => {}
                                Ok(Some(other)) => panic!("{other:?}"),
                                Ok(None) => return None,
                                Err(error) => return Some(error),
                            }
                        }
                    })
                });
                assert_eq!(error, Some(Error::Limit(Limit::Message)));
                let code = error.and_then(|error| error.close_code());
                assert_eq!(code.map(|code| code.value()), Some(1009));
                println!(
                    "bomb of 10 MiB, limit 1 MiB, {role:?}, {delivery:?}, reads of {size}: \
                     peak {} KiB",
                    used.peak / KIB,
                );
                let bound = match delivery {
                    Delivery::Messages => LIMIT + 128 * KIB,
                    Delivery::Chunks => 128 * KIB,
                };
                assert!(used.peak < bound, "{used:?}");
                assert!(used.held <= 0, "nothing stays: {used:?}");
            }
        }
    }
}

/// What a pause costs: the input that waits, and what comes of it at once.
#[test]
fn a_pause_holds_no_more_than_a_piece() {
    let config = Config::new()
        .deflate(DeflateConfig::new())
        .delivery(Delivery::Chunks);
    let mut conn = open(Role::Client, "permessage-deflate", config);
    let mut bomb = bomb(Role::Client);
    let mut input = Input::new(&mut bomb);
    let (first, used) = measure(|| conn.receive(&mut input, &mut Vec::new()));
    assert!(matches!(first, Ok(Some(Event::Chunk(_)))));
    println!("paused within a bomb: {} KiB", used.held / KIB as isize);
    assert!(used.peak < 160 * KIB, "{used:?}");
    drop(first);
}

/// What an end holds for each direction, in bytes.
#[derive(Debug)]
struct Held {
    idle: isize,
    sent: isize,
    received: isize,
}

/// About 1 KiB of JSON.
fn json() -> String {
    "{\"id\":12345,\"name\":\"value\",\"list\":[1,2,3,4,5]},".repeat(22)
}

/// Apart from what the thread keeps.
fn held(agreed: &str, level: u8) -> Held {
    let config = Config::new().deflate(DeflateConfig::new().level(level));
    let mut peer = open(Role::Client, agreed, config);
    let (mut conn, used) = measure(|| open(Role::Server, agreed, config));
    let plain = Connection::upgraded_server(Config::new(), Agreement::new());
    assert_eq!(plain.role(), Role::Server);
    let idle = used.held;
    let mut out = Vec::with_capacity(10_000);
    let ((), used) = measure(|| {
        for _ in 0..3 {
            conn.send_text(&json(), &mut out).expect("open");
        }
        free_spares();
    });
    let sent = used.held;
    let mut wire = Vec::new();
    // More than a window: what is kept grows with what comes.
    for _ in 0..40 {
        peer.send_text(&json(), &mut wire).expect("open");
    }
    free_spares();
    let ((), used) = measure(|| {
        drop(events(&mut conn, &wire, &mut out));
        free_spares();
    });
    Held {
        idle,
        sent,
        received: used.held,
    }
}

/// PMD-29: smaller windows hold less, and the largest no more than the
/// documentation of `deflate` says; prints the figures of each.
#[test]
fn what_a_connection_holds_with_each_setting() {
    println!("bytes on the heap of a server's connection, level 6:");
    println!("| window bits | takeover | idle | after sending | after receiving |");
    let mut last = (0, 0);
    for bits in 9..=15 {
        let agreed = format!(
            "permessage-deflate; server_max_window_bits={bits}; client_max_window_bits={bits}"
        );
        let with = held(&agreed, 6);
        let alone = format!("{agreed}; server_no_context_takeover; client_no_context_takeover");
        let without = held(&alone, 6);
        for (takeover, held) in [("yes", &with), ("no", &without)] {
            println!(
                "| {bits} | {takeover} | {} | +{} | +{} |",
                held.idle, held.sent, held.received
            );
            // Codecs are made at their first use.
            assert!(held.idle <= 1000, "{held:?}");
        }
        // Without takeover the connection has nothing after a message.
        assert_eq!((without.sent, without.received), (0, 0));
        // What a window is made smaller for.
        assert!((with.sent, with.received) > last, "{with:?} {last:?}");
        last = (with.sent, with.received);
    }
    let (sent, received) = last;
    assert!(sent < 400 * KIB as isize, "{sent}");
    assert!(received < 100 * KIB as isize, "{received}");
    for level in [1, 3, 6, 9] {
        println!(
            "level {level}, 15 bits: +{} after sending",
            held("permessage-deflate", level).sent
        );
    }
}

/// No codec for a connection that agreed and never used it, through a real
/// handshake, nor for plain messages and control frames.
#[test]
fn codecs_are_made_at_their_first_use() {
    let config = Config::new().deflate(DeflateConfig::new());
    let ((mut client, mut server), used) = measure(|| opened(config));
    println!("both ends after the handshake: {} bytes", used.held);
    assert!(used.held < 2500, "{used:?}");
    let ((), used) = measure(|| {
        for conn in [&mut client, &mut server] {
            let mut out = Vec::new();
            conn.send_text("short", &mut out).expect("open");
            conn.send_text_uncompressed(&json(), &mut out)
                .expect("open");
            conn.send_ping(b"ping", &mut out).expect("open");
            let plain = on_wire(conn.role(), &frame(0x81, json().as_bytes()));
            events(conn, &plain, &mut out);
        }
    });
    assert_eq!(used.held, 0);
}

/// What the documentation of `deflate` states of them: they serve all
/// connections, and are there for the next message of each.
#[test]
fn a_thread_keeps_one_codec_to_receive_and_one_for_each_window_sent_with() {
    let agreed = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    let config = Config::new().deflate(DeflateConfig::new());
    let mut peer = open(Role::Client, agreed, config);
    let mut wire = Vec::new();
    peer.send_text(&json(), &mut wire).expect("open");
    let mut conns: Vec<_> = (0..50)
        .map(|_| open(Role::Server, agreed, config))
        .collect();
    let mut out = Vec::with_capacity(10_000);
    let mut round = |conns: &mut [Connection]| {
        for conn in conns {
            out.clear();
            conn.send_text(&json(), &mut out).expect("open");
            assert_eq!(events(conn, &wire, &mut out).len(), 1);
        }
    };
    free_spares();
    let ((), first) = measure(|| round(&mut conns));
    println!("spares of a thread: {} bytes", first.held);
    // The receiving codec's window has grown by what it has received.
    assert!((410_000..435_000).contains(&first.held), "{first:?}");
    let ((), second) = measure(|| round(&mut conns));
    assert_eq!(second.held, 0);
    assert!(second.peak < 8 << 10, "no codec is made: {second:?}");
    // Another window takes one more codec to send with, and none to receive.
    let narrow = format!("{agreed}; server_max_window_bits=9; client_max_window_bits=9");
    let mut narrow = [open(Role::Server, &narrow, config)];
    let ((), used) = measure(|| round(&mut narrow));
    println!("with a second window: {} bytes more", used.held);
    assert!((180_000..300_000).contains(&used.held), "{used:?}");
    // Connections of different windows in turns make no codec.
    let ((), turns) = measure(|| {
        for _ in 0..3 {
            round(&mut conns[..1]);
            round(&mut narrow);
        }
    });
    assert_eq!(turns.held, 0);
    assert!(turns.peak < 8 << 10, "no codec is made: {turns:?}");
    let ((), freed) = measure(free_spares);
    assert_eq!(freed.held + used.held + first.held, 0);
}

/// PMD-29: also after messages of any size, in one frame or several, and in
/// both deliveries.
#[test]
fn without_takeover_a_connection_keeps_nothing_after_a_message() {
    let agreed = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    let noise: Vec<u8> = (0..3_u32 << 20)
        .map(|at| (at.wrapping_mul(2_654_435_761) >> 11) as u8)
        .collect();
    for role in ROLES {
        for delivery in [Delivery::Messages, Delivery::Chunks] {
            let config = Config::new()
                .deflate(DeflateConfig::new())
                .delivery(delivery);
            let mut conn = open(role, agreed, config);
            for size in [64, 5000, 3 << 20] {
                let payload = &noise[..size];
                let ((), used) = measure(|| {
                    let mut out = Vec::new();
                    conn.send_binary(payload, &mut out).expect("open");
                    let kind = MessageKind::Binary;
                    conn.send_fragment(kind, payload, false, &mut out)
                        .expect("open");
                    conn.send_fragment(kind, b"", true, &mut out).expect("open");
                    free_spares();
                });
                assert_eq!(used.held, 0, "{role:?} sending {size}");
                let wire = on_wire(role, &frame(0xc2, &deflated(payload)));
                let ((), used) = measure(|| {
                    drop(events(&mut conn, &wire, &mut Vec::new()));
                    free_spares();
                });
                assert_eq!(used.held, 0, "{role:?} {delivery:?} receiving {size}");
            }
        }
    }
}

/// PMD-29: nothing is compressed behind a Close, which frees what was kept to do
/// so, in the midst of a message too; what inflates goes with the peer's.
#[test]
fn a_close_frees_the_codecs() {
    for agreed in [
        "permessage-deflate",
        "permessage-deflate; server_no_context_takeover",
    ] {
        for after_close in [true, false] {
            let config = Config::new()
                .deflate(DeflateConfig::new())
                .pong_after_close(after_close);
            let ((), used) = measure(|| {
                let mut out = Vec::new();
                let mut conn = open(Role::Server, agreed, config);
                let text = json();
                let kind = MessageKind::Text;
                conn.send_fragment(kind, text.as_bytes(), false, &mut out)
                    .expect("open");
                free_spares();
                let ((), used) = measure(|| {
                    conn.send_empty_close(&mut out).expect("open");
                    free_spares();
                });
                assert!(used.held < -(100 << 10), "{used:?}");
                let wire = on_wire(Role::Server, &frame(0x88, b""));
                drop(events(&mut conn, &wire, &mut out));
                assert!(conn.is_closed());
                free_spares();
                drop(out);
                std::mem::forget(conn);
            });
            // The agreement.
            assert!(used.held <= 256, "{used:?}");
        }
    }
}

/// With takeover a long message leaves no more than a short one.
#[test]
fn a_long_message_leaves_no_more_than_the_window() {
    let config = Config::new().deflate(DeflateConfig::new());
    let noise: Vec<u8> = (0..3_u32 << 20)
        .map(|at| (at.wrapping_mul(2_654_435_761) >> 11) as u8)
        .collect();
    for role in ROLES {
        let mut conn = open(role, "permessage-deflate", config);
        let mut out = Vec::with_capacity(4 << 20);
        conn.send_binary(&noise[..1000], &mut out).expect("open");
        let ((), used) = measure(|| {
            conn.send_binary(&noise, &mut Vec::new()).expect("open");
        });
        assert!(used.held <= 4096, "{used:?}");
    }
}

/// Compressing costs a copy of what is compressed, not more.
#[test]
fn sending_takes_a_buffer_as_long_as_what_is_sent() {
    let config = Config::new().deflate(DeflateConfig::new());
    let mut conn = open(Role::Server, "permessage-deflate", config);
    let text = json().repeat(1000);
    let mut out = Vec::with_capacity(text.len());
    let ((), used) = measure(|| conn.send_text(&text, &mut out).expect("open"));
    assert!(used.peak < text.len() + 400 * KIB, "{used:?}");
}

/// A long message that is no bomb takes twice its length, at the moment that
/// its parts are put together, and then its length.
#[test]
fn a_long_message_takes_its_length_twice() {
    for (first, unit) in [(0xc1, "a κόσμος "), (0xc2, "x")] {
        for count in [1_000, 10_000, 100_000, 400_000] {
            let whole = unit.repeat(count);
            let config = Config::new().deflate(DeflateConfig::new());
            for size in [1000, usize::MAX] {
                let mut conn = open(Role::Client, "permessage-deflate", config);
                let mut wire = frame(first, &deflated(whole.as_bytes()));
                let (message, used) = measure(|| {
                    wire.chunks_mut(size).find_map(|piece| {
                        match conn.receive(&mut Input::new(piece), &mut Vec::new()) {
                            Ok(Some(Event::Text(text))) => Some(text.into_owned().into_bytes()),
                            Ok(Some(Event::Binary(bytes))) => Some(bytes.into_owned()),
                            Ok(None) => None,
                            other => panic!("{other:?}"),
                        }
                    })
                });
                let message = message.expect("a message");
                assert!(message == whole.as_bytes());
                let peak = 2 * whole.len() + whole.len() / 8 + 200 * KIB;
                assert!(used.peak < peak, "{} {used:?}", whole.len());
                let slack = message.capacity() - message.len();
                assert!(slack <= 64 * KIB, "{slack}");
            }
        }
    }
}
