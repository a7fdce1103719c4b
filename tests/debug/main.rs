//! `Debug` of every public type: what is printed for a log holds no key, no
//! nonce, no payload, no credential and no query (SEC-22).
#![cfg(all(
    feature = "bytes",
    feature = "deflate",
    feature = "getrandom",
    feature = "hixie76",
    feature = "http"
))]

mod complete;
mod connections;
mod marks;
mod values;

#[path = "../support/pair.rs"]
mod pair;
#[path = "../support/mod.rs"]
mod support;

use crate::marks::Shown;

/// Every value with a mark in whatever can hold one.
fn all() -> Vec<Shown> {
    [values::all(), connections::all()].concat()
}

#[test]
fn no_public_type_shows_a_secret() {
    let mut found = Vec::new();
    for shown in all() {
        if let Some(mark) = shown.first_mark() {
            found.push(format!("{} shows {mark}:\n{}", shown.how, shown.text));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}
