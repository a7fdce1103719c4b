//! The frame layer: whatever the pieces, what the reference says.

use websocket_proto::Role;
use websocket_proto::frame::{
    ClosePayload, Decoded, Decoder, FrameError, Header, MAX_CONTROL_PAYLOAD, MaskingKey,
    ReservedBits, Utf8Validator,
};

use super::choices::{Choices, Cuts};
use super::reference::{Frame, Frames};

/// Input: flags (role, allowed reserved bits), a limit of the payload pieces,
/// three piece sizes, then the stream.
pub fn run(data: &[u8]) {
    let mut choices = Choices::new(data);
    let flags = choices.byte();
    let limit = match choices.byte() {
        0 => usize::MAX,
        limit => usize::from(limit),
    };
    let cuts = Cuts::choose(&mut choices);
    let stream = choices.rest();
    let role = match flags & 1 {
        0 => Role::Server,
        _ => Role::Client,
    };

    let expected = Outcome::of_reference(stream, role, flags & 0x70);
    for (cuts, limit) in [
        (Cuts::WHOLE, usize::MAX),
        (Cuts::WHOLE, limit),
        (Cuts::SINGLE, usize::MAX),
        (cuts, limit),
    ] {
        let outcome = Outcome::of_decoder(stream, role, flags & 0x70, cuts, limit);
        assert_eq!(outcome, expected, "{cuts:?}, limit {limit}");
    }
    header(stream);
    close_payload(stream);
    utf8(stream, cuts);
    mask(stream, cuts, flags);
}

#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    frames: Vec<Frame>,
    error: Option<FrameError>,
    is_idle: bool,
}

impl Outcome {
    fn of_reference(stream: &[u8], role: Role, allowed: u8) -> Self {
        let mut frames = Vec::new();
        let mut source = Frames::new(stream, role, allowed);
        let error = loop {
            match source.next() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        let is_complete = frames.last().is_none_or(Frame::is_complete);
        Self {
            is_idle: source.rest.is_empty() && is_complete && !source.in_message(),
            frames,
            error,
        }
    }

    fn of_decoder(stream: &[u8], role: Role, allowed: u8, cuts: Cuts, limit: usize) -> Self {
        let mut stream = stream.to_vec();
        let mut decoder = Decoder::new(role).allow(bits(allowed));
        let mut frames: Vec<Frame> = Vec::new();
        let mut error = None;
        let mut ended = true;
        for piece in cuts.of(&mut stream) {
            let mut input = piece;
            loop {
                match decoder.decode_up_to(&mut input, limit) {
                    Ok(Some(Decoded::Header(header))) => {
                        assert!(ended, "a header within a payload");
                        assert_eq!(decoder.remaining(), header.payload_length());
                        ended = false;
                        frames.push(frame(&header));
                    }
                    Ok(Some(Decoded::Payload { bytes, end })) => {
                        assert!(!ended, "a payload without a header");
                        assert!(bytes.len() <= limit);
                        let frame = frames.last_mut().expect("a header first");
                        assert!(
                            !bytes.is_empty() || frame.length == 0,
                            "an empty piece of a payload that is not"
                        );
                        frame.payload.extend_from_slice(bytes);
                        assert_eq!(
                            decoder.remaining(),
                            frame.length - frame.payload.len() as u64
                        );
                        assert_eq!(end, frame.is_complete());
                        ended = end;
                    }
                    Ok(None) => {
                        assert!(input.is_empty(), "input left over");
                        assert_eq!(error, None, "the error is gone");
                        break;
                    }
                    Err(new) => {
                        assert_eq!(*error.get_or_insert(new), new, "another error");
                        break;
                    }
                }
            }
        }
        // The payload of an empty frame comes without any further input.
        if !ended && frames.last().is_some_and(|frame| frame.length == 0) {
            panic!("an empty payload was not given");
        }
        Self {
            frames,
            error,
            is_idle: error.is_none() && decoder.is_idle(),
        }
    }
}

fn frame(header: &Header) -> Frame {
    let mut reserved = 0;
    for (bit, value) in RESERVED {
        if header.reserved_bits().contains(bit) {
            reserved |= value;
        }
    }
    Frame {
        opcode: header.opcode().bits(),
        is_final: header.is_final(),
        reserved,
        key: header.masking_key().map(MaskingKey::bytes),
        length: header.payload_length(),
        payload: Vec::new(),
    }
}

const RESERVED: [(ReservedBits, u8); 3] = [
    (ReservedBits::RSV1, 0x40),
    (ReservedBits::RSV2, 0x20),
    (ReservedBits::RSV3, 0x10),
];

fn bits(allowed: u8) -> ReservedBits {
    RESERVED
        .into_iter()
        .filter(|(_, value)| allowed & value != 0)
        .fold(ReservedBits::NONE, |bits, (bit, _)| bits | bit)
}

/// A header that parses is the one that encodes to these bytes, and no fewer
/// bytes are enough.
fn header(stream: &[u8]) {
    let Ok(Some((header, length))) = Header::parse(stream) else {
        return;
    };
    assert_eq!(header.encode().as_slice(), &stream[..length]);
    for cut in 0..length {
        assert_eq!(Header::parse(&stream[..cut]), Ok(None), "cut at {cut}");
    }
}

fn close_payload(stream: &[u8]) {
    let payload = &stream[..stream.len().min(MAX_CONTROL_PAYLOAD)];
    let Ok(Some(parsed)) = ClosePayload::parse(payload) else {
        return;
    };
    let mut buffer = [0; MAX_CONTROL_PAYLOAD];
    assert_eq!(parsed.encode(&mut buffer), Some(payload));
    let code = parsed.code.value();
    assert!((1000..5000).contains(&code) && ![1004, 1005, 1006, 1015].contains(&code));
}

/// Whether some valid text begins with these bytes.
fn may_begin_text(bytes: &[u8]) -> bool {
    match core::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    }
}

