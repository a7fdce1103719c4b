/// How many bytes must have come for each final block but the first of a
/// message, and how many such blocks may be saved up.
const BYTES: u32 = 256;
const SAVED: u32 = 64;

/// The ration of final blocks for one direction of a connection.
///
/// To go on after a final block takes as long as inflating some kilobytes.
/// Without a bound a peer would buy that for two bytes. One final block a
/// message is free, because a sender may end every message with one
/// ([RFC 7692 §7.2.3.4]). Further ones are paid for by bytes received, whichever
/// message they came in.
///
/// [RFC 7692 §7.2.3.4]: https://www.rfc-editor.org/rfc/rfc7692#section-7.2.3.4
#[derive(Debug)]
pub(super) struct Restarts {
    /// Received and not yet spent, in bytes.
    credit: u32,
    /// The message in progress has used its free one.
    used_free: bool,
}

impl Restarts {
    pub(super) const fn new() -> Self {
        Self {
            credit: SAVED * BYTES,
            used_free: false,
        }
    }

    /// Counts compressed bytes of the peer's.
    pub(super) fn earn(&mut self, bytes: usize) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.credit = self.credit.saturating_add(bytes).min(SAVED * BYTES);
    }

    /// Whether one more final block may be gone on after.
    pub(super) const fn take(&mut self) -> bool {
        if !self.used_free {
            self.used_free = true;
            return true;
        }
        let Some(rest) = self.credit.checked_sub(BYTES) else {
            return false;
        };
        self.credit = rest;
        true
    }

    /// The next message has a free one of its own.
    pub(super) const fn end_message(&mut self) {
        self.used_free = false;
    }
}
