//! Compression.

use websocket_proto::deflate::DeflateConfig;
use websocket_proto::frame::FrameError;
use websocket_proto::handshake::ExtensionError;
use websocket_proto::handshake::{Agreement, Extension};
use websocket_proto::{Config, Connection, Delivery, Error, Limit, MessageKind, Role};

use crate::support::{ROLES, Run, Seen, cuts, feed, frame, frames, hex, on_wire, sent};

const BARE: &str = "permessage-deflate";

fn agreed(role: Role, element: &str, config: Config) -> Connection {
    let element: Extension = element.parse().expect("an extension");
    let agreement = Agreement::new().with_extension(element);
    match role {
        Role::Client => Connection::upgraded_client(config, agreement, [1; 32].into()),
        Role::Server => Connection::upgraded_server(config, agreement),
    }
}

fn always() -> Config {
    Config::new().deflate(DeflateConfig::new().threshold(0))
}

/// Frames whole, byte by byte and split everywhere.
#[track_caller]
fn received(role: Role, config: Config, unmasked: &[u8]) -> Run {
    cuts(|| agreed(role, BARE, config), &on_wire(role, unmasked))
}

fn text(text: &str) -> Seen {
    Seen::Text(text.into())
}

/// 10 MiB of one byte in about 10 KiB.
fn bomb(length: usize) -> Vec<u8> {
    let mut sender = agreed(Role::Server, BARE, always());
    let mut out = vec![];
    sender
        .send_binary(&vec![0; length], &mut out)
        .expect("open, with room");
    out
}

/// A message was inflated whole before its length was looked at
/// (CVE-2026-1526, crossbario/autobahn-python#1909). What it costs is measured
/// among the tests of memory.
#[test]
fn a_bomb_ends_at_the_limit_and_the_limit_itself_is_let_through() {
    let config = always().max_message(1 << 20);
    for role in ROLES {
        for delivery in [Delivery::Messages, Delivery::Chunks] {
            let config = config.delivery(delivery);
            let run = |length: usize| {
                let mut conn = agreed(role, BARE, config);
                feed(&mut conn, &on_wire(role, &bomb(length)), &mut vec![])
            };
            let (events, error) = run(10 << 20);
            assert_eq!(error, Some(Error::Limit(Limit::Message)));
            assert!(matches!(&events[..], [] | [Seen::Chunk { .. }, ..]));
            let (events, error) = run((1 << 20) + 1);
            assert_eq!(error, Some(Error::Limit(Limit::Message)));
            assert!(!matches!(
                events.last(),
                Some(Seen::Chunk { last: true, .. })
            ));
            let (events, error) = run(1 << 20);
            assert_eq!(error, None);
            let length: usize = events
                .iter()
                .map(|event| match event {
                    Seen::Binary(bytes) | Seen::Chunk { bytes, .. } => bytes.len(),
                    other => panic!("{other:?}"),
                })
                .sum();
            assert_eq!(length, 1 << 20);
        }
    }
}

/// The end of a final block made the reader spin, or deaf to what followed
/// (infinitefield/yawc#41).
#[test]
fn a_final_block_is_the_end_of_neither_message_nor_stream() {
    for role in ROLES {
        let run = received(
            role,
            always(),
            &hex("c2 02 03 80 c1 07 f2 48 cd c9 c9 07 00"),
        );
        assert_eq!(run.events(), [Seen::Binary(vec![]), text("Hello")]);
    }
}

/// A message that did not compress was sent plain after the compressor had
/// seen it, so that the next one referred to what the peer never got
/// (sockudo/sockudo-ws#14).
#[test]
fn what_does_not_compress_does_not_part_the_windows() {
    let mut state = 1_u32;
    let noise: Vec<u8> = core::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(3000)
    .collect();
    let plain = b"compressible ".repeat(100);
    for role in ROLES {
        let other = match role {
            Role::Client => Role::Server,
            Role::Server => Role::Client,
        };
        let mut sender = agreed(role, BARE, always());
        let mut receiver = agreed(other, BARE, always());
        let mut wire = vec![];
        let messages = [&plain, &noise, &plain, &noise, &plain];
        for (index, message) in messages.iter().enumerate() {
            match index {
                3 => sender.send_binary_uncompressed(message, &mut wire),
                _ => sender.send_binary(message, &mut wire),
            }
            .expect("open, with room");
        }
        let (events, error) = feed(&mut receiver, &wire, &mut vec![]);
        assert_eq!(error, None);
        assert_eq!(
            events,
            messages.map(|message| Seen::Binary(message.clone()))
        );
    }
}

