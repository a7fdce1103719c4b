//! What was received or sent, in a few numbers.

use std::hint::black_box;

/// How closely payloads are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Three bytes of each message, while the clock runs.
    Glance,
    /// Every byte, in the run before.
    Whole,
}

/// Counts and sums of payloads, to be compared with those expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    pub messages: u64,
    pub bytes: u64,
    sum: u64,
    look: Look,
}

impl Check {
    pub fn new(look: Look) -> Self {
        Self {
            messages: 0,
            bytes: 0,
            sum: 0,
            look,
        }
    }

    /// A whole message.
    #[inline(always)]
    pub fn message(&mut self, payload: &[u8]) {
        self.messages += 1;
        self.bytes += payload.len() as u64;
        match self.look {
            Look::Whole => self.sum = hash(self.sum, payload),
            Look::Glance => {
                if let [first, .., last] = payload {
                    let middle = payload[payload.len() / 2];
                    let sum = u64::from(*first) + u64::from(middle) + u64::from(*last);
                    self.sum = self.sum.wrapping_add(sum);
                }
            }
        }
    }

    /// A piece of a message, wherever it was cut.
    #[inline(always)]
    pub fn piece(&mut self, piece: &[u8]) {
        self.bytes += piece.len() as u64;
        match self.look {
            Look::Whole => {
                for &byte in piece {
                    let sum = self.sum.rotate_left(5) ^ u64::from(byte);
                    self.sum = sum.wrapping_mul(MULTIPLIER);
                }
            }
            Look::Glance => {
                black_box(piece.last());
            }
        }
    }

    /// The end of a message in pieces.
    #[inline(always)]
    pub fn end(&mut self) {
        self.messages += 1;
    }
}

const MULTIPLIER: u64 = 0x517c_c1b7_2722_0a95;

#[inline(never)]
fn hash(sum: u64, payload: &[u8]) -> u64 {
    let mut sum = sum;
    for chunk in payload.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        sum = (sum.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(MULTIPLIER);
    }
    sum ^ payload.len() as u64
}
