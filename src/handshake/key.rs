//! `Sec-WebSocket-Key` and `Sec-WebSocket-Accept` (RFC 6455 section 4).

use base64::{Engine, engine::general_purpose::STANDARD};

/// Appended to the key before it is hashed (RFC 6455 section 1.3).
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key`: base64 of
/// the SHA-1 of the key's text and a fixed GUID (RFC 6455 section 4.2.2).
///
/// SHA-1 shows here that the server read the request; it protects nothing
/// (RFC 6455 section 10.8).
///
/// ```
/// use websocket_proto::handshake::accept_key;
///
/// let accept = accept_key(b"dGhlIHNhbXBsZSBub25jZQ==");
/// assert_eq!(&accept, b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
/// ```
pub fn accept_key(key: &[u8]) -> [u8; 28] {
    let mut hash = sha1_smol::Sha1::new();
    hash.update(key);
    hash.update(GUID);
    let mut accept = [0; 28];
    // 20 bytes are 28 in base64: this cannot fail.
    let _ = STANDARD.encode_slice(hash.digest().bytes(), &mut accept);
    accept
}

/// The `Sec-WebSocket-Key` of a nonce (RFC 6455 section 4.1): its base64.
///
/// The nonce must be drawn at random and anew for each connection.
///
/// ```
/// use websocket_proto::handshake::encode_key;
///
/// let key = encode_key(*b"the sample nonce");
/// assert_eq!(&key, b"dGhlIHNhbXBsZSBub25jZQ==");
/// ```
pub fn encode_key(nonce: [u8; 16]) -> [u8; 24] {
    let mut key = [0; 24];
    // 16 bytes are 24 in base64: this cannot fail.
    let _ = STANDARD.encode_slice(nonce, &mut key);
    key
}

/// Whether `key` is the base64 of 16 bytes (RFC 6455 section 4.2.1).
///
/// The unused bits of the last character are not looked at: the RFC's own
/// example in section 4.1 sets them.
///
/// ```
/// use websocket_proto::handshake::is_valid_key;
///
/// assert!(is_valid_key(b"dGhlIHNhbXBsZSBub25jZQ=="));
/// assert!(!is_valid_key(b"dGhlIHNhbXBsZSBub25jZQ"));
/// ```
pub fn is_valid_key(key: &[u8]) -> bool {
    // 16 bytes are 21 full characters, one that holds two bits, and padding.
    let Some((digits, b"==")) = key.split_first_chunk::<22>() else {
        return false;
    };
    // Without an early exit, so that it compiles to vector instructions.
    digits.iter().fold(true, |valid, byte| {
        valid & (byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
    })
}
