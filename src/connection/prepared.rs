use alloc::vec::Vec;
use core::fmt;

use crate::MessageKind;
#[cfg(feature = "deflate")]
use crate::deflate::{Compressor, DeflateConfig};
use crate::frame::Header;
#[cfg(feature = "deflate")]
use crate::frame::ReservedBits;
use crate::redacted::Length;

/// A message encoded once, to be appended to any number of outputs.
///
/// Only servers may send it, since a client masks each frame anew.
///
/// ```
/// use websocket_proto::{Config, Connection, PreparedMessage};
/// use websocket_proto::handshake::Agreement;
///
/// let message = PreparedMessage::text("to everybody");
/// for _ in 0..3 {
///     let mut connection = Connection::upgraded_server(Config::new(), Agreement::default());
///     let mut out = Vec::new();
///     connection.send_prepared(&message, &mut out)?;
///     assert_eq!(out, message.as_bytes());
/// }
/// # Ok::<(), websocket_proto::SendError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PreparedMessage {
    kind: MessageKind,
    /// Where the payload begins.
    header_length: usize,
    plain: Vec<u8>,
    #[cfg(feature = "deflate")]
    compressed: Option<Compressed>,
}

/// The same frame compressed on its own.
#[cfg(feature = "deflate")]
#[derive(Clone, PartialEq, Eq)]
struct Compressed {
    window_bits: u8,
    frame: Vec<u8>,
}

impl PreparedMessage {
    /// A text message in one frame.
    pub fn text(text: &str) -> Self {
        Self::new(MessageKind::Text, text.as_bytes())
    }

    /// A binary message in one frame.
    pub fn binary(bytes: &[u8]) -> Self {
        Self::new(MessageKind::Binary, bytes)
    }

    /// The frame as it goes on the wire uncompressed.
    pub fn as_bytes(&self) -> &[u8] {
        &self.plain
    }

    /// The same message compressed as well, once for all the connections that
    /// can take it: those that agreed on permessage-deflate without takeover
    /// for the server, and with at least the window that `config` has for what
    /// is sent. All others get it uncompressed.
    #[cfg(feature = "deflate")]
    #[must_use]
    pub fn compressed(mut self, config: &DeflateConfig) -> Self {
        let direction = config.independent();
        let payload = &self.plain[self.header_length..];
        if let Some(mut compressor) = Compressor::new(direction, config.level) {
            let payload = compressor.compress(payload, true);
            let header = Header::message(self.kind.opcode(), payload).reserved(ReservedBits::RSV1);
            self.compressed = Some(Compressed {
                window_bits: direction.window_bits(),
                frame: [header.encode().as_slice(), payload].concat(),
            });
        }
        self
    }

    /// The frame for an end that compresses each message on its own, with a
    /// window of that size.
    #[cfg(feature = "deflate")]
    pub(super) fn for_window(&self, bits: u8) -> &[u8] {
        match &self.compressed {
            Some(compressed) if compressed.window_bits <= bits => &compressed.frame,
            _ => &self.plain,
        }
    }

    /// The payload, where it is text.
    #[cfg(feature = "hixie76")]
    pub(super) fn text_payload(&self) -> Option<&[u8]> {
        match self.kind {
            MessageKind::Text => self.plain.get(self.header_length..),
            MessageKind::Binary => None,
        }
    }

    fn new(kind: MessageKind, payload: &[u8]) -> Self {
        let header = Header::message(kind.opcode(), payload).encode();
        let plain = [header.as_slice(), payload].concat();
        Self {
            kind,
            header_length: header.as_slice().len(),
            plain,
            #[cfg(feature = "deflate")]
            compressed: None,
        }
    }
}

/// Shows how long the frames are, and nothing of what they say.
impl fmt::Debug for PreparedMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("PreparedMessage");
        shown.field("kind", &self.kind);
        shown.field("plain", &Length(self.plain.len()));
        #[cfg(feature = "deflate")]
        if let Some(compressed) = &self.compressed {
            shown.field("compressed", &Length(compressed.frame.len()));
        }
        shown.finish()
    }
}
