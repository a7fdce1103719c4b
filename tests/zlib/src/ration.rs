//! The ration of final blocks, as the crate's documentation has it.

/// What a final block costs beyond the free one of each message, in bytes that
/// were received, and for how many of them a connection saves up.
const BYTES: usize = 256;
const SAVED: usize = 64;

/// Counts the final blocks of a connection that something follows.
#[derive(Debug)]
pub struct Ration {
    saved: usize,
    /// A final block ended the message before.
    is_pending: bool,
}

impl Ration {
    pub const fn new() -> Self {
        Self {
            saved: BYTES * SAVED,
            is_pending: false,
        }
    }

    /// Goes through a message of so many bytes with final blocks that end after
    /// so many bytes of it. How much of its output comes before one too many.
    pub fn count(&mut self, length: usize, restarts: &[(usize, usize)]) -> Option<usize> {
        let pending = core::mem::take(&mut self.is_pending) && length > 0;
        let pending = pending.then_some((0, 0));
        let mut earned = 0;
        for (index, &(input, output)) in pending.iter().chain(restarts).enumerate() {
            self.earn(input - earned);
            earned = input;
            if index > 0 {
                let Some(rest) = self.saved.checked_sub(BYTES) else {
                    return Some(output);
                };
                self.saved = rest;
            }
        }
        self.earn(length - earned);
        None
    }

    /// The message ended with a final block, after which the next one goes on.
    pub const fn end_with_final(&mut self) {
        self.is_pending = true;
    }

    fn earn(&mut self, bytes: usize) {
        self.saved = (self.saved + bytes).min(BYTES * SAVED);
    }
}
