//! The legacy protocol draft-hixie-thewebsocketprotocol-76, which is
//! [draft-ietf-hybi-thewebsocketprotocol-00]: what browsers of 2010 and 2011
//! and what was built for them speak.
//!
//! [`Connection`](crate::Connection) does all of it: a server with
//! [`Config::hixie76`](crate::Config::hixie76) takes requests of either
//! protocol and behaves the same towards its caller, and
//! [`Connection::hixie76_client`](crate::Connection::hixie76_client) is a
//! client. The parts here serve if other software reads and writes the
//! HTTP.
//!
//! | side | handshake | frames |
//! |---|---|---|
//! | server | [`PendingRequest`], then [`Request::accept`](crate::handshake::Request::accept) | [`Decoder`] and [`TextDecoder`], [`encode_text`] |
//! | client | [`ClientHandshake`] | the same |
//! | both | [`key_number`], [`challenge_response`] | |
//!
//! A server whose HTTP software has parsed the head. The eight bytes behind it
//! are no body that the head announces, so that they come as what such
//! software calls the rest of the stream, or later:
//!
//! ```
//! use websocket_proto::handshake::{Acceptance, HttpVersion, RequestHead};
//! use websocket_proto::hixie76::{PendingRequest, asks_for_hixie76};
//!
//! let head = RequestHead::from_parts("GET", "/demo", HttpVersion::Http11, [
//!     ("Host", "example.com"),
//!     ("Connection", "Upgrade"),
//!     ("Sec-WebSocket-Key2", "12998 5 Y3 1  .P00"),
//!     ("Upgrade", "WebSocket"),
//!     ("Sec-WebSocket-Key1", "4 @1  46546xW%0l 1 5"),
//!     ("Origin", "http://example.com"),
//! ])?;
//! assert!(asks_for_hixie76(&head));
//! let rest = b"^n:ds[4U";
//!
//! let request = PendingRequest::new(head)?.complete(*rest);
//! let accepted = request.accept(&Acceptance::new())?;
//! assert_eq!(
//!     accepted.response.encode()?,
//!     b"HTTP/1.1 101 WebSocket Protocol Handshake\r\n\
//!     Upgrade: WebSocket\r\n\
//!     Connection: Upgrade\r\n\
//!     Sec-WebSocket-Origin: http://example.com\r\n\
//!     Sec-WebSocket-Location: ws://example.com/demo\r\n\r\n\
//!     8jKS'y:G*Co,Wxa-"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! It goes on with
//! [`Connection::hixie76_upgraded`](crate::Connection::hixie76_upgraded).
//!
//! # What it lacks
//!
//! No binary messages, no Ping and Pong, no fragments, no close codes and no
//! extensions: calls for these are [`SendError::Unsupported`], and nothing is
//! sent. A Close is [`send_empty_close`], and the peer's comes without a code
//! (1005). What the deadlines of [`Config`](crate::Config) say of pings does
//! nothing.
//!
//! # Security
//!
//! **It protects** a server that knows nothing of it. Spaces in the keys,
//! which no page can put into a request by `XMLHttpRequest` or a form, eight
//! bytes that stand outside of all HTTP framing, and a response that takes
//! arithmetic and MD5 over all three make it unlikely that a server answers
//! which did not mean to. MD5 shows that the request was understood; it
//! protects nothing else.
//!
//! **It does not protect** what lies between. Frames are not masked, so that
//! a page chooses the very bytes that its browser sends: a proxy that does not
//! understand the upgrade can be made to read them as requests, and to put
//! what a stranger answers into its cache ([RFC 6455 §10.3]). Because of this
//! browsers turned the protocol off in 2010, and because of this it is off
//! here: the feature must be enabled, and [`Config::hixie76`] be called.
//! Ask for it only where the old clients are known, and prefer TLS, which no
//! such proxy looks into.
//!
//! **The origin** is all that tells one page from another, as it does in RFC
//! 6455. It is always there: a request without is refused, none is made up,
//! and the response repeats it unchanged. A server must check
//! [`Request::origin`] before it accepts; clients that are not browsers can
//! write anything there.
//!
//! [`SendError::Unsupported`]: crate::SendError::Unsupported
//! [`send_empty_close`]: crate::Connection::send_empty_close
//! [`Config::hixie76`]: crate::Config::hixie76
//! [`Request::origin`]: crate::handshake::Request::origin
//! [RFC 6455 §10.3]: https://www.rfc-editor.org/rfc/rfc6455#section-10.3
//! [draft-ietf-hybi-thewebsocketprotocol-00]: https://datatracker.ietf.org/doc/html/draft-ietf-hybi-thewebsocketprotocol-00

pub use crate::frame::hixie76::{CLOSE, Decoded, Decoder, TextDecoder, encode_text};
pub use crate::handshake::client::hixie76::ClientHandshake;
pub use crate::handshake::client::hixie76::keys::Keys;
pub use crate::handshake::hixie76::challenge::challenge_response;
pub use crate::handshake::server::hixie76::pending_request::{
    PendingRequest, asks_for_hixie76, key_number,
};
