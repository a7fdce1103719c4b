//! The buffers that take what is to be written.

use proptest::prelude::*;
use websocket_proto::{FixedOutput, Output};

#[test]
fn a_fixed_output_counts_what_it_holds() {
    let mut memory = [0xee; 8];
    let mut out = FixedOutput::new(&mut memory);
    assert_eq!(
        (out.buffered(), out.available(), out.written()),
        (0, 8, &b""[..])
    );
    out.append(b"abc");
    assert_eq!(
        (out.buffered(), out.available(), out.written()),
        (3, 5, &b"abc"[..])
    );
    out.append(b"dd")[1] = b'e';
    assert_eq!(out.append(b""), b"");
    assert_eq!(
        (out.buffered(), out.available(), out.written()),
        (5, 3, &b"abcde"[..])
    );
    out.append(b"fgh");
    assert_eq!(
        (out.buffered(), out.available(), out.written()),
        (8, 0, &b"abcdefgh"[..])
    );
    out.clear();
    assert_eq!(
        (out.buffered(), out.available(), out.written()),
        (0, 8, &b""[..])
    );
    out.append(b"x");
    assert_eq!(out.written(), b"x");
    assert_eq!(memory, *b"xbcdefgh");
}

#[test]
fn a_fixed_output_is_emptied_from_the_front() {
    let mut memory = [0; 6];
    let mut out = FixedOutput::new(&mut memory);
    out.append(b"abcdef");
    out.consume(0);
    assert_eq!(out.written(), b"abcdef");
    out.consume(4);
    assert_eq!((out.written(), out.available()), (&b"ef"[..], 4));
    out.append(b"ghij");
    assert_eq!(out.written(), b"efghij");
    out.consume(7);
    assert_eq!((out.written(), out.available()), (&b""[..], 6));
}

#[test]
fn a_fixed_output_without_memory_is_full() {
    let mut out = FixedOutput::new(&mut []);
    assert_eq!((out.buffered(), out.available()), (0, 0));
    out.append(b"");
    assert_eq!(out.written(), b"");
}

#[test]
#[should_panic]
fn a_fixed_output_takes_no_more_than_fits() {
    FixedOutput::new(&mut [0; 3]).append(b"four");
}

/// Does the same to several outputs. A step may append other bytes and change
/// them where they stand.
fn fill(steps: &[(bool, Vec<u8>)], out: &mut impl Output) -> usize {
    for (change, bytes) in steps {
        let before = (out.buffered(), out.available());
        if bytes.len() > before.1 {
            continue;
        }
        if *change {
            let lent = out.append(&vec![0x5e; bytes.len()]);
            assert_eq!(lent, vec![0x5e; bytes.len()]);
            lent.copy_from_slice(bytes);
        } else {
            assert_eq!(out.append(bytes), bytes);
        }
        let after = (before.0 + bytes.len(), before.1 - bytes.len());
        assert_eq!((out.buffered(), out.available()), after);
    }
    out.buffered()
}

proptest! {
    #[test]
    fn outputs_hold_what_was_appended_in_order(
        steps in prop::collection::vec(
            (any::<bool>(), prop::collection::vec(any::<u8>(), 0..50)),
            0..20,
        ),
    ) {
        let expected: Vec<u8> = steps.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
        let mut memory = [0; 1000];
        let mut fixed = FixedOutput::new(&mut memory);
        prop_assert_eq!(fill(&steps, &mut fixed), expected.len());
        prop_assert_eq!(fixed.written(), &expected[..]);

        #[cfg(feature = "alloc")]
        {
            // What stood in it before stays.
            let mut growing = b"before".to_vec();
            prop_assert_eq!(fill(&steps, &mut growing), 6 + expected.len());
            prop_assert_eq!(&growing[..6], b"before");
            prop_assert_eq!(&growing[6..], &expected[..]);
        }
        #[cfg(feature = "bytes")]
        {
            let mut growing = bytes::BytesMut::from(&b"before"[..]);
            prop_assert_eq!(fill(&steps, &mut growing), 6 + expected.len());
            prop_assert_eq!(&growing[..6], b"before");
            prop_assert_eq!(&growing[6..], &expected[..]);
        }
    }
}
