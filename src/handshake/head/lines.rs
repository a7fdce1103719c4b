//! The lines of a head, found as its bytes arrive.

use alloc::vec::Vec;
use core::{iter, mem};

use super::error::HeadError;
use super::field::{Field, Range};
use super::limits::HeadLimits;

/// How many bytes of empty lines before a start line are ignored: two lines,
/// where RFC 9112 section 2.2 asks for at least one.
const MAX_EMPTY: usize = b"\r\n\r\n".len();

const LINE_END: &[u8] = b"\r\n";

/// For how many field lines there is room from the start: as many as a browser
/// sends.
const USUAL_FIELDS: usize = 16;

/// Finds the lines of a head and its end, and what cannot be in one.
#[derive(Debug)]
pub(super) struct Lines {
    /// Bytes seen.
    seen: usize,
    /// Bytes of empty lines before the start line.
    start: usize,
    /// Where the line under way starts.
    line: usize,
    /// Whether the last byte was a CR.
    cr: bool,
    start_line: Option<Range>,
    fields: Vec<Field>,
}

impl Lines {
    pub(super) const fn new() -> Self {
        Self {
            seen: 0,
            start: 0,
            line: 0,
            cr: false,
            start_line: None,
            fields: Vec::new(),
        }
    }

    /// Looks at more bytes, and gives where in them the head ends.
    pub(super) fn find(
        &mut self,
        bytes: &[u8],
        limits: HeadLimits,
    ) -> Result<Option<usize>, HeadError> {
        let allowed = limits.bytes.saturating_sub(self.seen);
        let (within, beyond) = bytes.split_at(bytes.len().min(allowed));
        let end = self.find_within(within, limits.headers)?;
        if end.is_none() && !beyond.is_empty() {
            return Err(match self.start_line {
                None => HeadError::StartLineTooLong,
                Some(_) => HeadError::TooLong,
            });
        }
        self.seen += within.len();
        Ok(end)
    }

    fn find_within(&mut self, bytes: &[u8], most: usize) -> Result<Option<usize>, HeadError> {
        let (text, fault) = before_fault(bytes, self.cr);
        // One byte within a line is not worth a call that searches.
        let has_end = text.len() != 1 || text == b"\n";
        let mut at = 0;
        while has_end && let Some(length) = memchr::memchr(b'\n', &text[at..]) {
            at += length + 1;
            if self.end_line(self.seen + at, most)? {
                return Ok(Some(at));
            }
        }
        if let Some(last) = bytes.last() {
            self.cr = *last == b'\r';
        }
        fault.map_or(Ok(None), Err)
    }

    /// Whether the line that ends there is the empty one after the fields.
    #[inline]
    fn end_line(&mut self, end: usize, most: usize) -> Result<bool, HeadError> {
        let start = mem::replace(&mut self.line, end);
        let line = Range::new(start - self.start, end - LINE_END.len() - self.start);
        let line = line.ok_or(HeadError::TooLong)?;
        if line.length() > 0 {
            if self.start_line.is_none() {
                self.start_line = Some(line);
                self.fields = Vec::with_capacity(USUAL_FIELDS.min(most));
            } else if self.fields.len() == most {
                return Err(HeadError::TooManyFields);
            } else {
                self.fields.push(Field::of_line(line));
            }
            Ok(false)
        } else if self.start_line.is_some() {
            Ok(true)
        } else if self.start == MAX_EMPTY {
            Err(HeadError::EmptyLines)
        } else {
            self.start = end;
            Ok(false)
        }
    }

    /// Bytes of empty lines before the start line, to which the ranges do not
    /// extend.
    pub(super) const fn start(&self) -> usize {
        self.start
    }

    /// The start line, once it has come.
    pub(super) const fn start_line(&self) -> Option<Range> {
        self.start_line
    }

    pub(super) fn into_fields(self) -> Vec<Field> {
        self.fields
    }
}

/// The bytes before the first that stands neither in a line nor in its end, and
/// what is wrong with that one. `cr` says that a CR came before.
fn before_fault(bytes: &[u8], cr: bool) -> (&[u8], Option<HeadError>) {
    let Some((first, rest)) = bytes.split_first() else {
        return (bytes, None);
    };
    let before = if cr { b'\r' } else { b' ' };
    // Most bytes are right. To find that out takes vector instructions, without
    // an early exit and over all lines at once.
    let pairs = bytes.iter().zip(rest);
    let any = pairs.fold(is_wrong(before, *first), |any, (&before, &byte)| {
        any | is_wrong(before, byte)
    });
    if !any {
        return (bytes, None);
    }
    let mut pairs = iter::once(&before).chain(bytes).zip(bytes);
    let at = pairs.position(|(&before, &byte)| is_wrong(before, byte));
    let (text, wrong) = bytes.split_at(at.unwrap_or(bytes.len()));
    let behind_cr = text.last().map_or(cr, |byte| *byte == b'\r');
    let fault = if behind_cr || wrong.starts_with(b"\n") {
        HeadError::LineEnd
    } else {
        HeadError::ControlByte
    };
    (text, Some(fault))
}

/// Whether the byte may not stand behind the one before.
const fn is_wrong(before: u8, byte: u8) -> bool {
    let is_control = byte.is_ascii_control() & !matches!(byte, b'\t' | b'\r' | b'\n');
    is_control | ((before == b'\r') != (byte == b'\n'))
}
