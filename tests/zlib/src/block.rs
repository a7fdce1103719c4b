//! The blocks of DEFLATE (RFC 1951 section 3.2), valid and not.

use crate::bits::BitWriter;
use crate::random::Random;

const END_OF_BLOCK: u16 = 256;
const FIRST_LENGTH: u16 = 257;
/// The longest copy has a code of its own, and can also be written by the code
/// before.
const LONGEST: u16 = 258;

const LENGTHS: [u16; 29] = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258,
];
const LENGTH_BITS: [u8; 29] = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
const DISTANCES: [u16; 30] = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537,
    2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
];
const DISTANCE_BITS: [u8; 30] = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
    13,
];
/// The order in which a dynamic block has the lengths of its lengths' codes.
const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// One code of a block, with the bits that follow it.
#[derive(Debug, Clone, Copy)]
pub struct Item {
    is_distance: bool,
    symbol: u16,
    extra: u16,
    bits: u8,
}

impl Item {
    pub const fn literal(byte: u8) -> Self {
        Self::bare(false, byte as u16)
    }

    /// A length of 3 to 258. `by_extra` writes 258 with the code that has
    /// extra bits.
    pub fn length(length: u16, by_extra: bool) -> Self {
        let index = match length == LONGEST && by_extra {
            true => LENGTHS.len() - 2,
            false => LENGTHS.partition_point(|&base| base <= length) - 1,
        };
        Self {
            is_distance: false,
            symbol: FIRST_LENGTH + index as u16,
            extra: length - LENGTHS[index],
            bits: LENGTH_BITS[index],
        }
    }

    /// A distance of 1 to 32,768.
    pub fn distance(distance: u16) -> Self {
        let index = DISTANCES.partition_point(|&base| base <= distance) - 1;
        Self {
            is_distance: true,
            symbol: index as u16,
            extra: distance - DISTANCES[index],
            bits: DISTANCE_BITS[index],
        }
    }

    /// Any code, such as those that mean nothing.
    pub const fn bare(is_distance: bool, symbol: u16) -> Self {
        Self {
            is_distance,
            symbol,
            extra: 0,
            bits: 0,
        }
    }
}

/// What is wrong with the head of a dynamic block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    TooManyLiterals,
    TooManyDistances,
    NoEnd,
    NothingToRepeat,
    RepeatTooLong,
    Oversubscribed,
    Incomplete,
    LengthsOversubscribed,
    LengthsIncomplete,
}

pub const FLAWS: [Flaw; 9] = [
    Flaw::TooManyLiterals,
    Flaw::TooManyDistances,
    Flaw::NoEnd,
    Flaw::NothingToRepeat,
    Flaw::RepeatTooLong,
    Flaw::Oversubscribed,
    Flaw::Incomplete,
    Flaw::LengthsOversubscribed,
    Flaw::LengthsIncomplete,
];

fn header(writer: &mut BitWriter, is_final: bool, kind: u32) {
    writer.put(u32::from(is_final), 1);
    writer.put(kind, 2);
}

/// A stored block of at most 65,535 bytes.
pub fn stored(writer: &mut BitWriter, is_final: bool, bytes: &[u8]) {
    stored_head(writer, is_final, bytes.len() as u16, 0);
    writer.append(bytes);
}

/// The head of a stored block. Bits that are set in `damage` are wrong in the
/// second copy of the length.
pub fn stored_head(writer: &mut BitWriter, is_final: bool, length: u16, damage: u16) {
    header(writer, is_final, 0);
    writer.append(&length.to_le_bytes());
    writer.append(&(!length ^ damage).to_le_bytes());
}

/// The first three bits of a stored block; the tail of a message is the rest.
pub fn stored_start(writer: &mut BitWriter, is_final: bool) {
    header(writer, is_final, 0);
    writer.align();
}

/// A block of the type that does not exist.
pub fn reserved(writer: &mut BitWriter, is_final: bool) {
    header(writer, is_final, 3);
}

