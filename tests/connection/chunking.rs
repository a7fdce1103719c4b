//! IO-02: however the input is cut, the events, the output and the error are
//! the same; and `Ok(None)` leaves no input.

use websocket_proto::handshake::{Acceptance, Response};
use websocket_proto::{
    Config, Connection, Delivery, Error, Event, Input, Limit, MessageKind, Role, State,
};

use crate::pair::{REQUEST, RESPONSE, connecting_client};
use crate::support::{ROLES, Seen, close, frame, frames, mask, on_wire, open};

/// What is to be the same.
#[derive(Debug, PartialEq)]
pub(crate) struct Outcome {
    seen: Vec<Seen>,
    error: Option<Error>,
    out: Vec<u8>,
    state: State,
    close_status: Option<u16>,
    clean: bool,
}

/// Gives `wire` in the pieces that end at `cuts`, answering a request by
/// opening the connection, or with 404.
pub(crate) fn run(conn: Connection, wire: &[u8], cuts: &[usize]) -> Outcome {
    run_by(Player::feed_slice, conn, wire, cuts)
}

fn run_by(
    feed: impl Fn(&mut Player, &mut [u8]),
    conn: Connection,
    wire: &[u8],
    cuts: &[usize],
) -> Outcome {
    let mut player = Player {
        conn,
        out: Vec::new(),
        seen: Vec::new(),
        error: None,
    };
    let ends = cuts.iter().copied().chain([wire.len()]);
    let mut start = 0;
    for end in ends {
        feed(&mut player, &mut wire[start..end].to_vec());
        start = end;
    }
    let Player {
        conn,
        out,
        seen,
        error,
    } = player;
    Outcome {
        seen: joined(seen),
        error,
        out,
        state: conn.state(),
        close_status: conn.close_status().map(|status| status.value()),
        clean: conn.was_clean(),
    }
}

struct Player {
    conn: Connection,
    out: Vec<u8>,
    seen: Vec<Seen>,
    error: Option<Error>,
}

impl Player {
    fn feed_slice(&mut self, read: &mut [u8]) {
        self.feed(&mut Input::one_by_one(read));
    }

    fn feed_batch(&mut self, read: &mut [u8]) {
        self.feed(&mut Input::new(read));
    }

    fn feed(&mut self, input: &mut Input<'_>) {
        loop {
            match self.conn.receive(input, &mut self.out) {
                Ok(None) => {
                    assert!(input.is_empty(), "`Ok(None)` with input left");
                    assert_eq!(self.error, None, "after an error");
                    break;
                }
                Err(again) => {
                    assert!(input.is_empty(), "an error with input left");
                    assert_eq!(*self.error.get_or_insert(again), again, "errors stay");
                    break;
                }
                Ok(Some(event)) => {
                    assert_eq!(self.error, None, "an event after an error");
                    match &event {
                        Event::Request(request) => self
                            .conn
                            .accept(request, &Acceptance::new(), &mut self.out)
                            .expect("the request waits"),
                        Event::Http(_) => self
                            .conn
                            .respond(&Response::new(404).body("no"), &mut self.out)
                            .expect("the request waits"),
                        _ => {}
                    }
                    self.seen.push(event.into());
                }
            }
        }
    }
}

/// Pieces of a message, which reads cut, joined; also of one that an error
/// ended.
fn joined(seen: Vec<Seen>) -> Vec<Seen> {
    let mut joined: Vec<Seen> = Vec::new();
    let mut open: Option<(MessageKind, Vec<u8>, Vec<Seen>)> = None;
    for event in seen {
        let Seen::Chunk {
            kind,
            bytes,
            first,
            last,
        } = event
        else {
            match &mut open {
                Some((_, _, between)) => between.push(event),
                None => joined.push(event),
            }
            continue;
        };
        assert_eq!(first, open.is_none(), "`first` at the start and only there");
        let (begun, whole, _) = open.get_or_insert((kind, Vec::new(), Vec::new()));
        assert_eq!(*begun, kind);
        whole.extend(bytes);
        if last && let Some((kind, bytes, between)) = open.take() {
            joined.extend(between);
            joined.push(Seen::Chunk {
                kind,
                bytes,
                first: true,
                last: true,
            });
        }
    }
    if let Some((kind, bytes, between)) = open {
        joined.extend(between);
        joined.push(Seen::Chunk {
            kind,
            bytes,
            first: true,
            last: false,
        });
    }
    joined
}

