//! Fragmentation and interleaving (RFC 6455 section 5.4).

mod sending;

use proptest::prelude::*;
use websocket_proto::frame::{Decoded, Decoder, FrameError, Header, ReservedBits};
use websocket_proto::{Config, Delivery, Error, Limit, MessageKind, Role};

use crate::support::{ROLES, Seen, feed, frame, frames, on_wire, open, received};

fn text(text: &str) -> Seen {
    Seen::Text(text.to_owned())
}

fn binary(bytes: &[u8]) -> Seen {
    Seen::Binary(bytes.to_vec())
}

/// Receives frames in both roles and checks what events come of them.
#[track_caller]
fn assert_events(list: &[(u8, &[u8])], expected: &[Seen]) {
    for role in ROLES {
        let run = received(role, Config::new(), &frames(list));
        assert_eq!(run.events(), expected);
    }
}

// FRAG-01
#[test]
fn a_message_is_the_concatenation_of_its_fragments() {
    assert_events(&[(0x01, b"Hel"), (0x80, b"lo")], &[text("Hello")]);
    assert_events(
        &[(0x01, b"He"), (0x00, b"ll"), (0x80, b"o")],
        &[text("Hello")],
    );
}

// FRAG-02
#[test]
fn both_kinds_are_taken_in_one_frame_and_in_several() {
    assert_events(
        &[(0x02, &[1]), (0x00, &[2]), (0x80, &[3])],
        &[binary(&[1, 2, 3])],
    );
    assert_events(&[(0x82, &[1, 2, 3])], &[binary(&[1, 2, 3])]);
    assert_events(
        &[
            (0x81, b"a"),
            (0x01, b"b"),
            (0x80, b"c"),
            (0x02, b"d"),
            (0x80, b"e"),
            (0x82, b"f"),
        ],
        &[text("a"), text("bc"), binary(b"de"), binary(b"f")],
    );
}

// FRAG-03
#[test]
fn a_continuation_with_nothing_to_continue_fails() {
    for role in ROLES {
        for first in [0x80, 0x00] {
            for payload in [&b""[..], b"x"] {
                let run = received(role, Config::new(), &frame(first, payload));
                let run = run.assert_failed(1002);
                assert_eq!(
                    run.error,
                    Some(Error::Frame(FrameError::UnexpectedContinuation))
                );
                assert_eq!(run.events, []);
            }
            for message in [&[(0x81, &b"a"[..])][..], &[(0x01, b""), (0x80, b"a")]] {
                let bytes = [frames(message), frame(first, b"x")].concat();
                let run = received(role, Config::new(), &bytes).assert_failed(1002);
                assert_eq!(run.events, [text("a")], "what came before is delivered");
            }
        }
    }
}

// FRAG-04
#[test]
fn a_new_message_within_an_open_one_fails() {
    for role in ROLES {
        for begun in [0x01, 0x02] {
            for first in [0x81, 0x82, 0x01, 0x02] {
                for payload in [&b""[..], b"a"] {
                    let bytes = frames(&[(begun, payload), (first, b"b")]);
                    let run = received(role, Config::new(), &bytes).assert_failed(1002);
                    assert_eq!(
                        run.error,
                        Some(Error::Frame(FrameError::ExpectedContinuation))
                    );
                    assert_eq!(run.events, []);
                }
            }
        }
    }
}

// FRAG-05
#[test]
fn the_first_frame_alone_tells_the_kind() {
    assert_events(
        &[(0x02, &[0xff]), (0x80, &[0xfe])],
        &[binary(&[0xff, 0xfe])],
    );
    assert_events(
        &[(0x01, b"a"), (0x80, b"b"), (0x02, &[0xff]), (0x80, &[0xfe])],
        &[text("ab"), binary(&[0xff, 0xfe])],
    );
}

// FRAG-06
#[test]
fn control_frames_between_fragments_are_handled_at_once() {
    for role in ROLES {
        let bytes = frames(&[(0x01, b"Hel"), (0x89, b"x"), (0x8a, b"y"), (0x80, b"lo")]);
        let run = received(role, Config::new(), &bytes);
        let expected = [
            Seen::Ping(b"x".to_vec()),
            Seen::Pong(b"y".to_vec()),
            text("Hello"),
        ];
        assert_eq!(run.events(), expected);

        // The Pong is there before the message ends.
        let mut connection = open(role, Config::new());
        let mut out = Vec::new();
        let bytes = frames(&[(0x01, b"Hel"), (0x89, b"x")]);
        feed(&mut connection, &on_wire(role, &bytes), &mut out);
        let sent = crate::support::sent(role, &out);
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].plain(), (0x8a, &b"x"[..]));
    }
}

