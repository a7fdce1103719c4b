//! Collecting a head from pieces, and its limits.

use std::borrow::Cow;

use websocket_proto::handshake::{HeadError, HeadLimits, HeadReader, RequestError, RequestHead};

use crate::support::{REQUEST, RESPONSE, read_head};

const LIMITS: HeadLimits = HeadLimits {
    bytes: 1024,
    headers: 8,
};

/// Feeds pieces until there is a head or an error; the number of bytes taken.
fn feed(reader: &mut HeadReader, pieces: &[&[u8]]) -> (usize, Result<Option<Vec<u8>>, HeadError>) {
    let mut taken = 0;
    for piece in pieces {
        let mut piece = piece.to_vec();
        let length = piece.len();
        let mut input = &mut piece[..];
        let outcome = reader.receive(&mut input);
        taken += length - input.len();
        match outcome {
            Ok(None) => assert!(input.is_empty()),
            outcome => return (taken, outcome.map(|head| head.map(Cow::into_owned))),
        }
    }
    (taken, Ok(None))
}

/// HS-S-24, HS-V-28: complete at the last LF and not before.
#[test]
fn byte_by_byte() {
    for text in [REQUEST, RESPONSE, "GET / HTTP/1.1\r\n\r\n"] {
        let mut reader = HeadReader::new(LIMITS);
        let bytes: Vec<_> = text.as_bytes().chunks(1).collect();
        let (last, rest) = bytes.split_last().unwrap();
        assert_eq!(feed(&mut reader, rest).1, Ok(None));
        assert_eq!(reader.buffered(), rest.len());
        assert_eq!(feed(&mut reader, &[last]).1, Ok(Some(text.into())));
        assert_eq!(reader.buffered(), 0);
    }
}

/// Every split in two gives the same head and leaves the same rest.
#[test]
fn every_split() {
    let bytes = [b"\r\n", REQUEST.as_bytes(), b"rest\r\n\r\n"].concat();
    for at in 0..=bytes.len() {
        let mut reader = HeadReader::new(LIMITS);
        let (first, second) = bytes.split_at(at);
        let (taken, head) = feed(&mut reader, &[first, second]);
        assert_eq!(head, Ok(Some(REQUEST.into())), "{at}");
        assert_eq!(taken, 2 + REQUEST.len(), "{at}");
    }
}

/// HS-S-37: what comes behind a head is no part of it, however much it is.
#[test]
fn more_than_a_head_may_be_behind_it() {
    let bytes = [REQUEST.as_bytes(), &[0; 20_000]].concat();
    let (taken, head) = feed(&mut HeadReader::new(LIMITS), &[&bytes]);
    assert_eq!(head, Ok(Some(REQUEST.into())));
    assert_eq!(taken, REQUEST.len());
}

/// HS-S-37, HS-V-27: no copy of a head in one piece, and the rest stays.
#[test]
fn head_in_one_piece_is_borrowed() {
    for rest in [
        &b""[..],
        b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
        b"\r\n\r\n",
    ] {
        let mut bytes = [REQUEST.as_bytes(), rest].concat();
        let mut input = &mut bytes[..];
        let mut reader = HeadReader::new(LIMITS);
        let head = reader.receive(&mut input).unwrap().unwrap();
        assert!(matches!(head, Cow::Borrowed(_)));
        assert_eq!(*head, *REQUEST.as_bytes());
        assert_eq!(input, rest);
        // Ready for the next head, as after an interim answer.
        let mut next = REQUEST.as_bytes().to_vec();
        assert!(reader.receive(&mut &mut next[..]).unwrap().is_some());
    }
}

/// A second head behind the first, wherever the first ends.
#[test]
fn two_heads_in_one_piece() {
    for padding in 0..300 {
        let first = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "a".repeat(padding));
        let mut bytes = [&first, REQUEST].concat().into_bytes();
        let mut input = &mut bytes[..];
        let mut reader = HeadReader::new(LIMITS);
        assert_eq!(
            reader.receive(&mut input).unwrap().unwrap(),
            first.as_bytes()
        );
        assert_eq!(
            reader.receive(&mut input).unwrap().unwrap(),
            REQUEST.as_bytes()
        );
        assert!(input.is_empty());
    }
}

