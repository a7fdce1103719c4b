//! The operations of the target `operations`, as bytes.

/// Who does it, in the highest bit of an operation.
pub(super) const CLIENT: u8 = 0;
pub(super) const SERVER: u8 = 0x80;

pub(super) fn text(who: u8, length: u8) -> Vec<u8> {
    vec![who, length]
}

pub(super) fn binary(who: u8, length: u16) -> Vec<u8> {
    let [high, low] = length.to_be_bytes();
    vec![who | 0x08, high, low]
}

pub(super) fn fragment(who: u8, is_text: bool, is_last: bool, bytes: &[u8]) -> Vec<u8> {
    let kind = if is_text { 0 } else { 1 };
    let last = if is_last { 2 } else { 0 };
    [&[who | 0x10 | kind | last, bytes.len() as u8], bytes].concat()
}

pub(super) fn ping(who: u8, length: u8) -> Vec<u8> {
    vec![who | 0x20, length]
}

pub(super) fn pong(who: u8, length: u8) -> Vec<u8> {
    vec![who | 0x24, length]
}

pub(super) fn close(who: u8, code: u16, reason: u8) -> Vec<u8> {
    let [high, low] = code.to_be_bytes();
    vec![who | 0x28, high, low, reason]
}

pub(super) fn empty_close(who: u8) -> Vec<u8> {
    vec![who | 0x29]
}

pub(super) fn prepared(length: u8) -> Vec<u8> {
    vec![SERVER | 0x2A, length]
}

pub(super) fn poll(who: u8) -> Vec<u8> {
    vec![who | 0x2C]
}

/// So many bytes to the wire, or all.
pub(super) fn flush(who: u8, length: u8) -> Vec<u8> {
    vec![who | 0x30, length]
}

/// So many bytes off the wire, or all.
pub(super) fn deliver(who: u8, length: u8) -> Vec<u8> {
    vec![who | 0x40, length]
}

/// Everything that one has sent arrives.
pub(super) fn pass(who: u8) -> Vec<u8> {
    vec![who | 0x70]
}

pub(super) fn room(who: u8, half: u8) -> Vec<u8> {
    vec![who | 0x58, half]
}

pub(super) fn all_room(who: u8) -> Vec<u8> {
    vec![who | 0x5A]
}

pub(super) fn reject() -> Vec<u8> {
    vec![SERVER | 0x5C]
}

pub(super) fn accept() -> Vec<u8> {
    vec![SERVER | 0x5B]
}

pub(super) fn wait(who: u8, seconds: u8) -> Vec<u8> {
    vec![who | 0x60, seconds]
}

pub(super) fn cut(who: u8) -> Vec<u8> {
    vec![who | 0x68]
}

pub(super) fn bend(who: u8, at: u8, with: u8) -> Vec<u8> {
    vec![who | 0x69, at, with]
}

pub(super) fn inject(who: u8, bytes: &[u8]) -> Vec<u8> {
    [&[who | 0x6A, bytes.len() as u8], bytes].concat()
}

pub(super) fn recycle(who: u8, capacity: u8) -> Vec<u8> {
    vec![who | 0x6B, capacity]
}

pub(super) fn both(operations: impl Fn(u8) -> Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    [operations(CLIENT), operations(SERVER)].concat()
}
