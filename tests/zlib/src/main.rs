//! Compares many messages: `cargo run --release -- COUNT [SEED]`, or those of
//! one group again: `cargo run --release -- --group HEX`.

use std::time::Instant;

use zlib_oracle::{Difference, Group, Judge, Random, Report};

/// How many failures are printed.
const REPORTS: usize = 10;
/// How many groups are judged at once.
const BATCH: usize = 16;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let usage = "COUNT [SEED], or --group HEX";
    let begin = Instant::now();
    let mut judge = Judge::start();
    let mut report = Report::default();
    match &arguments[..] {
        [flag, hex] if flag == "--group" => {
            let seed = u64::from_str_radix(hex, 16).expect(usage);
            report.add(&mut judge, &[Group::run(seed)]);
            print_failures(&report, 0);
        }
        [count, seed @ ..] if seed.len() < 2 => {
            let count: u64 = count.parse().expect(usage);
            let seed = seed.first().map_or(1, |seed| seed.parse().expect(usage));
            let mut random = Random::new(seed);
            while report.passed < count {
                let groups: Vec<_> = (0..BATCH).map(|_| Group::run(random.number())).collect();
                let before = report.failures.len();
                report.add(&mut judge, &groups);
                print_failures(&report, before);
                if report.failures.len() > 100 * REPORTS {
                    break;
                }
            }
            println!("seed {seed}");
        }
        _ => {
            eprintln!("{usage}");
            std::process::exit(2);
        }
    }
    for (outcome, count) in &report.counts {
        println!("{count:>12} {outcome}");
    }
    println!("deliberate differences:");
    for (difference, section) in Difference::ALL {
        let count = report.differences.get(difference).unwrap_or(&0);
        println!("{count:>12} {difference:?} ({section})");
    }
    println!("{:.1} s", begin.elapsed().as_secs_f64());
    let failed = report.failures.len();
    println!("{} passed, {failed} failed", report.passed);
    std::process::exit(i32::from(failed > 0));
}

fn print_failures(report: &Report, from: usize) {
    for failure in report.failures.iter().take(REPORTS).skip(from) {
        eprintln!("{failure}\n");
    }
}
