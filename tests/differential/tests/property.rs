//! Whatever the bytes: nothing is left unexplained.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use differential::{Difference, Random, compare};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn any_bytes_are_explained(data in proptest::collection::vec(any::<u8>(), 0..300)) {
        compare(&data);
    }
}

/// What a fuzzer starts from, and what it found.
#[test]
fn the_corpus_is_explained() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/differential");
    let mut count = 0;
    for entry in fs::read_dir(&corpus).expect("the corpus") {
        let path = entry.expect("an entry").path();
        let input = fs::read(&path).expect("a file that can be read");
        if catch_unwind(|| compare(&input)).is_err() {
            panic!("the input was {}", path.display());
        }
        count += 1;
    }
    assert!(count >= 180, "{count} seeds");
}

/// An entry that no input shows would be a hole: it explains what it should
/// not, or nothing.
#[test]
fn every_difference_occurs() {
    let mut random = Random::new(3);
    let mut input = Vec::new();
    let mut counts = vec![0; Difference::ALL.len()];
    for _ in 0..60_000 {
        random.input(&mut input);
        let found = compare(&input).found;
        for (count, (difference, _)) in counts.iter_mut().zip(Difference::ALL) {
            *count += u32::from(found.contains(*difference));
        }
    }
    for (count, entry) in counts.iter().zip(Difference::ALL) {
        assert!(*count > 0, "never seen: {entry:?}");
    }
}
