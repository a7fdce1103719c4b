//! What a server does with an extended CONNECT.

pub(crate) mod error;
pub(crate) mod request;
