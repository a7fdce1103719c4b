//! An output that tests its user.

use websocket_proto::Output;

/// An output with as much room as it is told, which minds when the crate takes
/// more.
pub(super) struct Bounded {
    pub(super) bytes: Vec<u8>,
    pub(super) capacity: usize,
}

impl Bounded {
    pub(super) const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            capacity: usize::MAX,
        }
    }

    /// Takes up to `length` bytes off, all where that is 0.
    pub(super) fn drain(&mut self, length: usize) -> Vec<u8> {
        let length = match length {
            0 => self.bytes.len(),
            length => length.min(self.bytes.len()),
        };
        self.bytes.drain(..length).collect()
    }
}

impl Output for Bounded {
    fn buffered(&self) -> usize {
        self.bytes.len()
    }

    fn available(&self) -> usize {
        self.capacity.saturating_sub(self.bytes.len())
    }

    fn append(&mut self, bytes: &[u8]) -> &mut [u8] {
        assert!(
            bytes.len() <= self.available(),
            "more than there is room for"
        );
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        &mut self.bytes[start..]
    }
}
