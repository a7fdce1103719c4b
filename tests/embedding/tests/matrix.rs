//! Every scenario on every adapter.

use std::sync::{Mutex, PoisonError};

use embedding::matrix::columns;

/// One at a time: some measure the heap of the process.
static TURN: Mutex<()> = Mutex::new(());

fn passes(adapter: &str) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut column = columns()
        .into_iter()
        .find(|column| column.adapter == adapter)
        .expect("a known adapter");
    if let Some(reason) = column.unavailable() {
        println!("{adapter}: {reason}");
        return;
    }
    column.run(|_, _| ());
    assert!(column.count() > 60, "{} cases", column.count());
    let failures = column.failures();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn blocking() {
    passes("blocking");
}

#[test]
fn mio() {
    passes("mio");
}

#[test]
fn tokio() {
    passes("tokio");
}

#[test]
fn smol() {
    passes("smol");
}

#[test]
fn io_uring() {
    passes("io_uring");
}

#[test]
fn compio_poll() {
    passes("compio poll");
}

#[test]
fn embedded() {
    passes("embedded");
}

#[test]
fn memory() {
    passes("memory");
}
