//! IO-08: a client and a server in memory, over a wire that cuts and merges
//! what it carries: everything arrives, in order, and both end as they should.

use std::collections::VecDeque;

use proptest::collection::vec;
use proptest::prelude::*;
use websocket_proto::{Config, Connection, Delivery, Event, Input, MessageKind, Role, State};

use crate::chunking::run;
use crate::pair::{code, opened};
use crate::support::sent;

/// No Ping here ends like this.
const UNASKED: &[u8] = b"unasked";

/// What the caller of one end does.
#[derive(Debug, Clone)]
enum Op {
    Message(MessageKind, String),
    /// A message in pieces, cut anywhere, with a Ping after each.
    Pieces(MessageKind, String, usize),
    /// The beginning of a message that never ends.
    Begin,
    Ping(Vec<u8>),
    /// A Pong that nobody asked for.
    Pong,
    Close(u16, String),
    EmptyClose,
    /// Brings so many bytes to the other end, in one read.
    Carry(usize),
}

fn op() -> impl Strategy<Value = Op> {
    let kind = || prop_oneof![Just(MessageKind::Text), Just(MessageKind::Binary)];
    // Lengths on both sides of each form of the length, and all code points.
    let text = || {
        prop_oneof![
            4 => "\\PC{0,40}",
            1 => (120..135_usize).prop_map(|length| "x".repeat(length)),
            1 => (65_530..65_540_usize).prop_map(|length| "y".repeat(length)),
        ]
    };
    prop_oneof![
        6 => (kind(), text()).prop_map(|(kind, text)| Op::Message(kind, text)),
        3 => (kind(), text(), 1..50_usize)
            .prop_map(|(kind, text, size)| Op::Pieces(kind, text, size)),
        2 => vec(any::<u8>(), 0..125).prop_map(|mut payload| {
            payload.push(b'?');
            Op::Ping(payload)
        }),
        1 => Just(Op::Pong),
        1 => Just(Op::Begin),
        1 => (prop_oneof![Just(1000_u16), Just(1001), 1007..1010_u16, 3000..5000_u16], "\\PC{0,20}")
            .prop_map(|(code, reason)| Op::Close(code, reason)),
        1 => Just(Op::EmptyClose),
        12 => prop_oneof![1..20_usize, 1..200_000_usize].prop_map(Op::Carry),
    ]
}

/// One end and what it knows.
struct End {
    conn: Connection,
    out: Vec<u8>,
    /// Bytes on their way to the other end.
    wire: VecDeque<u8>,
    sent: Vec<(MessageKind, Vec<u8>)>,
    received: Vec<(MessageKind, Vec<u8>)>,
    /// Of a message that comes in pieces.
    partial: Option<Vec<u8>>,
    pings: Vec<Vec<u8>>,
    pongs: Vec<Vec<u8>>,
    /// The code of the one Close that this end sent.
    closed_with: Option<Option<u16>>,
    /// A message under way that will not end.
    begun: bool,
}

impl End {
    fn new(conn: Connection) -> Self {
        Self {
            conn,
            out: Vec::new(),
            wire: VecDeque::new(),
            sent: Vec::new(),
            received: Vec::new(),
            partial: None,
            pings: Vec::new(),
            pongs: Vec::new(),
            closed_with: None,
            begun: false,
        }
    }

    /// Makes the calls, which work exactly while the connection is open.
    fn act(&mut self, op: &Op) {
        let conn = &mut self.conn;
        let open = conn.state() == State::Open;
        let out = &mut self.out;
        match op {
            Op::Message(kind, text) => {
                let result = match kind {
                    MessageKind::Text => conn.send_text(text, out),
                    MessageKind::Binary => conn.send_binary(text.as_bytes(), out),
                };
                assert_eq!(result.is_ok(), open && !self.begun, "{result:?}");
                if result.is_ok() {
                    self.sent.push((*kind, text.clone().into_bytes()));
                }
            }
            Op::Pieces(kind, text, size) if open && !self.begun => {
                for piece in text.as_bytes().chunks(*size) {
                    conn.send_fragment(*kind, piece, false, out).expect("open");
                    conn.send_ping(b"between", out).expect("open");
                    self.pings.push(b"between".to_vec());
                }
                conn.send_fragment(*kind, b"", true, out).expect("open");
                self.sent.push((*kind, text.clone().into_bytes()));
            }
            Op::Begin => {
                let result = conn.send_fragment(MessageKind::Text, b"begun", false, out);
                assert_eq!(result.is_ok(), open);
                self.begun |= result.is_ok();
            }
            Op::Ping(payload) => {
                let result = conn.send_ping(payload, out);
                assert_eq!(result.is_ok(), open);
                self.pings.extend(open.then(|| payload.clone()));
            }
            Op::Pong => assert_eq!(conn.send_pong(UNASKED, out).is_ok(), open),
            Op::Close(number, reason) => {
                assert_eq!(conn.send_close(code(*number), reason, out), Ok(()));
                if open {
                    self.closed_with = Some(Some(*number));
                }
            }
            Op::EmptyClose => {
                assert_eq!(conn.send_empty_close(out), Ok(()));
                if open {
                    self.closed_with = Some(None);
                }
            }
            Op::Pieces(..) | Op::Carry(_) => {}
        }
        self.wire.extend(self.out.drain(..));
    }

