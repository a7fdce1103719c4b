//! Both ends of a connection in memory: frames by hand, and what comes out as
//! values that can be compared.
//!
//! Nothing here uses the crate's own frame code, so that it cannot share its
//! mistakes.

#![allow(
    dead_code,
    reason = "each test binary uses the part of it that it needs"
)]

use websocket_proto::handshake::Agreement;
use websocket_proto::{
    Config, Connection, Error, Event, FragmentData, MessageKind, Output, Role, Seed,
};

pub const BOTH: [Role; 2] = [Role::Client, Role::Server];

/// The masking key of the examples in RFC 6455.
pub const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

pub const CONTINUATION: u8 = 0x80;
pub const TEXT: u8 = 0x81;
pub const BINARY: u8 = 0x82;
pub const CLOSE: u8 = 0x88;
pub const PING: u8 = 0x89;
pub const PONG: u8 = 0x8a;
/// To be taken away from the first byte of a frame that is not the last.
pub const FIN: u8 = 0x80;

pub const REQUEST: &str = "GET /chat HTTP/1.1\r\n\
    Host: server.example.com\r\n\
    Upgrade: websocket\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\n\r\n";

/// The answer to [`REQUEST`].
pub const RESPONSE: &str = "HTTP/1.1 101 Switching Protocols\r\n\
    Upgrade: websocket\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

pub fn seed(number: u8) -> Seed {
    Seed::from([number; 32])
}

/// An open connection, without the opening handshake.
pub fn open(role: Role, config: Config) -> Connection {
    match role {
        Role::Client => Connection::upgraded_client(config, Agreement::default(), seed(7)),
        Role::Server => Connection::upgraded_server(config, Agreement::default()),
    }
}

pub const fn peer(role: Role) -> Role {
    match role {
        Role::Client => Role::Server,
        Role::Server => Role::Client,
    }
}

/// A whole frame as `role` has to receive it.
pub fn frame(role: Role, first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = header(role, first, payload.len() as u64);
    match role {
        Role::Client => bytes.extend_from_slice(payload),
        Role::Server => bytes.extend(mask(KEY, payload)),
    }
    bytes
}

/// The header of a frame that announces `length` bytes.
pub fn header(role: Role, first: u8, length: u64) -> Vec<u8> {
    let masked = if role == Role::Server { 0x80 } else { 0 };
    let mut bytes = vec![first];
    match length {
        0..=125 => bytes.push(masked | length as u8),
        126..=0xffff => {
            bytes.push(masked | 126);
            bytes.extend((length as u16).to_be_bytes());
        }
        _ => {
            bytes.push(masked | 127);
            bytes.extend(length.to_be_bytes());
        }
    }
    if role == Role::Server {
        bytes.extend(KEY);
    }
    bytes
}

/// A Close frame as `role` has to receive it.
pub fn close(role: Role, code: u16, reason: &str) -> Vec<u8> {
    frame(role, CLOSE, &close_payload(code, reason))
}

pub fn close_payload(code: u16, reason: &str) -> Vec<u8> {
    [&code.to_be_bytes()[..], reason.as_bytes()].concat()
}

fn mask(key: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let keys = key.iter().cycle();
    payload.iter().zip(keys).map(|(a, b)| a ^ b).collect()
}

/// The frames that `role` sent, as their first byte and their payload.
///
/// # Panics
///
/// Where the bytes are not whole frames, masked as that role must.
pub fn frames(role: Role, mut bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut frames = Vec::new();
    while let [first, second, rest @ ..] = bytes {
        assert_eq!(second & 0x80 != 0, role == Role::Client, "masked");
        let (length, rest) = match second & 0x7f {
            126 => {
                let (length, rest) = rest.split_first_chunk().expect("a length");
                (u64::from(u16::from_be_bytes(*length)), rest)
            }
            127 => {
                let (length, rest) = rest.split_first_chunk().expect("a length");
                (u64::from_be_bytes(*length), rest)
            }
            short => (u64::from(short), rest),
        };
        let (key, rest) = match role {
            Role::Client => {
                let (key, rest) = rest.split_first_chunk().expect("a key");
                (*key, rest)
            }
            Role::Server => ([0; 4], rest),
        };
        let (payload, rest) = rest.split_at_checked(length as usize).expect("a payload");
        frames.push((*first, mask(key, payload)));
        bytes = rest;
    }
    assert!(bytes.is_empty(), "a frame was cut: {bytes:02x?}");
    frames
}

