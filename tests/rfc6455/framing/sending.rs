//! What an end sends: masking and keys, header bits, limits, states, order.

use proptest::prelude::*;
use websocket_proto::handshake::{Agreement, ClientRequest};
use websocket_proto::{
    CloseCode, Config, Connection, FixedOutput, MessageKind, Role, Seed, SendError, State, Uri,
};

use crate::support::{ROLES, client, feed, frame, hex, on_wire, open, sent, server};

// FR-04
#[test]
fn a_client_masks_every_frame_be_it_empty_or_a_control_frame() {
    type Send = fn(&mut Connection, &mut Vec<u8>) -> Result<(), SendError>;
    let calls: [(Send, u8); 8] = [
        (|client, out| client.send_text("", out), 0x81),
        (|client, out| client.send_binary(&[], out), 0x82),
        (|client, out| client.send_ping(&[], out), 0x89),
        (|client, out| client.send_pong(&[], out), 0x8a),
        (|client, out| client.send_empty_close(out), 0x88),
        (
            |client, out| client.send_fragment(MessageKind::Text, b"", false, out),
            0x01,
        ),
        (
            |client, out| client.send_fragment(MessageKind::Binary, b"", false, out),
            0x02,
        ),
        (|client, out| feed_ping(client, out), 0x8a),
    ];
    for (call, first) in calls {
        let mut out = Vec::new();
        call(&mut client(Config::new()), &mut out).unwrap();
        assert_eq!(out.len(), 6, "two bytes and a key: {out:02x?}");
        assert_eq!(out[..2], [first, 0x80]);
    }
    let mut out = Vec::new();
    client(Config::new())
        .send_close(CloseCode::NORMAL, "", &mut out)
        .unwrap();
    assert_eq!(out[..2], [0x88, 0x82]);
    assert_eq!(
        sent(Role::Client, &out)[0].plain(),
        (0x88, &[0x03, 0xe8][..])
    );
}

fn feed_ping(client: &mut Connection, out: &mut Vec<u8>) -> Result<(), SendError> {
    let (_, error) = feed(client, &[0x89, 0], out);
    assert_eq!(error, None);
    Ok(())
}

// FR-05
#[test]
fn a_server_masks_no_frame() {
    let mut out = Vec::new();
    server(Config::new()).send_text("Hello", &mut out).unwrap();
    assert_eq!(out, hex("81 05 48 65 6c 6c 6f"));
}

// FR-09: the keys are the words of a cryptographically secure generator over
// the seed, one for each frame, whatever it is, and none for a frame that was
// not written.
#[test]
fn each_frame_of_a_client_has_the_next_key_of_its_generator() {
    let seed = [0x42; 32];
    let mut client =
        Connection::upgraded_client(Config::new(), Agreement::default(), Seed::from(seed));
    let mut out = Vec::new();
    client.send_text("same", &mut out).unwrap();
    client.send_text("same", &mut out).unwrap();
    client
        .send_text("no room", &mut FixedOutput::new(&mut [0; 12]))
        .unwrap_err();
    client.send_ping(&[0; 126], &mut out).unwrap_err();
    client
        .send_fragment(MessageKind::Binary, b"same", false, &mut out)
        .unwrap();
    client.send_ping(b"same", &mut out).unwrap();
    feed(&mut client, &frame(0x89, b"same"), &mut out);
    client
        .send_fragment(MessageKind::Binary, b"same", false, &mut out)
        .unwrap();
    client.send_pong(b"same", &mut out).unwrap();
    client
        .send_fragment(MessageKind::Binary, b"same", true, &mut out)
        .unwrap();
    client.send_empty_close(&mut out).unwrap();

    let keys: Vec<_> = sent(Role::Client, &out)
        .into_iter()
        .map(|frame| frame.key.unwrap())
        .collect();
    let expected: Vec<_> = chacha8(seed, 0).into_iter().take(9).collect();
    assert_eq!(keys, expected);
}