    fn receive(&mut self, mut read: Vec<u8>) {
        let mut input = Input::new(&mut read);
        while let Some(event) = self
            .conn
            .receive(&mut input, &mut self.out)
            .expect("a well-behaved peer")
        {
            match event {
                Event::Text(text) => self
                    .received
                    .push((MessageKind::Text, text.into_owned().into())),
                Event::Binary(bytes) => self
                    .received
                    .push((MessageKind::Binary, bytes.into_owned())),
                Event::Chunk(chunk) => {
                    assert_eq!(chunk.first, self.partial.is_none());
                    let partial = self.partial.get_or_insert_default();
                    partial.extend(chunk.data.as_bytes());
                    if chunk.last
                        && let Some(whole) = self.partial.take()
                    {
                        self.received.push((chunk.data.kind(), whole));
                    }
                }
                Event::Pong(payload) if *payload == *UNASKED => {}
                Event::Pong(payload) => self.pongs.push(payload.into_owned()),
                Event::Ping(_) => {}
                Event::Close(frame) => {
                    let number = frame.map(|frame| frame.code.value());
                    self.closed_with.get_or_insert(number);
                }
                other => panic!("{other:?}"),
            }
        }
        assert!(input.is_empty());
        self.wire.extend(self.out.drain(..));
    }
}

fn carry(from: &mut End, to: &mut End, most: usize) {
    let count = most.min(from.wire.len());
    let read: Vec<_> = from.wire.drain(..count).collect();
    to.receive(read);
}

fn run_empty(client: &mut End, server: &mut End) {
    while !client.wire.is_empty() || !server.wire.is_empty() {
        carry(client, server, 1000);
        carry(server, client, 777);
    }
}

