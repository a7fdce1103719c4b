//! The deliberate differences.

/// A difference that is deliberate, each told apart by a predicate where the
/// two traces are held against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Difference {
    Sooner,
    LengthNotMinimal,
    ControlUnderFrameLimit,
    OrderOfChecks,
    CloseCodeDelivered,
    BadGateway,
    SilentFailure,
    ReasonEchoed,
    AfterClose,
}

use Difference::*;

impl Difference {
    /// Every entry with the section that decides it.
    pub const ALL: &[(Self, &'static str)] = &[
        (Sooner, "RFC 6455 section 7.1.7"),
        (LengthNotMinimal, "RFC 6455 section 5.2"),
        (ControlUnderFrameLimit, "RFC 6455 sections 5.5 and 10.4"),
        (OrderOfChecks, "RFC 6455 section 7.1.7"),
        (CloseCodeDelivered, "RFC 6455 sections 7.4 and 7.1.7"),
        (BadGateway, "RFC 6455 section 11.7"),
        (SilentFailure, "RFC 6455 section 7.1.7"),
        (ReasonEchoed, "RFC 6455 section 5.5.1"),
        (AfterClose, "RFC 6455 section 1.4"),
    ];
}

/// The differences that one comparison met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found(u64);

impl Found {
    pub const fn insert(&mut self, difference: Difference) {
        self.0 |= 1 << difference as u8;
    }

    pub const fn contains(self, difference: Difference) -> bool {
        self.0 & 1 << difference as u8 != 0
    }

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}
