use alloc::string::String;

use crate::extension::{Extension, ExtensionError};
use crate::frame::Role;

const NAME: &str = "permessage-deflate";
const SERVER_NO_TAKEOVER: &str = "server_no_context_takeover";
const CLIENT_NO_TAKEOVER: &str = "client_no_context_takeover";
const SERVER_BITS: &str = "server_max_window_bits";
const CLIENT_BITS: &str = "client_max_window_bits";

/// The largest window, 32 KiB, which is agreed where nothing is said.
pub(super) const MAX_BITS: u8 = 15;
/// The smallest window that a compressor can be held to. 8 can be agreed too,
/// but zlib's raw deflate does not produce it.
pub(super) const MIN_BITS: u8 = 9;

/// What both ends agreed on for permessage-deflate ([RFC 7692 §7.1]).
///
/// [RFC 7692 §7.1]: https://www.rfc-editor.org/rfc/rfc7692#section-7.1
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeflateParameters {
    pub(super) server: Direction,
    pub(super) client: Direction,
}

/// What one end compresses with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Direction {
    /// Whether the window survives from one message to the next.
    pub(crate) takeover: bool,
    /// The window is 2 to the power of this, in bytes; `None` where the
    /// element says nothing, which means 15.
    pub(super) bits: Option<u8>,
}

impl Direction {
    pub(crate) fn window_bits(self) -> u8 {
        self.bits.unwrap_or(MAX_BITS)
    }

    /// Holds a client to what its offer announced.
    fn narrow(&mut self, offer: Element) {
        self.takeover &= !offer.client_no_takeover;
        if let Some(Some(bits)) = offer.client_bits {
            self.bits = Some(bits.min(self.window_bits()));
        }
    }
}

/// An element as it stands in an offer or an answer.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Element {
    pub(super) server_no_takeover: bool,
    pub(super) client_no_takeover: bool,
    pub(super) server_bits: Option<u8>,
    /// The outer `None` where the parameter is missing, the inner one where it
    /// has no value, as only an offer may.
    pub(super) client_bits: Option<Option<u8>>,
}

impl Element {
    pub(super) fn parse(extension: &Extension) -> Result<Self, ExtensionError> {
        if extension.name() != NAME {
            return Err(ExtensionError::OtherExtension);
        }
        let mut element = Self::default();
        for (name, value) in extension.params() {
            let repeated = match name {
                SERVER_NO_TAKEOVER => {
                    no_value(value)?;
                    core::mem::replace(&mut element.server_no_takeover, true)
                }
                CLIENT_NO_TAKEOVER => {
                    no_value(value)?;
                    core::mem::replace(&mut element.client_no_takeover, true)
                }
                SERVER_BITS => {
                    let bits = window_bits(value.ok_or(ExtensionError::InvalidValue)?)?;
                    element.server_bits.replace(bits).is_some()
                }
                CLIENT_BITS => {
                    let bits = value.map(window_bits).transpose()?;
                    element.client_bits.replace(bits).is_some()
                }
                _ => return Err(ExtensionError::UnknownParameter),
            };
            if repeated {
                return Err(ExtensionError::RepeatedParameter);
            }
        }
        Ok(element)
    }

    pub(super) fn extension(self) -> Extension {
        let mut text = String::from(NAME);
        for (present, name) in [
            (self.server_no_takeover, SERVER_NO_TAKEOVER),
            (self.client_no_takeover, CLIENT_NO_TAKEOVER),
        ] {
            if present {
                text.push_str("; ");
                text.push_str(name);
            }
        }
        for (bits, name) in [
            (self.server_bits.map(Some), SERVER_BITS),
            (self.client_bits, CLIENT_BITS),
        ] {
            if let Some(bits) = bits {
                text.push_str("; ");
                text.push_str(name);
                if let Some(bits) = bits {
                    text.push_str(&alloc::format!("={bits}"));
                }
            }
        }
        Extension::canonical(text)
    }

