//! What is done to a connection and to its [reference](super::reference): a
//! script of operations, made from random bytes, and the comparison after each
//! of them.

use websocket_proto::handshake::Agreement;
use websocket_proto::{
    CloseCode, Config, Connection, Delivery, Error, Event, Input, MessageKind, Output, Role, Seed,
    SendError,
};

use super::reference::{Frame, Reference, Seen, Settings};

/// Random bytes read as decisions; when they run out, everything is zero.
pub(crate) struct Dice<'a>(&'a [u8]);

impl<'a> Dice<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn byte(&mut self) -> u8 {
        let Some((byte, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *byte
    }

    fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.byte()).collect()
    }

    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::from(self.byte()) % choices.len()]
    }
}

/// An output of fixed capacity that remembers what was written to the
/// transport.
struct Bounded {
    bytes: Vec<u8>,
    capacity: usize,
    wire: Vec<u8>,
}

impl Output for Bounded {
    fn buffered(&self) -> usize {
        self.bytes.len()
    }

    fn available(&self) -> usize {
        self.capacity - self.bytes.len()
    }

    fn append(&mut self, bytes: &[u8]) -> &mut [u8] {
        assert!(bytes.len() <= self.available());
        Output::append(&mut self.bytes, bytes)
    }
}

impl Bounded {
    fn drain(&mut self) {
        self.wire.append(&mut self.bytes);
    }
}

/// Runs the script that `bytes` describe.
///
/// # Panics
///
/// Where the connection does not do what the reference does.
pub(crate) fn run(bytes: &[u8]) {
    let mut dice = Dice::new(bytes);
    let settings = Settings {
        role: dice.pick(&[Role::Server, Role::Client]),
        max_frame: dice.pick(&[1 << 20, 3, 20]),
        max_message: dice.pick(&[1 << 20, 5, 50]),
        max_fragments: dice.pick(&[1000, 2, 5]),
        output_mark: dice.pick(&[1 << 20, 0, 40]),
        auto_pong: !dice.flag(),
        auto_close: !dice.flag(),
        pong_after_close: dice.flag(),
        deliver_while_closing: !dice.flag(),
    };
    let delivery = dice.pick(&[Delivery::Messages, Delivery::Chunks]);
    let capacity = dice.pick(&[1 << 20, 300, 20, 0, 7]);
    let mut script = Script {
        connection: connect(&settings, delivery),
        reference: Reference::new(settings),
        out: Bounded {
            bytes: Vec::new(),
            capacity,
            wire: Vec::new(),
        },
        under_way: Vec::new(),
        in_batches: false,
        role: settings.role,
    };
    while !dice.is_empty() {
        script.step(&mut dice);
        script.compare();
    }
    script.finish();
}

fn connect(settings: &Settings, delivery: Delivery) -> Connection {
    let config = Config::new()
        .max_frame(settings.max_frame)
        .max_message(settings.max_message)
        .max_fragments(settings.max_fragments)
        .output_mark(settings.output_mark)
        .auto_pong(settings.auto_pong)
        .auto_close(settings.auto_close)
        .pong_after_close(settings.pong_after_close)
        .deliver_while_closing(settings.deliver_while_closing)
        .delivery(delivery);
    let agreement = Agreement::default();
    match settings.role {
        Role::Server => Connection::upgraded_server(config, agreement),
        Role::Client => Connection::upgraded_client(config, agreement, Seed::from([1; 32])),
    }
}

struct Script {
    connection: Connection,
    reference: Reference,
    out: Bounded,
    /// What was delivered in pieces of a message that has not ended.
    under_way: Vec<u8>,
    /// Whether the last read was given as a batch; the next one is not then.
    in_batches: bool,
    role: Role,
}