/// Whole, byte by byte, in twos and threes, and split at every position.
fn same_in_every_cut(name: &str, connect: impl Fn() -> Connection, wire: &[u8]) -> Outcome {
    let whole = run(connect(), wire, &[]);
    let batch = |cuts: &[usize]| run_by(Player::feed_batch, connect(), wire, cuts);
    assert_eq!(batch(&[]), whole, "{name}: in a batch");
    for step in [1, 2, 3, 7, 125] {
        let cuts: Vec<_> = (step..wire.len()).step_by(step).collect();
        assert_eq!(run(connect(), wire, &cuts), whole, "{name}: by {step}");
        assert_eq!(batch(&cuts), whole, "{name}: by {step}, in batches");
    }
    for at in 0..wire.len() {
        assert_eq!(run(connect(), wire, &[at]), whole, "{name}: split at {at}");
        assert_eq!(batch(&[at]), whole, "{name}: split at {at}, in batches");
    }
    // An empty read in the middle changes nothing.
    let half = wire.len() / 2;
    assert_eq!(run(connect(), wire, &[half, half]), whole, "{name}");
    whole
}

/// First bytes and payloads.
type Frames = &'static [(u8, &'static [u8])];

/// Streams of frames, unmasked, and whether they end in an error.
fn streams() -> Vec<(&'static str, Vec<u8>, bool)> {
    let long = "κόσμε €🎉".repeat(20);
    let long = long.as_bytes();
    let closed = |before: &[u8], close: Vec<u8>| [before, &close[..]].concat();
    let all = frames(&[
        (0x81, b""),
        (0x82, b""),
        (0x81, b"Hello"),
        (0x82, &[0, 255, 128]),
        (0x89, b""),
        (0x89, b"ping"),
        (0x8a, b"pong"),
        (0x81, long),
        (0x82, long),
        (0x01, b"a\xce"),
        (0x89, b"between"),
        (0x00, b""),
        (0x8a, b""),
        (0x00, b"\xba\xf0\x9f"),
        (0x80, b"\x8e\x89"),
        (0x02, b""),
        (0x00, b"x"),
        (0x80, b""),
        (0x01, b""),
        (0x80, b""),
        (0x89, &[9; 125]),
    ]);
    let mut list = vec![
        ("every kind", all.clone(), false),
        ("and a close", closed(&all, close(1000, "bye €")), false),
        ("and an empty close", closed(&all, frame(0x88, b"")), false),
        (
            "frames after a close",
            [close(4999, ""), all.clone(), close(1001, "")].concat(),
            false,
        ),
        (
            "a close within a message",
            frames(&[(0x01, b"a"), (0x88, b"\x03\xe8"), (0x80, b"b")]),
            false,
        ),
        ("a frame cut short", all[..all.len() - 50].to_vec(), false),
    ];
    let wrong: [(&str, Frames); 14] = [
        ("reserved bit", &[(0xc1, b"x")]),
        ("reserved opcode", &[(0x83, b"x")]),
        ("reserved control", &[(0x8b, b"x")]),
        ("fragmented ping", &[(0x09, b"x")]),
        ("long ping", &[(0x89, &[0; 126])]),
        ("stray continuation", &[(0x80, b"x")]),
        ("message in a message", &[(0x01, b"x"), (0x81, b"y")]),
        ("not UTF-8", &[(0x81, b"abc\xff\xfe")]),
        ("cut code point", &[(0x81, b"abc\xe2\x82")]),
        (
            "not UTF-8 over frames",
            &[(0x01, b"\xf4"), (0x89, b"p"), (0x00, b"\x90\x80\x80")],
        ),
        ("cut code point at the end", &[(0x01, b"\xce"), (0x80, b"")]),
        ("close of one byte", &[(0x88, b"\x03")]),
        ("close code", &[(0x88, b"\x03\xed")]),
        ("close reason", &[(0x88, b"\x03\xe8\xed\xa0\x80")]),
    ];
    for (name, list_of_frames) in wrong {
        let bytes = [
            frame(0x81, b"before"),
            frames(list_of_frames),
            frame(0x81, b"after"),
        ];
        list.push((name, bytes.concat(), true));
    }
    list.push((
        "length not minimal",
        [&frame(0x81, b"before")[..], &[0x82, 126, 0, 5], b"abcde"].concat(),
        true,
    ));
    list.push((
        "length of 64 bits",
        [&frame(0x81, b"before")[..], &[0x82, 127], &[0xff; 8]].concat(),
        true,
    ));
    list
}

