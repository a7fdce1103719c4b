//! How an input says what is to be done with it.

/// Choices taken from the front of an input. An input that ends early chooses
/// zeros, so that every input says something.
pub struct Choices<'a> {
    rest: &'a [u8],
}

impl<'a> Choices<'a> {
    pub const fn new(input: &'a [u8]) -> Self {
        Self { rest: input }
    }

    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub fn byte(&mut self) -> u8 {
        match self.rest {
            [first, rest @ ..] => {
                self.rest = rest;
                *first
            }
            [] => 0,
        }
    }

    pub fn number(&mut self) -> u16 {
        u16::from_be_bytes([self.byte(), self.byte()])
    }

    /// Up to `length` bytes.
    pub fn bytes(&mut self, length: usize) -> &'a [u8] {
        let (bytes, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        bytes
    }

    pub fn rest(self) -> &'a [u8] {
        self.rest
    }
}

/// In what pieces a stream arrives: three sizes that repeat.
#[derive(Debug, Clone, Copy)]
pub struct Cuts([usize; 3]);

impl Cuts {
    pub const WHOLE: Self = Self([usize::MAX; 3]);
    pub const SINGLE: Self = Self([1; 3]);

    pub fn choose(choices: &mut Choices<'_>) -> Self {
        Self([choices.byte(), choices.byte(), choices.byte()].map(usize::from))
    }

    /// The stream in these pieces, of which some are empty where a size is 0.
    pub fn of(self, mut stream: &mut [u8]) -> impl Iterator<Item = &mut [u8]> {
        let Self(sizes) = self;
        let moves = sizes.iter().any(|&size| size > 0);
        let mut sizes = sizes.into_iter().cycle();
        core::iter::from_fn(move || {
            if stream.is_empty() {
                return None;
            }
            let size = sizes.next().filter(|_| moves).unwrap_or(usize::MAX);
            let whole = core::mem::take(&mut stream);
            let (piece, rest) = whole.split_at_mut(size.min(whole.len()));
            stream = rest;
            Some(piece)
        })
    }
}