fn utf8(stream: &[u8], cuts: Cuts) {
    for cuts in [Cuts::WHOLE, Cuts::SINGLE, cuts] {
        let mut validator = Utf8Validator::new();
        let mut text = String::new();
        let mut taken = 0;
        let mut failed = false;
        for piece in cuts.of(&mut stream.to_vec()) {
            taken += piece.len();
            match validator.push(piece) {
                Ok(valid) => {
                    text.extend(valid.completed);
                    text.push_str(valid.text);
                    // All but the start of one code point has come back.
                    assert_eq!(text.as_bytes(), &stream[..text.len()]);
                    assert!(may_begin_text(&stream[..taken]), "accepted {taken} bytes");
                    let begun = taken - text.len();
                    let missing = match stream.get(text.len()) {
                        _ if begun == 0 => 0,
                        Some(0xC2..=0xDF) => 2 - begun,
                        Some(0xE0..=0xEF) => 3 - begun,
                        Some(0xF0..=0xF4) => 4 - begun,
                        other => panic!("{other:?} begins no code point"),
                    };
                    assert_eq!(validator.missing(), missing);
                }
                Err(_) => {
                    assert!(!may_begin_text(&stream[..taken]), "refused {taken} bytes");
                    failed = true;
                    break;
                }
            }
        }
        let valid = core::str::from_utf8(stream).is_ok();
        assert_eq!(!failed && validator.finish().is_ok(), valid);
    }
}

/// Masking in place, in pieces and on copy gives what the formula of RFC 6455
/// section 5.3 does.
fn mask(stream: &[u8], cuts: Cuts, flags: u8) {
    let key = [flags, 0xA5, stream.len() as u8, 0x3C];
    let expected: Vec<u8> = stream
        .iter()
        .enumerate()
        .map(|(index, byte)| byte ^ key[index % 4])
        .collect();
    let key = MaskingKey::new(key);

    let mut copy = vec![0; stream.len()];
    key.apply_copy(stream, &mut copy);
    assert_eq!(copy, expected);

    let mut masked = stream.to_vec();
    let mut offset = 0;
    for piece in cuts.of(&mut masked) {
        key.rotated(offset).apply(piece);
        offset += piece.len();
    }
    assert_eq!(masked, expected);
    key.apply(&mut masked);
    assert_eq!(masked, stream);
}
