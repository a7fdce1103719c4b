//! The same bytes for this crate and for independent implementations: who
//! accepts, which events come out, which close codes, which answers.
//!
//! [`compare`] takes any bytes. What differs is either an entry of
//! [`Difference`], with the section that decides it, or an error.

mod choices;
mod difference;
mod frames;
mod pipe;
mod random;

pub use difference::{Difference, Found};
pub use random::Random;

use choices::Choices;

/// How a comparison ended where nothing was left unexplained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Open,
    Closed,
    Failed1002,
    Failed1007,
    Failed1009,
}

impl Outcome {
    const fn of_code(code: u16) -> Self {
        match code {
            1007 => Self::Failed1007,
            1009 => Self::Failed1009,
            _ => Self::Failed1002,
        }
    }
}

/// What a comparison found.
#[derive(Debug, Clone, Copy)]
pub struct Comparison {
    pub outcome: Outcome,
    pub found: Found,
}

/// Reads from `data` what is to be fed and how, feeds it, and compares.
///
/// # Panics
///
/// With a report where a difference is left unexplained.
pub fn compare(data: &[u8]) -> Comparison {
    let mut choices = Choices::new(data);
    let mut found = Found::default();
    let compared = match choices.below(8) {
        0 => frames::compare(&frames::Case::choose(&mut choices, false), &mut found),
        _ => frames::compare(&frames::Case::choose(&mut choices, true), &mut found),
    };
    match compared {
        Ok(outcome) => Comparison { outcome, found },
        Err(frames::Disagreement(report)) => panic!("{report}"),
    }
}
