//! permessage-deflate: whatever stands in the header and in the payloads, and
//! however the stream is cut, the same happens; what one end sends the other
//! gets.

use websocket_proto::deflate::{DeflateConfig, DeflateParameters};
use websocket_proto::handshake::{Agreement, Extension};
use websocket_proto::{Config, Connection, Delivery, Error, Event, Input, MessageKind, Role, Seed};

use super::blocks::{self, Written};
use super::choices::{Choices, Cuts};
use super::events::{Collector, Item};

/// Flags of an input: the rest is raw frames; the rest says what blocks there
/// are to be.
const RAW: u8 = 16;
const BLOCKS: u8 = 32;

/// Input: flags, wishes, three piece sizes, a header, then what the peer sends
/// and what is sent to it.
pub fn run(data: &[u8]) {
    let mut choices = Choices::new(data);
    let flags = choices.byte();
    let config = DeflateConfig::new()
        .outgoing_takeover(flags & 1 != 0)
        .incoming_takeover(flags & 2 != 0)
        .outgoing_window_bits(8 + (choices.byte() & 15))
        .incoming_window_bits(8 + (choices.byte() & 15))
        .level(choices.byte() & 15)
        .threshold(u32::from(choices.byte()));
    let limit = [1 << 20, 300, 0, 70_000][usize::from(flags >> 2 & 3)];
    let cuts = Cuts::choose(&mut choices);
    let length = usize::from(choices.byte());
    let agreed = negotiate(config, choices.bytes(length));
    let is_raw = flags & (RAW | BLOCKS) == RAW;
    let written = (flags & BLOCKS != 0).then(|| write(&mut choices, agreed));
    let stream = match &written {
        Some(written) => written.frames.clone(),
        None if is_raw => choices.rest().to_vec(),
        None => frames(&mut choices),
    };
    let setting = Setting {
        config: Config::new().deflate(config).max_message(limit),
        agreed,
        limit,
    };
    for role in [Role::Server, Role::Client] {
        let stream = match role {
            Role::Server if !is_raw => masked(&stream),
            _ => stream.clone(),
        };
        let whole = setting.play(role, Delivery::Messages, &stream, Cuts::WHOLE);
        if let Some(written) = &written {
            whole.assert_means(written);
        }
        for delivery in [Delivery::Messages, Delivery::Chunks] {
            let single = (stream.len() <= 2048).then_some(Cuts::SINGLE);
            for cuts in [Cuts::WHOLE, cuts].into_iter().chain(single) {
                let cut = setting.play(role, delivery, &stream, cuts);
                assert_eq!(cut, whole, "{delivery:?} {cuts:?}");
            }
        }
        // What is written by request is long, and much the same each time.
        let most = if written.is_some() { 4096 } else { usize::MAX };
        setting.converse(role, &stream[..stream.len().min(most)], cuts);
    }
}

/// Blocks that both roles can receive, with distances up to the window.
fn write(choices: &mut Choices<'_>, agreed: DeflateParameters) -> Written {
    let roles = [Role::Server, Role::Client];
    let bits = roles.map(|role| agreed.window_bits(role));
    let takeover = roles.map(|role| agreed.context_takeover(role));
    blocks::write(choices, 1 << bits[0].min(bits[1]), takeover == [true, true])
}

/// Looks at every byte and decides by all, so that a sanitizer reports one that
/// was never initialised.
///
/// The sum has no bits but those of the bytes: MemorySanitizer knows that a hash
/// with other bits set is not 0, whatever these are, and would say nothing.
fn observe(bytes: &[u8]) {
    let sum = bytes.iter().fold(0, |sum, byte| sum ^ byte);
    if sum == 0 {
        core::hint::black_box(bytes);
    }
}

/// What any two ends make of a header: an answer that both read alike, and
/// that is what the client asked for. The agreement goes on from there.
fn negotiate(config: DeflateConfig, header: &[u8]) -> DeflateParameters {
    let offers = Extension::parse_list([header]).unwrap_or_default();
    for offer in &offers {
        let read = DeflateParameters::parse(offer);
        if let Ok(parameters) = read {
            // As an answer it says what it says.
            assert_eq!(DeflateParameters::parse(&parameters.extension()), read);
        }
        // Nothing here is more than an answer to our own offer, or refused.
        if let Ok(parameters) = config.verify(offer) {
            assert_within(parameters, read.expect("it is well-formed"));
        }
    }
    let answer = config.answer(&offers);
    if let Some(agreed) = answer {
        let element = agreed.extension();
        let verified = DeflateParameters::verify(&element, &offers);
        assert_within(verified.expect("an answer to the offers"), agreed);
        assert_eq!(element.as_str().parse().as_ref(), Ok(&element));
        assert!(agreed.window_bits(Role::Server) >= 9);
    }
    // This offer has no other beside it.
    let own = config.answer([&config.offer()]).expect("our own offer");
    assert_eq!(config.verify(&own.extension()), Ok(own));
    answer.unwrap_or(own)
}

/// A client holds itself to what the answer says, or to less where it offered
/// less; of the server the answer says all.
fn assert_within(client: DeflateParameters, answer: DeflateParameters) {
    let (server, role) = (Role::Server, Role::Client);
    assert_eq!(client.window_bits(server), answer.window_bits(server));
    assert_eq!(
        client.context_takeover(server),
        answer.context_takeover(server)
    );
    assert!(client.window_bits(role) <= answer.window_bits(role));
    assert!(client.context_takeover(role) <= answer.context_takeover(role));
}

