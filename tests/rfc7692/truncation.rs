//! Compressed messages that end where no block does: what is left of them and
//! the tail are not DEFLATE, however little zlib minds.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use websocket_proto::{Error, Role};

use crate::common::{ALONE, BARE, always, check, check_fails, noise, open, pieces};
use crate::support::{frame, frames, hex, on_wire};

const NARROW: &str = "permessage-deflate; client_max_window_bits=10; server_max_window_bits=10";

/// Several blocks with codes of their own, which is what three alphabets are
/// worth.
fn blocks() -> Vec<u8> {
    let mut codec = Compress::new(Compression::best(), false);
    let mut payload = Vec::with_capacity(8 << 10);
    for (alphabet, flush) in [
        (7_u8, FlushCompress::Partial),
        (60, FlushCompress::Sync),
        (200, FlushCompress::Partial),
    ] {
        let part: Vec<u8> = noise(700, alphabet.into())
            .iter()
            .map(|byte| byte % (1 + byte % alphabet))
            .collect();
        codec
            .compress_vec(&part, &mut payload, flush)
            .expect("a stream that has not ended");
    }
    codec
        .compress_vec(&[], &mut payload, FlushCompress::Sync)
        .expect("a stream that has not ended");
    assert_eq!(codec.total_in(), 2100);
    payload.truncate(payload.len() - 4);
    payload
}

/// With the tail and a final block it has to be a whole stream; with a final
/// block at the end, it is one.
fn is_deflate(payload: &[u8]) -> Option<Vec<u8>> {
    let ends: [&[u8]; 2] = [&[0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff], &[]];
    ends.into_iter().find_map(|end| {
        let stream = [payload, end].concat();
        let mut codec = Decompress::new(false);
        let mut message = Vec::with_capacity(8 << 10);
        let status = codec.decompress_vec(&stream, &mut message, FlushDecompress::None);
        let whole = codec.total_in() == stream.len() as u64;
        (status.ok()? == Status::StreamEnd && whole).then_some(message)
    })
}

/// PMD-08: at every byte, under agreements that end a message differently.
#[test]
fn a_message_may_end_where_a_block_does_and_nowhere_else() {
    let payload = blocks();
    let mut outcomes = [0, 0];
    for at in 1..=payload.len() {
        let expected = is_deflate(&payload[..at]);
        outcomes[usize::from(expected.is_some())] += 1;
        for agreed in [BARE, ALONE, NARROW] {
            let wire = on_wire(Role::Server, &frame(0xC2, &payload[..at]));
            let conn = open(Role::Server, agreed, always());
            let (outcome, _) = pieces(conn, &wire, wire.len());
            match &expected {
                Some(message) => assert_eq!(outcome.received, [&message[..]], "{agreed}, {at}"),
                None => {
                    let error = Some(Error::InvalidDeflate);
                    assert_eq!(outcome.error, error, "{agreed}, {at} of {}", payload.len());
                }
            }
        }
    }
    let [cut, whole] = outcomes;
    assert!(cut > 1000 && whole > 1, "{outcomes:?}");
}

/// PMD-08: the tail would be lengths of codes, and 40 bits more would be, too.
#[test]
fn the_tail_is_no_part_of_the_head_of_a_block() {
    let head = hex("ec dd 01 04 00 00 00 00 10");
    assert_eq!(is_deflate(&head), None);
    for agreed in [BARE, ALONE, NARROW] {
        let invalid = (Error::InvalidDeflate, 1007);
        check_fails(agreed, always(), &frame(0xC1, &head), &[], invalid);
        // With more of the kind behind it, too.
        let longer = [&head[..], &[0; 200]].concat();
        check_fails(agreed, always(), &frame(0xC1, &longer), &[], invalid);
    }
}

/// A final block that the tail completes is complete.
#[test]
fn the_tail_may_be_the_end_of_a_final_block() {
    // An empty final stored block, up to its length.
    let list: [(u8, &[u8]); 2] = [
        (0xC1, &[0x01]),
        (0xC1, &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]),
    ];
    for agreed in [BARE, ALONE, NARROW] {
        check(agreed, always(), &frames(&list), &[b"", b"Hello"]);
    }
}
