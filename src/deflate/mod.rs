//! permessage-deflate ([RFC 7692]): messages compressed one by one, each with
//! or without the window that the ones before it left.
//!
//! [`DeflateConfig`] says what this end wants; it makes a client's offer and a
//! server's answer, as pure functions over [`Extension`] for whoever does the
//! HTTP elsewhere. [`DeflateParameters`] is what both ends agreed on; a
//! [`Connection`](crate::Connection) that finds it in its
//! [`Agreement`](crate::handshake::Agreement) compresses and inflates.
//!
//! ```
//! use websocket_proto::deflate::DeflateConfig;
//! use websocket_proto::handshake::Extension;
//!
//! // What every browser offers.
//! let offer: Extension = "permessage-deflate; client_max_window_bits".parse()?;
//! let config = DeflateConfig::new().outgoing_takeover(false);
//! let agreed = config.answer(&[offer]).expect("an acceptable offer");
//! assert_eq!(
//!     agreed.extension().as_str(),
//!     "permessage-deflate; server_no_context_takeover"
//! );
//! # Ok::<(), websocket_proto::handshake::ExtensionError>(())
//! ```
//!
//! # What it costs
//!
//! Bytes on the heap of a connection, measured with a counting allocator; each
//! direction has its own row and its own choice, and the level makes no
//! difference.
//!
//! | window bits | 9 | 10 | 11 | 12 | 13 | 14 | 15 |
//! |---|---|---|---|---|---|---|---|
//! | agreed, nothing compressed yet, both directions | 700 | 700 | 700 | 700 | 700 | 700 | 700 |
//! | sending, takeover: from the first message on | 251,589 | 253,637 | 257,733 | 265,925 | 282,309 | 315,077 | 380,613 |
//! | receiving, takeover: at most | 51,648 | 51,648 | 51,648 | 51,648 | 55,744 | 63,936 | 80,320 |
//! | no takeover: between messages | 0 | 0 | 0 | 0 | 0 | 0 | 0 |
//!
//! Without takeover each thread keeps codecs and lends them to the connection
//! that has a message in progress: one to inflate with, and one to compress with
//! for each window in use. With one window they take up to 450 KiB a thread,
//! with all seven up to 2 MiB, however many connections it serves. They are
//! freed when the thread ends or calls [`free_spares`]. A message in fragments
//! has its codec to itself until it ends, and connections of one thread that
//! differ in their level have new ones made for them in turns. What is lent
//! knows nothing of the messages before.
//!
//! So for many connections that are mostly silent turn takeover off, in both
//! directions; a smaller window alone saves little.
//!
//! A message received whole takes at most twice its length, at its end, and one
//! that exceeds [`Config::max_message`] no more than the limit and 128 KiB,
//! however little was sent; delivered in pieces it takes 128 KiB.
//!
//! # How fast it is
//!
//! MiB/s of JSON that a server receives compressed and sends back compressed,
//! at level 6 with the full window, by this crate and by the other Rust
//! implementations that could be measured beside it; and the bytes that such a
//! connection holds after 64 messages of 1 KiB, its object included:
//!
//! | takeover | 64 B | 1 KiB | 64 KiB | bytes held |
//! |---|--:|--:|--:|--:|
//! | this crate | 17.8 | 51.2 | 75.0 | 463,231 |
//! | sockudo-ws 3.1.0 | 17.6 | 51.3 | 75.0 | 436,957 |
//! | yawc 0.5.0 | 17.3 | 51.0 | 74.2 | 449,112 |
//! | shiguredo_websocket 2026.3.0 | 1.8 | 10.6 | 50.9 | 269,819 |
//!
//! | no takeover | 64 B | 1 KiB | 64 KiB | bytes held |
//! |---|--:|--:|--:|--:|
//! | this crate | 11.6 | 60.1 | 84.4 | 2,359 |
//! | sockudo-ws 3.1.0 | 11.9 | 62.1 | 85.1 | 436,957 |
//! | yawc 0.5.0 | 10.6 | 57.8 | 81.4 | 449,112 |
//! | wtx 0.46.1, which has no takeover | 10.6 | 57.1 | 82.7 | 431,230 |
//! | shiguredo_websocket 2026.3.0 | 1.8 | 10.4 | 50.3 | 68,850 |
//!
//! One thread of a virtual machine with two cores of an AMD EPYC, built for any
//! x86-64; medians of 7 runs in turns, by `cargo run --release --
//! --workloads=D --repetitions=7 --memory=deflate` in `benches/peers` of the
//! repository. All but the last have the same codec, which takes nearly all of
//! the time: what differs by less than a tenth is noise. Without takeover they
//! hold it for each connection, yawc unless its pool is asked for, and this
//! crate for each thread, up to 450 KiB. The last holds more with every message
//! until a mebibyte has gone through.
//!
//! # What a peer can do with it
//!
//! Inflated bytes are counted as they come out, against
//! [`Config::max_message`]; the frames themselves against
//! [`Config::max_frame`], and their sum against the limit for the message and
//! an eighth more. A final block costs a copy of the window, so a message may
//! have one, and each further one must be paid for with 256 bytes received, of
//! which a connection saves up enough for 64. What exceeds that is refused as
//! invalid data.
//!
//! Compressed length tells what was compressed together: keep secrets out of
//! what shares a window with an attacker's text, by
//! [`send_text_uncompressed`](crate::Connection::send_text_uncompressed)
//! ([RFC 7692 §8]).
//!
//! [RFC 7692]: https://www.rfc-editor.org/rfc/rfc7692
//! [RFC 7692 §8]: https://www.rfc-editor.org/rfc/rfc7692#section-8
//! [`Config::max_message`]: crate::Config::max_message
//! [`Config::max_frame`]: crate::Config::max_frame
//! [`Extension`]: crate::handshake::Extension

mod compress;
mod config;
mod inflate;
mod parameters;
mod restarts;
mod scratch;
mod spare;
mod window;

pub(crate) use compress::Compressor;
pub use config::DeflateConfig;
pub(crate) use inflate::{Inflated, Inflater, InvalidData};
pub use parameters::DeflateParameters;
pub(crate) use parameters::Direction;

/// What the sender leaves out at the end of a message and the receiver puts
/// back: the body of an empty stored block ([RFC 7692 §7.2.1]).
///
/// [RFC 7692 §7.2.1]: https://www.rfc-editor.org/rfc/rfc7692#section-7.2.1
const TAIL: [u8; 4] = [0x00, 0x00, 0xFF, 0xFF];

/// Frees the codecs that this thread keeps from one message without takeover to
/// the next.
///
/// There is one for receiving, of up to 80 KiB, and one for each window that
/// messages were sent with, of up to 372 KiB each and 2 MiB for all seven. The
/// next message makes its own. What the last messages said stays in their
/// memory until then, out of reach of any other message. Free them if a thread
/// waits for long, as it may if each connection has its own.
///
/// ```
/// # use websocket_proto::deflate::free_spares;
/// # fn read_blocking() {}
/// free_spares();
/// read_blocking();
/// ```
pub fn free_spares() {
    spare::free(&compress::SPARE);
    spare::free(&inflate::SPARE);
}
