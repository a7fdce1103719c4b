//! Lengths, limits, fragments, text and pings.

use websocket_proto::frame::{Decoder, FrameError, Utf8Validator};
use websocket_proto::{
    Config, Delivery, Error, FixedOutput, Input, Limit, MessageKind, Output, Role, SendError,
};

use crate::support::{ROLES, Seen, cuts, feed, frame, frames, hex, on_wire, open, received, sent};

const UNLIMITED: Config = Config::new()
    .max_frame(u64::MAX)
    .max_message(u64::MAX)
    .max_fragments(u32::MAX);

/// A length of 64 bits was added to a position and overflowed, or was
/// allocated as claimed (CVE-2020-27813, CVE-2026-1528, baresip/re#1584).
#[test]
fn a_length_that_overflows_is_a_protocol_error_and_a_huge_one_too_big() {
    for role in ROLES {
        let run = received(role, UNLIMITED, &hex("82 7f ff ff ff ff ff ff ff ff"));
        let run = run.assert_failed(1002);
        assert_eq!(run.error, Some(Error::Frame(FrameError::LengthTooLarge)));

        let huge = hex("82 7f 7f ff ff ff ff ff ff ff");
        let run = received(role, Config::new(), &huge).assert_failed(1009);
        assert_eq!(
            run.failed_at,
            Some(on_wire(role, &huge).len()),
            "at its header"
        );

        // Where it is allowed, it costs no more than what arrives of it, as
        // the first frame or after another.
        let run = received(role, UNLIMITED, &[&huge[..], b"abc"].concat());
        assert_eq!(run.events(), []);
        let mut second = huge;
        second[0] = 0x80;
        let bytes = [&frame(0x02, b"abc")[..], &second, b"abc"].concat();
        assert_eq!(received(role, UNLIMITED, &bytes).events(), []);
    }
}

/// The payload of an oversized ping was waited for before it was refused.
#[test]
fn a_ping_of_126_bytes_is_refused_before_its_payload() {
    for role in ROLES {
        let run = received(role, Config::new(), &hex("89 7e 00 7e")).assert_failed(1002);
        assert_eq!(run.error, Some(Error::Frame(FrameError::ControlTooLong)));
        assert_eq!(run.failed_at, Some(2));
    }
}

/// The limit held for frames and not for their sum
/// (denoland/fastwebsockets#100).
#[test]
fn fragments_under_the_limit_do_not_pass_it_together() {
    for role in ROLES {
        for delivery in [Delivery::Messages, Delivery::Chunks] {
            let config = Config::new()
                .max_frame(100)
                .max_message(250)
                .delivery(delivery);
            let under = frames(&[(0x02, &[1; 100]), (0x00, &[1; 100])]);
            let over = [&under[..], &frame(0x00, &[1; 51])].concat();
            let run = received(role, config, &over).assert_failed(1009);
            assert_eq!(run.error, Some(Error::Limit(Limit::Message)));
            let header = on_wire(role, &[&under[..], &[0x00, 51]].concat());
            assert_eq!(run.failed_at, Some(header.len()), "at the header");

            let exact = [&under[..], &frame(0x80, &[1; 50])].concat();
            assert_eq!(received(role, config, &exact).events().len(), 1);
        }
    }
}

/// A message that never ends cost a buffer for each of its fragments
/// (CVE-2026-48779, websockets/ws#2329).
#[test]
fn a_message_of_many_tiny_fragments_costs_its_bytes_alone() {
    const COUNT: usize = 131_000;
    for role in ROLES {
        let mut connection = open(role, Config::new());
        let mut out = Vec::new();
        let begun = feed(&mut connection, &on_wire(role, &frame(0x02, b"")), &mut out);
        assert_eq!(begun, (vec![], None));
        let thousand = on_wire(role, &frame(0x00, b"x").repeat(1000));
        for _ in 0..COUNT / 1000 {
            assert_eq!(feed(&mut connection, &thousand, &mut out), (vec![], None));
        }
        let (events, error) = feed(&mut connection, &on_wire(role, &[0x80, 0]), &mut out);
        assert_eq!(error, None);
        let [Seen::Binary(bytes)] = &events[..] else {
            panic!("{events:?}");
        };
        assert_eq!(*bytes, vec![b'x'; COUNT]);
        assert!(bytes.capacity() <= 2 * COUNT, "{}", bytes.capacity());

        // And there is a limit to it, for which empty ones count.
        for payload in [&b"x"[..], b""] {
            let endless = [frame(0x01, b""), frame(0x00, payload).repeat(10)].concat();
            let run = received(role, Config::new().max_fragments(10), &endless);
            let run = run.assert_failed(1009);
            assert_eq!(run.error, Some(Error::Limit(Limit::Fragments)));
        }
    }
}

