//! The WebSocket protocol ([RFC 6455]) as a sans-IO state machine: bytes in,
//! events and bytes to write out.
//!
//! No sockets, no runtime, no threads, no clock and no hidden randomness.
//! Whoever has an IO loop embeds a [`Connection`] with a read buffer, a write
//! buffer and the loop below.
//!
//! # The loop
//!
//! A server. A client begins with [`Connection::client`], which puts the request
//! into `out`, and writes that before it reads for the first time.
//!
#![cfg_attr(feature = "alloc", doc = "```")]
#![cfg_attr(not(feature = "alloc"), doc = "```text")]
//! use std::error::Error;
//! use websocket_proto::handshake::{Acceptance, Response};
//! use websocket_proto::{Config, Connection, Event, Input};
//!
//! fn serve(mut socket: impl std::io::Read + std::io::Write) -> Result<(), Box<dyn Error>> {
//!     let mut connection = Connection::server(Config::new());
//!     let mut buffer = [0; 16 << 10];
//!     let mut out = Vec::new();
//!     loop {
//!         // 1. Read.
//!         let length = socket.read(&mut buffer)?;
//!         if length == 0 {
//!             return Ok(connection.receive_eof()?);
//!         }
//!         // 2. Take every event.
//!         let outcome = on_read(&mut connection, &mut buffer[..length], &mut out);
//!         // 3. Write, and only then look at the error: `out` holds the Close
//!         //    or the HTTP refusal that the peer is to read.
//!         socket.write_all(&out)?;
//!         out.clear();
//!         outcome?;
//!         // 4. The connection says when the transport may be closed.
//!         if connection.is_closed() {
//!             return Ok(());
//!         }
//!     }
//! }
//!
//! /// All that follows from one read, until the input is used up.
//! fn on_read(
//!     connection: &mut Connection,
//!     read: &mut [u8],
//!     out: &mut Vec<u8>,
//! ) -> Result<(), Box<dyn Error>> {
//!     let mut input = Input::new(read);
//!     while let Some(event) = connection.receive(&mut input, out)? {
//!         match event {
//!             Event::Request(request) => {
//!                 connection.accept(&request, &Acceptance::new(), out)?;
//!             }
//!             // A request for a page: it waits until it is answered.
//!             Event::Http(_) => connection.respond(&Response::new(404), out)?,
//!             Event::Text(text) => connection.send_text(&text, out)?,
//!             _ => {}
//!         }
//!     }
//!     Ok(())
//! }
//!
//! # // A client's whole session, handed over in one read.
//! # struct Socket(std::io::Cursor<Vec<u8>>, Vec<u8>);
//! # impl std::io::Read for Socket {
//! #     fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> { self.0.read(buffer) }
//! # }
//! # impl std::io::Write for Socket {
//! #     fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> { self.1.write(bytes) }
//! #     fn flush(&mut self) -> std::io::Result<()> { Ok(()) }
//! # }
//! # let mut session = b"GET / HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\n\
//! #     Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
//! #     Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".to_vec();
//! # session.extend(b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
//! # session.extend(b"\x88\x82\x00\x00\x00\x00\x03\xe8");
//! # let mut socket = Socket(std::io::Cursor::new(session), Vec::new());
//! # serve(&mut socket).unwrap();
//! # let sent = socket.1;
//! # assert!(sent.starts_with(b"HTTP/1.1 101 Switching Protocols\r\n"));
//! # assert!(sent.ends_with(b"\x81\x05Hello\x88\x02\x03\xe8"));
//! ```
//!
//! The rules behind the loop:
//!
//! * **`Ok(None)` means that the input is used up.** Whatever the reads cut,
//!   headers, payloads or code points, is kept inside. The one exception: a
//!   request that waits for its answer, whether it asks for a WebSocket or for a
//!   page, leaves what follows it in the input, and nothing is received until it
//!   is answered.
//! * **Payloads are borrowed from the input**, unmasked in place. A message
//!   that lies in it whole costs no copy and no allocation; one that does not
//!   comes out owned, and its buffer can be given back to
//!   [`recycle`](Connection::recycle). To keep an event longer than the input,
//!   call [`Event::into_owned`].
//! * **Take every event of an [`Input`].** Short texts are looked at several at a
//!   time. If you drop an input too early, the next call says so. To stop in
//!   between, use [`Input::one_by_one`].
//! * **The machine answers for itself**: pongs, the echo of a Close, the Close
//!   that a violation deserves, the HTTP refusal that a bad request deserves.
//! * **The peer's faults are [`Error`], the caller's are [`SendError`].** An
//!   error is final and repeats; a mistake of the caller emits nothing and
//!   changes nothing.
//! * **Replies that find no room wait**, one Pong at most. After draining the
//!   output ask [`wants_write`](Connection::wants_write).
//! * **Time is told**, where deadlines are configured: call
//!   [`handle_timeout`](Connection::handle_timeout) in each turn after step 2,
//!   and sleep no longer than [`poll_timeout`](Connection::poll_timeout).
//!
//! A server that has closed shuts its writing side down and reads on for a while
//! before it lets go of the socket: the [guide](guide/index.html) has that and the
//! rest, task by task: opening, receiving, sending, closing, backpressure,
//! deadlines, buffers that the kernel owns, two tasks.
//!
//! # A client
//!
#![cfg_attr(feature = "alloc", doc = "```")]
#![cfg_attr(not(feature = "alloc"), doc = "```text")]
//! use websocket_proto::handshake::{ClientRequest, accept_key};
//! use websocket_proto::{CloseCode, Config, Connection, Event, Input, Seed, State, Uri};
//!
//! let uri = Uri::parse("ws://example.com/chat")?;
//! let request = ClientRequest::new(&uri).subprotocol("chat");
//! let mut out = Vec::new();
//! // From the operating system: `Seed::from_os()`.
//! let seed = Seed::from([7; 32]);
//! let mut client = Connection::client(Config::new(), &request, seed, &mut out)?;
//! assert!(out.starts_with(b"GET /chat HTTP/1.1\r\nHost: example.com\r\n"));
//!
//! // The server's answer, and right behind it a message.
//! # let sent = String::from_utf8(std::mem::take(&mut out))?;
//! # let key = sent.split("Sec-WebSocket-Key: ").nth(1).and_then(|rest| rest.get(..24)).unwrap();
//! let accept = accept_key(key.as_bytes());
//! let mut read = format!(
//!     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
//!      Connection: Upgrade\r\nSec-WebSocket-Protocol: chat\r\n\
//!      Sec-WebSocket-Accept: {}\r\n\r\n",
//!     std::str::from_utf8(&accept)?,
//! )
//! .into_bytes();
//! read.extend(b"\x81\x05Hello");
//!
//! let mut input = Input::new(&mut read);
//! assert!(matches!(client.receive(&mut input, &mut out)?, Some(Event::Open(_))));
//! assert_eq!(client.subprotocol(), Some("chat"));
//! let Some(Event::Text(text)) = client.receive(&mut input, &mut out)? else {
//!     unreachable!()
//! };
//! assert_eq!(text, "Hello");
//! assert!(client.receive(&mut input, &mut out)?.is_none());
//!
//! // Closing: this end's Close, the server's, and then its end of the stream.
//! client.send_close(CloseCode::NORMAL, "done", &mut out)?;
//! assert_eq!(client.state(), State::Closing);
//! let mut read = *b"\x88\x02\x03\xe8";
//! let event = client.receive(&mut Input::new(&mut read), &mut out)?;
//! assert!(matches!(event, Some(Event::Close(Some(frame))) if frame.code == CloseCode::NORMAL));
//! assert!(client.close_expected());
//! client.receive_eof()?;
//! assert!(client.was_clean());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Layers
//!
//! | | what | needs |
//! |---|---|---|
//! | [`frame`] | headers, masking, UTF-8, close payloads, a streaming decoder | nothing |
//! | [`handshake`] | requests and responses, over raw bytes and over headers that other HTTP software has parsed; over HTTP/2 and HTTP/3 by [`handshake::connect`] | `alloc` but for the keys |
//! | [`Connection`] | the state machine over both | `alloc` |
//!
//! Each can be used without the rest: a server on existing HTTP software does the
//! handshake by [`handshake`] alone and enters [`Connection`] at
//! [`upgraded_server`](Connection::upgraded_server).
//!
//! # What is left to the caller
//!
//! The rules of RFC 6455 that need a socket, a clock or a user are the
//! caller's to keep:
//!
//! * **One attempt at a time.** Of several connections to one address only
//!   one may be in [`State::Connecting`]; the next attempt waits until it has
//!   left that state (section 4.1).
//! * **Proxies.** Where one is configured, ask it for a tunnel first, with
//!   `CONNECT host:port` from [`Uri::host`] and [`Uri::port`] (section 4.1).
//!   The connection begins inside the tunnel.
//! * **TLS.** Where [`Uri::is_secure`] says so, all bytes go through TLS, with
//!   [`Uri::server_name`] as the name to check (sections 4.1 and 10.6). Where
//!   resolving, connecting or TLS fails, there is no connection yet, or
//!   [`Connection::receive_eof`] ends it.
//! * **Reconnecting.** After an abnormal end wait for a random time, of up to
//!   five seconds, before the first new attempt, and longer before each
//!   further one (section 7.2.3). No attempt is made twice by this crate.
//! * **Who the peer is.** An [`origin`](handshake::Request::origin) tells what
//!   page a browser shows; authentication is that of HTTP (section 10.5).
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `std` | yes | `alloc`, and run-time detection of CPU features in dependencies |
//! | `simd` | yes | masking and the validation of text by the widest vectors that the processor has |
//! | `getrandom` | yes | `alloc`, and [`Seed::from_os`] |
//! | `deflate` | yes | [`deflate`]: permessage-deflate, in use where [`Config::deflate`] asks for it |
//! | `alloc` | by the others | everything but the frame layer and the keys of the handshake |
//! | `http` | no | conversions from and to the types of the `http` crate |
//! | `bytes` | no | [`Output`] for `bytes::BytesMut` |
//! | `hixie76` | no | `hixie76`: the legacy protocol of 2010, in use where it is asked for |
//!
//! [RFC 6455]: https://www.rfc-editor.org/rfc/rfc6455
#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(
    clippy::alloc_instead_of_core,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

