#[cfg(feature = "alloc")]
use alloc::vec::Vec;
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

/// Long payloads are worked on in blocks of this many bytes, which begin where
/// cache lines do: stores that cross lines take twice the time. A multiple of
/// four keeps the key in phase.
const BLOCK: usize = 64;

/// Up to as many bytes a payload is short: two blocks, one from either end.
const SHORT: usize = 2 * BLOCK;

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
        if payload.len() <= SHORT {
            self.apply_short(payload);
        } else {
            self.apply_long(payload);
        }
    }

    /// Writes `source`, masked or unmasked, to `target`, in one pass.
    ///
    /// # Panics
    ///
    /// Where the two differ in length.
    #[inline]
    pub fn apply_copy(self, source: &[u8], target: &mut [u8]) {
        assert_eq!(source.len(), target.len(), "lengths differ");
        if source.len() <= SHORT {
            self.copy_short(source, target);
        } else {
            self.copy_long(source, target);
        }
    }

    fn copy_long(self, source: &[u8], target: &mut [u8]) {
        #[cfg(feature = "simd")]
        super::simd::vectorize(
            #[inline(always)]
            || self.copy_blocks(source, target),
        );
        #[cfg(not(feature = "simd"))]
        self.copy_blocks(source, target);
    }

    #[inline(always)]
    fn copy_blocks(self, source: &[u8], target: &mut [u8]) {
        let start = align(target);
        let (source_head, source) = source.split_at(start);
        let (target_head, target) = target.split_at_mut(start);
        self.copy_short(source_head, target_head);
        let key = self.rotated(start);
        let repeated = key.repeated();
        let (sources, source_tail) = source.as_chunks::<BLOCK>();
        let (targets, target_tail) = target.as_chunks_mut::<BLOCK>();
        for (target, source) in targets.iter_mut().zip(sources) {
            *target = xor(*source, &repeated);
        }
        key.copy_short(source_tail, target_tail);
    }

    /// Appends `source`, masked or unmasked, to `target`, in one pass.
    #[cfg(feature = "alloc")]
    #[inline]
    pub fn append(self, target: &mut Vec<u8>, source: &[u8]) {
        if source.len() > SHORT {
            return self.append_long(target, source);
        }
        let start = target.len();
        if target.spare_capacity_mut().len() < SHORT {
            target.extend_from_slice(source);
            self.apply_short(&mut target[start..]);
        } else {
            // As above, but with one question after the length instead of two,
            // and without reading what has only just been written.
            target.extend_from_slice(&[0; SHORT]);
            target.truncate(start + source.len());
            self.copy_short(source, &mut target[start..]);
        }
    }

    #[inline]
    fn copy_short(self, source: &[u8], target: &mut [u8]) {
        match source.len() {
            0..4 => {
                for ((target, byte), key) in target.iter_mut().zip(source).zip(self.0) {
                    *target = byte ^ key;
                }
            }
            4..8 => put_ends(target, self.ends::<4>(source)),
            8..16 => put_ends(target, self.ends::<8>(source)),
            16..32 => put_ends(target, self.ends::<16>(source)),
            32..64 => put_ends(target, self.ends::<32>(source)),
            _ => put_ends(target, self.ends::<64>(source)),
        }
    }

    #[cfg(feature = "alloc")]
    fn append_long(self, target: &mut Vec<u8>, source: &[u8]) {
        target.reserve(source.len());
        let (blocks, tail) = source.as_chunks::<BLOCK>();
        #[cfg(feature = "simd")]
        super::simd::vectorize(
            #[inline(always)]
            || self.append_blocks(target, blocks),
        );
        #[cfg(not(feature = "simd"))]
        self.append_blocks(target, blocks);
        self.append(target, tail);
    }

    /// An iterator that knows its length writes straight to where the bytes
    /// belong, which need not be filled with zeros before.
    #[cfg(feature = "alloc")]
    #[inline(always)]
    fn append_blocks(self, target: &mut Vec<u8>, blocks: &[[u8; BLOCK]]) {
        let repeated = self.repeated();
        target.extend(blocks.iter().flat_map(
            #[inline(always)]
            |block| xor(*block, &repeated),
        ));
    }

    /// Up to two blocks: no loop, whose number of turns no branch predictor
    /// foresees, but two blocks of half the length or more, one from the start
    /// and one up to the end, which may overlap.
    #[inline]
    fn apply_short(self, payload: &mut [u8]) {
        match payload.len() {
            0..4 => {
                for (byte, key) in payload.iter_mut().zip(self.0) {
                    *byte ^= key;
                }
            }
            4..8 => put_ends(payload, self.ends::<4>(payload)),
            8..16 => put_ends(payload, self.ends::<8>(payload)),
            16..32 => put_ends(payload, self.ends::<16>(payload)),
            32..64 => put_ends(payload, self.ends::<32>(payload)),
            _ => put_ends(payload, self.ends::<64>(payload)),
        }
    }

    /// The first and the last bytes, masked.
    #[inline(always)]
    fn ends<const N: usize>(self, payload: &[u8]) -> Option<([u8; N], [u8; N])> {
        let first = xor(*payload.first_chunk()?, &self.repeated());
        // Rotated by one block more or less, the key is the same.
        let last_key = self.rotated(payload.len()).repeated();
        let last = xor(*payload.last_chunk()?, &last_key);
        Some((first, last))
    }

    fn apply_long(self, payload: &mut [u8]) {
        #[cfg(feature = "simd")]
        super::simd::vectorize(
            #[inline(always)]
            || self.apply_blocks(payload),
        );
        #[cfg(not(feature = "simd"))]
        self.apply_blocks(payload);
    }

    #[inline(always)]
    fn apply_blocks(self, payload: &mut [u8]) {
        let start = align(payload);
        let (head, rest) = payload.split_at_mut(start);
        self.apply_short(head);
        let key = self.rotated(start);
        let repeated = key.repeated();
        let (blocks, tail) = rest.as_chunks_mut::<BLOCK>();
        for block in blocks {
            *block = xor(*block, &repeated);
        }
        key.apply_short(tail);
    }

    #[inline(always)]
    const fn repeated<const N: usize>(self) -> [u8; N] {
        let mut bytes = [0; N];
        let mut index = 0;
        while index < N {
            bytes[index] = self.0[index % 4];
            index += 1;
        }
        bytes
    }
}