// FRAG-08
#[test]
fn empty_fragments_are_legal_anywhere() {
    assert_events(&[(0x01, b""), (0x00, b""), (0x80, b"")], &[text("")]);
    assert_events(&[(0x01, b""), (0x80, b"a")], &[text("a")]);
    assert_events(&[(0x01, b"a"), (0x00, b""), (0x80, b"")], &[text("a")]);
    assert_events(&[(0x02, b""), (0x80, b"")], &[binary(b"")]);
    // Without anything left over for the next message.
    assert_events(
        &[
            (0x01, b""),
            (0x80, b""),
            (0x82, &[0xff]),
            (0x02, b""),
            (0x80, b""),
        ],
        &[text(""), binary(&[0xff]), binary(b"")],
    );
}

// FRAG-13
#[test]
fn the_limit_on_a_message_is_checked_at_each_header() {
    for role in ROLES {
        let config = Config::new().max_message(10);
        let bytes = frames(&[(0x01, &[b'a'; 6]), (0x80, &[b'a'; 6])]);
        let run = received(role, config, &bytes).assert_failed(1009);
        assert_eq!(run.error, Some(Error::Limit(Limit::Message)));
        let to_the_second_header =
            on_wire(role, &[&frame(0x01, &[b'a'; 6])[..], &[0x80, 6]].concat());
        assert_eq!(run.failed_at, Some(to_the_second_header.len()));

        // Exactly at the limit; and the count begins anew with each message.
        let bytes = frames(&[(0x01, &[b'a'; 6]), (0x80, &[b'a'; 4])]).repeat(2);
        let run = received(role, config, &bytes);
        assert_eq!(run.events(), [text("aaaaaaaaaa"), text("aaaaaaaaaa")]);
    }
}

// FRAG-14: empty fragments count.
#[test]
fn the_limit_on_fragments_counts_empty_ones() {
    for role in ROLES {
        let config = Config::new().max_fragments(4);
        let begun = frames(&[(0x01, b""), (0x00, b""), (0x00, b""), (0x00, b"")]);
        let run = received(role, config, &[&begun[..], &[0x80, 0]].concat()).assert_failed(1009);
        assert_eq!(run.error, Some(Error::Limit(Limit::Fragments)));

        // Exactly at the limit, control frames not counted, and anew.
        let list: [(u8, &[u8]); 5] = [
            (0x01, b"a"),
            (0x00, b""),
            (0x89, b""),
            (0x00, b""),
            (0x80, b"b"),
        ];
        let run = received(role, config, &frames(&list).repeat(2));
        let ping = Seen::Ping(vec![]);
        assert_eq!(run.events(), [ping.clone(), text("ab"), ping, text("ab")]);
    }
}

// FRAG-14: what an endless message costs is bounded by default.
#[test]
fn an_endless_message_of_empty_fragments_fails_by_default() {
    for role in ROLES {
        let mut connection = open(role, Config::new());
        let mut out = Vec::new();
        let begun = feed(&mut connection, &on_wire(role, &[0x01, 0]), &mut out);
        assert_eq!(begun, (vec![], None));
        let thousand = on_wire(role, &[0x00, 0].repeat(1000));
        let mut error = None;
        let mut count = 0;
        while error.is_none() && count < 1000 {
            error = feed(&mut connection, &thousand, &mut out).1;
            count += 1;
        }
        assert_eq!(error, Some(Error::Limit(Limit::Fragments)));
        assert_eq!(count, 132, "thousands until more than 131,072 in all");
    }
}

// FRAG-15
#[test]
fn a_close_within_a_message_closes_and_drops_it() {
    for role in ROLES {
        let bytes = frames(&[(0x01, b"a"), (0x88, &[0x03, 0xe8]), (0x80, b"b")]);
        let mut run = received(role, Config::new(), &bytes);
        assert_eq!(run.events(), [Seen::Close(Some((1000, String::new())))]);
        let sent = run.sent();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].plain(), (0x88, &[0x03, 0xe8][..]));
        assert_eq!(run.connection.receive_eof(), Ok(()));
        assert!(run.connection.was_clean());
    }
}

