//! This crate and others on the same work in memory, without sockets.
//!
//! See README.md for the options.

mod allocator;
mod chart;
mod check;
mod content;
mod contestant;
mod frames;
mod instructions;
mod json;
mod limits;
mod markdown;
mod measure;
mod memory;
mod peers;
mod pipe;
mod results;
mod workload;

use std::time::Instant;

use contestant::Contestant;
use results::{Results, Section};
use workload::{Scale, Workload};

#[global_allocator]
static ALLOCATOR: allocator::Counting = allocator::Counting;

const USAGE: &str = "[--repetitions=N] [--workloads=R1,S,...] [--only=NAME,...] [--out=NAME] \
    [--svg=FILE] [--no-memory] [--memory=deflate] [--instructions], \
    or one NAME WORKLOAD COUNT, or loop NAME WORKLOAD SECONDS";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["one", name, id, count] => {
            let workload = workload(id, Scale::Counted);
            measure::bare(&*contestant(name), &workload, count.parse().expect(USAGE));
        }
        ["loop", name, id, seconds] => {
            let (contestant, workload) = (contestant(name), workload(id, Scale::Timed));
            let seconds: f64 = seconds.parse().expect(USAGE);
            let begin = Instant::now();
            while begin.elapsed().as_secs_f64() < seconds {
                measure::timed(&*contestant, &workload).expect("supported");
            }
        }
        _ => compare(&Options::parse(&arguments)),
    }
}

fn contestant(name: &str) -> Box<dyn Contestant> {
    let mut all = peers::all().into_iter();
    all.find(|contestant| contestant.name() == name)
        .expect("a contestant's name")
}

fn workload(id: &str, scale: Scale) -> Workload {
    let mut found = workload::all(scale, &|other| other == id);
    found.pop().expect("a workload's ID")
}

struct Options<'a> {
    repetitions: usize,
    workloads: Vec<&'a str>,
    only: Vec<&'a str>,
    out: &'a str,
    svg: Option<&'a str>,
    memory: bool,
    deflate_memory: bool,
    instructions: bool,
}

impl<'a> Options<'a> {
    fn parse(arguments: &[&'a str]) -> Self {
        let mut options = Self {
            repetitions: 5,
            workloads: Vec::new(),
            only: Vec::new(),
            out: "results",
            svg: None,
            memory: true,
            deflate_memory: true,
            instructions: false,
        };
        for argument in arguments {
            match argument.split_once('=') {
                Some(("--repetitions", value)) => {
                    options.repetitions = value.parse().expect(USAGE);
                }
                Some(("--workloads", value)) => options.workloads = value.split(',').collect(),
                Some(("--only", value)) => options.only = value.split(',').collect(),
                Some(("--out", value)) => options.out = value,
                Some(("--svg", value)) => options.svg = Some(value),
                Some(("--memory", "deflate")) => options.memory = false,
                None if *argument == "--no-memory" => {
                    (options.memory, options.deflate_memory) = (false, false);
                }
                None if *argument == "--instructions" => options.instructions = true,
                _ => panic!("{USAGE}"),
            }
        }
        options
    }

    /// By its ID or the beginning of it.
    fn wants(&self, id: &str) -> bool {
        self.workloads.is_empty() || self.workloads.iter().any(|prefix| id.starts_with(prefix))
    }
}

fn compare(options: &Options<'_>) {
    let mut contestants = peers::all();
    contestants.retain(|contestant| {
        let is = |only: &&str| contestant.name().starts_with(only);
        options.only.is_empty() || options.only.iter().any(is)
    });
    let target = match cfg!(target_feature = "avx2") {
        true => "Built for this machine's processor",
        false => "Built for any processor of the target",
    };
    let mut results = Results {
        target,
        repetitions: options.repetitions,
        sections: Vec::new(),
        memory: Vec::new(),
        deflate_memory: Vec::new(),
        instructions: Vec::new(),
        failures: Vec::new(),
    };
    for workload in workload::all(Scale::Timed, &|id| options.wants(id)) {
        let (rows, failures) = measure::rows(&contestants, &workload, options.repetitions);
        results.failures.extend(failures);
        if !rows.is_empty() {
            results.sections.push(Section::new(&workload, rows));
        }
        eprintln!("{}", workload.id);
    }
    if options.memory {
        let counted = |id: &str| memory::COUNTED.contains(&id);
        let workloads = workload::all(Scale::Counted, &counted);
        results.memory = memory::measure(&contestants, &workloads);
    }
    if options.deflate_memory {
        results.deflate_memory = memory::deflate::measure(&contestants);
    }
    if options.instructions {
        results.instructions = instructions::measure(&contestants);
    }
    let report = markdown::write(&results);
    print!("{report}");
    save(&format!("{}.md", options.out), &report);
    save(&format!("{}.json", options.out), &json::write(&results));
    if let Some(file) = options.svg {
        save(file, &chart::write(&results));
    }
}

fn save(file: &str, text: &str) {
    std::fs::write(file, text).unwrap_or_else(|error| panic!("{file}: {error}"));
}
