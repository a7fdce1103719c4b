//! DEFLATE written as an input asks for it, with what it means beside it: final
//! blocks, copies from the oldest byte of a window, and frames that end anywhere.

use super::choices::Choices;

/// The most that an input lets be stored, in bytes: two windows of the largest.
const MOST: usize = 66_000;

/// The base and the number of extra bits of each length code from 257 on.
const LENGTHS: [(usize, u32); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];

/// Frames of compressed messages, and the messages that they mean.
pub struct Written {
    pub frames: Vec<u8>,
    pub messages: Vec<Vec<u8>>,
}

/// Takes all choices. Each instruction is a byte, whose low three bits say what
/// to write:
///
/// | low bits | what | then |
/// |---|---|---|
/// | 0, 1 | a stored block | two bytes: how long |
/// | 2 | literals | 1 to 16 of them, by the bits from 8 on |
/// | 3, 4, 5 | a copy | a byte: 3 less than its length; two: where from |
/// | 6 | the end of a block | |
/// | 7 | the end of a frame, with bit 8 of the message | |
///
/// Bits 8 and 16 of a copy say what the distance counts from. Bit 128 makes a
/// block that begins a final one. `window` is what a copy may reach, in bytes,
/// and with `takeover` it reaches into the messages before.
pub fn write(choices: &mut Choices<'_>, window: usize, takeover: bool) -> Written {
    let mut writer = Writer::default();
    let mut stored = 0;
    while !choices.is_empty() {
        let what = choices.byte();
        let is_final = what & 0x80 != 0;
        match what & 7 {
            0 | 1 => {
                let length = usize::from(choices.number());
                let length = length.min(MOST - stored);
                stored += length;
                writer.stored(length, is_final);
            }
            2 => {
                let count = usize::from(what >> 3 & 15) + 1;
                for byte in choices.bytes(count) {
                    writer.begin(is_final);
                    writer.literal(*byte);
                }
            }
            3..=5 => {
                let length = 3 + usize::from(choices.byte());
                let from = usize::from(choices.number());
                let reach = writer.history.len().min(window);
                if reach == 0 {
                    continue;
                }
                let distance = match what >> 3 & 3 {
                    0 => window.saturating_sub(from),
                    1 => 1 + from,
                    2 => reach.saturating_sub(from),
                    _ => 1 + from % reach,
                };
                writer.begin(is_final);
                writer.copy(length.min(258), distance.clamp(1, reach));
            }
            6 => writer.end_block(),
            _ => {
                let ends = what & 8 != 0;
                if ends {
                    writer.end_message(takeover);
                }
                writer.frame(ends);
            }
        }
    }
    writer.end_message(takeover);
    writer.frame(true);
    Written {
        frames: writer.frames,
        messages: writer.messages,
    }
}

#[derive(Default)]
struct Writer {
    frames: Vec<u8>,
    /// A frame of the current message has been written.
    continues: bool,
    payload: Vec<u8>,
    /// How many bits of the payload's last byte are used; 0 for all.
    used: u32,
    /// The kind of the block that is open: final or not.
    open: Option<bool>,
    history: Vec<u8>,
    /// Where in the history the message begins.
    start: usize,
    messages: Vec<Vec<u8>>,
}

impl Writer {
    /// Begins a block of fixed codes, unless one is open.
    fn begin(&mut self, is_final: bool) {
        if self.open.is_none() {
            self.open = Some(is_final);
            self.bits(u32::from(is_final), 1);
            self.bits(1, 2);
        }
    }

    fn end_block(&mut self) {
        if let Some(is_final) = self.open.take() {
            self.code(0, 7);
            if is_final {
                // Whatever follows begins with a byte.
                self.used = 0;
            }
        }
    }

    fn stored(&mut self, length: usize, is_final: bool) {
        self.end_block();
        self.bits(u32::from(is_final), 1);
        self.bits(0, 2);
        self.used = 0;
        let count = length as u16;
        self.payload.extend(count.to_le_bytes());
        self.payload.extend((!count).to_le_bytes());
        // Every place has bytes of its own.
        let mut state = self.history.len() as u32 + 1;
        for _ in 0..length {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            self.payload.push((state >> 24) as u8);
            self.history.push((state >> 24) as u8);
        }
    }

    fn literal(&mut self, byte: u8) {
        match u32::from(byte) {
            low @ ..144 => self.code(0x30 + low, 8),
            high => self.code(0x190 + high - 144, 9),
        }
        self.history.push(byte);
    }

    fn copy(&mut self, length: usize, distance: usize) {
        let at = LENGTHS.iter().rposition(|(base, _)| *base <= length);
        let at = at.expect("a length from 3 on");
        let (base, extra) = LENGTHS[at];
        match at as u32 + 1 {
            short @ ..24 => self.code(short, 7),
            long => self.code(0xC0 + long - 24, 8),
        }
        self.bits((length - base) as u32, extra);
        // Two codes for each number of extra bits.
        let below = (distance - 1) as u32;
        let extra = below.checked_ilog2().unwrap_or(0).saturating_sub(1);
        let code = match below {
            small @ ..4 => small,
            _ => 2 * extra + (below >> extra),
        };
        self.code(code, 5);
        self.bits(below & ((1 << extra) - 1), extra);
        for _ in 0..length {
            self.history
                .push(self.history[self.history.len() - distance]);
        }
    }

    fn end_message(&mut self, takeover: bool) {
        self.end_block();
        // An empty stored block without its last four bytes.
        self.bits(0, 3);
        self.used = 0;
        self.messages.push(self.history[self.start..].to_vec());
        if !takeover {
            self.history.clear();
        }
        self.start = self.history.len();
    }

    /// Puts all bytes that are complete into a frame.
    fn frame(&mut self, ends: bool) {
        let complete = self.payload.len() - usize::from(self.used != 0);
        let rest = self.payload.split_off(complete);
        let payload = core::mem::replace(&mut self.payload, rest);
        let first = if self.continues { 0x00 } else { 0x42 };
        self.frames.push(first | if ends { 0x80 } else { 0 });
        match payload.len() {
            short @ ..126 => self.frames.push(short as u8),
            long @ ..0x1_0000 => {
                self.frames.push(126);
                self.frames.extend((long as u16).to_be_bytes());
            }
            long => {
                self.frames.push(127);
                self.frames.extend((long as u64).to_be_bytes());
            }
        }
        self.frames.extend(payload);
        self.continues = !ends;
    }

    /// Bits of a number, the lowest first.
    fn bits(&mut self, value: u32, count: u32) {
        for bit in 0..count {
            if self.used == 0 {
                self.payload.push(0);
            }
            let last = self.payload.last_mut().expect("a byte");
            *last |= ((value >> bit & 1) as u8) << self.used;
            self.used = (self.used + 1) % 8;
        }
    }

    /// Bits of a code, the highest first.
    fn code(&mut self, code: u32, count: u32) {
        for bit in (0..count).rev() {
            self.bits(code >> bit & 1, 1);
        }
    }
}
