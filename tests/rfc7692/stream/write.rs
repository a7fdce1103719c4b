use super::{DISTANCES, LENGTHS, ORDER, codes, fixed};

/// How a block is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Block {
    Stored,
    Fixed,
    Dynamic,
}

/// A part of a block.
enum Token {
    Literal(u8),
    Copy { length: usize, distance: usize },
}

/// The payload of a message that is being written, and what it means.
pub(crate) struct Stream {
    bits: Vec<u8>,
    /// How many bits of the last byte are used; 0 at the start of a byte.
    used: u32,
    /// What came before the message and in it.
    history: Vec<u8>,
    /// How much of the history came before.
    before: usize,
    tokens: Vec<Token>,
}

impl Stream {
    /// A message after these bytes in its window.
    pub(crate) fn new(history: &[u8]) -> Self {
        Self {
            bits: Vec::new(),
            used: 0,
            history: history.to_vec(),
            before: history.len(),
            tokens: Vec::new(),
        }
    }

    /// How many bytes can be referred to.
    pub(crate) fn reach(&self) -> usize {
        self.history.len()
    }

    pub(crate) fn literals(&mut self, bytes: &[u8]) {
        self.tokens
            .extend(bytes.iter().copied().map(Token::Literal));
        self.history.extend(bytes);
    }

    /// Bytes from so far before, once more.
    pub(crate) fn copy(&mut self, length: usize, distance: usize) {
        self.tokens.push(Token::Copy { length, distance });
        for _ in 0..length {
            self.history
                .push(self.history[self.history.len() - distance]);
        }
    }

    /// The same, from where there is nothing.
    pub(crate) fn copy_from_nowhere(&mut self, length: usize, distance: usize) {
        self.tokens.push(Token::Copy { length, distance });
    }

    /// Puts what there is since the last block into one. What is stored has no
    /// copies.
    pub(crate) fn block(&mut self, block: Block, is_final: bool) {
        let tokens = core::mem::take(&mut self.tokens);
        self.put(u32::from(is_final), 1);
        match block {
            Block::Stored => {
                let bytes: Vec<u8> = tokens
                    .iter()
                    .map(|token| match token {
                        Token::Literal(byte) => *byte,
                        Token::Copy { .. } => panic!("a copy cannot be stored"),
                    })
                    .collect();
                let length = u16::try_from(bytes.len()).expect("a stored block");
                self.put(0, 2);
                self.align();
                self.bits.extend(length.to_le_bytes());
                self.bits.extend((!length).to_le_bytes());
                self.bits.extend(bytes);
            }
            Block::Fixed => {
                self.put(1, 2);
                let (literals, distances) = fixed();
                self.tokens(&tokens, &literals, &distances);
            }
            Block::Dynamic => {
                self.put(2, 2);
                // Near to the fixed codes, but with no code left over.
                let literals = [
                    vec![8; 144],
                    vec![9; 112],
                    vec![7; 24],
                    vec![8; 4],
                    vec![7; 2],
                ];
                let distances = [vec![5; 28], vec![4; 2]];
                self.lengths(&literals.concat(), &distances.concat());
                self.tokens(&tokens, &literals.concat(), &distances.concat());
            }
        }
        if is_final {
            // Whatever follows begins with a byte.
            self.align();
        }
    }

    /// Ends the message: its payload, and what it means.
    pub(crate) fn finish(mut self) -> (Vec<u8>, Vec<u8>) {
        assert!(self.tokens.is_empty(), "what is in no block");
        // An empty stored block without its last four bytes.
        self.put(0, 3);
        (self.bits, self.history.split_off(self.before))
    }

    fn lengths(&mut self, literals: &[u8], distances: &[u8]) {
        // Of the lengths four to nine, six being none of them.
        let mut of_lengths = [0; 19];
        for (length, bits) in [(4, 3), (5, 3), (7, 2), (8, 2), (9, 2)] {
            of_lengths[length] = bits;
        }
        self.put(literals.len() as u32 - 257, 5);
        self.put(distances.len() as u32 - 1, 5);
        self.put(19 - 4, 4);
        for length in ORDER {
            self.put(u32::from(of_lengths[length]), 3);
        }
        let codes = codes(&of_lengths);
        for length in literals.iter().chain(distances) {
            let length = usize::from(*length);
            self.code(codes[length], of_lengths[length]);
        }
    }

    fn tokens(&mut self, tokens: &[Token], literals: &[u8], distances: &[u8]) {
        let (of_literals, of_distances) = (codes(literals), codes(distances));
        let literal = |stream: &mut Self, symbol: usize| {
            stream.code(of_literals[symbol], literals[symbol]);
        };
        for token in tokens {
            match token {
                Token::Literal(byte) => literal(self, usize::from(*byte)),
                Token::Copy { length, distance } => {
                    let at = LENGTHS.iter().rposition(|(base, _)| base <= length);
                    let at = at.expect("a length from 3 on");
                    literal(self, 257 + at);
                    self.put((length - LENGTHS[at].0) as u32, LENGTHS[at].1);
                    let at = DISTANCES.iter().rposition(|(base, _)| base <= distance);
                    let at = at.expect("a distance from 1 on");
                    self.code(of_distances[at], distances[at]);
                    self.put((distance - DISTANCES[at].0) as u32, DISTANCES[at].1);
                }
            }
        }
        literal(self, 256);
    }

    /// Bits of a number, the lowest first.
    fn put(&mut self, value: u32, count: u32) {
        assert_eq!(value >> count, 0, "what has more bits");
        for bit in 0..count {
            if self.used == 0 {
                self.bits.push(0);
            }
            let last = self.bits.last_mut().expect("a byte");
            *last |= ((value >> bit & 1) as u8) << self.used;
            self.used = (self.used + 1) % 8;
        }
    }

    /// Bits of a code, the highest first.
    fn code(&mut self, code: u32, count: u8) {
        for bit in (0..count).rev() {
            self.put(code >> bit & 1, 1);
        }
    }

    fn align(&mut self) {
        self.used = 0;
    }
}
