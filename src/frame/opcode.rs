/// What a frame is, of the six kinds that [RFC 6455 §5.2] defines.
///
/// The ten reserved values have no variant: a header that carries one does
/// not parse.
///
/// [RFC 6455 §5.2]: https://www.rfc-editor.org/rfc/rfc6455#section-5.2
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Opcode {
    /// A further fragment of the message under way.
    Continuation = 0x0,
    /// A text message, or its first fragment.
    Text = 0x1,
    /// A binary message, or its first fragment.
    Binary = 0x2,
    /// The start or the echo of the closing handshake.
    Close = 0x8,
    /// A request for a Pong.
    Ping = 0x9,
    /// The answer to a Ping, or an unasked sign of life.
    Pong = 0xA,
}

impl Opcode {
    /// The opcode with these four bits, or `None` where they are reserved or
    /// the value exceeds four bits.
    ///
    /// ```
    /// use websocket_proto::frame::Opcode;
    ///
    /// assert_eq!(Opcode::from_bits(0x9), Some(Opcode::Ping));
    /// assert_eq!(Opcode::from_bits(0x3), None);
    /// ```
    pub const fn from_bits(bits: u8) -> Option<Self> {
        Some(match bits {
            0x0 => Self::Continuation,
            0x1 => Self::Text,
            0x2 => Self::Binary,
            0x8 => Self::Close,
            0x9 => Self::Ping,
            0xA => Self::Pong,
            _ => return None,
        })
    }

    /// The four bits that stand for this opcode on the wire.
    pub const fn bits(self) -> u8 {
        self as u8
    }

    /// Whether this is Close, Ping or Pong: at most 125 bytes of payload,
    /// never fragmented, allowed between the fragments of a message
    /// ([RFC 6455 §5.5](https://www.rfc-editor.org/rfc/rfc6455#section-5.5)).
    pub const fn is_control(self) -> bool {
        self.bits() & 0x8 != 0
    }
}
