use core::fmt;

use super::{FrameError, MAX_CONTROL_PAYLOAD, MaskingKey, Opcode, ReservedBits};

const FIN: u8 = 0x80;
const OPCODE: u8 = 0x0F;
const MASK: u8 = 0x80;
const LENGTH: u8 = 0x7F;
/// In the seven length bits: the length follows in two bytes.
const LENGTH_16: u8 = 126;
/// In the seven length bits: the length follows in eight bytes.
const LENGTH_64: u8 = 127;
const MAX_LENGTH: u64 = u64::MAX >> 1;

/// The header of a frame: everything before its payload ([RFC 6455 §5.2]).
///
/// A value of this type obeys the rules that need no context: a defined
/// opcode, a length below 2⁶³, control frames whole and of at most 125 bytes.
///
/// ```
/// use websocket_proto::frame::{Header, MaskingKey, Opcode};
///
/// // "Hello" in one masked text frame, the example of RFC 6455 section 5.7.
/// let wire = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
/// let (header, length) = Header::parse(&wire)?.expect("a complete header");
/// assert_eq!(header.opcode(), Opcode::Text);
/// assert!(header.is_final());
/// assert_eq!(header.payload_length(), 5);
/// assert_eq!(header.encode().as_slice(), &wire[..length]);
///
/// let mut payload = wire[length..].to_vec();
/// header.masking_key().expect("a masked frame").apply(&mut payload);
/// assert_eq!(payload, b"Hello");
/// # Ok::<(), websocket_proto::frame::FrameError>(())
/// ```
///
/// [RFC 6455 §5.2]: https://www.rfc-editor.org/rfc/rfc6455#section-5.2
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Header {
    opcode: Opcode,
    is_final: bool,
    reserved: ReservedBits,
    masking_key: Option<MaskingKey>,
    payload_length: u64,
}

impl Header {
    /// The longest that a header can be, in bytes.
    pub const MAX_ENCODED: usize = 14;

    /// An unmasked header without reserved bits.
    ///
    /// # Errors
    ///
    /// [`FrameError::FragmentedControl`] and [`FrameError::ControlTooLong`]
    /// for what a control frame may not be, [`FrameError::LengthTooLarge`] for
    /// a length of 2⁶³ bytes or more.
    #[inline]
    pub const fn new(
        opcode: Opcode,
        is_final: bool,
        payload_length: u64,
    ) -> Result<Self, FrameError> {
        if opcode.is_control() {
            if !is_final {
                return Err(FrameError::FragmentedControl);
            }
            if payload_length > MAX_CONTROL_PAYLOAD as u64 {
                return Err(FrameError::ControlTooLong);
            }
        }
        if payload_length > MAX_LENGTH {
            return Err(FrameError::LengthTooLarge);
        }
        Ok(Self {
            opcode,
            is_final,
            reserved: ReservedBits::NONE,
            masking_key: None,
            payload_length,
        })
    }

    /// The header of a data message in one unmasked frame. No slice is so
    /// long that its length would not be allowed.
    #[cfg(feature = "alloc")]
    #[inline]
    pub(crate) const fn message(opcode: Opcode, payload: &[u8]) -> Self {
        debug_assert!(!opcode.is_control(), "not a data frame");
        Self {
            opcode,
            is_final: true,
            reserved: ReservedBits::NONE,
            masking_key: None,
            payload_length: payload.len() as u64,
        }
    }

    /// How many bytes the header takes without a masking key.
    #[cfg(feature = "alloc")]
    #[inline]
    pub(crate) const fn unmasked_length(&self) -> usize {
        match self.payload_length {
            0..=125 => 2,
            126..=0xFFFF => 4,
            _ => 10,
        }
    }

    /// The same header with a masking key, as a client must send it.
    #[must_use]
    #[inline]
    pub const fn masked(mut self, key: MaskingKey) -> Self {
        self.masking_key = Some(key);
        self
    }

    /// The same header with these reserved bits and no others.
    #[must_use]
    #[inline]
    pub const fn reserved(mut self, bits: ReservedBits) -> Self {
        self.reserved = bits;
        self
    }

    /// What the frame is.
    pub const fn opcode(&self) -> Opcode {
        self.opcode
    }

    /// Whether FIN is set: the frame ends its message.
    pub const fn is_final(&self) -> bool {
        self.is_final
    }

    /// The bits RSV1, RSV2 and RSV3 as they were sent.
    pub const fn reserved_bits(&self) -> ReservedBits {
        self.reserved
    }

    /// The key that the payload is masked with, `None` for an unmasked frame.
    pub const fn masking_key(&self) -> Option<MaskingKey> {
        self.masking_key
    }

    /// The length of the payload in bytes, below 2⁶³.
    pub const fn payload_length(&self) -> u64 {
        self.payload_length
    }

