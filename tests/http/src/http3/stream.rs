//! A stream of HTTP/3 as one to read from and to write to: what DATA frames
//! carry.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use quinn::{SendStream, VarInt};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use websocket_proto::handshake::connect::ResetCode;

use super::frames::{self, DATA, Frames};
use crate::session::Transport;

/// The longest DATA frame that is sent.
const LONGEST: usize = 64 << 10;

/// H3_NO_ERROR: what the peer still sends is of no interest.
const NO_ERROR: VarInt = VarInt::from_u32(0x100);

/// Dropped without an end it is reset with H3_REQUEST_CANCELLED.
pub struct Stream {
    sending: SendStream,
    receiving: Frames,
    /// Type of the frame that is being read, and what is left of it.
    kind: u64,
    unread: u64,
    /// What is left of the DATA frame that is being written.
    unwritten: Bytes,
    ended: bool,
}

impl Stream {
    pub const fn new(sending: SendStream, receiving: Frames) -> Self {
        Self {
            sending,
            receiving,
            kind: DATA,
            unread: 0,
            unwritten: Bytes::new(),
            ended: false,
        }
    }

    fn poll_written(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.unwritten.is_empty() {
            let sending = Pin::new(&mut self.sending);
            let length = ready!(AsyncWrite::poll_write(sending, cx, &self.unwritten))?;
            self.unwritten.advance(length);
        }
        Poll::Ready(Ok(()))
    }
}

impl Transport for Stream {
    fn reset(&mut self, code: ResetCode) {
        if let Ok(code) = VarInt::from_u64(code.http3()) {
            let _ = self.sending.reset(code);
            self.receiving.stop(code);
        }
        self.ended = true;
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if self.ended {
            self.receiving.stop(NO_ERROR);
        } else {
            self.reset(ResetCode::Cancelled);
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let mut skipped = [0; 1 << 10];
        loop {
            if this.unread == 0 {
                match ready!(this.receiving.poll_numbers(cx))? {
                    Some(frame) => [this.kind, this.unread] = frame,
                    None => return Poll::Ready(Ok(())),
                }
                continue;
            }
            // Trailers mean nothing, and other types may be unknown here.
            let is_data = this.kind == DATA;
            let room = if is_data {
                buffer.remaining()
            } else {
                skipped.len()
            };
            let most = usize::try_from(this.unread).map_or(room, |unread| unread.min(room));
            let mut part = match is_data {
                true => ReadBuf::new(buffer.initialize_unfilled_to(most)),
                false => ReadBuf::new(&mut skipped[..most]),
            };
            ready!(this.receiving.poll_payload(cx, &mut part))?;
            let length = part.filled().len();
            if length == 0 && room > 0 {
                return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
            }
            this.unread -= length as u64;
            if is_data {
                buffer.advance(length);
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl AsyncWrite for Stream {
    /// One DATA frame, which is kept until it is written: what has been
    /// announced has to follow.
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_written(cx))?;
        let length = bytes.len().min(LONGEST);
        this.unwritten = frames::frame(DATA, &bytes[..length])?.into();
        match this.poll_written(cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            _ => Poll::Ready(Ok(length)),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().poll_written(cx)
    }

    /// FIN, behind all that was written.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_written(cx))?;
        this.ended = true;
        Poll::Ready(this.sending.finish().map_err(io::Error::other))
    }
}
