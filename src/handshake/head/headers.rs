//! The fields of a head, in order and with duplicates.

use alloc::vec::Vec;
use core::fmt;

use super::error::HeadError;
use super::field::{Field, Range};
use super::name::Name;
use crate::syntax::{ascii, has_control, is_token, trim};

/// The fields of an HTTP head: in the order of the wire, duplicates kept.
///
/// Names are looked up in any case (RFC 9110 section 5.1). Values are bytes
/// without the white space around them; bytes from 0x80 on may occur in them.
///
/// ```
/// use websocket_proto::handshake::{HeadLimits, RequestHead};
///
/// let head = b"GET / HTTP/1.1\r\nHost: a\r\nCookie: b=1\r\ncookie: c=2\r\n\r\n";
/// let head = RequestHead::parse(head, HeadLimits::default())?;
/// assert_eq!(head.headers().first("host"), Some(&b"a"[..]));
/// assert_eq!(head.headers().all("Cookie").count(), 2);
/// # Ok::<(), websocket_proto::handshake::RequestError>(())
/// ```
#[derive(Clone, Default)]
pub struct Headers {
    /// Names and values; in a parsed head the whole head.
    bytes: Vec<u8>,
    fields: Vec<Field>,
    names: NameSet,
}

/// Everything together would pass 4 GiB.
pub(crate) struct TooLong;

impl From<TooLong> for HeadError {
    fn from(_: TooLong) -> Self {
        Self::TooLong
    }
}

/// Which known names occur, and which of them more than once: most rules are
/// about fields that are not there.
#[derive(Clone, Copy, Default)]
struct NameSet {
    present: u16,
    repeated: u16,
}

impl Headers {
    /// The fields whose lines stand there in a head.
    pub(crate) fn of_lines(head: Vec<u8>, mut fields: Vec<Field>) -> Result<Self, HeadError> {
        let mut names = NameSet::default();
        for field in &mut fields {
            *field = field.parse(&head)?;
            names.insert(field.known());
        }
        Ok(Self {
            bytes: head,
            fields,
            names,
        })
    }

    /// Fields to come after `start`, which is kept in front of them.
    pub(crate) fn after_start_line(start: &[&[u8]]) -> Self {
        Self {
            bytes: start.concat(),
            ..Self::default()
        }
    }

    /// The bytes given to [`of_lines`](Self::of_lines) or
    /// [`after_start_line`](Self::after_start_line).
    pub(crate) fn start_line(&self, range: Range) -> &[u8] {
        range.of(&self.bytes)
    }

    /// With room for that many bytes and fields.
    pub(crate) fn with_capacity(bytes: usize, fields: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(bytes),
            fields: Vec::with_capacity(fields),
            names: NameSet::default(),
        }
    }

    /// Appends a field whose name and value have been checked by the caller.
    pub(crate) fn push(&mut self, name: &[u8], value: &[u8]) -> Result<(), TooLong> {
        let start = self.bytes.len();
        let value_start = start + name.len();
        let name_range = Range::new(start, value_start).ok_or(TooLong)?;
        let value_range = Range::new(value_start, value_start + value.len()).ok_or(TooLong)?;
        self.bytes.extend_from_slice(name);
        self.bytes.extend_from_slice(value);
        let known = Name::of(name);
        self.names.insert(known);
        self.fields.push(Field::new(name_range, value_range, known));
        Ok(())
    }

    /// Appends all fields of `other`.
    pub(crate) fn append(&mut self, other: &Self) -> Result<(), TooLong> {
        let mut pairs = other.pairs();
        pairs.try_for_each(|(name, value)| self.push(name, value))
    }

    /// Appends a field of which nothing is known yet.
    pub(crate) fn push_checked(&mut self, name: &[u8], value: &[u8]) -> Result<(), HeadError> {
        let value = trim(value);
        if !is_token(name) || has_control(value) {
            return Err(HeadError::Field);
        }
        Ok(self.push(name, value)?)
    }

    /// The fields as pairs of name and value.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &[u8])> + Clone {
        self.pairs().map(|(name, value)| (ascii(name), value))
    }

    /// The same in bytes.
    pub(crate) fn pairs(&self) -> impl ExactSizeIterator<Item = (&[u8], &[u8])> + Clone {
        let fields = self.fields.iter();
        fields.map(|field| (field.name().of(&self.bytes), field.value().of(&self.bytes)))
    }

    /// The value of the first field with that name.
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        self.all(name).next()
    }

    /// The values of all fields with that name, in order.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a [u8]> + Clone {
        let length = name.len();
        self.fields
            .iter()
            .filter(move |field| {
                field.name().length() == length
                    && field
                        .name()
                        .of(&self.bytes)
                        .eq_ignore_ascii_case(name.as_bytes())
            })
            .map(|field| field.value().of(&self.bytes))
    }

    /// The number of fields.
    pub const fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is no field.
    pub const fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The values of all fields with a known name.
    pub(crate) fn known(&self, name: Name) -> impl Iterator<Item = &[u8]> + Clone {
        self.ranges(name).map(|range| range.of(&self.bytes))
    }

    /// Where the values of all fields with a known name stand.
    pub(crate) fn ranges(&self, name: Name) -> impl Iterator<Item = Range> + Clone {
        let fields = if self.has(name) { &*self.fields } else { &[] };
        fields
            .iter()
            .filter(move |field| field.known() == name)
            .map(|field| field.value())
    }

    /// The only value of a known name.
    pub(crate) fn single(&self, name: Name) -> Single<'_> {
        if self.names.repeated & name.bit() != 0 {
            return Single::Repeated;
        }
        self.known(name).next().map_or(Single::Missing, Single::One)
    }

    /// Whether a field with a known name is there.
    pub(crate) const fn has(&self, name: Name) -> bool {
        self.names.present & name.bit() != 0
    }

    /// The size as field lines, in bytes.
    pub(crate) fn encoded_length(&self) -> usize {
        let separators = b": \r\n".len();
        self.fields
            .iter()
            .map(|field| field.name().length() + field.value().length() + separators)
            .sum()
    }

    /// Appends the field lines.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        for (name, value) in self.pairs() {
            out.extend_from_slice(name);
            out.extend_from_slice(b": ");
            out.extend_from_slice(value);
            out.extend_from_slice(b"\r\n");
        }
    }
}

impl NameSet {
    const fn insert(&mut self, name: Name) {
        self.repeated |= self.present & name.bit();
        self.present |= name.bit();
    }
}

/// How often a field that must not be repeated is there.
pub(crate) enum Single<'a> {
    Missing,
    One(&'a [u8]),
    Repeated,
}

/// Shows the values of the fields that belong to the protocol, and of all
/// others only the length: cookies and credentials are among them.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for field in &self.fields {
            let name = ascii(field.name().of(&self.bytes));
            let value = field.value().of(&self.bytes);
            if field.known().is_public() {
                map.entry(&name, &format_args!("\"{}\"", value.escape_ascii()));
            } else {
                map.entry(&name, &format_args!("({} bytes)", value.len()));
            }
        }
        map.finish()
    }
}
