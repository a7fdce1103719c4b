//! Where the bytes that were read are taken from.

use crate::frame::{Decoder, InvalidUtf8, is_text, split_text, validate_ahead};

/// The bytes of a read, from the front of which a connection takes its events:
/// a `&mut [u8]`, or a [`Batch`].
///
/// A slice is left as what is not taken yet, at any time. A batch is faster
/// where short texts come many in a read. What is to be taken from an array or
/// a vector is sliced first: `&mut &mut bytes[..]`. No other type can be one.
pub trait Input<'a>: Source<'a> {
    /// Whether every byte has been taken. There may be events without one: the
    /// loop over them ends at `None`.
    fn is_empty(&self) -> bool;
}

/// Seals the trait: only this crate can make one.
#[derive(Debug, Clone, Copy)]
pub struct Inside(());

pub(crate) const INSIDE: Inside = Inside(());

/// What the connection does with an [`Input`].
pub trait Source<'a> {
    /// The bytes that nobody has looked at.
    fn rest(&mut self, _: Inside) -> &mut &'a mut [u8];

    /// The next of the texts that were looked at ahead of time; all of them
    /// come before the [rest](Self::rest).
    #[inline]
    fn next_text(&mut self, _: Inside) -> Option<&'a str> {
        None
    }

    /// Looks at the texts that come next, where the last ones are taken;
    /// `false` where there are not several.
    #[inline]
    fn look_ahead(&mut self, decoder: &Decoder, limit: u64, _: Inside) -> bool {
        let _ = (decoder, limit);
        false
    }

    /// Whether the texts that were looked at are valid, which is to be asked
    /// once those that are have been taken.
    #[inline]
    fn validity(&self, _: Inside) -> Result<(), InvalidUtf8> {
        Ok(())
    }

    fn discard(&mut self, _: Inside);
}

impl<'a> Input<'a> for &'a mut [u8] {
    #[inline]
    fn is_empty(&self) -> bool {
        <[u8]>::is_empty(self)
    }
}

impl<'a> Source<'a> for &'a mut [u8] {
    #[inline]
    fn rest(&mut self, _: Inside) -> &mut &'a mut [u8] {
        self
    }

    #[inline]
    fn discard(&mut self, _: Inside) {
        *self = &mut [];
    }
}

/// The bytes of a read, for a caller who takes all events of a read before it
/// reads again.
///
/// Texts that lie in it whole are unmasked and validated several at once, and
/// then come out one by one as if they had not been: for texts of a hundred
/// bytes that is less than half the work. It cannot give back bytes that are
/// not taken, as it has rewritten them; who may have to stop in between and keep
/// the rest gives a slice instead.
///
/// ```
/// use websocket_proto::handshake::Agreement;
/// use websocket_proto::{Batch, Config, Connection, Event};
///
/// let mut client = Connection::upgraded_client(
///     Config::new(),
///     Agreement::default(),
/// #   websocket_proto::Seed::from([7; 32]),
/// #   /*
///     Seed::from_os()?,
/// #   */
/// );
/// let (mut read, mut out) = (*b"\x81\x03one\x81\x03two\x89\x00", Vec::new());
/// let mut input = Batch::new(&mut read);
/// let mut texts = Vec::new();
/// while let Some(event) = client.receive(&mut input, &mut out)? {
///     match event {
///         Event::Text(text) => texts.push(text),
///         event => assert!(matches!(event, Event::Ping(_))),
///     }
/// }
/// assert_eq!(texts, ["one", "two"]);
/// assert!(input.is_empty());
/// # Ok::<(), websocket_proto::Error>(())
/// ```
pub struct Batch<'a> {
    /// Texts that were looked at, to be [split](split_text).
    texts: &'a str,
    /// Whether what stood behind them was a text, too, but not valid.
    validity: Result<(), InvalidUtf8>,
    rest: &'a mut [u8],
}

impl<'a> Batch<'a> {
    /// The events of these bytes.
    #[inline]
    pub const fn new(bytes: &'a mut [u8]) -> Self {
        Self {
            texts: "",
            validity: Ok(()),
            rest: bytes,
        }
    }

    /// Whether every byte has been taken.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.rest.is_empty() && self.validity.is_ok()
    }

    /// What follows a request that waits for its answer, once
    /// [`receive`](crate::Connection::receive) has given `None`; nothing else
    /// leaves bytes.
    pub const fn into_rest(self) -> &'a mut [u8] {
        self.rest
    }
}

impl<'a> Input<'a> for Batch<'a> {
    #[inline]
    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

impl<'a> Source<'a> for Batch<'a> {
    #[inline]
    fn rest(&mut self, _: Inside) -> &mut &'a mut [u8] {
        &mut self.rest
    }

    #[inline]
    fn next_text(&mut self, _: Inside) -> Option<&'a str> {
        let (text, rest) = split_text(self.texts)?;
        self.texts = rest;
        Some(text)
    }

    #[inline]
    fn look_ahead(&mut self, decoder: &Decoder, limit: u64, _: Inside) -> bool {
        if !is_text(self.rest) {
            return false;
        }
        let bytes = core::mem::take(&mut self.rest);
        let end = decoder.unmask_ahead(bytes, limit);
        let (ahead, rest) = bytes.split_at_mut(end);
        self.rest = rest;
        if end == 0 {
            return false;
        }
        (self.texts, self.validity) = validate_ahead(ahead);
        if self.validity.is_err() {
            // The connection ends there.
            self.rest = &mut [];
        }
        true
    }

    #[inline]
    fn validity(&self, _: Inside) -> Result<(), InvalidUtf8> {
        self.validity
    }

    #[inline]
    fn discard(&mut self, _: Inside) {
        *self = Self::new(&mut []);
    }
}

/// Shows how much there is, and nothing of what it says.
impl core::fmt::Debug for Batch<'_> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let length = self.texts.len() + self.rest.len();
        write!(formatter, "Batch({length} bytes)")
    }
}
