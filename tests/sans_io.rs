//! What the crate may not reach for, seen in its source: what has no `std` in
//! scope has no sockets, files, clocks, threads or randomness of the system.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// IO-01: time, randomness and bytes come in by argument. `tests/no-std` links
/// programs without `std`; this holds with the feature `std` too.
#[test]
fn the_source_uses_neither_std_nor_randomness_of_its_own() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let library = fs::read_to_string(root.join("lib.rs")).expect("text");
    assert!(library.contains("\n#![no_std]\n"));
    let mut found = Vec::new();
    sources(&root, &mut found);
    assert!(found.len() > 20);
    for path in found {
        let source = fs::read_to_string(&path).expect("text");
        let code = source
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            // The codecs that a thread lends from message to message, which
            // nobody can tell from new ones.
            let lends = path.ends_with("spare.rs") && line == "use std::thread::LocalKey;"
                || path
                    .parent()
                    .is_some_and(|parent| parent.ends_with("deflate"))
                    && line == "std::thread_local! {";
            let reaches = line.contains("std::") && !lends;
            assert!(!reaches, "{}: {line}", path.display());
            // `Seed::from_os`, which a caller asks for by name.
            let draws = line.contains("getrandom::");
            assert!(!draws || path.ends_with("seed.rs"), "{}", path.display());
        }
    }
}
