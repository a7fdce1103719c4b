//! For a device: `embedded-io-async`, two buffers of fixed length, messages in
//! pieces, and no memory asked for by a frame. Nothing here needs `std`.
//!
//! An event borrows from [`Inlet`] alone, so that it can be answered through
//! [`Outlet`] while it is held.

mod session;

use core::ops::Range;

use embedded_io_async::{Read, Write};
pub use session::Embedded;
use websocket_proto::frame::Header;
use websocket_proto::{Connection, Error, Event, FixedOutput, MessageKind, Output, SendError};

/// Why something did not work.
#[derive(Debug)]
pub enum Fault<E> {
    /// By the peer's fault.
    Peer(Error),
    /// By this program's.
    Program(SendError),
    /// By the transport.
    Io(E),
}

/// The reading direction.
#[derive(Debug)]
pub struct Inlet<'m, R> {
    reader: R,
    buffer: &'m mut [u8],
    /// What of the buffer was read and not yet received.
    unread: Range<usize>,
}

/// The writing direction.
#[derive(Debug)]
pub struct Outlet<'m, W> {
    writer: W,
    out: FixedOutput<'m>,
}

impl<'m, R: Read> Inlet<'m, R> {
    pub const fn new(reader: R, buffer: &'m mut [u8]) -> Self {
        Self {
            reader,
            buffer,
            unread: 0..0,
        }
    }

    /// The next event; `None` where what was read makes none: look whether the
    /// connection is closed, and call again. All that waits is written before
    /// anything is read.
    pub async fn receive<W>(
        &mut self,
        connection: &mut Connection,
        outlet: &mut Outlet<'_, W>,
    ) -> Result<Option<Event<'_>>, Fault<R::Error>>
    where
        W: Write<Error = R::Error>,
    {
        if self.unread.is_empty() {
            // Where this fails, reading tells the end.
            let _ = outlet.transmit(connection).await;
            if connection.is_closed() {
                return Ok(None);
            }
            // A transport that breaks has ended.
            let length = self.reader.read(self.buffer).await.unwrap_or(0);
            if length == 0 {
                connection.receive_eof().map_err(Fault::Peer)?;
            }
            self.unread = 0..length;
        }
        let mut input = websocket_proto::Input::one_by_one(&mut self.buffer[self.unread.clone()]);
        let outcome = connection.receive(&mut input, &mut outlet.out);
        self.unread.start = self.unread.end - input.len();
        match outcome {
            Ok(event) => Ok(event),
            Err(error) => {
                let _ = outlet.transmit(connection).await;
                Err(Fault::Peer(error))
            }
        }
    }
}

impl<'m, W: Write> Outlet<'m, W> {
    pub const fn new(writer: W, out: FixedOutput<'m>) -> Self {
        Self { writer, out }
    }

    /// Sends by one of the connection's methods, once there is room.
    pub async fn send(
        &mut self,
        connection: &mut Connection,
        mut act: impl FnMut(&mut Connection, &mut FixedOutput<'m>) -> Result<(), SendError>,
    ) -> Result<(), Fault<W::Error>> {
        let mut outcome = act(connection, &mut self.out);
        if matches!(outcome, Err(SendError::OutputFull { .. })) {
            self.transmit(connection).await.map_err(Fault::Io)?;
            outcome = act(connection, &mut self.out);
        }
        outcome.map_err(Fault::Program)
    }

    /// Sends a piece of a message, of any length: in frames that fit the
    /// output.
    pub async fn send_piece(
        &mut self,
        connection: &mut Connection,
        kind: MessageKind,
        mut bytes: &[u8],
        last: bool,
    ) -> Result<(), Fault<W::Error>> {
        loop {
            let room = self.out.buffered() + self.out.available() - Header::MAX_ENCODED;
            let (piece, rest) = bytes.split_at(bytes.len().min(room));
            let last = last && rest.is_empty();
            self.send(connection, |connection, out| {
                connection.send_fragment(kind, piece, last, out)
            })
            .await?;
            if rest.is_empty() {
                return Ok(());
            }
            bytes = rest;
        }
    }

    /// Writes all that waits.
    pub async fn transmit(&mut self, connection: &mut Connection) -> Result<(), W::Error> {
        loop {
            let written = self.writer.write_all(self.out.written()).await;
            self.out.clear();
            written?;
            // Replies that found no room.
            if !connection.poll_transmit(&mut self.out) {
                return self.writer.flush().await;
            }
        }
    }
}