/// The code of the only frame that `role` sent, which has to be a Close;
/// `None` for an empty one.
pub fn only_close(role: Role, bytes: &[u8]) -> Option<u16> {
    let frames = frames(role, bytes);
    let [(CLOSE, payload)] = &frames[..] else {
        panic!("not one Close: {frames:02x?}");
    };
    match &payload[..] {
        [] => None,
        [a, b, reason @ ..] => {
            std::str::from_utf8(reason).expect("a reason in UTF-8");
            Some(u16::from_be_bytes([*a, *b]))
        }
        [_] => panic!("a Close of one byte"),
    }
}

/// An event that borrows nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    Request(String),
    Http(String),
    Open(u16),
    Refused(u16),
    Body(Vec<u8>),
    Text(String),
    Binary(Vec<u8>),
    Fragment {
        kind: MessageKind,
        bytes: Vec<u8>,
        first: bool,
        last: bool,
    },
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<(u16, String)>),
}

impl Seen {
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    pub fn close(code: u16, reason: &str) -> Self {
        Self::Close(Some((code, reason.into())))
    }
}

impl From<Event<'_>> for Seen {
    fn from(event: Event<'_>) -> Self {
        match event {
            Event::Request(request) => Self::Request(request.target().into()),
            Event::Http(head) => Self::Http(head.target().into()),
            Event::Open(head) => Self::Open(head.status()),
            Event::Refused(head) => Self::Refused(head.status()),
            Event::Body(bytes) => Self::Body(bytes.into()),
            Event::Text(text) => Self::Text(text.into_owned()),
            Event::Binary(bytes) => Self::Binary(bytes.into_owned()),
            Event::Fragment(fragment) => {
                // What borders a piece has must not show in its bytes.
                if let FragmentData::Text(text) = &fragment.data {
                    assert_eq!(text.as_bytes(), fragment.data.as_bytes());
                }
                Self::Fragment {
                    kind: fragment.data.kind(),
                    bytes: fragment.data.as_bytes().into(),
                    first: fragment.first,
                    last: fragment.last,
                }
            }
            Event::Ping(payload) => Self::Ping(payload.into_owned()),
            Event::Pong(payload) => Self::Pong(payload.into_owned()),
            Event::Close(frame) => Self::Close(
                frame.map(|frame| (frame.code.value(), frame.reason.into_owned())),
            ),
            other => panic!("an event of a new kind: {other:?}"),
        }
    }
}

/// Gives `bytes` to the connection in one piece and takes every event.
///
/// # Panics
///
/// Where input is left over.
pub fn receive(
    conn: &mut Connection,
    bytes: &[u8],
    out: &mut impl Output,
) -> (Vec<Seen>, Option<Error>) {
    let mut bytes = bytes.to_vec();
    let mut input = &mut bytes[..];
    let mut seen = Vec::new();
    let error = loop {
        match conn.receive(&mut input, out) {
            Ok(Some(event)) => seen.push(event.into()),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    assert!(input.is_empty(), "input left over");
    (seen, error)
}

/// As [`receive`], where no error is expected.
pub fn events(conn: &mut Connection, bytes: &[u8], out: &mut impl Output) -> Vec<Seen> {
    let (seen, error) = receive(conn, bytes, out);
    assert_eq!(error, None, "after {seen:?}");
    seen
}

/// As [`receive`], where an error and no event is expected.
pub fn failure(conn: &mut Connection, bytes: &[u8], out: &mut impl Output) -> Error {
    let (seen, error) = receive(conn, bytes, out);
    assert_eq!(seen, []);
    error.expect("an error")
}
