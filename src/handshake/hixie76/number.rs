//! `Sec-WebSocket-Key1` and `Sec-WebSocket-Key2` (hybi-00 section 5.2).

/// Why a value is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyFault {
    NoDigits,
    NoSpaces,
    NotMultiple,
    TooLarge,
}

/// The number that a key holds: its digits as one number, divided by how many
/// spaces there are. White space at both ends is not counted, as it is no part
/// of a field's value.
pub(crate) fn number(key: &[u8]) -> Result<u32, KeyFault> {
    let key = key.trim_ascii();
    let (mut digits, mut spaces) = (None, 0_u64);
    for byte in key {
        match byte {
            b'0'..=b'9' => {
                let digit = u128::from(byte - b'0');
                // What does not fit 128 bits would take 2⁹⁶ spaces to fit 32.
                let number: u128 = digits.unwrap_or(0);
                digits = Some(number.saturating_mul(10).saturating_add(digit));
            }
            b' ' => spaces += 1,
            _ => {}
        }
    }
    let digits = digits.ok_or(KeyFault::NoDigits)?;
    if spaces == 0 {
        return Err(KeyFault::NoSpaces);
    }
    let spaces = u128::from(spaces);
    // Not a multiple or too large: of what is both, the size is told, since a
    // number that was cut off says nothing of the rest.
    let number = u32::try_from(digits / spaces).map_err(|_| KeyFault::TooLarge)?;
    if digits % spaces != 0 {
        return Err(KeyFault::NotMultiple);
    }
    Ok(number)
}
