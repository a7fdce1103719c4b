use alloc::vec::Vec;

/// The least length of the buffer, in bytes: the output of one step is
/// delivered from it in one piece, even if the window is smaller.
const LEAST: usize = 4 << 10;

/// The latest bytes of one direction, at least a window of them.
///
/// Bytes come in by copy alone, so the buffer holds nothing that was not given
/// to [`push`](Self::push). It grows with what comes in.
pub(super) struct Window {
    /// A ring once it is as long as the buffer may be.
    bytes: Vec<u8>,
    /// The end of the latest bytes. The oldest ones begin here.
    at: usize,
    /// The agreed window, in bytes.
    size: usize,
}

impl Window {
    pub(super) const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            at: 0,
            size: 0,
        }
    }

    /// Forgets every byte, and holds from now on at least `size` bytes.
    pub(super) fn restart(&mut self, size: usize) {
        self.bytes.clear();
        self.at = 0;
        self.size = size;
    }

    pub(super) const fn size(&self) -> usize {
        self.size
    }

    const fn capacity(&self) -> usize {
        if self.size > LEAST { self.size } else { LEAST }
    }

    /// How many bytes can be pushed in one piece, at least one.
    pub(super) const fn room(&self) -> usize {
        let capacity = self.capacity();
        if self.at < capacity {
            capacity - self.at
        } else {
            capacity
        }
    }

    /// Copies the next bytes in, no more than there is [room](Self::room) for,
    /// and gives them back from where they are.
    pub(super) fn push(&mut self, bytes: &[u8]) -> &[u8] {
        if self.at >= self.capacity() {
            self.at = 0;
        }
        let start = self.at;
        let over = self.bytes.len() - start;
        let (written, added) = bytes.split_at(over.min(bytes.len()));
        self.bytes[start..start + written.len()].copy_from_slice(written);
        if !added.is_empty() {
            self.grow(added.len());
            self.bytes.extend_from_slice(added);
        }
        self.at = start + bytes.len();
        &self.bytes[start..self.at]
    }

    /// Makes room for `added` bytes at the end: twofold, but for no more than
    /// the buffer may hold.
    fn grow(&mut self, added: usize) {
        let (length, capacity) = (self.bytes.len(), self.bytes.capacity());
        if length + added > capacity {
            let target = (capacity * 2).min(self.capacity()).max(length + added);
            self.bytes.reserve_exact(target - length);
        }
    }

    /// The window: its older part, then its newer part.
    pub(super) fn parts(&self) -> [&[u8]; 2] {
        let (newer, older) = self.bytes.split_at(self.at);
        let newer = last(newer, self.size);
        [last(older, self.size - newer.len()), newer]
    }
}

fn last(bytes: &[u8], count: usize) -> &[u8] {
    &bytes[bytes.len().saturating_sub(count)..]
}
