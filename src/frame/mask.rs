use core::fmt;

/// The key that a client's payload is XORed with ([RFC 6455 §5.3]).
///
/// Payload byte `i` is XORed with key byte `i mod 4`, and doing it twice gives
/// the payload back. A payload that comes in pieces is masked piece by piece
/// with the key [`rotated`](Self::rotated) to where the piece begins.
///
/// [RFC 6455 §5.3]: https://www.rfc-editor.org/rfc/rfc6455#section-5.3
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MaskingKey([u8; 4]);

/// Payloads are worked on in blocks of this many bytes, which the compiler
/// turns into vector instructions; a multiple of four keeps the key in phase.
const BLOCK: usize = 16;

impl MaskingKey {
    /// The key with these four bytes, in the order of the wire.
    pub const fn new(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// The four bytes in the order of the wire.
    pub const fn bytes(self) -> [u8; 4] {
        self.0
    }

    /// The key as it applies to payload bytes from `offset` on.
    ///
    /// ```
    /// use websocket_proto::frame::MaskingKey;
    ///
    /// let key = MaskingKey::new([1, 2, 3, 4]);
    /// let mut payload = *b"Hello";
    /// let (head, tail) = payload.split_at_mut(3);
    /// key.apply(head);
    /// key.rotated(3).apply(tail);
    /// key.apply(&mut payload);
    /// assert_eq!(&payload, b"Hello");
    /// ```
    #[must_use]
    pub const fn rotated(self, offset: usize) -> Self {
        // In the order of the wire the first byte is the lowest.
        let key = u32::from_le_bytes(self.0);
        Self(key.rotate_right(8 * (offset % 4) as u32).to_le_bytes())
    }

    /// Masks or unmasks `payload` in place.
    #[inline]
    pub fn apply(self, payload: &mut [u8]) {
        let length = payload.len();
        // The last block is read before the loop changes it and written
        // after, overlapping: no loop over single bytes at the end, whose
        // unforeseeable length costs more than the bytes do.
        if let Some(&last) = payload.last_chunk::<BLOCK>() {
            let last = xor(last, self.rotated(length).repeated());
            let key = self.repeated();
            let (blocks, _) = payload.as_chunks_mut::<BLOCK>();
            for block in blocks {
                *block = xor(*block, key);
            }
            if let Some(end) = payload.last_chunk_mut() {
                *end = last;
            }
        } else if let Some(&last) = payload.last_chunk::<4>() {
            let last = xor_short(last, self.rotated(length));
            let (blocks, _) = payload.as_chunks_mut::<4>();
            for block in blocks {
                *block = xor_short(*block, self);
            }
            if let Some(end) = payload.last_chunk_mut() {
                *end = last;
            }
        } else {
            for (byte, key) in payload.iter_mut().zip(self.0) {
                *byte ^= key;
            }
        }
    }

    /// Writes `source`, masked or unmasked, to `target`.
    ///
    /// # Panics
    ///
    /// Where the two differ in length.
    #[inline]
    pub fn apply_copy(self, source: &[u8], target: &mut [u8]) {
        assert_eq!(source.len(), target.len(), "lengths differ");
        let length = source.len();
        if let (Some(&last), Some(_)) =
            (source.last_chunk::<BLOCK>(), target.first_chunk::<BLOCK>())
        {
            let key = self.repeated();
            let (sources, _) = source.as_chunks::<BLOCK>();
            let (targets, _) = target.as_chunks_mut::<BLOCK>();
            for (source, target) in sources.iter().zip(targets) {
                *target = xor(*source, key);
            }
            if let Some(end) = target.last_chunk_mut() {
                *end = xor(last, self.rotated(length).repeated());
            }
        } else {
            target.copy_from_slice(source);
            self.apply(target);
        }
    }

    const fn repeated(self) -> u128 {
        let key = u32::from_ne_bytes(self.0) as u128;
        key | key << 32 | key << 64 | key << 96
    }
}

#[inline(always)]
const fn xor(block: [u8; BLOCK], key: u128) -> [u8; BLOCK] {
    (u128::from_ne_bytes(block) ^ key).to_ne_bytes()
}

#[inline(always)]
const fn xor_short(block: [u8; 4], key: MaskingKey) -> [u8; 4] {
    (u32::from_ne_bytes(block) ^ u32::from_ne_bytes(key.0)).to_ne_bytes()
}

impl fmt::Debug for MaskingKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.0;
        write!(formatter, "MaskingKey({a:02x} {b:02x} {c:02x} {d:02x})")
    }
}

impl From<[u8; 4]> for MaskingKey {
    fn from(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }
}
