//! The results as Markdown.

use std::fmt::{self, Write};

use crate::memory::deflate::{LENGTH, MESSAGES};
use crate::results::{OURS, Results, Section};
use crate::{instructions, memory};

pub fn write(results: &Results) -> String {
    let mut text = String::new();
    all(&mut text, results).expect("a string takes everything");
    text
}

fn all(out: &mut String, results: &Results) -> fmt::Result {
    writeln!(
        out,
        "{}, thread CPU time, medians of {} interleaved runs.\n",
        results.target, results.repetitions
    )?;
    for failure in &results.failures {
        writeln!(out, "> wrong: {failure}\n")?;
    }
    summary(out, &results.sections)?;
    deflate(out, &results.sections)?;
    for section in &results.sections {
        table(out, section)?;
    }
    memory(out, results)?;
    deflate_memory(out, results)?;
    instructions(out, results)
}

/// This crate against the fastest peer of each workload.
fn summary(out: &mut String, sections: &[Section]) -> fmt::Result {
    writeln!(out, "| | | {OURS} | fastest peer | | time against it |")?;
    writeln!(out, "|---|---|--:|--:|---|--:|")?;
    for section in sections {
        let (Some(ours), Some(best)) = (section.row(OURS), section.best_peer()) else {
            continue;
        };
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {:.2} |",
            section.id,
            section.what,
            time(section.nanoseconds(ours)),
            time(section.nanoseconds(best)),
            best.name,
            ours.median / best.median
        )?;
    }
    writeln!(out)
}

/// Nanoseconds, in a unit that is easy to read.
fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        0.0..1e3 => format!("{nanoseconds:.1} ns"),
        1e3..1e6 => format!("{:.2} µs", nanoseconds / 1e3),
        _ => format!("{:.2} ms", nanoseconds / 1e6),
    }
}

/// MiB/s of JSON received compressed and sent back compressed.
fn deflate(out: &mut String, sections: &[Section]) -> fmt::Result {
    const IDS: [&str; 6] = ["D2", "D1", "D3", "D2n", "D1n", "D3n"];
    let found = IDS.map(|id| sections.iter().find(|section| section.id == id));
    let mut names: Vec<&str> = Vec::new();
    for row in found.iter().flatten().flat_map(|section| &section.rows) {
        if !names.contains(&row.name) {
            names.push(row.name);
        }
    }
    if names.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "| MiB/s | takeover, 64 B | 1 KiB | 64 KiB | none, 64 B | 1 KiB | 64 KiB |"
    )?;
    writeln!(out, "|---|--:|--:|--:|--:|--:|--:|")?;
    for name in names {
        write!(out, "| {name} |")?;
        for section in found {
            let row = section.and_then(|section| Some((section, section.row(name)?)));
            match row {
                Some((section, row)) => write!(out, " {:.1} |", section.mib_per_second(row))?,
                None => write!(out, " – |")?,
            }
        }
        writeln!(out)?;
    }
    writeln!(out)
}

fn table(out: &mut String, section: &Section) -> fmt::Result {
    let Section {
        id, what, count, ..
    } = section;
    let size = section.bytes as f64 / f64::from(1 << 20);
    writeln!(
        out,
        "### {id}: {what}\n\n{count} messages, {size:.1} MiB a run\n"
    )?;
    let has_peak = section.rows.iter().any(|row| row.peak.is_some());
    let (head, line) = match has_peak {
        true => (" heap at most, B |", "--:|"),
        false => ("", ""),
    };
    writeln!(
        out,
        "| | MiB/s | a message | at least | time against the fastest peer | writes/message | \
         reads/message |{head}\n|---|--:|--:|--:|--:|--:|--:|{line}"
    )?;
    for row in &section.rows {
        write!(
            out,
            "| {} | {:.0} | {} | {} | {} |",
            row.name,
            section.mib_per_second(row),
            time(section.nanoseconds(row)),
            time(row.least * 1e9 / *count as f64),
            section
                .ratio(row)
                .map_or("–".into(), |ratio| format!("{ratio:.2}")),
        )?;
        match row.is_limit {
            true => write!(out, " | |")?,
            false => write!(out, " {:.3} | {:.3} |", row.writes, row.reads)?,
        }
        match row.peak {
            Some(peak) => writeln!(out, " {peak} |")?,
            None => writeln!(out)?,
        }
    }
    writeln!(out)
}

fn memory(out: &mut String, results: &Results) -> fmt::Result {
    if results.memory.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "### M: bytes on the heap for a server's connection, its object included\n"
    )?;
    write!(out, "| | opened | after 100 B | after 1 MiB |")?;
    for id in memory::COUNTED {
        write!(out, " allocations a message, {id} |")?;
    }
    writeln!(
        out,
        " refuses invalid text |\n|---|--:|--:|--:|--:|--:|--:|---|"
    )?;
    for memory in &results.memory {
        write!(
            out,
            "| {} | {} | {} | {} |",
            memory.name, memory.opened, memory.after_small, memory.after_large
        )?;
        for allocations in &memory.allocations {
            write!(out, " {} |", or_dash(*allocations, 3))?;
        }
        let refuses = if memory.refuses_invalid_text {
            "yes"
        } else {
            "**no**"
        };
        writeln!(out, " {refuses} |")?;
    }
    writeln!(out)
}

fn deflate_memory(out: &mut String, results: &Results) -> fmt::Result {
    if results.deflate_memory.is_empty() {
        return Ok(());
    }
    let after = format!("after {MESSAGES} of {} KiB", LENGTH >> 10);
    writeln!(
        out,
        "### MD: bytes on the heap for a server's connection with permessage-deflate, its object \
         included\n\n\
         | | takeover, opened | {after} | no takeover, opened | {after} |\n|---|--:|--:|--:|--:|"
    )?;
    for deflate in &results.deflate_memory {
        write!(out, "| {} |", deflate.name)?;
        for held in [deflate.with_takeover, deflate.without] {
            match held {
                Some(held) => write!(out, " {} | {} |", held.opened, held.after)?,
                None => write!(out, " – | – |")?,
            }
        }
        writeln!(out)?;
    }
    writeln!(out)
}

fn instructions(out: &mut String, results: &Results) -> fmt::Result {
    if results.instructions.is_empty() {
        return Ok(());
    }
    let ids = instructions::COUNTED.join(" | ");
    writeln!(
        out,
        "### Instructions a message (callgrind)\n\n| | {ids} |\n|---|--:|--:|--:|--:|--:|"
    )?;
    for instructions in &results.instructions {
        write!(out, "| {} |", instructions.name)?;
        for count in &instructions.counts {
            write!(out, " {} |", or_dash(*count, 0))?;
        }
        writeln!(out)?;
    }
    writeln!(out)
}

fn or_dash(number: Option<f64>, digits: usize) -> String {
    number.map_or("–".into(), |number| format!("{number:.digits$}"))
}
