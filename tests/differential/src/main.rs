//! Compares many inputs: `cargo run --release -- COUNT [SEED]`, or one again:
//! `cargo run -- --input HEX`.

use std::collections::BTreeMap;
use std::panic;
use std::time::Instant;

use differential::{Difference, Random, compare};

/// How many reports are printed.
const REPORTS: u64 = 10;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let usage = "COUNT [SEED], or --input HEX";
    match &arguments[..] {
        [flag, hex] if flag == "--input" => println!("{:?}", compare(&from_hex(hex))),
        [count] => run(count.parse().expect(usage), 1),
        [count, seed] => run(count.parse().expect(usage), seed.parse().expect(usage)),
        _ => panic!("{usage}"),
    }
}

fn run(count: u64, seed: u64) {
    let begin = Instant::now();
    let mut random = Random::new(seed);
    let mut input = Vec::new();
    let mut outcomes = BTreeMap::new();
    let mut differences = BTreeMap::new();
    let (mut same, mut failed) = (0_u64, 0);
    for _ in 0..count {
        random.input(&mut input);
        if failed == REPORTS {
            // The counts go on without a report each.
            panic::set_hook(Box::new(|_| {}));
        }
        let Ok(comparison) = panic::catch_unwind(|| compare(&input)) else {
            failed += 1;
            if failed <= REPORTS {
                let hex: String = input.iter().map(|byte| format!("{byte:02x}")).collect();
                eprintln!("again by: --input {hex}\n");
            }
            continue;
        };
        *outcomes.entry(comparison.outcome).or_insert(0_u64) += 1;
        same += u64::from(comparison.found.is_empty());
        for &(difference, _) in Difference::ALL {
            if comparison.found.contains(difference) {
                *differences.entry(difference).or_insert(0_u64) += 1;
            }
        }
    }
    println!("outcomes:");
    for (outcome, count) in outcomes {
        println!("{count:>12} {outcome:?}");
    }
    println!("without any difference:\n{same:>12}");
    println!("with a deliberate difference:");
    for &(difference, section) in Difference::ALL {
        let count = differences.get(&difference).copied().unwrap_or(0);
        println!("{count:>12} {difference:?} ({section})");
    }
    println!("seed {seed}, {:.1} s", begin.elapsed().as_secs_f64());
    println!("{} passed, {failed} failed", count - failed);
    assert_eq!(failed, 0, "differences without an explanation");
}

fn from_hex(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex
        .chars()
        .map(|digit| digit.to_digit(16).expect("hexadecimal digits") as u8)
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}
