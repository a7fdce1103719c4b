//! Headers as bytes and back, against a parser that goes bit by bit.

use proptest::prelude::*;
use websocket_proto::frame::{FrameError, Header, MaskingKey, Opcode, ReservedBits};

use crate::twin::{self, Fields, Verdict};

const OPCODES: [Opcode; 6] = [
    Opcode::Continuation,
    Opcode::Text,
    Opcode::Binary,
    Opcode::Close,
    Opcode::Ping,
    Opcode::Pong,
];

/// The lengths at which the form changes, and their neighbours.
const LENGTHS: [u64; 17] = [
    0,
    1,
    2,
    124,
    125,
    126,
    127,
    128,
    255,
    256,
    65534,
    65535,
    65536,
    65537,
    u32::MAX as u64,
    (1 << 63) - 2,
    (1 << 63) - 1,
];

const MAX_LENGTH: u64 = (1 << 63) - 1;

fn reserved(bits: [bool; 3]) -> ReservedBits {
    [ReservedBits::RSV1, ReservedBits::RSV2, ReservedBits::RSV3]
        .into_iter()
        .zip(bits)
        .filter(|(_, set)| *set)
        .fold(ReservedBits::NONE, |sum, (bit, _)| sum | bit)
}

/// The fields of a header in the words of the twin.
pub(crate) fn fields(header: &Header) -> Fields {
    let bits = header.reserved_bits();
    Fields {
        fin: header.is_final(),
        reserved: [ReservedBits::RSV1, ReservedBits::RSV2, ReservedBits::RSV3]
            .map(|bit| bits.contains(bit)),
        opcode: header.opcode().bits(),
        key: header.masking_key().map(MaskingKey::bytes),
        length: header.payload_length(),
    }
}

/// The header with these fields, if there may be one.
fn build(fields: &Fields) -> Result<Header, FrameError> {
    let opcode = Opcode::from_bits(fields.opcode).ok_or(FrameError::ReservedOpcode)?;
    let header =
        Header::new(opcode, fields.fin, fields.length)?.reserved(reserved(fields.reserved));
    Ok(match fields.key {
        Some(key) => header.masked(MaskingKey::new(key)),
        None => header,
    })
}

/// Compares the parser with the twin, which says of each part of `bytes` what
/// it proves.
fn check_parse(bytes: &[u8]) {
    for end in 0..=bytes.len() {
        let bytes = &bytes[..end];
        let parsed = Header::parse(bytes);
        match twin::header(bytes, None) {
            Verdict::Incomplete => assert_eq!(parsed, Ok(None), "{bytes:02x?}"),
            Verdict::Wrong { error, .. } => assert_eq!(parsed, Err(error), "{bytes:02x?}"),
            Verdict::Whole {
                fields: expected,
                taken,
            } => {
                let (header, length) = parsed.expect("no error").expect("a header");
                assert_eq!((fields(&header), length), (expected, taken), "{bytes:02x?}");
                // What was accepted encodes to itself.
                assert_eq!(header.encode().as_slice(), &bytes[..taken]);
                assert_eq!(build(&expected), Ok(header));
            }
        }
    }
}

/// Encodes a header and parses it back, whole, cut and with more behind it.
fn check_encode(header: Header) {
    let encoded = header.encode();
    let bytes = encoded.as_slice();
    assert_eq!(encoded.as_ref(), bytes);
    assert!(bytes.len() <= Header::MAX_ENCODED);
    assert_eq!(Header::parse(bytes), Ok(Some((header, bytes.len()))));
    for end in 0..bytes.len() {
        assert_eq!(
            Header::parse(&bytes[..end]),
            Ok(None),
            "{end} of {bytes:02x?}"
        );
    }
    let longer = [bytes, &[0xff; 20]].concat();
    assert_eq!(Header::parse(&longer), Ok(Some((header, bytes.len()))));
    let expected = Verdict::Whole {
        fields: fields(&header),
        taken: bytes.len(),
    };
    assert_eq!(twin::header(bytes, None), expected);
}

#[test]
fn headers_of_all_fields_come_back_as_they_were() {
    for opcode in OPCODES {
        for fin in [false, true] {
            for length in LENGTHS {
                let header = Header::new(opcode, fin, length);
                let expected = match opcode.is_control() {
                    true if !fin => Err(FrameError::FragmentedControl),
                    true if length > 125 => Err(FrameError::ControlTooLong),
                    _ => Ok(()),
                };
                assert_eq!(header.map(|_| ()), expected);
                let Ok(header) = header else { continue };
                for bits in 0..8 {
                    let bits = reserved([bits & 4 != 0, bits & 2 != 0, bits & 1 != 0]);
                    check_encode(header.reserved(bits));
                    for key in [[0; 4], [0x37, 0xfa, 0x21, 0x3d], [0xff; 4]] {
                        check_encode(header.reserved(bits).masked(MaskingKey::new(key)));
                    }
                }
            }
        }
    }
}

