//! The bounds of a head.

/// The bounds of an HTTP head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HeadLimits {
    /// The most bytes up to the end of the empty line behind the fields; empty
    /// lines before the first line count as well.
    pub bytes: usize,
    /// The most field lines.
    pub headers: usize,
}

impl HeadLimits {
    pub(crate) const DEFAULT: Self = Self {
        bytes: 16 * 1024,
        headers: 100,
    };
}

/// 16 KiB and 100 field lines, as in [`Config`](crate::Config).
impl Default for HeadLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
