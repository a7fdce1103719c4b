//! The bits of DEFLATE (RFC 1951 section 3.1.1).

/// Writes bits to bytes, the lowest bit of a byte first.
#[derive(Debug, Default)]
pub struct BitWriter {
    bytes: Vec<u8>,
    /// How many bits of the last byte are in use; 8 if all are.
    used: u32,
}

impl BitWriter {
    pub const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            used: 8,
        }
    }

    /// A number of `count` bits, the lowest bit first.
    pub fn put(&mut self, value: u32, count: u32) {
        for bit in 0..count {
            if self.used == 8 {
                self.bytes.push(0);
                self.used = 0;
            }
            if value >> bit & 1 == 1 {
                *self.bytes.last_mut().expect("a byte") |= 1 << self.used;
            }
            self.used += 1;
        }
    }

    /// A Huffman code of `count` bits, the highest bit first.
    pub fn code(&mut self, code: u32, count: u32) {
        for bit in (0..count).rev() {
            self.put(code >> bit & 1, 1);
        }
    }

    /// Leaves the rest of the byte at zero.
    pub const fn align(&mut self) {
        self.used = 8;
    }

    pub const fn is_aligned(&self) -> bool {
        self.used == 8
    }

    /// Appends whole bytes behind the last byte.
    pub fn append(&mut self, bytes: &[u8]) {
        self.align();
        self.bytes.extend_from_slice(bytes);
    }

    /// How many bytes have begun.
    pub const fn length(&self) -> usize {
        self.bytes.len()
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
