//! A transport in memory, cut into reads.

use std::io::{self, ErrorKind, Read, Write};

use crate::choices::Choices;

/// How a stream is cut into reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    Whole,
    Fixed(usize),
    /// Pieces of 1 to 16 bytes, drawn from this number.
    Varied(u8),
}

impl Plan {
    pub fn choose(choices: &mut Choices<'_>) -> Self {
        match choices.below(4) {
            0 => Self::Whole,
            1 => Self::Fixed(1),
            2 => Self::Fixed(1 + choices.below(64)),
            _ => Self::Varied(choices.byte()),
        }
    }

    /// The length of the piece that begins at `at`.
    pub fn piece(self, at: usize, length: usize) -> usize {
        // Long streams in single bytes take long and show nothing more.
        let least = length / 512;
        let size = match self {
            Self::Whole => length,
            Self::Fixed(size) => size,
            Self::Varied(seed) => 1 + (at.wrapping_mul(0x9E37_79B1) >> 7 ^ usize::from(seed)) % 16,
        };
        size.max(least).max(1).min(length - at)
    }

    /// Where the pieces of a stream begin and end.
    pub fn pieces(self, length: usize) -> impl Iterator<Item = (usize, usize)> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let from = at;
            at += if at < length {
                self.piece(at, length)
            } else {
                0
            };
            (at > from).then_some((from, at))
        })
    }
}

/// The transport of a peer that wants to read and write by itself.
#[derive(Debug)]
pub struct Pipe {
    input: Vec<u8>,
    at: usize,
    plan: Plan,
    /// Between two pieces there is nothing to read once.
    blocks: bool,
    blocked: bool,
    ended: bool,
    /// How many reads gave something.
    pub reads: usize,
    pub written: Vec<u8>,
}

impl Pipe {
    pub fn new(input: &[u8], plan: Plan, blocks: bool) -> Self {
        Self {
            input: input.to_vec(),
            at: 0,
            plan,
            blocks,
            blocked: true,
            ended: false,
            reads: 0,
            written: Vec::new(),
        }
    }

    /// How many bytes have been read.
    pub const fn taken(&self) -> usize {
        self.at
    }

    pub const fn is_drained(&self) -> bool {
        self.at == self.input.len()
    }

    pub fn push(&mut self, bytes: &[u8]) {
        self.input.extend_from_slice(bytes);
    }

    pub const fn end(&mut self) {
        self.ended = true;
    }
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_drained() {
            return if self.ended {
                Ok(0)
            } else {
                Err(ErrorKind::WouldBlock.into())
            };
        }
        if self.blocks && !self.blocked {
            self.blocked = true;
            return Err(ErrorKind::WouldBlock.into());
        }
        self.blocked = false;
        let size = self.plan.piece(self.at, self.input.len()).min(buffer.len());
        buffer[..size].copy_from_slice(&self.input[self.at..self.at + size]);
        self.at += size;
        self.reads += 1;
        Ok(size)
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
