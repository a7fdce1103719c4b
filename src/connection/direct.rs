//! Long payloads, read straight to where the message is put together.

use super::Connection;
impl Connection {
    /// Where the next read may go straight to: the place of the next bytes in a
    /// long binary message that is being put together. How much was read there
    /// is told by [`receive_payload`](Self::receive_payload), and it is not
    /// copied once more.
    ///
    /// `None` where the next bytes have to be looked at, by
    /// [`receive`](Self::receive): most of the time, and always for texts, for
    /// what is compressed, with [`Delivery::Chunks`](crate::Delivery), and
    /// where less than 4 KiB of a frame are missing. A caller who never asks
    /// misses nothing but speed.
    ///
    /// The buffer is never empty. It ends before the last byte of the frame, so
    /// that the message comes out of [`receive`](Self::receive). It grows with
    /// what has arrived, not with what the peer announces: to twice as much and
    /// 8 KiB at most, or to what was recycled. Its content is of no meaning.
    ///
    /// ```
    /// use std::io::Read;
    /// use websocket_proto::handshake::Agreement;
    /// use websocket_proto::{Config, Connection, Event, Input, Seed};
    ///
    /// let mut client =
    ///     Connection::upgraded_client(Config::new(), Agreement::default(), Seed::from([7; 32]));
    /// // A message of 100,000 bytes in one frame.
    /// let wire = [&[0x82, 127, 0, 0, 0, 0, 0, 0x01, 0x86, 0xA0][..], &[b'x'; 100_000]].concat();
    /// # let wire = [&wire[..], b"\x88\x02\x03\xe8"].concat();
    /// let (mut socket, mut buffer, mut out) = (&wire[..], [0; 512], Vec::new());
    /// let mut lengths = Vec::new();
    /// // The loop as ever, but for what is read to where.
    /// loop {
    ///     if let Some(place) = client.payload_buffer() {
    ///         let length = socket.read(place)?;
    ///         if length == 0 {
    ///             break client.receive_eof()?;
    ///         }
    ///         client.receive_payload(length);
    ///         continue;
    ///     }
    ///     let length = socket.read(&mut buffer)?;
    ///     if length == 0 {
    ///         break client.receive_eof()?;
    ///     }
    ///     let mut input = Input::new(&mut buffer[..length]);
    ///     while let Some(event) = client.receive(&mut input, &mut out)? {
    ///         if let Event::Binary(message) = event {
    ///             lengths.push(message.len());
    ///         }
    ///     }
    ///     // Write `out` here.
    /// }
    /// assert_eq!(lengths, [100_000]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn payload_buffer(&mut self) -> Option<&mut [u8]> {
        self.receiver.payload_buffer()
    }

    /// Tells that `length` bytes were read to the start of
    /// [`payload_buffer`](Self::payload_buffer), where they are unmasked. A
    /// larger `length` is cut to the buffer's; without a `payload_buffer` since
    /// the last bytes the call does nothing.
    ///
    /// The end of the stream, 0 bytes, is for
    /// [`receive_eof`](Self::receive_eof) to be told, as ever.
    pub fn receive_payload(&mut self, length: usize) {
        if let Some(deadlines) = &mut self.deadlines
            && length > 0
            && self.receiver.has_lent()
        {
            deadlines.receive();
        }
        self.receiver.receive_payload(length);
    }
}
