//! `Sec-WebSocket-Extensions` (RFC 6455 section 9.1).

use alloc::{string::String, vec::Vec};
use core::{error, fmt, str::FromStr};

use crate::syntax::{is_token, is_token_byte};

/// The most extensions in one list, and parameters of one extension.
const MAX_ELEMENTS: usize = 32;

/// An extension as it is offered or accepted: a name and parameters.
///
/// Names and values are tokens, so that the text needs no quotes. RFC 6455 says
/// nothing about their case; they are compared exactly.
///
/// ```
/// use websocket_proto::handshake::Extension;
///
/// let offer = Extension::new("permessage-deflate")?
///     .param("client_max_window_bits", None)?
///     .param("server_max_window_bits", Some("10"))?;
/// assert_eq!(
///     offer.as_str(),
///     "permessage-deflate; client_max_window_bits; server_max_window_bits=10"
/// );
/// let same = "permessage-deflate;client_max_window_bits; server_max_window_bits=\"10\"";
/// assert_eq!(same.parse(), Ok(offer));
/// # Ok::<(), websocket_proto::handshake::ExtensionError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Extension {
    /// `name; parameter; parameter=value`, always with exactly these spaces.
    text: String,
}

impl Extension {
    /// An extension without parameters.
    ///
    /// # Errors
    ///
    /// [`ExtensionError::NotToken`] if the name is not a token.
    pub fn new(name: &str) -> Result<Self, ExtensionError> {
        if is_token(name.as_bytes()) {
            Ok(Self { text: name.into() })
        } else {
            Err(ExtensionError::NotToken)
        }
    }

    /// From text in exactly the form that [`as_str`](Self::as_str) gives.
    pub(crate) const fn canonical(text: String) -> Self {
        Self { text }
    }

    /// With one parameter more, which may have a value.
    ///
    /// # Errors
    ///
    /// [`ExtensionError::NotToken`] if name or value is not a token.
    pub fn param(mut self, name: &str, value: Option<&str>) -> Result<Self, ExtensionError> {
        if !is_token(name.as_bytes()) {
            return Err(ExtensionError::NotToken);
        }
        self.text.push_str("; ");
        self.text.push_str(name);
        if let Some(value) = value {
            if !is_token(value.as_bytes()) {
                return Err(ExtensionError::NotToken);
            }
            self.text.push('=');
            self.text.push_str(value);
        }
        Ok(self)
    }

    /// The name.
    pub fn name(&self) -> &str {
        self.text.split(';').next().unwrap_or_default()
    }

    /// The parameters in order, duplicates kept.
    pub fn params(&self) -> impl Iterator<Item = (&str, Option<&str>)> + Clone {
        self.text.split(';').skip(1).map(|param| {
            let param = param.trim_start();
            param
                .split_once('=')
                .map_or((param, None), |(name, value)| (name, Some(value)))
        })
    }

    /// The text as it goes into `Sec-WebSocket-Extensions`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The value of one field that holds all these extensions.
    pub(crate) fn list(extensions: &[Self]) -> String {
        let mut list = String::new();
        for extension in extensions {
            if !list.is_empty() {
                list.push_str(", ");
            }
            list.push_str(&extension.text);
        }
        list
    }

    /// Reads the values of all `Sec-WebSocket-Extensions` fields of a head: one
    /// list, however many lines it is spread over.
    ///
    /// # Errors
    ///
    /// [`ExtensionError::Malformed`] if a value breaks the grammar or no
    /// value holds an extension (no value at all is an empty list), and
    /// [`ExtensionError::TooMany`] above 32 extensions or 32 parameters of one.
    pub fn parse_list<'a>(
        values: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Vec<Self>, ExtensionError> {
        let mut list = Vec::new();
        let mut is_empty = true;
        for value in values {
            is_empty = false;
            Cursor { rest: value }.list(&mut list)?;
        }
        if list.is_empty() && !is_empty {
            return Err(ExtensionError::Malformed);
        }
        Ok(list)
    }
}

