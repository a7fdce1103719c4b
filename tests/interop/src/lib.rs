//! An end of this crate in memory, for a conversation with other
//! implementations of permessage-deflate: every combination of parameters, and
//! messages that show whether what was agreed is done.

mod end;
mod messages;
mod parameters;

pub use end::{End, Failure};
pub use messages::{Message, is_fragmented, messages, pieces};
pub use parameters::{DEFAULT, Parameters};
