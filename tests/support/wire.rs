//! Frames as bytes, made and read by code that shares nothing with the crate.

use websocket_proto::Role;

/// The masking key of the examples in RFC 6455 section 5.7.
pub(crate) const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// The bytes of a text of two-digit numbers and spaces.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).expect("two hexadecimal digits"))
        .collect()
}

/// An unmasked frame with this first byte and the shortest length.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match payload.len() {
        length @ ..126 => bytes.push(length as u8),
        length @ 126..65536 => {
            bytes.push(126);
            bytes.extend((length as u16).to_be_bytes());
        }
        length => {
            bytes.push(127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes.extend(payload);
    bytes
}

/// An unmasked Close frame with this code and reason.
pub(crate) fn close(code: u16, reason: &str) -> Vec<u8> {
    frame(0x88, &[&code.to_be_bytes(), reason.as_bytes()].concat())
}

/// Frames one after the other, each with its first byte and payload.
pub(crate) fn frames(list: &[(u8, &[u8])]) -> Vec<u8> {
    list.iter()
        .flat_map(|(first, payload)| frame(*first, payload))
        .collect()
}

/// The same frames as a client sends them, each masked with [`KEY`]. Frames
/// that break the rules, or are cut, are masked as far as they go: a header
/// that ends early gets no key.
pub(crate) fn mask(unmasked: &[u8]) -> Vec<u8> {
    let mut masked = Vec::new();
    let mut rest = unmasked;
    while let [first, second, after @ ..] = rest {
        masked.extend([*first, *second | 0x80]);
        let extended = match second & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let Some((number, after)) = after.split_at_checked(extended) else {
            masked.extend(after);
            return masked;
        };
        masked.extend(number);
        masked.extend(KEY);
        let length = match number {
            [] => u64::from(second & 0x7f),
            bytes => bytes
                .iter()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        };
        let length = usize::try_from(length).map_or(after.len(), |n| n.min(after.len()));
        let (payload, after) = after.split_at(length);
        masked.extend(payload.iter().zip(KEY.iter().cycle()).map(|(a, b)| a ^ b));
        rest = after;
    }
    masked.extend(rest);
    masked
}

/// Unmasked frames as the end with this role receives them.
pub(crate) fn on_wire(receiver: Role, unmasked: &[u8]) -> Vec<u8> {
    match receiver {
        Role::Client => unmasked.to_vec(),
        Role::Server => mask(unmasked),
    }
}

/// A frame that a connection sent, unmasked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    /// FIN, the reserved bits and the opcode.
    pub(crate) first: u8,
    /// The key that a client masked it with.
    pub(crate) key: Option<[u8; 4]>,
    pub(crate) payload: Vec<u8>,
}

impl Sent {
    /// The frame without regard to its key, to be compared over both roles.
    pub(crate) fn plain(&self) -> (u8, &[u8]) {
        (self.first, &self.payload)
    }

    /// The code of a Close, `None` where it has none or is no Close.
    pub(crate) fn close_code(&self) -> Option<u16> {
        match (self.first, &self.payload[..]) {
            (0x88, [high, low, ..]) => Some(u16::from_be_bytes([*high, *low])),
            _ => None,
        }
    }
}

/// Takes apart what the end with this role wrote. Panics where that is cut,
/// masked by a server or not masked by a client, or has a length in more bytes
/// than it needs.
pub(crate) fn sent(sender: Role, written: &[u8]) -> Vec<Sent> {
    let mut frames = Vec::new();
    let mut rest = written;
    while !rest.is_empty() {
        let start = take(&mut rest, 2);
        let (number, least) = match start[1] & 0x7f {
            126 => (take(&mut rest, 2), 126),
            127 => (take(&mut rest, 8), 65536),
            _ => (&start[1..], 0),
        };
        let length = match number {
            [short] => u64::from(short & 0x7f),
            long => long.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        };
        assert!(length >= least, "length {length} in its shortest form");
        let masked = start[1] & 0x80 != 0;
        assert_eq!(masked, sender == Role::Client, "masking of a {sender:?}");
        let key = masked.then(|| <[u8; 4]>::try_from(take(&mut rest, 4)).expect("four bytes"));
        let mut payload = take(&mut rest, length as usize).to_vec();
        for (byte, key) in payload.iter_mut().zip(key.iter().flatten().cycle()) {
            *byte ^= key;
        }
        frames.push(Sent {
            first: start[0],
            key,
            payload,
        });
    }
    frames
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> &'a [u8] {
    let (front, rest) = bytes.split_at_checked(length).expect("a whole frame");
    *bytes = rest;
    front
}
