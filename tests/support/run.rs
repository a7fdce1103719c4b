//! A connection fed with bytes, whole and in pieces.

use websocket_proto::handshake::Agreement;
use websocket_proto::{
    ChunkData, CloseStatus, Config, Connection, Error, Event, Input, MessageKind, Role, Seed, State,
};

use super::wire::{Sent, on_wire, sent};

/// A server's connection after its handshake.
pub(crate) fn server(config: Config) -> Connection {
    Connection::upgraded_server(config, Agreement::default())
}

/// A client's connection after its handshake, with the same keys each time.
pub(crate) fn client(config: Config) -> Connection {
    Connection::upgraded_client(config, Agreement::default(), Seed::from([7; 32]))
}

/// An open connection of either role.
pub(crate) fn open(role: Role, config: Config) -> Connection {
    match role {
        Role::Client => client(config),
        Role::Server => server(config),
    }
}

/// An event, owned and comparable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    Text(String),
    Binary(Vec<u8>),
    Chunk {
        kind: MessageKind,
        bytes: Vec<u8>,
        first: bool,
        last: bool,
    },
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<(u16, String)>),
    /// Of the opening handshake, which has tests of its own.
    Other(String),
}

impl From<Event<'_>> for Seen {
    fn from(event: Event<'_>) -> Self {
        match event {
            Event::Text(text) => Self::Text(text.into_owned()),
            Event::Binary(bytes) => Self::Binary(bytes.into_owned()),
            Event::Chunk(chunk) => Self::Chunk {
                kind: chunk.data.kind(),
                bytes: match chunk.data {
                    ChunkData::Text(text) => text.into_owned().into_bytes(),
                    ChunkData::Binary(bytes) => bytes.into_owned(),
                },
                first: chunk.first,
                last: chunk.last,
            },
            Event::Ping(payload) => Self::Ping(payload.into_owned()),
            Event::Pong(payload) => Self::Pong(payload.into_owned()),
            Event::Close(frame) => {
                Self::Close(frame.map(|frame| (frame.code.value(), frame.reason.into_owned())))
            }
            // `Debug` shows no payload.
            Event::Body(piece) => Self::Other(format!("Body({piece:?})")),
            other => Self::Other(format!("{other:?}")),
        }
    }
}

/// Feeds one read and returns its events, checking the contract of `receive`:
/// `None` and an error both leave no input.
pub(crate) fn feed(
    connection: &mut Connection,
    bytes: &[u8],
    out: &mut Vec<u8>,
) -> (Vec<Seen>, Option<Error>) {
    let mut read = bytes.to_vec();
    let mut input = Input::new(&mut read);
    let mut events = Vec::new();
    loop {
        match connection.receive(&mut input, out) {
            Ok(Some(event)) => events.push(event.into()),
            Ok(None) => {
                assert!(input.is_empty(), "`None` with input left");
                return (events, None);
            }
            Err(error) => {
                assert!(input.is_empty(), "an error with input left");
                return (events, Some(error));
            }
        }
    }
}

/// What a connection made of its input.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) connection: Connection,
    pub(crate) events: Vec<Seen>,
    pub(crate) error: Option<Error>,
    pub(crate) out: Vec<u8>,
    /// How many bytes had been fed when the error came.
    pub(crate) failed_at: Option<usize>,
}

impl Run {
    fn new(mut connection: Connection, wire: &[u8], cuts: &[usize]) -> Self {
        let (mut events, mut error, mut out) = (Vec::new(), None, Vec::new());
        let (mut start, mut failed_at) = (0, None);
        for end in cuts.iter().copied().chain([wire.len()]) {
            let (seen, result) = feed(&mut connection, &wire[start..end], &mut out);
            if error.is_some() {
                assert_eq!((&seen[..], result), (&[][..], error), "after an error");
            } else {
                failed_at = result.map(|_| end);
                error = result;
                events.extend(seen);
            }
            start = end;
        }
        Self {
            connection,
            events: joined(events),
            error,
            out,
            failed_at,
        }
    }

