#![cfg_attr(
    not(all(feature = "deflate", feature = "hixie76")),
    allow(dead_code, reason = "a part is only for what these features bring")
)]

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::error::{Error, Limit};
use crate::event::{Event, MessageKind};
use crate::frame::{InvalidUtf8, MaskingKey, Utf8State, Utf8Validator};

/// A message put together from what several reads or frames brought of it.
pub(super) enum Assembly {
    /// No message, but perhaps a buffer for the next one, of whatever content.
    Empty(Vec<u8>),
    /// The start of a text, of at most [`SHORT`] bytes, judged byte by byte as
    /// they come, and looked at once more at the end, to be a `String`.
    Short(Vec<u8>, Utf8State),
    /// Kept as `String`, so that what was checked on arrival is not checked
    /// again at the end.
    Text(String, Utf8Validator),
    /// With as many bytes at the end of the buffer as do not belong to the
    /// message, but are there to be overwritten.
    Binary(Vec<u8>, u32),
    /// A long message that is inflated: what is never moved needs no room
    /// twice, however far a bomb gets. The last part is being filled.
    Parts(Vec<Part>, Utf8Validator),
    /// A text that is passed on in chunks, of which nothing is kept but a code
    /// point begun.
    Chunks(Utf8Validator),
}

/// A part of a message.
pub(super) enum Part {
    Text(String),
    Binary(Vec<u8>),
}

impl Assembly {
    pub(super) const fn new() -> Self {
        Self::Empty(Vec::new())
    }

    pub(super) const fn is_empty(&self) -> bool {
        matches!(self, Self::Empty(_))
    }

    /// What judges a text that is passed on in chunks.
    pub(super) fn validator(&mut self) -> &mut Utf8Validator {
        if !matches!(self, Self::Chunks(_)) {
            *self = Self::Chunks(Utf8Validator::new());
        }
        match self {
            Self::Chunks(validator) => validator,
            _ => unreachable!("it has just been made"),
        }
    }

    /// How many bytes a code point needs that a chunk of text has cut.
    pub(super) const fn missing(&self) -> usize {
        match self {
            Self::Chunks(validator) => validator.missing(),
            _ => 0,
        }
    }

    /// Adds the next bytes of a message that is inflated, after `before` bytes
    /// of it and with at most `rest` to come.
    pub(super) fn push_parts(
        &mut self,
        kind: MessageKind,
        mut bytes: &[u8],
        before: u64,
        rest: u64,
    ) -> Result<(), Error> {
        while !bytes.is_empty() {
            if self.room() == 0 {
                let rest = rest.saturating_add(CODE_POINT as u64);
                let next = rest.min(before / 8).max(rest.min(PART as u64));
                self.begin_part(next as usize)?;
            }
            let (piece, behind) = bytes.split_at(bytes.len().min(self.room()));
            self.push_part(kind, piece)?;
            bytes = behind;
        }
        Ok(())
    }

    fn push_part(&mut self, kind: MessageKind, bytes: &[u8]) -> Result<(), Error> {
        let bound = PART as u64;
        if let Self::Parts(parts, validator) = self {
            match parts.last_mut() {
                Some(Part::Text(text)) => append_text(text, validator, bytes, bound)?,
                Some(Part::Binary(buffer)) => {
                    grow(buffer, bytes.len(), bound)?;
                    buffer.extend_from_slice(bytes);
                }
                None => {}
            }
            return Ok(());
        }
        match kind {
            MessageKind::Text => self.push_text(bytes, bound)?,
            MessageKind::Binary => self.push_binary(None, bytes, bound)?,
        }
        Ok(())
    }

    /// How many bytes can be added before a buffer would have to move, or be
    /// longer than a part.
    fn room(&self) -> usize {
        let (length, capacity) = match self {
            Self::Empty(buffer) => (0, buffer.capacity()),
            Self::Short(buffer, _) => (buffer.len(), buffer.capacity()),
            Self::Binary(buffer, unused) => (buffer.len() - *unused as usize, buffer.capacity()),
            Self::Text(text, _) => (text.len(), text.capacity()),
            Self::Parts(parts, _) => match parts.last() {
                Some(Part::Text(text)) => (text.len(), text.capacity()),
                Some(Part::Binary(buffer)) => (buffer.len(), buffer.capacity()),
                None => (0, 0),
            },
            Self::Chunks(_) => (0, 0),
        };
        let room = capacity.max(PART) - length;
        room.saturating_sub(CODE_POINT)
    }

