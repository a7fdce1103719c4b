//! Opcodes, reserved bits and the names of errors.

use websocket_proto::frame::{FrameError, InvalidUtf8, Opcode, ReservedBits};

#[test]
fn six_of_sixteen_opcodes_are_defined() {
    for bits in 0..=255 {
        let expected = match bits {
            0x0 => Some((Opcode::Continuation, false)),
            0x1 => Some((Opcode::Text, false)),
            0x2 => Some((Opcode::Binary, false)),
            0x8 => Some((Opcode::Close, true)),
            0x9 => Some((Opcode::Ping, true)),
            0xa => Some((Opcode::Pong, true)),
            _ => None,
        };
        let opcode = Opcode::from_bits(bits);
        assert_eq!(opcode.map(|opcode| (opcode, opcode.is_control())), expected);
        assert_eq!(opcode.map_or(bits, Opcode::bits), bits);
    }
}

#[test]
fn reserved_bits_are_a_set() {
    let bits = [ReservedBits::RSV1, ReservedBits::RSV2, ReservedBits::RSV3];
    assert!(ReservedBits::NONE.is_empty());
    assert_eq!(ReservedBits::default(), ReservedBits::NONE);
    for a in bits {
        assert!(!a.is_empty());
        assert!(a.contains(ReservedBits::NONE));
        assert!(!ReservedBits::NONE.contains(a));
        for b in bits {
            assert_eq!(a.contains(b), a == b);
            assert!((a | b).contains(a) && (a | b).contains(b));
            assert_eq!(a.contains(a | b), a == b);
        }
    }
    assert_eq!(format!("{:?}", ReservedBits::RSV1), "ReservedBits(0b100)");
    assert_eq!(
        format!("{:?}", ReservedBits::RSV2 | ReservedBits::RSV3),
        "ReservedBits(0b011)"
    );
}

#[test]
fn each_error_has_a_section_and_words_of_its_own() {
    let errors = [
        (FrameError::ReservedOpcode, "5.2"),
        (FrameError::ReservedBits, "5.2"),
        (FrameError::FragmentedControl, "5.5"),
        (FrameError::ControlTooLong, "5.5"),
        (FrameError::LengthNotMinimal, "5.2"),
        (FrameError::LengthTooLarge, "5.2"),
        (FrameError::Unmasked, "5.1"),
        (FrameError::Masked, "5.1"),
        (FrameError::UnexpectedContinuation, "5.4"),
        (FrameError::ExpectedContinuation, "5.4"),
    ];
    let mut words: Vec<_> = errors.iter().map(|(error, _)| error.to_string()).collect();
    words.push(InvalidUtf8.to_string());
    for (error, section) in errors {
        assert_eq!(error.section(), format!("RFC 6455 section {section}"));
    }
    words.sort();
    words.dedup();
    assert_eq!(words.len(), errors.len() + 1);
}
