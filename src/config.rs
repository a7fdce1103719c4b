use core::time::Duration;

use crate::deflate::DeflateConfig;
use crate::handshake::head::limits::HeadLimits;

/// How messages come out of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Delivery {
    /// Each message whole, as [`Event::Text`](crate::Event::Text) or
    /// [`Event::Binary`](crate::Event::Binary).
    #[default]
    Messages,
    /// Each message in pieces as they arrive, as
    /// [`Event::Chunk`](crate::Event::Chunk): constant memory for
    /// messages of any size.
    Chunks,
}

/// What a connection accepts, what it does by itself, and its deadlines.
///
/// The limits are safe for a peer that nobody trusts; each means one thing and
/// is checked before anything is allocated for what it bounds. **No deadline is
/// set by default**: a server on the open internet sets at least those of the
/// handshake, of closing, and of pings and their answers.
///
/// ```
/// use core::time::Duration;
/// use websocket_proto::{Config, Delivery};
///
/// let config = Config::new()
///     .max_message(1 << 20)
///     .delivery(Delivery::Chunks)
///     .idle_timeout(Duration::from_secs(60));
/// assert_ne!(config, Config::new());
/// assert_eq!(Config::new(), Config::default());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    pub(crate) max_frame: u64,
    pub(crate) max_message: u64,
    pub(crate) max_fragments: u32,
    pub(crate) max_head: usize,
    pub(crate) max_headers: usize,
    pub(crate) output_mark: usize,
    pub(crate) max_spare: usize,
    pub(crate) delivery: Delivery,
    pub(crate) auto_pong: bool,
    pub(crate) auto_close: bool,
    pub(crate) pong_after_close: bool,
    pub(crate) deliver_while_closing: bool,
    pub(crate) timeouts: Timeouts,
    pub(crate) deflate: Option<DeflateConfig>,
    #[cfg(feature = "hixie76")]
    pub(crate) hixie76: bool,
}

/// The five spans of time that a connection can watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Timeouts {
    pub(crate) handshake: Option<Duration>,
    pub(crate) idle: Option<Duration>,
    pub(crate) ping: Option<Duration>,
    pub(crate) pong: Option<Duration>,
    pub(crate) close: Option<Duration>,
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

impl Config {
    /// The defaults: 16 MiB a frame, 64 MiB and 131,072 fragments a message,
    /// 16 KiB and 100 fields a head, whole messages, automatic replies, no
    /// deadlines.
    pub const fn new() -> Self {
        Self {
            max_frame: 16 << 20,
            max_message: 64 << 20,
            max_fragments: 1 << 17,
            max_head: HeadLimits::DEFAULT.bytes,
            max_headers: HeadLimits::DEFAULT.headers,
            output_mark: 64 << 10,
            max_spare: 64 << 10,
            delivery: Delivery::Messages,
            auto_pong: true,
            auto_close: true,
            pong_after_close: false,
            deliver_while_closing: true,
            timeouts: Timeouts {
                handshake: None,
                idle: None,
                ping: None,
                pong: None,
                close: None,
            },
            deflate: None,
            #[cfg(feature = "hixie76")]
            hixie76: false,
        }
    }

    /// The longest payload of one data frame, in bytes of the wire; a longer one
    /// is refused at its header with 1009.
    #[must_use]
    pub const fn max_frame(mut self, bytes: u64) -> Self {
        self.max_frame = bytes;
        self
    }

    /// The longest message over all its fragments, in bytes; a longer one is
    /// refused at the header that exceeds it with 1009. Of a compressed message
    /// the inflated bytes count, while they are inflated. Holds for
    /// [`Delivery::Chunks`] too: raise it there for streams without end.
    /// A message that is put together and for which there is no memory is over
    /// the limit, whatever the limit is.
    #[must_use]
    pub const fn max_message(mut self, bytes: u64) -> Self {
        self.max_message = bytes;
        self
    }

    /// The most fragments of one message, empty ones counted; one more is
    /// refused at its header with 1009.
    #[must_use]
    pub const fn max_fragments(mut self, count: u32) -> Self {
        self.max_fragments = count;
        self
    }

    /// The longest request or response head, in bytes; a longer one is
    /// refused as soon as it is, with status 431 or 414 by a server.
    #[must_use]
    pub const fn max_head(mut self, bytes: usize) -> Self {
        self.max_head = bytes;
        self
    }

    /// The most header fields in a request or response; one more is refused
    /// at once, with status 431 by a server.
    #[must_use]
    pub const fn max_headers(mut self, count: usize) -> Self {
        self.max_headers = count;
        self
    }

