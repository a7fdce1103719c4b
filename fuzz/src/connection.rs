//! A connection that is fed what a stranger sends, in both roles: whatever the
//! pieces and the way of delivery, the same happens.

use core::time::Duration;

use websocket_proto::handshake::{
    Acceptance, Agreement, ClientRequest, HeadLimits, RequestHead, Response, ResponseHead,
    accept_key,
};
use websocket_proto::{
    CloseStatus, Config, Connection, Delivery, Error, Event, Input, MessageKind, Reply, Role, Seed,
    State, Uri,
};

use super::choices::{Choices, Cuts};
use super::events::{Collector, Item};
use super::reference::{Frame, Frames};

/// Input: flags, limits, three piece sizes, then what the peer sends.
pub fn run(data: &[u8]) {
    let mut choices = Choices::new(data);
    let flags = choices.byte();
    let plan = Plan {
        start: match flags & 3 {
            0 => Start::Upgraded,
            1 => Start::Handshake,
            2 => Start::Accepted,
            _ => Start::Rejecting,
        },
        is_quiet: flags & 4 != 0,
        limits: choices.byte(),
    };
    let cuts = Cuts::choose(&mut choices);
    let stream = choices.rest();
    for role in [Role::Server, Role::Client] {
        let whole = plan.play(role, Delivery::Messages, stream, Cuts::WHOLE);
        let batch = plan.play_by(
            Player::feed_batch,
            role,
            Delivery::Messages,
            stream,
            Cuts::WHOLE,
        );
        batch.assert_like(&whole);
        let pieces = plan.play(role, Delivery::Chunks, stream, Cuts::WHOLE);
        pieces.assert_like(&whole);
        for cuts in cuts.and_single_bytes(stream) {
            for delivery in [Delivery::Messages, Delivery::Chunks] {
                let cut = plan.play(role, delivery, stream, cuts);
                cut.assert_like(&whole);
                if delivery == Delivery::Chunks {
                    cut.assert_same_rest(&pieces);
                }
            }
        }
        if plan.start == Start::Upgraded && !plan.is_quiet {
            plan.play_split(role, stream, cuts, &whole);
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Plan {
    start: Start,
    /// Nothing is answered automatically.
    is_quiet: bool,
    limits: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// Other software did the handshake.
    Upgraded,
    /// The stream begins with the peer's part of the handshake.
    Handshake,
    /// As before, and a valid one is put in front of it.
    Accepted,
    /// As `Handshake`, and a server refuses every request.
    Rejecting,
}

#[derive(Debug)]
struct Transcript {
    items: Vec<Item>,
    error: Option<Error>,
    end: Result<(), Error>,
    status: Option<CloseStatus>,
    was_clean: bool,
    output: Vec<u8>,
    /// What came after a refusal.
    body: Vec<u8>,
    /// The start of a message that did not end.
    rest: Option<(MessageKind, Vec<u8>)>,
}

impl Transcript {
    fn assert_like(&self, other: &Self) {
        assert_eq!(self.items, other.items);
        assert_eq!(self.error, other.error);
        assert_eq!(self.end, other.end);
        assert_eq!(self.status, other.status);
        assert_eq!(self.was_clean, other.was_clean);
        assert_eq!(self.body, other.body);
        assert_eq!(self.output, other.output);
    }

    /// Both delivered in fragments, of which all that come before an error are
    /// delivered, however the input is cut.
    fn assert_same_rest(&self, other: &Self) {
        assert_eq!(self.rest, other.rest);
    }
}

const SEED: [u8; 32] = [7; 32];
const ACCEPTABLE: &[u8] = b"GET /path?query HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// The longest automatic Pong, masked.
const PONG: usize = 2 + 4 + 125;
/// The longest last word: a Close, or the refusal of a request.
const LAST: usize = 512;

impl Plan {
    fn config(self, delivery: Delivery) -> Config {
        let index = |shift: u8| usize::from(self.limits >> shift) & 3;
        Config::new()
            .delivery(delivery)
            .auto_pong(!self.is_quiet)
            .auto_close(!self.is_quiet)
            .max_frame([1 << 24, 125, 3, 1 << 40][index(0)])
            .max_message([1 << 26, 300, 0, 1 << 40][index(2)])
            .max_fragments([1 << 17, 3, 1, 0][index(4)])
            .output_mark(self.mark())
            .max_head([16 << 10, 16 << 10, usize::MAX, 120][index(6)])
            .max_headers([100, 100, usize::MAX, 6][index(6)])
            .handshake_timeout(Duration::from_secs(10))
    }

    fn mark(self) -> usize {
        [1 << 16, 150, 0, 1 << 16][usize::from(self.limits >> 6)]
    }

    fn play(self, role: Role, delivery: Delivery, stream: &[u8], cuts: Cuts) -> Transcript {
        self.play_by(Player::feed_either, role, delivery, stream, cuts)
    }

    fn play_by(
        self,
        feed: impl Fn(&mut Player, &mut [u8]),
        role: Role,
        delivery: Delivery,
        stream: &[u8],
        cuts: Cuts,
    ) -> Transcript {
        let config = self.config(delivery);
        let mut output = Vec::new();
        let mut stream = stream.to_vec();
        let connection = match (role, self.start) {
            (_, Start::Upgraded) => upgraded(role, config),
            (Role::Server, start) => {
                if start == Start::Accepted {
                    stream.splice(..0, ACCEPTABLE.iter().copied());
                }
                Connection::server(config)
            }
            (Role::Client, start) => {
                let uri = Uri::parse("ws://example.com/").expect("a valid URI");
                let request = ClientRequest::new(&uri).subprotocol("chat");
                let connection =
                    Connection::client(config, &request, Seed::from(SEED), &mut output)
                        .expect("a valid request");
                if start == Start::Accepted {
                    stream.splice(..0, acceptance(&output));
                }
                connection
            }
        };
        let mut player = Player {
            connection,
            rejects: self.start == Start::Rejecting,
            mark: self.mark(),
            frames_from: output.len(),
            output,
            items: Vec::new(),
            collector: Collector::default(),
            error: None,
            fed: 0,
        };
        for piece in cuts.of(&mut stream) {
            feed(&mut player, piece);
        }
        player.finish(role)
    }

    /// The two halves on their own deliver and answer the same.
    fn play_split(self, role: Role, stream: &[u8], cuts: Cuts, expected: &Transcript) {
        let connection = upgraded(role, self.config(Delivery::Messages));
        let (mut receiver, mut sender) = connection.split().expect("an open connection");
        let mut stream = stream.to_vec();
        let mut output = Vec::new();
        let mut items = Vec::new();
        let mut collector = Collector::default();
        let mut failed = None;
        for piece in cuts.of(&mut stream) {
            let mut input = Input::new(piece);
            loop {
                match receiver.receive(&mut input) {
                    Ok(Some(event)) => {
                        if let Some(reply) = Reply::to_event(&event) {
                            sender.send_reply(&reply, &mut output);
                        }
                        items.extend(collector.take(&event));
                    }
                    Ok(None) => break,
                    Err(error) => {
                        sender.send_reply(&Reply::to_error(error), &mut output);
                        failed = Some(error);
                        break;
                    }
                }
            }
        }
        assert_eq!(items, expected.items);
        assert_eq!(failed, expected.error);
        assert_eq!(receiver.receive_eof(), expected.end);
        assert_eq!(receiver.close_status(), expected.status);
        assert_eq!(output, expected.output);
    }
}

fn upgraded(role: Role, config: Config) -> Connection {
    match role {
        Role::Server => Connection::upgraded_server(config, Agreement::default()),
        Role::Client => Connection::upgraded_client(config, Agreement::default(), Seed::from(SEED)),
    }
}

/// The answer to the request in `output`.
fn acceptance(output: &[u8]) -> Vec<u8> {
    let head = RequestHead::parse(output, HeadLimits::default()).expect("the crate's own request");
    let key = head.headers().first("Sec-WebSocket-Key").expect("a key");
    let mut answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
        Connection: Upgrade\r\nSec-WebSocket-Accept: "
        .to_vec();
    answer.extend_from_slice(&accept_key(key));
    answer.extend_from_slice(b"\r\n\r\n");
    answer
}

struct Player {
    connection: Connection,
    rejects: bool,
    mark: usize,
    /// From where on the output consists of automatic frames.
    frames_from: usize,
    output: Vec<u8>,
    items: Vec<Item>,
    collector: Collector,
    error: Option<Error>,
    /// How many pieces there were.
    fed: usize,
}

impl Player {
    /// As slice and as batch in turn, the first as a slice.
    fn feed_either(&mut self, piece: &mut [u8]) {
        self.fed += 1;
        match self.fed % 2 {
            0 => self.feed_batch(piece),
            _ => self.feed(&mut Input::one_by_one(piece)),
        }
    }

    fn feed_batch(&mut self, piece: &mut [u8]) {
        self.feed(&mut Input::new(piece));
    }

    fn feed(&mut self, input: &mut Input<'_>) {
        let was_over = self.is_over();
        let before = self.output.len();
        loop {
            match self.connection.receive(input, &mut self.output) {
                Ok(Some(event)) => {
                    assert!(!was_over, "an event after the end: {event:?}");
                    self.items.extend(self.collector.take(&event));
                    self.answer(event);
                }
                Ok(None) => {
                    assert!(input.is_empty(), "input left over");
                    assert_eq!(self.error, None, "the error is gone");
                    break;
                }
                Err(error) => {
                    assert!(input.is_empty(), "input left over after an error");
                    assert_eq!(*self.error.get_or_insert(error), error, "another error");
                    break;
                }
            }
        }
        if was_over {
            assert_eq!(self.output.len(), before, "output after the end");
        }
        // Pongs are written while the output is below its mark.
        let most = self.frames_from.max(self.mark) + PONG + LAST;
        assert!(
            self.output.len() <= most,
            "the output grows without bound: {} bytes",
            self.output.len()
        );
    }

    fn is_over(&self) -> bool {
        self.error.is_some() || matches!(self.items.last(), Some(Item::Close(_)))
    }

    fn answer(&mut self, event: Event<'_>) {
        let expected = match event {
            Event::Request(_) if self.rejects => {
                let answer = Response::new(403).body("no");
                self.connection
                    .reject(&answer, &mut self.output)
                    .expect("rejecting");
                State::Closed
            }
            Event::Request(request) => {
                let acceptance = Acceptance::new().header("X-Test", "1");
                self.connection
                    .accept(&request, &acceptance, &mut self.output)
                    .expect("accepting");
                State::Open
            }
            Event::Http(_) => {
                let answer = Response::new(200).body("page");
                self.connection
                    .respond(&answer, &mut self.output)
                    .expect("responding");
                State::Closed
            }
            Event::Open(_) => State::Open,
            Event::Refused(_) => State::Closed,
            _ => return,
        };
        assert_eq!(self.connection.state(), expected);
        self.frames_from = self.output.len();
    }

    fn finish(mut self, role: Role) -> Transcript {
        let before = self.output.len();
        let end = self.connection.receive_eof();
        assert_eq!(self.connection.state(), State::Closed);
        assert!(!self.connection.wants_write());
        assert_eq!(self.connection.poll_timeout(), None);
        if self.error.is_some() {
            assert_eq!(end.err(), self.error, "the error is gone");
        }
        let was_clean = self.connection.was_clean();
        assert!(end.is_ok() || !was_clean);
        // Nothing is possible any more, and nothing is emitted.
        let mut late = [0x89, 0x00];
        let outcome = self
            .connection
            .receive(&mut Input::new(&mut late), &mut self.output);
        match outcome {
            Ok(None) => assert!(end.is_ok()),
            Ok(Some(event)) => panic!("an event after the end of the stream: {event:?}"),
            Err(error) => assert_eq!(end, Err(error)),
        }
        let sent = self.connection.send_text("late", &mut self.output);
        assert!(sent.is_err());
        assert_eq!(self.output.len(), before, "output after the end");
        self.check_output(role);
        Transcript {
            items: self.items,
            error: self.error,
            end,
            status: self.connection.close_status(),
            was_clean,
            output: self.output,
            body: self.collector.body,
            rest: self.collector.partial,
        }
    }

    /// The output is what the peer may receive: whole frames, the last of them
    /// a Close if there is one; or a refusal.
    fn check_output(&self, role: Role) {
        let output = &self.output[self.frames_from..];
        let peer = match (role, self.error) {
            (Role::Server, Some(Error::Request(error))) => {
                return check_refusal(output, error.status());
            }
            (Role::Server, _) => Role::Client,
            (Role::Client, _) => Role::Server,
        };
        let mut frames = Frames::new(output, peer, 0);
        let mut closed = false;
        while let Some(frame) = frames.read().expect("valid frames") {
            assert!(frame.is_complete() && !closed);
            closed = frame.opcode == 8;
            self.check_reply(&frame);
        }
        assert!(frames.rest.is_empty(), "half a frame");
        let code = self.error.and_then(|error| error.close_code());
        assert!(closed || code.is_none(), "no Close for an error");
    }

    fn check_reply(&self, reply: &Frame) {
        match reply.opcode {
            8 => {
                let expected = match (self.error, self.items.last()) {
                    (Some(error), _) => error.close_code().map(|code| code.value()),
                    (None, Some(Item::Close(frame))) => frame.as_ref().map(|(code, _)| *code),
                    other => panic!("a Close out of nothing: {other:?}"),
                };
                let code = reply.payload.first_chunk().copied();
                assert_eq!(code.map(u16::from_be_bytes), expected);
            }
            10 => {
                let ping = Item::Ping(reply.payload.clone());
                assert!(self.items.contains(&ping), "a Pong to no Ping");
            }
            other => panic!("an automatic frame with opcode {other}"),
        }
    }
}

fn check_refusal(output: &[u8], status: u16) {
    let end = output
        .windows(4)
        .position(|bytes| bytes == b"\r\n\r\n")
        .expect("an HTTP answer")
        + 4;
    let head =
        ResponseHead::parse(&output[..end], HeadLimits::default()).expect("a well-formed answer");
    assert_eq!(head.status(), status);
    let length = head.headers().first("Content-Length").expect("a length");
    assert_eq!(length, (output.len() - end).to_string().as_bytes());
}
