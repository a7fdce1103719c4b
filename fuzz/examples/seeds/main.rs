//! Writes the hand-made seeds to `corpus/`, over those of the same name:
//! `cargo run --example seeds`. What fuzzing found stands there too, under the
//! names that the fuzzer gives.

mod deflate;
mod frames;
mod heads;
mod hixie76;
mod operations;
mod script;
mod texts;

use std::fs;
use std::path::Path;

/// A name and an input.
type Seed = (String, Vec<u8>);

fn main() -> std::io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (target, seeds) in [
        ("decode", frames::decode()),
        (
            "connection",
            [frames::connection(), heads::connection()].concat(),
        ),
        ("deflate", deflate::all()),
        (
            "differential",
            [frames::differential(), heads::differential()].concat(),
        ),
        ("hixie76", hixie76::all()),
        ("operations", operations::all()),
        ("request", heads::requests()),
        ("response", heads::responses()),
    ] {
        let folder = corpus.join(target);
        fs::create_dir_all(&folder)?;
        println!("{target}: {} seeds", seeds.len());
        for (name, bytes) in seeds {
            fs::write(folder.join(name), bytes)?;
        }
    }
    Ok(())
}
