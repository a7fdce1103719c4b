//! The validator of text that arrives in pieces, against the grammar of RFC
//! 3629 and the standard library.

use proptest::prelude::*;
use websocket_proto::frame::{InvalidUtf8, Utf8Validator};

/// The grammar of RFC 3629 section 4: the ranges of the bytes of a code point.
const GRAMMAR: [&[(u8, u8)]; 9] = [
    &[(0x00, 0x7f)],
    &[(0xc2, 0xdf), (0x80, 0xbf)],
    &[(0xe0, 0xe0), (0xa0, 0xbf), (0x80, 0xbf)],
    &[(0xe1, 0xec), (0x80, 0xbf), (0x80, 0xbf)],
    &[(0xed, 0xed), (0x80, 0x9f), (0x80, 0xbf)],
    &[(0xee, 0xef), (0x80, 0xbf), (0x80, 0xbf)],
    &[(0xf0, 0xf0), (0x90, 0xbf), (0x80, 0xbf), (0x80, 0xbf)],
    &[(0xf1, 0xf3), (0x80, 0xbf), (0x80, 0xbf), (0x80, 0xbf)],
    &[(0xf4, 0xf4), (0x80, 0x8f), (0x80, 0xbf), (0x80, 0xbf)],
];

/// What the bytes so far are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Text {
    /// Whole code points.
    Whole,
    /// The last code point misses as many bytes.
    Missing(usize),
    /// The byte at this index is the first with which no text goes on.
    Impossible(usize),
}

fn twin(bytes: &[u8]) -> Text {
    let mut at = 0;
    while at < bytes.len() {
        let mut lines = GRAMMAR.to_vec();
        let mut position = 0;
        loop {
            let Some(&byte) = bytes.get(at + position) else {
                return Text::Missing(lines[0].len() - position);
            };
            lines.retain(|line| line[position].0 <= byte && byte <= line[position].1);
            let Some(line) = lines.first() else {
                return Text::Impossible(at + position);
            };
            position += 1;
            if position == line.len() {
                break;
            }
        }
        at += position;
    }
    Text::Whole
}

/// What the standard library makes of bytes, in the words of the validator.
fn is_possible(bytes: &[u8]) -> bool {
    core::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true)
}

/// Pushes pieces one after the other.
fn push<'a>(
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Result<(Utf8Validator, String), InvalidUtf8> {
    let mut validator = Utf8Validator::new();
    let mut text = String::new();
    for piece in pieces {
        let valid = validator.push(piece)?;
        text.extend(valid.completed);
        text.push_str(valid.text);
    }
    Ok((validator, text))
}

/// Checks the bytes pushed one by one: the error at the first impossible byte,
/// `missing` on the way, the text and the end.
fn check_single(bytes: &[u8]) {
    let mut validator = Utf8Validator::new();
    let mut text = String::new();
    for (i, byte) in bytes.iter().enumerate() {
        let result = validator.push(&[*byte][..]).map(|valid| {
            text.extend(valid.completed);
            text.push_str(valid.text);
        });
        match twin(&bytes[..=i]) {
            Text::Impossible(at) => {
                assert_eq!((at, result), (i, Err(InvalidUtf8)), "{bytes:02x?}");
                return;
            }
            Text::Missing(missing) => {
                assert_eq!(
                    (result, validator.missing()),
                    (Ok(()), missing),
                    "{bytes:02x?}"
                );
            }
            Text::Whole => {
                assert_eq!((result, validator.missing()), (Ok(()), 0), "{bytes:02x?}");
            }
        }
    }
    match core::str::from_utf8(bytes) {
        Ok(whole) => assert_eq!((validator.finish(), &text[..]), (Ok(()), whole)),
        Err(_) => assert_eq!(validator.finish(), Err(InvalidUtf8)),
    }
    // Whether it ended well or not, the next text begins anew.
    assert_eq!(validator.missing(), 0);
    assert!(validator.push(b"a").is_ok_and(|valid| valid.text == "a"));
}

/// Checks the bytes pushed as one piece.
fn check_whole(bytes: &[u8]) {
    match core::str::from_utf8(bytes) {
        Ok(whole) => {
            let mut validator = Utf8Validator::new();
            let valid = validator.push(bytes).expect("valid text");
            assert_eq!((valid.completed, valid.text), (None, whole));
            assert_eq!(validator.finish(), Ok(()));
        }
        Err(error) => {
            let mut validator = Utf8Validator::new();
            let result = validator.push(bytes);
            if error.error_len().is_some() {
                assert_eq!(result, Err(InvalidUtf8), "{bytes:02x?}");
            } else {
                let valid = result.expect("the start of valid text");
                assert_eq!(valid.text.as_bytes(), &bytes[..error.valid_up_to()]);
                assert_eq!(validator.finish(), Err(InvalidUtf8));
            }
        }
    }
}