/// How many bytes are missing to where blocks begin.
#[inline(always)]
fn align(bytes: &[u8]) -> usize {
    let start = bytes.as_ptr().align_offset(BLOCK) % BLOCK;
    start.min(bytes.len())
}

#[inline(always)]
fn put_ends<const N: usize>(target: &mut [u8], ends: Option<([u8; N], [u8; N])>) {
    if let Some((first, last)) = ends {
        if let Some(start) = target.first_chunk_mut() {
            *start = first;
        }
        if let Some(end) = target.last_chunk_mut() {
            *end = last;
        }
    }
}

#[inline(always)]
fn xor<const N: usize>(mut block: [u8; N], key: &[u8; N]) -> [u8; N] {
    for (byte, key) in block.iter_mut().zip(key) {
        *byte ^= key;
    }
    block
}

/// Shows none of its bytes: with them and what was seen on the wire, payloads
/// can be read.
impl fmt::Debug for MaskingKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MaskingKey(..)")
    }
}

impl From<[u8; 4]> for MaskingKey {
    fn from(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, align};

    /// Blocks begin where cache lines do, at the first that there is.
    #[test]
    fn blocks_are_aligned() {
        let bytes = [0_u8; 3 * BLOCK];
        for from in 0..BLOCK {
            let bytes = &bytes[from..];
            let start = align(bytes);
            assert!(start < BLOCK);
            assert_eq!(bytes[start..].as_ptr() as usize % BLOCK, 0);
        }
        // Or at the end, where there is none.
        let bytes = &bytes[..2 * BLOCK];
        let short = &bytes[(align(bytes) + 1) % BLOCK..][..2];
        assert_eq!(align(short), short.len());
    }
}
