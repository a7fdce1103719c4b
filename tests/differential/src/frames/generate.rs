//! Streams that are valid but for a fault here and there, so that a
//! comparison gets deep.

use websocket_proto::Role;

use super::Case;
use crate::choices::Choices;

const TEXT: [&[u8]; 12] = [
    b"a",
    b"hello ",
    "é".as_bytes(),
    "ß→".as_bytes(),
    "€".as_bytes(),
    "\u{7ff}\u{800}".as_bytes(),
    "\u{ffff}".as_bytes(),
    "𝄞".as_bytes(),
    "\u{10ffff}".as_bytes(),
    "\u{d7ff}\u{e000}".as_bytes(),
    b"\0\x7f",
    b"the quick brown fox jumps over the lazy dog, ",
];

/// Overlong forms, surrogates, above U+10FFFF, lone and missing parts.
const NOT_TEXT: [&[u8]; 12] = [
    b"\xff",
    b"\x80",
    b"\xc0\x80",
    b"\xc1\xbf",
    b"\xe0\x80\x80",
    b"\xed\xa0\x80",
    b"\xf0\x80\x80\x80",
    b"\xf4\x90\x80\x80",
    b"\xf5\x80\x80\x80",
    b"\xe2\x82",
    b"\xf0\x9d\x84",
    b"\xc3\xc3",
];

const CLOSE_CODES: [u16; 32] = [
    1000, 1000, 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999,
    4000, 4999, 1000, 4001, 0, 1, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 32768, 65535,
];

struct Frame {
    first: u8,
    payload: Vec<u8>,
    /// How many bytes the length is written in: 0, 2 or 8.
    length_size: usize,
    /// Instead of the length of the payload.
    length: Option<u64>,
    masked: bool,
}

impl Frame {
    fn new(case: &Case, first: u8, payload: Vec<u8>) -> Self {
        let length_size = match payload.len() {
            0..=125 => 0,
            126..=0xFFFF => 2,
            _ => 8,
        };
        Self {
            first,
            payload,
            length_size,
            length: None,
            masked: case.role == Role::Server,
        }
    }

    fn write(mut self, choices: &mut Choices<'_>, stream: &mut Vec<u8>) {
        let length = self.length.unwrap_or(self.payload.len() as u64);
        let mask = if self.masked { 0x80 } else { 0 };
        stream.push(self.first);
        match self.length_size {
            0 => stream.push(mask | (length & 0x7F) as u8),
            2 => {
                stream.push(mask | 126);
                stream.extend((length as u16).to_be_bytes());
            }
            _ => {
                stream.push(mask | 127);
                stream.extend(length.to_be_bytes());
            }
        }
        if self.masked {
            let key: [u8; 4] = choices.array();
            stream.extend(key);
            for (byte, key) in self.payload.iter_mut().zip(key.iter().cycle()) {
                *byte ^= key;
            }
        }
        stream.extend(&self.payload);
    }
}

pub fn stream(case: &Case, choices: &mut Choices<'_>) -> Vec<u8> {
    let mut stream = Vec::new();
    // Whether a message is under way, whether it is text, and what a cut left
    // over of its last character.
    let mut message: Option<(bool, Vec<u8>)> = None;
    // Most streams have one fault or none.
    let mut faults = choices.below(4).saturating_sub(1);
    let frames = 1 + choices.below(12);
    for _ in 0..frames {
        if choices.is_empty() {
            break;
        }
        let mut frame = match choices.below(16) {
            0 | 1 => Frame::new(case, 0x89, bytes(choices, 125)),
            2 => Frame::new(case, 0x8A, bytes(choices, 125)),
            3 => Frame::new(case, 0x88, close(choices, &mut faults)),
            _ => data(case, choices, &mut message, &mut faults),
        };
        if faults > 0 && choices.once_in(4) {
            faults -= 1;
            spoil(&mut frame, choices);
        }
        frame.write(choices, &mut stream);
    }
    if faults > 0 {
        spoil_bytes(&mut stream, choices);
    }
    stream
}

