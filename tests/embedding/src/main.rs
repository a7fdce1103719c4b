//! Runs every scenario on every adapter: `cargo run --release`.

use std::env;
use std::process::ExitCode;
use std::time::Instant;

use embedding::matrix::{columns, table};

const USAGE: &str = "\
Runs every scenario on every adapter and prints who passed which.

Usage: embedding [WORD]     with VERBOSE=1, how long each case took

  WORD     only the adapters whose name has this word
  --help   this text
";

fn main() -> ExitCode {
    let word = env::args().nth(1).unwrap_or_default();
    if word.starts_with('-') {
        print!("{USAGE}");
        return ExitCode::from(if word == "--help" { 0 } else { 2 });
    }
    let mut columns = columns();
    columns.retain(|column| column.adapter.contains(&word));
    for column in &mut columns {
        let started = Instant::now();
        let verbose = env::var_os("VERBOSE").is_some();
        column.run(|case, time| {
            if verbose {
                let seconds = time.as_secs_f32();
                eprintln!("{seconds:6.2} s  {} ({})", case.scenario, case.roles);
            }
        });
        eprintln!(
            "{}: {} cases in {:.1} s",
            column.adapter,
            column.count(),
            started.elapsed().as_secs_f32()
        );
    }
    print!("{}", table(&columns));
    let failed: usize = columns.iter().map(|column| column.failures().len()).sum();
    let count: usize = columns.iter().map(|column| column.count()).sum();
    println!("\n{} passed, {failed} failed", count - failed);
    match failed == 0 && count > 0 {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
