//! DEFLATE by code of its own (RFC 1951): written bit by bit, with what it
//! means beside it, and read bit by bit.

mod read;
mod write;

pub(crate) use read::inflate;
pub(crate) use write::{Block, Stream};

/// The base and the extra bits of each length code from 257 on.
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

/// The base and the extra bits of each distance code.
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

/// In this order stand the lengths of the codes for the lengths of codes.
const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// The code of each symbol, most significant bit first, by the lengths of the
/// codes (section 3.2.2).
fn codes(lengths: &[u8]) -> Vec<u32> {
    let mut next = 0;
    let mut codes = vec![0; lengths.len()];
    for bits in 1..=15 {
        next <<= 1;
        for (code, _) in codes
            .iter_mut()
            .zip(lengths)
            .filter(|(_, length)| **length == bits)
        {
            *code = next;
            next += 1;
        }
    }
    codes
}

/// The codes that need not be sent: of literals and lengths, and of distances.
fn fixed() -> (Vec<u8>, Vec<u8>) {
    let literals = [vec![8; 144], vec![9; 112], vec![7; 24], vec![8; 8]].concat();
    (literals, vec![5; 32])
}
