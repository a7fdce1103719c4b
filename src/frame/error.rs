use core::fmt;

/// A frame that breaks the rules of [RFC 6455 §5].
///
/// Each deserves close code 1002, and each is found at the first byte that
/// proves it.
///
/// [RFC 6455 §5]: https://www.rfc-editor.org/rfc/rfc6455#section-5
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FrameError {
    /// An opcode that no specification defines (§5.2).
    ReservedOpcode,
    /// A reserved bit that no agreed extension gives a meaning (§5.2).
    ReservedBits,
    /// A control frame without FIN (§5.5).
    FragmentedControl,
    /// A control frame of more than 125 bytes (§5.5).
    ControlTooLong,
    /// A length in more bytes than it needs (§5.2).
    LengthNotMinimal,
    /// A length of 2⁶³ bytes or more (§5.2).
    LengthTooLarge,
    /// A client's frame without masking (§5.1).
    Unmasked,
    /// A server's frame with masking (§5.1).
    Masked,
    /// A continuation frame where no message is under way (§5.4).
    UnexpectedContinuation,
    /// A text or binary frame while a fragmented message is under way (§5.4).
    ExpectedContinuation,
    /// A length of the draft hixie-76 in more than nine bytes, so that it may not
    /// fit 63 bits (hybi-00 section 5.3).
    Hixie76Length,
    /// A frame of the draft to be discarded with more bytes than the limit. A
    /// [`Connection`](crate::Connection) reports it as a limit.
    Hixie76TooLong,
}

impl FrameError {
    /// The specification and section that holds the rule.
    pub const fn section(self) -> &'static str {
        match self {
            Self::ReservedOpcode
            | Self::ReservedBits
            | Self::LengthNotMinimal
            | Self::LengthTooLarge => "RFC 6455 section 5.2",
            Self::FragmentedControl | Self::ControlTooLong => "RFC 6455 section 5.5",
            Self::Unmasked | Self::Masked => "RFC 6455 section 5.1",
            Self::UnexpectedContinuation | Self::ExpectedContinuation => "RFC 6455 section 5.4",
            Self::Hixie76Length | Self::Hixie76TooLong => "hybi-00 section 5.3",
        }
    }
}

impl fmt::Display for FrameError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::ReservedOpcode => "the opcode is reserved",
            Self::ReservedBits => "a reserved bit is set without an extension that defines it",
            Self::FragmentedControl => "a control frame is fragmented",
            Self::ControlTooLong => "a control frame has more than 125 bytes",
            Self::LengthNotMinimal => "the payload length is not in its shortest form",
            Self::LengthTooLarge => "the payload length has more than 63 bits",
            Self::Unmasked => "a frame from a client is unmasked",
            Self::Masked => "a frame from a server is masked",
            Self::UnexpectedContinuation => "a continuation frame has no message to continue",
            Self::ExpectedContinuation => {
                "a new message begins before the fragmented one has ended"
            }
            Self::Hixie76Length => "a frame length has more than nine bytes",
            Self::Hixie76TooLong => "a frame is over the limit",
        })
    }
}

impl core::error::Error for FrameError {}
