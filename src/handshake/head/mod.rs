//! The heads of HTTP/1 messages: their bytes collected across reads, their lines
//! and fields. What they say of WebSocket is for [`server`](super::server) and
//! [`client`](super::client) to judge; only the [names](name) of the fields are
//! known here, so that each is looked up once.

pub(crate) mod error;
pub(crate) mod field;
pub(crate) mod headers;
pub(crate) mod limits;
mod lines;
pub(crate) mod name;
pub(crate) mod reader;
pub(crate) mod version;
