//! The keys with which a client of the draft challenges a server (hybi-00
//! section 5.1).

use alloc::string::{String, ToString};
use core::fmt;

use crate::handshake::build_error::BuildError;
use crate::handshake::hixie76::challenge::challenge_response;
use crate::handshake::hixie76::number::number;
use crate::seed::{KeySource, Seed};

/// The three keys with which a client challenges a server.
#[derive(Clone)]
pub struct Keys {
    key1: String,
    key2: String,
    key3: [u8; 8],
    numbers: [u32; 2],
    /// From which the order of the fields is drawn; 0 leaves it.
    order: u64,
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
    /// [`BuildError::Hixie76Key`] if one of the first two is no key, or holds what may
    /// not stand in a field.
    pub fn new(key1: &str, key2: &str, key3: [u8; 8]) -> Result<Self, BuildError> {
        Ok(Self {
            key1: key1.into(),
            key2: key2.into(),
            key3,
            numbers: [read(key1)?, read(key2)?],
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

    /// The sixteen bytes with which a server must answer.
    pub fn challenge_response(&self) -> [u8; 16] {
        challenge_response(self.numbers, self.key3)
    }

    /// Orders fields at random (hybi-00 section 5.1), so that servers do not come
    /// to depend on an order.
    pub(super) fn shuffle<T>(&self, fields: &mut [T]) {
        let mut order = self.order;
        for last in (1..fields.len()).rev() {
            let choices = last as u64 + 1;
            fields.swap(last, last - (order % choices) as usize);
            order /= choices;
        }
    }
}

/// Shows none of them: they are what the server must know.
impl fmt::Debug for Keys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Keys").finish_non_exhaustive()
    }
}

/// The number of a key that was made elsewhere.
fn read(key: &str) -> Result<u32, BuildError> {
    let printable = |byte| matches!(byte, b' '..=b'~');
    if !key.bytes().all(printable) || key.trim_ascii().len() < key.len() {
        return Err(BuildError::Hixie76Key);
    }
    number(key.as_bytes()).map_err(|_| BuildError::Hixie76Key)
}

/// A number and the key that holds it (hybi-00 section 5.1).
fn generate(source: &mut KeySource) -> (u32, String) {
    let spaces = 1 + below(source, 12) as u32;
    let number = below(source, u64::from(u32::MAX / spaces) + 1) as u32;
    // At most 2³² - 1, as the number was drawn to be.
    let mut key = (number * spaces).to_string();
    for _ in 0..1 + below(source, 12) {
        let at = below(source, key.len() as u64 + 1) as usize;
        // U+0021 to U+002F and U+003A to U+007E.
        let character = match below(source, 15 + 69) as u8 {
            mark @ 0..15 => b'!' + mark,
            other => b':' + (other - 15),
        };
        key.insert(at, char::from(character));
    }
    for _ in 0..spaces {
        // A digit and another character at least: there is a place between.
        let at = 1 + below(source, key.len() as u64 - 1) as usize;
        key.insert(at, ' ');
    }
    (number, key)
}

/// A number below `bound`, each as likely as the others within 2⁻³².
fn below(source: &mut KeySource, bound: u64) -> u64 {
    let number = u64::from_le_bytes(source.bytes());
    ((u128::from(number) * u128::from(bound)) >> 64) as u64
}
