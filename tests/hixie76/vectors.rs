//! Handshakes whose answers others have computed: examples of the draft,
//! wire captures, and the tests of other implementations.

/// Keys, the numbers that they hold, and the answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Vector {
    pub(crate) key1: &'static str,
    pub(crate) key2: &'static str,
    pub(crate) key3: u64,
    pub(crate) numbers: [u32; 2],
    pub(crate) answer: u128,
}

impl Vector {
    pub(crate) const fn key3(&self) -> [u8; 8] {
        self.key3.to_be_bytes()
    }

    pub(crate) const fn answer(&self) -> [u8; 16] {
        self.answer.to_be_bytes()
    }
}

pub(crate) const VECTORS: [Vector; 7] = [
    Vector {
        key1: "1   38 wZ3f9 23O0 3l 0r",
        key2: "27   0E 6 2  1665:< ;U 1H",
        key3: 0x91253ed3a9e76a88,
        numbers: [197_703_290, 300_690_739],
        answer: 0xb49c6e4053040426e51bbf6cb79f1df9,
    },
    Vector {
        key1: "4 @1  46546xW%0l 1 5",
        key2: "12998 5 Y3 1  .P00",
        key3: 0x5e6e3a64735b3455,
        numbers: [829_309_203, 259_970_620],
        answer: 0x386a4b5327793a472a436f2c5778612d,
    },
    Vector {
        key1: "18x 6]8vM;54 *(5:  {   U1]8  z [  8",
        key2: "1_ tx7X d  <  nw  334J702) 7]o}` 0",
        key3: 0x546d5b4b20543275,
        numbers: [155_712_099, 173_347_027],
        answer: 0x66514a2c664e2f344634217e4b7e4d48,
    },
    Vector {
        key1: "3e6b263  4 17 80",
        key2: "17  9 G`ZD9   2 2b 7X 3 /r90",
        key3: 0x576a4e7d7c4d2836,
        numbers: [906_585_445, 179_922_739],
        answer: 0x6e603965426b397a245238704f745662,
    },
    Vector {
        key1: "30  ;- 5=5 u 4 1  7336",
        key2: ":2 8 G(  07A 93Ql 3 *20 Ox0G'w",
        key3: 0x5d9fb0670fe4fa75,
        numbers: [381_927_167, 350_991_650],
        answer: 0xb6bc2a9ea00c1cb90faddc97906017a8,
    },
    Vector {
        key1: "P388 O503D&ul7 {K%gX( %7  15",
        key2: "1 N ?|k UT0or 3o  4 I97N 5-S3O 31",
        key3: 0x4730222d5a3f4758,
        numbers: [777_007_543, 114_997_259],
        answer: 0x30737433526c26712d325a555e776575,
    },
    Vector {
        key1: ";  100 +  606x[ 6720   ( /",
        key2: "q166 010q 9 6 9 0",
        key3: 0xf06c576a3b413a40,
        numbers: [100_606_672, 332_021_938],
        answer: 0xbb2fef19e0c5264c259d58d77abdedfd,
    },
];

/// Keys that are none, and the number that their digits make.
pub(crate) const REFUSED: [(&str, u64, u64); 3] = [
    ("17  9 G`ZD9   2 2b 7X 3 /r91", 1_799_227_391, 10),
    ("3e6b263 4 17 80", 3_626_341_780, 3),
    ("3e6b6341780", 366_341_780, 0),
];