fn drive(config: Config, ops: &[(bool, Op)]) {
    let (client, server) = opened(config);
    let (mut client, mut server) = (End::new(client), End::new(server));
    for (at_client, op) in ops {
        let (this, that) = match at_client {
            true => (&mut client, &mut server),
            false => (&mut server, &mut client),
        };
        this.act(op);
        if let Op::Carry(count) = op {
            carry(this, that, *count);
        }
    }
    run_empty(&mut client, &mut server);
    for end in [&client, &server] {
        // Answered in order; while both are open, and as long as the answers
        // are few enough not to be held back, every one.
        let mut pings = end.pings.iter();
        assert!(end.pongs.iter().all(|pong| pings.any(|ping| ping == pong)));
        if end.conn.state() == State::Open && end.pings.len() < 400 {
            assert_eq!(end.pongs, end.pings);
        }
    }
    // Nobody who has not closed stays open.
    server.act(&Op::Close(1001, "the end".into()));
    run_empty(&mut client, &mut server);

    assert_eq!(client.received, server.sent);
    assert_eq!(server.received, client.sent);
    for (end, peer) in [(&client, &server), (&server, &client)] {
        let status = peer.closed_with.expect("both have closed").unwrap_or(1005);
        let close = end.conn.close_status().map(|status| status.value());
        match end.conn.role() {
            Role::Server => {
                assert!(end.conn.is_closed());
                assert!(end.conn.was_clean());
                assert_eq!(close, Some(status));
            }
            Role::Client => {
                assert!(end.conn.close_expected());
                assert_eq!(close, None);
            }
        }
    }
    for end in [&mut client, &mut server] {
        assert_eq!(end.conn.receive_eof(), Ok(()));
        assert!(end.conn.is_closed() && end.conn.was_clean());
    }
    let status = server.closed_with.expect("it has closed").unwrap_or(1005);
    let close = client.conn.close_status().map(|status| status.value());
    assert_eq!(close, Some(status));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// IO-08, IO-04: the session of two ends, the sizes and fragments of all
    /// messages, and either end to close it.
    #[test]
    fn everything_arrives_in_order_and_both_close_cleanly(
        ops in vec((any::<bool>(), op()), 0..40)
    ) {
        drive(Config::new(), &ops);
    }

    /// The same with messages delivered in pieces.
    #[test]
    fn everything_arrives_in_pieces_too(ops in vec((any::<bool>(), op()), 0..40)) {
        drive(Config::new().delivery(Delivery::Chunks), &ops);
    }

    /// SEC-16, IO-04: a wire that flips, loses, adds or ends: no panic; the
    /// first error is the one that stays, its Close is sent once and is the
    /// last; no event follows the Close.
    #[test]
    fn a_wire_that_corrupts_fails_the_connection_or_does_no_harm(
        ops in vec(op(), 1..12),
        harm in vec((any::<prop::sample::Index>(), 0..4_u8, any::<u8>()), 1..4),
        step in 1..300_usize,
        to_server in any::<bool>(),
    ) {
        let (client, server) = opened(Config::new());
        let (from, victim) = if to_server { (client, server) } else { (server, client) };
        let mut from = End::new(from);
        for op in &ops {
            from.act(op);
        }
        let mut wire: Vec<u8> = from.wire.into();
        for (index, how, byte) in harm {
            if wire.is_empty() {
                break;
            }
            let at = index.index(wire.len());
            match how {
                0 => wire[at] ^= byte,
                1 => drop(wire.remove(at)),
                2 => wire.insert(at, byte),
                _ => wire.truncate(at),
            }
        }
        check_victim(victim, &wire, step);
        // IO-02: and the same however the harm is cut.
        let again = || {
            let (client, server) = opened(Config::new());
            if to_server { server } else { client }
        };
        let cuts: Vec<_> = (step..wire.len()).step_by(step).collect();
        assert_eq!(run(again(), &wire, &cuts), run(again(), &wire, &[]));
    }

    /// The same from the first byte of the opening handshake on.
    #[test]
    fn a_corrupted_handshake_fails_or_does_no_harm(
        harm in vec((any::<prop::sample::Index>(), 0..4_u8, any::<u8>()), 1..4),
        step in 1..300_usize,
    ) {
        let mut wire = crate::pair::REQUEST.as_bytes().to_vec();
        for (index, how, byte) in harm {
            let at = index.index(wire.len().max(1));
            match how {
                _ if wire.is_empty() => {}
                0 => wire[at] ^= byte,
                1 => drop(wire.remove(at)),
                2 => wire.insert(at, byte),
                _ => wire.truncate(at),
            }
        }
        let mut conn = Connection::server(Config::new());
        let mut out = Vec::new();
        let mut error = None;
        let mut asked = false;
        for piece in wire.chunks_mut(step) {
            let mut input = Input::new(piece);
            match conn.receive(&mut input, &mut out) {
                Ok(event) => {
                    assert_eq!(error, None);
                    asked |= event.is_some();
                }
                Err(again) => assert_eq!(*error.get_or_insert(again), again),
            }
        }
        if let Some(error) = error {
            // HS-R-21: HTTP, and no frame after it.
            let status = error.http_status().expect("a refusal by HTTP");
            let head = format!("HTTP/1.1 {status} ");
            assert!(out.starts_with(head.as_bytes()));
            assert!(out.is_ascii());
            assert!(conn.is_closed());
        } else {
            assert!(out.is_empty());
            assert_eq!(conn.state(), State::Connecting);
        }
        assert_eq!(error.is_none(), conn.receive_eof().err() == Some(websocket_proto::Error::UnexpectedEof));
        assert!(!(asked && error.is_some()));
    }
}

fn check_victim(mut victim: Connection, wire: &[u8], step: usize) {
    let role = victim.role();
    let mut out = Vec::new();
    let mut error = None;
    let mut closed = false;
    for piece in wire.chunks(step) {
        let mut read = piece.to_vec();
        let mut input = Input::new(&mut read);
        loop {
            match victim.receive(&mut input, &mut out) {
                Ok(None) => {
                    assert_eq!(error, None);
                    break;
                }
                Ok(Some(event)) => {
                    assert_eq!(error, None, "an event after an error");
                    assert!(!closed, "an event after the Close");
                    closed = matches!(event, Event::Close(_));
                }
                Err(again) => {
                    assert_eq!(*error.get_or_insert(again), again);
                    break;
                }
            }
        }
        assert!(input.is_empty());
    }
    let frames = sent(role, &out);
    let closes = frames.iter().filter(|frame| frame.first == 0x88).count();
    assert_eq!(closes, usize::from(closed || error.is_some()));
    if closes > 0 {
        assert_eq!(frames.last().map(|frame| frame.first), Some(0x88));
    }
    if let Some(error) = error {
        let code = error.close_code().expect("a code for the peer");
        assert_eq!(
            frames.last().and_then(|frame| frame.close_code()),
            Some(code.value())
        );
        assert!(victim.is_closed() && !victim.was_clean());
        assert_eq!(victim.receive_eof(), Err(error));
        assert_eq!(
            victim.close_status().map(|status| status.value()),
            Some(1006)
        );
    } else {
        assert_eq!(victim.receive_eof().is_ok(), closed);
        assert_eq!(victim.was_clean(), closed);
    }
    let length = out.len();
    assert!(victim.send_text("x", &mut out).is_err());
    assert!(!victim.poll_transmit(&mut out));
    assert_eq!(out.len(), length);
}