/// A block of the key stream of ChaCha with 8 rounds (RFC 8439 section 2.3, but
/// for the rounds, with a counter of 64 bits and a nonce of zeros).
fn chacha8(key: [u8; 32], counter: u64) -> [[u8; 4]; 16] {
    let word = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().expect("four bytes"));
    let mut start = [0; 16];
    for (to, from) in start.iter_mut().zip(b"expand 32-byte k".chunks(4)) {
        *to = word(from);
    }
    for (to, from) in start[4..].iter_mut().zip(key.chunks(4)) {
        *to = word(from);
    }
    (start[12], start[13]) = (counter as u32, (counter >> 32) as u32);
    let mut state = start;
    let mut quarter = |[a, b, c, d]: [usize; 4]| {
        for (sum, add, xor, bits) in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)] {
            state[sum] = state[sum].wrapping_add(state[add]);
            state[xor] = (state[xor] ^ state[sum]).rotate_left(bits);
        }
    };
    for _ in 0..4 {
        for at in 0..4 {
            quarter([at, 4 + at, 8 + at, 12 + at]);
        }
        for at in 0..4 {
            let diagonal = [1, 2, 3].map(|row| 4 * row + (at + row) % 4);
            quarter([at, diagonal[0], diagonal[1], diagonal[2]]);
        }
    }
    let mut words = [[0; 4]; 16];
    for ((to, now), start) in words.iter_mut().zip(state).zip(start) {
        *to = now.wrapping_add(start).to_le_bytes();
    }
    words
}

// FR-09: over many blocks of the generator, none of which comes again.
#[test]
fn masking_keys_are_those_of_chacha_over_a_thousand_frames() {
    let seed = core::array::from_fn(|at| at as u8);
    let mut client =
        Connection::upgraded_client(Config::new(), Agreement::default(), Seed::from(seed));
    let mut out = Vec::new();
    for _ in 0..1000 {
        client.send_text("same", &mut out).unwrap();
    }
    let keys = sent(Role::Client, &out).into_iter();
    let keys = keys.map(|frame| frame.key.unwrap());
    let expected = (0..).flat_map(|counter| chacha8(seed, counter)).take(1000);
    assert!(keys.eq(expected));
}

// FR-09
#[test]
fn the_same_text_looks_different_each_time_and_for_each_seed() {
    let mut images = Vec::new();
    for seed in 0..4 {
        let seed = Seed::from([seed; 32]);
        let mut client = Connection::upgraded_client(Config::new(), Agreement::default(), seed);
        for _ in 0..100 {
            let mut out = Vec::new();
            client.send_text("same", &mut out).unwrap();
            images.push(out);
        }
    }
    images.sort();
    images.dedup();
    assert_eq!(images.len(), 400);
}

// FR-10: the payload is borrowed until the call returns, and by then the frame
// stands in the output to its last byte.
#[test]
fn a_frame_is_whole_in_the_output_when_the_call_returns() {
    for role in ROLES {
        let mut connection = open(role, Config::new());
        let mut out = Vec::new();
        let mut payload = vec![b'a'; 100_000];
        connection.send_binary(&payload, &mut out).unwrap();
        payload.fill(b'b');
        connection.send_binary(&payload, &mut out).unwrap();
        let sent = sent(role, &out);
        assert!(sent[0].payload.iter().all(|byte| *byte == b'a'));
        assert!(sent[1].payload.iter().all(|byte| *byte == b'b'));
        assert_eq!(
            (sent[0].payload.len(), sent[1].payload.len()),
            (100_000, 100_000)
        );
    }
}

// FR-31
#[test]
fn control_limits_are_checked_before_anything_is_emitted() {
    for role in ROLES {
        let mut connection = open(role, Config::new());
        let mut out = Vec::new();
        for result in [
            connection.send_ping(&[0; 126], &mut out),
            connection.send_pong(&[0; 126], &mut out),
            connection.send_close(CloseCode::NORMAL, &"x".repeat(124), &mut out),
        ] {
            assert_eq!(result, Err(SendError::ControlTooLong));
        }
        assert_eq!(out, b"");
        assert_eq!(connection.state(), State::Open);
        // At the limit.
        connection.send_ping(&[0; 125], &mut out).unwrap();
        connection.send_pong(&[0; 125], &mut out).unwrap();
        connection
            .send_close(CloseCode::NORMAL, &"x".repeat(123), &mut out)
            .unwrap();
        assert!(
            sent(role, &out)
                .iter()
                .all(|frame| frame.payload.len() == 125)
        );
    }
}

