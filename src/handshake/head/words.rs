//! Bytes looked at eight at a time, where they are too few to pay for the set-up
//! of vector instructions.

/// Where the byte is first.
pub(super) fn position(byte: u8, bytes: &[u8]) -> Option<usize> {
    let (words, rest) = bytes.as_chunks();
    for (index, &word) in words.iter().enumerate() {
        // The byte sought becomes zero, and a zero the only one with its highest
        // bit set. A borrow goes to later bytes only, of which none counts.
        let others = u64::from_le_bytes(word) ^ each(byte);
        let found = others.wrapping_sub(each(1)) & !others & each(0x80);
        if found != 0 {
            return Some(8 * index + found.trailing_zeros() as usize / 8);
        }
    }
    let at = rest.iter().position(|&other| other == byte)?;
    Some(bytes.len() - rest.len() + at)
}

const fn each(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}
