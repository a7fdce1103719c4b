//! What a connection is to receive and to send.

use websocket_proto::deflate::DeflateConfig;
use websocket_proto::{Delivery, Role};

use crate::message::{Author, Compressed, Content, Profile, Scale};
use crate::random::Random;
use crate::subject::{How, Received, Send, Setting};
use crate::wire::{self, Framing};

/// One direction, as agreed on.
#[derive(Debug, Clone, Copy)]
pub struct Direction {
    pub bits: u8,
    pub takeover: bool,
}

/// A message that the connection receives.
#[derive(Debug)]
pub enum Inbound {
    Compressed { is_text: bool, message: Compressed },
    Plain(Received),
}

/// A connection's part in a group.
#[derive(Debug)]
pub struct Plan {
    pub setting: Setting,
    pub incoming: Direction,
    pub outgoing: Direction,
    pub inbound: Vec<Inbound>,
    pub pings: Vec<Vec<u8>>,
    /// What comes in, in pieces.
    pub pieces: Vec<Vec<u8>>,
    /// The connection is dropped before all of it has come.
    pub is_dropped: bool,
    pub outbound: Vec<Send>,
}

impl Plan {
    pub fn new(random: &mut Random) -> Self {
        let role = random.pick(&[Role::Server, Role::Client]);
        let (incoming, incoming_words) = direction(random, other(role));
        let (mut outgoing, outgoing_words) = direction(random, role);
        let mut deflate = DeflateConfig::new()
            .level(random.below(10) as u8)
            .threshold(random.pick(&[0, 0, 0, 64]));
        // This end may hold itself to less than it is allowed.
        if random.one_in(5) {
            let bits = random.between(9, 15) as u8;
            deflate = deflate.outgoing_window_bits(bits);
            outgoing.bits = outgoing.bits.min(bits);
        }
        let content = random.pick(&[Content::Bytes, Content::Bytes, Content::Letters]);
        let scale = match random.below(100) {
            0 => Scale::Long,
            1..=8 => Scale::Small,
            _ => Scale::Any,
        };
        let profile = Profile {
            bits: incoming.bits,
            takeover: incoming.takeover,
            content,
            finals: random.pick(&[0, 5, 15, 40]),
            scale,
        };
        let inbound = inbound(profile, random);
        let longest = inbound.iter().map(|inbound| match inbound {
            Inbound::Compressed { message, .. } => message.payload.len(),
            Inbound::Plain(message) => message.bytes.len(),
        });
        // What is compressed may be a little longer than the limit.
        let longest = longest.max().unwrap_or(0);
        let is_small = scale == Scale::Small;
        let max_message = is_small.then(|| random.between(longest, longest + 2000) as u64);

        let mut pings = vec![];
        let mut wires = vec![];
        for inbound in &inbound {
            let mut wire = vec![];
            let (is_compressed, is_text, payload, marks) = match inbound {
                Inbound::Compressed { is_text, message } => {
                    (true, *is_text, &message.payload, &message.marks[..])
                }
                Inbound::Plain(message) => (false, message.is_text, &message.bytes, &[][..]),
            };
            let framing = Framing {
                is_compressed,
                is_text,
                is_masked: role == Role::Server,
            };
            wire::message(&mut wire, framing, payload, marks, &mut pings, random);
            wires.push(wire);
        }
        let mut pieces = pieces(&wires, random);
        let is_dropped = random.one_in(12) && pieces.len() > 1;
        if is_dropped {
            pieces.truncate(random.below(pieces.len()));
        }
        Self {
            setting: Setting {
                role,
                agreed: format!("permessage-deflate{incoming_words}{outgoing_words}"),
                delivery: random.pick(&[Delivery::Messages, Delivery::Chunks]),
                max_message,
                deflate,
                batch: random.one_in(4),
                recycle: random.one_in(2) || scale == Scale::Long,
            },
            incoming,
            outgoing,
            inbound,
            pings,
            pieces,
            is_dropped,
            outbound: outbound(outgoing, role, random),
        }
    }
}

const fn other(role: Role) -> Role {
    match role {
        Role::Server => Role::Client,
        Role::Client => Role::Server,
    }
}

/// What may be agreed on for what this role sends, and the parameters that say
/// so.
fn direction(random: &mut Random, sender: Role) -> (Direction, String) {
    let name = match sender {
        Role::Server => "server",
        Role::Client => "client",
    };
    let bits = random.pick(&[8, 9, 10, 11, 12, 12, 12, 13, 13, 14, 15, 15]);
    let takeover = random.percent(60);
    let mut words = String::new();
    if !takeover {
        words += &format!("; {name}_no_context_takeover");
    }
    if bits < 15 || random.one_in(2) {
        words += &format!("; {name}_max_window_bits={bits}");
    }
    (Direction { bits, takeover }, words)
}