/// The next frame of a message, or the first of another one.
fn data(
    case: &Case,
    choices: &mut Choices<'_>,
    message: &mut Option<(bool, Vec<u8>)>,
    faults: &mut usize,
) -> Frame {
    let last = !choices.once_in(2);
    let (opcode, is_text, mut payload) = match message.take() {
        Some((is_text, rest)) => (0, is_text, rest),
        None if choices.once_in(2) => (2, false, Vec::new()),
        None => (1, true, Vec::new()),
    };
    if is_text {
        payload.extend(text(choices, faults));
    } else {
        payload.extend(size(case, choices));
    }
    let mut rest = Vec::new();
    if !last {
        if is_text && payload.len() > 1 && choices.once_in(2) {
            let cut = payload.len() - 1 - choices.below(payload.len().min(3));
            rest = payload.split_off(cut);
        }
        *message = Some((is_text, rest));
    }
    Frame::new(case, u8::from(last) << 7 | opcode, payload)
}

fn text(choices: &mut Choices<'_>, faults: &mut usize) -> Vec<u8> {
    let mut text = Vec::new();
    for _ in 0..choices.below(5) {
        text.extend_from_slice(choices.pick(&TEXT));
    }
    if *faults > 0 && choices.once_in(8) {
        *faults -= 1;
        text.extend_from_slice(choices.pick(&NOT_TEXT));
        for _ in 0..choices.below(3) {
            text.extend_from_slice(choices.pick(&TEXT));
        }
    }
    if choices.once_in(16) {
        text = text.repeat(1 + choices.below(16));
    }
    text
}

/// Binary data, of lengths about the bounds of headers and limits.
fn size(case: &Case, choices: &mut Choices<'_>) -> Vec<u8> {
    let near = |limit: u64, choices: &mut Choices<'_>| {
        usize::try_from(limit).expect("limits are small") + choices.below(3) - 1
    };
    let length = match choices.below(32) {
        0 => 0,
        1 => 124 + choices.below(4),
        2 if case.max_frame < 1000 => near(case.max_frame, choices),
        3 if case.max_message < 1000 => near(case.max_message, choices),
        // Long payloads take long, so that they are rare.
        4 if choices.once_in(64) => 0xFFFE + choices.below(4),
        5 if choices.once_in(128) => near(case.max_frame, choices),
        6 => 126 + choices.below(400),
        _ => return bytes(choices, 32),
    };
    let start: [u8; 3] = choices.array();
    (0..length).map(|at| start[at % 3] ^ at as u8).collect()
}

fn bytes(choices: &mut Choices<'_>, most: usize) -> Vec<u8> {
    let length = if choices.once_in(16) {
        most - choices.below(3)
    } else {
        choices.below(12)
    };
    (0..length).map(|_| choices.byte()).collect()
}

fn close(choices: &mut Choices<'_>, faults: &mut usize) -> Vec<u8> {
    if choices.once_in(8) {
        return Vec::new();
    }
    let codes = if *faults > 0 {
        &CLOSE_CODES[..]
    } else {
        &CLOSE_CODES[..20]
    };
    let mut payload = choices.pick(codes).to_be_bytes().to_vec();
    if choices.once_in(2) {
        payload.extend(text(choices, faults));
        payload.truncate(126);
    }
    if *faults > 0 && choices.once_in(16) {
        payload.truncate(1);
    }
    payload
}

/// Breaks a rule of framing.
fn spoil(frame: &mut Frame, choices: &mut Choices<'_>) {
    match choices.below(10) {
        0 => frame.first |= 0x10 << choices.below(3),
        1 => frame.first ^= 1 << choices.below(4),
        2 => frame.first ^= 0x80,
        3 => frame.first = choices.byte(),
        4 => frame.masked = !frame.masked,
        5 => frame.length_size = 2,
        6 => frame.length_size = 8,
        7 => {
            frame.length_size = 8;
            frame.length = Some(u64::from_be_bytes(choices.array()) >> choices.below(64));
        }
        8 => {
            frame.length = Some(u64::from(choices.byte()));
        }
        _ => frame.payload = bytes(choices, 130),
    }
}

/// Breaks anything.
fn spoil_bytes(stream: &mut Vec<u8>, choices: &mut Choices<'_>) {
    if stream.is_empty() {
        return;
    }
    let at = choices.below(stream.len());
    match choices.below(5) {
        0 => stream.truncate(at),
        1 => stream[at] ^= 1 << choices.below(8),
        2 => stream[at] = choices.byte(),
        3 => stream.insert(at, choices.byte()),
        _ => {
            stream.remove(at);
        }
    }
}