    /// Parses the header at the start of `bytes`: the header and its length in
    /// bytes, or `None` while it is incomplete.
    ///
    /// # Errors
    ///
    /// A [`FrameError`] as soon as the bytes at hand prove one, which may be
    /// before the header is complete: reserved opcodes and fragmented control
    /// frames at the first byte, control frames over 125 bytes at the second,
    /// lengths that are too large or not minimal at the byte that shows it.
    /// Whether reserved bits and masking are in order is for the receiver to
    /// say; [`Decoder`](super::Decoder) does.
    #[inline]
    pub fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>, FrameError> {
        let [first, rest @ ..] = bytes else {
            return Ok(None);
        };
        let (opcode, is_final, reserved) = Self::parse_first(*first)?;
        let [second, rest @ ..] = rest else {
            return Ok(None);
        };
        let short = second & LENGTH;
        if opcode.is_control() && usize::from(short) > MAX_CONTROL_PAYLOAD {
            return Err(FrameError::ControlTooLong);
        }
        let (payload_length, rest) = match short {
            LENGTH_16 => {
                let Some((long, rest)) = rest.split_first_chunk() else {
                    return Ok(None);
                };
                let length = u64::from(u16::from_be_bytes(*long));
                if length < u64::from(LENGTH_16) {
                    return Err(FrameError::LengthNotMinimal);
                }
                (length, rest)
            }
            LENGTH_64 => {
                let Some((long, rest)) = rest.split_first_chunk() else {
                    return match rest {
                        [0x80..=0xFF, ..] => Err(FrameError::LengthTooLarge),
                        [0, 0, 0, 0, 0, 0, ..] => Err(FrameError::LengthNotMinimal),
                        _ => Ok(None),
                    };
                };
                let length = u64::from_be_bytes(*long);
                if length > MAX_LENGTH {
                    return Err(FrameError::LengthTooLarge);
                }
                if length <= u64::from(u16::MAX) {
                    return Err(FrameError::LengthNotMinimal);
                }
                (length, rest)
            }
            length => (u64::from(length), rest),
        };
        let (masking_key, rest) = if second & MASK == 0 {
            (None, rest)
        } else {
            let Some((key, rest)) = rest.split_first_chunk() else {
                return Ok(None);
            };
            (Some(MaskingKey::new(*key)), rest)
        };
        let header = Self {
            opcode,
            is_final,
            reserved,
            masking_key,
            payload_length,
        };
        Ok(Some((header, bytes.len() - rest.len())))
    }

    /// How long the header is that begins with `bytes`, as far as these tell:
    /// 2 until the second is there.
    pub(super) fn length_of(bytes: &[u8]) -> usize {
        let [_, second, ..] = bytes else {
            return 2;
        };
        let length = match second & LENGTH {
            LENGTH_16 => 4,
            LENGTH_64 => 10,
            _ => 2,
        };
        match Self::parse_masked(*second) {
            true => length + 4,
            false => length,
        }
    }

    /// The header as bytes, its length in the shortest form.
    #[inline]
    pub fn encode(&self) -> EncodedHeader {
        let mut bytes = [0; Self::MAX_ENCODED];
        bytes[0] = self.first();
        let mask = if self.masking_key.is_some() { MASK } else { 0 };
        let mut length = 2;
        if self.payload_length < u64::from(LENGTH_16) {
            // Below 126: the cast keeps every bit.
            bytes[1] = mask | self.payload_length as u8;
        } else if let Ok(payload_length) = u16::try_from(self.payload_length) {
            bytes[1] = mask | LENGTH_16;
            bytes[2..4].copy_from_slice(&payload_length.to_be_bytes());
            length = 4;
        } else {
            bytes[1] = mask | LENGTH_64;
            bytes[2..10].copy_from_slice(&self.payload_length.to_be_bytes());
            length = 10;
        }
        if let Some(key) = self.masking_key {
            bytes[length..length + 4].copy_from_slice(&key.bytes());
            length += 4;
        }
        EncodedHeader {
            bytes,
            length: length as u8,
        }
    }

    /// Gives the header's bytes to `append`, which appends them to an output.
    #[cfg(feature = "alloc")]
    #[inline(always)]
    pub(crate) fn append_by(&self, append: impl FnOnce(&[u8])) {
        // Of a constant length, which is a store or two and no call.
        match (self.payload_length, self.masking_key) {
            (length @ 0..=125, None) => {
                append(&[self.first(), length as u8]);
            }
            (length @ 0..=125, Some(key)) => {
                let [a, b, c, d] = key.bytes();
                append(&[self.first(), MASK | length as u8, a, b, c, d]);
            }
            _ => {
                append(self.encode().as_slice());
            }
        }
    }

    /// The first byte.
    #[inline]
    const fn first(&self) -> u8 {
        let fin = if self.is_final { FIN } else { 0 };
        fin | self.reserved.bits() | self.opcode.bits()
    }

    /// What the first byte alone says: the opcode, FIN and the reserved bits.
    #[inline]
    pub(super) fn parse_first(first: u8) -> Result<(Opcode, bool, ReservedBits), FrameError> {
        let opcode = Opcode::from_bits(first & OPCODE).ok_or(FrameError::ReservedOpcode)?;
        let is_final = first & FIN != 0;
        if opcode.is_control() && !is_final {
            return Err(FrameError::FragmentedControl);
        }
        Ok((opcode, is_final, ReservedBits::of(first)))
    }

    /// What the second byte alone says on masking.
    pub(super) const fn parse_masked(second: u8) -> bool {
        second & MASK != 0
    }
}

/// A [`Header`] as bytes: 2 to 14 of them, without an allocation.
#[derive(Clone, Copy)]
pub struct EncodedHeader {
    bytes: [u8; Header::MAX_ENCODED],
    length: u8,
}

impl EncodedHeader {
    /// The bytes as they go on the wire.
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

/// Shows the length alone: the masking key is among the bytes.
impl fmt::Debug for EncodedHeader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "EncodedHeader({} bytes)", self.length)
    }
}

impl AsRef<[u8]> for EncodedHeader {
    fn as_ref(&self) -> &[u8] {
        self.as_slice()
    }
}
