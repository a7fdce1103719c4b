//! Marks for secrets, and the search for them in what is shown.

use std::fmt::Debug;

/// For what is text.
pub(crate) const TEXT: &str = "zQ7vX9wK";

/// For a masking key.
pub(crate) const KEY: [u8; 4] = [0xA7, 0xB9, 0xC3, 0xD5];

/// A code point, to be cut.
pub(crate) const CODE_POINT: &str = "€";

/// For a seed.
pub(crate) const SEED: [u8; 32] = [0x5A; 32];

/// What `Debug` shows of a value in every form.
#[derive(Clone)]
pub(crate) struct Shown {
    /// The file below `src`, and the name of the type.
    pub(crate) of: (&'static str, &'static str),
    /// What the value is.
    pub(crate) how: String,
    pub(crate) text: String,
    /// Marks beside those that are always looked for.
    marks: Vec<Vec<u8>>,
}

impl Shown {
    pub(crate) fn new(
        file: &'static str,
        name: &'static str,
        how: &str,
        value: &impl Debug,
    ) -> Self {
        Self {
            of: (file, name),
            how: format!("{file} {name}, {how}"),
            text: format!("{value:?}\n{value:#?}\n{value:x?}\n{value:#X?}"),
            marks: Vec::new(),
        }
    }

    /// With secrets that this value was made with.
    pub(crate) fn with_marks(mut self, marks: &[&[u8]]) -> Self {
        self.marks.extend(marks.iter().map(|mark| mark.to_vec()));
        self
    }

    /// The first mark in it.
    pub(crate) fn first_mark(&self) -> Option<String> {
        let always = [TEXT.as_bytes(), &KEY, CODE_POINT.as_bytes(), &SEED[..8]];
        let marks = always
            .into_iter()
            .chain(self.marks.iter().map(|mark| &mark[..]));
        find_mark(&self.text, marks)
    }
}

/// Four characters of a mark that is text, or two bytes of any, as a list of
/// decimal or hexadecimal numbers, or as hexadecimal digits.
fn find_mark<'a>(text: &str, marks: impl Iterator<Item = &'a [u8]>) -> Option<String> {
    let dense: String = text.split_whitespace().collect();
    let lower = dense.to_ascii_lowercase();
    for mark in marks {
        let as_text = mark.windows(4).filter_map(|part| str::from_utf8(part).ok());
        let found = as_text
            .filter(|part| part.trim().len() == 4)
            .find(|part| text.contains(part));
        if let Some(part) = found {
            return Some(part.to_owned());
        }
        for part in mark.windows(2) {
            let [a, b] = [part[0], part[1]];
            for list in [
                format!("{a},{b}"),
                format!("{a:x},{b:x}"),
                format!("{a:02x},{b:02x}"),
                format!("0x{a:x},0x{b:x}"),
                format!("0x{a:02x},0x{b:02x}"),
                format!("{a:02x}{b:02x}"),
                format!("\\x{a:02x}\\x{b:02x}"),
            ] {
                if contains_numbers(&lower, &list) {
                    return Some(list);
                }
            }
        }
    }
    None
}

/// Whether the list stands there, and not as a part of longer numbers where it
/// begins and ends with one.
fn contains_numbers(text: &str, list: &str) -> bool {
    let is_list = list.contains(',');
    text.match_indices(list).any(|(at, _)| {
        let before = text[..at].bytes().next_back();
        let after = text[at + list.len()..].bytes().next();
        let goes_on = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_hexdigit());
        !is_list || !goes_on(before) && !goes_on(after)
    })
}

/// The search finds what it is for, or the test of all types says nothing.
#[test]
fn a_mark_is_found_in_every_form() {
    #[derive(Debug)]
    #[allow(dead_code, reason = "shown by `Debug`")]
    struct Held<T>(T);

    fn found(value: &impl Debug) -> bool {
        Shown::new("", "", "", value).first_mark().is_some()
    }

    let secret = format!("a {TEXT} b");
    assert!(found(&Held(&secret)));
    assert!(found(&Held(&TEXT[2..6])));
    for bytes in [secret.as_bytes(), &KEY, &CODE_POINT.as_bytes()[..2], &SEED] {
        assert!(found(&Held(bytes)), "{bytes:?}");
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x} ")).collect();
        assert!(found(&Held(digits)), "{bytes:?}");
        assert!(
            found(&format_args!("\"{}\"", bytes.escape_ascii())),
            "{bytes:?}"
        );
        for form in [
            format!("{bytes:?}"),
            format!("{bytes:#?}"),
            format!("{bytes:#x?}"),
        ] {
            let found = find_mark(&form, [bytes].into_iter());
            assert!(found.is_some(), "{form}");
        }
    }
    let other = [1, 2, 3, 4];
    assert!(!found(&other));
    assert!(
        Shown::new("", "", "", &other)
            .with_marks(&[&[2, 3]])
            .first_mark()
            .is_some()
    );
    assert!(!found(&Held("nothing of it")));
}
