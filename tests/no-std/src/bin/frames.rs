//! The frame layer without an allocator: frames out, frames in, the handshake's
//! key.

#![no_std]
#![no_main]

use websocket_proto::frame::{
    CloseCode, ClosePayload, Decoded, Decoder, Header, MAX_CONTROL_PAYLOAD, MaskingKey, Opcode,
    Utf8Validator,
};
use websocket_proto::handshake::{accept_key, encode_key, is_valid_key};
use websocket_proto::{FixedOutput, Output, Role};
// For its panic handler.
use websocket_proto_no_std as _;

#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    let key = encode_key(*b"the sample nonce");
    assert!(is_valid_key(&key));
    assert_eq!(&accept_key(&key), b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");

    let mut memory = [0; 256];
    let mut out = FixedOutput::new(&mut memory);
    write(&mut out, Opcode::Text, false, "5 €".as_bytes());
    write(&mut out, Opcode::Ping, true, b"still there?");
    write(&mut out, Opcode::Continuation, true, b" each");
    let close = ClosePayload {
        code: CloseCode::NORMAL,
        reason: "bye",
    };
    let mut buffer = [0; MAX_CONTROL_PAYLOAD];
    let payload = close.encode(&mut buffer).expect("a short reason");
    write(&mut out, Opcode::Close, true, payload);

    // In pieces of five bytes, which cut headers and code points.
    let length = out.written().len();
    let mut decoder = Decoder::new(Role::Server);
    let mut validator = Utf8Validator::new();
    let mut opcode = Opcode::Binary;
    let mut text = [0; 16];
    let mut text = FixedOutput::new(&mut text);
    let mut frames = 0;
    for piece in memory[..length].chunks_mut(5) {
        let mut input = piece;
        while let Some(decoded) = decoder.decode(&mut input).expect("valid frames") {
            match decoded {
                Decoded::Header(header) => opcode = header.opcode(),
                Decoded::Payload { bytes, end } => {
                    if !opcode.is_control() {
                        validator.push(bytes).expect("UTF-8");
                        text.append(bytes);
                    }
                    frames += u32::from(end);
                }
            }
        }
        assert!(input.is_empty());
    }
    validator.finish().expect("whole code points");
    assert_eq!(text.written(), "5 € each".as_bytes());
    assert_eq!(frames, 4);
    assert!(decoder.is_idle());
    0
}

/// Appends a frame as a client sends it.
fn write(out: &mut FixedOutput<'_>, opcode: Opcode, is_final: bool, payload: &[u8]) {
    let key = MaskingKey::new([0x37, 0xfa, 0x21, 0x3d]);
    let header = Header::new(opcode, is_final, payload.len() as u64).expect("a valid header");
    out.append(header.masked(key).encode().as_slice());
    key.apply(out.append(payload));
}
