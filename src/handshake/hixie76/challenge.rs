//! The response to the challenge (hybi-00 section 5.2).

use md5::{Digest, Md5};

/// The sixteen bytes that show that a server has understood the request: MD5
/// of both numbers, most significant byte first, and the eight bytes behind
/// the head.
///
/// ```
/// use websocket_proto::hixie76::{challenge_response, key_number};
///
/// let first = key_number(b"18x 6]8vM;54 *(5:  {   U1]8  z [  8")?;
/// let second = key_number(b"1_ tx7X d  <  nw  334J702) 7]o}` 0")?;
/// assert_eq!(&challenge_response([first, second], *b"Tm[K T2u"), b"fQJ,fN/4F4!~K~MH");
/// # Ok::<(), websocket_proto::handshake::RequestError>(())
/// ```
pub fn challenge_response(numbers: [u32; 2], key3: [u8; 8]) -> [u8; 16] {
    let mut hash = Md5::new();
    for number in numbers {
        hash.update(number.to_be_bytes());
    }
    hash.update(key3);
    hash.finalize().into()
}