/// A block with the codes that everybody knows.
pub fn fixed(writer: &mut BitWriter, is_final: bool, items: &[Item]) {
    header(writer, is_final, 1);
    let mut literals = [8; 288];
    literals[144..256].fill(9);
    literals[256..280].fill(7);
    write_items(writer, items, &literals, &[5; 32]);
}

fn write_items(writer: &mut BitWriter, items: &[Item], literals: &[u8], distances: &[u8]) {
    let codes = [canonical(literals), canonical(distances)];
    let lengths = [literals, distances];
    let end = Item::bare(false, END_OF_BLOCK);
    for item in items.iter().chain([&end]) {
        let alphabet = usize::from(item.is_distance);
        let symbol = usize::from(item.symbol);
        writer.code(codes[alphabet][symbol], lengths[alphabet][symbol].into());
        writer.put(item.extra.into(), item.bits.into());
    }
}

/// The codes that belong to these lengths (RFC 1951 section 3.2.2).
fn canonical(lengths: &[u8]) -> Vec<u32> {
    let mut codes = vec![0; lengths.len()];
    let mut code = 0_u32;
    for length in 1..=15 {
        for (symbol, _) in lengths
            .iter()
            .enumerate()
            .filter(|entry| *entry.1 == length)
        {
            codes[symbol] = code;
            code = code.wrapping_add(1);
        }
        code = code.wrapping_mul(2);
    }
    codes
}

/// The lengths of a complete code with so many symbols, none longer than
/// `longest`; one symbol alone has one bit.
fn complete(count: usize, longest: u8, random: &mut Random) -> Vec<u8> {
    if count < 2 {
        return vec![1; count];
    }
    let skewed = random.one_in(3);
    let mut leaves = vec![1, 1];
    while leaves.len() < count {
        let index = match skewed && random.percent(60) {
            true => leaves.len() - 1,
            false => random.below(leaves.len()),
        };
        if leaves[index] < longest {
            leaves[index] += 1;
            leaves.push(leaves[index]);
        }
    }
    random.shuffle(&mut leaves);
    leaves
}

/// Lengths for the symbols that are in use and for some that are not.
fn code_for(used: &mut [bool], most: usize, longest: u8, random: &mut Random) -> Vec<u8> {
    for _ in 0..random.pick(&[0, 0, 1, 4]) {
        let unused = random.below(most);
        used[unused] = true;
    }
    let count = used.iter().filter(|used| **used).count();
    let mut leaves = complete(count, longest, random).into_iter();
    let length = |used: &bool| if *used { leaves.next().unwrap_or(0) } else { 0 };
    used.iter().map(length).collect()
}

fn used_end(lengths: &[u8]) -> usize {
    lengths
        .iter()
        .rposition(|length| *length > 0)
        .map_or(0, |last| last + 1)
}

