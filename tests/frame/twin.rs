//! Frames read bit by bit, as the figure of RFC 6455 section 5.2 draws them.

use websocket_proto::Role;
use websocket_proto::frame::FrameError;

/// The fields of a header in the order of the figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fields {
    pub(crate) fin: bool,
    pub(crate) reserved: [bool; 3],
    pub(crate) opcode: u8,
    pub(crate) key: Option<[u8; 4]>,
    pub(crate) length: u64,
}

/// What the bytes so far are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Incomplete,
    Whole {
        fields: Fields,
        /// In bytes.
        taken: usize,
    },
    Wrong {
        error: FrameError,
        /// How many bytes it takes to know.
        known: usize,
    },
}

/// What surrounds a frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    pub(crate) role: Role,
    pub(crate) allowed: [bool; 3],
    pub(crate) in_message: bool,
}

/// Bits from the highest of the first byte on.
struct Bits<'a>(&'a [u8], usize);

impl Bits<'_> {
    fn one(&mut self) -> Option<bool> {
        let byte = self.0.get(self.1 / 8)?;
        let bit = byte >> (7 - self.1 % 8) & 1;
        self.1 += 1;
        Some(bit == 1)
    }

    fn number(&mut self, bits: u32) -> Option<u64> {
        (0..bits).try_fold(0, |sum, _| Some(sum << 1 | u64::from(self.one()?)))
    }
}

/// Judges the header at the start of `bytes`, without a context by the rules
/// alone that need none.
pub(crate) fn header(bytes: &[u8], context: Option<Context>) -> Verdict {
    // The shortest part that proves an error counts.
    for known in 1..=bytes.len().min(14) {
        if let Some(error) = proven(&bytes[..known], context) {
            return Verdict::Wrong { error, known };
        }
    }
    match fields(bytes) {
        Some((fields, taken)) => Verdict::Whole { fields, taken },
        None => Verdict::Incomplete,
    }
}

fn fields(bytes: &[u8]) -> Option<(Fields, usize)> {
    let mut bits = Bits(bytes, 0);
    let fin = bits.one()?;
    let reserved = [bits.one()?, bits.one()?, bits.one()?];
    let opcode = bits.number(4)? as u8;
    let masked = bits.one()?;
    let length = match bits.number(7)? {
        126 => bits.number(16)?,
        127 => bits.number(64)?,
        short => short,
    };
    let key = match masked {
        true => Some((bits.number(32)? as u32).to_be_bytes()),
        false => None,
    };
    let fields = Fields {
        fin,
        reserved,
        opcode,
        key,
        length,
    };
    Some((fields, bits.1 / 8))
}

/// The error that the last of these bytes proves, if those before it prove
/// none.
fn proven(bytes: &[u8], context: Option<Context>) -> Option<FrameError> {
    let bit = |index: usize| bytes[index / 8] >> (7 - index % 8) & 1 == 1;
    let opcode = bytes[0] % 16;
    let control = opcode >= 8;
    match bytes.len() {
        1 => {
            if (3..8).contains(&opcode) || opcode > 10 {
                return Some(FrameError::ReservedOpcode);
            }
            if control && !bit(0) {
                return Some(FrameError::FragmentedControl);
            }
            let context = context?;
            if (0..3).any(|i| bit(1 + i) && !context.allowed[i]) {
                return Some(FrameError::ReservedBits);
            }
            match (opcode, context.in_message) {
                (0, false) => Some(FrameError::UnexpectedContinuation),
                (1 | 2, true) => Some(FrameError::ExpectedContinuation),
                _ => None,
            }
        }
        2 => {
            let expected = context.map(|context| context.role == Role::Server);
            match (expected, bit(8)) {
                (Some(true), false) => return Some(FrameError::Unmasked),
                (Some(false), true) => return Some(FrameError::Masked),
                _ => {}
            }
            (control && bytes[1] % 128 > 125).then_some(FrameError::ControlTooLong)
        }
        length => match (bytes[1] % 128, length) {
            (126, 4) if bytes[2] == 0 && bytes[3] < 126 => Some(FrameError::LengthNotMinimal),
            (127, 3) if bit(16) => Some(FrameError::LengthTooLarge),
            // 48 zeros leave no more than 16 bits.
            (127, 8) if bytes[2..8] == [0; 6] => Some(FrameError::LengthNotMinimal),
            _ => None,
        },
    }
}

/// A stream of frames, taken apart whole.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Stream {
    /// Each header, and what has arrived of its payload, unmasked.
    pub(crate) frames: Vec<(Fields, Vec<u8>)>,
    /// And after how many bytes it is known.
    pub(crate) error: Option<(FrameError, usize)>,
    /// The stream may end here.
    pub(crate) idle: bool,
    /// Of the last frame, in bytes.
    pub(crate) remaining: u64,
}

pub(crate) fn stream(role: Role, allowed: [bool; 3], bytes: &[u8]) -> Stream {
    let mut stream = Stream {
        idle: true,
        ..Stream::default()
    };
    let mut at = 0;
    let mut in_message = false;
    while at < bytes.len() {
        let context = Context {
            role,
            allowed,
            in_message,
        };
        match header(&bytes[at..], Some(context)) {
            Verdict::Incomplete => {
                stream.idle = false;
                break;
            }
            Verdict::Wrong { error, known } => {
                stream.error = Some((error, at + known));
                break;
            }
            Verdict::Whole { fields, taken } => {
                at += taken;
                let rest = (bytes.len() - at) as u64;
                let payload = &bytes[at..][..fields.length.min(rest) as usize];
                at += payload.len();
                let key = fields.key.unwrap_or_default();
                let payload = (0..payload.len()).map(|i| payload[i] ^ key[i % 4]);
                stream.frames.push((fields, payload.collect()));
                stream.remaining = fields.length - fields.length.min(rest);
                if fields.opcode < 8 {
                    in_message = !fields.fin;
                }
                stream.idle = !in_message && stream.remaining == 0;
            }
        }
    }
    stream
}
