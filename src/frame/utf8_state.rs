//! UTF-8 judged byte by byte, for pieces too short for anything else.

/// Whether the bytes so far begin a text, by the automaton of [RFC 3629 §4].
///
/// There is no branch to mispredict in it, and from one byte to the next no
/// more to wait for than a shift: what each byte makes of every state stands in
/// one word, six bits for a state, and the state is the place of its six bits.
///
/// [RFC 3629 §4]: https://www.rfc-editor.org/rfc/rfc3629#section-4
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Utf8State(u8);

/// No text begins so. It stays, as its bits are zero in every word.
const INVALID: u8 = 0;
/// Between code points.
const WHOLE: u8 = 6;
/// One, two or three bytes from 0x80 to 0xBF complete the code point.
const ONE: u8 = 12;
const TWO: u8 = 18;
const THREE: u8 = 24;
/// The same, where the first of them has to come from a part of that range:
/// the others would make a code point that a shorter form has, a surrogate, or
/// one above U+10FFFF.
const AFTER_E0: u8 = 30;
const AFTER_ED: u8 = 36;
const AFTER_F0: u8 = 42;
const AFTER_F4: u8 = 48;

const STATES: [u8; 8] = [
    WHOLE, ONE, TWO, THREE, AFTER_E0, AFTER_ED, AFTER_F0, AFTER_F4,
];

static NEXT: [u64; 256] = {
    let mut words = [0; 256];
    let mut byte = 0;
    while byte < words.len() {
        let mut index = 0;
        while index < STATES.len() {
            let state = STATES[index];
            words[byte] |= (next(state, byte as u8) as u64) << state;
            index += 1;
        }
        byte += 1;
    }
    words
};

const fn next(state: u8, byte: u8) -> u8 {
    match (state, byte) {
        (WHOLE, 0x00..=0x7F) => WHOLE,
        (WHOLE, 0xC2..=0xDF) => ONE,
        (WHOLE, 0xE0) => AFTER_E0,
        (WHOLE, 0xED) => AFTER_ED,
        (WHOLE, 0xE1..=0xEF) => TWO,
        (WHOLE, 0xF0) => AFTER_F0,
        (WHOLE, 0xF1..=0xF3) => THREE,
        (WHOLE, 0xF4) => AFTER_F4,
        (ONE, 0x80..=0xBF) => WHOLE,
        (TWO, 0x80..=0xBF) | (AFTER_E0, 0xA0..=0xBF) | (AFTER_ED, 0x80..=0x9F) => ONE,
        (THREE, 0x80..=0xBF) | (AFTER_F0, 0x90..=0xBF) | (AFTER_F4, 0x80..=0x8F) => TWO,
        _ => INVALID,
    }
}

impl Utf8State {
    /// Before the first byte.
    pub(crate) const fn new() -> Self {
        Self(WHOLE)
    }

    /// After these bytes, too.
    #[inline]
    #[must_use]
    pub(crate) fn after(self, bytes: &[u8]) -> Self {
        let state = bytes.iter().fold(u64::from(self.0), |state, &byte| {
            // No more than the six bits that are the state count for a shift.
            NEXT[usize::from(byte)].wrapping_shr(state as u32)
        });
        Self((state & 0x3F) as u8)
    }

    /// Whether a text can go on from here.
    #[inline]
    pub(crate) const fn is_valid(self) -> bool {
        self.0 != INVALID
    }
}

#[cfg(test)]
mod tests;
