//! Operations on one connection, held against a connection written to be read:
//! the script and the reference of the crate's own property test.

#[path = "../../tests/model/reference.rs"]
mod reference;
#[path = "../../tests/model/script.rs"]
mod script;

/// Runs the operations that `data` describes.
///
/// # Panics
///
/// Where the connection does not do what the reference does.
pub fn run(data: &[u8]) {
    script::run(data);
}