    /// Whether an answer grants what this offer asks for, and no more than it
    /// allows.
    fn allows(self, answer: Self) -> bool {
        let server_bits = match (self.server_bits, answer.server_bits) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(offered), Some(answered)) => answered <= offered,
        };
        let client_bits = match (self.client_bits, answer.client_bits) {
            (_, None) => true,
            (None, Some(_)) | (_, Some(None)) => false,
            (Some(offered), Some(Some(answered))) => answered <= offered.unwrap_or(MAX_BITS),
        };
        server_bits && client_bits && (answer.server_no_takeover || !self.server_no_takeover)
    }
}

impl DeflateParameters {
    /// Reads what a server's answer agrees to, without looking at what was
    /// offered.
    ///
    /// # Errors
    ///
    /// [`ExtensionError`] for anything but a well-formed answer.
    pub fn parse(answer: &Extension) -> Result<Self, ExtensionError> {
        let element = Element::parse(answer)?;
        if element.client_bits == Some(None) {
            return Err(ExtensionError::InvalidValue);
        }
        Ok(Self {
            server: Direction {
                takeover: !element.server_no_takeover,
                bits: element.server_bits,
            },
            client: Direction {
                takeover: !element.client_no_takeover,
                bits: element.client_bits.flatten(),
            },
        })
    }

    /// Reads a server's answer to these offers, which may hold others besides
    /// permessage-deflate ([RFC 7692 §7.1]).
    ///
    /// A smaller window for this client than it offered, and the absence of
    /// takeover where it did not offer it, are the server's right to demand.
    /// What the client offered to do without, it does without, whether the
    /// answer repeats it or not: the server may rely on it (sections 7.1.1.2
    /// and 7.1.2.2).
    ///
    /// # Errors
    ///
    /// [`ExtensionError::NotOffered`] where the answer fits none of the offers,
    /// another [`ExtensionError`] where it is malformed. The client then fails
    /// the connection.
    ///
    /// [RFC 7692 §7.1]: https://www.rfc-editor.org/rfc/rfc7692#section-7.1
    pub fn verify(answer: &Extension, offers: &[Extension]) -> Result<Self, ExtensionError> {
        let mut parameters = Self::parse(answer)?;
        let answer = Element::parse(answer)?;
        let mut is_offered = false;
        // Which of several offers the server means, its answer need not tell.
        for offer in offers.iter().filter_map(|offer| Element::parse(offer).ok()) {
            if offer.allows(answer) {
                is_offered = true;
                parameters.client.narrow(offer);
            }
        }
        match is_offered {
            true => Ok(parameters),
            false => Err(ExtensionError::NotOffered),
        }
    }

    /// The element for a server's answer.
    pub fn extension(&self) -> Extension {
        Element {
            server_no_takeover: !self.server.takeover,
            client_no_takeover: !self.client.takeover,
            server_bits: self.server.bits,
            client_bits: self.client.bits.map(Some),
        }
        .extension()
    }

    /// Whether the window of this end's messages survives from one to the
    /// next.
    pub const fn context_takeover(&self, role: Role) -> bool {
        self.direction(role).takeover
    }

    /// The window of this end's messages: 2 to the power of this, in bytes,
    /// 8 to 15.
    pub fn window_bits(&self, role: Role) -> u8 {
        self.direction(role).window_bits()
    }

    pub(crate) const fn direction(&self, role: Role) -> Direction {
        match role {
            Role::Server => self.server,
            Role::Client => self.client,
        }
    }
}

const fn no_value(value: Option<&str>) -> Result<(), ExtensionError> {
    match value {
        None => Ok(()),
        Some(_) => Err(ExtensionError::InvalidValue),
    }
}

/// A decimal number from 8 to 15 without leading zeros (RFC 7692 §7.1.2).
fn window_bits(value: &str) -> Result<u8, ExtensionError> {
    match value.as_bytes() {
        [digit @ b'8'..=b'9'] => Ok(digit - b'0'),
        [b'1', digit @ b'0'..=b'5'] => Ok(10 + digit - b'0'),
        _ => Err(ExtensionError::InvalidValue),
    }
}
