//! Heads of HTTP messages: limits, and their collection across reads.

use alloc::{borrow::Cow, vec::Vec};
use core::{error, fmt, mem};

/// How many empty lines before a start line are ignored (RFC 9112 section 2.2
/// asks for at least one).
const MAX_EMPTY_LINES: u8 = 2;

/// The bounds of an HTTP head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HeadLimits {
    /// The most bytes from the first line to the empty line, both included.
    pub bytes: usize,
    /// The most field lines.
    pub headers: usize,
}

/// 16 KiB and 128 field lines.
impl Default for HeadLimits {
    fn default() -> Self {
        Self {
            bytes: 16 * 1024,
            headers: 128,
        }
    }
}

/// Collects the head of a request or a response from reads of any size.
///
/// Each byte is looked at once, whatever the pieces. What cannot be a head is
/// refused at its first wrong byte: a TLS record on a plain port, a line end
/// without CR, more field lines or bytes than the [`HeadLimits`] allow.
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
    scanner: Scanner,
    failed: Option<HeadError>,
}

impl HeadReader {
    /// A reader that has seen nothing.
    pub const fn new(limits: HeadLimits) -> Self {
        Self {
            limits,
            buffer: Vec::new(),
            scanner: Scanner::new(),
            failed: None,
        }
    }

    /// Takes bytes from `input` up to the end of the head.
    ///
    /// The head comes from its start line to its empty line, without empty
    /// lines before it; borrowed where all of it lies in `input`. What follows
    /// it stays in `input`, and the reader is ready for another head. `None`
    /// means that the input is used up and the head incomplete.
    ///
    /// # Errors
    ///
    /// [`HeadError`] where the bytes cannot become a head within the limits.
    /// Later calls repeat the error and take nothing.
    pub fn receive<'a>(
        &mut self,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Cow<'a, [u8]>>, HeadError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let end = self
            .scanner
            .scan(input, self.limits)
            .inspect_err(|&error| {
                self.failed = Some(error);
                self.buffer = Vec::new();
            })?;
        let taken = end.unwrap_or(input.len());
        let (bytes, rest) = mem::take(input).split_at_mut(taken);
        *input = rest;
        if end.is_none() {
            self.buffer.extend_from_slice(bytes);
            return Ok(None);
        }
        let start = mem::replace(&mut self.scanner, Scanner::new()).start;
        if self.buffer.is_empty() {
            return Ok(Some(Cow::Borrowed(&bytes[start..])));
        }
        let mut head = mem::take(&mut self.buffer);
        head.extend_from_slice(bytes);
        head.drain(..start);
        Ok(Some(Cow::Owned(head)))
    }

    /// The number of bytes held of a head that is incomplete.
    pub const fn buffered(&self) -> usize {
        self.buffer.len()
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

/// Finds the end of a head, and what cannot be in one.
#[derive(Debug)]
struct Scanner {
    /// Bytes seen.
    seen: usize,
    /// Bytes of empty lines before the start line.
    start: usize,
    empty_lines: u8,
    /// Complete lines, the start line included.
    lines: usize,
    /// Whether the current line holds something.
    in_line: bool,
    /// Whether the last byte was a CR.
    cr: bool,
}

impl Scanner {
    const fn new() -> Self {
        Self {
            seen: 0,
            start: 0,
            empty_lines: 0,
            lines: 0,
            in_line: false,
            cr: false,
        }
    }

    /// Looks at more bytes; the answer is where in them the head ends.
    fn scan(&mut self, bytes: &[u8], limits: HeadLimits) -> Result<Option<usize>, HeadError> {
        let allowed = limits.bytes.saturating_sub(self.seen);
        let (within, beyond) = bytes.split_at(bytes.len().min(allowed));
        let end = self.scan_lines(within, limits)?;
        if end.is_none() && !beyond.is_empty() {
            return Err(if self.lines == 0 {
                HeadError::StartLineTooLong
            } else {
                HeadError::TooLong
            });
        }
        self.seen += end.unwrap_or(within.len());
        Ok(end)
    }

    fn scan_lines(&mut self, bytes: &[u8], limits: HeadLimits) -> Result<Option<usize>, HeadError> {
        let text = before_foreign(bytes);
        let mut at = 0;
        while at < text.len() {
            if self.cr {
                if text[at] != b'\n' {
                    return Err(HeadError::LineEnd);
                }
                self.cr = false;
                at += 1;
                if self.end_line(limits)? {
                    return Ok(Some(at));
                }
                continue;
            }
            let rest = &text[at..];
            let length = memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
            self.in_line |= length > 0;
            at += length;
            match text.get(at) {
                Some(b'\r') => self.cr = true,
                Some(_) => return Err(HeadError::LineEnd),
                None => break,
            }
            at += 1;
        }
        if text.len() == bytes.len() {
            Ok(None)
        } else if self.cr {
            Err(HeadError::LineEnd)
        } else {
            Err(HeadError::ControlByte)
        }
    }

    /// Whether the line that ends here is the empty one after the fields.
    const fn end_line(&mut self, limits: HeadLimits) -> Result<bool, HeadError> {
        if mem::replace(&mut self.in_line, false) {
            // Fields are the lines after the first.
            if self.lines > limits.headers {
                return Err(HeadError::TooManyFields);
            }
            self.lines += 1;
            Ok(false)
        } else if self.lines > 0 {
            Ok(true)
        } else if self.empty_lines == MAX_EMPTY_LINES {
            Err(HeadError::EmptyLines)
        } else {
            self.empty_lines += 1;
            self.start += b"\r\n".len();
            Ok(false)
        }
    }
}

/// The bytes before the first that stands neither in a line nor in its end.
fn before_foreign(bytes: &[u8]) -> &[u8] {
    let is_foreign = |byte: &u8| byte.is_ascii_control() & !matches!(byte, b'\t' | b'\r' | b'\n');
    // Most bytes have none. To find that out takes vector instructions, without
    // an early exit and over all lines at once.
    if bytes.iter().fold(false, |any, byte| any | is_foreign(byte)) {
        bytes.split(is_foreign).next().unwrap_or_default()
    } else {
        bytes
    }
}

/// Why bytes are not the head of an HTTP message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HeadError {
    /// The first line does not end within [`HeadLimits::bytes`].
    StartLineTooLong,
    /// The head does not end within [`HeadLimits::bytes`].
    TooLong,
    /// There are more field lines than [`HeadLimits::headers`].
    TooManyFields,
    /// A CR without LF, or an LF without CR (RFC 9112 section 2.2).
    LineEnd,
    /// A control byte, as in the first byte of a TLS record.
    ControlByte,
    /// More than two empty lines come before the first line.
    EmptyLines,
    /// A field line is malformed: no colon, a name that is no token, white
    /// space before the name or the colon, a control byte in the value
    /// (RFC 9112 section 5).
    Field,
    /// The empty line at the end is missing.
    Incomplete,
    /// Bytes follow the empty line at the end.
    Surplus,
}

