//! In place of `inflate.rs` if the feature `deflate` is off.

use super::collector::{Collector, Step};
use crate::{Delivery, Error};

#[derive(Debug)]
pub(super) struct Inflate;

impl Inflate {
    pub(super) const OFF: Self = Self;

    pub(super) const fn piece_limit(_: Delivery) -> usize {
        usize::MAX
    }

    /// The decoder lets no such frame through.
    pub(super) const fn push<'a>(
        &mut self,
        _: &[u8],
        _: bool,
        _: &mut Collector,
    ) -> Result<Step<'a>, Error> {
        Err(Error::InvalidDeflate)
    }

    pub(super) const fn has_unread(&self) -> bool {
        false
    }

    pub(super) const fn resume<'a>(&mut self, _: &mut Collector) -> Result<Step<'a>, Error> {
        Ok(Step::NOTHING)
    }
}
