//! The body of a refusal, out of its framing: HS-V-05.

use websocket_proto::handshake::{BodyReader, HeadLimits, ResponseHead};

fn reader(fields: &str) -> BodyReader {
    let head = format!("HTTP/1.1 403 Forbidden\r\n{fields}\r\n");
    BodyReader::new(&ResponseHead::parse(head.as_bytes(), HeadLimits::default()).expect("a head"))
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    Whole,
    /// More may come.
    Open,
    Broken,
}

/// The body in what follows a head with these fields, which comes in pieces of
/// every size, what is left over, and how the body has ended.
#[track_caller]
fn check(fields: &str, follows: &[u8], body: &[u8], end: End) {
    for size in 1..=follows.len().max(1) {
        let mut reader = reader(fields);
        let mut taken = Vec::new();
        for mut input in follows.chunks(size) {
            while let Some(piece) = reader.receive(&mut input) {
                assert!(!piece.is_empty());
                taken.extend_from_slice(piece);
            }
            assert!(input.is_empty() || reader.is_done() || reader.is_broken());
        }
        assert_eq!(taken, body, "in pieces of {size}");
        assert_eq!(reader.is_done(), end == End::Whole, "in pieces of {size}");
        assert_eq!(
            reader.is_broken(),
            end == End::Broken,
            "in pieces of {size}"
        );
    }
}

// HS-V-05
#[test]
fn a_length_ends_the_body() {
    check("Content-Length: 4\r\n", b"nope", b"nope", End::Whole);
    check(
        "Content-Length: 4\r\n",
        b"nopeand more",
        b"nope",
        End::Whole,
    );
    check("Content-Length: 4\r\n", b"no", b"no", End::Open);
    check("Content-Length: 0\r\n", b"more", b"", End::Whole);
}

// HS-V-05
#[test]
fn chunks_are_unpacked() {
    let chunked = "Transfer-Encoding: chunked\r\n";
    check(chunked, b"4\r\nnope\r\n0\r\n\r\nmore", b"nope", End::Whole);
    check(
        chunked,
        b"1;a=b\r\nn\r\n003 \r\nope\r\n0\r\nX: y\r\n\r\n",
        b"nope",
        End::Whole,
    );
    check(
        chunked,
        b"A\r\n0123456789\r\na\r\n0123456789\r\n",
        b"01234567890123456789",
        End::Open,
    );
    let data = [b'x'; 0x12c];
    for (size, length) in [("10", 16), ("1F", 31), ("0a1", 161), ("12c", 300)] {
        let follows = [size.as_bytes(), b"\r\n", &data[..length], b"\r\n0\r\n\r\n"].concat();
        check(chunked, &follows, &data[..length], End::Whole);
    }
    check(chunked, b"0\r\n\r\n", b"", End::Whole);
    check(
        "Transfer-Encoding: gzip, chunked\r\nContent-Length: 3\r\n",
        b"4\r\nnope\r\n0\r\n\r\n",
        b"nope",
        End::Whole,
    );
}

// HS-V-05
#[test]
fn broken_chunks_end_the_body() {
    let chunked = "Transfer-Encoding: chunked\r\n";
    check(chunked, b"x\r\nnope", b"", End::Broken);
    check(chunked, b"\r\nnope", b"", End::Broken);
    check(chunked, b"4\r\nnopes\r\n", b"nope", End::Broken);
    check(chunked, b"4\r\nnope\r\nx\r\n", b"nope", End::Broken);
    check(chunked, b"11111111111111111\r\nn", b"", End::Broken);
    // As many digits as one likes, if the number fits 64 bits.
    check(
        chunked,
        b"00000000000000000004\r\nnope\r\n000000000000000000\r\n\r\n",
        b"nope",
        End::Whole,
    );
    // The largest size there is does not overflow.
    check(chunked, b"ffffffffffffffff\r\nnope", b"nope", End::Open);
}

// HS-V-05
#[test]
fn without_framing_the_end_of_the_stream_ends_the_body() {
    check("", b"nope", b"nope", End::Open);
    check("Transfer-Encoding: gzip\r\n", b"nope", b"nope", End::Open);
}

// HS-V-05, RFC 9112 section 6.3 (4): another coding than the last says nothing
// of where the body ends.
#[test]
fn the_last_transfer_coding_frames_the_body() {
    let coded = b"4\r\nnope\r\n0\r\n\r\n";
    for fields in [
        "Transfer-Encoding: chunked, gzip\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n",
        "Transfer-Encoding: a;b=\",chunked,\"\r\n",
        "Transfer-Encoding:\r\n",
    ] {
        check(fields, coded, coded, End::Open);
    }
    for fields in [
        "Transfer-Encoding: gzip\r\nTransfer-Encoding: Chunked ,\r\n",
        "Transfer-Encoding: gzip,CHUNKED\r\n",
    ] {
        check(fields, coded, b"nope", End::Whole);
    }
}

// HS-V-05, RFC 9112 section 6.3 (5): the same length several times is that
// length, anything else is none.
#[test]
fn a_length_is_one_number() {
    for fields in [
        "Content-Length: 4\r\nContent-Length: 4\r\n",
        "Content-Length: 4, 4\r\n",
        "Content-Length: 4,04\r\n",
    ] {
        check(fields, b"nopeand more", b"nope", End::Whole);
    }
    for fields in [
        "Content-Length: +4\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Content-Length: 4\r\nContent-Length: 5\r\n",
        "Content-Length: 4, x\r\n",
        "Content-Length: x\r\n",
        "Content-Length:\r\n",
    ] {
        check(fields, b"nope", b"", End::Broken);
    }
}

// HS-V-05
#[test]
fn some_statuses_have_no_body() {
    for status in ["204 No Content", "304 Not Modified"] {
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: 4\r\n\r\n");
        let head = ResponseHead::parse(head.as_bytes(), HeadLimits::default()).expect("a head");
        let mut reader = BodyReader::new(&head);
        assert!(reader.is_done());
        assert_eq!(reader.receive(&mut &b"nope"[..]), None);
    }
}
