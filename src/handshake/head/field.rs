//! Where the fields of a head stand in its bytes.

use core::mem::size_of;

use super::error::HeadError;
use super::name::Name;
use crate::syntax::{is_token, trim_end, trim_start};

/// Where in `bytes` a field stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    name: Range,
    value: Range,
    known: Name,
}

/// A range of a head. Heads are shorter than 4 GiB.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Range {
    start: u32,
    end: u32,
}

impl Field {
    pub(super) const fn new(name: Range, value: Range, known: Name) -> Self {
        Self { name, value, known }
    }

    /// A line of which nothing is known yet.
    pub(crate) const fn of_line(line: Range) -> Self {
        Self {
            name: line,
            value: line,
            known: Name::Other,
        }
    }

    /// Finds name and value in the line (RFC 9112 section 5), which holds no
    /// control byte but HTAB.
    pub(super) fn parse(self, head: &[u8]) -> Result<Self, HeadError> {
        let line = self.name.of(head);
        let colon = memchr::memchr(b':', line).ok_or(HeadError::Field)?;
        let name = &line[..colon];
        let known = Name::of(name);
        // The other names are known to the letter.
        if matches!(known, Name::Other | Name::OtherWebSocket) && !is_token(name) {
            return Err(HeadError::Field);
        }
        let value = trim_start(&line[colon + 1..]);
        let start = line.len() - value.len();
        Ok(Self {
            name: self.name.part(0, colon),
            value: self.name.part(start, start + trim_end(value).len()),
            known,
        })
    }

    pub(super) const fn name(self) -> Range {
        self.name
    }

    pub(super) const fn value(self) -> Range {
        self.value
    }

    pub(super) const fn known(self) -> Name {
        self.known
    }
}

impl Range {
    pub(crate) fn new(start: usize, end: usize) -> Option<Self> {
        Some(Self {
            start: u32::try_from(start).ok()?,
            end: u32::try_from(end).ok()?,
        })
    }

    pub(crate) fn of(self, bytes: &[u8]) -> &[u8] {
        // Ranges are made from the buffer that they index; an empty slice is
        // for the compiler.
        bytes
            .get(self.start as usize..self.end as usize)
            .unwrap_or_default()
    }

    /// The part of this range from `start` to `end`.
    pub(crate) const fn part(self, start: usize, end: usize) -> Self {
        Self {
            start: self.start + start as u32,
            end: self.start + end as u32,
        }
    }

    pub(crate) const fn length(self) -> usize {
        (self.end - self.start) as usize
    }
}

const _: () = assert!(size_of::<Field>() <= 20);
