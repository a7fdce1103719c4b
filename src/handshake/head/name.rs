//! The field names that the opening handshake looks at.

use crate::syntax::is_same;

/// A field name that means something to the handshake. Found once per field,
/// so that every rule afterwards compares a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    Host,
    Upgrade,
    Connection,
    Origin,
    Expect,
    ContentLength,
    TransferEncoding,
    Key,
    Version,
    Protocol,
    Extensions,
    Accept,
    /// `Sec-WebSocket-Key1` or `Sec-WebSocket-Key2` of the draft hixie-76.
    DraftKey,
    /// Another name that starts with `Sec-WebSocket-`.
    OtherWebSocket,
    Other,
}

const PREFIX: &[u8; 14] = b"Sec-WebSocket-";

impl Name {
    pub(crate) fn of(name: &[u8]) -> Self {
        let (is_it, it) = match name.len() {
            4 => (is_same(name, b"Host"), Self::Host),
            6 if matches!(name[0], b'O' | b'o') => (is_same(name, b"Origin"), Self::Origin),
            6 => (is_same(name, b"Expect"), Self::Expect),
            7 => (is_same(name, b"Upgrade"), Self::Upgrade),
            10 => (is_same(name, b"Connection"), Self::Connection),
            14 if matches!(name[0], b'C' | b'c') => {
                (is_same(name, b"Content-Length"), Self::ContentLength)
            }
            17 if matches!(name[0], b'T' | b't') => {
                let is_it = is_same(name, b"Transfer-Encoding");
                (is_it, Self::TransferEncoding)
            }
            14.. => return Self::of_websocket(name),
            _ => return Self::Other,
        };
        if is_it { it } else { Self::Other }
    }

    fn of_websocket(name: &[u8]) -> Self {
        let Some((prefix, rest)) = name.split_first_chunk::<14>() else {
            return Self::Other;
        };
        if !is_same(prefix, PREFIX) {
            return Self::Other;
        }
        let (is_it, it) = match rest.len() {
            3 => (is_same(rest, b"Key"), Self::Key),
            4 if matches!(rest[3], b'1' | b'2') => (is_same(&rest[..3], b"Key"), Self::DraftKey),
            6 => (is_same(rest, b"Accept"), Self::Accept),
            7 => (is_same(rest, b"Version"), Self::Version),
            8 => (is_same(rest, b"Protocol"), Self::Protocol),
            10 => (is_same(rest, b"Extensions"), Self::Extensions),
            _ => return Self::OtherWebSocket,
        };
        if is_it { it } else { Self::OtherWebSocket }
    }

    /// A bit for sets of names.
    pub(crate) const fn bit(self) -> u16 {
        1 << self as u16
    }

    /// Whether only the crate writes this field, because the handshake or the
    /// end of the message depends on it.
    pub(crate) const fn is_managed(self) -> bool {
        !matches!(self, Self::Other | Self::Origin | Self::Expect | Self::Host)
    }

    /// Whether the value may be shown in debug output: it is part of the
    /// protocol and no secret. Among the subprotocols that are offered there are
    /// tokens, for want of another field that a browser's script could put them
    /// in; the one that is agreed on is shown elsewhere.
    pub(crate) const fn is_public(self) -> bool {
        !matches!(
            self,
            Self::Other | Self::OtherWebSocket | Self::Key | Self::DraftKey | Self::Protocol
        )
    }
}
