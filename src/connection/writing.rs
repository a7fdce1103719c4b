use alloc::boxed::Box;

#[cfg(feature = "hixie76")]
use super::hixie76;
use super::send::Sender;
#[cfg(feature = "hixie76")]
use crate::Role;
use crate::frame::{Header, MaskingKey, Opcode, ReservedBits};
use crate::seed::KeySource;
use crate::{Output, SendError};

/// What frames look like.
#[derive(Debug)]
pub(super) enum Wire {
    /// A server's, which are not masked.
    Server,
    /// A client's, each masked with a key of its own.
    Client(Box<KeySource>),
    /// Those of the legacy protocol, the same in both directions.
    #[cfg(feature = "hixie76")]
    Hixie76(Role),
}

/// Frames as they go out.
impl Sender {
    pub(super) fn write_close(
        &mut self,
        payload: &[u8],
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        if self.is_closed() {
            return Ok(());
        }
        self.let_pong_precede_close(payload.len(), out);
        self.write_frame(Opcode::Close, true, payload, out)?;
        self.note_close();
        Ok(())
    }

    #[inline(never)]
    pub(super) fn write_message_frame(
        &mut self,
        opcode: Opcode,
        is_final: bool,
        payload: &[u8],
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        #[cfg(feature = "deflate")]
        let length = self.most_compressed(payload.len());
        #[cfg(not(feature = "deflate"))]
        let length = payload.len();
        self.let_pong_pass(Header::MAX_ENCODED + length, out);
        #[cfg(feature = "deflate")]
        if self.write_compressed(opcode, is_final, payload, out)? {
            return Ok(());
        }
        self.write_frame(opcode, is_final, payload, out)
    }

    #[inline]
    pub(super) fn write_frame(
        &mut self,
        opcode: Opcode,
        is_final: bool,
        payload: &[u8],
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        self.write_frame_with(opcode, is_final, ReservedBits::NONE, payload, out)
    }

    #[inline]
    pub(super) fn write_frame_with(
        &mut self,
        opcode: Opcode,
        is_final: bool,
        reserved: ReservedBits,
        payload: &[u8],
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        // Of what can be wrong with a header, no slice is over 2⁶³ bytes and
        // no caller here fragments a control frame.
        let header = Header::new(opcode, is_final, payload.len() as u64)
            .map_err(|_| SendError::ControlTooLong)?
            .reserved(reserved);
        self.write(header, payload, out)
    }

    /// A message in one frame, as nearly all are: only its opcode and its
    /// length are not known beforehand.
    #[inline(never)]
    pub(super) fn write_message(
        &mut self,
        opcode: Opcode,
        payload: &[u8],
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        self.write(Header::message(opcode, payload), payload, out)
    }

    #[inline(always)]
    fn write(
        &mut self,
        header: Header,
        payload: &[u8],
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        match &mut self.wire {
            Wire::Server => {
                check_room(header.unmasked_length() + payload.len(), out)?;
                header.append_by(|bytes| _ = out.append(bytes));
                out.append(payload);
            }
            #[cfg(feature = "hixie76")]
            Wire::Hixie76(_) => return hixie76::write_frame(header.opcode(), payload, out),
            Wire::Client(keys) => {
                let masked = header.unmasked_length() + size_of::<MaskingKey>();
                check_room(masked + payload.len(), out)?;
                // Drawn when the payload can no longer be chosen (§10.3).
                let key = keys.masking_key();
                header.masked(key).append_by(|bytes| _ = out.append(bytes));
                out.append_masked(key, payload);
            }
        }
        Ok(())
    }
}

#[inline]
pub(super) fn check_room(needed: usize, out: &impl Output) -> Result<(), SendError> {
    if needed > out.available() {
        return Err(SendError::OutputFull { needed });
    }
    Ok(())
}
