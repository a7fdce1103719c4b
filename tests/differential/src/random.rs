//! Numbers that a seed determines.

/// SplitMix64.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub const fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut number = self.0;
        number = (number ^ number >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        number = (number ^ number >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        number ^ number >> 31
    }

    /// An input for [`compare`](crate::compare), mostly short.
    pub fn input(&mut self, input: &mut Vec<u8>) {
        input.clear();
        let number = self.number();
        let most = [24, 64, 160, 320][number as usize & 3];
        let length = 4 + (number >> 8) as usize % most;
        while input.len() < length {
            input.extend(self.number().to_le_bytes());
        }
        input.truncate(length);
    }
}
