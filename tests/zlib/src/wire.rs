//! The frames of RFC 6455 section 5.2.

use crate::random::Random;

pub const CONTINUATION: u8 = 0;
pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
pub const PING: u8 = 9;
const FIN: u8 = 0x80;
/// "Per-Message Compressed" (RFC 7692 section 6).
const RSV1: u8 = 0x40;

/// Appends a frame, masked if `mask` is given.
pub fn frame(wire: &mut Vec<u8>, first: u8, payload: &[u8], mask: Option<[u8; 4]>) {
    let masked = match mask {
        Some(_) => 0x80,
        None => 0,
    };
    wire.push(first);
    match payload.len() {
        length @ ..126 => wire.push(masked | length as u8),
        length @ ..65_536 => {
            wire.push(masked | 126);
            wire.extend((length as u16).to_be_bytes());
        }
        length => {
            wire.push(masked | 127);
            wire.extend((length as u64).to_be_bytes());
        }
    }
    let Some(mask) = mask else {
        wire.extend(payload);
        return;
    };
    wire.extend(mask);
    let key = mask.iter().cycle();
    wire.extend(payload.iter().zip(key).map(|(byte, key)| byte ^ key));
}

/// How the frames of a message are made.
#[derive(Debug, Clone, Copy)]
pub struct Framing {
    pub is_compressed: bool,
    pub is_text: bool,
    pub is_masked: bool,
}

/// Appends a message in frames, which end at any byte or at the marks, with
/// Pings between them, whose payloads are appended to `pings`.
pub fn message(
    wire: &mut Vec<u8>,
    framing: Framing,
    payload: &[u8],
    marks: &[usize],
    pings: &mut Vec<Vec<u8>>,
    random: &mut Random,
) {
    let mut ends = vec![];
    match random.below(8) {
        0..=2 => {}
        3 => ends.extend(marks),
        4 => {
            let size = random.pick(&[1, 2, 7, 100, 1000]).max(payload.len() / 100);
            ends.extend((1..=payload.len() / size).map(|count| count * size));
        }
        _ => {
            for _ in 0..random.between(1, 5) {
                ends.push(match marks {
                    [_, ..] if random.one_in(2) => random.pick(marks),
                    _ => random.below(payload.len() + 1),
                });
            }
        }
    }
    ends.sort_unstable();
    ends.push(payload.len());
    let kind = match framing.is_text {
        true => TEXT,
        false => BINARY,
    };
    let mut first = match framing.is_compressed {
        true => kind | RSV1,
        false => kind,
    };
    let mut start = 0;
    for (index, &end) in ends.iter().enumerate() {
        if index + 1 == ends.len() {
            first |= FIN;
        }
        let mut mask = || framing.is_masked.then(|| random.number().to_le_bytes());
        let mask = mask().map(|[a, b, c, d, ..]| [a, b, c, d]);
        frame(wire, first, &payload[start..end], mask);
        first = CONTINUATION;
        start = end;
        if random.one_in(40) {
            let ping = vec![index as u8; random.below(126)];
            frame(wire, FIN | PING, &ping, mask);
            pings.push(ping);
        }
    }
}

/// A data message out of its frames.
#[derive(Debug, PartialEq, Eq)]
pub struct Message {
    pub is_compressed: bool,
    pub is_text: bool,
    pub payload: Vec<u8>,
}

/// The complete data messages of a stream of frames.
///
/// # Errors
///
/// What is wrong with the frames, in words.
pub fn messages(mut wire: &[u8], is_masked: bool) -> Result<Vec<Message>, String> {
    let mut messages = vec![];
    let mut current: Option<Message> = None;
    while !wire.is_empty() {
        let (first, payload, rest) = take(wire, is_masked).ok_or("a frame is not complete")?;
        wire = rest;
        let opcode = first & 0x0f;
        match opcode {
            CONTINUATION => {
                let message = current.as_mut().ok_or("a continuation of nothing")?;
                message.payload.extend(payload);
            }
            TEXT | BINARY => {
                if current.is_some() {
                    return Err("a message within a message".into());
                }
                current = Some(Message {
                    is_compressed: first & RSV1 != 0,
                    is_text: opcode == TEXT,
                    payload,
                });
            }
            _ => continue,
        }
        let reserved = match opcode {
            CONTINUATION => first & 0x70,
            _ => first & 0x30,
        };
        if reserved != 0 {
            return Err(format!("a reserved bit is set: {first:02x}"));
        }
        if first & FIN != 0 {
            messages.extend(current.take());
        }
    }
    Ok(messages)
}

fn take(wire: &[u8], is_masked: bool) -> Option<(u8, Vec<u8>, &[u8])> {
    let [first, second, rest @ ..] = wire else {
        return None;
    };
    let (length, rest) = match second & 0x7f {
        126 => {
            let (length, rest) = rest.split_first_chunk()?;
            (u64::from(u16::from_be_bytes(*length)), rest)
        }
        127 => {
            let (length, rest) = rest.split_first_chunk()?;
            (u64::from_be_bytes(*length), rest)
        }
        length => (length.into(), rest),
    };
    if (second & 0x80 != 0) != is_masked {
        return None;
    }
    let (mask, rest) = match is_masked {
        true => rest
            .split_first_chunk::<4>()
            .map(|(mask, rest)| (*mask, rest))?,
        false => ([0; 4], rest),
    };
    let (payload, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    let key = mask.iter().cycle();
    let payload = payload.iter().zip(key).map(|(byte, key)| byte ^ key);
    Some((*first, payload.collect(), rest))
}
