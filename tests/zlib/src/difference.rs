//! Where this crate decides otherwise than zlib and the letter of RFC 7692.

/// A difference that is deliberate. Each is told apart exactly by the judge's
/// verdict and the limits of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    BeyondWindow,
    FinalBlocks,
    NoBlockAfterFinal,
    EmptyPayload,
    TailIsData,
    MessageLimit,
}

impl Difference {
    /// Every entry with the section that decides it.
    pub const ALL: &[(Self, &'static str)] = &[
        (Self::BeyondWindow, "RFC 7692 section 7.1.2"),
        (Self::FinalBlocks, "RFC 6455 section 10.4"),
        (Self::NoBlockAfterFinal, "RFC 7692 section 7.2.3.4"),
        (Self::EmptyPayload, "RFC 7692 section 7.2.3.6"),
        (Self::TailIsData, "RFC 7692 section 7.2.1"),
        (Self::MessageLimit, "RFC 6455 section 10.4"),
    ];
}
