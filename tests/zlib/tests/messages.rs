//! A run of many messages: nothing is left unexplained, and nothing that it is
//! to show is missing.

use std::sync::OnceLock;

use zlib_oracle::{Difference, Group, Judge, Random, Report};

/// How many messages are compared.
const COUNT: u64 = 20_000;

fn run() -> &'static Report {
    static RUN: OnceLock<Report> = OnceLock::new();
    RUN.get_or_init(|| {
        let mut judge = Judge::start();
        let mut random = Random::new(2);
        let mut report = Report::default();
        while report.passed < COUNT && report.failures.len() < 10 {
            let groups: Vec<_> = (0..16).map(|_| Group::run(random.number())).collect();
            report.add(&mut judge, &groups);
        }
        report
    })
}

#[test]
fn every_message_is_as_zlib_has_it_or_differs_by_decision() {
    let report = run();
    let failures = report.failures.iter().map(|failure| failure.to_string());
    let failures: Vec<_> = failures.collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// An entry that no message shows would explain what it should not, or nothing.
#[test]
fn every_difference_occurs() {
    let report = run();
    for entry in Difference::ALL {
        assert!(report.differences.contains_key(&entry.0), "{entry:?}");
    }
}

/// The generator reaches every fault of DEFLATE that zlib's inflate knows.
#[test]
fn every_fault_occurs() {
    let report = run();
    for words in [
        "a final block ends within the tail",
        "does not end where a block ends",
        "invalid bit length repeat",
        "invalid block type",
        "invalid code -- missing end-of-block",
        "invalid code lengths set",
        "invalid distance code",
        "invalid distance too far back",
        "invalid distances set",
        "invalid literal/length code",
        "invalid literal/lengths set",
        "invalid stored block lengths",
        "too many length or distance symbols",
    ] {
        let outcome = format!("received, both refuse: {words}");
        assert!(report.counts.contains_key(&outcome), "{outcome}");
    }
    for outcome in [
        "received, both accept",
        "received, accepted by decision",
        "received, refused by decision",
        "received, not UTF-8",
        "received, plain",
        "sent, compressed",
        "sent, plain",
    ] {
        assert!(report.counts.contains_key(outcome), "{outcome}");
    }
}

/// The table in the README is the list.
#[test]
fn the_table_has_every_difference() {
    let readme = include_str!("../README.md");
    for (difference, section) in Difference::ALL {
        let row = format!("| `{difference:?}` | {section} |");
        assert!(readme.contains(&row), "no row {row}");
    }
    let rows = readme.lines().filter(|line| line.starts_with("| `"));
    assert_eq!(rows.count(), Difference::ALL.len());
}