    /// Leaves what there is as it is, and makes room for `next` bytes behind it.
    fn begin_part(&mut self, next: usize) -> Result<(), Limit> {
        let text = || text_for(next).map(Part::Text);
        let binary = || buffer_for(next).map(Part::Binary);
        *self = match core::mem::replace(self, Self::new()) {
            Self::Text(whole, validator) => {
                Self::Parts(alloc::vec![Part::Text(whole), text()?], validator)
            }
            Self::Binary(mut whole, unused) => {
                whole.truncate(whole.len() - unused as usize);
                let parts = alloc::vec![Part::Binary(whole), binary()?];
                Self::Parts(parts, Utf8Validator::new())
            }
            Self::Parts(mut parts, validator) => {
                let next = match parts.last() {
                    Some(Part::Text(_)) => text()?,
                    _ => binary()?,
                };
                parts.push(next);
                Self::Parts(parts, validator)
            }
            // Never as long as a part.
            other => other,
        };
        Ok(())
    }

    /// Adds the next bytes of a binary message, unmasked on the way. The buffer
    /// grows with what has arrived, but not above `bound`, the most that the
    /// message can still become.
    pub(super) fn push_binary(
        &mut self,
        key: Option<MaskingKey>,
        bytes: &[u8],
        bound: u64,
    ) -> Result<(), Limit> {
        let Some((buffer, unused)) = self.binary() else {
            return Ok(());
        };
        let filled = buffer.len() - *unused as usize;
        if let Some(place) = buffer.get_mut(filled..filled + bytes.len()) {
            match key {
                Some(key) => key.apply_copy(bytes, place),
                None => place.copy_from_slice(bytes),
            }
            *unused -= bytes.len() as u32;
            return Ok(());
        }
        buffer.truncate(filled);
        *unused = 0;
        grow(buffer, bytes.len(), bound)?;
        match key {
            Some(key) => key.append(buffer, bytes),
            None => buffer.extend_from_slice(bytes),
        }
        Ok(())
    }

    /// Where the next bytes of a binary message may be put, of which no more
    /// than `most` are to come. `None` if there is no memory for them.
    pub(super) fn room_for(&mut self, most: u64, bound: u64) -> Option<&mut [u8]> {
        let (buffer, unused) = self.binary()?;
        let most = u32::try_from(most).unwrap_or(u32::MAX) as usize;
        let filled = buffer.len() - *unused as usize;
        if (*unused as usize) < most.min(ROOM) {
            buffer.truncate(filled);
            // What has room after a read has been made twice as long for it.
            if buffer.capacity() - filled < most.min(ROOM) {
                grow(buffer, most.min(filled.max(ROOM)), bound).ok()?;
            }
            let room = most.min(buffer.capacity() - filled);
            buffer.resize(filled + room, 0);
            *unused = room as u32;
        }
        let (_, room) = buffer.split_at_mut(filled);
        let most = most.min(room.len());
        Some(&mut room[..most])
    }

    /// How much [room](Self::room_for) there is already, in bytes.
    pub(super) const fn unused(&self) -> usize {
        match self {
            Self::Binary(_, unused) => *unused as usize,
            _ => 0,
        }
    }

    /// So many bytes have come to the start of the [room](Self::room_for),
    /// masked.
    pub(super) fn fill(&mut self, key: Option<MaskingKey>, length: usize) {
        if let Self::Binary(buffer, unused) = self {
            let filled = buffer.len() - *unused as usize;
            let (_, room) = buffer.split_at_mut(filled);
            let length = length.min(room.len());
            if let Some(key) = key {
                key.apply(&mut room[..length]);
            }
            *unused -= length as u32;
        }
    }

    /// The buffer of a binary message, and how much of its end is not used.
    #[inline]
    fn binary(&mut self) -> Option<(&mut Vec<u8>, &mut u32)> {
        if let Self::Empty(buffer) = self {
            buffer.truncate(u32::MAX as usize);
            let unused = buffer.len() as u32;
            *self = Self::Binary(core::mem::take(buffer), unused);
        }
        match self {
            Self::Binary(buffer, unused) => Some((buffer, unused)),
            _ => None,
        }
    }

    /// Adds the next bytes of a text, which are unmasked on the way or in place.
    #[inline]
    pub(super) fn push_masked_text(
        &mut self,
        key: Option<MaskingKey>,
        bytes: &mut [u8],
        bound: u64,
    ) -> Result<(), Error> {
        if let Self::Short(buffer, state) = self
            && bytes.len() <= SHORT.saturating_sub(buffer.len())
        {
            return push_short(buffer, state, key, bytes, bound);
        }
        // Nothing can be a `str` before it was looked at: these are three
        // passes, of which two find their bytes in the first-level cache.
        for piece in bytes.chunks_mut(PASS) {
            if let Some(key) = key {
                key.apply(piece);
            }
            self.push_text(piece, bound)?;
        }
        Ok(())
    }

