//! Heads of HTTP messages, collected across reads.

use alloc::{borrow::Cow, vec::Vec};
use core::{fmt, mem};

use super::error::HeadError;
use super::headers::Headers;
use super::limits::HeadLimits;
use super::lines::Lines;

/// Collects the head of a request or a response from reads of any size.
///
/// Each byte is looked at once, whatever the pieces. What can stand in no line
/// is refused at once: a TLS record on a plain port, a line end without CR, more
/// field lines or bytes than the [`HeadLimits`] allow. What the lines say is for
/// [`RequestHead::parse`](crate::handshake::RequestHead::parse) and
/// [`ResponseHead::parse`](crate::handshake::ResponseHead::parse) to judge.
///
/// ```
/// use websocket_proto::handshake::{HeadLimits, HeadReader};
///
/// let mut reader = HeadReader::new(HeadLimits::default());
/// let mut bytes = *b"GET / HTTP/1.1\r\nHost: a\r\n\r\nrest";
/// let (first, second) = bytes.split_at_mut(20);
///
/// let mut input = first;
/// assert_eq!(reader.receive(&mut input)?, None);
/// assert!(input.is_empty());
///
/// let mut input = second;
/// let head = reader.receive(&mut input)?.unwrap();
/// assert_eq!(*head, *b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
/// assert_eq!(input, b"rest");
/// # Ok::<(), websocket_proto::handshake::HeadError>(())
/// ```
pub struct HeadReader {
    limits: HeadLimits,
    buffer: Vec<u8>,
    lines: Lines,
    failed: Option<HeadError>,
}

impl HeadReader {
    /// A reader that has seen nothing.
    pub const fn new(limits: HeadLimits) -> Self {
        Self {
            limits,
            buffer: Vec::new(),
            lines: Lines::new(),
            failed: None,
        }
    }

    /// Takes bytes from `input` up to the end of the head.
    ///
    /// The head comes from its start line to its empty line, without empty
    /// lines before it; borrowed if all of it lies in `input`. What follows
    /// it stays in `input`, and the reader is ready for another head. `None`
    /// means that the input is used up and the head incomplete.
    ///
    /// # Errors
    ///
    /// [`HeadError`] if the bytes cannot become a head within the limits.
    /// Later calls repeat the error and take nothing.
    pub fn receive<'a>(
        &mut self,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Cow<'a, [u8]>>, HeadError> {
        let head = self.receive_head(input, |_start_line| ())?;
        Ok(head.map(|head| head.bytes))
    }

    /// The same, with the lines that were found on the way. Once the start line
    /// is there it is given to `started`, even if the head is not complete or
    /// cannot be one: what speaks another protocol does not wait for an empty
    /// line.
    pub(crate) fn receive_head<'a>(
        &mut self,
        input: &mut &'a mut [u8],
        started: impl FnOnce(&[u8]),
    ) -> Result<Option<Head<'a>>, HeadError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let has_started = self.lines.start_line().is_some();
        let found = self.lines.find(input, self.limits);
        if let Some(line) = self.lines.start_line().filter(|_| !has_started) {
            let start = self.lines.start();
            let behind = &input[..(start + line.length()).saturating_sub(self.buffer.len())];
            let bytes = match self.buffer.is_empty() {
                true => Cow::Borrowed(behind),
                false => Cow::Owned([&self.buffer, behind].concat()),
            };
            started(line.of(&bytes[start..]));
        }
        let end = found.inspect_err(|&error| {
            *self = Self::new(self.limits);
            self.failed = Some(error);
        })?;
        let taken = end.unwrap_or(input.len());
        let (bytes, rest) = mem::take(input).split_at_mut(taken);
        *input = rest;
        if end.is_none() {
            self.buffer.extend_from_slice(bytes);
            return Ok(None);
        }
        let lines = mem::replace(&mut self.lines, Lines::new());
        let start = lines.start();
        let bytes = if self.buffer.is_empty() {
            Cow::Borrowed(&bytes[start..])
        } else {
            let mut head = mem::take(&mut self.buffer);
            head.extend_from_slice(bytes);
            head.drain(..start);
            Cow::Owned(head)
        };
        Ok(Some(Head { bytes, lines }))
    }

    /// The number of bytes held of a head that is incomplete.
    pub const fn buffered(&self) -> usize {
        self.buffer.len()
    }
}

/// The bytes of a whole head, and where its lines are.
pub(crate) struct Head<'a> {
    bytes: Cow<'a, [u8]>,
    lines: Lines,
}

impl<'a> Head<'a> {
    /// Takes `bytes`, which must be one head and nothing else.
    pub(crate) fn new(bytes: &'a [u8], limits: HeadLimits) -> Result<Self, HeadError> {
        let mut lines = Lines::new();
        match lines.find(bytes, limits)? {
            None => Err(HeadError::Incomplete),
            Some(end) if end < bytes.len() => Err(HeadError::Surplus),
            Some(_) => Ok(Self {
                bytes: Cow::Borrowed(bytes),
                lines,
            }),
        }
    }

    /// The start line.
    pub(crate) fn start_line(&self) -> &[u8] {
        self.lines.start_line().unwrap_or_default().of(&self.bytes)
    }

    /// The fields.
    pub(crate) fn into_headers(self) -> Result<Headers, HeadError> {
        Headers::of_lines(self.bytes.into_owned(), self.lines.into_fields())
    }
}

/// Shows how much of a head there is, and nothing of what it says.
impl fmt::Debug for HeadReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeadReader")
            .field("limits", &self.limits)
            .field("buffered", &self.buffer.len())
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}
