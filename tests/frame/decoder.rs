//! The decoder of a stream, in every cut, against a twin that has it whole.

use proptest::prelude::*;
use websocket_proto::Role;
use websocket_proto::frame::{
    Decoded, Decoder, FrameError, Header, MaskingKey, Opcode, ReservedBits,
};

use crate::header::fields;
use crate::twin::{self, Stream};

const ROLES: [Role; 2] = [Role::Client, Role::Server];

/// A decoder under test, and what it gave so far.
struct Run {
    decoder: Decoder,
    limit: usize,
    frames: Vec<(Header, Vec<u8>)>,
    /// The last frame has ended.
    ended: bool,
    error: Option<(FrameError, usize)>,
    fed: usize,
}

impl Run {
    fn new(role: Role, limit: usize) -> Self {
        Self {
            decoder: Decoder::new(role),
            limit,
            frames: Vec::new(),
            ended: true,
            error: None,
            fed: 0,
        }
    }

    /// Feeds one read until nothing is left of it or the stream fails.
    fn feed(&mut self, bytes: &[u8]) {
        let mut read = bytes.to_vec();
        let mut input = &mut read[..];
        self.fed += bytes.len();
        loop {
            match self.decoder.decode_up_to(&mut input, self.limit) {
                Ok(None) => {
                    assert!(input.is_empty(), "`None` with input left");
                    assert_eq!(self.error, None, "an error that does not stay");
                    return;
                }
                Ok(Some(Decoded::Header(header))) => {
                    assert!(self.ended, "a header within a payload");
                    self.ended = false;
                    self.frames.push((header, Vec::new()));
                    assert_eq!(self.decoder.remaining(), header.payload_length());
                }
                Ok(Some(Decoded::Payload { bytes, end })) => {
                    assert!(!self.ended, "a payload without a header");
                    let (header, payload) = self.frames.last_mut().expect("a header");
                    assert!(!bytes.is_empty() || header.payload_length() == 0);
                    assert!(bytes.len() <= self.limit);
                    payload.extend(&*bytes);
                    let left = header.payload_length() - payload.len() as u64;
                    assert_eq!((self.decoder.remaining(), end), (left, left == 0));
                    self.ended = end;
                }
                Err(error) => {
                    match self.error {
                        None => self.error = Some((error, self.fed)),
                        Some((first, _)) => assert_eq!(error, first, "the error is to stay"),
                    }
                    return;
                }
            }
        }
    }

    /// Compares with the twin. When the error came is exact only where single
    /// bytes were fed.
    fn check(&self, expected: &Stream, exact: bool) {
        let frames: Vec<_> = self
            .frames
            .iter()
            .map(|(header, payload)| (fields(header), payload.clone()))
            .collect();
        assert!(
            frames == expected.frames,
            "{frames:x?} for {:x?}",
            expected.frames
        );
        match (self.error, expected.error) {
            (Some((error, at)), Some((other, known))) => {
                assert_eq!(error, other);
                assert!(
                    if exact { at == known } else { at >= known },
                    "{at}, {known}"
                );
            }
            (None, None) => {
                assert_eq!(self.decoder.is_idle(), expected.idle);
                assert_eq!(self.decoder.remaining(), expected.remaining);
            }
            (one, other) => panic!("{one:?} for {other:?}"),
        }
    }
}

/// Feeds a stream whole, byte by byte and in the given reads.
fn check(role: Role, bytes: &[u8], cuts: &[usize], limit: usize) {
    let expected = twin::stream(role, [false; 3], bytes);

    let mut whole = Run::new(role, usize::MAX);
    whole.feed(bytes);
    whole.check(&expected, false);

    let mut single = Run::new(role, usize::MAX);
    bytes.chunks(1).for_each(|byte| single.feed(byte));
    single.check(&expected, true);

    let mut cut = Run::new(role, limit);
    let mut start = 0;
    for end in cuts.iter().copied().chain([bytes.len()]) {
        cut.feed(&bytes[start..end]);
        start = end;
    }
    cut.check(&expected, false);
}

/// The same, split in two at every position.
fn check_splits(role: Role, bytes: &[u8]) {
    for cut in 0..=bytes.len() {
        check(role, bytes, &[cut], usize::MAX);
    }
}