/// HS-S-25
#[test]
fn empty_lines_before_the_first() {
    for (count, head) in [(1, true), (2, true), (3, false), (1000, false)] {
        let bytes = ["\r\n".repeat(count), REQUEST.into()].concat();
        for pieces in [vec![bytes.as_bytes()], bytes.as_bytes().chunks(1).collect()] {
            let found = feed(&mut HeadReader::new(LIMITS), &pieces).1;
            let expected = if head {
                Ok(Some(REQUEST.into()))
            } else {
                Err(HeadError::EmptyLines)
            };
            assert_eq!(found, expected);
        }
    }
}

/// HS-S-35, HS-V-30: one byte more than the limit, in whatever pieces.
#[test]
fn bytes_are_bounded() {
    let head = |length: usize| {
        let start = "GET / HTTP/1.1\r\nX: ";
        let filling = "a".repeat(length - start.len() - 4);
        format!("{start}{filling}\r\n\r\n")
    };
    for size in [1, 7, 1000, 5000] {
        for (length, expected) in [(1024, None), (1025, Some(HeadError::TooLong))] {
            let bytes = head(length);
            let pieces: Vec<_> = bytes.as_bytes().chunks(size).collect();
            let found = feed(&mut HeadReader::new(LIMITS), &pieces).1;
            assert_eq!(found.err(), expected, "{size} {length}");
            let parsed = RequestHead::parse(bytes.as_bytes(), LIMITS).unwrap_err();
            let expected = expected.map_or(RequestError::Host, RequestError::Head);
            assert_eq!(parsed, expected);
        }
    }
    assert_eq!(HeadError::TooLong.status(), 431);
}

/// HS-S-35: a target that does not end.
#[test]
fn first_line_is_bounded() {
    let bytes = format!("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", "a".repeat(2000));
    for size in [1, 100, 10_000] {
        let pieces: Vec<_> = bytes.as_bytes().chunks(size).collect();
        let found = feed(&mut HeadReader::new(LIMITS), &pieces).1;
        assert_eq!(found, Err(HeadError::StartLineTooLong));
    }
    assert_eq!(HeadError::StartLineTooLong.status(), 414);
    let parsed = RequestHead::parse(bytes.as_bytes(), LIMITS).unwrap_err();
    assert_eq!(parsed, RequestError::Head(HeadError::StartLineTooLong));
}

/// HS-S-35: the first line is what is too long where its end is beyond.
#[test]
fn first_line_up_to_the_limit() {
    let line = "GET / HTTP/1.1\r\n";
    let bytes = format!("{line}Host: h\r\n\r\n");
    for (limit, expected) in [
        (line.len() - 1, HeadError::StartLineTooLong),
        (line.len(), HeadError::TooLong),
        (line.len() + 1, HeadError::TooLong),
    ] {
        let limits = HeadLimits {
            bytes: limit,
            headers: 8,
        };
        let parsed = RequestHead::parse(bytes.as_bytes(), limits).unwrap_err();
        assert_eq!(parsed, RequestError::Head(expected), "{limit}");
        for size in [1, 100] {
            let pieces: Vec<_> = bytes.as_bytes().chunks(size).collect();
            let found = feed(&mut HeadReader::new(limits), &pieces).1;
            assert_eq!(found, Err(expected), "{limit} {size}");
        }
    }
}

/// HS-S-35: refused at the line too many, not at the end of the head.
#[test]
fn fields_are_bounded() {
    let head = |count: usize| format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(count));
    let pieces_of = |text: &str, size| -> Vec<Vec<u8>> {
        text.as_bytes().chunks(size).map(<[u8]>::to_vec).collect()
    };
    for size in [1, 3, 10_000] {
        for (count, fits) in [(0, true), (8, true), (9, false)] {
            let pieces = pieces_of(&head(count), size);
            let pieces: Vec<_> = pieces.iter().map(|piece| &piece[..]).collect();
            let found = feed(&mut HeadReader::new(LIMITS), &pieces).1;
            assert_eq!(found.is_ok(), fits, "{size} {count}");
        }
    }
    let start = format!("GET / HTTP/1.1\r\n{}", "a: b\r\n".repeat(9));
    let found = feed(&mut HeadReader::new(LIMITS), &[start.as_bytes()]).1;
    assert_eq!(found, Err(HeadError::TooManyFields));
    assert_eq!(HeadError::TooManyFields.status(), 431);
    let parsed = RequestHead::parse(head(9).as_bytes(), LIMITS).unwrap_err();
    assert_eq!(parsed, RequestError::Head(HeadError::TooManyFields));
}

