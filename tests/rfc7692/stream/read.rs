use super::{DISTANCES, LENGTHS, ORDER, codes, fixed};

/// What a message of one sender means after these bytes in its window: its
/// payload less the last four bytes. `None` where it is not DEFLATE, or refers
/// to what is not there.
pub(crate) fn inflate(payload: &[u8], history: &[u8], window: usize) -> Option<Vec<u8>> {
    let bytes = [payload, &[0, 0, 0xFF, 0xFF]].concat();
    let mut reader = Reader {
        bytes: &bytes,
        at: 0,
    };
    let mut output = history.to_vec();
    while reader.at < bytes.len() * 8 {
        // Bits that fill the last byte.
        if bytes.len() * 8 - reader.at < 3 {
            break;
        }
        let is_final = reader.bits(1)? == 1;
        match reader.bits(2)? {
            0 => reader.stored(&mut output)?,
            1 => {
                let (literals, distances) = fixed();
                reader.block(&literals, &distances, &mut output, window)?;
            }
            2 => {
                let (literals, distances) = reader.lengths()?;
                reader.block(&literals, &distances, &mut output, window)?;
            }
            _ => return None,
        }
        if is_final {
            reader.at = reader.at.next_multiple_of(8);
        }
    }
    Some(output.split_off(history.len()))
}

struct Reader<'a> {
    bytes: &'a [u8],
    /// In bits.
    at: usize,
}

impl Reader<'_> {
    fn bits(&mut self, count: u32) -> Option<usize> {
        let mut value = 0;
        for bit in 0..count {
            let byte = *self.bytes.get(self.at / 8)?;
            value |= usize::from(byte >> (self.at % 8) & 1) << bit;
            self.at += 1;
        }
        Some(value)
    }

    fn symbol(&mut self, lengths: &[u8], codes: &[u32]) -> Option<usize> {
        let mut code = 0;
        for count in 1..=15 {
            code = code << 1 | self.bits(1)? as u32;
            let found = (0..codes.len()).find(|at| lengths[*at] == count && codes[*at] == code);
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn stored(&mut self, output: &mut Vec<u8>) -> Option<()> {
        self.at = self.at.next_multiple_of(8);
        let length = self.bits(16)?;
        if self.bits(16)? != length ^ 0xFFFF {
            return None;
        }
        let start = self.at / 8;
        output.extend(self.bytes.get(start..start + length)?);
        self.at += length * 8;
        Some(())
    }

    fn lengths(&mut self) -> Option<(Vec<u8>, Vec<u8>)> {
        let literals = self.bits(5)? + 257;
        let distances = self.bits(5)? + 1;
        let count = self.bits(4)? + 4;
        let mut of_lengths = [0; 19];
        for at in &ORDER[..count] {
            of_lengths[*at] = self.bits(3)? as u8;
        }
        let codes = codes(&of_lengths);
        let mut lengths = Vec::new();
        while lengths.len() < literals + distances {
            let (length, times) = match self.symbol(&of_lengths, &codes)? {
                16 => (*lengths.last()?, 3 + self.bits(2)?),
                17 => (0, 3 + self.bits(3)?),
                18 => (0, 11 + self.bits(7)?),
                length => (length as u8, 1),
            };
            lengths.extend(core::iter::repeat_n(length, times));
        }
        let of_distances = lengths.split_off(literals);
        Some((lengths, of_distances))
    }

    fn block(
        &mut self,
        literals: &[u8],
        distances: &[u8],
        output: &mut Vec<u8>,
        window: usize,
    ) -> Option<()> {
        let (of_literals, of_distances) = (codes(literals), codes(distances));
        loop {
            let symbol = self.symbol(literals, &of_literals)?;
            if symbol < 256 {
                output.push(symbol as u8);
                continue;
            }
            let Some(at) = symbol.checked_sub(257) else {
                return Some(());
            };
            let (base, extra) = *LENGTHS.get(at)?;
            let length = base + self.bits(extra)?;
            let (base, extra) = *DISTANCES.get(self.symbol(distances, &of_distances)?)?;
            let distance = base + self.bits(extra)?;
            if distance > window {
                return None;
            }
            for _ in 0..length {
                output.push(*output.get(output.len().checked_sub(distance)?)?);
            }
        }
    }
}

/// The one reads what the other writes, and what flate2 writes.
#[test]
fn what_is_written_is_read() {
    use super::{Block, Stream};

    let mut stream = Stream::new(b"before");
    stream.literals(b"Hello, hello");
    stream.block(Block::Stored, false);
    stream.literals(b"\x90\xFFabc");
    for (length, distance) in [(3, 1), (258, 5), (11, 12), (114, 23), (3, 16)] {
        stream.copy(length, distance);
    }
    stream.block(Block::Fixed, true);
    stream.copy(10, 17);
    stream.literals(b"xyz");
    stream.block(Block::Dynamic, false);
    stream.copy(257, stream.reach());
    stream.block(Block::Dynamic, true);
    let (payload, means) = stream.finish();
    assert_eq!(means.len(), 12 + 5 + 3 + 258 + 11 + 114 + 3 + 10 + 3 + 257);
    assert_eq!(inflate(&payload, b"before", 1 << 15), Some(means));
    assert_eq!(inflate(&payload, b"", 1 << 15), None);
}
