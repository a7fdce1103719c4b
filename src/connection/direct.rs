//! Long payloads, read straight to where the message is put together.

use super::Connection;
use super::message::Frame;
use super::receive::Receiver;
use crate::{Event, MessageKind};

/// For less a read of its own does not pay, in bytes.
const LEAST: u64 = 4 << 10;

impl Receiver {
    /// As [`Connection::payload_buffer`].
    pub fn payload_buffer(&mut self) -> Option<&mut [u8]> {
        let remaining = self.decoder.remaining();
        if remaining < LEAST || !self.is_direct() {
            return None;
        }
        let bound = self.bound();
        Some(self.assembly.room_for(remaining, bound))
    }

    /// As [`Connection::receive_payload`].
    pub fn receive_payload(&mut self, length: usize) -> Option<Event<'static>> {
        let remaining = self.decoder.remaining();
        if remaining == 0 || !self.is_direct() {
            return None;
        }
        let bound = self.bound();
        let length = length.min(self.assembly.room_for(remaining, bound).len());
        let (key, end) = self.decoder.advance(length);
        self.assembly.fill(key, length);
        match self.frame {
            Frame::Data { last: true } if end => {
                self.message.delivered = true;
                self.assembly.finish().ok()
            }
            _ => None,
        }
    }

    /// Whether the payload under way is that of a binary message to be
    /// delivered whole.
    const fn is_direct(&self) -> bool {
        self.takes_short
            && matches!(self.frame, Frame::Data { .. })
            && matches!(self.message.kind, MessageKind::Binary)
            && !self.message.compressed
    }
}

impl Connection {
    /// Where the next read may go straight to: the place of the next bytes in a
    /// long binary message that is being put together. What is read there is
    /// told by [`receive_payload`](Self::receive_payload), and is not copied
    /// once more.
    ///
    /// `None` at all other times, which is where the next bytes have to be
    /// looked at by [`receive`](Self::receive). A caller who never asks misses
    /// nothing but speed.
    ///
    /// The buffer is never empty and never longer than what the frame still
    /// lacks; as ever it grows with what has arrived, not with what the peer
    /// announces. Its content is of no meaning.
    ///
    /// ```
    /// use std::io::Read;
    /// use websocket_proto::handshake::Agreement;
    /// use websocket_proto::{Config, Connection, Event, Seed};
    ///
    /// let mut client =
    ///     Connection::upgraded_client(Config::new(), Agreement::default(), Seed::from([7; 32]));
    /// // A message of 100,000 bytes in one frame.
    /// let wire = [&[0x82, 127, 0, 0, 0, 0, 0, 0x01, 0x86, 0xA0][..], &[b'x'; 100_000]].concat();
    /// let (mut socket, mut buffer, mut out) = (&wire[..], [0; 512], Vec::new());
    /// let message = loop {
    ///     if let Some(direct) = client.payload_buffer() {
    ///         let length = socket.read(direct)?;
    ///         match client.receive_payload(length) {
    ///             Some(Event::Binary(message)) => break message,
    ///             _ => continue,
    ///         }
    ///     }
    ///     let length = socket.read(&mut buffer)?;
    ///     assert!(client.receive(&mut &mut buffer[..length], &mut out)?.is_none());
    /// };
    /// assert_eq!(message.len(), 100_000);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn payload_buffer(&mut self) -> Option<&mut [u8]> {
        self.receiver.payload_buffer()
    }

    /// Tells that `length` bytes were read to the start of
    /// [`payload_buffer`](Self::payload_buffer); more than it has do not count.
    /// They are unmasked in place; the message is returned with its last byte.
    ///
    /// The end of the stream, 0 bytes, is for
    /// [`receive_eof`](Self::receive_eof) to be told, as ever.
    pub fn receive_payload(&mut self, length: usize) -> Option<Event<'static>> {
        if let Some(deadlines) = &mut self.deadlines
            && length > 0
        {
            deadlines.receive();
        }
        self.receiver.receive_payload(length)
    }
}