/// A block with codes of its own.
pub fn dynamic(
    writer: &mut BitWriter,
    is_final: bool,
    items: &[Item],
    flaw: Option<Flaw>,
    random: &mut Random,
) {
    let mut used = [vec![false; 286], vec![false; 30]];
    used[0][usize::from(END_OF_BLOCK)] = true;
    for item in items {
        used[usize::from(item.is_distance)][usize::from(item.symbol)] = true;
    }
    let [literals, distances] = &mut used;
    let mut literals = code_for(literals, 286, 15, random);
    let mut distances = code_for(distances, 30, 15, random);
    match flaw {
        Some(Flaw::NoEnd) => literals[usize::from(END_OF_BLOCK)] = 0,
        Some(Flaw::Oversubscribed) => {
            let symbol = random.below(256);
            literals[symbol] = 1;
            literals[symbol + 1] = 1;
            literals[symbol + 2] = 1;
        }
        Some(Flaw::Incomplete) => {
            let lengths = match random.one_in(2) {
                true => &mut literals,
                false => &mut distances,
            };
            lengths[0] = 14;
            lengths[1] = 15;
        }
        _ => {}
    }
    let mut literal_count = used_end(&literals).max(257);
    let mut distance_count = used_end(&distances).max(1);
    if random.one_in(4) {
        literal_count = random.between(literal_count, 286);
        distance_count = random.between(distance_count, 30);
    }
    match flaw {
        Some(Flaw::TooManyLiterals) => literal_count = random.between(287, 288),
        Some(Flaw::TooManyDistances) => distance_count = random.between(31, 32),
        _ => {}
    }
    literals.resize(288, 0);
    distances.resize(32, 0);
    let lengths = [&literals[..literal_count], &distances[..distance_count]].concat();
    let runs = runs(&lengths, flaw, random);

    let mut used = [false; 19];
    for run in &runs {
        used[usize::from(run.symbol)] = true;
    }
    // A single one would be a code that is not complete.
    while used.iter().filter(|used| **used).count() < 2 {
        used[random.below(19)] = true;
    }
    let mut length_lengths = code_for(&mut used, 19, 7, random);
    match flaw {
        Some(Flaw::LengthsOversubscribed) => length_lengths[..3].fill(1),
        Some(Flaw::LengthsIncomplete) => {
            let used = length_lengths.iter().position(|length| *length > 0);
            length_lengths[used.unwrap_or(0)] = 7;
        }
        _ => {}
    }
    let count = ORDER.iter().rposition(|&symbol| length_lengths[symbol] > 0);
    let mut count = count.map_or(0, |last| last + 1).max(4);
    if random.one_in(4) {
        count = random.between(count, 19);
    }

    header(writer, is_final, 2);
    writer.put(literal_count as u32 - 257, 5);
    writer.put(distance_count as u32 - 1, 5);
    writer.put(count as u32 - 4, 4);
    for &symbol in &ORDER[..count] {
        writer.put(length_lengths[symbol].into(), 3);
    }
    let codes = canonical(&length_lengths);
    for run in runs {
        let symbol = usize::from(run.symbol);
        writer.code(codes[symbol], length_lengths[symbol].into());
        writer.put(run.extra, run.bits);
    }
    write_items(writer, items, &literals, &distances);
}

/// A length of a code, or one of the codes that repeat.
struct Run {
    symbol: u8,
    extra: u32,
    bits: u32,
}

impl Run {
    /// So many times the length before.
    const fn again(count: u32) -> Self {
        Self {
            symbol: 16,
            extra: count - 3,
            bits: 2,
        }
    }

    /// So many zeros.
    const fn zeros(count: u32) -> Self {
        match count {
            ..=10 => Self {
                symbol: 17,
                extra: count - 3,
                bits: 3,
            },
            _ => Self {
                symbol: 18,
                extra: count - 11,
                bits: 7,
            },
        }
    }
}

fn runs(lengths: &[u8], flaw: Option<Flaw>, random: &mut Random) -> Vec<Run> {
    let mut runs = vec![];
    if flaw == Some(Flaw::NothingToRepeat) {
        runs.push(Run::again(3));
    }
    let mut at = 0;
    while at < lengths.len() {
        let length = lengths[at];
        let same = lengths[at..].iter().take_while(|next| **next == length);
        let same = same.count();
        let repeats = at > 0 && lengths[at - 1] == length;
        let count = if same < 3 || random.one_in(8) {
            runs.push(Run {
                symbol: length,
                extra: 0,
                bits: 0,
            });
            1
        } else if length == 0 && !(repeats && random.one_in(4)) {
            let count = match random.one_in(4) {
                true => random.between(3, same.min(138)),
                false => same.min(138),
            };
            runs.push(Run::zeros(count as u32));
            count
        } else if repeats {
            let count = random.between(3, same.min(6));
            runs.push(Run::again(count as u32));
            count
        } else {
            runs.push(Run {
                symbol: length,
                extra: 0,
                bits: 0,
            });
            1
        };
        at += count;
    }
    if flaw == Some(Flaw::RepeatTooLong) {
        runs.pop();
        runs.push(Run::zeros(138));
    }
    runs
}
