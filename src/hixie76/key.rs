//! `Sec-WebSocket-Key1`, `Sec-WebSocket-Key2` and the eight bytes behind the
//! head (hybi-00 sections 5.1 and 5.2).

use alloc::string::{String, ToString};
use core::fmt;

use super::{KeyError, answer};
use crate::Seed;
use crate::seed::KeySource;

/// The number that a key field holds: its digits as one number, divided by how
/// many spaces there are. White space at both ends is not counted, as it is no
/// part of a field's value.
///
/// ```
/// use websocket_proto::hixie76::{KeyError, key_number};
///
/// assert_eq!(key_number(b"3e6b263  4 17 80"), Ok(3_626_341_780 / 4));
/// assert_eq!(key_number(b"3e6b6341780"), Err(KeyError::NoSpaces));
/// ```
///
/// # Errors
///
/// [`KeyError`] where there are no digits or no spaces, where the spaces do
/// not divide the number, or where what comes of it has more than 32 bits.
pub fn key_number(key: &[u8]) -> Result<u32, KeyError> {
    let key = key.trim_ascii();
    let (mut digits, mut spaces) = (None, 0_u64);
    for byte in key {
        match byte {
            b'0'..=b'9' => {
                let digit = u128::from(byte - b'0');
                // What does not fit 128 bits would take 2⁹⁶ spaces to fit 32.
                let number: u128 = digits.unwrap_or(0);
                digits = Some(number.saturating_mul(10).saturating_add(digit));
            }
            b' ' => spaces += 1,
            _ => {}
        }
    }
    let digits = digits.ok_or(KeyError::NoDigits)?;
    if spaces == 0 {
        return Err(KeyError::NoSpaces);
    }
    let spaces = u128::from(spaces);
    // Not a multiple or too large: of what is both, the size is told, since a
    // number that was cut off says nothing of the rest.
    let number = u32::try_from(digits / spaces).map_err(|_| KeyError::TooLarge)?;
    if digits % spaces != 0 {
        return Err(KeyError::NotMultiple);
    }
    Ok(number)
}

/// The three keys with which a client challenges a server.
#[derive(Clone)]
pub struct Keys {
    pub(super) key1: String,
    pub(super) key2: String,
    pub(super) key3: [u8; 8],
    numbers: [u32; 2],
    /// From which the order of the fields is drawn; 0 leaves it.
    pub(super) order: u64,
}

impl Keys {
    /// Keys as the draft has a client make them, from randomness that serves
    /// for this attempt alone: a number times as many as there will be spaces,
    /// then one to twelve other characters among its digits, then the spaces
    /// anywhere but at the ends. The order of the fields is random with them.
    ///
    /// ```
    /// use websocket_proto::Seed;
    /// use websocket_proto::hixie76::{Keys, key_number};
    ///
    /// let keys = Keys::generate(Seed::from([7; 32]));
    /// assert!(key_number(keys.key1().as_bytes()).is_ok());
    /// assert!(keys.key1().trim() == keys.key1());
    /// ```
    pub fn generate(seed: Seed) -> Self {
        let mut source = KeySource::new(seed);
        let (number1, key1) = generate(&mut source);
        let (number2, key2) = generate(&mut source);
        Self {
            key1,
            key2,
            key3: source.bytes(),
            numbers: [number1, number2],
            order: u64::from_le_bytes(source.bytes()),
        }
    }

    /// Keys that were made elsewhere. The fields keep the draft's order.
    ///
    /// # Errors
    ///
    /// [`KeyError`] where one of the first two is no key, or holds what may
    /// not stand in a field.
    pub fn new(key1: &str, key2: &str, key3: [u8; 8]) -> Result<Self, KeyError> {
        for key in [key1, key2] {
            let printable = |byte| matches!(byte, b' '..=b'~');
            if !key.bytes().all(printable) || key.trim_ascii().len() < key.len() {
                return Err(KeyError::Character);
            }
        }
        Ok(Self {
            key1: key1.into(),
            key2: key2.into(),
            key3,
            numbers: [key_number(key1.as_bytes())?, key_number(key2.as_bytes())?],
            order: 0,
        })
    }

    /// The value of `Sec-WebSocket-Key1`.
    pub fn key1(&self) -> &str {
        &self.key1
    }

    /// The value of `Sec-WebSocket-Key2`.
    pub fn key2(&self) -> &str {
        &self.key2
    }

    /// The eight bytes behind the head.
    pub const fn key3(&self) -> [u8; 8] {
        self.key3
    }

    /// The sixteen bytes that a server has to answer.
    pub fn answer(&self) -> [u8; 16] {
        answer(self.numbers, self.key3)
    }
}

/// Shows none of them: they are what the server has to know.
impl fmt::Debug for Keys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Keys").finish_non_exhaustive()
    }
}

/// A number and the key that holds it (hybi-00 section 5.1).
fn generate(source: &mut KeySource) -> (u32, String) {
    let spaces = 1 + source.below(12) as u32;
    let number = source.below(u64::from(u32::MAX / spaces) + 1) as u32;
    // At most 2³² - 1, as the number was drawn to be.
    let mut key = (number * spaces).to_string();
    for _ in 0..1 + source.below(12) {
        let at = source.below(key.len() as u64 + 1) as usize;
        // U+0021 to U+002F and U+003A to U+007E.
        let character = match source.below(15 + 69) as u8 {
            mark @ 0..15 => b'!' + mark,
            other => b':' + (other - 15),
        };
        key.insert(at, char::from(character));
    }
    for _ in 0..spaces {
        // A digit and another character at least: there is a place between.
        let at = 1 + source.below(key.len() as u64 - 1) as usize;
        key.insert(at, ' ');
    }
    (number, key)
}
