//! Where the bytes to write go: the caller's buffer.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::fmt;

use crate::frame::MaskingKey;
use crate::redacted::Length;

/// The caller's write buffer, to which the connection appends what is to be
/// sent.
///
/// The crate asks [`available`](Self::available) before it appends. Frames are
/// appended whole or not at all, but for the last thing that a connection sends by
/// itself: the answer to a Close, the Close of a failure or the refusal of a
/// request comes in pieces, as there is room
/// ([`poll_transmit`](crate::Connection::poll_transmit)). A buffer that is full
/// changes nothing: the call that did not fit returns
/// [`SendError::OutputFull`](crate::SendError::OutputFull) and can be repeated
/// once the buffer has been drained.
///
/// Implemented for `Vec<u8>`, [`FixedOutput`] and, with the feature `bytes`,
/// for `bytes::BytesMut`.
pub trait Output {
    /// The number of bytes that wait in this buffer to be written.
    ///
    /// Compared with [`Config::output_mark`](crate::Config::output_mark) to
    /// decide when automatic pongs are held back.
    fn buffered(&self) -> usize;

    /// The number of bytes that can still be appended.
    fn available(&self) -> usize;

    /// Tells that `additional` bytes are about to be appended piece by piece,
    /// so that a buffer that grows need do so only once. No more than a hint:
    /// by default it does nothing.
    fn reserve(&mut self, additional: usize) {
        let _ = additional;
    }

    /// Appends `bytes`, and lends exactly these where they stand now. They may
    /// still be changed there, as a client's are that have to be masked: what
    /// is appended is not final before the next call.
    ///
    /// # Panics
    ///
    /// May panic where `bytes` is longer than [`available`](Self::available);
    /// the crate never does that.
    fn append(&mut self, bytes: &[u8]) -> &mut [u8];

    /// Appends `payload` masked with `key`.
    ///
    /// # Panics
    ///
    /// As [`append`](Self::append).
    #[inline]
    fn append_masked(&mut self, key: MaskingKey, payload: &[u8]) {
        // So short that what was appended is still in the first-level cache
        // when it is masked, and a multiple of four, so that each piece begins
        // with the first byte of the key.
        const PIECE: usize = 2 << 10;
        if payload.len() > PIECE {
            self.reserve(payload.len());
        }
        let (pieces, last) = payload.as_chunks::<PIECE>();
        for piece in pieces {
            key.apply(self.append(piece));
        }
        key.apply(self.append(last));
    }
}

#[cfg(feature = "alloc")]
impl Output for Vec<u8> {
    #[inline]
    fn buffered(&self) -> usize {
        self.len()
    }

    #[inline]
    fn available(&self) -> usize {
        isize::MAX as usize - self.len()
    }

    #[inline]
    fn reserve(&mut self, additional: usize) {
        Self::reserve(self, additional);
    }

    #[inline]
    fn append(&mut self, bytes: &[u8]) -> &mut [u8] {
        let start = self.len();
        self.extend_from_slice(bytes);
        &mut self[start..]
    }

    #[inline]
    fn append_masked(&mut self, key: MaskingKey, payload: &[u8]) {
        key.append(self, payload);
    }
}

#[cfg(feature = "bytes")]
impl Output for bytes::BytesMut {
    #[inline]
    fn buffered(&self) -> usize {
        self.len()
    }

    #[inline]
    fn available(&self) -> usize {
        isize::MAX as usize - self.len()
    }

    #[inline]
    fn reserve(&mut self, additional: usize) {
        Self::reserve(self, additional);
    }

    #[inline]
    fn append(&mut self, bytes: &[u8]) -> &mut [u8] {
        let start = self.len();
        self.extend_from_slice(bytes);
        &mut self[start..]
    }
}

/// An [`Output`] over a slice of fixed length, for use without an allocator.
///
/// ```
/// use websocket_proto::{FixedOutput, Output};
///
/// let mut memory = [0; 4];
/// let mut out = FixedOutput::new(&mut memory);
/// out.append(b"abc");
/// assert_eq!(out.written(), b"abc");
/// assert_eq!(out.available(), 1);
/// out.consume(2);
/// assert_eq!(out.written(), b"c");
/// out.clear();
/// assert_eq!(out.available(), 4);
/// ```
pub struct FixedOutput<'a> {
    memory: &'a mut [u8],
    length: usize,
}

impl<'a> FixedOutput<'a> {
    /// An empty buffer over `memory`.
    pub const fn new(memory: &'a mut [u8]) -> Self {
        Self { memory, length: 0 }
    }

    /// The bytes appended since the start or the last
    /// [`clear`](Self::clear).
    pub fn written(&self) -> &[u8] {
        &self.memory[..self.length]
    }

    /// Forgets the first `count` bytes, for use after a write that took no more
    /// than these; all of them where there are fewer.
    pub fn consume(&mut self, count: usize) {
        let count = count.min(self.length);
        self.memory.copy_within(count..self.length, 0);
        self.length -= count;
    }

    /// Forgets the appended bytes, for use after they have been written.
    pub const fn clear(&mut self) {
        self.length = 0;
    }
}

/// Shows how much there is, and nothing of what it says.
impl fmt::Debug for FixedOutput<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("FixedOutput")
            .field("written", &Length(self.length))
            .field("memory", &Length(self.memory.len()))
            .finish()
    }
}

impl Output for FixedOutput<'_> {
    #[inline]
    fn buffered(&self) -> usize {
        self.length
    }

    #[inline]
    fn available(&self) -> usize {
        self.memory.len() - self.length
    }

    #[inline]
    fn append(&mut self, bytes: &[u8]) -> &mut [u8] {
        let lent = &mut self.memory[self.length..][..bytes.len()];
        lent.copy_from_slice(bytes);
        self.length += bytes.len();
        lent
    }
}
