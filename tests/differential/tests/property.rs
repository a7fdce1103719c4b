//! Whatever the bytes: nothing is left unexplained.

use differential::{Difference, Random, compare};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn any_bytes_are_explained(data in proptest::collection::vec(any::<u8>(), 0..300)) {
        compare(&data);
    }
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
