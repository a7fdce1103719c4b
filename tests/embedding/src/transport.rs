//! Two ends of something that carries bytes.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

/// As a blocking socket.
pub trait Transport: Read + Write + Send + Sized + 'static {
    fn pair() -> io::Result<(Self, Self)>;
    /// How long a read waits, after which it fails with `WouldBlock` or
    /// `TimedOut`.
    fn set_read_timeout(&mut self, time: Option<Duration>) -> io::Result<()>;
    /// Ends this direction; the other goes on.
    fn shutdown_write(&mut self) -> io::Result<()>;
    /// One to read and one to write, for two threads.
    fn split(self) -> io::Result<(Self, Self)>;
}

impl Transport for TcpStream {
    fn pair() -> io::Result<(Self, Self)> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let client = Self::connect(listener.local_addr()?)?;
        let (server, _) = listener.accept()?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        Ok((server, client))
    }

    fn set_read_timeout(&mut self, time: Option<Duration>) -> io::Result<()> {
        // A timeout of zero would mean none.
        let time = time.map(|time| time.max(Duration::from_millis(1)));
        Self::set_read_timeout(self, time)
    }

    fn shutdown_write(&mut self) -> io::Result<()> {
        self.shutdown(Shutdown::Write)
    }

    fn split(self) -> io::Result<(Self, Self)> {
        Ok((self.try_clone()?, self))
    }
}

/// How many buffers wait in a [`Wire`] before its writer does.
const WIRE_LENGTH: usize = 4;

/// An end of two queues of buffers: what one end has written is what the other
/// reads, without a copy between them.
#[derive(Debug)]
pub struct Wire {
    output: Option<SyncSender<Vec<u8>>>,
    input: Receiver<Vec<u8>>,
    wait: Option<Duration>,
    /// What `Read` has not given out yet.
    rest: Vec<u8>,
}

impl Wire {
    /// Hands a buffer over.
    pub fn give(&self, buffer: Vec<u8>) -> io::Result<()> {
        let output = self.output.as_ref();
        output
            .and_then(|output| output.send(buffer).ok())
            .ok_or_else(|| ErrorKind::BrokenPipe.into())
    }

    /// Takes the next buffer; an empty one is the end.
    pub fn take_next(&self) -> io::Result<Vec<u8>> {
        let next = match self.wait {
            None => self.input.recv().map_err(RecvTimeoutError::from),
            Some(time) => self.input.recv_timeout(time),
        };
        match next {
            Ok(buffer) => Ok(buffer),
            Err(RecvTimeoutError::Disconnected) => Ok(Vec::new()),
            Err(RecvTimeoutError::Timeout) => Err(ErrorKind::TimedOut.into()),
        }
    }
}

impl Transport for Wire {
    fn pair() -> io::Result<(Self, Self)> {
        let end = |output, input| Self {
            output: Some(output),
            input,
            wait: None,
            rest: Vec::new(),
        };
        let (to_first, of_second) = (
            mpsc::sync_channel(WIRE_LENGTH),
            mpsc::sync_channel(WIRE_LENGTH),
        );
        Ok((end(of_second.0, to_first.1), end(to_first.0, of_second.1)))
    }

    fn set_read_timeout(&mut self, time: Option<Duration>) -> io::Result<()> {
        self.wait = time;
        Ok(())
    }

    fn shutdown_write(&mut self) -> io::Result<()> {
        self.output = None;
        Ok(())
    }

    fn split(mut self) -> io::Result<(Self, Self)> {
        let writer = Self {
            output: self.output.take(),
            // Of a queue that has ended.
            input: mpsc::sync_channel(0).1,
            wait: None,
            rest: Vec::new(),
        };
        Ok((self, writer))
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() {
            self.rest = self.take_next()?;
        }
        let length = self.rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&self.rest[..length]);
        self.rest.drain(..length);
        Ok(length)
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !bytes.is_empty() {
            self.give(bytes.to_vec())?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
