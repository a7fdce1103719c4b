//! In place of `deflate/` if the feature is off: nobody wants to compress, and
//! nothing is agreed on.

use crate::extension::{Extension, ExtensionError};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeflateConfig {}

impl DeflateConfig {
    pub(crate) const fn answer(&self, _: &[Extension]) -> Option<DeflateParameters> {
        match *self {}
    }
}

pub(crate) enum DeflateParameters {}

impl DeflateParameters {
    pub(crate) const fn verify(_: &Extension, _: &[Extension]) -> Result<Self, ExtensionError> {
        Err(ExtensionError::OtherExtension)
    }

    pub(crate) const fn extension(&self) -> Extension {
        match *self {}
    }
}