/// Around the number of fields for which there is room from the start.
#[test]
fn many_fields() {
    let limits = HeadLimits {
        bytes: 1 << 20,
        headers: 10_000,
    };
    for count in [14, 15, 16, 17, 64, 9_999] {
        let bytes = format!(
            "GET / HTTP/1.1\r\nHost: h\r\n{}\r\n",
            "a: b\r\n".repeat(count)
        );
        let head = RequestHead::parse(bytes.as_bytes(), limits).unwrap();
        assert_eq!(head.headers().len(), count + 1);
        assert_eq!(head.headers().all("A").count(), count);
        let limits = HeadLimits {
            headers: count,
            ..limits
        };
        let error = RequestHead::parse(bytes.as_bytes(), limits).unwrap_err();
        assert_eq!(error, RequestError::Head(HeadError::TooManyFields));
    }
}

/// A 20 MB head in pieces of 4 KiB: refused at the limit, nothing more taken.
#[test]
fn endless_head() {
    let piece = [b'a'; 4096];
    let mut reader = HeadReader::new(HeadLimits::default());
    let mut first = b"GET / HTTP/1.1\r\nX: ".to_vec();
    assert_eq!(reader.receive(&mut &mut first[..]), Ok(None));
    let mut refused = 0;
    for _ in 0..5000 {
        let mut piece = piece;
        refused += usize::from(reader.receive(&mut &mut piece[..]).is_err());
        assert!(reader.buffered() <= HeadLimits::default().bytes);
    }
    assert_eq!(refused, 5000 - 3);
}

