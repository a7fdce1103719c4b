//! The results as JSON: a list with an object for each row of each table.

use crate::results::Results;
use crate::{instructions, memory};

pub fn write(results: &Results) -> String {
    let mut objects = Vec::new();
    for section in &results.sections {
        for row in section.rows.iter() {
            objects.push(object(&[
                ("workload", text(section.id)),
                ("name", text(row.name)),
                ("is_limit", row.is_limit.to_string()),
                ("messages", section.count.to_string()),
                ("bytes", section.bytes.to_string()),
                ("seconds", row.median.to_string()),
                ("least_seconds", row.least.to_string()),
                ("mib_per_second", section.mib_per_second(row).to_string()),
                ("ratio_to_best_peer", number(section.ratio(row))),
                ("writes_per_message", row.writes.to_string()),
                ("reads_per_message", row.reads.to_string()),
                ("peak_heap", number(row.peak)),
            ]));
        }
    }
    for row in &results.memory {
        let mut fields = vec![
            ("workload", text("M")),
            ("name", text(row.name)),
            ("opened", row.opened.to_string()),
            ("after_small", row.after_small.to_string()),
            ("after_large", row.after_large.to_string()),
            ("refuses_invalid_text", row.refuses_invalid_text.to_string()),
        ];
        let allocations = memory::COUNTED.iter().zip(&row.allocations);
        fields.extend(allocations.map(|(id, count)| (*id, number(*count))));
        objects.push(object(&fields));
    }
    for row in &results.deflate_memory {
        let (takeover, none) = (row.with_takeover, row.without);
        objects.push(object(&[
            ("workload", text("MD")),
            ("name", text(row.name)),
            ("takeover_opened", number(takeover.map(|held| held.opened))),
            ("takeover_after", number(takeover.map(|held| held.after))),
            ("no_takeover_opened", number(none.map(|held| held.opened))),
            ("no_takeover_after", number(none.map(|held| held.after))),
        ]));
    }
    for row in &results.instructions {
        let mut fields = vec![("workload", text("instructions")), ("name", text(row.name))];
        let counts = instructions::COUNTED.iter().zip(&row.counts);
        fields.extend(counts.map(|(id, count)| (*id, number(*count))));
        objects.push(object(&fields));
    }
    format!("[\n  {}\n]\n", objects.join(",\n  "))
}

fn object(fields: &[(&str, String)]) -> String {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("\"{name}\": {value}"))
        .collect();
    format!("{{ {} }}", fields.join(", "))
}

/// No name here needs escapes.
fn text(text: &str) -> String {
    format!("\"{text}\"")
}

fn number(number: Option<impl ToString>) -> String {
    number.map_or("null".into(), |number| number.to_string())
}
