//! What the fast path parses, against what it may take.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::{split, unmask, validate};
use crate::frame::Role;
use crate::frame::{Header, MaskingKey, Opcode};
use crate::input::Input;

const KEY: MaskingKey = MaskingKey::new([0x37, 0xfa, 0x21, 0x3d]);
const ROLES: [Role; 2] = [Role::Server, Role::Client];

/// A frame as the end that has this role takes it.
fn frame(role: Role, opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let header = Header::new(opcode, true, payload.len() as u64).unwrap();
    let mut payload = payload.to_vec();
    let header = match role {
        Role::Server => {
            KEY.apply(&mut payload);
            header.masked(KEY)
        }
        Role::Client => header,
    };
    [header.encode().as_slice(), &payload].concat()
}

fn other(role: Role) -> Role {
    match role {
        Role::Server => Role::Client,
        Role::Client => Role::Server,
    }
}

/// Every message that lies in the input whole, but for those whose length takes
/// eight bytes; and nothing else, of which not a byte is changed.
#[test]
fn whole_messages_are_taken_by_the_fast_path() {
    for role in ROLES {
        for length in [0, 1, 124, 125, 126, 127, 128, 1000, 65_534, 65_535] {
            let payload: Vec<u8> = (0..length).map(|index| index as u8).collect();
            for opcode in [Opcode::Text, Opcode::Binary] {
                let wire = frame(role, opcode, &payload);
                let mut read = [&wire[..], b"more"].concat();
                let mut input = Input::new(&mut read);
                let taken = input.take_message(role, length);
                assert_eq!(taken, Some((opcode, &mut payload.clone()[..])));
                assert_eq!(input.into_rest(), b"more");
                let mut read = wire.clone();
                let mut input = Input::new(&mut read);
                let taken = input.take_message(role, length);
                assert!(taken.is_some(), "up to the end of the input");

                if let Some(less) = length.checked_sub(1) {
                    assert_not_taken(role, &wire, less);
                }
                assert_not_taken(role, &wire[..wire.len() - 1], length);
                assert_not_taken(other(role), &wire, length);
                for bit in [0x80, 0x40, 0x20, 0x10, 0x08, 0x04] {
                    let mut changed = wire.clone();
                    changed[0] ^= bit;
                    assert_not_taken(role, &changed, length);
                }
            }
        }
        assert_not_taken(role, &frame(role, Opcode::Binary, &[0; 65_536]), u64::MAX);
        assert_not_taken(role, &frame(role, Opcode::Ping, b"ping"), u64::MAX);
        assert_not_taken(role, &[], u64::MAX);
        assert_not_taken(role, &[0x81], u64::MAX);
    }
    // 125 in the form for longer ones.
    assert_not_taken(
        Role::Client,
        &[&[0x82, 126, 0, 125][..], &[0; 125]].concat(),
        125,
    );
}

fn assert_not_taken(role: Role, wire: &[u8], limit: u64) {
    let mut read = wire.to_vec();
    let mut input = Input::new(&mut read);
    assert_eq!(input.take_message(role, limit), None);
    assert_eq!(input.into_rest(), wire);
}

/// As many texts as there are before the first frame that is something else,
/// but no more once there are four kibibytes.
#[test]
fn texts_are_unmasked_ahead() {
    for role in ROLES {
        for length in [0, 1, 125, 126, 127, 128, 200, 4_000, 16_383] {
            let text = "a".repeat(length);
            let texts = frame(role, Opcode::Text, text.as_bytes()).repeat(3);
            let binary = frame(role, Opcode::Binary, text.as_bytes());
            let mut read = [&texts[..], &binary, &texts].concat();
            let (taken, end) = ahead(role, &mut read, length as u64);
            let expected = match length {
                4_000 => 2,
                16_383 => 1,
                _ => 3,
            };
            assert!(taken == vec![text; expected], "{} texts", taken.len());
            assert_eq!(end, texts.len() / 3 * expected);
            assert_eq!(read[texts.len()..], [&binary[..], &texts].concat());

            let cut = texts.len() - 1;
            if length < 4_000 {
                assert_eq!(ahead(role, &mut texts[..cut].to_vec(), u64::MAX).0.len(), 2);
            }
            if let Some(less) = length.checked_sub(1) {
                assert_eq!(ahead(role, &mut texts.clone(), less as u64).1, 0);
            }
        }
        // Two that are four kibibytes to the byte are enough.
        let length = match role {
            Role::Server => 2048 - 8,
            Role::Client => 2048 - 4,
        };
        let texts = frame(role, Opcode::Text, &vec![b'a'; length]).repeat(3);
        assert_eq!(ahead(role, &mut texts.clone(), u64::MAX).1, 4096);
        // Where it stands alone there is nothing to save.
        let alone = frame(role, Opcode::Text, b"alone");
        for behind in [&b""[..], &[0x82], &[0x01], &[0x89]] {
            let mut read = [&alone, behind].concat();
            assert_eq!(ahead(role, &mut read, u64::MAX).1, 0);
            assert_eq!(read, [&alone, behind].concat());
        }
        // More than fourteen bits say.
        let long = frame(role, Opcode::Text, &[b'a'; 16_384]);
        let mut read = long.clone();
        assert_eq!(ahead(role, &mut read, u64::MAX).1, 0);
        assert_eq!(read, long);
    }
}

/// The texts, and where they end.
fn ahead(role: Role, read: &mut [u8], limit: u64) -> (Vec<String>, usize) {
    let end = unmask(read, role, limit);
    let (mut rest, validity) = validate(&read[..end]);
    assert_eq!(validity, Ok(()));
    let mut texts = Vec::new();
    while let Some((text, behind)) = split(rest) {
        texts.push(text.into());
        rest = behind;
    }
    assert_eq!(rest, "");
    (texts, end)
}