    /// From how many bytes in the output on automatic pongs are held back, to
    /// be written when it has drained, the newest alone
    /// ([RFC 6455 §5.5.3](https://www.rfc-editor.org/rfc/rfc6455#section-5.5.3)).
    /// A peer that floods with pings and does not read costs no more than
    /// this. 0 holds them back as long as anything waits in the output.
    #[must_use]
    pub const fn output_mark(mut self, bytes: usize) -> Self {
        self.output_mark = bytes;
        self
    }

    /// The largest buffer that [`Connection::recycle`] keeps where no message
    /// is under way and the input is used up, in bytes; 0 keeps none.
    ///
    /// [`Connection::recycle`]: crate::Connection::recycle
    #[must_use]
    pub const fn max_spare(mut self, bytes: usize) -> Self {
        self.max_spare = bytes;
        self
    }

    /// Whole messages, or pieces as they arrive.
    #[must_use]
    pub const fn delivery(mut self, delivery: Delivery) -> Self {
        self.delivery = delivery;
        self
    }

    /// Whether pings are answered automatically; on by default. Where it is
    /// off the caller answers [`Event::Ping`](crate::Event::Ping).
    #[must_use]
    pub const fn auto_pong(mut self, on: bool) -> Self {
        self.auto_pong = on;
        self
    }

    /// Whether the peer's Close is answered automatically; on by default.
    /// Where it is off the caller answers
    /// [`Event::Close`](crate::Event::Close), and may send until then.
    #[must_use]
    pub const fn auto_close(mut self, on: bool) -> Self {
        self.auto_close = on;
        self
    }

    /// Whether pings are still answered after this end has sent its Close and
    /// before the peer's has come; off by default, so that a Close is the
    /// last that is sent. [RFC 6455 §5.5.2] taken by the letter wants it on.
    ///
    /// [RFC 6455 §5.5.2]: https://www.rfc-editor.org/rfc/rfc6455#section-5.5.2
    #[must_use]
    pub const fn pong_after_close(mut self, on: bool) -> Self {
        self.pong_after_close = on;
        self
    }

    /// Whether messages that arrive after this end has sent its Close are
    /// still delivered; on by default. Browsers drop them.
    #[must_use]
    pub const fn deliver_while_closing(mut self, on: bool) -> Self {
        self.deliver_while_closing = on;
        self
    }

    /// Compresses messages where the peer agrees: a client offers
    /// permessage-deflate, a server takes the first offer that suits. Off by
    /// default, since each connection that uses it holds some 450 KiB unless
    /// takeover is off: see [`deflate`](crate::deflate).
    #[cfg(feature = "deflate")]
    #[must_use]
    pub const fn deflate(mut self, config: DeflateConfig) -> Self {
        self.deflate = Some(config);
        self
    }

    /// Whether a server also takes requests of the legacy protocol; off by
    /// default, as it does not protect the proxies on the way: see
    /// [`hixie76`](crate::hixie76#security). Such a request is answered 400
    /// where it is off.
    ///
    /// Of the limits [`max_message`](Self::max_message) bounds its texts and
    /// [`max_frame`](Self::max_frame) what is skipped. The times for Ping and
    /// Pong, which it has not, do nothing.
    #[cfg(feature = "hixie76")]
    #[must_use]
    pub const fn hixie76(mut self, on: bool) -> Self {
        self.hixie76 = on;
        self
    }

    /// How long the opening handshake may take, the application's answer
    /// included. A server then answers 408, or 503 where the request has come
    /// and waits for that. None by default.
    #[must_use]
    pub const fn handshake_timeout(mut self, time: Duration) -> Self {
        self.timeouts.handshake = Some(time);
        self
    }

    /// How long an open connection may bring nothing before it is closed
    /// with 1001. Any byte resets it, those of Pongs included: a peer that keeps
    /// answering pings never times out here. None by default.
    #[must_use]
    pub const fn idle_timeout(mut self, time: Duration) -> Self {
        self.timeouts.idle = Some(time);
        self
    }

    /// After how long without anything received a Ping is sent. None by
    /// default.
    #[must_use]
    pub const fn ping_interval(mut self, time: Duration) -> Self {
        self.timeouts.ping = Some(time);
        self
    }

    /// How long after such a Ping something, be it the Pong or not, must be
    /// received before the connection fails with 1011. Of no effect without a
    /// [`ping_interval`](Self::ping_interval): pings of the caller's are not
    /// watched. None by default.
    #[must_use]
    pub const fn pong_timeout(mut self, time: Duration) -> Self {
        self.timeouts.pong = Some(time);
        self
    }

    /// How long the closing handshake may take; for a client the server's
    /// closing of the transport included, while a server is closed after both
    /// Closes and how long it lingers is the caller's decision. None by default.
    #[must_use]
    pub const fn close_timeout(mut self, time: Duration) -> Self {
        self.timeouts.close = Some(time);
        self
    }
}
