use core::fmt;
use core::ops::BitOr;

/// The three bits RSV1, RSV2 and RSV3 of a frame header ([RFC 6455 §5.2]).
///
/// Zero unless an agreed extension gives them a meaning, as permessage-deflate
/// does with RSV1.
///
/// [RFC 6455 §5.2]: https://www.rfc-editor.org/rfc/rfc6455#section-5.2
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ReservedBits(u8);

impl ReservedBits {
    /// No bit set.
    pub const NONE: Self = Self(0);
    /// The bit that permessage-deflate uses.
    pub const RSV1: Self = Self(0x40);
    /// The second bit.
    pub const RSV2: Self = Self(0x20);
    /// The third bit.
    pub const RSV3: Self = Self(0x10);

    /// Those that are set in the first byte of a header.
    pub(super) const fn of(first: u8) -> Self {
        Self(first & 0x70)
    }

    /// The bits where they stand in the first byte of a header.
    pub(super) const fn bits(self) -> u8 {
        self.0
    }

    /// Whether every bit set in `other` is set here too.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether no bit is set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for ReservedBits {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Debug for ReservedBits {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ReservedBits({:#05b})", self.0 >> 4)
    }
}