fn inbound(profile: Profile, random: &mut Random) -> Vec<Inbound> {
    let count = match profile.scale {
        Scale::Long => 4,
        _ => random.pick(&[1, 3, 8, 20, 40]),
    };
    // From where on messages may be faulty, and how many come after the first.
    let mut faulty = match random.one_in(2) {
        true => random.below(count + 1),
        false => usize::MAX,
    };
    let mut author = Author::new(profile);
    let mut list = vec![];
    while list.len() < count {
        let is_text = match profile.content {
            Content::Letters => random.one_in(2),
            Content::Bytes => random.one_in(200),
        };
        list.push(if random.one_in(6) {
            let mut bytes = vec![b' '; size(random, profile.scale)];
            if !is_text {
                random.fill(&mut bytes);
            }
            Inbound::Plain(Received { is_text, bytes })
        } else if list.len() >= faulty {
            // It may have been none.
            faulty = list.len() + random.pick(&[1, 1, 5]);
            let message = author.faulty(random);
            Inbound::Compressed { is_text, message }
        } else {
            let message = author.valid(random);
            Inbound::Compressed { is_text, message }
        });
    }
    list
}

fn size(random: &mut Random, scale: Scale) -> usize {
    match random.weighted(&[10, 80, 8, 2]) {
        0 => 0,
        1 => random.below(200),
        2 => random.below(1000),
        _ if scale == Scale::Small => random.below(1000),
        _ => random.below(20_000),
    }
}

/// The reads in which all this arrives.
fn pieces(wires: &[Vec<u8>], random: &mut Random) -> Vec<Vec<u8>> {
    let whole = wires.concat();
    let by_size = |size: usize| whole.chunks(size).map(<[u8]>::to_vec).collect();
    // A spare buffer of any length is kept for what else came with it.
    if whole.len() > 100_000 && random.one_in(2) {
        return vec![whole];
    }
    match random.below(8) {
        0 => vec![whole],
        1..=3 => wires.to_vec(),
        // One by one, unless that would take long.
        4 => by_size((whole.len() / 20_000).max(1)),
        5 => by_size(random.pick(&[7, 64, 100, 1000, 4096, 16_384])),
        _ => {
            let mut pieces = vec![];
            let mut rest = &whole[..];
            let most = random.pick(&[20, 300, 5000]);
            while !rest.is_empty() {
                let size = random.between(1, most).min(rest.len());
                let (piece, after) = rest.split_at(size);
                pieces.push(piece.to_vec());
                rest = after;
            }
            pieces
        }
    }
}

fn outbound(direction: Direction, role: Role, random: &mut Random) -> Vec<Send> {
    let count = random.pick(&[0, 2, 8, 30]);
    let mut said = vec![];
    let mut list = vec![];
    for _ in 0..count {
        let is_text = random.one_in(3);
        let payload = payload(&said, 1 << direction.bits, is_text, random);
        said.extend(&payload);
        let excess = said.len().saturating_sub(1 << 16);
        said.drain(..excess);
        let how = match random.below(10) {
            0 => How::Plain,
            1 if role == Role::Server => How::Prepared,
            2..=4 => How::Fragment { last: true },
            _ => How::Whole,
        };
        if how != (How::Fragment { last: true }) {
            list.push(Send {
                is_text,
                room: room(payload.len(), random),
                payload,
                how,
            });
            continue;
        }
        let mut ends: Vec<usize> = (0..random.below(5))
            .map(|_| random.below(payload.len() + 1))
            .collect();
        ends.sort_unstable();
        ends.push(payload.len());
        let mut start = 0;
        for (index, &end) in ends.iter().enumerate() {
            let last = index + 1 == ends.len();
            list.push(Send {
                is_text,
                payload: payload[start..end].to_vec(),
                how: How::Fragment { last },
                room: room(end - start, random),
            });
            start = end;
        }
    }
    list
}

/// The room for a payload of so many bytes, perhaps too little.
fn room(length: usize, random: &mut Random) -> Option<usize> {
    let most = length + length / 4 + 200;
    random.one_in(6).then(|| random.below(most))
}

/// Something to compress, or that does not compress. Some of it is repeated at
/// about the distance of the window.
fn payload(said: &[u8], window: usize, is_text: bool, random: &mut Random) -> Vec<u8> {
    let length = match random.weighted(&[5, 60, 25, 10, 1]) {
        0 => 0,
        1 => random.below(200),
        2 => random.below(1500),
        3 => random.below(5000),
        _ if random.one_in(3) => random.below(100_000),
        _ => random.below(10_000),
    };
    let noise = random.pick(&[0, 5, 30, 100]);
    let mut bytes = Vec::with_capacity(length + 300);
    while bytes.len() < length {
        if random.percent(noise) || said.len() + bytes.len() < 4 {
            let mut word = [0; 16];
            random.fill(&mut word);
            if is_text {
                word = word.map(|byte| b'a' + byte % 26);
            }
            bytes.extend_from_slice(&word[..random.between(1, 16)]);
            continue;
        }
        let reach = said.len() + bytes.len();
        let distance = match random.below(4) {
            0 => window + random.below(40),
            1 => window.saturating_sub(random.below(600)),
            2 => 1 + random.below(reach),
            _ => 1 + random.below(200),
        };
        let distance = distance.clamp(1, reach);
        for _ in 0..random.between(3, 300) {
            let from = said.len() + bytes.len() - distance;
            let byte = match from.checked_sub(said.len()) {
                Some(index) => bytes[index],
                None => said[from],
            };
            let is_letter = byte.is_ascii_lowercase();
            bytes.push(if is_text && !is_letter { b'-' } else { byte });
        }
    }
    bytes.truncate(length);
    bytes
}