/// Frames with any payloads: for each a byte that says of which kind, two for
/// the length.
fn frames(choices: &mut Choices<'_>) -> Vec<u8> {
    let mut stream = Vec::new();
    while !choices.is_empty() {
        let what = choices.byte();
        let length = usize::from(choices.number()) & 0x3ff;
        let payload = choices.bytes(length);
        // FIN, RSV1, and text, binary, continuation or ping.
        let opcode = [1, 2, 0, 9][usize::from(what & 3)];
        let first = match opcode {
            9 => 0x89,
            0 => what & 0x80,
            _ => what & 0x80 | if what & 0x40 == 0 { 0x40 } else { 0 },
        };
        let payload = &payload[..payload.len().min(if opcode == 9 { 125 } else { 1023 })];
        stream.push(first | opcode);
        match payload.len() {
            short @ ..126 => stream.push(short as u8),
            long => {
                stream.push(126);
                stream.extend((long as u16).to_be_bytes());
            }
        }
        stream.extend(payload);
    }
    stream
}

/// The same frames with keys of zeros.
fn masked(stream: &[u8]) -> Vec<u8> {
    let mut masked = Vec::new();
    let mut rest = stream;
    while let [first, second, after @ ..] = rest {
        masked.extend([*first, *second | 0x80]);
        let (length, header) = match (second, after) {
            (126, [high, low, ..]) => (usize::from(u16::from_be_bytes([*high, *low])), 2),
            (127, [.., _]) => {
                let (length, _) = after.split_first_chunk().expect("eight bytes");
                (u64::from_be_bytes(*length) as usize, 8)
            }
            (short, _) => (usize::from(*short), 0),
        };
        masked.extend(&after[..header]);
        masked.extend([0; 4]);
        masked.extend(&after[header..header + length]);
        rest = &after[header + length..];
    }
    masked
}

struct Setting {
    config: Config,
    agreed: DeflateParameters,
    limit: u64,
}

/// What a stream came to.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    items: Vec<Item>,
    error: Option<Error>,
    output: Vec<u8>,
}

impl Outcome {
    /// What was delivered is what was written, so far as it was taken.
    fn assert_means(&self, written: &Written) {
        let mut messages = written.messages.iter();
        for item in &self.items {
            if let Item::Message(_, bytes) = item {
                assert!(messages.next() == Some(bytes), "other bytes");
            }
        }
        assert!(self.error.is_some() || messages.len() == 0, "no message");
    }
}

impl Setting {
    fn open(&self, role: Role, delivery: Delivery) -> Connection {
        let agreement = Agreement::new().with_extension(self.agreed.extension());
        let config = self.config.delivery(delivery);
        match role {
            Role::Server => Connection::upgraded_server(config, agreement),
            Role::Client => Connection::upgraded_client(config, agreement, Seed::from([7; 32])),
        }
    }

    fn play(&self, role: Role, delivery: Delivery, stream: &[u8], cuts: Cuts) -> Outcome {
        let mut connection = self.open(role, delivery);
        let mut stream = stream.to_vec();
        let mut outcome = Outcome {
            items: Vec::new(),
            error: None,
            output: Vec::new(),
        };
        let mut collector = Collector::default();
        for piece in cuts.of(&mut stream) {
            let mut input = Input::new(piece);
            loop {
                match connection.receive(&mut input, &mut outcome.output) {
                    Ok(Some(event)) => {
                        assert_eq!(outcome.error, None, "an event after an error");
                        match &event {
                            Event::Text(text) => observe(text.as_bytes()),
                            Event::Binary(bytes) => observe(bytes),
                            Event::Chunk(fragment) => observe(fragment.data.as_bytes()),
                            _ => {}
                        }
                        outcome.items.extend(collector.take(&event));
                        let partial = collector.partial.as_ref();
                        let length = partial.map_or(0, |(_, bytes)| bytes.len());
                        assert!(length as u64 <= self.limit, "over the limit");
                    }
                    Ok(None) => break,
                    Err(error) => {
                        assert_eq!(*outcome.error.get_or_insert(error), error);
                        break;
                    }
                }
            }
            assert!(input.is_empty(), "input left over");
        }
        observe(&outcome.output);
        for item in &outcome.items {
            if let Item::Message(kind, bytes) = item {
                assert!(bytes.len() as u64 <= self.limit, "over the limit");
                if *kind == MessageKind::Text {
                    assert!(core::str::from_utf8(bytes).is_ok(), "no text");
                }
            }
        }
        outcome
    }

    /// Sends the bytes as messages of every kind, which arrive.
    fn converse(&self, role: Role, bytes: &[u8], cuts: Cuts) {
        let other = match role {
            Role::Server => Role::Client,
            Role::Client => Role::Server,
        };
        let mut sender = self.open(role, Delivery::Messages);
        let mut wire = Vec::new();
        let mut sent = Vec::new();
        for (index, part) in bytes.chunks(bytes.len() / 5 + 1).enumerate() {
            if part.len() as u64 > self.limit {
                continue;
            }
            let kind = MessageKind::Binary;
            let (front, back) = part.split_at(part.len() / 3);
            let result = match index % 3 {
                0 => sender.send_binary(part, &mut wire),
                1 => sender.send_binary_uncompressed(part, &mut wire),
                _ => sender
                    .send_fragment(kind, front, false, &mut wire)
                    .and_then(|()| sender.send_fragment(kind, back, false, &mut wire))
                    .and_then(|()| sender.send_fragment(kind, &[], true, &mut wire)),
            };
            assert_eq!(result, Ok(()));
            sent.push(Item::Message(kind, part.to_vec()));
        }
        observe(&wire);
        for delivery in [Delivery::Messages, Delivery::Chunks] {
            let received = self.play(other, delivery, &wire, cuts);
            assert_eq!(received.error, None);
            assert_eq!(received.items, sent);
        }
    }
}