    /// Adds the next bytes of a text.
    pub(super) fn push_text(&mut self, bytes: &[u8], bound: u64) -> Result<(), Error> {
        if let Self::Empty(buffer) = self {
            buffer.clear();
            *self = Self::Short(core::mem::take(buffer), Utf8State::new());
        }
        if let Self::Short(buffer, state) = self {
            if bytes.len() <= SHORT.saturating_sub(buffer.len()) {
                return push_short(buffer, state, None, bytes, bound);
            }
            let mut buffer = core::mem::take(buffer);
            let mut validator = Utf8Validator::new();
            let whole = validator.push(&buffer)?.text.len();
            buffer.truncate(whole);
            let text = String::from_utf8(buffer).map_err(|_| InvalidUtf8)?;
            *self = Self::Text(text, validator);
        }
        match self {
            Self::Text(text, validator) => append_text(text, validator, bytes, bound),
            _ => Ok(()),
        }
    }

    /// Takes the whole message out.
    pub(super) fn finish(&mut self) -> Result<Event<'static>, Error> {
        Ok(match core::mem::replace(self, Self::new()) {
            Self::Short(buffer, _) => {
                let text = String::from_utf8(buffer).map_err(|_| InvalidUtf8)?;
                Event::Text(Cow::Owned(text))
            }
            Self::Text(text, mut validator) => {
                validator.finish()?;
                Event::Text(Cow::Owned(text))
            }
            Self::Binary(mut buffer, unused) => {
                buffer.truncate(buffer.len() - unused as usize);
                Event::Binary(Cow::Owned(buffer))
            }
            Self::Parts(parts, mut validator) => {
                validator.finish()?;
                join(parts)?
            }
            Self::Empty(_) | Self::Chunks(_) => Event::Binary(Cow::Borrowed(&[])),
        })
    }

    /// Frees a spare buffer for more than so many bytes.
    #[inline]
    pub(super) fn free_above(&mut self, most: usize) {
        if let Self::Empty(spare) = self
            && spare.capacity() > most
        {
            *spare = Vec::new();
        }
    }

    /// Keeps a buffer for the next message, unless a larger one is kept.
    pub(super) fn recycle(&mut self, buffer: Vec<u8>) {
        if let Self::Empty(spare) = self
            && spare.capacity() < buffer.capacity()
        {
            *spare = buffer;
        }
    }
}

/// Shows how much there is of a message, and nothing of what it says.
impl fmt::Debug for Assembly {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, length) = match self {
            Self::Empty(_) => return formatter.write_str("Empty"),
            Self::Short(text, _) => ("Text", text.len()),
            Self::Text(text, _) => ("Text", text.len()),
            Self::Binary(bytes, unused) => ("Binary", bytes.len() - *unused as usize),
            Self::Parts(parts, _) => ("Parts", parts.iter().map(Part::len).sum()),
            Self::Chunks(_) => return formatter.write_str("Chunks"),
        };
        write!(formatter, "{name}({length} bytes)")
    }
}

/// The longest text that is looked at once more when it is complete, in bytes.
const SHORT: usize = 1 << 10;

/// What a buffer has room for at the least, in bytes, unless no more is to
/// come: many small pieces are not to move it each time.
const LEAST: usize = 256;

/// How many bytes of a long text are worked on at a time; a multiple of four, as
/// each begins with the first byte of the key.
const PASS: usize = 8 << 10;

/// For how many bytes more there is room before they are read, however few have
/// arrived.
const ROOM: usize = 4 << 10;

/// The least length of a part of a message that is inflated, in bytes.
const PART: usize = 64 << 10;

/// What a code point that was cut before may add to what comes after it.
const CODE_POINT: usize = 4;

impl Part {
    const fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }
}

/// A message out of its parts, each of which is freed once it is copied.
fn join(parts: Vec<Part>) -> Result<Event<'static>, Limit> {
    let length = parts.iter().map(Part::len).sum();
    if let Some(Part::Text(_)) = parts.first() {
        let mut whole = text_for(length)?;
        for part in parts {
            if let Part::Text(part) = part {
                whole.push_str(&part);
            }
        }
        return Ok(Event::Text(Cow::Owned(whole)));
    }
    let mut whole = buffer_for(length)?;
    for part in parts {
        if let Part::Binary(part) = part {
            whole.extend_from_slice(&part);
        }
    }
    Ok(Event::Binary(Cow::Owned(whole)))
}

/// An empty buffer for so many bytes. A message for which there is no memory is
/// over the limit.
fn buffer_for(length: usize) -> Result<Vec<u8>, Limit> {
    let mut buffer = Vec::new();
    buffer
        .try_reserve_exact(length)
        .map_err(|_| Limit::Message)?;
    Ok(buffer)
}

fn text_for(length: usize) -> Result<String, Limit> {
    let mut text = String::new();
    text.try_reserve_exact(length).map_err(|_| Limit::Message)?;
    Ok(text)
}