#[test]
fn the_twin_is_the_standard_librarys_idea_of_utf_8() {
    let check = |bytes: &[u8]| {
        let possible = !matches!(twin(bytes), Text::Impossible(_));
        assert_eq!(possible, is_possible(bytes), "{bytes:02x?}");
        let whole = twin(bytes) == Text::Whole;
        assert_eq!(whole, core::str::from_utf8(bytes).is_ok(), "{bytes:02x?}");
    };
    for a in 0..=255 {
        check(&[a]);
        for b in 0..=255 {
            check(&[a, b]);
            // What can begin a code point can be completed: what is missing
            // is one of these bytes each.
            if let Text::Missing(missing) = twin(&[a, b]) {
                let tails = [0x80, 0x90, 0xa0];
                let completed = tails.iter().any(|c| {
                    tails
                        .iter()
                        .any(|d| core::str::from_utf8(&[a, b, *c, *d, 0x80][..2 + missing]).is_ok())
                });
                assert!(completed, "{a:02x} {b:02x}");
            }
        }
    }
}

#[test]
fn all_sequences_of_up_to_two_bytes() {
    check_single(&[]);
    check_whole(&[]);
    for a in 0..=255 {
        check_single(&[a]);
        check_whole(&[a]);
        for b in 0..=255 {
            check_single(&[a, b]);
            check_whole(&[a, b]);
        }
    }
}

/// Single pushes are checked up to the first impossible byte, which decides
/// for all that begin so.
#[test]
fn all_sequences_of_three_bytes() {
    for a in 0..=255 {
        for b in 0..=255 {
            let goes_on = !matches!(twin(&[a, b]), Text::Impossible(_));
            for c in 0..=255 {
                check_whole(&[a, b, c]);
                if goes_on && a > 0x7f {
                    check_single(&[a, b, c]);
                }
            }
        }
    }
}

/// The bytes at which the grammar's ranges begin and end, and their
/// neighbours.
const EDGES: [u8; 14] = [
    0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xed, 0xf0, 0xff,
];

#[test]
fn sequences_of_four_bytes() {
    // All beginnings of two bytes with the edges of the rest.
    for a in 0..=255 {
        for b in 0..=255 {
            for c in EDGES {
                for d in [0x00, 0x7f, 0x80, 0xbf, 0xc0, 0xff] {
                    check_whole(&[a, b, c, d]);
                    if a >= 0xe0 && !matches!(twin(&[a, b]), Text::Impossible(_)) {
                        check_single(&[a, b, c, d]);
                    }
                }
            }
        }
    }
}

#[test]
fn every_code_point_split_at_every_place() {
    let mut buffer = [0; 4];
    for c in '\0'..=char::MAX {
        let bytes = c.encode_utf8(&mut buffer).as_bytes();
        for cut in 1..bytes.len() {
            let mut validator = Utf8Validator::new();
            let first = validator
                .push(&bytes[..cut])
                .expect("the start of a code point");
            assert_eq!((first.completed, first.text), (None, ""));
            assert_eq!(validator.missing(), bytes.len() - cut);
            let second = validator.push(&bytes[cut..]).expect("its end");
            assert_eq!((second.completed, second.text), (Some(c), ""));
            assert_eq!(validator.finish(), Ok(()));
        }
    }
}

#[test]
fn an_empty_piece_changes_nothing() {
    let mut validator = Utf8Validator::new();
    for byte in "😀".as_bytes() {
        validator.push(&[*byte][..]).unwrap();
        let missing = validator.missing();
        let valid = validator.push(b"").unwrap();
        assert_eq!((valid.completed, valid.text), (None, ""));
        assert_eq!(validator.missing(), missing);
    }
    assert_eq!(validator.finish(), Ok(()));
}

#[test]
fn the_error_says_what_is_wrong() {
    assert_eq!(InvalidUtf8.to_string(), "a text is not UTF-8");
}

/// Bytes that are UTF-8 for the most part, or all of it.
fn nearly_text() -> impl Strategy<Value = Vec<u8>> {
    let text = prop_oneof![".{0,60}", "[a-z ]{0,80}", "[\u{80}-\u{10ffff}]{0,30}"];
    let flaw = prop::option::of((any::<prop::sample::Index>(), any::<u8>()));
    (text, flaw).prop_map(|(text, flaw)| {
        let mut bytes = text.into_bytes();
        if let Some((index, byte)) = flaw
            && !bytes.is_empty()
        {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes_in_any_pieces(
        bytes in prop_oneof![nearly_text(), prop::collection::vec(any::<u8>(), 0..40)],
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        check_single(&bytes);
        check_whole(&bytes);
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let pieces = || cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]);
        match (twin(&bytes), push(pieces())) {
            (Text::Impossible(at), result) => {
                prop_assert!(result.is_err());
                // The piece with the impossible byte failed, and none before.
                let before = pieces().take_while(|piece| {
                    piece.as_ptr() as usize - bytes.as_ptr() as usize + piece.len() <= at
                });
                prop_assert!(push(before).is_ok());
            }
            (state, Ok((mut validator, text))) => {
                let whole = bytes.len() - text.len();
                prop_assert_eq!(text.as_bytes(), &bytes[..text.len()]);
                let missing = if let Text::Missing(missing) = state { missing } else { 0 };
                prop_assert_eq!(validator.missing(), missing);
                prop_assert_eq!(whole > 0, missing > 0);
                prop_assert_eq!(validator.finish().is_ok(), missing == 0);
            }
            (state, Err(error)) => prop_assert!(false, "{state:?} and {error}"),
        }
    }
}