impl Script {
    fn step(&mut self, dice: &mut Dice<'_>) {
        let capacity = self.out.capacity;
        match dice.byte() % 16 {
            0..=6 => {
                let bytes = self.incoming(dice);
                self.receive(&bytes);
            }
            7 => {
                let length = usize::from(dice.byte()) % 40;
                let bytes = dice.bytes(length);
                self.receive(&bytes);
            }
            8 => {
                let text = dice.pick(&["", "Hello", "häh?", "0123456789012345678901234567890123"]);
                let expected = self
                    .reference
                    .send(MessageKind::Text, text.as_bytes(), capacity);
                self.sent(expected, |connection, out| connection.send_text(text, out));
            }
            9 => {
                let length = dice.pick(&[0, 1, 125, 126, 200, 70_000]);
                let bytes = vec![dice.byte(); length];
                let expected = self.reference.send(MessageKind::Binary, &bytes, capacity);
                self.sent(expected, |connection, out| {
                    connection.send_binary(&bytes, out)
                });
            }
            10 | 11 => {
                let kind = dice.pick(&[MessageKind::Text, MessageKind::Binary]);
                let bytes = dice.pick(&[&b"a"[..], b"", b"\xe2\x82", b"\xac", b"\xff", b"bcd"]);
                let last = dice.flag();
                let expected = self.reference.send_fragment(kind, bytes, last, capacity);
                self.sent(expected, |connection, out| {
                    connection.send_fragment(kind, bytes, last, out)
                });
            }
            12 => {
                let payload = vec![dice.byte(); dice.pick(&[0, 3, 125, 126])];
                let ping = dice.flag();
                let first = if ping { 0x89 } else { 0x8A };
                let expected = self.reference.send_control(first, &payload, capacity);
                self.sent(expected, |connection, out| match ping {
                    true => connection.send_ping(&payload, out),
                    false => connection.send_pong(&payload, out),
                });
            }
            13 => match dice.byte() % 8 {
                0 | 1 => self.close(dice),
                2 => assert_eq!(self.connection.receive_eof(), self.reference.eof()),
                _ => {}
            },
            14 => {
                self.out.drain();
                self.reference.drain();
            }
            _ => {
                self.connection.poll_transmit(&mut self.out);
                self.reference.transmit(capacity);
            }
        }
    }

    fn close(&mut self, dice: &mut Dice<'_>) {
        let code = dice.pick(&[CloseCode::NORMAL, CloseCode::MANDATORY_EXTENSION]);
        let long = "r".repeat(124);
        let reason = dice.pick(&["", "bye", &long]);
        let frame = dice.pick(&[Some((code, reason)), None]);
        let expected = self.reference.send_close(frame, self.out.capacity);
        self.sent(expected, |connection, out| match frame {
            Some((code, reason)) => connection.send_close(code, reason, out),
            None => connection.send_empty_close(out),
        });
    }

    /// Mostly valid frames, so that scripts get far.
    fn incoming(&mut self, dice: &mut Dice<'_>) -> Vec<u8> {
        let first = dice.pick(&[
            0x81, 0x82, 0x01, 0x02, 0x00, 0x80, 0x89, 0x8A, 0x81, 0x01, 0x00, 0x80, 0x88, 0xC1,
            0x83,
        ]);
        let payload = match dice.byte() % 8 {
            0 => Vec::new(),
            1 => b"Hello".to_vec(),
            2 => "κόσμε".as_bytes()[..usize::from(dice.byte()) % 11].to_vec(),
            3 => b"\xb9\xcf".to_vec(),
            4 => dice
                .pick(&[1000_u16, 1005, 4999, 999])
                .to_be_bytes()
                .to_vec(),
            5 => vec![b'x'; usize::from(dice.byte())],
            6 => dice.bytes(3),
            _ => b"\x03\xe8bye".to_vec(),
        };
        let key = dice.pick(&[[0; 4], [0x37, 0xfa, 0x21, 0x3d]]);
        let masked = (self.role == Role::Server) != (dice.byte() % 64 == 63);
        let mut bytes = vec![first];
        let bit = if masked { 0x80 } else { 0 };
        match payload.len() {
            length @ ..=125 => bytes.push(bit | length as u8),
            length => {
                bytes.push(bit | 126);
                bytes.extend((length as u16).to_be_bytes());
            }
        }
        if masked {
            bytes.extend(key);
        }
        for (index, byte) in payload.iter().enumerate() {
            bytes.push(if masked { byte ^ key[index % 4] } else { *byte });
        }
        // Sometimes cut: the rest is lost, and what follows takes its place.
        if dice.byte() % 16 == 15 {
            let length = usize::from(dice.byte()) % (bytes.len() + 1);
            bytes.truncate(length);
        }
        bytes
    }

    fn receive(&mut self, bytes: &[u8]) {
        let expected = self.reference.receive(bytes, self.out.capacity);
        let mut bytes = bytes.to_vec();
        self.in_batches = !self.in_batches;
        let (seen, outcome) = match self.in_batches {
            true => self.take(&mut Input::new(&mut bytes)),
            false => self.take(&mut Input::one_by_one(&mut bytes)),
        };
        assert_eq!((seen, outcome), expected);
        if let Err(error) = outcome {
            let mut more = [0x81];
            let again = self
                .connection
                .receive(&mut Input::new(&mut more), &mut self.out);
            assert_eq!(again.map(|_| ()), Err::<(), Error>(error), "errors stick");
            self.reference.transmit(self.out.capacity);
        }
    }

