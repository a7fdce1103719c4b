use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::frame::{InvalidUtf8, Utf8Validator};
use crate::{Event, MessageKind};

/// A message put together from what several reads or frames brought of it.
pub(super) enum Assembly {
    /// No message, but perhaps a buffer for the next one.
    Empty(Vec<u8>),
    /// Kept as `String`, so that what was checked on arrival is not checked
    /// again at the end.
    Text(String, Utf8Validator),
    Binary(Vec<u8>),
}

impl Assembly {
    pub(super) const fn new() -> Self {
        Self::Empty(Vec::new())
    }

    pub(super) const fn is_empty(&self) -> bool {
        matches!(self, Self::Empty(_))
    }

    /// Adds the next bytes of a message of this kind. The buffer grows with
    /// what has arrived, but not above `bound`, the most that the message can
    /// still become.
    pub(super) fn push(
        &mut self,
        kind: MessageKind,
        bytes: &[u8],
        bound: u64,
    ) -> Result<(), InvalidUtf8> {
        if let Self::Empty(buffer) = self {
            let buffer = core::mem::take(buffer);
            *self = match kind {
                MessageKind::Binary => Self::Binary(buffer),
                // Of an empty buffer: nothing is checked or copied.
                MessageKind::Text => Self::Text(
                    String::from_utf8(buffer).unwrap_or_default(),
                    Utf8Validator::new(),
                ),
            };
        }
        match self {
            Self::Text(text, validator) => {
                let valid = validator.push(bytes)?;
                let added = valid.completed.map_or(0, char::len_utf8) + valid.text.len();
                let room = growth(text.len(), text.capacity(), added, bound);
                text.reserve_exact(room);
                if let Some(completed) = valid.completed {
                    text.push(completed);
                }
                text.push_str(valid.text);
            }
            Self::Binary(buffer) => {
                let room = growth(buffer.len(), buffer.capacity(), bytes.len(), bound);
                buffer.reserve_exact(room);
                buffer.extend_from_slice(bytes);
            }
            Self::Empty(_) => {}
        }
        Ok(())
    }

    /// Takes the whole message out.
    pub(super) fn finish(&mut self) -> Result<Event<'static>, InvalidUtf8> {
        Ok(match core::mem::replace(self, Self::new()) {
            Self::Text(text, mut validator) => {
                validator.finish()?;
                Event::Text(Cow::Owned(text))
            }
            Self::Binary(buffer) | Self::Empty(buffer) => Event::Binary(Cow::Owned(buffer)),
        })
    }

    /// Keeps a buffer for the next message, unless one is kept already.
    pub(super) fn recycle(&mut self, mut buffer: Vec<u8>) {
        if let Self::Empty(spare) = self
            && spare.capacity() < buffer.capacity()
        {
            buffer.clear();
            *spare = buffer;
        }
    }
}

/// Shows how much there is of a message, and nothing of what it says.
impl fmt::Debug for Assembly {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, length) = match self {
            Self::Empty(_) => return formatter.write_str("Empty"),
            Self::Text(text, _) => ("Text", text.len()),
            Self::Binary(bytes) => ("Binary", bytes.len()),
        };
        write!(formatter, "{name}({length} bytes)")
    }
}

/// What a buffer has room for at the least, in bytes, unless no more is to
/// come: many small pieces are not to move it each time.
const LEAST: usize = 256;

/// By how much to grow a buffer so that `added` bytes fit: twofold, as that
/// many have arrived, but not above the bound.
fn growth(length: usize, capacity: usize, added: usize, bound: u64) -> usize {
    let needed = length.saturating_add(added);
    if needed <= capacity {
        return 0;
    }
    let bound = usize::try_from(bound).unwrap_or(usize::MAX);
    let target = capacity
        .saturating_mul(2)
        .max(LEAST)
        .min(bound)
        .max(needed);
    target - length
}
