use alloc::vec::Vec;
use core::fmt;

use zlib_rs::{Deflate, DeflateFlush};

use super::TAIL;
use super::parameters::{Direction, MAX_BITS, MIN_BITS};
use super::spare::{self, Spare};

/// Compresses the messages of one direction.
pub(crate) struct Compressor {
    direction: Direction,
    level: u8,
    /// Made at the first use; without takeover the thread's, and here only
    /// while a message is under way.
    codec: Option<Codec>,
    /// The payload of the frame that is being written.
    payload: Vec<u8>,
}

pub(super) struct Codec {
    deflate: Deflate,
    level: u8,
    bits: u8,
}

std::thread_local! {
    pub(super) static SPARE: Spare<Codec, PLACES> = const { Spare::new() };
}

/// A thread keeps a codec for each window.
const PLACES: usize = (MAX_BITS - MIN_BITS) as usize + 1;

/// The largest buffer that is kept between frames, in bytes.
const MAX_KEPT: usize = 4 << 10;

impl Compressor {
    /// `None` where the window is smaller than zlib can be held to: messages
    /// then go uncompressed, as they always may ([RFC 7692 §6.1]).
    ///
    /// [RFC 7692 §6.1]: https://www.rfc-editor.org/rfc/rfc7692#section-6.1
    pub(crate) fn new(direction: Direction, level: u8) -> Option<Self> {
        (direction.window_bits() >= MIN_BITS).then_some(Self {
            direction,
            level,
            codec: None,
            payload: Vec::new(),
        })
    }

    /// More than a payload of `length` bytes can become: the fastest level may
    /// take nine bits for a byte.
    pub(crate) const fn bound(length: usize) -> usize {
        length.saturating_add(length / 4).saturating_add(128)
    }

    /// Compresses a payload: a whole message, or a fragment of one.
    pub(crate) fn compress(&mut self, bytes: &[u8], last: bool) -> &[u8] {
        // Whether zlib has something to say to nothing depends on what it said
        // before, which may have been another connection's.
        if bytes.is_empty() && !last {
            self.payload.clear();
            return &self.payload;
        }
        let takeover = self.direction.takeover;
        let codec = self.codec.get_or_insert_with(|| {
            let (level, bits) = (self.level, self.direction.window_bits());
            match takeover {
                true => Codec::new(level, bits),
                false => Codec::spare_or_new(level, bits),
            }
        });
        // A full flush forgets the message: the codec is as good as new, for
        // less than what a reset takes.
        let flush = match last && !takeover {
            true => DeflateFlush::FullFlush,
            false => DeflateFlush::SyncFlush,
        };
        let codec = &mut codec.deflate;
        self.payload.clear();
        let mut rest = bytes;
        loop {
            let start = self.payload.len();
            let room = (rest.len() / 2).max(start / 2) + 64;
            self.payload.resize(start + room, 0);
            let (taken, given) = (codec.total_in(), codec.total_out());
            // The only errors are of streams that have ended, which these
            // never do.
            let _ = codec.compress(rest, &mut self.payload[start..], flush);
            // Neither is more than was offered.
            let taken = (codec.total_in() - taken) as usize;
            let given = (codec.total_out() - given) as usize;
            self.payload.truncate(start + given);
            rest = &rest[taken..];
            // What has room left after a flush holds all of it.
            if rest.is_empty() && given < room {
                break;
            }
        }
        if last {
            if self.payload.ends_with(&TAIL) {
                self.payload.truncate(self.payload.len() - TAIL.len());
            }
            // Nothing was left to flush: an empty stored block without its
            // tail.
            if self.payload.is_empty() {
                self.payload.push(0x00);
            }
            if !takeover && let Some(codec) = self.codec.take() {
                spare::keep(&SPARE, place(codec.bits), codec);
            }
        }
        &self.payload
    }

    /// Frees what the frame that was written needs no longer: its payload
    /// where that is large, and where each message stands alone all of it.
    pub(crate) fn rest(&mut self) {
        if self.codec.is_none() {
            self.payload = Vec::new();
        } else if self.payload.capacity() > MAX_KEPT {
            self.payload.clear();
            self.payload.shrink_to(MAX_KEPT);
        }
    }
}

impl Codec {
    fn new(level: u8, bits: u8) -> Self {
        Self {
            deflate: Deflate::new(level.into(), false, bits),
            level,
            bits,
        }
    }

    fn spare_or_new(level: u8, bits: u8) -> Self {
        spare::take(&SPARE, place(bits))
            .filter(|codec| (codec.level, codec.bits) == (level, bits))
            .unwrap_or_else(|| Self::new(level, bits))
    }
}

/// Where the thread keeps a codec with this window.
const fn place(bits: u8) -> usize {
    (bits - MIN_BITS) as usize
}

impl fmt::Debug for Compressor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Compressor")
            .field("direction", &self.direction)
            .field("level", &self.level)
            .field("is_made", &self.codec.is_some())
            .finish_non_exhaustive()
    }
}
