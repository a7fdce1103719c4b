//! What a thread keeps of the messages that stand alone.
//!
//! Without takeover a codec is of no use to its connection between messages,
//! but to make one takes as long as to compress a kilobyte. So the thread
//! keeps those that its last messages leave, for the next message of
//! whichever connection: one inflater, which serves all windows, and a
//! compressor for each window. So a connection cannot make useless what another
//! one left.

use core::cell::Cell;
use std::thread::LocalKey;

/// Places for so many codecs.
pub(super) struct Spare<T, const PLACES: usize>([Cell<Option<T>>; PLACES]);

impl<T, const PLACES: usize> Spare<T, PLACES> {
    pub(super) const fn new() -> Self {
        Self([const { Cell::new(None) }; PLACES])
    }
}

/// Takes out what is kept at a place.
pub(super) fn take<T, const PLACES: usize>(
    spare: &'static LocalKey<Spare<T, PLACES>>,
    place: usize,
) -> Option<T> {
    // There is no place any more while the thread ends.
    let take = |spare: &Spare<T, PLACES>| spare.0.get(place).and_then(Cell::take);
    spare.try_with(take).ok().flatten()
}

/// Keeps a codec that knows nothing of the message before.
pub(super) fn keep<T, const PLACES: usize>(
    spare: &'static LocalKey<Spare<T, PLACES>>,
    place: usize,
    codec: T,
) {
    let _ = spare.try_with(|spare| {
        if let Some(place) = spare.0.get(place) {
            place.set(Some(codec));
        }
    });
}

/// Frees what is kept.
pub(super) fn free<T, const PLACES: usize>(spare: &'static LocalKey<Spare<T, PLACES>>) {
    for place in 0..PLACES {
        drop(take(spare, place));
    }
}
