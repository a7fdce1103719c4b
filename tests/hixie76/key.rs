//! Keys, and the numbers that they hold.

use proptest::prelude::*;
use websocket_proto::Seed;
use websocket_proto::handshake::{BuildError, RequestError};
use websocket_proto::hixie76::{Keys, challenge_response, key_number};

use crate::vectors::{REFUSED, VECTORS};

/// HX-03
#[test]
fn the_number_is_the_digits_divided_by_the_spaces() {
    for vector in VECTORS {
        let numbers = [vector.key1, vector.key2].map(|key| key_number(key.as_bytes()));
        assert_eq!(numbers, vector.numbers.map(Ok), "{vector:?}");
    }
    // W1: 1868545188 and 12 spaces.
    let key = b"18x 6]8vM;54 *(5:  {   U1]8  z [  8";
    assert_eq!(key_number(key), Ok(1_868_545_188 / 12));
}

/// HX-04
#[test]
fn a_key_has_digits_and_spaces() {
    assert_eq!(
        key_number(b"3e6b26341780"),
        Err(RequestError::Hixie76NoSpaces)
    );
    assert_eq!(key_number(b"a b c"), Err(RequestError::Hixie76NoDigits));
    assert_eq!(key_number(b""), Err(RequestError::Hixie76NoDigits));
    assert_eq!(key_number(b"0 0"), Ok(0));
}

/// HX-05
#[test]
fn the_spaces_divide_the_number() {
    let refused = [
        &b"3e 6 b263  4 17 80"[..],
        // As seed 003 prints them, where white space was lost.
        b"2947806612 a b c d e",
        b"3265971174 a b c d e f g h",
    ];
    for key in refused {
        assert_eq!(key_number(key), Err(RequestError::Hixie76NotMultiple));
    }
    for (key, digits, spaces) in REFUSED {
        let expected = match spaces {
            0 => RequestError::Hixie76NoSpaces,
            _ => {
                assert_ne!(digits % spaces, 0);
                RequestError::Hixie76NotMultiple
            }
        };
        assert_eq!(key_number(key.as_bytes()), Err(expected), "{key}");
    }
}

/// HX-06
#[test]
fn the_number_has_at_most_32_bits() {
    // W2: more than fit a signed number of 32 bits before the division.
    assert_eq!(key_number(b"4 @1  46546xW%0l 1 5"), Ok(829_309_203));
    assert_eq!(
        key_number(b"42949672950 x y"),
        Err(RequestError::Hixie76TooLarge)
    );
    assert_eq!(key_number(b"4294967295 x"), Ok(u32::MAX));
    assert_eq!(key_number(b"8589934590 x y"), Ok(u32::MAX));
    assert_eq!(
        key_number(b"4294967296 0"),
        Err(RequestError::Hixie76TooLarge)
    );
    let long = format!("{} 9", "9".repeat(400));
    assert_eq!(
        key_number(long.as_bytes()),
        Err(RequestError::Hixie76TooLarge)
    );
    let zeros = format!("{} 8", "0".repeat(400));
    assert_eq!(key_number(zeros.as_bytes()), Ok(8));
}

/// HX-07
#[test]
fn spaces_around_a_key_do_not_count() {
    for vector in VECTORS {
        let padded = format!("  {}\t ", vector.key1);
        assert_eq!(key_number(padded.as_bytes()), Ok(vector.numbers[0]));
    }
}

/// HX-09: the four examples of the requirements among them.
#[test]
fn the_answer_is_the_md5_of_all_three() {
    for vector in VECTORS {
        let keys = Keys::new(vector.key1, vector.key2, vector.key3()).expect("valid keys");
        assert_eq!(keys.challenge_response(), vector.answer(), "{vector:?}");
        assert_eq!(
            challenge_response(vector.numbers, vector.key3()),
            vector.answer()
        );
    }
}

