//! permessage-deflate, rule by rule of RFC 7692.
#![cfg(feature = "deflate")]

mod data;