/// Checks that no call sends data or pings in this state.
#[track_caller]
fn assert_sends_nothing(connection: &mut Connection) {
    let mut out = Vec::new();
    for result in [
        connection.send_text("x", &mut out),
        connection.send_binary(b"x", &mut out),
        connection.send_fragment(MessageKind::Text, b"x", true, &mut out),
        connection.send_ping(b"x", &mut out),
        connection.send_pong(b"x", &mut out),
    ] {
        assert!(
            matches!(result, Err(SendError::WrongState(_))),
            "{result:?}"
        );
    }
    assert_eq!(out, b"");
}

// FR-32, PING-09
#[test]
fn nothing_is_sent_while_connecting() {
    assert_sends_nothing(&mut Connection::server(Config::new()));
    let request = ClientRequest::new(&Uri::parse("ws://server.example.com/chat").unwrap());
    let seed = Seed::from([1; 32]);
    let client = Connection::client(Config::new(), &request, seed, &mut Vec::new());
    assert_sends_nothing(&mut client.unwrap());
}

// FR-32
#[test]
fn nothing_is_sent_after_a_close_either_way_nor_when_closed() {
    for role in ROLES {
        let mut out = Vec::new();
        let mut closing = open(role, Config::new());
        closing.send_close(CloseCode::NORMAL, "", &mut out).unwrap();
        assert_sends_nothing(&mut closing);

        let mut answered = open(role, Config::new());
        feed(&mut answered, &on_wire(role, &[0x88, 0]), &mut out);
        assert_sends_nothing(&mut answered);

        let mut failed = open(role, Config::new());
        feed(&mut failed, &[0xff], &mut out);
        assert_sends_nothing(&mut failed);

        let mut lost = open(role, Config::new());
        lost.receive_eof().unwrap_err();
        assert_sends_nothing(&mut lost);
    }
}

// FR-32: a message under way is given up with the state.
#[test]
fn a_fragmented_message_cannot_go_on_after_a_close() {
    for role in ROLES {
        let mut connection = open(role, Config::new());
        let mut out = Vec::new();
        connection
            .send_fragment(MessageKind::Text, b"x", false, &mut out)
            .unwrap();
        connection
            .send_close(CloseCode::NORMAL, "", &mut out)
            .unwrap();
        let length = out.len();
        let result = connection.send_fragment(MessageKind::Text, b"y", true, &mut out);
        assert!(
            matches!(result, Err(SendError::WrongState(_))),
            "{result:?}"
        );
        assert_eq!(out.len(), length);
    }
}

// FR-33
#[test]
fn the_first_frame_tells_the_kind_and_fin_the_end() {
    let mut out = Vec::new();
    server(Config::new()).send_binary(&[1], &mut out).unwrap();
    assert_eq!(out, hex("82 01 01"));
    for role in ROLES {
        for (kind, opcode) in [(MessageKind::Text, 0x01), (MessageKind::Binary, 0x02)] {
            let mut connection = open(role, Config::new());
            let mut out = Vec::new();
            connection
                .send_fragment(kind, b"a", false, &mut out)
                .unwrap();
            connection
                .send_fragment(kind, b"b", false, &mut out)
                .unwrap();
            connection
                .send_fragment(kind, b"c", true, &mut out)
                .unwrap();
            connection
                .send_fragment(kind, b"d", true, &mut out)
                .unwrap();
            let firsts: Vec<u8> = sent(role, &out).iter().map(|frame| frame.first).collect();
            assert_eq!(firsts, [opcode, 0x00, 0x80, 0x80 | opcode]);
        }
    }
}