/// IO-02
#[test]
fn frames_are_the_same_in_every_cut() {
    for role in ROLES {
        for delivery in [Delivery::Messages, Delivery::Chunks] {
            let config = Config::new().delivery(delivery);
            for (name, stream, fails) in streams() {
                let wire = on_wire(role, &stream);
                let outcome = same_in_every_cut(name, || open(role, config), &wire);
                assert_eq!(outcome.error.is_some(), fails, "{name}: {outcome:?}");
                assert!(!outcome.seen.is_empty(), "{name}");
            }
        }
    }
}

/// CL-17: the same while this end is closing.
#[test]
fn frames_after_our_close_are_the_same_in_every_cut() {
    for role in ROLES {
        for deliver in [true, false] {
            let config = Config::new()
                .deliver_while_closing(deliver)
                .pong_after_close(true);
            let closing = || {
                let mut conn = open(role, config);
                conn.send_empty_close(&mut Vec::new()).expect("open");
                conn
            };
            for (name, stream, fails) in streams() {
                let outcome = same_in_every_cut(name, closing, &on_wire(role, &stream));
                assert_eq!(outcome.error.is_some(), fails, "{name}");
            }
        }
    }
}

/// No message has less than one frame.
#[test]
fn a_limit_of_no_fragment_at_all_is_one_too() {
    for role in ROLES {
        let connect = || open(role, Config::new().max_fragments(0));
        let outcome = same_in_every_cut("no fragment", connect, &on_wire(role, &frame(0x81, b"")));
        assert_eq!(outcome.error, Some(Limit::Fragments.into()));
    }
}

/// A limit is a limit in every cut.
#[test]
fn limits_are_met_at_the_same_byte_in_every_cut() {
    let config = Config::new()
        .max_frame(100)
        .max_message(150)
        .max_fragments(4);
    let streams: [(&str, Vec<u8>); 4] = [
        ("frame", frame(0x82, &[0; 101])),
        ("message", frames(&[(0x02, &[0; 100]), (0x80, &[0; 51])])),
        (
            "fragments",
            frames(&[
                (0x02, b""),
                (0x00, b""),
                (0x00, b""),
                (0x00, b""),
                (0x80, b""),
            ]),
        ),
        ("text", frames(&[(0x01, &[b'x'; 100]), (0x80, &[b'x'; 51])])),
    ];
    for role in ROLES {
        for delivery in [Delivery::Messages, Delivery::Chunks] {
            for (name, stream) in &streams {
                let wire = on_wire(role, stream);
                let config = config.delivery(delivery);
                let outcome = same_in_every_cut(name, || open(role, config), &wire);
                let code = outcome.error.and_then(|error| error.close_code());
                assert_eq!(code.map(|code| code.value()), Some(1009), "{name}");
            }
        }
    }
}

