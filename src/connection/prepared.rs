use alloc::vec::Vec;

use crate::MessageKind;
use crate::frame::Header;

/// A message encoded once, to be appended to any number of outputs.
///
/// Only servers may send it, since a client masks each frame anew. It is the
/// wire form without any extension.
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedMessage(Vec<u8>);

impl PreparedMessage {
    /// A text message in one frame.
    pub fn text(text: &str) -> Self {
        Self::new(MessageKind::Text, text.as_bytes())
    }

    /// A binary message in one frame.
    pub fn binary(bytes: &[u8]) -> Self {
        Self::new(MessageKind::Binary, bytes)
    }

    /// The frame, as it goes on the wire.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn new(kind: MessageKind, payload: &[u8]) -> Self {
        let header = Header::message(kind.opcode(), payload).encode();
        let mut bytes = Vec::with_capacity(header.as_slice().len() + payload.len());
        bytes.extend_from_slice(header.as_slice());
        bytes.extend_from_slice(payload);
        Self(bytes)
    }
}
