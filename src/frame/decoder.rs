use core::fmt;

use super::Role;
use super::{FrameError, Header, MaskingKey, Opcode, ReservedBits};
use crate::redacted::{Length, Redacted};

/// A stream of frames taken apart in constant memory, without an allocator.
///
/// Each frame gives one [`Decoded::Header`] and then one or more
/// [`Decoded::Payload`], the last of which says so. Payloads are unmasked in
/// place and lent from the input; headers may be cut anywhere. All rules of
/// [RFC 6455 §5] that concern single frames and their order are checked, each
/// at the first byte that breaks it.
///
/// ```
/// use websocket_proto::Role;
/// use websocket_proto::frame::{Decoded, Decoder, Opcode};
///
/// let mut decoder = Decoder::new(Role::Server);
/// let mut read = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
/// let mut input = &mut read[..];
/// let mut text = Vec::new();
/// while let Some(decoded) = decoder.decode(&mut input)? {
///     match decoded {
///         Decoded::Header(header) => assert_eq!(header.opcode(), Opcode::Text),
///         Decoded::Payload { bytes, .. } => text.extend_from_slice(bytes),
///     }
/// }
/// assert_eq!(text, b"Hello");
/// # Ok::<(), websocket_proto::frame::FrameError>(())
/// ```
///
/// [RFC 6455 §5]: https://www.rfc-editor.org/rfc/rfc6455#section-5
#[derive(Debug, Clone)]
pub struct Decoder {
    role: Role,
    allowed: ReservedBits,
    allowed_on_messages: ReservedBits,
    /// A fragmented message is under way.
    in_message: bool,
    /// A header was given and the last of its payload was not.
    in_payload: bool,
    /// The frame in progress, or the last one.
    opcode: Opcode,
    is_final: bool,
    /// Rotated to the next payload byte.
    key: Option<MaskingKey>,
    /// The payload bytes still to come.
    remaining: u64,
    /// The start of a header that the input cut.
    partial: Redacted<[u8; Header::MAX_ENCODED]>,
    partial_length: u8,
    error: Option<FrameError>,
}

/// A part of a frame, as [`Decoder::decode`] gives it.
#[derive(PartialEq, Eq)]
pub enum Decoded<'a> {
    /// A frame begins.
    Header(Header),
    /// The next piece of its payload.
    Payload {
        /// The bytes, unmasked; empty only where the whole payload is.
        bytes: &'a mut [u8],
        /// Whether the frame ends here.
        end: bool,
    },
}

/// Shows how long a payload is, and nothing of what it says.
impl fmt::Debug for Decoded<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(header) => formatter.debug_tuple("Header").field(header).finish(),
            Self::Payload { bytes, end } => formatter
                .debug_struct("Payload")
                .field("bytes", &Length(bytes.len()))
                .field("end", end)
                .finish(),
        }
    }
}

impl Decoder {
    /// A decoder for the end that has this role: a server takes masked frames
    /// only, a client unmasked ones.
    pub const fn new(role: Role) -> Self {
        Self {
            role,
            allowed: ReservedBits::NONE,
            allowed_on_messages: ReservedBits::NONE,
            in_message: false,
            in_payload: false,
            opcode: Opcode::Binary,
            is_final: true,
            key: None,
            remaining: 0,
            partial: Redacted([0; Header::MAX_ENCODED]),
            partial_length: 0,
            error: None,
        }
    }

    /// The same decoder, letting through these reserved bits on any frame. What
    /// they may stand on is then for the extension that defines them to check.
    #[must_use]
    pub const fn allow(mut self, bits: ReservedBits) -> Self {
        self.allowed = bits;
        self
    }

    /// Lets these reserved bits through on the first frame of a message, as an
    /// extension does that marks whole messages.
    #[cfg(feature = "deflate")]
    pub(crate) const fn allow_on_messages(&mut self, bits: ReservedBits) {
        self.allowed_on_messages = bits;
    }