/// The longest that a buffer can be, in bytes.
const MOST: usize = isize::MAX as usize;

#[inline(always)]
fn append_text(
    text: &mut String,
    validator: &mut Utf8Validator,
    bytes: &[u8],
    bound: u64,
) -> Result<(), Error> {
    let valid = validator.push(bytes)?;
    let added = valid.completed.map_or(0, char::len_utf8) + valid.text.len();
    let room = growth(text.len(), text.capacity(), added, bound, MOST)?;
    if room > 0 {
        text.try_reserve_exact(room)
            .or_else(|_| text.try_reserve_exact(added))
            .map_err(|_| Limit::Message)?;
    }
    text.extend(valid.completed);
    text.push_str(valid.text);
    Ok(())
}

#[inline]
fn push_short(
    buffer: &mut Vec<u8>,
    state: &mut Utf8State,
    key: Option<MaskingKey>,
    bytes: &[u8],
    bound: u64,
) -> Result<(), Error> {
    grow(buffer, bytes.len(), bound)?;
    let start = buffer.len();
    match key {
        Some(key) => key.append(buffer, bytes),
        None => buffer.extend_from_slice(bytes),
    }
    *state = state.after(&buffer[start..]);
    match state.is_valid() {
        true => Ok(()),
        false => Err(InvalidUtf8.into()),
    }
}

/// Makes room for `added` bytes. A message for which there is none is over the
/// limit, as one that does not fit the address space is.
#[inline]
fn grow(buffer: &mut Vec<u8>, added: usize, bound: u64) -> Result<(), Limit> {
    let room = growth(buffer.len(), buffer.capacity(), added, bound, MOST)?;
    if room > 0 {
        buffer
            .try_reserve_exact(room)
            .or_else(|_| buffer.try_reserve_exact(added))
            .map_err(|_| Limit::Message)?;
    }
    Ok(())
}

/// By how much to grow a buffer so that `added` bytes fit: twofold, as that
/// many have arrived, but not above the bound. No buffer is longer than `most`,
/// for which there is [`MOST`] and another value in the tests.
#[inline]
fn growth(
    length: usize,
    capacity: usize,
    added: usize,
    bound: u64,
    most: usize,
) -> Result<usize, Limit> {
    let needed = length.saturating_add(added);
    if needed <= capacity {
        return Ok(0);
    }
    if needed > most {
        return Err(Limit::Message);
    }
    let bound = usize::try_from(bound).map_or(most, |bound| bound.min(most));
    let target = capacity.saturating_mul(2).max(LEAST).min(bound).max(needed);
    Ok(target - length)
}

#[cfg(test)]
mod tests {
    use super::{LEAST, MOST, growth};
    use crate::error::Limit;

    /// As where addresses have 32 bits.
    const MOST_32: usize = i32::MAX as usize;

    #[test]
    fn a_buffer_of_half_the_address_space_grows_to_all_of_it() {
        for most in [MOST_32, MOST] {
            let half = most / 2 + 1;
            let room = growth(half, half, 1, u64::MAX, most);
            assert_eq!(room, Ok(most - half));
            let room = growth(most, most, 0, u64::MAX, most);
            assert_eq!(room, Ok(0));
        }
    }

    #[test]
    fn a_buffer_longer_than_the_address_space_is_over_the_limit() {
        for most in [MOST_32, MOST] {
            let half = most / 2 + 1;
            for (length, added) in [(most, 1), (half, half), (1, most), (half, usize::MAX)] {
                let room = growth(length, length, added, u64::MAX, most);
                assert_eq!(room, Err(Limit::Message), "{length} and {added} of {most}");
            }
        }
    }

    /// Doubled each time from nothing on, up to either bound.
    #[test]
    fn a_buffer_grows_by_what_has_arrived_up_to_its_bounds() {
        for most in [MOST_32, MOST] {
            for bound in [1, 1000, 1 << 30, 1 << 31, (1 << 32) + 5, u64::MAX] {
                for added in [1, 4096, 1 << 28] {
                    let (mut length, mut capacity) = (0_usize, 0);
                    loop {
                        let needed = length + added;
                        if needed as u64 > bound {
                            break;
                        }
                        let Ok(room) = growth(length, capacity, added, bound, most) else {
                            assert!(needed > most, "{needed} bytes fit");
                            break;
                        };
                        assert!(needed <= most);
                        if room > 0 {
                            let twice = capacity.saturating_mul(2).max(LEAST).max(needed);
                            capacity = length + room;
                            assert!(needed <= capacity && capacity <= twice);
                            assert!(capacity <= most && capacity as u64 <= bound);
                        }
                        assert!(needed <= capacity);
                        // Filled, so that the next byte makes it grow.
                        length = capacity.max(needed);
                    }
                }
            }
        }
    }
}
