//! The connection as a whole: what it makes of bytes and of calls.

mod memory;