    /// The frames sent in reply.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        sent(self.connection.role(), &self.out)
    }

    /// The events, where there was no error.
    #[track_caller]
    pub(crate) fn events(&self) -> &[Seen] {
        assert_eq!(self.error, None);
        &self.events
    }

    /// Checks that the connection has failed as RFC 6455 section 7.1.7 wants
    /// it: one Close with this code, sent last; nothing more received or sent;
    /// closed, not cleanly, with the local code 1006.
    #[track_caller]
    pub(crate) fn assert_failed(mut self, code: u16) -> Self {
        let error = self.error.expect("the connection to fail");
        assert_eq!(error.close_code().map(|code| code.value()), Some(code));
        let sent = self.sent();
        let closes = sent.iter().filter(|frame| frame.first & 0x0f == 0x8);
        assert_eq!(closes.count(), 1, "{sent:?}");
        assert_eq!(
            sent.last().and_then(Sent::close_code),
            Some(code),
            "{sent:?}"
        );
        assert_eq!(self.connection.state(), State::Closed);
        assert_eq!(self.connection.close_status(), Some(CloseStatus::Abnormal));
        assert!(!self.connection.was_clean());

        let length = self.out.len();
        let more = on_wire(self.connection.role(), &[0x81, 1, b'x', 0x89, 0, 0x88, 0]);
        let after = feed(&mut self.connection, &more, &mut self.out);
        assert_eq!(after, (Vec::new(), Some(error)), "the error is to stay");
        assert!(self.connection.send_text("x", &mut self.out).is_err());
        assert_eq!(self.out.len(), length, "nothing follows the Close");
        self
    }
}

/// Feeds unmasked frames, masked where a server receives them, to an open
/// connection: whole, byte by byte and split in two at every position, which
/// all must come to the same. Returns the byte by byte run, whose `failed_at`
/// is exact.
#[track_caller]
pub(crate) fn received(role: Role, config: Config, unmasked: &[u8]) -> Run {
    cuts(|| open(role, config), &on_wire(role, unmasked))
}

/// As [`received`], for bytes exactly as they are on the wire.
#[track_caller]
pub(crate) fn cuts(connection: impl Fn() -> Connection, wire: &[u8]) -> Run {
    let single: Vec<_> = (1..wire.len()).collect();
    let single = Run::new(connection(), wire, &single);
    let splits = (0..wire.len()).filter(|at| {
        // Of what is long, the edges and a sample in between.
        wire.len() <= 600 || *at < 40 || *at > wire.len() - 20 || at % 8191 == 0
    });
    let whole = Run::new(connection(), wire, &[]);
    for (run, how) in splits
        .map(|at| {
            (
                Run::new(connection(), wire, &[at]),
                format!("split at {at}"),
            )
        })
        .chain([(whole, "whole".to_owned())])
    {
        assert_eq!(run.events, single.events, "{how}");
        assert_eq!(run.error, single.error, "{how}");
        assert_eq!(run.out, single.out, "{how}");
        assert_eq!(
            (run.connection.state(), run.connection.close_status()),
            (single.connection.state(), single.connection.close_status()),
            "{how}"
        );
    }
    single
}

/// Pieces of a message that follow each other made one, since reads cut them.
fn joined(events: Vec<Seen>) -> Vec<Seen> {
    let mut joined: Vec<Seen> = Vec::new();
    for event in events {
        match (joined.last_mut(), event) {
            (
                Some(Seen::Chunk {
                    kind,
                    bytes,
                    last: last @ false,
                    ..
                }),
                Seen::Chunk {
                    kind: next,
                    bytes: more,
                    first,
                    last: end,
                },
            ) => {
                assert!(!first, "a message begins within another");
                assert_eq!(*kind, next, "a message changes its kind");
                bytes.extend(more);
                *last = end;
            }
            (_, event) => joined.push(event),
        }
    }
    joined
}
