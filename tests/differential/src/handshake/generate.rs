//! Heads that are valid but for a few changes.

use crate::choices::Choices;

/// "hi" in a text frame, from a client and from a server.
pub const MASKED_GREETING: &[u8] = b"\x81\x82\x01\x02\x03\x04\x69\x6b";
pub const GREETING: &[u8] = b"\x81\x02hi";

/// The start line and the fields, as they are to be written.
pub struct Head {
    start: Vec<u8>,
    fields: Vec<Field>,
    empty_lines: usize,
    greeting: &'static [u8],
}

struct Field {
    name: Vec<u8>,
    separator: &'static [u8],
    value: Vec<u8>,
    end: &'static [u8],
}

impl Field {
    fn new(name: &[u8], value: &[u8]) -> Self {
        Self {
            name: name.to_vec(),
            separator: b": ",
            value: value.to_vec(),
            end: b"\r\n",
        }
    }
}

/// What can be put in the place of parts of a head.
pub struct Pool {
    pub start: &'static [&'static [u8]],
    /// Values by the field's name, and fields to be added.
    pub fields: &'static [(&'static str, &'static [&'static str])],
}

pub fn head(
    start: &[u8],
    fields: &[(&str, &[u8])],
    pool: &Pool,
    greeting: &'static [u8],
    choices: &mut Choices<'_>,
) -> Vec<u8> {
    let mut head = Head {
        start: start.to_vec(),
        fields: fields
            .iter()
            .map(|(name, value)| Field::new(name.as_bytes(), value))
            .collect(),
        empty_lines: 0,
        greeting: b"",
    };
    for _ in 0..choices.below(4) {
        head.change(pool, greeting, choices);
    }
    let mut bytes = head.write();
    if choices.once_in(8) {
        spoil(&mut bytes, choices);
    }
    bytes
}

impl Head {
    fn change(&mut self, pool: &Pool, greeting: &'static [u8], choices: &mut Choices<'_>) {
        let at = choices.below(self.fields.len().max(1));
        let Some(field) = self.fields.get_mut(at) else {
            return;
        };
        match choices.below(20) {
            0 | 1 => self.start = choices.pick(pool.start).to_vec(),
            2 => drop(self.fields.remove(at)),
            3 => {
                let copy = Field::new(&field.name, &field.value);
                self.fields.push(copy);
            }
            4..=7 => {
                let named =
                    |(name, _): &&(&str, _)| field.name.eq_ignore_ascii_case(name.as_bytes());
                if let Some((_, values)) = pool.fields.iter().find(named) {
                    field.value = choices.pick(values).into();
                }
            }
            8..=11 => {
                let (name, values) = choices.pick(pool.fields);
                let value = choices.pick(values);
                let place = choices.below(self.fields.len() + 1);
                self.fields
                    .insert(place, Field::new(name.as_bytes(), value.as_bytes()));
            }
            12 => field.name.make_ascii_lowercase(),
            13 => field.name.make_ascii_uppercase(),
            14 => field.separator = choices.pick(&[b":" as &[u8], b":\t ", b" : ", b"", b":  "]),
            15 => {
                field.end = choices.pick(&[b"\n" as &[u8], b" \t\r\n", b"\r\n ", b"\r", b"\r\r\n"])
            }
            16 => self.fields.swap(0, at),
            17 => self.empty_lines = choices.below(5),
            18 if choices.once_in(32) => {
                let count = 116 + choices.below(8);
                self.fields
                    .extend((0..count).map(|_| Field::new(b"X", b"y")));
            }
            _ => self.greeting = greeting,
        }
    }

    fn write(&self) -> Vec<u8> {
        let mut bytes = b"\r\n".repeat(self.empty_lines);
        bytes.extend(&self.start);
        bytes.extend(b"\r\n");
        for field in &self.fields {
            bytes.extend(&field.name);
            bytes.extend(field.separator);
            bytes.extend(&field.value);
            bytes.extend(field.end);
        }
        bytes.extend(b"\r\n");
        bytes.extend(self.greeting);
        bytes
    }
}

/// Changes, inserts or removes a byte, or cuts the end off.
fn spoil(bytes: &mut Vec<u8>, choices: &mut Choices<'_>) {
    let at = choices.below(bytes.len());
    let byte = match choices.below(2) {
        0 => choices.byte(),
        _ => choices.pick(b" \t\r\n:,;=\"\0\x7f\x80#/?%"),
    };
    match choices.below(5) {
        0 => bytes.truncate(at),
        1 => bytes[at] = byte,
        2 => bytes[at] ^= 0x20,
        3 => bytes.insert(at, byte),
        _ => {
            bytes.remove(at);
        }
    }
}
