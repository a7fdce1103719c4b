//! The fuzz targets on stable: every file of the seed corpora, changes of
//! them, and random bytes.

#![cfg(feature = "alloc")]

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

#[path = "../fuzz/src/lib.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    clippy::std_instead_of_alloc,
    reason = "a library of its own, of which this is one user"
)]
mod targets;

#[cfg(feature = "deflate")]
use targets::deflate;
#[cfg(feature = "hixie76")]
use targets::hixie76;
use targets::{connection, decode, model, operations, request, response};

type Target = (&'static str, fn(&[u8]));

const TARGETS: [Target; 6] = [
    ("decode", decode::run),
    ("connection", connection::run),
    ("operations", operations::run),
    ("request", request::run),
    ("response", response::run),
    ("model", model::run),
];

fn corpus(name: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    files(&folder.join(name))
}

/// The files below a folder, in the same order everywhere.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| {
            panic!("{}: {error}", folder.display());
        });
        for entry in entries {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Runs a target, and tells with which file it failed.
fn replay(run: fn(&[u8]), path: &Path) {
    struct Name<'a>(&'a Path);
    impl Drop for Name<'_> {
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!("the input was {}", self.0.display());
            }
        }
    }
    let data = fs::read(path).expect("a file that can be read");
    let _name = Name(path);
    run(&data);
}

fn replay_corpus((name, run): Target) {
    let files = corpus(name);
    assert!(files.len() >= 20, "{} seeds for {name}", files.len());
    for file in files {
        replay(run, &file);
    }
}

#[test]
fn corpus_of_decode() {
    replay_corpus(TARGETS[0]);
}

#[test]
fn corpus_of_connection() {
    replay_corpus(TARGETS[1]);
}

#[test]
fn corpus_of_operations() {
    replay_corpus(TARGETS[2]);
}

#[test]
fn corpus_of_request() {
    replay_corpus(TARGETS[3]);
}

#[test]
fn corpus_of_response() {
    replay_corpus(TARGETS[4]);
}

#[test]
fn corpus_of_model() {
    replay_corpus(TARGETS[5]);
}

#[cfg(feature = "deflate")]
#[test]
fn corpus_of_deflate() {
    replay_corpus(("deflate", deflate::run));
}

#[cfg(feature = "hixie76")]
#[test]
fn corpus_of_hixie76() {
    replay_corpus(("hixie76", hixie76::run));
}

/// Corpora of other implementations that lie beside the repository, where
/// there are any; they are raw streams of frames.
#[test]
fn corpora_of_others() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora");
    if !folder.is_dir() {
        return;
    }
    for file in files(&folder) {
        for (_, run) in TARGETS {
            replay(run, &file);
        }
        // Once more with all of the file as the stream.
        let data = fs::read(&file).expect("a file that can be read");
        let after = |start: &[u8]| [start, &data].concat();
        for role in [0, 1] {
            decode::run(&after(&[role, 0, 30, 1, 200]));
        }
        for start in [0, 2] {
            connection::run(&after(&[start, 0, 30, 1, 200]));
        }
    }
}

/// Most changes of a seed reach further than random bytes do.
fn changed_seed(name: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let seeds: Vec<Vec<u8>> = corpus(name)
        .iter()
        .map(|path| fs::read(path).expect("a file that can be read"))
        .filter(|seed| seed.len() < 4096)
        .collect();
    let change = (any::<prop::sample::Index>(), any::<u8>(), 0..4_u8);
    let changes = prop::collection::vec(change, 0..6);
    (prop::sample::select(seeds), changes).prop_map(|(mut seed, changes)| {
        for (at, byte, what) in changes {
            let at = at.index(seed.len() + 1);
            match (what, seed.get_mut(at)) {
                (0, Some(old)) => *old = byte,
                (1, Some(old)) => *old ^= 1 << (byte % 8),
                (2, Some(_)) => drop(seed.remove(at)),
                _ => seed.insert(at, byte),
            }
        }
        seed
    })
}

fn any_input(name: &'static str) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => changed_seed(name),
        1 => prop::collection::vec(any::<u8>(), 0..600),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        // An input that fails goes into the corpus.
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_input_of_decode(data in any_input("decode")) {
        decode::run(&data);
    }

    #[test]
    fn any_input_of_connection(data in any_input("connection")) {
        connection::run(&data);
    }

    #[cfg(feature = "deflate")]
    #[test]
    fn any_input_of_deflate(data in any_input("deflate")) {
        deflate::run(&data);
    }

    #[cfg(feature = "hixie76")]
    #[test]
    fn any_input_of_hixie76(data in any_input("hixie76")) {
        hixie76::run(&data);
    }

    #[test]
    fn any_input_of_model(data in any_input("model")) {
        model::run(&data);
    }

    #[test]
    fn any_input_of_operations(data in any_input("operations")) {
        operations::run(&data);
    }

    #[test]
    fn any_input_of_request(data in any_input("request")) {
        request::run(&data);
    }

    #[test]
    fn any_input_of_response(data in any_input("response")) {
        response::run(&data);
    }
}