/// The window was lost between two messages
/// (paritytech/soketto#49, boostorg/beast#2313).
#[test]
fn two_messages_share_a_window() {
    for role in ROLES {
        let both = hex("c1 07 f2 48 cd c9 c9 07 00 c1 05 f2 00 11 00 00");
        let run = received(role, always(), &both);
        assert_eq!(run.events(), [text("Hello"), text("Hello")]);
        let mut sender = agreed(role, BARE, always());
        let mut out = vec![];
        for _ in 0..2 {
            sender.send_text("Hello", &mut out).expect("open");
        }
        let payloads: Vec<_> = sent(role, &out).into_iter().map(|f| f.payload).collect();
        assert_eq!(payloads, [both[2..9].to_vec(), both[11..].to_vec()]);
    }
}

/// A window out of range was handed to zlib, which panicked or threw
/// (CVE-2026-2229), and one of 8 is refused by zlib (oven-sh/bun#38632).
#[test]
fn a_window_out_of_range_fails_the_handshake_and_nothing_else() {
    let config = DeflateConfig::new();
    for value in ["7", "16", "08", "0", "255", "256", "4294967304"] {
        let answer = format!("permessage-deflate; server_max_window_bits={value}");
        let answer: Extension = answer.parse().expect("an extension");
        assert_eq!(config.verify(&answer), Err(ExtensionError::InvalidValue));
        assert_eq!(config.answer([&answer]), None);
    }
    assert!(
        "permessage-deflate; server_max_window_bits="
            .parse::<Extension>()
            .is_err()
    );
    assert!(
        "permessage-deflate; server_max_window_bits=\"\""
            .parse::<Extension>()
            .is_err()
    );

    let eight: Extension = "permessage-deflate; client_max_window_bits=8"
        .parse()
        .expect("an extension");
    let parameters = config.verify(&eight).expect("within what was offered");
    assert_eq!(parameters.window_bits(Role::Client), 8);
    let mut client = agreed(Role::Client, eight.as_str(), always());
    let mut out = vec![];
    client.send_text("Hello", &mut out).expect("open");
    assert_eq!(sent(Role::Client, &out)[0].plain(), (0x81, &b"Hello"[..]));
}

/// RSV1 was let pass on a ping or a continuation, and marked the next message
/// as compressed (oven-sh/bun#33001).
#[test]
fn rsv1_where_it_does_not_belong_is_a_protocol_error() {
    for role in ROLES {
        for unmasked in [
            hex("c9 00 81 05 48 65 6c 6c 6f"),
            hex("41 03 f2 48 cd c0 04 c9 c9 07 00"),
            hex("01 03 48 65 6c c0 02 6c 6f"),
        ] {
            let run = received(role, always(), &unmasked).assert_failed(1002);
            assert_eq!(run.error, Some(Error::Frame(FrameError::ReservedBits)));
            assert_eq!(run.events, []);
        }
    }
}

/// Where the extension was agreed on, a message without RSV1 was inflated
/// (TooTallNate/Java-WebSocket#1164).
#[test]
fn a_message_without_rsv1_is_delivered_as_it_is() {
    for role in ROLES {
        let run = received(role, always(), &frame(0x81, b"Hello"));
        assert_eq!(run.events(), [text("Hello")]);
        // What would inflate, too.
        let raw = hex("f2 48 cd c9 c9 07 00");
        let run = received(
            role,
            always(),
            &frames(&[(0x02, &raw[..3]), (0x80, &raw[3..])]),
        );
        assert_eq!(run.events(), [Seen::Binary(raw)]);
    }
}

/// A ping between the fragments of a compressed message was fed to the
/// inflater, or the message was dropped.
#[test]
fn a_ping_between_compressed_fragments_is_a_ping() {
    for role in ROLES {
        let bytes = hex("41 03 f2 48 cd 89 01 78 80 04 c9 c9 07 00");
        let run = received(role, always(), &bytes);
        assert_eq!(run.events(), [Seen::Ping(b"x".to_vec()), text("Hello")]);
        let mut sender = agreed(role, BARE, always());
        let mut out = vec![];
        let kind = MessageKind::Text;
        sender
            .send_fragment(kind, b"Hel", false, &mut out)
            .expect("open");
        sender.send_ping(b"x", &mut out).expect("open");
        sender
            .send_fragment(kind, b"lo", true, &mut out)
            .expect("open");
        let firsts: Vec<_> = sent(role, &out).iter().map(|frame| frame.first).collect();
        assert_eq!(firsts, [0x41, 0x89, 0x80]);
    }
}
