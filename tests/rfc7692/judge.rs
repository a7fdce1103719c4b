//! An inflater for judging what is sent, by RFC 1951 and nothing else: bit by
//! bit, and with a window that is exactly as large as it says.

/// The bases of length codes 257 to 285 and their extra bits.
const LENGTHS: [(usize, u32); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];
/// The same of distance codes.
const DISTANCES: [(usize, u32); 30] = [
    (1, 0),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 1),
    (7, 1),
    (9, 2),
    (13, 2),
    (17, 3),
    (25, 3),
    (33, 4),
    (49, 4),
    (65, 5),
    (97, 5),
    (129, 6),
    (193, 6),
    (257, 7),
    (385, 7),
    (513, 8),
    (769, 8),
    (1025, 9),
    (1537, 9),
    (2049, 10),
    (3073, 10),
    (4097, 11),
    (6145, 11),
    (8193, 12),
    (12289, 12),
    (16385, 13),
    (24577, 13),
];
/// In which order the lengths of the codes for code lengths come.
const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

type Wrong = &'static str;

pub(crate) struct Judge {
    window: usize,
    /// All that ever came out.
    output: Vec<u8>,
    /// The farthest that any reference went.
    pub(crate) farthest: usize,
}

impl Judge {
    pub(crate) const fn new(window_bits: u8) -> Self {
        Self {
            window: 1 << window_bits,
            output: Vec::new(),
            farthest: 0,
        }
    }

    /// A message from its payload.
    pub(crate) fn inflate(&mut self, payload: &[u8]) -> Result<Vec<u8>, Wrong> {
        let bytes = [payload, &[0, 0, 0xff, 0xff]].concat();
        let start = self.output.len();
        let mut bits = Bits {
            bytes: &bytes,
            at: 0,
        };
        while bits.at < bytes.len() * 8 {
            if bits.take(1)? != 0 {
                return Err("a final block");
            }
            match bits.take(2)? {
                0 => self.stored(&mut bits)?,
                1 => {
                    let lengths: Vec<u8> = (0..288)
                        .map(|symbol| match symbol {
                            144..256 => 9,
                            256..280 => 7,
                            _ => 8,
                        })
                        .collect();
                    self.codes(&mut bits, &Code::new(&lengths), &Code::new(&[5; 30]))?;
                }
                2 => {
                    let (lengths, distances) = dynamic(&mut bits)?;
                    self.codes(&mut bits, &lengths, &distances)?;
                }
                _ => return Err("a reserved block type"),
            }
        }
        Ok(self.output[start..].to_vec())
    }

    fn stored(&mut self, bits: &mut Bits<'_>) -> Result<(), Wrong> {
        bits.at = bits.at.next_multiple_of(8);
        let length = bits.take(16)?;
        if bits.take(16)? != length ^ 0xffff {
            return Err("a stored length that is not confirmed");
        }
        for _ in 0..length {
            self.output.push(bits.take(8)? as u8);
        }
        Ok(())
    }

    fn codes(
        &mut self,
        bits: &mut Bits<'_>,
        lengths: &Code,
        distances: &Code,
    ) -> Result<(), Wrong> {
        loop {
            let symbol = lengths.decode(bits)?;
            match symbol {
                0..256 => self.output.push(symbol as u8),
                256 => return Ok(()),
                _ => {
                    let (base, extra) = *LENGTHS.get(symbol - 257).ok_or("a length code")?;
                    let length = base + bits.take(extra)?;
                    let symbol = distances.decode(bits)?;
                    let (base, extra) = *DISTANCES.get(symbol).ok_or("a distance code")?;
                    let distance = base + bits.take(extra)?;
                    if distance > self.window || distance > self.output.len() {
                        return Err("a distance beyond the window");
                    }
                    self.farthest = self.farthest.max(distance);
                    for _ in 0..length {
                        self.output.push(self.output[self.output.len() - distance]);
                    }
                }
            }
        }
    }
}

fn dynamic(bits: &mut Bits<'_>) -> Result<(Code, Code), Wrong> {
    let lengths = bits.take(5)? + 257;
    let distances = bits.take(5)? + 1;
    let count = bits.take(4)? + 4;
    let mut code = [0; 19];
    for place in &ORDER[..count] {
        code[*place] = bits.take(3)? as u8;
    }
    let code = Code::new(&code);
    let mut all = vec![];
    while all.len() < lengths + distances {
        let (value, times) = match code.decode(bits)? {
            length @ 0..16 => (length as u8, 1),
            16 => (*all.last().ok_or("nothing to repeat")?, 3 + bits.take(2)?),
            17 => (0, 3 + bits.take(3)?),
            _ => (0, 11 + bits.take(7)?),
        };
        all.extend(core::iter::repeat_n(value, times));
    }
    if all.len() > lengths + distances {
        return Err("too many code lengths");
    }
    Ok((Code::new(&all[..lengths]), Code::new(&all[lengths..])))
}

/// A canonical Huffman code: how many there are of each length, and the
/// symbols in order.
struct Code {
    counts: [usize; 16],
    symbols: Vec<usize>,
}

impl Code {
    fn new(lengths: &[u8]) -> Self {
        let mut counts = [0; 16];
        let mut symbols: Vec<_> = (0..lengths.len()).filter(|at| lengths[*at] > 0).collect();
        symbols.sort_by_key(|symbol| lengths[*symbol]);
        for symbol in &symbols {
            counts[usize::from(lengths[*symbol])] += 1;
        }
        Self { counts, symbols }
    }

    fn decode(&self, bits: &mut Bits<'_>) -> Result<usize, Wrong> {
        let (mut code, mut first, mut index) = (0, 0, 0);
        for count in &self.counts[1..] {
            code |= bits.take(1)?;
            if code < first + count {
                return Ok(self.symbols[index + code - first]);
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        Err("no such code")
    }
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> Result<usize, Wrong> {
        let mut value = 0;
        for place in 0..count {
            let byte = self.bytes.get(self.at / 8).ok_or("an end within a block")?;
            value |= usize::from(byte >> (self.at % 8) & 1) << place;
            self.at += 1;
        }
        Ok(value)
    }
}