impl HeadError {
    /// The HTTP status with which a server refuses such a request.
    pub const fn status(self) -> u16 {
        match self {
            Self::StartLineTooLong => 414,
            Self::TooLong | Self::TooManyFields => 431,
            _ => 400,
        }
    }

    /// Where the rule stands.
    pub const fn section(self) -> &'static str {
        match self {
            Self::StartLineTooLong => "RFC 9112 section 3",
            Self::TooLong | Self::TooManyFields => "RFC 6585 section 5",
            Self::LineEnd | Self::EmptyLines => "RFC 9112 section 2.2",
            Self::ControlByte | Self::Field => "RFC 9112 section 5",
            Self::Incomplete | Self::Surplus => "RFC 9112 section 2.1",
        }
    }

    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::StartLineTooLong => "the first line is too long",
            Self::TooLong => "the head is too long",
            Self::TooManyFields => "the head has too many fields",
            Self::LineEnd => "a line does not end with CR LF",
            Self::ControlByte => "the head has a control byte",
            Self::EmptyLines => "too many empty lines precede the first line",
            Self::Field => "a field line is malformed",
            Self::Incomplete => "the head has no end",
            Self::Surplus => "bytes follow the end of the head",
        }
    }
}

impl fmt::Display for HeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl error::Error for HeadError {}

/// The length of the first line of a whole head, which has to keep the limits.
pub(super) fn first_line(head: &[u8], limits: HeadLimits) -> Result<usize, HeadError> {
    if head.len() > limits.bytes {
        return Err(match memchr::memchr(b'\n', &head[..limits.bytes]) {
            Some(_) => HeadError::TooLong,
            None => HeadError::StartLineTooLong,
        });
    }
    let end = memchr::memchr2(b'\r', b'\n', head).ok_or(HeadError::Incomplete)?;
    if head[end..].starts_with(b"\r\n") {
        Ok(end)
    } else {
        Err(HeadError::LineEnd)
    }
}