// FR-36
#[test]
fn what_is_written_later_stands_later_in_the_output() {
    for role in ROLES {
        let mut connection = open(role, Config::new());
        let mut out = Vec::new();
        connection.send_text("one", &mut out).unwrap();
        feed(
            &mut connection,
            &on_wire(role, &frame(0x89, b"two")),
            &mut out,
        );
        connection.send_binary(b"three", &mut out).unwrap();
        connection.send_ping(b"four", &mut out).unwrap();
        feed(&mut connection, &on_wire(role, &frame(0x88, b"")), &mut out);
        let sent = sent(role, &out);
        let sent: Vec<_> = sent.iter().map(|frame| frame.plain()).collect();
        let expected: [(u8, &[u8]); 5] = [
            (0x81, b"one"),
            (0x8a, b"two"),
            (0x82, b"three"),
            (0x89, b"four"),
            (0x88, b""),
        ];
        assert_eq!(sent, expected);
    }
}

/// A call, or something received that may have to be answered.
#[derive(Debug, Clone)]
enum Step {
    Text(String),
    Binary(Vec<u8>),
    Fragment(MessageKind, Vec<u8>, bool),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(u16, String),
    EmptyClose,
    Receive(Vec<u8>),
}

fn step() -> impl Strategy<Value = Step> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..200);
    let kind = prop_oneof![Just(MessageKind::Text), Just(MessageKind::Binary)];
    prop_oneof![
        4 => ".{0,80}".prop_map(Step::Text),
        4 => bytes().prop_map(Step::Binary),
        12 => (kind, bytes(), any::<bool>()).prop_map(|(kind, mut bytes, last)| {
            if kind == MessageKind::Text && bytes.len() % 4 != 0 {
                // Mostly ASCII, so that most of it can be sent.
                bytes.iter_mut().for_each(|byte| *byte &= 0x7f);
            }
            Step::Fragment(kind, bytes, last)
        }),
        4 => bytes().prop_map(Step::Ping),
        4 => bytes().prop_map(Step::Pong),
        1 => (1000_u16..5000, ".{0,40}").prop_map(|(code, reason)| Step::Close(code, reason)),
        1 => Just(Step::EmptyClose),
        4 => bytes().prop_map(|bytes| Step::Receive(frame(0x89, &bytes[..bytes.len().min(125)]))),
        1 => (any::<u8>(), bytes()).prop_map(|(first, bytes)| Step::Receive(frame(first, &bytes))),
    ]
}

proptest! {
    // FR-16, FRAG-10, FR-31: whatever is called, what goes out are
    // frames in order.
    #[test]
    fn only_legal_frames_go_out(
        steps in prop::collection::vec(step(), 0..40),
        is_server: bool,
    ) {
        let role = if is_server { Role::Server } else { Role::Client };
        let mut connection = open(role, Config::new());
        let mut out = Vec::new();
        for step in steps {
            let before = out.len();
            let result = match step {
                Step::Text(text) => connection.send_text(&text, &mut out),
                Step::Binary(bytes) => connection.send_binary(&bytes, &mut out),
                Step::Fragment(kind, bytes, last) => {
                    connection.send_fragment(kind, &bytes, last, &mut out)
                }
                Step::Ping(bytes) => connection.send_ping(&bytes, &mut out),
                Step::Pong(bytes) => connection.send_pong(&bytes, &mut out),
                Step::Close(code, reason) => match CloseCode::new(code) {
                    Some(code) => connection.send_close(code, &reason, &mut out),
                    None => continue,
                },
                Step::EmptyClose => connection.send_empty_close(&mut out),
                Step::Receive(bytes) => {
                    feed(&mut connection, &on_wire(role, &bytes), &mut out);
                    continue;
                }
            };
            if result.is_err() {
                prop_assert_eq!(out.len(), before, "an error that emitted something");
            }
        }

        let (mut in_message, mut closed) = (false, false);
        for frame in sent(role, &out) {
            prop_assert!(!closed, "a frame after the Close");
            prop_assert_eq!(frame.first & 0x70, 0, "reserved bits");
            let is_final = frame.first & 0x80 != 0;
            match frame.first & 0x0f {
                0x0 => {
                    prop_assert!(in_message);
                    in_message = !is_final;
                }
                0x1 | 0x2 => {
                    prop_assert!(!in_message);
                    in_message = !is_final;
                }
                0x8..=0xa => {
                    prop_assert!(is_final && frame.payload.len() <= 125);
                    closed = frame.first == 0x88;
                }
                opcode => prop_assert!(false, "reserved opcode {opcode}"),
            }
        }
    }
}