/// RSV1 on a control or continuation frame was taken for the mark of a
/// compressed message (oven-sh/bun#33001). What RSV1 may stand on where
/// compression was agreed is for its own tests.
#[test]
fn rsv1_on_a_ping_or_a_continuation_is_refused() {
    for role in ROLES {
        for bytes in [
            frames(&[(0xc9, b"x")]),
            frames(&[(0x01, b"a"), (0xc0, b"b")]),
        ] {
            let run = received(role, Config::new(), &bytes).assert_failed(1002);
            assert_eq!(run.error, Some(Error::Frame(FrameError::ReservedBits)));
        }
    }
}

/// A ping between fragments lost what had come of the message
/// (ninjasource/embedded-websocket#31).
#[test]
fn a_ping_between_fragments_leaves_the_message_alone() {
    for role in ROLES {
        let bytes = hex("01 05 68 65 6c 6c 6f 89 00 80 05 77 6f 72 6c 64");
        let run = received(role, Config::new(), &bytes);
        let expected = [Seen::Ping(vec![]), Seen::Text("helloworld".to_owned())];
        assert_eq!(run.events(), expected);
        assert_eq!(run.sent()[0].plain(), (0x8a, &b""[..]));
    }
}

/// Whether a message was under way was told by its bytes, so that an empty
/// first fragment let another message begin (oven-sh/bun#33010).
#[test]
fn a_message_begun_by_an_empty_fragment_is_under_way() {
    for role in ROLES {
        for bytes in [
            "01 01 61 81 01 62",
            "01 00 81 01 62",
            "02 00 02 00",
            "01 00 00 00 81 00",
        ] {
            let run = received(role, Config::new(), &hex(bytes)).assert_failed(1002);
            assert_eq!(
                run.error,
                Some(Error::Frame(FrameError::ExpectedContinuation))
            );
            assert_eq!(run.events, []);
        }
    }
}

/// Each fragment was checked as a text of its own.
#[test]
fn a_code_point_over_two_fragments_is_one() {
    for role in ROLES {
        let run = received(role, Config::new(), &hex("01 02 e2 82 80 01 ac"));
        assert_eq!(run.events(), [Seen::Text("\u{20ac}".to_owned())]);
    }
}

/// Text was checked when all of it had come (cases 6.4 of the Autobahn test
/// suite).
#[test]
fn a_large_text_fails_at_its_first_impossible_byte() {
    for role in ROLES {
        let header = hex("81 7f 00 00 00 00 01 00 00 00");
        let run = received(role, Config::new(), &[&header[..], b"\xf4\x90"].concat());
        let run = run.assert_failed(1007);
        assert_eq!(run.failed_at, Some(on_wire(role, &header).len() + 2));
    }
}

/// Headers that a read cut were read wrongly (eclipse-mosquitto/mosquitto#3721,
/// paritytech/soketto#59). `received` cuts at every byte.
#[test]
fn headers_of_every_form_can_be_cut_anywhere() {
    for role in ROLES {
        for length in [0, 1, 125, 126, 127, 65535, 65536] {
            let payload: Vec<u8> = (0..length).map(|i| (i % 253) as u8).collect();
            let bytes = frames(&[(0x82, &payload), (0x81, b"next")]);
            let run = received(role, Config::new(), &bytes);
            let expected = [Seen::Binary(payload), Seen::Text("next".to_owned())];
            assert_eq!(run.events(), expected);
        }
    }
}

/// An output whose room holds what was written there before.
struct Reused(Vec<u8>);

impl Output for Reused {
    fn buffered(&self) -> usize {
        self.0.len()
    }

    fn available(&self) -> usize {
        usize::MAX - self.0.len()
    }

    fn append(&mut self, bytes: &[u8]) -> &mut [u8] {
        let start = self.0.len();
        self.0.resize(start + bytes.len(), 0x5e);
        let lent = &mut self.0[start..];
        lent.copy_from_slice(bytes);
        lent
    }
}

/// Bytes that nobody had written reached a reader or the wire
/// (Gelbpunkt/tokio-websockets#68, snapview/tungstenite-rs#471).
#[test]
fn what_stood_in_the_output_before_never_goes_out() {
    for role in ROLES {
        let fill = |out: &mut Reused, clean: &mut Vec<u8>| {
            let mut one = open(role, Config::new());
            let mut other = open(role, Config::new());
            for length in [0, 1, 5, 125, 126, 4096, 70_000] {
                let payload = vec![0x11; length];
                one.send_binary(&payload, out).unwrap();
                other.send_binary(&payload, clean).unwrap();
                let piece = &payload[..length.min(100)];
                one.send_fragment(MessageKind::Binary, piece, true, out)
                    .unwrap();
                other
                    .send_fragment(MessageKind::Binary, piece, true, clean)
                    .unwrap();
            }
            let mut ping = on_wire(role, &frame(0x89, b"ping"));
            one.receive(&mut Input::new(&mut ping.clone()), out)
                .unwrap();
            other.receive(&mut Input::new(&mut ping), clean).unwrap();
        };
        let (mut out, mut clean) = (Reused(Vec::new()), Vec::new());
        fill(&mut out, &mut clean);
        assert!(out.0 == clean);
        let payloads = sent(role, &clean).into_iter().map(|frame| frame.payload);
        assert!(
            payloads
                .flatten()
                .all(|byte| byte == 0x11 || b"ping".contains(&byte))
        );
    }
}

