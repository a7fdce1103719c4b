//! Frames of HTTP/3 (RFC 9114 section 7) and lists of fields in them.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use quinn::{RecvStream, VarInt};
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};
use wtransport_proto::bytes::{BytesReader, BytesWriter};
use wtransport_proto::qpack::{Decoder, Encoder};
use wtransport_proto::varint::VarInt as Number;

pub const DATA: u64 = 0x0;
pub const HEADERS: u64 = 0x1;
pub const SETTINGS: u64 = 0x4;

/// The longest frame that is read whole.
const LONGEST: u64 = 16 << 10;

/// A stream from which frames are read, all of them or their beginnings.
pub struct Frames {
    stream: RecvStream,
    /// Of the numbers in front of what follows, the bytes read so far.
    begun: Vec<u8>,
}

impl Frames {
    pub const fn new(stream: RecvStream) -> Self {
        Self {
            stream,
            begun: Vec::new(),
        }
    }

    /// Type and length of the next frame, or the one number in front of a
    /// stream; `None` where the stream ends instead.
    pub fn poll_numbers<const N: usize>(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<Option<[u64; N]>>> {
        loop {
            if let Some(numbers) = parse(&self.begun) {
                self.begun.clear();
                return Poll::Ready(Ok(Some(numbers)));
            }
            let mut byte = [0];
            let mut buffer = ReadBuf::new(&mut byte);
            ready!(self.poll_payload(cx, &mut buffer))?;
            match buffer.filled() {
                [byte] => self.begun.push(*byte),
                _ if self.begun.is_empty() => return Poll::Ready(Ok(None)),
                _ => return Poll::Ready(Err(ErrorKind::UnexpectedEof.into())),
            }
        }
    }

    pub fn poll_payload(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        AsyncRead::poll_read(Pin::new(&mut self.stream), cx, buffer)
    }

    pub async fn numbers<const N: usize>(&mut self) -> io::Result<Option<[u64; N]>> {
        poll_fn(|cx| self.poll_numbers(cx)).await
    }

    /// The payload of the next frame of that type. Others are skipped, of which
    /// there may be any number of unknown types (RFC 9114 section 9).
    pub async fn next(&mut self, wanted: u64) -> io::Result<Vec<u8>> {
        while let Some([kind, length]) = self.numbers().await? {
            if length > LONGEST {
                return Err(io::Error::new(
                    ErrorKind::InvalidData,
                    "a frame is too long",
                ));
            }
            let mut payload = vec![0; length as usize];
            AsyncReadExt::read_exact(&mut self.stream, &mut payload).await?;
            if kind == wanted {
                return Ok(payload);
            }
        }
        Err(ErrorKind::UnexpectedEof.into())
    }

    /// Reads to the end, and drops what comes.
    pub async fn drain(&mut self) -> io::Result<u64> {
        tokio::io::copy(&mut self.stream, &mut tokio::io::sink()).await
    }

    /// Has the peer stop, where it has not ended yet.
    pub fn stop(&mut self, code: VarInt) {
        let _ = self.stream.stop(code);
    }
}

fn parse<const N: usize>(mut bytes: &[u8]) -> Option<[u64; N]> {
    let mut numbers = [0; N];
    for number in &mut numbers {
        *number = bytes.get_varint()?.into_inner();
    }
    Some(numbers)
}

/// A frame to send.
pub fn frame(kind: u64, payload: &[u8]) -> io::Result<Vec<u8>> {
    let too_large = |_| io::Error::from(ErrorKind::InvalidInput);
    let mut bytes = Vec::with_capacity(16 + payload.len());
    for number in [kind, payload.len() as u64] {
        let number = Number::try_from_u64(number).map_err(too_large)?;
        // A vector has no end.
        let _ = bytes.put_varint(number);
    }
    bytes.extend_from_slice(payload);
    Ok(bytes)
}

/// A HEADERS frame to send.
pub fn headers<'a>(fields: impl Iterator<Item = (&'a str, &'a [u8])>) -> io::Result<Vec<u8>> {
    let fields = fields.map(|(name, value)| (name, String::from_utf8_lossy(value)));
    frame(HEADERS, &Encoder::encode(fields))
}

/// The list in a HEADERS frame. The decoder gives it in no order, so that
/// pseudo-header fields are put in front again.
pub fn fields(payload: &[u8]) -> io::Result<Vec<(String, String)>> {
    let fields = Decoder::decode(payload)
        .map_err(|_| io::Error::new(ErrorKind::InvalidData, "malformed QPACK"))?;
    let mut fields = fields.into_iter().collect::<Vec<_>>();
    fields.sort_by_key(|(name, _)| !name.starts_with(':'));
    Ok(fields)
}
