//! The body of a refusal.

use super::response_head::ResponseHead;
use crate::handshake::head::headers::Headers;
use crate::handshake::head::name::Name;
use crate::syntax::{elements, is_same};

/// Takes the body of an HTTP response out of the bytes after its head, as RFC
/// 9112 section 6.3 frames it: by `Content-Length`, in chunks, or up to the end
/// of the stream.
///
/// Nothing is kept: pieces are lent from the input, and how many to take is the
/// caller's decision.
///
/// ```
/// use websocket_proto::handshake::{BodyReader, HeadLimits, ResponseHead};
///
/// let head = b"HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n";
/// let mut reader = BodyReader::new(&ResponseHead::parse(head, HeadLimits::default())?);
/// let mut input = &b"4\r\nnope\r\n0\r\n\r\nnot the body"[..];
/// assert_eq!(reader.receive(&mut input), Some(&b"nope"[..]));
/// assert_eq!(reader.receive(&mut input), None);
/// assert!(reader.is_done());
/// # Ok::<(), websocket_proto::handshake::ResponseError>(())
/// ```
#[derive(Debug, Clone)]
pub struct BodyReader {
    framing: Framing,
}

#[derive(Debug, Clone, Copy)]
enum Framing {
    /// That many bytes are to come.
    Length(u64),
    Chunked(Chunk),
    /// Everything up to the end of the stream.
    UntilEnd,
    Done,
    /// Where the body ends can no longer be told.
    Broken,
}

/// Where in the chunked coding the next byte stands (RFC 9112 section 7.1).
#[derive(Debug, Clone, Copy)]
enum Chunk {
    /// In the digits of a size.
    Size {
        size: u64,
        begun: bool,
    },
    /// In what follows them on the line.
    Extension {
        size: u64,
    },
    Data(u64),
    /// In the line end after data.
    DataEnd,
    /// In the fields after the last chunk, in a line of that many bytes.
    Trailer {
        length: usize,
    },
}

impl BodyReader {
    /// A reader for what follows that head.
    ///
    /// A response whose last transfer coding is another than `chunked` is read up
    /// to the end of the stream. Of one whose `Content-Length` is no number of 64
    /// bits, or is several that differ, nothing is read: it
    /// [is broken](Self::is_broken) from the start.
    pub fn new(head: &ResponseHead) -> Self {
        let headers = head.headers();
        let framing = if matches!(head.status(), 100..=199 | 204 | 304) {
            Framing::Done
        } else if headers.has(Name::TransferEncoding) {
            let codings = headers.known(Name::TransferEncoding).flat_map(elements);
            match codings
                .last()
                .is_some_and(|coding| is_same(coding, b"chunked"))
            {
                true => Framing::Chunked(Chunk::START),
                false => Framing::UntilEnd,
            }
        } else if headers.has(Name::ContentLength) {
            length(headers).map_or(Framing::Broken, Framing::Length)
        } else {
            Framing::UntilEnd
        };
        let mut reader = Self { framing };
        reader.end_if_empty();
        reader
    }

    /// Takes the next piece of the body from the front of `input`; `None` means
    /// that `input` is used up, or that the body has ended or
    /// [is broken](Self::is_broken). What follows the body stays in `input`.
    pub fn receive<'a>(&mut self, input: &mut &'a [u8]) -> Option<&'a [u8]> {
        let (framing, piece) = self.measure(input);
        let (taken, rest) = input.split_at(framing + piece);
        *input = rest;
        (piece > 0).then(|| &taken[framing..])
    }

    /// Takes the bytes of the framing at the front of `input`, and the piece of
    /// the body behind them: how many there are of each.
    pub(crate) fn measure(&mut self, input: &[u8]) -> (usize, usize) {
        for (at, &byte) in input.iter().enumerate() {
            let available = input.len() - at;
            match &mut self.framing {
                Framing::Done | Framing::Broken => return (at, 0),
                Framing::UntilEnd => return (at, available),
                Framing::Length(left) | Framing::Chunked(Chunk::Data(left)) => {
                    let piece = usize::try_from(*left).map_or(available, |n| n.min(available));
                    // Not more than there was.
                    *left -= piece as u64;
                    self.end_if_empty();
                    return (at, piece);
                }
                Framing::Chunked(chunk) => self.framing = chunk.next(byte),
            }
        }
        (input.len(), 0)
    }

    /// Whether the body has come whole. One that is framed by the end of the
    /// stream never has, nor has one that [is broken](Self::is_broken): whoever
    /// reads up to the end asks for both.
    pub const fn is_done(&self) -> bool {
        matches!(self.framing, Framing::Done)
    }

    /// Whether the chunks or the length are such that where the body ends can no
    /// longer be told; nothing more is read then.
    pub const fn is_broken(&self) -> bool {
        matches!(self.framing, Framing::Broken)
    }

    const fn end_if_empty(&mut self) {
        match self.framing {
            Framing::Length(0) => self.framing = Framing::Done,
            Framing::Chunked(Chunk::Data(0)) => self.framing = Framing::Chunked(Chunk::DataEnd),
            _ => {}
        }
    }
}

impl Chunk {
    const START: Self = Self::Size {
        size: 0,
        begun: false,
    };

    /// The state after that byte.
    fn next(self, byte: u8) -> Framing {
        Framing::Chunked(match (self, byte) {
            (Self::Size { size, begun: true }, b'\r' | b'\n' | b';' | b' ' | b'\t') => {
                return Self::Extension { size }.next(byte);
            }
            (Self::Size { size, .. }, _) => match char::from(byte).to_digit(16) {
                // Another digit has room.
                Some(digit) if size >> 60 == 0 => Self::Size {
                    size: size << 4 | u64::from(digit),
                    begun: true,
                },
                _ => return Framing::Broken,
            },
            (Self::Extension { size: 0 }, b'\n') => Self::Trailer { length: 0 },
            (Self::Extension { size }, b'\n') => Self::Data(size),
            (Self::Extension { .. }, _) => self,
            (Self::DataEnd, b'\r') => self,
            (Self::DataEnd, b'\n') => Self::START,
            (Self::DataEnd | Self::Data(_), _) => return Framing::Broken,
            (Self::Trailer { length: 0 }, b'\n') => return Framing::Done,
            (Self::Trailer { .. }, b'\n') => Self::Trailer { length: 0 },
            (Self::Trailer { .. }, b'\r') => self,
            (Self::Trailer { length }, _) => Self::Trailer {
                length: length.saturating_add(1),
            },
        })
    }
}

/// The only length that the fields name, be it several times.
fn length(headers: &Headers) -> Option<u64> {
    let mut values = headers.known(Name::ContentLength).flat_map(elements);
    let first = decimal(values.next()?)?;
    let is_one = values.all(|value| decimal(value) == Some(first));
    is_one.then_some(first)
}

fn decimal(value: &[u8]) -> Option<u64> {
    // `parse` would take a sign.
    let digits = value.iter().all(u8::is_ascii_digit);
    core::str::from_utf8(value)
        .ok()
        .filter(|_| digits)?
        .parse()
        .ok()
}
