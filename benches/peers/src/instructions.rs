//! Instructions for each message, by callgrind.

use std::process::Command;

use crate::contestant::Contestant;

/// The workloads in which they are counted.
pub const COUNTED: [&str; 5] = ["R1", "C1", "S1", "S2", "E1"];

const MESSAGES: usize = 5000;

pub struct Instructions {
    pub name: &'static str,
    /// By workload.
    pub counts: Vec<Option<f64>>,
}

/// Runs this program under callgrind, with messages and without: the
/// difference leaves out what is done once.
pub fn measure(contestants: &[Box<dyn Contestant>]) -> Vec<Instructions> {
    let names = contestants.iter().map(|contestant| contestant.name());
    names.map(of).collect()
}

fn of(name: &'static str) -> Instructions {
    let count = |id| {
        let difference = run(name, id, MESSAGES)? - run(name, id, 0)?;
        Some(difference / MESSAGES as f64)
    };
    eprintln!("instructions of {name}");
    let counts = COUNTED.map(count).to_vec();
    Instructions { name, counts }
}

fn run(name: &str, id: &str, count: usize) -> Option<f64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe().ok()?)
        .args(["one", name, id, &count.to_string()])
        .output()
        .ok()?;
    let report = String::from_utf8_lossy(&output.stderr).into_owned();
    let total = report
        .lines()
        .find_map(|line| line.split("Collected : ").nth(1));
    total?.trim().parse().ok()
}
