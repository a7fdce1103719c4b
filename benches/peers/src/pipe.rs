//! The transport: a stream in memory to read, and writes that are counted.

use std::cell::{Cell, RefCell};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

/// Reads copy at most `chunk` bytes of a stream, as a kernel would; of writes
/// the ends are touched.
pub struct Pipe {
    data: &'static [u8],
    position: usize,
    loops: usize,
    chunk: usize,
}

/// Calls since the last [`reset`], over all pipes of the thread.
#[derive(Debug, Clone, Copy, Default)]
pub struct Calls {
    pub reads: u64,
    pub writes: u64,
}

thread_local! {
    static READS: Cell<u64> = const { Cell::new(0) };
    static WRITES: Cell<u64> = const { Cell::new(0) };
    static TOUCHED: Cell<u8> = const { Cell::new(0) };
    static CAPTURING: Cell<bool> = const { Cell::new(false) };
    static CAPTURED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Starts counting anew, and keeps what is written if it is to be looked at.
pub fn reset(capture: bool) {
    READS.set(0);
    WRITES.set(0);
    CAPTURING.set(capture);
    CAPTURED.take();
}

pub fn calls() -> Calls {
    Calls {
        reads: READS.get(),
        writes: WRITES.get(),
    }
}

/// What was written since the last [`reset`].
pub fn captured() -> Vec<u8> {
    CAPTURED.take()
}

impl Pipe {
    /// Gives `data` as often as `loops` says, in reads of `chunk` bytes.
    pub fn new(data: &'static [u8], loops: usize, chunk: usize) -> Self {
        Self {
            data,
            position: 0,
            loops,
            chunk,
        }
    }

    /// Nothing to read.
    pub fn empty() -> Self {
        Self::new(&[], 1, 64 << 10)
    }

    /// The bytes of the next read, none at the end.
    #[inline(always)]
    pub fn take(&mut self, most: usize) -> &'static [u8] {
        if self.position == self.data.len() {
            if self.loops <= 1 {
                return &[];
            }
            self.loops -= 1;
            self.position = 0;
        }
        let rest = &self.data[self.position..];
        let bytes = &rest[..most.min(self.chunk).min(rest.len())];
        self.position += bytes.len();
        READS.set(READS.get() + 1);
        bytes
    }

    #[inline(always)]
    pub fn read_into(&mut self, buffer: &mut [u8]) -> usize {
        let bytes = self.take(buffer.len());
        buffer[..bytes.len()].copy_from_slice(bytes);
        bytes.len()
    }

    /// Reads into memory that need not be initialized.
    ///
    /// # Safety
    ///
    /// `buffer` must be valid for writes of `capacity` bytes.
    #[inline(always)]
    pub unsafe fn read_raw(&mut self, buffer: *mut u8, capacity: usize) -> usize {
        let bytes = self.take(capacity);
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), buffer, bytes.len()) };
        bytes.len()
    }

    #[inline(always)]
    pub fn put(&mut self, bytes: &[u8]) {
        WRITES.set(WRITES.get() + 1);
        touch(bytes);
    }

    #[inline(always)]
    fn put_vectored<'a>(&mut self, parts: impl IntoIterator<Item = &'a [u8]>) -> usize {
        WRITES.set(WRITES.get() + 1);
        let mut length = 0;
        for part in parts {
            touch(part);
            length += part.len();
        }
        length
    }
}

#[inline(always)]
fn touch(bytes: &[u8]) {
    if let (Some(first), Some(last)) = (bytes.first(), bytes.last()) {
        TOUCHED.set(TOUCHED.get() ^ first ^ last);
    }
    if CAPTURING.get() {
        CAPTURED.with_borrow_mut(|captured| captured.extend_from_slice(bytes));
    }
}

impl io::Read for Pipe {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(self.read_into(buffer))
    }
}

impl io::Write for Pipe {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.put(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl tokio::io::AsyncRead for Pipe {
    #[inline]
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let bytes = self.take(buffer.remaining());
        buffer.put_slice(bytes);
        Poll::Ready(Ok(()))
    }
}

impl futures::io::AsyncRead for Pipe {
    #[inline]
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(self.read_into(buffer)))
    }
}

/// The two traits of this name differ in how the end is called.
macro_rules! async_write {
    ($path:path, $end:ident) => {
        impl $path for Pipe {
            #[inline]
            fn poll_write(
                mut self: Pin<&mut Self>,
                _: &mut Context<'_>,
                bytes: &[u8],
            ) -> Poll<io::Result<usize>> {
                self.put(bytes);
                Poll::Ready(Ok(bytes.len()))
            }

            #[inline]
            fn poll_write_vectored(
                mut self: Pin<&mut Self>,
                _: &mut Context<'_>,
                parts: &[IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                Poll::Ready(Ok(self.put_vectored(parts.iter().map(|part| &**part))))
            }

            fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                Poll::Ready(Ok(()))
            }

            fn $end(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                Poll::Ready(Ok(()))
            }

            async_write!(@vectored $end);
        }
    };
    (@vectored poll_shutdown) => {
        fn is_write_vectored(&self) -> bool {
            true
        }
    };
    (@vectored poll_close) => {};
}

async_write!(tokio::io::AsyncWrite, poll_shutdown);
async_write!(futures::io::AsyncWrite, poll_close);

impl wtx::stream::StreamReader for Pipe {
    #[inline]
    async fn read(&mut self, buffer: &mut [u8]) -> wtx::Result<usize> {
        Ok(self.read_into(buffer))
    }
}

impl wtx::stream::StreamWriter for Pipe {
    #[inline]
    async fn write_all(&mut self, bytes: &[u8]) -> wtx::Result<()> {
        self.put(bytes);
        Ok(())
    }

    #[inline]
    async fn write_all_vectored(&mut self, parts: &[&[u8]]) -> wtx::Result<()> {
        self.put_vectored(parts.iter().copied());
        Ok(())
    }
}