pub mod frame;
pub mod handshake;
mod output;
mod protocol;
mod redacted;

#[cfg(feature = "alloc")]
mod config;
#[cfg(feature = "alloc")]
mod connection;
#[cfg(feature = "deflate")]
pub mod deflate;
#[cfg(all(feature = "alloc", not(feature = "deflate")))]
#[path = "no_deflate.rs"]
mod deflate;
#[cfg(feature = "alloc")]
mod error;
#[cfg(feature = "alloc")]
mod event;
#[cfg(feature = "alloc")]
mod extension;
#[cfg(feature = "alloc")]
mod input;
#[cfg(all(feature = "std", any(doc, doctest)))]
#[doc = include_str!("guide.md")]
pub mod guide {}
/// The examples of the README are tested, too.
#[cfg(all(feature = "getrandom", feature = "std", doctest))]
#[doc = include_str!("../README.md")]
pub mod readme {}
#[cfg(feature = "hixie76")]
pub mod hixie76;
#[cfg(feature = "alloc")]
mod seed;
#[cfg(feature = "alloc")]
mod status;
#[cfg(feature = "alloc")]
mod stream_end;
#[cfg(feature = "alloc")]
mod syntax;
#[cfg(feature = "alloc")]
mod uri;

#[cfg(feature = "alloc")]
pub use config::{Config, Delivery};
#[cfg(feature = "alloc")]
pub use connection::{Connection, PreparedMessage, Receiver, Reply, Sender};
#[cfg(feature = "alloc")]
pub use error::{Error, Limit, SendError, Timeout, Unsupported};
#[cfg(feature = "alloc")]
pub use event::{Chunk, ChunkData, CloseFrame, Event, MessageKind};
pub use frame::{CloseCode, Role};
#[cfg(feature = "alloc")]
pub use input::Input;
pub use output::{FixedOutput, Output};
pub use protocol::Protocol;
#[cfg(feature = "alloc")]
pub use seed::Seed;
#[cfg(feature = "alloc")]
pub use status::{CloseStatus, State};
#[cfg(feature = "alloc")]
pub use stream_end::StreamEnd;
#[cfg(feature = "alloc")]
pub use uri::{Uri, UriError};