#[test]
fn lengths_from_2_to_the_63_on_are_refused() {
    for length in [1 << 63, (1 << 63) + 1, u64::MAX] {
        for opcode in [Opcode::Continuation, Opcode::Text, Opcode::Binary] {
            assert_eq!(
                Header::new(opcode, true, length),
                Err(FrameError::LengthTooLarge)
            );
        }
        assert_eq!(
            Header::new(Opcode::Ping, true, length),
            Err(FrameError::ControlTooLong)
        );
    }
}

/// Masked or not, every length takes the fewest bytes that hold it.
#[test]
fn the_form_of_the_length_is_the_shortest() {
    for length in (0..70_000).chain(LENGTHS) {
        let expected = match length {
            0..126 => 2,
            126..65536 => 4,
            _ => 10,
        };
        let header = Header::new(Opcode::Binary, true, length).unwrap();
        assert_eq!(header.encode().as_slice().len(), expected);
        let header = header.masked(MaskingKey::new([0; 4]));
        assert_eq!(header.encode().as_slice().len(), expected + 4);
    }
}

#[test]
fn all_first_two_bytes_with_the_edges_of_the_rest() {
    let rests = LENGTHS
        .iter()
        .chain(&[0x80 << 56, u64::MAX, 0x0001_0000_0000_0000])
        .flat_map(|length| {
            let short = (*length as u16).to_be_bytes();
            let long = length.to_be_bytes();
            [
                [&short[..], &[0xa5; 10]].concat(),
                [&long[..], &[0x5a; 4]].concat(),
            ]
        });
    let rests: Vec<_> = rests.collect();
    // The reserved bits, which are told and not judged: none and all.
    let firsts = (0..=255_u8).filter(|first| matches!(first & 0x70, 0 | 0x70));
    for first in firsts {
        for second in 0..=255 {
            for rest in &rests {
                let bytes = [&[first, second][..], rest].concat();
                // The whole of it; every part of it for some.
                if first & 0x70 == 0 && second & 0x7f > 125 {
                    check_parse(&bytes);
                } else {
                    assert_eq!(verdict(&bytes), twin::header(&bytes, None));
                }
            }
        }
    }
}

/// What the parser says, in the words of the twin; `known` found by trying.
fn verdict(bytes: &[u8]) -> Verdict {
    match Header::parse(bytes) {
        Ok(None) => Verdict::Incomplete,
        Ok(Some((header, taken))) => Verdict::Whole {
            fields: fields(&header),
            taken,
        },
        Err(error) => {
            let known = (0..=bytes.len()).find(|end| Header::parse(&bytes[..*end]).is_err());
            Verdict::Wrong {
                error,
                known: known.expect("the whole proves it"),
            }
        }
    }
}

/// An error is due as soon as nothing that follows could make a header, and
/// not before: the definition, tried out.
#[test]
fn errors_come_when_nothing_could_follow_and_not_before() {
    let fills = [[0x00; 14], [0x7f; 14], [0xff; 14], [0x01; 14]];
    let could_be = |bytes: &[u8]| {
        fills
            .iter()
            .any(|fill| matches!(Header::parse(&[bytes, fill].concat()), Ok(Some(_))))
    };
    let middles = [
        vec![],
        vec![0x00],
        vec![0x00, 0x7d],
        vec![0x00, 0x7e],
        vec![0x7f],
        vec![0x80],
        vec![0x00; 5],
        vec![0x00; 6],
        vec![0x00; 7],
        vec![0x00; 8],
        vec![0x00, 0x00, 0x00, 0x00, 0x00, 0x01],
        vec![0x7f, 0xff, 0xff],
        vec![0xff; 8],
    ];
    for first in 0..=255_u8 {
        assert_eq!(
            Header::parse(&[first]).is_ok(),
            could_be(&[first]),
            "{first:02x}"
        );
        for second in 0..=255_u8 {
            for middle in &middles {
                let bytes = [&[first, second][..], middle].concat();
                assert_eq!(
                    Header::parse(&bytes).is_ok(),
                    could_be(&bytes),
                    "{bytes:02x?}"
                );
            }
        }
    }
}

fn any_fields() -> impl Strategy<Value = Fields> {
    let length = prop_oneof![
        prop::sample::select(&LENGTHS[..]),
        0_u64..130,
        0_u64..70_000,
        0_u64..=MAX_LENGTH,
    ];
    (
        any::<bool>(),
        any::<[bool; 3]>(),
        0_u8..16,
        any::<Option<[u8; 4]>>(),
        length,
    )
        .prop_map(|(fin, reserved, opcode, key, length)| Fields {
            fin,
            reserved,
            opcode,
            key,
            length,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn any_header_comes_back_as_it_was(expected in any_fields()) {
        if let Ok(header) = build(&expected) {
            prop_assert_eq!(fields(&header), expected);
            check_encode(header);
        }
    }

    #[test]
    fn any_bytes_parse_as_the_twin_says(
        first: u8,
        second in prop_oneof![any::<u8>(), Just(126), Just(127), Just(254), Just(255)],
        zeros in 0_usize..8,
        rest in prop::collection::vec(any::<u8>(), 0..16),
    ) {
        check_parse(&[&[first, second][..], &vec![0; zeros], &rest].concat());
        check_parse(&rest);
    }
}
