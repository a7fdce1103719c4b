//! What both sides of the draft
//! [draft-ietf-hybi-thewebsocketprotocol-00] need.
//!
//! [draft-ietf-hybi-thewebsocketprotocol-00]: https://datatracker.ietf.org/doc/html/draft-ietf-hybi-thewebsocketprotocol-00

pub(crate) mod challenge;
pub(crate) mod fields;
pub(crate) mod number;
