//! Random operations on a connection, of either role and under all settings,
//! do what a naive reference does.
#![cfg(feature = "alloc")]

mod reference;
mod script;

use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000.max(ProptestConfig::default().cases), ..ProptestConfig::default() })]

    #[test]
    fn connection_does_what_the_reference_does(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        script::run(&bytes);
    }
}
