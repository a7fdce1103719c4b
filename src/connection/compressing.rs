//! Compressed messages, sent.

use alloc::boxed::Box;

use super::send::Sender;
use super::writing::check_room;
use crate::deflate::{Compressor, Direction};
use crate::frame::{Header, Opcode, ReservedBits};
use crate::{Output, SendError};

/// What a sender keeps where permessage-deflate was agreed.
#[derive(Debug)]
pub(super) struct Compression {
    compressor: Compressor,
    direction: Direction,
    threshold: u32,
    /// The fragmented message under way is compressed.
    in_message: bool,
}

impl Sender {
    pub(super) fn enable_deflate(&mut self, direction: Direction, level: u8, threshold: u32) {
        self.compression = Compressor::new(direction, level).map(|compressor| {
            Box::new(Compression {
                compressor,
                direction,
                threshold,
                in_message: false,
            })
        });
    }

    /// Sends a text message without compressing it: for secrets that must not
    /// share a window with what an attacker chooses, as the length would tell
    /// of them (RFC 7692 §8), and for what does not compress.
    ///
    /// # Errors
    ///
    /// As [`send_text`](Self::send_text).
    pub fn send_text_uncompressed(
        &mut self,
        text: &str,
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        self.send_uncompressed(Opcode::Text, text.as_bytes(), out)
    }

    /// Sends a binary message without compressing it.
    ///
    /// # Errors
    ///
    /// As [`send_binary`](Self::send_binary).
    pub fn send_binary_uncompressed(
        &mut self,
        bytes: &[u8],
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        self.send_uncompressed(Opcode::Binary, bytes, out)
    }

    fn send_uncompressed(
        &mut self,
        opcode: Opcode,
        payload: &[u8],
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        self.check_message()?;
        self.let_pong_pass(Header::MAX_ENCODED + payload.len(), out);
        self.write_frame(opcode, true, payload, out)
    }

    /// What this end compresses with, where a message that is compressed on
    /// its own can be sent: without takeover.
    pub(super) fn independent(&self) -> Option<Direction> {
        let compression = self.compression.as_deref()?;
        (!compression.direction.takeover).then_some(compression.direction)
    }

    /// The most that a payload of this length may become.
    pub(super) const fn most_compressed(&self, length: usize) -> usize {
        match self.compression {
            Some(_) => Compressor::bound(length),
            None => length,
        }
    }

    /// Writes a frame of a message compressed, and says whether it did: not
    /// below the threshold, and not where the output may lack the room for
    /// what a payload that does not compress becomes.
    pub(super) fn write_compressed(
        &mut self,
        opcode: Opcode,
        is_final: bool,
        payload: &[u8],
        out: &mut impl Output,
    ) -> Result<bool, SendError> {
        let Some(mut compression) = self.compression.take() else {
            return Ok(false);
        };
        let written = self.write_with(&mut compression, opcode, is_final, payload, out);
        self.compression = Some(compression);
        written
    }

    fn write_with(
        &mut self,
        compression: &mut Compression,
        opcode: Opcode,
        is_final: bool,
        payload: &[u8],
        out: &mut impl Output,
    ) -> Result<bool, SendError> {
        let needed = Compressor::bound(payload.len()) + Header::MAX_ENCODED;
        let begins = opcode != Opcode::Continuation;
        if begins {
            // Of a message in fragments nobody knows how long it will be.
            let worth = !is_final || payload.len() >= compression.threshold as usize;
            if !worth || needed > out.available() {
                return Ok(false);
            }
        } else if !compression.in_message {
            return Ok(false);
        }
        // Nothing may fail once the window has moved on.
        check_room(needed, out)?;
        let compressed = compression.compressor.compress(payload, is_final);
        let reserved = match begins {
            true => ReservedBits::RSV1,
            false => ReservedBits::NONE,
        };
        let written = self.write_frame_with(opcode, is_final, reserved, compressed, out);
        compression.compressor.rest();
        written?;
        compression.in_message = !is_final;
        Ok(true)
    }
}
