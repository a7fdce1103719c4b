//! Which adapter passes which scenario.

use std::fmt::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::adapter::Adapter;
use crate::adapters::blocking::Blocking;
use crate::adapters::compio::Compio;
use crate::adapters::embedded::Embedded;
use crate::adapters::memory::Memory;
use crate::adapters::mio::Mio;
use crate::adapters::smol::Smol;
use crate::adapters::tokio::Tokio;
use crate::scenarios::{Case, cases, names};

/// What one adapter did.
pub struct Column {
    pub adapter: &'static str,
    available: Result<(), String>,
    lacks: fn(&str) -> Option<&'static str>,
    cases: Vec<Case>,
    /// By scenario and roles.
    failures: Vec<(&'static str, &'static str, String)>,
}

impl Column {
    fn new<A: Adapter>() -> Self {
        let available = A::available();
        let cases = match available {
            Ok(()) => cases::<A>(),
            Err(_) => Vec::new(),
        };
        Self {
            adapter: A::NAME,
            available,
            lacks: A::lacks,
            cases,
            failures: Vec::new(),
        }
    }

    /// Runs all cases, one after the other.
    pub fn run(&mut self, mut progress: impl FnMut(&Case, Duration)) {
        for case in &self.cases {
            let started = Instant::now();
            if let Err(reason) = case.run() {
                self.failures.push((case.scenario, case.roles, reason));
            }
            progress(case, started.elapsed());
        }
    }

    /// How many cases there are, none where the machine has not what it takes.
    pub const fn count(&self) -> usize {
        self.cases.len()
    }

    /// What went wrong, with the names of the cases.
    pub fn failures(&self) -> Vec<String> {
        let line = |(scenario, roles, reason): &_| {
            format!("{}, {scenario} ({roles}): {reason}", self.adapter)
        };
        self.failures.iter().map(line).collect()
    }

    /// Why it is not run, where it is not.
    pub fn unavailable(&self) -> Option<&str> {
        self.available.as_ref().err().map(String::as_str)
    }

    fn cell(&self, scenario: &str) -> &'static str {
        let failed = self.failures.iter().any(|(name, ..)| *name == scenario);
        match self.unavailable().or((self.lacks)(scenario)) {
            Some(_) => "n.a.",
            None if failed => "FAIL",
            None => "ok",
        }
    }

    fn notes(&self) -> Vec<String> {
        if let Some(reason) = self.unavailable() {
            return vec![format!("{}: {reason}", self.adapter)];
        }
        let notes = names().into_iter().filter_map(|scenario| {
            let reason = (self.lacks)(scenario)?;
            Some(format!("{}, {scenario}: {reason}", self.adapter))
        });
        notes.collect()
    }
}

/// All adapters, not yet run.
pub fn columns() -> Vec<Column> {
    vec![
        Column::new::<Blocking<TcpStream>>(),
        Column::new::<Mio>(),
        Column::new::<Tokio>(),
        Column::new::<Smol>(),
        Column::new::<Compio<true>>(),
        Column::new::<Compio<false>>(),
        Column::new::<Embedded>(),
        Column::new::<Memory>(),
    ]
}

/// The table, and below it the reasons for what is not "ok".
pub fn table(columns: &[Column]) -> String {
    let names = names();
    let widest = names.iter().map(|name| name.len()).max().unwrap_or(0);
    let mut text = format!("| {:widest$} |", "scenario");
    let mut rule = format!("|{}|", "-".repeat(widest + 2));
    for column in columns {
        let _ = write!(text, " {} |", column.adapter);
        let _ = write!(rule, "{}|", "-".repeat(column.adapter.len() + 2));
    }
    let _ = write!(text, "\n{rule}\n");
    for name in names {
        let _ = write!(text, "| {name:widest$} |");
        for column in columns {
            let width = column.adapter.len();
            let _ = write!(text, " {:width$} |", column.cell(name));
        }
        text.push('\n');
    }
    for note in columns.iter().flat_map(Column::notes) {
        let _ = writeln!(text, "\nn.a.: {note}");
    }
    for failure in columns.iter().flat_map(Column::failures) {
        let _ = writeln!(text, "\nFAIL: {failure}");
    }
    text
}
