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
    HeadSooner,
    HeadLater,
    BareLf,
    EmptyLines,
    LaterHttp,
    SmallPieces,
    EarlyBytes,
    Target,
    TargetCharacters,
    EscapedHost,
    Host,
    List,
    SpaceInList,
    RepeatedField,
    KeyPadding,
    KeyInParts,
    Body,
    Expect,
    Origin,
    Offers,
    Interim,
    ManyInterim,
    OldRefusal,
    NoSubprotocol,
    UnofferedExtension,
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
        (HeadSooner, "RFC 6455 section 4.2.1"),
        (HeadLater, "RFC 6455 section 4.2.1"),
        (BareLf, "RFC 9112 section 2.2"),
        (EmptyLines, "RFC 9112 section 2.2"),
        (LaterHttp, "RFC 9110 section 2.5"),
        (SmallPieces, "RFC 6455 section 10.4"),
        (EarlyBytes, "RFC 6455 sections 4.1 and 4.2.2"),
        (Target, "RFC 9112 section 3.2"),
        (TargetCharacters, "RFC 9112 section 3.2"),
        (EscapedHost, "RFC 3986 section 3.2.2"),
        (Host, "RFC 9112 section 3.2"),
        (List, "RFC 9110 sections 5.3 and 5.6.1"),
        (SpaceInList, "RFC 9110 section 5.6.1"),
        (
            RepeatedField,
            "RFC 6455 sections 11.3.1, 11.3.3, 11.3.4 and 11.3.5",
        ),
        (KeyPadding, "RFC 6455 section 4.1 with erratum 3150"),
        (KeyInParts, "RFC 4648 section 3.3"),
        (Body, "RFC 9110 section 7.8"),
        (Expect, "RFC 9110 section 10.1.1"),
        (Origin, "RFC 6454 section 7"),
        (Offers, "RFC 6455 sections 4.3 and 9.1"),
        (Interim, "RFC 9110 section 15.2"),
        (ManyInterim, "RFC 6455 section 10.4"),
        (OldRefusal, "RFC 6455 section 4.1"),
        (NoSubprotocol, "RFC 6455 section 4.2.2"),
        (UnofferedExtension, "RFC 6455 section 4.1"),
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