/// HS-S-38: told at the first byte, resp. at the end of the preface's head.
#[test]
fn other_protocols() {
    let hello = [0x16];
    let found = feed(&mut HeadReader::new(LIMITS), &[&hello]).1;
    assert_eq!(found, Err(HeadError::ControlByte));
    let (head, rest) = read_head(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .unwrap()
        .unwrap();
    let error = RequestHead::parse(&head, LIMITS).unwrap_err();
    assert_eq!(
        (error, error.status()),
        (RequestError::UnsupportedHttp, 505)
    );
    assert_eq!(rest, b"SM\r\n\r\n");
}

/// Control bytes and line ends are refused where they stand.
#[test]
fn refused_at_once() {
    for (start, error) in [
        (&b"GET /\0"[..], HeadError::ControlByte),
        (b"GET / HTTP/1.1\r\nX: \x08", HeadError::ControlByte),
        (b"GET / HTTP/1.1\n", HeadError::LineEnd),
        (b"GET / HTTP/1.1\rX", HeadError::LineEnd),
        (b"\n", HeadError::LineEnd),
        (b"\r\r", HeadError::LineEnd),
        (b"GET / HTTP/1.1\r\n\n", HeadError::LineEnd),
        (b"a\x7f", HeadError::ControlByte),
        (b"a\0b\0", HeadError::ControlByte),
        (b"a\r\0", HeadError::LineEnd),
        (b"a\n\0", HeadError::LineEnd),
        (b"a\0\n", HeadError::ControlByte),
    ] {
        for pieces in [vec![start], start.chunks(1).collect()] {
            let mut reader = HeadReader::new(LIMITS);
            assert_eq!(feed(&mut reader, &pieces).1, Err(error), "{start:?}");
            // The error stays.
            let again = feed(&mut reader, &[REQUEST.as_bytes()]);
            assert_eq!(again, (0, Err(error)));
        }
    }
}

/// A tab is no control byte that matters.
#[test]
fn tabs_are_allowed() {
    let text = "GET / HTTP/1.1\r\nX:\ta\tb\t\r\n\r\n";
    assert_eq!(
        read_head(text.as_bytes()).unwrap().unwrap().0,
        text.as_bytes()
    );
}

/// Bytes that are not exactly one head.
#[test]
fn parse_wants_one_whole_head() {
    let parse = |bytes: &str| RequestHead::parse(bytes.as_bytes(), LIMITS).map(drop);
    let head = |error| Err(RequestError::Head(error));
    assert_eq!(parse(""), head(HeadError::Incomplete));
    assert_eq!(parse("GET / HTTP/1.1\r\n"), head(HeadError::Incomplete));
    assert_eq!(
        parse("GET / HTTP/1.1\r\nHost: h\r\n"),
        head(HeadError::Incomplete)
    );
    assert_eq!(
        parse("GET / HTTP/1.1\r\nHost: h\r\n\r\nx"),
        head(HeadError::Surplus)
    );
    assert_eq!(parse("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), Ok(()));
    assert_eq!(
        parse("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"),
        Err(RequestError::RequestLine)
    );
}

/// What is wrong with the first byte that cannot be where it is.
fn first_fault(bytes: &[u8]) -> Option<HeadError> {
    let mut before = b' ';
    bytes.iter().find_map(|&byte| {
        let fault = match (before, byte) {
            (b'\r', b'\n') | (0x20.., b'\r' | b'\t') | (b'\t' | b'\n', b'\r' | b'\t') => None,
            (b'\r', _) | (_, b'\n') => Some(HeadError::LineEnd),
            (_, 0x20..=0x7e | 0x80..) => None,
            _ => Some(HeadError::ControlByte),
        };
        before = byte;
        fault
    })
}

/// Every byte in every place, in one piece, in two and in many; and who parses
/// without a reader is told the same.
#[test]
fn every_byte_everywhere() {
    let valid = "GET / HTTP/1.1\r\nHost: server.example.com\r\nX: a\tb\r\n\r\n";
    for at in 0..valid.len() - 4 {
        for byte in 0..=255 {
            let mut bytes = valid.as_bytes().to_vec();
            bytes[at] = byte;
            let expected = first_fault(&bytes);
            let single = bytes.chunks(1).collect();
            let (before, behind) = bytes.split_at(at);
            for pieces in [vec![&bytes[..]], vec![before, behind], single] {
                let found = feed(&mut HeadReader::new(LIMITS), &pieces).1;
                assert_eq!(found.err(), expected, "{byte} at {at}");
            }
            if let Some(error) = expected {
                let parsed = RequestHead::parse(&bytes, LIMITS).unwrap_err();
                assert_eq!(parsed, RequestError::Head(error), "{byte} at {at}");
            }
        }
    }
}

/// Names and lines of any length, and what looks like a colon but is none.
#[test]
fn every_length_of_a_name() {
    let limits = HeadLimits::default();
    for length in 1..40 {
        for value in ["", "v", "a:b", "0123456789abcdef"] {
            let name = "n".repeat(length);
            let bytes = format!("GET / HTTP/1.1\r\nHost: h\r\n{name}: \t{value} \t\r\n\r\n");
            let head = RequestHead::parse(bytes.as_bytes(), limits).unwrap();
            assert_eq!(head.headers().first(&name), Some(value.as_bytes()));
            for mark in [";", "{", "\u{ba}", " ", ""] {
                let bytes = bytes.replacen(&format!("{name}:"), &format!("{name}{mark}"), 1);
                let bytes = bytes.replace("a:b", "ab");
                let error = RequestHead::parse(bytes.as_bytes(), limits).unwrap_err();
                assert_eq!(error, RequestError::Head(HeadError::Field), "{bytes:?}");
            }
        }
    }
}

/// Names that only begin as one that is known.
#[test]
fn the_rest_of_a_known_name_is_looked_at() {
    let parse = |name: &str| {
        let bytes = format!("GET / HTTP/1.1\r\nHost: h\r\n{name}: v\r\n\r\n");
        RequestHead::parse(bytes.as_bytes(), LIMITS).map(|head| head.headers().len())
    };
    let refused = Err(RequestError::Head(HeadError::Field));
    assert_eq!(parse("Sec-WebSocket-Extra"), Ok(2));
    for name in ["Sec-WebSocket-Ext(a", "Sec-WebSocket-Key(", "Hos(", ""] {
        assert_eq!(parse(name), refused, "{name}");
    }
}
