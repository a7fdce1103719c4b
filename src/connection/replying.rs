//! What the protocol obliges this end to send, and what has to wait for room.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::reply::{ControlPayload, Kind, Reply};
use super::send::Sender;
#[cfg(feature = "hixie76")]
use crate::error::Unsupported;
use crate::frame::{CloseCode, ClosePayload, MAX_CONTROL_PAYLOAD, Opcode};
use crate::redacted::Redacted;
use crate::{Error, Output, Role};

/// What has to be sent and found no room.
#[derive(Debug)]
pub(super) enum Waiting {
    /// The newest; those before it need no answer (RFC 6455 §5.5.3).
    Pong(ControlPayload),
    /// A Close or an HTTP response as encoded, after which nothing is sent.
    Last(Redacted<Vec<u8>>),
}

impl Sender {
    /// Sends what the receiving half found due. What finds no room in `out`
    /// waits for [`poll_transmit`](Self::poll_transmit), of several Pongs the
    /// newest.
    pub fn send_reply(&mut self, reply: &Reply, out: &mut impl Output) {
        match &reply.0 {
            Kind::Pong(payload) => self.reply_pong(payload.as_slice(), out),
            Kind::Echo(code) => self.reply_close(*code, out),
            Kind::Failure(error) => self.fail(*error, out),
        }
    }

    /// Writes replies that had to wait for room, as far as `out` has it, and
    /// says whether it wrote anything.
    /// [`Connection::receive`](crate::Connection::receive) does the same
    /// first.
    pub fn poll_transmit(&mut self, out: &mut impl Output) -> bool {
        let before = out.buffered();
        match self.waiting.take().map(|waiting| *waiting) {
            None => {}
            Some(Waiting::Pong(payload)) => self.reply_pong(payload.as_slice(), out),
            Some(Waiting::Last(bytes)) => self.write_last(&bytes.0, out),
        }
        out.buffered() > before
    }

    /// Whether replies wait for room in the output.
    pub const fn wants_write(&self) -> bool {
        self.waiting.is_some()
    }

    /// Answers a Ping, now or once there is room.
    pub(super) fn reply_pong(&mut self, payload: &[u8], out: &mut impl Output) {
        if self.is_closed() && !self.pong_after_close {
            return;
        }
        if let Some(Waiting::Last(_)) = self.waiting.as_deref() {
            return;
        }
        // A caller can make one up.
        #[cfg(feature = "hixie76")]
        if self.check_supported(Unsupported::Pong).is_err() {
            return;
        }
        let buffered = out.buffered();
        let full = buffered > 0 && buffered >= self.output_mark;
        if full || self.write_frame(Opcode::Pong, true, payload, out).is_err() {
            self.wait(Waiting::Pong(ControlPayload::new(payload)));
        } else {
            // Older than the one just written.
            self.drop_pong();
        }
    }

    /// Answers the peer's Close with the same code.
    pub(super) fn reply_close(&mut self, code: Option<CloseCode>, out: &mut impl Output) {
        match code {
            Some(code) => self.write_final_close(&code.value().to_be_bytes(), out),
            None => self.write_final_close(&[], out),
        }
    }

    /// Says what the peer did wrong, as far as a Close frame can.
    pub(super) fn fail(&mut self, error: Error, out: &mut impl Output) {
        match error.close_code() {
            Some(code) => {
                let reason = error.to_string();
                let mut buffer = [0; MAX_CONTROL_PAYLOAD];
                let payload = ClosePayload {
                    code,
                    reason: &reason,
                };
                match payload.encode(&mut buffer) {
                    Some(payload) => self.write_final_close(payload, out),
                    None => self.write_final_close(&code.value().to_be_bytes(), out),
                }
            }
            None => self.close(),
        }
    }

    /// A Close has been written. Only Pongs may come after it, where they are
    /// wanted there.
    pub(super) fn note_close(&mut self) {
        self.end_messages();
        if !self.pong_after_close {
            self.drop_pong();
        }
    }

    /// Nothing more is sent but what already waits to be the last.
    pub(super) fn close(&mut self) {
        self.end_messages();
        self.drop_pong();
    }

    /// No message follows, and what was kept for one is freed.
    fn end_messages(&mut self) {
        self.outbound.close();
        #[cfg(feature = "deflate")]
        {
            self.compression = None;
        }
    }

    pub(super) fn drop_pong(&mut self) {
        if let Some(Waiting::Pong(_)) = self.waiting.as_deref() {
            self.waiting = None;
        }
    }

    /// Nobody is left to send to.
    pub(super) fn abandon(&mut self) {
        #[cfg(feature = "deflate")]
        {
            self.compression = None;
        }
        // A Pong that was to follow the Close is no loss.
        let waiting = self.waiting.take().map(|waiting| *waiting);
        self.outbound
            .lose(matches!(waiting, Some(Waiting::Last(_))));
    }

    /// Sends `bytes` as the last ever, what finds no room as soon as there
    /// is.
    pub(super) fn write_last(&mut self, bytes: &[u8], out: &mut impl Output) {
        let (fits, rest) = bytes.split_at(bytes.len().min(out.available()));
        out.append(fits);
        self.close();
        if !rest.is_empty() {
            self.wait(Waiting::Last(Redacted(rest.to_vec())));
        }
    }

    /// Closes for good; where there is no room the Close waits.
    fn write_final_close(&mut self, payload: &[u8], out: &mut impl Output) {
        // A peer that has closed or failed needs none (RFC 6455 §5.5.2).
        self.drop_pong();
        if self.is_closed() || self.write_close(payload, out).is_ok() {
            return self.close();
        }
        let mut frame = Vec::new();
        // Into a buffer that grows, which has room.
        if self.write_close(payload, &mut frame).is_ok() {
            self.write_last(&frame, out);
        }
    }

    fn wait(&mut self, waiting: Waiting) {
        match &mut self.waiting {
            Some(slot) => **slot = waiting,
            None => self.waiting = Some(Box::new(waiting)),
        }
    }

    /// Writes a Pong that waits before the `needed` bytes of a message, where
    /// there is room for both (RFC 6455 §5.5.2: as soon as is practical).
    #[inline]
    pub(super) fn let_pong_pass(&mut self, needed: usize, out: &mut impl Output) {
        if self.pong_before(needed, out.available()).is_some() {
            self.poll_transmit(out);
        }
    }

    /// The same before a Close with a payload of that many bytes. There is no
    /// later for the Pong, so that the output mark does not count.
    pub(super) fn let_pong_precede_close(&mut self, length: usize, out: &mut impl Output) {
        let needed = self.control_header() + length;
        if let Some(payload) = self.pong_before(needed, out.available())
            && self
                .write_frame(Opcode::Pong, true, payload.as_slice(), out)
                .is_ok()
        {
            self.waiting = None;
        }
    }

    /// The Pong that waits, where there is room for it and `needed` bytes more.
    #[inline]
    fn pong_before(&self, needed: usize, available: usize) -> Option<ControlPayload> {
        match self.waiting.as_deref() {
            Some(Waiting::Pong(payload)) => Some(*payload),
            _ => None,
        }
        .filter(|payload| available >= needed + self.control_header() + payload.as_slice().len())
    }

    /// The length of a control frame's header, in bytes.
    const fn control_header(&self) -> usize {
        match self.role() {
            Role::Server => 2,
            Role::Client => 6,
        }
    }
}
