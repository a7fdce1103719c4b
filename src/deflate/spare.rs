//! What a thread keeps of the messages that stand alone.
//!
//! Without takeover a codec is of no use to its connection between messages,
//! but to make one takes as long as to compress a kilobyte. So the thread
//! keeps the one that its last message leaves, for the next message of
//! whichever connection.

use core::cell::Cell;
use std::thread::LocalKey;

/// A place for one codec.
pub(super) type Spare<T> = LocalKey<Cell<Option<T>>>;

/// Takes out what is kept.
pub(super) fn take<T>(spare: &'static Spare<T>) -> Option<T> {
    // There is no place any more while the thread ends.
    spare.try_with(Cell::take).ok().flatten()
}

/// Keeps a codec that knows nothing of the message before.
pub(super) fn keep<T>(spare: &'static Spare<T>, codec: T) {
    let _ = spare.try_with(|spare| spare.set(Some(codec)));
}

/// Frees the codecs that this thread keeps from one message without takeover
/// to the next, up to 450 KiB. The next message makes its own.
///
/// What the last message said stays in their memory until then, out of reach
/// of any other message. There is a reason to free them only where a thread waits for long, as it may where
/// each connection has its own.
///
/// ```
/// # use websocket_proto::deflate::free_spares;
/// # fn read_blocking() {}
/// free_spares();
/// read_blocking();
/// ```
pub fn free_spares() {
    drop(take(&super::compress::SPARE));
    drop(take(&super::inflate::SPARE));
}
