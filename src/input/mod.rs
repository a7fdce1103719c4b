//! Where the bytes that were read are taken from.

mod ahead;

use core::fmt;

use crate::frame::Role;
use crate::frame::{InvalidUtf8, Opcode};

/// The bytes of one read, from the front of which a connection takes its
/// events.
///
/// Take events until [`receive`](crate::Connection::receive) gives `None`, an
/// error, or the peer's Close. Texts that lie in the input entirely are unmasked
/// and validated several at once, and then come out one by one. So messages can
/// be lost if an input is dropped before that, and the next input fails with
/// [`Error::UnreadInput`](crate::Error::UnreadInput). To stop in between and
/// keep the rest, use [`one_by_one`](Self::one_by_one).
///
/// ```
/// use websocket_proto::handshake::Agreement;
/// use websocket_proto::{Config, Connection, Event, Input};
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
/// let mut input = Input::new(&mut read);
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
pub struct Input<'a> {
    /// Valid texts that were unmasked ahead of time, to be
    /// [split](ahead::split).
    texts: &'a str,
    /// What comes after them.
    rest: &'a mut [u8],
    /// No text is unmasked ahead of time, and the caller keeps the rest.
    one_by_one: bool,
    /// A connection has seen this input, or need not be told.
    begun: bool,
}

impl<'a> Input<'a> {
    /// The events of these bytes, all of which the caller takes.
    #[inline]
    pub const fn new(bytes: &'a mut [u8]) -> Self {
        Self {
            texts: "",
            rest: bytes,
            one_by_one: false,
            begun: false,
        }
    }

    /// The same for a caller who may stop in between and keep
    /// [the rest](Self::into_rest). Several short texts take more time so.
    ///
    /// ```
    /// use websocket_proto::handshake::Agreement;
    /// use websocket_proto::{Config, Connection, Event, Input};
    ///
    /// let mut client =
    ///     Connection::upgraded_client(Config::new(), Agreement::default(), [7; 32].into());
    /// let (mut read, mut out) = (*b"\x81\x03one\x81\x03two", Vec::new());
    /// let mut input = Input::one_by_one(&mut read);
    /// let first = client.receive(&mut input, &mut out)?;
    /// assert!(matches!(first, Some(Event::Text(text)) if text == "one"));
    /// // Later, with another input.
    /// let mut input = Input::one_by_one(input.into_rest());
    /// let second = client.receive(&mut input, &mut out)?;
    /// assert!(matches!(second, Some(Event::Text(text)) if text == "two"));
    /// # Ok::<(), websocket_proto::Error>(())
    /// ```
    #[inline]
    pub const fn one_by_one(bytes: &'a mut [u8]) -> Self {
        Self {
            texts: "",
            rest: bytes,
            one_by_one: true,
            begun: true,
        }
    }

    /// How many bytes have not been taken.
    #[inline]
    pub const fn len(&self) -> usize {
        self.texts.len() + self.rest.len()
    }

    /// Whether every byte has been taken. Events can come even then: only
    /// `None` from [`receive`](crate::Connection::receive) ends the loop.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.rest.is_empty()
    }

    /// The bytes that were not taken, in two cases: of an input that is taken
    /// [one by one](Self::one_by_one), and behind a request that waits for its
    /// answer, once [`receive`](crate::Connection::receive) has given `None`.
    /// Give them to the connection as the start of a `one_by_one` input.
    pub const fn into_rest(self) -> &'a mut [u8] {
        self.rest
    }

    /// Whether a connection has begun with this input.
    #[inline]
    pub(crate) const fn is_begun(&self) -> bool {
        self.begun
    }

    pub(crate) const fn begin(&mut self) {
        self.begun = true;
    }

    /// Whether something would be lost with this input.
    #[inline]
    pub(crate) const fn is_unread(&self) -> bool {
        !self.is_empty() && !self.one_by_one
    }

    /// What nobody has looked at. All texts that were looked at come before it.
    #[inline]
    pub(crate) const fn rest(&mut self) -> &mut &'a mut [u8] {
        &mut self.rest
    }

    /// The next of the texts that were unmasked ahead of time.
    #[inline]
    pub(crate) fn next_text(&mut self) -> Option<&'a str> {
        let (text, rest) = ahead::split(self.texts)?;
        self.texts = rest;
        Some(text)
    }

    /// Unmasks the texts that come next, if there are several, none longer than
    /// `limit` bytes. An error comes after those that are valid.
    ///
    /// The decoder of the connection must be idle.
    #[inline]
    pub(crate) fn look_ahead(&mut self, role: Role, limit: u64) -> Option<Result<(), InvalidUtf8>> {
        if self.one_by_one || !ahead::is_text(self.rest) {
            return None;
        }
        let bytes = core::mem::take(&mut self.rest);
        let end = ahead::unmask(bytes, role, limit);
        let (ahead, rest) = bytes.split_at_mut(end);
        self.rest = rest;
        if end == 0 {
            return None;
        }
        let (texts, validity) = ahead::validate(ahead);
        self.texts = texts;
        if validity.is_err() {
            // The connection ends there.
            self.rest = &mut [];
        }
        Some(validity)
    }

    /// Takes a message in one frame that lies in the input entirely and is no
    /// longer than `limit` bytes, as nearly all are. `None` leaves the input as
    /// it is.
    ///
    /// The decoder of the connection must be idle.
    #[inline(always)]
    pub(crate) fn take_message(
        &mut self,
        role: Role,
        limit: u64,
    ) -> Option<(Opcode, &'a mut [u8])> {
        let message = ahead::Message::parse(self.rest, role)?;
        let end = message.start + usize::from(message.length);
        if u64::from(message.length) > limit || end > self.rest.len() {
            return None;
        }
        let (taken, rest) = core::mem::take(&mut self.rest).split_at_mut(end);
        self.rest = rest;
        let payload = &mut taken[message.start..];
        if let Some(key) = message.key {
            key.apply(payload);
        }
        Some((message.opcode, payload))
    }

    /// Drops what is left.
    pub(crate) const fn discard(&mut self) {
        self.texts = "";
        self.rest = &mut [];
    }
}

/// Shows how much there is, and nothing of what it says.
impl fmt::Debug for Input<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Input({} bytes)", self.len())
    }
}
