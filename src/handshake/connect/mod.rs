//! The opening handshake over HTTP/2 ([RFC 8441]) and HTTP/3 ([RFC 9220]): one
//! stream becomes the connection, by an extended CONNECT.
//!
//! As pure functions over lists of fields, which HTTP software decodes and
//! encodes; flow control and the streams themselves are its own too. The two
//! versions differ in nothing but the numbers of their errors.
//!
//! | side | in | handshake | out |
//! |---|---|---|---|
//! | server | | [`Setting::ID`] with the value 1 | the SETTINGS of the connection |
//! | | the request's fields | [`Request::from_fields`] | [`RequestError`] says what to do otherwise |
//! | | an [`Acceptance`](super::Acceptance) | [`Request::accept`] | [`Response::to_fields`](super::Response::to_fields) |
//! | client | the server's SETTINGS | [`Setting::receive`] | |
//! | | a [`ClientRequest`](super::ClientRequest) | [`ClientRequest::to_connect`](super::ClientRequest::to_connect) | the request's fields |
//! | | the response's fields | [`ClientRequest::verify_connect`](super::ClientRequest::verify_connect) | [`Outcome`] |
//! | both | an [`Agreement`](super::Agreement) | [`Connection::upgraded_server`](crate::Connection::upgraded_server), [`Connection::upgraded_client`](crate::Connection::upgraded_client) | |
//! | | how the connection ended | [`StreamEnd::after`](crate::StreamEnd::after) | END_STREAM, FIN or a reset |
//!
//! A list is what HPACK and QPACK carry: pairs of name and value, the
//! pseudo-header fields in front, names in lower case. With the feature `http`,
//! `http::Request` and `http::Response` do as well.
//!
//! # A server
//!
//! ```
//! use websocket_proto::handshake::{Acceptance, connect};
//! use websocket_proto::{Config, Connection, Event, Input};
//!
//! let fields = [
//!     (":method", "CONNECT"),
//!     (":protocol", "websocket"),
//!     (":scheme", "https"),
//!     (":path", "/chat"),
//!     (":authority", "server.example.com"),
//!     ("sec-websocket-protocol", "chat, superchat"),
//!     ("sec-websocket-version", "13"),
//!     ("origin", "https://www.example.com"),
//! ];
//! let request = connect::Request::from_fields(fields)?;
//! assert!(request.origin_is_one_of(&["https://www.example.com"]));
//! let accepted = request.accept(&Acceptance::new().subprotocol("chat"))?;
//! assert!(accepted.response.to_fields()?.iter().eq([
//!     (":status", &b"200"[..]),
//!     ("sec-websocket-protocol", b"chat"),
//! ]));
//!
//! // From here on the payloads of DATA are the bytes of the connection.
//! let mut connection = Connection::upgraded_server(Config::new(), accepted.agreement);
//! assert_eq!(connection.subprotocol(), Some("chat"));
//! let mut data = *b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
//! let mut out = Vec::new();
//! let event = connection.receive(&mut Input::new(&mut data), &mut out)?;
//! assert!(matches!(event, Some(Event::Text(text)) if text == "Hello"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # A client
//!
//! ```
//! use websocket_proto::handshake::{ClientRequest, connect::{Outcome, Setting}};
//! use websocket_proto::{Config, Connection, Seed, Uri};
//!
//! // Whatever came in the server's SETTINGS.
//! let mut setting = Setting::new();
//! for (id, value) in [(0x3, 100), (0x8, 1)] {
//!     if id == Setting::ID {
//!         setting.receive(value)?;
//!     }
//! }
//! let uri = Uri::parse("wss://server.example.com/chat")?;
//! let request = ClientRequest::new(&uri).subprotocol("chat");
//! assert!(request.to_connect(setting)?.iter().eq([
//!     (":method", &b"CONNECT"[..]),
//!     (":protocol", b"websocket"),
//!     (":scheme", b"https"),
//!     (":path", b"/chat"),
//!     (":authority", b"server.example.com"),
//!     ("sec-websocket-version", b"13"),
//!     ("sec-websocket-protocol", b"chat"),
//! ]));
//!
//! let fields = [(":status", "200"), ("sec-websocket-protocol", "chat")];
//! let Outcome::Open(agreement) = request.verify_connect(fields)? else {
//!     // An interim response, after which another follows, or a refusal.
//!     return Ok(());
//! };
//! // From the operating system: `Seed::from_os()`.
//! let seed = Seed::from([7; 32]);
//! let mut connection = Connection::upgraded_client(Config::new(), agreement, seed);
//! let mut data = Vec::new();
//! connection.send_text("Hello", &mut data)?;
//! // A client masks over HTTP/2 and HTTP/3 too.
//! assert_eq!((data.len(), &data[..2]), (11, &b"\x81\x85"[..]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # permessage-deflate
//!
//! A [`Connection`](crate::Connection) that has not done the handshake itself
//! negotiates nothing, so that `Config::deflate` alone neither offers nor accepts
//! it. Say it twice, with the same configuration: to the handshake, by
//! `ClientRequest::deflate` or `Acceptance::deflate`, and to the connection, by
//! `Config::deflate`, which then says how hard to compress. The
//! [`Agreement`](super::Agreement) carries what was agreed.
//!
//! # Bytes before the decision
//!
//! A client has nothing to send frames with before [`Outcome::Open`]. What a
//! client sends all the same stays in the stream until the server has accepted
//! it: read no DATA before, and flow control bounds what waits. What HTTP
//! software has read by then goes to [`Connection::receive`] first.
//!
//! # How streams end
//!
//! | what happens to the stream | what it is to the connection |
//! |---|---|
//! | END_STREAM or FIN is received, on DATA or on trailers | [`Connection::receive_eof`] |
//! | RST_STREAM or RESET_STREAM is received, with whatever code | [`Connection::receive_eof`], and nothing more is sent |
//! | STOP_SENDING is received, or the HTTP connection is lost | [`Connection::receive_eof`], and nothing more is sent |
//!
//! | what happens to the connection | what to do with the stream |
//! |---|---|
//! | [`Connection::is_closed`] | write the output, then [`StreamEnd::after`](crate::StreamEnd::after) the error, or after none |
//! | it is given up without a Close | [`ResetCode::Cancelled`] |
//! | the client does not take the response | [`ResponseError::reset_code`] |
//! | the request is malformed | [`ResetCode::Malformed`] |
//!
//! A server may leave its side of the stream open after both Closes, and some
//! do: what ends the wait is `Config::close_timeout`.
//!
//! Without the peer's Close any end is unclean, 1006, an orderly END_STREAM
//! too. Trailers mean nothing and are dropped; HTTP software may treat them as
//! the error that they are within a tunnel (RFC 9113 section 8.5).
//!
//! [RFC 8441]: https://www.rfc-editor.org/rfc/rfc8441
//! [RFC 9220]: https://www.rfc-editor.org/rfc/rfc9220
//! [`Connection::receive`]: crate::Connection::receive
//! [`Connection::receive_eof`]: crate::Connection::receive_eof
//! [`Connection::is_closed`]: crate::Connection::is_closed

pub(crate) mod client;
pub(crate) mod malformed;
mod message;
pub(crate) mod reset_code;
pub(crate) mod server;
pub(crate) mod setting;

pub use self::{
    client::{error::ResponseError, outcome::Outcome},
    malformed::Malformed,
    reset_code::ResetCode,
    server::{error::RequestError, request::Request},
    setting::Setting,
};