/// A frame as one that may be wrong, and its payload.
fn frame() -> impl Strategy<Value = Vec<u8>> {
    let length = prop_oneof![4 => 0_usize..20, 2 => 120_usize..135, 1 => 0_usize..300];
    let opcode = prop::sample::select(&[0_u8, 1, 2, 8, 9, 10][..]);
    (
        opcode,
        any::<bool>(),
        any::<Option<[u8; 4]>>(),
        length,
        any::<u8>(),
    )
        .prop_map(|(opcode, fin, key, length, fill)| {
            let opcode = Opcode::from_bits(opcode).expect("a defined opcode");
            let length = if opcode.is_control() {
                length.min(125)
            } else {
                length
            };
            let fin = fin || opcode.is_control();
            let header = Header::new(opcode, fin, length as u64).expect("a legal header");
            let header = match key {
                Some(key) => header.masked(MaskingKey::new(key)),
                None => header,
            };
            let payload = (0..length).map(|i| fill.wrapping_add(i as u8));
            let mut bytes = header.encode().as_slice().to_vec();
            bytes.extend(payload);
            bytes
        })
}

/// Frames in an order that is legal: no wrong masking, continuations where
/// they belong.
fn legal_stream() -> impl Strategy<Value = (Role, Vec<u8>)> {
    let part = (any::<bool>(), frame());
    (
        prop::sample::select(&ROLES[..]),
        prop::collection::vec(part, 0..8),
    )
        .prop_map(|(role, parts)| {
            let mut stream = Vec::new();
            let mut in_message = false;
            for (masks, mut bytes) in parts {
                let (header, length) = Header::parse(&bytes).unwrap().unwrap();
                let payload = bytes.split_off(length);
                let opcode = match (header.opcode(), in_message) {
                    (opcode, _) if opcode.is_control() => opcode,
                    (_, true) => Opcode::Continuation,
                    (Opcode::Continuation, false) => Opcode::Binary,
                    (opcode, false) => opcode,
                };
                if !opcode.is_control() {
                    in_message = !header.is_final();
                }
                let mut header =
                    Header::new(opcode, header.is_final(), header.payload_length()).unwrap();
                if role == Role::Server {
                    let key = if masks {
                        [0x37, 0xfa, 0x21, 0x3d]
                    } else {
                        [0; 4]
                    };
                    header = header.masked(MaskingKey::new(key));
                }
                stream.extend(header.encode().as_slice());
                stream.extend(payload);
            }
            (role, stream)
        })
}

