//! A stream of HTTP/2 as one to read from and to write to.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use h2::{Reason, RecvStream, SendStream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use websocket_proto::handshake::connect::ResetCode;

use crate::session::Transport;

/// The most that is handed to `h2` at a time.
const MOST: usize = 64 << 10;

/// Dropped without an end it is reset with CANCEL, by `h2` itself.
pub struct Stream {
    sending: SendStream<Bytes>,
    receiving: RecvStream,
    /// Of a DATA frame, what the reader had no room for.
    unread: Bytes,
}

impl Stream {
    pub const fn new(sending: SendStream<Bytes>, receiving: RecvStream) -> Self {
        Self {
            sending,
            receiving,
            unread: Bytes::new(),
        }
    }
}

impl Transport for Stream {
    fn reset(&mut self, code: ResetCode) {
        self.sending.send_reset(Reason::from(code.http2()));
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // A DATA frame may be empty, which is no end.
        while this.unread.is_empty() {
            match ready!(this.receiving.poll_data(cx)) {
                Some(Ok(data)) => this.unread = data,
                Some(Err(error)) => return Poll::Ready(Err(broken(error))),
                // END_STREAM, or trailers, which mean nothing.
                None => return Poll::Ready(Ok(())),
            }
        }
        let length = this.unread.len().min(buffer.remaining());
        buffer.put_slice(&this.unread[..length]);
        this.unread.advance(length);
        // Only what has been taken makes room for more: a reader who is slow
        // slows the peer down.
        let released = this.receiving.flow_control().release_capacity(length);
        Poll::Ready(released.map_err(broken))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let sending = &mut self.get_mut().sending;
        sending.reserve_capacity(bytes.len().min(MOST));
        while sending.capacity() == 0 {
            match ready!(sending.poll_capacity(cx)) {
                Some(Ok(_)) => {}
                Some(Err(error)) => return Poll::Ready(Err(broken(error))),
                None => return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
            }
        }
        let length = bytes.len().min(MOST).min(sending.capacity());
        let sent = sending.send_data(Bytes::copy_from_slice(&bytes[..length]), false);
        Poll::Ready(sent.map(|()| length).map_err(broken))
    }

    /// Whoever drives the HTTP connection writes what there is.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// END_STREAM, behind all that was written.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let sent = self.get_mut().sending.send_data(Bytes::new(), true);
        Poll::Ready(sent.map_err(broken))
    }
}

/// That the peer has reset the stream is `ConnectionReset`, as it is of TCP.
fn broken(error: h2::Error) -> io::Error {
    if error.is_io() {
        error
            .into_io()
            .unwrap_or_else(|| io::ErrorKind::ConnectionReset.into())
    } else {
        io::Error::new(io::ErrorKind::ConnectionReset, error)
    }
}
