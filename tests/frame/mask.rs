//! Masking against a loop over single bytes (RFC 6455 section 5.3).

use proptest::prelude::*;
use websocket_proto::frame::MaskingKey;

const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// Byte `i` XOR key byte `i mod 4`, as the RFC has it.
fn twin(key: [u8; 4], phase: usize, payload: &[u8]) -> Vec<u8> {
    (0..payload.len())
        .map(|i| payload[i] ^ key[(i + phase) % 4])
        .collect()
}

fn payload(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i * 89 + 7) as u8).collect()
}

#[test]
fn every_short_length_from_every_phase() {
    for length in 0..=300 {
        let plain = payload(length);
        for phase in 0..4 {
            let expected = twin(KEY, phase, &plain);
            let key = MaskingKey::new(KEY).rotated(phase);

            let mut in_place = plain.clone();
            key.apply(&mut in_place);
            assert_eq!(in_place, expected, "length {length}, phase {phase}");

            let mut copy = vec![0xaa; length];
            key.apply_copy(&plain, &mut copy);
            assert_eq!(copy, expected, "length {length}, phase {phase}");

            #[cfg(feature = "alloc")]
            {
                // Without room and with as much as anybody could want.
                for room in [0, 1000] {
                    let mut appended = Vec::with_capacity(6 + room);
                    appended.extend(b"before");
                    key.append(&mut appended, &plain);
                    assert_eq!(appended, [&b"before"[..], &expected].concat());
                }
            }
        }
    }
}

/// Neither the alignment of the payload nor what lies around it matters.
#[test]
fn any_part_of_a_buffer_and_nothing_around_it() {
    let plain = payload(80);
    let key = MaskingKey::new(KEY);
    for start in 0..=20 {
        for end in start..=plain.len() {
            let masked = twin(KEY, 0, &plain[start..end]);
            let expected = [&plain[..start], &masked, &plain[end..]].concat();
            let mut buffer = plain.clone();
            key.apply(&mut buffer[start..end]);
            assert_eq!(buffer, expected, "{start}..{end}");

            let mut target = plain.clone();
            key.apply_copy(&plain[start..end], &mut target[start..end]);
            assert_eq!(target, expected, "{start}..{end}");
        }
    }
}

#[test]
fn a_key_is_rotated_by_the_offset_modulo_four() {
    let key = MaskingKey::new([1, 2, 3, 4]);
    for (offset, bytes) in [
        (0, [1, 2, 3, 4]),
        (1, [2, 3, 4, 1]),
        (2, [3, 4, 1, 2]),
        (3, [4, 1, 2, 3]),
        (4, [1, 2, 3, 4]),
        (usize::MAX, [4, 1, 2, 3]),
    ] {
        assert_eq!(key.rotated(offset).bytes(), bytes);
        assert_eq!(key.rotated(offset), MaskingKey::from(bytes));
    }
}

#[test]
#[should_panic(expected = "lengths differ")]
fn a_copy_to_a_target_of_another_length_panics() {
    MaskingKey::new(KEY).apply_copy(&[0; 20], &mut [0; 19]);
}

#[test]
fn a_key_shows_none_of_its_bytes() {
    assert_eq!(format!("{:?}", MaskingKey::new(KEY)), "MaskingKey(..)");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_payload_under_any_key(
        key: [u8; 4],
        phase in 0_usize..1000,
        plain in prop::collection::vec(any::<u8>(), 0..70_000),
    ) {
        let expected = twin(key, phase, &plain);
        let key = MaskingKey::new(key).rotated(phase);
        let mut buffer = plain.clone();
        key.apply(&mut buffer);
        prop_assert!(buffer == expected);
        key.apply(&mut buffer);
        prop_assert!(buffer == plain, "twice gives it back");
        key.apply_copy(&plain, &mut buffer);
        prop_assert!(buffer == expected);
    }
}

proptest! {
    #[test]
    fn a_payload_in_pieces(
        key: [u8; 4],
        pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..12),
    ) {
        let expected = twin(key, 0, &pieces.concat());
        let mut masked = Vec::new();
        for piece in pieces {
            let start = masked.len();
            masked.extend(&piece);
            MaskingKey::new(key).rotated(start).apply(&mut masked[start..]);
        }
        prop_assert_eq!(masked, expected);
    }
}