/// Any bytes at all went to a validator whose use of them was not sound
/// (Gelbpunkt/tokio-websockets#68). Small enough to be run by an interpreter.
#[test]
fn the_validator_takes_any_bytes() {
    for a in (0..=255).step_by(5) {
        for b in (0..=255).step_by(17) {
            for tail in [&b""[..], b"\x80", b"\xbf\x80", b"abc", b"\xf0\x90\x80"] {
                let bytes = [&[a, b][..], tail].concat();
                for cut in 0..=bytes.len() {
                    let mut validator = Utf8Validator::new();
                    let pieces = [&bytes[..cut], &bytes[cut..]];
                    let valid = pieces.iter().all(|piece| validator.push(piece).is_ok())
                        && validator.finish().is_ok();
                    assert_eq!(valid, core::str::from_utf8(&bytes).is_ok());
                }
            }
        }
    }
}

/// Pongs were queued without bound for a peer that does not read
/// (curl/curl#21911, openai/openai-java#1013).
#[test]
fn of_many_pings_with_the_output_blocked_the_newest_is_answered() {
    for role in ROLES {
        let mut connection = open(role, Config::new());
        // Room for a part of a Pong, which is not to be used.
        let mut memory = [0; 9];
        let mut blocked = FixedOutput::new(&mut memory);
        for i in 0..10_000_u32 {
            let mut ping = on_wire(
                role,
                &frame(0x89, &[&i.to_be_bytes()[..], b"more"].concat()),
            );
            let mut input = Input::new(&mut ping);
            assert!(
                connection
                    .receive(&mut input, &mut blocked)
                    .unwrap()
                    .is_some()
            );
            assert!(input.is_empty());
            assert!(connection.wants_write());
        }
        assert_eq!(blocked.written(), b"");

        let mut out = Vec::new();
        assert!(connection.poll_transmit(&mut out));
        let sent = sent(role, &out);
        assert_eq!(sent.len(), 1);
        let newest = [&9999_u32.to_be_bytes()[..], b"more"].concat();
        assert_eq!(sent[0].plain(), (0x8a, &newest[..]));
        assert!(!connection.wants_write());
        assert!(!connection.poll_transmit(&mut out));
    }
}

/// A call that did not fit left half a frame, or a state as if it had been
/// sent.
#[test]
fn a_call_without_room_changes_nothing_and_can_be_repeated() {
    for role in ROLES {
        let mut connection = open(role, Config::new());
        let mut control = open(role, Config::new());
        let mut expected = Vec::new();
        let overhead = if role == Role::Client { 6 } else { 2 };

        let mut memory = [0; 64];
        for room in 0..overhead + 5 {
            let mut out = FixedOutput::new(&mut memory[..room]);
            let full = Err(SendError::OutputFull {
                needed: overhead + 5,
            });
            assert_eq!(connection.send_text("Hello", &mut out), full);
            assert_eq!(connection.send_binary(b"Hello", &mut out), full);
            assert_eq!(connection.send_ping(b"Hello", &mut out), full);
            let fragment =
                connection.send_fragment(MessageKind::Text, b"Hell\xce", false, &mut out);
            assert_eq!(fragment, full);
            assert_eq!(out.written(), b"");
        }
        let mut out = FixedOutput::new(&mut memory[..overhead + 5]);
        connection.send_text("Hello", &mut out).unwrap();
        control.send_text("Hello", &mut expected).unwrap();
        assert_eq!(
            out.written(),
            expected,
            "the same key as if nothing had been tried"
        );
    }
}

/// A frame after one that failed was still read.
#[test]
fn a_decoder_that_failed_stays_failed() {
    let mut read = hex("c1 00 81 00");
    let mut input = &mut read[..];
    let mut decoder = Decoder::new(Role::Client);
    for _ in 0..3 {
        let decoded = decoder.decode(&mut input);
        assert_eq!(decoded, Err(FrameError::ReservedBits));
    }
    let run = cuts(
        || open(Role::Client, Config::new()),
        &hex("81 01 61 c1 00 81 01 62"),
    );
    assert_eq!(run.assert_failed(1002).events, [Seen::Text("a".to_owned())]);
}