/// Nothing that could end a line gets into a head.
#[test]
fn keys_that_are_to_be_sent_are_printable() {
    for key in [
        "1 2\r\nX: y 3 4",
        "1\n 2",
        "1\t2 0",
        " 12",
        "1 2 ",
        "1 2\u{e4}",
    ] {
        let refused = Keys::new(key, "1 2", [0; 8]);
        assert_eq!(refused.err(), Some(BuildError::Hixie76Key), "{key:?}");
        let refused = Keys::new("1 2", key, [0; 8]);
        assert_eq!(refused.err(), Some(BuildError::Hixie76Key), "{key:?}");
    }
    assert_eq!(
        Keys::new("1", "1 2", [0; 8]).err(),
        Some(BuildError::Hixie76Key)
    );
    assert_eq!(
        Keys::new("1 2", "a b", [0; 8]).err(),
        Some(BuildError::Hixie76Key)
    );
}

/// What the crate says, said by long division.
fn naive(key: &str) -> Option<u32> {
    let key = key.trim_matches(|character: char| character.is_ascii_whitespace());
    let spaces = key.matches(' ').count();
    let digits: Vec<_> = key.chars().filter_map(|digit| digit.to_digit(10)).collect();
    if spaces == 0 || digits.is_empty() {
        return None;
    }
    let (mut quotient, mut rest) = (String::new(), 0);
    for digit in digits {
        rest = rest * 10 + digit as usize;
        quotient.push_str(&(rest / spaces).to_string());
        rest %= spaces;
    }
    let quotient = quotient.trim_start_matches('0');
    match quotient {
        _ if rest > 0 => None,
        "" => Some(0),
        quotient => quotient.parse().ok(),
    }
}

proptest! {
    #[test]
    fn the_number_is_what_long_division_says(key in "[0-9 a-z]{0,60}") {
        prop_assert_eq!(key_number(key.as_bytes()).ok(), naive(&key));
    }

    #[test]
    fn multiples_are_found_among_other_characters(
        number: u32,
        places in prop::collection::vec(any::<prop::sample::Index>(), 1..40),
    ) {
        let mut key = format!("x{}x", u64::from(number) * places.len() as u64);
        for place in &places {
            key.insert(1 + place.index(key.len() - 1), ' ');
        }
        prop_assert_eq!(key_number(key.as_bytes()), Ok(number));
    }

    /// HX-14
    #[test]
    fn generated_keys_are_as_the_draft_says(seed: [u8; 32]) {
        let keys = Keys::generate(Seed::from(seed));
        for key in [keys.key1(), keys.key2()] {
            prop_assert_eq!(key.trim(), key, "a space at an end");
            let spaces = key.matches(' ').count();
            prop_assert!((1..=12).contains(&spaces), "{}", key);
            let is_stray = |byte: u8| matches!(byte, 0x21..=0x2f | 0x3a..=0x7e);
            let stray = key.bytes().filter(|byte| is_stray(*byte)).count();
            prop_assert!((1..=12).contains(&stray), "{}", key);
            let digits: String = key.chars().filter(char::is_ascii_digit).collect();
            prop_assert_eq!(digits.len() + stray + spaces, key.len());
            let product: u64 = digits.parse().expect("digits");
            prop_assert!(product <= u64::from(u32::MAX), "{}", product);
            prop_assert_eq!(product.to_string(), digits, "no leading zeros");
            let number = product / spaces as u64;
            prop_assert_eq!(key_number(key.as_bytes()).map(u64::from), Ok(number));
        }
        let numbers = [keys.key1(), keys.key2()].map(|key| key_number(key.as_bytes()).unwrap());
        prop_assert_eq!(keys.challenge_response(), challenge_response(numbers, keys.key3()));
        let shown = format!("{keys:?}");
        prop_assert!(!shown.contains(keys.key1()));
    }
}

/// HX-14: over many seeds everything occurs that may, and all of it is used.
#[test]
fn generated_keys_use_all_their_room() {
    let (mut counts, mut characters, mut last) = ([false; 13], [false; 128], 0);
    for seed in 0..2000_u32 {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&seed.to_be_bytes());
        let keys = Keys::generate(Seed::from(bytes));
        counts[keys.key1().matches(' ').count()] = true;
        for byte in keys.key1().bytes() {
            characters[usize::from(byte)] = true;
        }
        last |= u64::from_be_bytes(keys.key3());
    }
    assert_eq!(counts.iter().filter(|seen| **seen).count(), 12);
    assert!(characters[0x20..0x7f].iter().all(|seen| *seen));
    assert_eq!(last, u64::MAX);
}