/// IO-06, HS-S-37: from the first byte of the request on, with frames right
/// behind it.
#[test]
fn a_server_from_its_first_byte_on_is_the_same_in_every_cut() {
    let all = mask(&frames(&[
        (0x81, b"Hello"),
        (0x89, b"p"),
        (0x01, b"a"),
        (0x80, b"b"),
        (0x88, b"\x03\xe8"),
    ]));
    let server = || Connection::server(Config::new());
    let wire = [REQUEST.as_bytes(), &all].concat();
    let outcome = same_in_every_cut("request and frames", server, &wire);
    assert_eq!(outcome.seen.len(), 5);
    assert!(outcome.out.starts_with(RESPONSE.as_bytes()));
    assert!(outcome.clean);

    for (name, request, fails) in [
        ("http", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nrest", false),
        ("half a request", &REQUEST[..100], false),
        ("version", &REQUEST.replace("13", "7"), true),
        ("key", &REQUEST.replace("==", ""), true),
        ("line end", "GET / HTTP/1.1\nHost: a\n\n", true),
        ("tls", "\u{16}\u{3}\u{1}", true),
        ("no http", "SSH-2.0-OpenSSH_9.9\r\n\r\n", true),
    ] {
        let wire = request.as_bytes();
        let outcome = same_in_every_cut(name, server, wire);
        assert_eq!(outcome.error.is_some(), fails, "{name}");
    }
    let small = Config::new().max_head(200).max_headers(5);
    let long = REQUEST.replace("/chat", &"/".repeat(400));
    let wide = REQUEST.replace("Host", "A: b\r\nHost");
    for (name, request) in [("path", long), ("fields", wide)] {
        let wire = request.as_bytes();
        let outcome = same_in_every_cut(name, || Connection::server(small), wire);
        assert!(outcome.error.is_some(), "{name}");
    }
}

/// IO-06, HS-V-27: and a client's.
#[test]
fn a_client_from_its_first_byte_on_is_the_same_in_every_cut() {
    let client = || connecting_client(Config::new(), &mut Vec::new());
    let mut request = Vec::new();
    connecting_client(Config::new(), &mut request);
    let server = run(Connection::server(Config::new()), &request, &[]);
    let answer = String::from_utf8(server.out).expect("a head");
    let frames = frames(&[(0x81, b"Hello"), (0x89, b"p"), (0x88, b"\x03\xe8bye")]);
    let interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    for start in ["", interim] {
        let wire = [start.as_bytes(), answer.as_bytes(), &frames].concat();
        let outcome = same_in_every_cut("answer and frames", client, &wire);
        assert_eq!(outcome.seen.len(), 4);
        assert_eq!(
            outcome.close_status, None,
            "the end of the transport is due"
        );
    }
    for (name, answer, fails) in [
        ("half an answer", &answer[..60], false),
        ("accept", &answer.replace("Accept: ", "Accept: x"), true),
        ("no http", "SSH-2.0-OpenSSH_9.9\r\n\r\n", true),
        ("interim for ever", &interim.repeat(9), true),
    ] {
        let outcome = same_in_every_cut(name, client, answer.as_bytes());
        assert_eq!(outcome.error.is_some(), fails, "{name}");
    }
}

/// What follows a refusal is passed on as it comes: only its pieces depend on
/// the reads.
#[test]
fn the_body_of_a_refusal_is_whole_in_every_cut() {
    let wire = b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nHello";
    for step in 1..=wire.len() {
        let mut conn = connecting_client(Config::new(), &mut Vec::new());
        let (mut heads, mut body) = (0, Vec::new());
        for piece in wire.chunks(step) {
            let mut read = piece.to_vec();
            let mut input = Input::new(&mut read);
            while let Some(event) = conn.receive(&mut input, &mut Vec::new()).expect("http") {
                match event {
                    Event::Refused(head) => {
                        assert_eq!(head.status(), 404);
                        heads += 1;
                    }
                    Event::Body(bytes) => {
                        assert!(!bytes.is_empty());
                        body.extend_from_slice(&bytes);
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
        assert_eq!((heads, &body[..]), (1, &b"Hello"[..]), "by {step}");
    }
}

/// SEED-04: lengths of every form, byte by byte.
#[test]
fn lengths_of_every_form_arrive_byte_by_byte() {
    for role in [Role::Client, Role::Server] {
        for length in [0, 125, 126, 300, 65_535, 65_536, 70_000] {
            let text = "x".repeat(length);
            let wire = on_wire(role, &frame(0x81, text.as_bytes()));
            let cuts: Vec<_> = (1..wire.len()).collect();
            let outcome = run(open(role, Config::new()), &wire, &cuts);
            assert_eq!(outcome.seen, [Seen::Text(text)]);
        }
    }
}
