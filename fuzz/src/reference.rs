//! Frames once more, written to be read: one function, byte after byte, as
//! RFC 6455 section 5.2 has it. What the crate decodes is compared with this.

use websocket_proto::Role;
use websocket_proto::frame::FrameError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub opcode: u8,
    pub is_final: bool,
    /// RSV1 to RSV3 where they stand in the first byte.
    pub reserved: u8,
    pub key: Option<[u8; 4]>,
    pub length: u64,
    /// Unmasked; shorter than `length` where the stream ends early.
    pub payload: Vec<u8>,
}

impl Frame {
    pub const fn is_complete(&self) -> bool {
        self.payload.len() as u64 == self.length
    }

    pub const fn is_control(&self) -> bool {
        self.opcode >= 8
    }
}

/// The frames of a stream as the end with this role has to see them.
#[derive(Debug)]
pub struct Frames<'a> {
    role: Role,
    /// The reserved bits that may be set.
    allowed: u8,
    in_message: bool,
    pub rest: &'a [u8],
}

impl<'a> Frames<'a> {
    pub const fn new(stream: &'a [u8], role: Role, allowed: u8) -> Self {
        Self {
            role,
            allowed,
            in_message: false,
            rest: stream,
        }
    }

    /// As above, with a message under way.
    pub const fn within(self, in_message: bool) -> Self {
        Self { in_message, ..self }
    }

    pub const fn in_message(&self) -> bool {
        self.in_message
    }

    /// The next frame, or `None` while its header is incomplete.
    pub fn next(&mut self) -> Result<Option<Frame>, FrameError> {
        let Some(&first) = self.rest.first() else {
            return Ok(None);
        };
        let is_final = first & 0b1000_0000 != 0;
        let reserved = first & 0b0111_0000;
        let opcode = first & 0b0000_1111;
        if !matches!(opcode, 0..=2 | 8..=10) {
            return Err(FrameError::ReservedOpcode);
        }
        if opcode >= 8 && !is_final {
            return Err(FrameError::FragmentedControl);
        }
        if reserved & !self.allowed != 0 {
            return Err(FrameError::ReservedBits);
        }
        if opcode == 0 && !self.in_message {
            return Err(FrameError::UnexpectedContinuation);
        }
        if matches!(opcode, 1 | 2) && self.in_message {
            return Err(FrameError::ExpectedContinuation);
        }
        let Some(&second) = self.rest.get(1) else {
            return Ok(None);
        };
        let is_masked = second & 0b1000_0000 != 0;
        match self.role {
            Role::Server if !is_masked => return Err(FrameError::Unmasked),
            Role::Client if is_masked => return Err(FrameError::Masked),
            _ => {}
        }
        let short = second & 0b0111_1111;
        if opcode >= 8 && short > 125 {
            return Err(FrameError::ControlTooLong);
        }
        let length_bytes = match short {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let Some(long) = self.rest.get(2..2 + length_bytes) else {
            return Ok(None);
        };
        let length = match short {
            126 | 127 => long
                .iter()
                .fold(0, |length, &byte| length << 8 | u64::from(byte)),
            _ => u64::from(short),
        };
        if length >> 63 != 0 {
            return Err(FrameError::LengthTooLarge);
        }
        if (short == 126 && length < 126) || (short == 127 && length < 65536) {
            return Err(FrameError::LengthNotMinimal);
        }
        let mut start = 2 + length_bytes;
        let mut key = None;
        if is_masked {
            let Some(bytes) = self.rest.get(start..start + 4) else {
                return Ok(None);
            };
            key = Some([bytes[0], bytes[1], bytes[2], bytes[3]]);
            start += 4;
        }
        if opcode < 8 {
            self.in_message = !is_final;
        }
        let available = (self.rest.len() - start) as u64;
        let end = start + length.min(available) as usize;
        let mut payload = self.rest[start..end].to_vec();
        for (index, byte) in payload.iter_mut().enumerate() {
            *byte ^= key.map_or(0, |key| key[index % 4]);
        }
        self.rest = &self.rest[end..];
        Ok(Some(Frame {
            opcode,
            is_final,
            reserved,
            key,
            length,
            payload,
        }))
    }
}