// FRAG-17, as far as it goes without an intermediary in the crate: whoever
// passes frames on with the frame layer keeps FIN, the reserved bits, opcodes
// and sizes, byte by byte. The types leave nothing else to send.
#[test]
fn frames_taken_apart_can_be_passed_on_as_they_were() {
    let any_bits = ReservedBits::RSV1 | ReservedBits::RSV2 | ReservedBits::RSV3;
    let list: [(u8, &[u8]); 6] = [
        (0x41, b"compressed"),
        (0xb9, b"ping"),
        (0x20, &[7; 130]),
        (0x90, b""),
        (0xf2, &[8; 300]),
        (0xc8, &[0x03, 0xe8]),
    ];
    for role in ROLES {
        let wire = on_wire(role, &frames(&list));
        let mut read = wire.clone();
        let mut input = &mut read[..];
        let mut decoder = Decoder::new(role).allow(any_bits);
        let mut passed_on: Vec<u8> = Vec::new();
        let mut header: Option<Header> = None;
        while let Some(decoded) = decoder.decode(&mut input).unwrap() {
            match decoded {
                Decoded::Header(next) => {
                    passed_on.extend(next.encode().as_slice());
                    header = Some(next);
                }
                Decoded::Payload { bytes, .. } => {
                    let key = header.take().and_then(|header| header.masking_key());
                    if let Some(key) = key {
                        key.apply(bytes);
                    }
                    passed_on.extend(&*bytes);
                }
            }
        }
        assert_eq!(passed_on, wire);
    }
}

/// A message and where it is cut into frames, with a control frame between
/// some of them.
#[derive(Debug, Clone)]
struct Message {
    kind: MessageKind,
    payload: Vec<u8>,
    cuts: Vec<usize>,
    pings: Vec<bool>,
}

impl Message {
    fn strategy() -> impl Strategy<Value = Self> {
        let payload = prop_oneof![
            ".{0,60}".prop_map(|text| (MessageKind::Text, text.into_bytes())),
            prop::collection::vec(any::<u8>(), 0..400)
                .prop_map(|bytes| (MessageKind::Binary, bytes)),
        ];
        let cuts = prop::collection::vec(any::<prop::sample::Index>(), 0..6);
        let pings = prop::collection::vec(any::<bool>(), 7);
        (payload, cuts, pings).prop_map(|((kind, payload), cuts, pings)| {
            let mut cuts: Vec<_> = cuts
                .iter()
                .map(|cut| cut.index(payload.len() + 1))
                .collect();
            cuts.sort_unstable();
            Self {
                kind,
                payload,
                cuts,
                pings,
            }
        })
    }

    fn frames(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut start = 0;
        for (i, end) in self
            .cuts
            .iter()
            .copied()
            .chain([self.payload.len()])
            .enumerate()
        {
            let opcode = match (i, self.kind) {
                (0, MessageKind::Text) => 0x1,
                (0, MessageKind::Binary) => 0x2,
                _ => 0x0,
            };
            let fin = if i == self.cuts.len() { 0x80 } else { 0 };
            bytes.extend(frame(fin | opcode, &self.payload[start..end]));
            if self.pings[i] {
                bytes.extend([0x8a, 0]);
            }
            start = end;
        }
        bytes
    }

    fn seen(&self) -> Seen {
        match self.kind {
            MessageKind::Text => Seen::Text(String::from_utf8(self.payload.clone()).unwrap()),
            MessageKind::Binary => Seen::Binary(self.payload.clone()),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    // FRAG-11, FRAG-12, UTF-10: neither frames nor reads mean anything.
    #[test]
    fn messages_come_out_in_order_however_they_were_cut(
        messages in prop::collection::vec(Message::strategy(), 0..5),
        is_server: bool,
    ) {
        let role = if is_server { Role::Server } else { Role::Client };
        let bytes: Vec<u8> = messages.iter().flat_map(Message::frames).collect();
        let expected: Vec<_> = messages.iter().map(Message::seen).collect();

        let run = received(role, Config::new(), &bytes);
        prop_assert_eq!(without_pongs(run.events()), expected.clone());

        let config = Config::new().delivery(Delivery::Chunks);
        let run = received(role, config, &bytes);
        prop_assert_eq!(put_together(&without_pongs(run.events())), expected);
    }
}

fn without_pongs(events: &[Seen]) -> Vec<Seen> {
    let is_data = |event: &&Seen| !matches!(event, Seen::Pong(_));
    events.iter().filter(is_data).cloned().collect()
}

/// Makes whole messages of pieces.
fn put_together(pieces: &[Seen]) -> Vec<Seen> {
    let mut messages = Vec::new();
    let mut whole = Vec::new();
    let mut begun = false;
    for piece in pieces {
        let Seen::Chunk {
            kind,
            bytes,
            first,
            last,
        } = piece
        else {
            panic!("{piece:?}");
        };
        assert_eq!(*first, !begun);
        begun = !last;
        whole.extend(bytes);
        if *last {
            let whole = core::mem::take(&mut whole);
            messages.push(match kind {
                MessageKind::Text => Seen::Text(String::from_utf8(whole).unwrap()),
                MessageKind::Binary => Seen::Binary(whole),
            });
        }
    }
    assert!(!begun);
    messages
}