/// What is left of a field value.
struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn list(&mut self, list: &mut Vec<Extension>) -> Result<(), ExtensionError> {
        loop {
            // Empty elements count for nothing (RFC 9110 section 5.6.1.2).
            while self.take(b',') {}
            if self.rest.is_empty() {
                return Ok(());
            }
            if list.len() == MAX_ELEMENTS {
                return Err(ExtensionError::TooMany);
            }
            list.push(self.extension()?);
            if !self.rest.is_empty() && !self.take(b',') {
                return Err(ExtensionError::Malformed);
            }
        }
    }

    fn extension(&mut self) -> Result<Extension, ExtensionError> {
        // Room for the usual text; spaces that are put in may take more.
        let end = memchr::memchr(b',', self.rest).unwrap_or(self.rest.len());
        let mut text = Vec::with_capacity(end);
        text.extend_from_slice(self.token()?);
        let mut params = 0;
        while self.take(b';') {
            if params == MAX_ELEMENTS {
                return Err(ExtensionError::TooMany);
            }
            params += 1;
            text.extend_from_slice(b"; ");
            text.extend_from_slice(self.token()?);
            if self.take(b'=') {
                text.push(b'=');
                if self.rest.first() == Some(&b'"') {
                    self.quoted(&mut text)?;
                } else {
                    text.extend_from_slice(self.token()?);
                }
            }
        }
        // Tokens are ASCII.
        let text = String::from_utf8(text).unwrap_or_default();
        Ok(Extension::canonical(text))
    }

    /// Skips white space, then the byte if it is next, then white space.
    fn take(&mut self, byte: u8) -> bool {
        self.skip_white();
        let Some((&first, rest)) = self.rest.split_first() else {
            return false;
        };
        if first != byte {
            return false;
        }
        self.rest = rest;
        self.skip_white();
        true
    }

    const fn skip_white(&mut self) {
        while let [b' ' | b'\t', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    fn token(&mut self) -> Result<&'a [u8], ExtensionError> {
        let end = self
            .rest
            .iter()
            .position(|&byte| !is_token_byte(byte))
            .unwrap_or(self.rest.len());
        let (token, rest) = self.rest.split_at(end);
        if token.is_empty() {
            return Err(ExtensionError::Malformed);
        }
        self.rest = rest;
        Ok(token)
    }

    /// A quoted string, which must be a token once its escapes are resolved.
    fn quoted(&mut self, text: &mut Vec<u8>) -> Result<(), ExtensionError> {
        let before = text.len();
        let mut bytes = self.rest[1..].iter();
        loop {
            let byte = match bytes.next() {
                Some(b'"') if text.len() > before => break,
                Some(b'\\') => bytes.next(),
                byte => byte,
            };
            match byte {
                Some(&byte) if is_token_byte(byte) => text.push(byte),
                _ => return Err(ExtensionError::Malformed),
            }
        }
        self.rest = bytes.as_slice();
        Ok(())
    }
}

impl FromStr for Extension {
    type Err = ExtensionError;

    /// Reads one extension.
    fn from_str(text: &str) -> Result<Self, ExtensionError> {
        let mut cursor = Cursor {
            rest: text.as_bytes(),
        };
        cursor.skip_white();
        let extension = cursor.extension()?;
        cursor.skip_white();
        if cursor.rest.is_empty() {
            Ok(extension)
        } else {
            Err(ExtensionError::Malformed)
        }
    }
}

impl fmt::Display for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Why an extension cannot be written, read or agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExtensionError {
    /// A name or a value that is to be written is not a token.
    NotToken,
    /// A value of `Sec-WebSocket-Extensions` breaks the grammar of RFC 6455
    /// section 9.1.
    Malformed,
    /// More than 32 extensions, or 32 parameters of one.
    TooMany,
    /// The extension is not permessage-deflate.
    OtherExtension,
    /// A parameter that permessage-deflate does not have (RFC 7692 section 7.1).
    UnknownParameter,
    /// A parameter of permessage-deflate that is there twice.
    RepeatedParameter,
    /// A parameter of permessage-deflate has a value that it must not have, lacks
    /// one that it must have, or has one that is not a number from 8 to 15 in its
    /// shortest form.
    InvalidValue,
    /// What was accepted of permessage-deflate fits none of the offers.
    NotOffered,
}

impl ExtensionError {
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::NotToken => "an extension is not made of tokens",
            Self::Malformed => "the extension list is malformed",
            Self::TooMany => "the extension list has too many elements",
            Self::OtherExtension => "the extension is not permessage-deflate",
            Self::UnknownParameter => "a parameter of permessage-deflate is unknown",
            Self::RepeatedParameter => "a parameter of permessage-deflate is repeated",
            Self::InvalidValue => "a parameter of permessage-deflate has an invalid value",
            Self::NotOffered => "permessage-deflate is not as it was offered",
        }
    }
}

impl fmt::Display for ExtensionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl error::Error for ExtensionError {}