    /// Takes the next part of a frame from the front of `input`; `None` means
    /// that `input` is used up.
    ///
    /// # Errors
    ///
    /// A [`FrameError`] at the first byte that proves one, and on every call
    /// after that.
    #[inline]
    pub fn decode<'a>(
        &mut self,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Decoded<'a>>, FrameError> {
        self.decode_up_to(input, usize::MAX)
    }

    /// As [`decode`](Self::decode), with payload pieces of at most `limit`
    /// bytes; 0 counts as 1.
    ///
    /// # Errors
    ///
    /// As [`decode`](Self::decode).
    #[inline]
    pub fn decode_up_to<'a>(
        &mut self,
        input: &mut &'a mut [u8],
        limit: usize,
    ) -> Result<Option<Decoded<'a>>, FrameError> {
        if self.in_payload {
            return Ok(self.payload(input, limit));
        }
        self.next_header(input)
    }

    #[inline(never)]
    fn next_header<'a>(
        &mut self,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Decoded<'a>>, FrameError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        match self.header(input) {
            Ok(Some(header)) => {
                self.begin(&header);
                Ok(Some(Decoded::Header(header)))
            }
            Ok(None) => Ok(None),
            Err(error) => {
                self.error = Some(error);
                Err(error)
            }
        }
    }

    /// Whether fragments of a message are still to come.
    #[cfg(feature = "alloc")]
    #[inline]
    pub(crate) const fn is_in_message(&self) -> bool {
        self.in_message
    }

    /// What the frame in progress is.
    #[cfg(feature = "alloc")]
    #[inline]
    pub(crate) const fn opcode(&self) -> Opcode {
        self.opcode
    }

    /// Whether the frame in progress has FIN set.
    #[cfg(feature = "alloc")]
    #[inline]
    pub(crate) const fn is_final(&self) -> bool {
        self.is_final
    }

    /// The end that this decoder is for.
    #[cfg(feature = "alloc")]
    #[inline]
    pub(crate) const fn role(&self) -> Role {
        self.role
    }

    /// The payload bytes of the current frame that are still to come.
    pub const fn remaining(&self) -> u64 {
        self.remaining
    }

    /// Whether the stream stands between frames and between messages, where
    /// it may end.
    pub const fn is_idle(&self) -> bool {
        !self.in_payload && !self.in_message && self.partial_length == 0 && self.error.is_none()
    }

    fn header(&mut self, input: &mut &mut [u8]) -> Result<Option<Header>, FrameError> {
        if self.partial_length == 0
            && let Some((header, length)) = self.parse(input)?
        {
            take(input, length);
            return Ok(Some(header));
        }
        loop {
            let kept = usize::from(self.partial_length);
            let wanted = Header::length_of(&self.partial.0[..kept]);
            let bytes = take(input, wanted - kept);
            if bytes.is_empty() {
                return Ok(None);
            }
            let length = kept + bytes.len();
            self.partial.0[kept..length].copy_from_slice(bytes);
            // No more than a header has.
            self.partial_length = length as u8;
            if let Some((header, _)) = self.parse(&self.partial.0[..length])? {
                self.partial_length = 0;
                return Ok(Some(header));
            }
        }
    }

    /// Parses a header, complete or not. Byte after byte is judged, first on
    /// its own and then by what came before it, so that the error is the same
    /// however the input is cut.
    fn parse(&self, bytes: &[u8]) -> Result<Option<(Header, usize)>, FrameError> {
        let [first, rest @ ..] = bytes else {
            return Ok(None);
        };
        let (opcode, _, reserved) = Header::parse_first(*first)?;
        let allowed = match opcode {
            Opcode::Text | Opcode::Binary => self.allowed | self.allowed_on_messages,
            _ => self.allowed,
        };
        if !allowed.contains(reserved) {
            return Err(FrameError::ReservedBits);
        }
        match (opcode, self.in_message) {
            (Opcode::Continuation, false) => return Err(FrameError::UnexpectedContinuation),
            (Opcode::Text | Opcode::Binary, true) => return Err(FrameError::ExpectedContinuation),
            _ => {}
        }
        if let [second, ..] = rest {
            match (self.role, Header::parse_masked(*second)) {
                (Role::Server, false) => return Err(FrameError::Unmasked),
                (Role::Client, true) => return Err(FrameError::Masked),
                (Role::Server, true) | (Role::Client, false) => {}
            }
        }
        Header::parse(bytes)
    }

    const fn begin(&mut self, header: &Header) {
        self.key = header.masking_key();
        self.remaining = header.payload_length();
        self.in_payload = true;
        self.opcode = header.opcode();
        self.is_final = header.is_final();
        if !header.opcode().is_control() {
            self.in_message = !header.is_final();
        }
    }

    #[inline]
    fn payload<'a>(&mut self, input: &mut &'a mut [u8], limit: usize) -> Option<Decoded<'a>> {
        let (key, bytes, end) = self.masked_payload(input, limit)?;
        if let Some(key) = key {
            key.apply(bytes);
        }
        Some(Decoded::Payload { bytes, end })
    }

    /// The next piece of the payload under way as it came, the key for it, and
    /// whether the frame ends with it; for who copies it anyhow.
    #[inline]
    pub(crate) fn masked_payload<'a>(
        &mut self,
        input: &mut &'a mut [u8],
        limit: usize,
    ) -> Option<(Option<MaskingKey>, &'a mut [u8], bool)> {
        if input.is_empty() && self.remaining > 0 {
            return None;
        }
        let available = input.len().min(limit.max(1));
        let length = usize::try_from(self.remaining).map_or(available, |n| n.min(available));
        let bytes = take(input, length);
        let (key, end) = self.advance(length);
        Some((key, bytes, end))
    }

    /// Goes on by so many bytes of the payload under way, which has no fewer:
    /// the key for them, and whether the frame ends with them.
    #[inline]
    pub(crate) fn advance(&mut self, length: usize) -> (Option<MaskingKey>, bool) {
        let key = self.key;
        self.key = key.map(|key| key.rotated(length));
        self.remaining = self.remaining.saturating_sub(length as u64);
        let end = self.remaining == 0;
        self.in_payload = !end;
        (key, end)
    }
}

/// Splits up to `length` bytes off the front of `input`.
#[inline]
fn take<'a>(input: &mut &'a mut [u8], length: usize) -> &'a mut [u8] {
    let whole = core::mem::take(input);
    let (front, rest) = whole.split_at_mut(length.min(whole.len()));
    *input = rest;
    front
}