    /// Every event.
    fn take(&mut self, input: &mut Input<'_>) -> (Vec<Seen>, Result<(), Error>) {
        let mut seen = Vec::new();
        let outcome = loop {
            match self.connection.receive(input, &mut self.out) {
                Ok(Some(event)) => seen.extend(keep(&mut self.under_way, event)),
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        assert!(input.is_empty(), "input is left over");
        (seen, outcome)
    }

    fn sent(
        &mut self,
        expected: Result<(), SendError>,
        send: impl FnOnce(&mut Connection, &mut Bounded) -> Result<(), SendError>,
    ) {
        let before = self.out.bytes.len();
        let result = send(&mut self.connection, &mut self.out);
        assert_eq!(result, expected);
        if result.is_err() {
            assert_eq!(self.out.bytes.len(), before, "an error emits nothing");
        }
    }

    fn compare(&self) {
        let (connection, reference) = (&self.connection, &self.reference);
        assert_eq!(connection.state(), reference.state());
        assert_eq!(connection.wants_write(), reference.wants_write());
        assert_eq!(connection.close_status(), reference.close_status());
        assert_eq!(connection.was_clean(), reference.was_clean());
    }

    /// Lets out what waits, and compares all that was sent.
    fn finish(mut self) {
        self.out.drain();
        self.out.capacity = 1 << 20;
        self.reference.drain();
        self.connection.poll_transmit(&mut self.out);
        self.reference.transmit(self.out.capacity);
        self.out.drain();
        self.compare();
        assert_eq!(frames(&self.out.wire, self.role), self.reference.frames);
        // Of a message that an end which closes no longer wants, nobody learns
        // how it went on.
        let is_over = self.reference.close_status().is_some() || self.reference.discards();
        if !self.under_way.is_empty() && !is_over {
            assert_eq!(self.under_way, self.reference.under_way());
        }
    }
}

/// The event as the reference tells it; pieces of messages are put together.
fn keep(under_way: &mut Vec<u8>, event: Event<'_>) -> Option<Seen> {
    Some(match event {
        Event::Text(text) => Seen::Message(MessageKind::Text, text.into_owned().into_bytes()),
        Event::Binary(bytes) => Seen::Message(MessageKind::Binary, bytes.into_owned()),
        Event::Chunk(chunk) => {
            assert!(!chunk.first || under_way.is_empty());
            under_way.extend_from_slice(chunk.data.as_bytes());
            if !chunk.last {
                assert!(!chunk.data.as_bytes().is_empty());
                return None;
            }
            Seen::Message(chunk.data.kind(), std::mem::take(under_way))
        }
        Event::Ping(payload) => Seen::Ping(payload.into_owned()),
        Event::Pong(payload) => Seen::Pong(payload.into_owned()),
        Event::Close(frame) => Seen::Close(
            frame.map(|frame| (frame.code.value(), frame.reason.into_owned().into_bytes())),
        ),
        event => panic!("not after the handshake: {event:?}"),
    })
}

/// The whole frames on a wire, unmasked; the last may be cut.
fn frames(mut wire: &[u8], role: Role) -> Vec<Frame> {
    let mut frames = Vec::new();
    while let Some((frame, rest)) = frame(wire, role) {
        frames.push(frame);
        wire = rest;
    }
    frames
}

fn frame(wire: &[u8], role: Role) -> Option<(Frame, &[u8])> {
    let (&[first, second], rest) = wire.split_first_chunk()?;
    assert_eq!(second & 0x80 != 0, role == Role::Client, "masking by role");
    let extra = match second & 0x7F {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    let (long, rest) = rest.split_at_checked(extra)?;
    let length = match long {
        [] => usize::from(second & 0x7F),
        long => long
            .iter()
            .fold(0, |sum, &byte| sum << 8 | usize::from(byte)),
    };
    let (key, rest) = match role {
        Role::Client => rest.split_at_checked(4)?,
        Role::Server => (&[0; 4][..], rest),
    };
    let (payload, rest) = rest.split_at_checked(length)?;
    let payload = payload.iter().zip(key.iter().cycle());
    Some((
        (first, payload.map(|(byte, key)| byte ^ key).collect()),
        rest,
    ))
}
