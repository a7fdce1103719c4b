//! What the bytes cost with no protocol at all.

use std::hint::black_box;

use crate::workload::{Kind, Workload};

#[derive(Clone)]
pub enum Limit {
    Copy,
    CopyAndMask,
    /// These need readable text.
    CopyAndSimdUtf8(String),
    CopyAndStdUtf8(String),
}

/// What is handled at a time, in bytes.
const STEP: usize = 64 << 10;

impl Limit {
    /// Those that say something of a workload.
    pub fn of(workload: &Workload) -> Vec<Self> {
        if !matches!(workload.kind, Kind::Receive | Kind::Echo | Kind::Send) {
            return Vec::new();
        }
        let mut limits = vec![Self::Copy, Self::CopyAndMask];
        if let Some(text) = workload.text() {
            limits.push(Self::CopyAndSimdUtf8(text.clone()));
            limits.push(Self::CopyAndStdUtf8(text));
        }
        limits
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Copy => "[copy]",
            Self::CopyAndMask => "[copy, mask]",
            Self::CopyAndSimdUtf8(_) => "[copy, simdutf8]",
            Self::CopyAndStdUtf8(_) => "[copy, std UTF-8]",
        }
    }

    pub fn run(&self, workload: &Workload) {
        let (bytes, loops) = match &workload.messages {
            Some(messages) => (messages.arena, messages.loops),
            None => (workload.stream, workload.loops),
        };
        let mut buffer = vec![0; STEP];
        for _ in 0..loops {
            match self {
                Self::Copy | Self::CopyAndMask => {
                    for chunk in bytes.chunks(workload.chunk.min(STEP)) {
                        let buffer = &mut buffer[..chunk.len()];
                        buffer.copy_from_slice(chunk);
                        if let Self::CopyAndMask = self {
                            mask(buffer);
                        }
                        black_box(buffer);
                    }
                }
                Self::CopyAndSimdUtf8(text) => {
                    validate(text, &mut buffer, |piece| {
                        simdutf8::basic::from_utf8(piece).is_ok()
                    });
                }
                Self::CopyAndStdUtf8(text) => {
                    validate(text, &mut buffer, |piece| {
                        std::str::from_utf8(piece).is_ok()
                    });
                }
            }
        }
    }
}

/// A plain loop, which the compiler makes of it what the target has.
#[inline(never)]
fn mask(bytes: &mut [u8]) {
    let key = u64::from_ne_bytes([1, 2, 3, 4, 1, 2, 3, 4]);
    let (words, rest) = bytes.as_chunks_mut::<8>();
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ key).to_ne_bytes();
    }
    for (index, byte) in rest.iter_mut().enumerate() {
        *byte ^= key.to_ne_bytes()[index & 3];
    }
}

fn validate(text: &str, buffer: &mut [u8], is_valid: impl Fn(&[u8]) -> bool) {
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, others) = rest.split_at(rest.floor_char_boundary(STEP));
        let buffer = &mut buffer[..piece.len()];
        buffer.copy_from_slice(piece.as_bytes());
        assert!(black_box(is_valid(buffer)));
        rest = others;
    }
}
