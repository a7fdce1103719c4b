//! Frames written and read plainly, apart from every library under test.

use flate2::{Decompress, FlushDecompress};

use crate::check::{Check, Look};

pub const FINAL: u8 = 0x80;
pub const COMPRESSED: u8 = 0x40;
pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
pub const PING: u8 = 9;

/// Appends a frame.
pub fn write(stream: &mut Vec<u8>, first: u8, payload: &[u8], key: Option<[u8; 4]>) {
    stream.push(first);
    let masked = if key.is_some() { 0x80 } else { 0 };
    let length = payload.len();
    match length {
        0..126 => stream.push(masked | length as u8),
        126..65536 => {
            stream.push(masked | 126);
            stream.extend_from_slice(&(length as u16).to_be_bytes());
        }
        _ => {
            stream.push(masked | 127);
            stream.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    match key {
        None => stream.extend_from_slice(payload),
        Some(key) => {
            stream.extend_from_slice(&key);
            stream.extend(unmask(payload, key));
        }
    }
}

fn unmask(payload: &[u8], key: [u8; 4]) -> impl Iterator<Item = u8> {
    let bytes = payload.iter().enumerate();
    bytes.map(move |(index, byte)| byte ^ key[index & 3])
}

/// A frame taken apart.
pub struct Frame {
    pub first: u8,
    pub masked: bool,
    pub payload: Vec<u8>,
}

/// The frames of a stream, an error where the last one is cut off.
pub fn read(stream: &[u8]) -> impl Iterator<Item = Result<Frame, String>> {
    let mut rest = stream;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        Some(read_one(&mut rest).ok_or_else(|| {
            rest = &[];
            "a frame is cut off".into()
        }))
    })
}

fn read_one(rest: &mut &[u8]) -> Option<Frame> {
    let (&[first, second], after) = rest.split_first_chunk()?;
    let (length, after) = match second & 0x7f {
        126 => {
            let (length, after) = after.split_first_chunk()?;
            (u64::from(u16::from_be_bytes(*length)), after)
        }
        127 => {
            let (length, after) = after.split_first_chunk()?;
            (u64::from_be_bytes(*length), after)
        }
        length => (u64::from(length), after),
    };
    let masked = second & 0x80 != 0;
    let (key, after) = match masked {
        true => {
            let (key, after) = after.split_first_chunk()?;
            (*key, after)
        }
        false => ([0; 4], after),
    };
    let (payload, after) = after.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    Some(Frame {
        first,
        masked,
        payload: unmask(payload, key).collect(),
    })
}

/// Looks at the data messages that were sent. Compressed ones are inflated,
/// with a window that is kept.
pub fn check(stream: &[u8], masked: bool) -> Result<Check, String> {
    let mut check = Check::new(Look::Whole);
    let mut inflater = Decompress::new(false);
    let mut message = Vec::new();
    let mut is_compressed = false;
    for frame in read(stream) {
        let frame = frame?;
        if frame.masked != masked {
            return Err("masked as the other role".into());
        }
        match frame.first & 0x0f {
            8.. => continue,
            0 => {}
            _ => is_compressed = frame.first & COMPRESSED != 0,
        }
        message.extend_from_slice(&frame.payload);
        if frame.first & FINAL != 0 {
            if is_compressed {
                message = inflate(&mut inflater, message)?;
            }
            check.message(&message);
            message.clear();
        }
    }
    Ok(check)
}

fn inflate(inflater: &mut Decompress, mut message: Vec<u8>) -> Result<Vec<u8>, String> {
    message.extend_from_slice(&[0, 0, 0xff, 0xff]);
    let mut inflated = Vec::new();
    let mut rest = &message[..];
    loop {
        inflated.reserve(64 << 10);
        let before = inflater.total_in();
        inflater
            .decompress_vec(rest, &mut inflated, FlushDecompress::Sync)
            .map_err(|error| error.to_string())?;
        rest = &rest[(inflater.total_in() - before) as usize..];
        if rest.is_empty() && inflated.len() < inflated.capacity() {
            return Ok(inflated);
        }
    }
}
