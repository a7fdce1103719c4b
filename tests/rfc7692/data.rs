//! Compressed messages: the rows PMD of the requirements.

use websocket_proto::deflate::DeflateConfig;
use websocket_proto::frame::FrameError;
use websocket_proto::handshake::{Agreement, Extension};
use websocket_proto::{CloseCode, Config, Connection, Delivery, Error, Event, Limit};

/// A server's end, so that frames to it are unmasked: the vectors are those of
/// RFC 7692 §7.2.3.
fn client(agreed: &str, config: Config) -> Connection {
    let extension: Extension = agreed.parse().expect("an extension");
    let agreement = Agreement::new().with_extension(extension);
    Connection::upgraded_client(config, agreement, [1; 32].into())
}

fn deflate() -> Config {
    Config::new().deflate(DeflateConfig::new().threshold(0))
}

/// The payloads of the messages in the frames, which come in pieces of that
/// size, and the error that ends them.
fn receive(conn: &mut Connection, frames: &[u8], piece: usize) -> (Vec<Vec<u8>>, Option<Error>) {
    let mut messages = vec![];
    let mut under_way = vec![];
    let mut out = Vec::new();
    for piece in frames.chunks(piece) {
        let mut piece = piece.to_vec();
        let mut input = &mut piece[..];
        loop {
            match conn.receive(&mut input, &mut out) {
                Ok(Some(Event::Text(text))) => messages.push(text.into_owned().into_bytes()),
                Ok(Some(Event::Binary(bytes))) => messages.push(bytes.into_owned()),
                Ok(Some(Event::Fragment(fragment))) => {
                    under_way.extend_from_slice(fragment.data.as_bytes());
                    if fragment.last {
                        messages.push(core::mem::take(&mut under_way));
                    }
                }
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) => return (messages, Some(error)),
            }
        }
        assert!(input.is_empty());
    }
    (messages, None)
}

/// Whole, in pieces of every size, and with each delivery.
fn check(agreed: &str, config: Config, frames: &[u8], expected: (&[&[u8]], Option<Error>)) {
    for delivery in [Delivery::Messages, Delivery::Fragments] {
        for piece in 1..=frames.len() {
            let mut conn = client(agreed, config.delivery(delivery));
            let (messages, error) = receive(&mut conn, frames, piece);
            assert_eq!(
                (&messages[..], error),
                (
                    &expected.0.iter().map(|m| m.to_vec()).collect::<Vec<_>>()[..],
                    expected.1
                ),
                "{delivery:?} {piece}"
            );
        }
    }
}

const BARE: &str = "permessage-deflate";
const HELLO: &[u8] = b"\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00";

#[test]
fn vectors_pmd_01_09_11_12_13_14_15_16_17() {
    check(BARE, deflate(), HELLO, (&[b"Hello"], None));
    check(
        BARE,
        deflate(),
        b"\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00\xc1\x05\xf2\x00\x11\x00\x00",
        (&[b"Hello", b"Hello"], None),
    );
    check(
        BARE,
        deflate(),
        b"\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00\x81\x03xyz\x89\x00\xc1\x05\xf2\x00\x11\x00\x00",
        (&[b"Hello", b"xyz", b"Hello"], None),
    );
    check(BARE, deflate(), b"\xc1\x01\x00", (&[b""], None));
    check(BARE, deflate(), b"\xc1\x00", (&[b""], None));
    check(
        BARE,
        deflate(),
        b"\xc1\x0b\x00\x05\x00\xfa\xffHello\x00",
        (&[b"Hello"], None),
    );
    check(
        BARE,
        deflate(),
        b"\xc1\x0d\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00",
        (&[b"Hello"], None),
    );
    check(
        BARE,
        deflate(),
        b"\xc1\x08\xf3\x48\xcd\xc9\xc9\x07\x00\x00\xc1\x05\xf2\x00\x11\x00\x00",
        (&[b"Hello", b"Hello"], None),
    );
    check(
        BARE,
        deflate(),
        b"\xc1\x09\xf3\x48\xcd\x01\x00\xca\xc9\x07\x00",
        (&[b"Hello"], None),
    );
    check(
        BARE,
        deflate(),
        b"\xc2\x02\x03\x80\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00",
        (&[b"", b"Hello"], None),
    );
}
#[test]
fn corrupt() {
    check(
        BARE,
        deflate(),
        b"\xc1\x04\xf2\x48\xcd\xc9",
        (&[], Some(Error::InvalidDeflate)),
    );
    check(
        BARE,
        deflate(),
        b"\xc1\x01\x07",
        (&[], Some(Error::InvalidDeflate)),
    );
    check(
        "permessage-deflate; server_no_context_takeover",
        deflate(),
        b"\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00\xc1\x05\xf2\x00\x11\x00\x00",
        (&[b"Hello"], Some(Error::InvalidDeflate)),
    );
    check(
        BARE,
        deflate(),
        b"\x41\x03\xf2\x48\xcd\xc0\x04\xc9\xc9\x07\x00",
        (&[], Some(FrameError::ReservedBits.into())),
    );
    let _ = (CloseCode::NORMAL, Limit::Frame);
}
