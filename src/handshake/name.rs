//! The field names that the opening handshake looks at.

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

const PREFIX: &[u8] = b"Sec-WebSocket-";

impl Name {
    pub(crate) fn of(name: &[u8]) -> Self {
        let (expected, found): (&[u8], _) = match name.len() {
            4 => (b"Host", Self::Host),
            6 if matches!(name[0], b'O' | b'o') => (b"Origin", Self::Origin),
            6 => (b"Expect", Self::Expect),
            7 => (b"Upgrade", Self::Upgrade),
            10 => (b"Connection", Self::Connection),
            14 => (b"Content-Length", Self::ContentLength),
            17 if matches!(name[0], b'T' | b't') => (b"Transfer-Encoding", Self::TransferEncoding),
            15.. => return Self::of_websocket(name),
            _ => return Self::Other,
        };
        if is_same(name, expected) {
            found
        } else {
            Self::Other
        }
    }

    fn of_websocket(name: &[u8]) -> Self {
        let Some((prefix, rest)) = name.split_at_checked(PREFIX.len()) else {
            return Self::Other;
        };
        if !is_same(prefix, PREFIX) {
            return Self::Other;
        }
        let (expected, found): (&[u8], _) = match rest.len() {
            3 => (b"Key", Self::Key),
            4 if matches!(rest[3], b'1' | b'2') => (&[b'K', b'e', b'y', rest[3]], Self::DraftKey),
            6 => (b"Accept", Self::Accept),
            7 => (b"Version", Self::Version),
            8 => (b"Protocol", Self::Protocol),
            10 => (b"Extensions", Self::Extensions),
            _ => return Self::OtherWebSocket,
        };
        if is_same(rest, expected) {
            found
        } else {
            Self::OtherWebSocket
        }
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
    /// protocol and no secret.
    pub(crate) const fn is_public(self) -> bool {
        !matches!(
            self,
            Self::Other | Self::OtherWebSocket | Self::Key | Self::DraftKey
        )
    }
}

/// Almost everybody writes the conventional spelling, and whole slices compare
/// faster than letters in either case.
fn is_same(name: &[u8], expected: &[u8]) -> bool {
    name == expected || name.eq_ignore_ascii_case(expected)
}
