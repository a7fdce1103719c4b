use super::parameters::{DeflateParameters, Direction, Element, MAX_BITS, MIN_BITS};
use crate::extension::{Extension, ExtensionError};
use crate::frame::Role;

/// What this end wants of permessage-deflate, in its own two directions
/// whatever its role.
///
/// ```
/// use websocket_proto::deflate::DeflateConfig;
///
/// let config = DeflateConfig::new().incoming_window_bits(10);
/// assert_eq!(
///     config.offer().as_str(),
///     "permessage-deflate; server_max_window_bits=10; client_max_window_bits"
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeflateConfig {
    outgoing: Wish,
    incoming: Wish,
    pub(crate) level: u8,
    pub(crate) threshold: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wish {
    takeover: bool,
    bits: u8,
}

impl Default for DeflateConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl DeflateConfig {
    /// The defaults: context takeover and the full window in both directions,
    /// level 6, messages below 64 bytes sent plain.
    pub const fn new() -> Self {
        let wish = Wish {
            takeover: true,
            bits: MAX_BITS,
        };
        Self {
            outgoing: wish,
            incoming: wish,
            level: 6,
            threshold: 64,
        }
    }

    /// Whether the window of what this end sends survives from one message to
    /// the next: better compression, for memory that is held between messages.
    #[must_use]
    pub const fn outgoing_takeover(mut self, on: bool) -> Self {
        self.outgoing.takeover = on;
        self
    }

    /// Whether the peer's window may survive; where it may not, the peer is
    /// told, and the connection holds no memory between messages.
    #[must_use]
    pub const fn incoming_takeover(mut self, on: bool) -> Self {
        self.incoming.takeover = on;
        self
    }

    /// The window of what this end sends: 2 to the power of this, in bytes.
    /// Values are taken into the range from 9 to 15.
    #[must_use]
    pub const fn outgoing_window_bits(mut self, bits: u8) -> Self {
        self.outgoing.bits = clamp(bits);
        self
    }

    /// The window that the peer may use at most, in the same measure. A client
    /// that does not let itself be limited is accepted all the same, with the
    /// full window.
    #[must_use]
    pub const fn incoming_window_bits(mut self, bits: u8) -> Self {
        self.incoming.bits = clamp(bits);
        self
    }

    /// How hard to compress: 0, which stores, to 9, which is slowest; higher
    /// values count as 9.
    #[must_use]
    pub const fn level(mut self, level: u8) -> Self {
        self.level = if level > 9 { 9 } else { level };
        self
    }

    /// From how many bytes on a message is compressed.
    #[must_use]
    pub const fn threshold(mut self, bytes: u32) -> Self {
        self.threshold = bytes;
        self
    }

    /// A client's offer.
    pub fn offer(&self) -> Extension {
        Element {
            server_no_takeover: !self.incoming.takeover,
            client_no_takeover: !self.outgoing.takeover,
            server_bits: (self.incoming.bits < MAX_BITS).then_some(self.incoming.bits),
            client_bits: Some((self.outgoing.bits < MAX_BITS).then_some(self.outgoing.bits)),
        }
        .extension()
    }

    /// A server's answer to a client's offers: the first acceptable one counts
    /// ([RFC 7692 §5]). `None` where there is none, which declines the
    /// extension and not the connection.
    ///
    /// Not acceptable are malformed offers, and those that want a window of 8
    /// for what the server sends: no compressor here produces it. A client's
    /// own window of 8 is accepted, as any window inflates it.
    ///
    /// [RFC 7692 §5]: https://www.rfc-editor.org/rfc/rfc7692#section-5
    pub fn answer<'a>(
        &self,
        offers: impl IntoIterator<Item = &'a Extension>,
    ) -> Option<DeflateParameters> {
        offers
            .into_iter()
            .filter_map(|offer| Element::parse(offer).ok())
            .find_map(|offer| self.answer_one(offer))
    }

    fn answer_one(&self, offer: Element) -> Option<DeflateParameters> {
        let limited = |bits: u8| (bits < MAX_BITS).then_some(bits);
        let server_bits = match offer.server_bits {
            Some(bits) if bits < MIN_BITS => return None,
            Some(bits) => Some(bits.min(self.outgoing.bits)),
            None => limited(self.outgoing.bits),
        };
        let client_bits = match offer.client_bits {
            Some(Some(bits)) => Some(bits.min(self.incoming.bits)),
            Some(None) => limited(self.incoming.bits),
            // It does not know the parameter and must not be answered with it.
            None => None,
        };
        Some(DeflateParameters {
            server: Direction {
                takeover: self.outgoing.takeover && !offer.server_no_takeover,
                bits: server_bits,
            },
            client: Direction {
                takeover: self.incoming.takeover && !offer.client_no_takeover,
                bits: client_bits,
            },
        })
    }

    /// Reads a server's answer to this configuration's [`offer`](Self::offer).
    ///
    /// # Errors
    ///
    /// As [`DeflateParameters::verify`].
    pub fn verify(&self, answer: &Extension) -> Result<DeflateParameters, ExtensionError> {
        DeflateParameters::verify(answer, &[self.offer()])
    }

    /// What a message is compressed with on its own.
    pub(crate) const fn independent(&self) -> Direction {
        Direction {
            takeover: false,
            bits: Some(self.outgoing.bits),
        }
    }

    /// What this end sends with under an agreement: its own wishes can be
    /// narrower than what the agreement demands of it.
    pub(crate) fn outgoing(&self, agreed: &DeflateParameters, role: Role) -> Direction {
        let agreed = agreed.direction(role);
        Direction {
            takeover: agreed.takeover && self.outgoing.takeover,
            bits: Some(agreed.window_bits().min(self.outgoing.bits)),
        }
    }
}

const fn clamp(bits: u8) -> u8 {
    if bits < MIN_BITS {
        MIN_BITS
    } else if bits > MAX_BITS {
        MAX_BITS
    } else {
        bits
    }
}
