//! In place of `hixie76.rs` if that feature is off.

use super::collector::{Collector, Step};
use crate::Error;

#[derive(Debug)]
pub(super) struct Legacy;

#[derive(Debug)]
#[expect(dead_code, reason = "as the feature has them")]
pub(super) enum Read<'a> {
    Text(Step<'a>),
    Close,
    NeedsInput,
}

impl Legacy {
    pub(super) const OFF: Self = Self;

    pub(super) const fn is_spoken(&self) -> bool {
        false
    }

    pub(super) const fn read<'a>(
        &mut self,
        _: &mut &'a mut [u8],
        _: &mut Collector,
    ) -> Result<Read<'a>, Error> {
        Ok(Read::NeedsInput)
    }
}
