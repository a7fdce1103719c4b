use core::fmt;

/// What does not belong into a log, wherever it is kept: a key, or what the
/// peer sent.
#[derive(Clone, Copy)]
pub(super) struct Undisclosed<T>(pub(super) T);

impl<T> fmt::Debug for Undisclosed<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("..")
    }
}
