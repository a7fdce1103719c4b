use core::{error, fmt};

/// Why a value is no key of the draft (hybi-00 section 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyError {
    /// There are no digits.
    NoDigits,
    /// There are no spaces, by whose number the digits are to be divided.
    NoSpaces,
    /// The number of spaces does not divide the number that the digits make.
    NotMultiple,
    /// The number has more than 32 bits after the division.
    TooLarge,
    /// A character that is not printable ASCII, or a space at an end. Only
    /// keys that are to be sent are refused for it.
    Character,
}

impl KeyError {
    const fn text(self) -> &'static str {
        match self {
            Self::NoDigits => "a key has no digits",
            Self::NoSpaces => "a key has no spaces",
            Self::NotMultiple => "the number in a key is not a multiple of its spaces",
            Self::TooLarge => "the number in a key has more than 32 bits",
            Self::Character => "a key has a character that may not stand there",
        }
    }
}

/// Why a request of the draft is refused, beyond what makes it HTTP and an
/// upgrade: 400.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestError {
    /// `Sec-WebSocket-Key1` or `Sec-WebSocket-Key2` is missing or repeated.
    Keys,
    /// One of them is no key.
    Key(KeyError),
    /// `Origin` is missing, and none is made up.
    MissingOrigin,
    /// `Sec-WebSocket-Protocol` is repeated, empty or not printable ASCII.
    Subprotocol,
}

impl RequestError {
    /// Where the rule stands.
    pub const fn section(self) -> &'static str {
        match self {
            Self::Keys | Self::Key(_) => "hybi-00 section 5.2",
            Self::MissingOrigin | Self::Subprotocol => "hybi-00 section 5.1",
        }
    }

    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Keys => "Sec-WebSocket-Key1 or Sec-WebSocket-Key2 is missing or repeated",
            Self::Key(error) => error.text(),
            Self::MissingOrigin => "Origin is missing",
            Self::Subprotocol => "Sec-WebSocket-Protocol is not one printable name",
        }
    }
}

/// Why a server's answer does not open the connection, beyond what makes it
/// the answer to an upgrade (hybi-00 section 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResponseError {
    /// `Sec-WebSocket-Origin` is missing, repeated or another than was sent.
    Origin,
    /// `Sec-WebSocket-Location` is missing, repeated or another than was asked
    /// for.
    Location,
    /// `Sec-WebSocket-Protocol` is missing, repeated or another than was asked
    /// for.
    Subprotocol,
    /// The sixteen bytes do not answer the challenge.
    WrongAnswer,
}

impl ResponseError {
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Origin => "Sec-WebSocket-Origin is not the origin that was sent",
            Self::Location => "Sec-WebSocket-Location is not what was asked for",
            Self::Subprotocol => "Sec-WebSocket-Protocol is not what was asked for",
            Self::WrongAnswer => "the sixteen bytes do not answer the challenge",
        }
    }
}

/// What a caller asked for in a request that the draft has no words for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BuildError {
    /// There is no origin, which every request has to name.
    MissingOrigin,
    /// More than one subprotocol.
    SeveralSubprotocols,
    /// An extension.
    Extension,
}

impl BuildError {
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::MissingOrigin => "a request of hixie-76 needs an origin",
            Self::SeveralSubprotocols => "hixie-76 offers one subprotocol at most",
            Self::Extension => "hixie-76 has no extensions",
        }
    }
}

/// A frame that cannot be discarded (hybi-00 section 5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FrameError {
    /// A length in more than nine bytes, so that it may not fit 63 bits.
    LengthTooLong,
    /// More bytes to discard than the limit.
    TooLong,
}

impl FrameError {
    /// Where the rule stands.
    pub const fn section(self) -> &'static str {
        "hybi-00 section 5.3"
    }

    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::LengthTooLong => "frame length in more than nine bytes",
            Self::TooLong => "frame over the limit",
        }
    }
}

/// What a caller wanted to send and the draft has no frame for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unsupported {
    /// A binary message.
    Binary,
    /// A Ping.
    Ping,
    /// A Pong.
    Pong,
    /// A message in fragments.
    Fragment,
    /// A Close with a code: use
    /// [`send_empty_close`](crate::Connection::send_empty_close).
    CloseCode,
}

impl Unsupported {
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Binary => "hixie-76 has no binary messages",
            Self::Ping => "hixie-76 has no Ping",
            Self::Pong => "hixie-76 has no Pong",
            Self::Fragment => "hixie-76 has no fragments",
            Self::CloseCode => "hixie-76 has no close codes",
        }
    }
}

macro_rules! display {
    ($($error:ty),*) => {$(
        impl fmt::Display for $error {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.text())
            }
        }

        impl error::Error for $error {}
    )*};
}

display!(
    KeyError,
    RequestError,
    ResponseError,
    BuildError,
    FrameError,
    Unsupported
);
