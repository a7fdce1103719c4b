//! Frames as a peer sends them, made anew for each run: the same everywhere.

use websocket_proto::frame::{Header, MaskingKey, Opcode};

mod text;
pub(crate) use text::text;

/// A small generator; quality does not matter, repeatability does.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) const fn new() -> Self {
        Self(0x9E37_79B9_7F4A_7C15)
    }

    /// The next number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

pub(crate) struct Stream {
    /// The frames on the wire, masked for a server or not for a client.
    pub(crate) wire: Vec<u8>,
    /// How many messages they are, and how long these are together.
    pub(crate) messages: usize,
    pub(crate) payload: usize,
    keys: Option<Numbers>,
}

impl Stream {
    pub(crate) const fn new(is_masked: bool) -> Self {
        Self {
            wire: Vec::new(),
            messages: 0,
            payload: 0,
            keys: if is_masked {
                Some(Numbers::new())
            } else {
                None
            },
        }
    }

    pub(crate) fn frame(&mut self, opcode: Opcode, is_final: bool, payload: &[u8]) {
        let header = Header::new(opcode, is_final, payload.len() as u64).expect("a valid header");
        let Some(numbers) = &mut self.keys else {
            self.wire.extend_from_slice(header.encode().as_slice());
            self.wire.extend_from_slice(payload);
            return;
        };
        let key = MaskingKey::new((numbers.below(1 << 32) as u32).to_be_bytes());
        let header = header.masked(key).encode();
        self.wire.extend_from_slice(header.as_slice());
        let start = self.wire.len();
        self.wire.extend_from_slice(payload);
        key.apply(&mut self.wire[start..]);
    }

    pub(crate) fn message(&mut self, opcode: Opcode, payload: &[u8]) {
        self.messages += 1;
        self.payload += payload.len();
        self.frame(opcode, true, payload);
    }

    /// Short messages, text and binary in turn, 70 bytes long on average.
    pub(crate) fn short(is_masked: bool, count: usize) -> Self {
        let mut stream = Self::new(is_masked);
        let mut numbers = Numbers::new();
        for index in 0..count {
            let payload = text(10 + numbers.below(120));
            let opcode = [Opcode::Text, Opcode::Binary][index % 2];
            stream.message(opcode, payload.as_bytes());
        }
        stream
    }
}