fn cuts_of(bytes: &[u8], cuts: &[prop::sample::Index]) -> Vec<usize> {
    let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    cuts.sort_unstable();
    cuts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn legal_streams_in_any_reads(
        (role, bytes) in legal_stream(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
        limit in prop_oneof![1_usize..20, Just(usize::MAX)],
    ) {
        prop_assert_eq!(twin::stream(role, [false; 3], &bytes).error, None);
        check(role, &bytes, &cuts_of(&bytes, &cuts), limit);
    }

    #[test]
    fn streams_with_a_flaw_in_any_reads(
        (role, mut bytes) in legal_stream(),
        flaw in any::<(prop::sample::Index, u8)>(),
        tail in prop::collection::vec(any::<u8>(), 0..20),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
        limit in prop_oneof![1_usize..20, Just(usize::MAX)],
    ) {
        bytes.extend(tail);
        if !bytes.is_empty() {
            let at = flaw.0.index(bytes.len());
            bytes[at] = flaw.1;
        }
        check(role, &bytes, &cuts_of(&bytes, &cuts), limit);
    }

    #[test]
    fn frames_in_any_order(
        role in prop::sample::select(&ROLES[..]),
        frames in prop::collection::vec(frame(), 0..4),
    ) {
        check(role, &frames.concat(), &[], 7);
    }

    #[test]
    fn any_bytes_at_all(
        role in prop::sample::select(&ROLES[..]),
        bytes in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        check(role, &bytes, &[bytes.len() / 2], 3);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn streams_split_at_every_position((role, bytes) in legal_stream()) {
        check_splits(role, &bytes);
    }
}

/// A message of three fragments with control frames between, then the longest
/// header there is.
#[test]
fn a_stream_of_all_kinds_split_at_every_position() {
    let parts: [(Opcode, bool, u64); 8] = [
        (Opcode::Text, false, 3),
        (Opcode::Ping, true, 0),
        (Opcode::Continuation, false, 0),
        (Opcode::Pong, true, 125),
        (Opcode::Continuation, true, 126),
        (Opcode::Binary, true, 1),
        (Opcode::Close, true, 2),
        (Opcode::Binary, false, (1 << 63) - 1),
    ];
    for role in ROLES {
        let mut bytes = Vec::new();
        for (opcode, fin, length) in parts {
            let header = Header::new(opcode, fin, length).unwrap();
            let header = match role {
                Role::Server => header.masked(MaskingKey::new([1, 2, 3, 4])),
                Role::Client => header,
            };
            bytes.extend(header.encode().as_slice());
            bytes.extend((0..length.min(130)).map(|i| i as u8));
        }
        check_splits(role, &bytes);
    }
}

#[test]
fn the_allowed_reserved_bits_alone_come_through() {
    let all = [ReservedBits::RSV1, ReservedBits::RSV2, ReservedBits::RSV3];
    for allowed in 0..8_u8 {
        let allows = [0, 1, 2].map(|i| allowed & (4 >> i) != 0);
        let set = (0..3)
            .filter(|i| allows[*i])
            .fold(ReservedBits::NONE, |sum, i| sum | all[i]);
        for bits in 0..8_u8 {
            let bytes = [0x82 | bits << 4, 0];
            let mut read = bytes;
            let mut decoder = Decoder::new(Role::Client).allow(set);
            let decoded = decoder.decode(&mut &mut read[..]);
            match twin::stream(Role::Client, allows, &bytes).error {
                Some((error, _)) => assert_eq!(decoded, Err(error)),
                None => assert!(matches!(decoded, Ok(Some(Decoded::Header(_))))),
            }
            let subset = bits & !allowed == 0;
            assert_eq!(set.contains(bits_of(bits)), subset);
        }
    }
}

fn bits_of(bits: u8) -> ReservedBits {
    let (header, _) = Header::parse(&[0x82 | bits << 4, 0]).unwrap().unwrap();
    header.reserved_bits()
}

#[test]
fn a_stream_may_end_between_messages_alone() {
    let bytes = [0x01, 1, b'a', 0x89, 0, 0x80, 2, b'b', b'c'];
    let idle = [
        true, false, false, false, false, false, false, false, false, true,
    ];
    for (end, idle) in idle.into_iter().enumerate() {
        let mut run = Run::new(Role::Client, usize::MAX);
        run.feed(&bytes[..end]);
        assert_eq!(run.decoder.is_idle(), idle, "after {end}");
    }
}

/// What is decoded are parts of the input, unmasked in place.
#[test]
fn payloads_are_lent_from_the_input() {
    let mut read = [
        0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
    ];
    let start = read.as_ptr() as usize;
    let mut input = &mut read[..];
    let mut decoder = Decoder::new(Role::Server);
    assert!(decoder.is_idle());
    assert!(matches!(
        decoder.decode(&mut input),
        Ok(Some(Decoded::Header(_)))
    ));
    assert!(!decoder.is_idle());
    match decoder.decode(&mut input) {
        Ok(Some(Decoded::Payload { bytes, end: true })) => {
            assert_eq!(bytes, b"Hello");
            assert_eq!(bytes.as_ptr() as usize, start + 6);
        }
        other => panic!("{other:?}"),
    }
    assert!(decoder.is_idle());
}

#[test]
fn a_stream_may_not_end_at_an_error() {
    let mut decoder = Decoder::new(Role::Client);
    assert!(decoder.decode(&mut &mut [0x83, 0][..]).is_err());
    assert!(!decoder.is_idle());
}

#[test]
fn an_empty_payload_ends_without_further_input() {
    let mut decoder = Decoder::new(Role::Client);
    let mut read = [0x81, 0x00];
    let mut input = &mut read[..];
    assert!(matches!(
        decoder.decode(&mut input),
        Ok(Some(Decoded::Header(_)))
    ));
    assert!(!decoder.is_idle());
    let end = Decoded::Payload {
        bytes: &mut [],
        end: true,
    };
    assert_eq!(decoder.decode(&mut input), Ok(Some(end)));
    assert!(decoder.is_idle());
    assert_eq!(decoder.decode(&mut input), Ok(None));
}
