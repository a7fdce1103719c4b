//! Where addresses have 32 bits: a message that no buffer can hold is over the
//! limit, whatever the limit says.

use std::sync::{Mutex, MutexGuard, PoisonError};

use websocket_proto::{Config, Connection, Error, Input, Limit, Role};

use crate::support::open;

const GIGABYTE: usize = 1 << 30;

/// There is no room for two of these tests at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn error(conn: &mut Connection, bytes: &[u8]) -> Option<Error> {
    let mut read = bytes.to_vec();
    conn.receive(&mut Input::new(&mut read), &mut Vec::new())
        .err()
}

/// A client that has received so many bytes of a message without an end, and
/// has room for no byte more. Memory that nobody has written to takes none:
/// it is recycled, and then told to be received.
fn full(capacity: usize) -> Connection {
    let config = Config::new()
        .max_frame(u64::MAX)
        .max_message(u64::MAX)
        .max_spare(usize::MAX);
    let mut conn = open(Role::Client, config);
    conn.recycle(vec![0; capacity]);
    // A first frame of 2⁶³ - 1 bytes, and one of them.
    let begun = b"\x02\x7f\x7f\xff\xff\xff\xff\xff\xff\xffx";
    assert_eq!(error(&mut conn, begun), None);
    let room = conn.payload_buffer().expect("in a long frame").len();
    assert_eq!(room, capacity - 1);
    conn.receive_payload(room);
    conn
}

/// To double a gigabyte is more than there is.
#[test]
fn a_buffer_of_a_gigabyte_does_not_grow_beyond_the_address_space() {
    let _alone = alone();
    let mut conn = full(GIGABYTE);
    // There is room for so little more, or there is none.
    let error = error(&mut conn, b"y");
    assert!(error.is_none_or(|error| error == Limit::Message.into()));
}

#[test]
fn a_message_longer_than_any_buffer_is_over_the_limit() {
    let _alone = alone();
    let mut conn = full(isize::MAX as usize);
    assert_eq!(error(&mut conn, b"y"), Some(Limit::Message.into()));
}

/// A buffer that cannot be had is not lent: the next bytes are the error.
#[test]
fn no_buffer_is_lent_beyond_the_address_space() {
    let _alone = alone();
    let mut conn = full(isize::MAX as usize);
    assert!(conn.payload_buffer().is_none());
    assert_eq!(error(&mut conn, b"y"), Some(Limit::Message.into()));
}
