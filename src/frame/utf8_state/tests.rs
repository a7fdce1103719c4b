//! The automaton for short pieces of text, against `str`.

use core::str;

use proptest::prelude::*;

use super::Utf8State;

/// As `str` has it.
fn assert_state(bytes: &[u8]) {
    let state = Utf8State::new().after(bytes);
    let begins = match str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    assert_eq!(state.is_valid(), begins, "{bytes:x?}");
    assert_eq!(
        state == Utf8State::new(),
        str::from_utf8(bytes).is_ok(),
        "{bytes:x?}"
    );
}

#[test]
fn every_pair_of_bytes_is_judged_as_str_judges_it() {
    for first in 0..=u8::MAX {
        assert_state(&[first]);
        for second in 0..=u8::MAX {
            assert_state(&[first, second]);
            for rest in [
                &b"\x80"[..],
                b"\xbf",
                b"\x7f",
                b"\x80\x80",
                b"\xbf\xbf",
                b"\x80a",
                b"\xc2\x80",
            ] {
                assert_state(&[&[first, second], rest].concat());
            }
        }
    }
}

proptest! {
    #[test]
    fn texts_are_judged_as_str_judges_them(text in "\\PC*", at in 0_usize..200, byte: u8, cut in 0_usize..200) {
        let mut bytes = text.into_bytes();
        assert_state(&bytes);
        if let Some(place) = bytes.get_mut(at) {
            *place = byte;
        }
        assert_state(&bytes);
        let (start, rest) = bytes.split_at(cut.min(bytes.len()));
        assert_eq!(Utf8State::new().after(start).after(rest), Utf8State::new().after(&bytes));
    }
}
