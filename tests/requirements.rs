//! Keeps `requirements.md` true: every requirement has its row, and what the
//! row says of tests and documentation is so.
//!
//! `REQUIREMENTS=update cargo test --test requirements` brings the tables up
//! to date with the IDs that stand above the tests. What the table calls
//! `documented` it leaves alone.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The areas, and how many rows the requirements have for each.
const AREAS: [(&str, u32); 20] = [
    ("HS-C", 28),
    ("HS-V", 34),
    ("HS-S", 41),
    ("HS-R", 24),
    ("SP", 13),
    ("EXT", 21),
    ("URI", 16),
    ("FR", 37),
    ("FRAG", 18),
    ("UTF", 18),
    ("PING", 14),
    ("CL", 35),
    ("PMN", 26),
    ("PMD", 29),
    ("BOOT", 22),
    ("HX", 27),
    ("SEC", 22),
    ("WEB", 12),
    ("SEED", 14),
    ("IO", 11),
];

/// The tables of close codes and of states, each a row here.
const TABLES: [&str; 2] = ["CL-A", "CL-B"];

/// The most tests that a row names.
const NAMED: usize = 3;

/// All IDs in the order of the tables.
fn ids() -> Vec<String> {
    let mut ids = Vec::new();
    for (area, count) in AREAS {
        ids.extend((1..=count).map(|number| format!("{area}-{number:02}")));
        if area == "CL" {
            ids.extend(TABLES.map(String::from));
        }
    }
    ids
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A row of the tables.
#[derive(Debug, PartialEq)]
struct Row {
    id: String,
    state: String,
    place: String,
}

fn rows(markdown: &str) -> Vec<Row> {
    let cells = |line: &str| -> Option<Vec<String>> {
        let line = line.strip_prefix("| ")?.strip_suffix(" |")?;
        Some(line.split(" | ").map(String::from).collect())
    };
    let tables = markdown.lines().filter_map(cells);
    tables
        .filter(|cells| cells.len() == 3 && cells[0] != "ID")
        .map(|cells| {
            let [id, state, place] = <[String; 3]>::try_from(cells).expect("three cells");
            Row { id, state, place }
        })
        .collect()
}

/// What stands in backticks.
fn quoted(place: &str) -> impl Iterator<Item = &str> {
    place.split('`').skip(1).step_by(2)
}

/// A test, and where an ID can stand.
#[derive(Debug)]
struct Test {
    /// `file::name`, the file as seen from here.
    name: String,
    comment: String,
    body: String,
}

/// The IDs in a text, each once: a capital word or two, and two digits.
fn tokens(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let in_word = |character: char| character.is_ascii_alphanumeric() || character == '-';
    for word in text.split(|character: char| !in_word(character)) {
        let Some((area, number)) = word.rsplit_once('-') else {
            continue;
        };
        let is_number = number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit());
        let is_area = area.len() > 1
            && area.starts_with(|first: char| first.is_ascii_uppercase())
            && area
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'-');
        if ((is_number && is_area) || TABLES.contains(&word)) && !found.contains(&word) {
            found.push(word);
        }
    }
    found
}

/// Whether a list of IDs leaves out their areas, so that no search finds them:
/// a number of two digits alone, right behind an ID.
fn abbreviated(text: &str) -> Option<&str> {
    tokens(text).into_iter().find(|id| {
        text.match_indices(id).any(|(at, _)| {
            let rest = &text[at + id.len()..];
            let rest = ["..", ", ", " to ", "–", "/"]
                .iter()
                .find_map(|between| rest.strip_prefix(between));
            rest.is_some_and(|rest| {
                let end = rest.find(|character: char| !character.is_ascii_digit());
                let end = end.unwrap_or(rest.len());
                // "PING-06, 10 pings" is no list.
                end == 2 && !rest[end..].starts_with(' ')
            })
        })
    })
}

/// The Rust files below a directory; those of another package apart, since
/// `cargo test` here does not run them.
fn files(directory: &Path, ours: &mut Vec<PathBuf>, others: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(directory)
        .expect("a directory")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().expect("a name");
        if path.is_dir() && name != "target" && name != "node_modules" {
            if path.join("Cargo.toml").exists() {
                let mut all = Vec::new();
                files(&path, &mut all, others);
                others.extend(all);
            } else {
                files(&path, ours, others);
            }
        } else if name.to_string_lossy().ends_with(".rs") && name != "requirements.rs" {
            ours.push(path);
        }
    }
}

/// The tests in a file as rustfmt leaves it: comments and attributes above,
/// and a body that ends with a brace below the `fn`.
fn tests(name: &str, source: &str) -> Vec<Test> {
    let lines: Vec<_> = source.lines().collect();
    let mut tests = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let Some(function) = line.trim_start().strip_prefix("fn ") else {
            continue;
        };
        let is_above = |line: &&&str| {
            let line = line.trim_start();
            line.starts_with("//") && !line.starts_with("//!") || line.starts_with("#[")
        };
        let above: Vec<_> = lines[..at].iter().rev().take_while(is_above).collect();
        let is_test = above.iter().any(|line| line.trim() == "#[test]");
        if !is_test || above.iter().any(|line| line.contains("#[ignore")) {
            continue;
        }
        let is_end = |line: &&str| line.trim() == "}" && line.len() == indent + 1;
        let length = lines[at..].iter().position(is_end).expect("an end");
        let end = function.find('(').expect("arguments");
        tests.push(Test {
            name: format!("{name}::{}", &function[..end]),
            comment: above.into_iter().copied().collect::<Vec<_>>().join("\n"),
            body: lines[at..at + length].join("\n"),
        });
    }
    tests
}

/// The tests that `cargo test` runs.
fn all_tests() -> Vec<Test> {
    let (mut ours, mut others) = (Vec::new(), Vec::new());
    let directory = root().join("tests");
    files(&directory, &mut ours, &mut others);
    let mut all = Vec::new();
    for path in ours {
        let source = fs::read_to_string(&path).expect("text");
        let name = path.strip_prefix(&directory).expect("below it");
        let name = name.to_str().expect("ASCII").replace('\\', "/");
        all.extend(tests(&name, &source));
    }
    all
}

/// The tests that name each ID: those first that name it in their comment, and
/// of these the ones that name the fewest.
fn named_by(tests: &[Test]) -> BTreeMap<&str, Vec<&str>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for test in tests {
        let above = tokens(&test.comment);
        for id in &above {
            let place = (false, above.len(), &*test.name);
            found.entry(*id).or_default().push(place);
        }
        for id in tokens(&test.body) {
            if !above.contains(&id) {
                let place = (true, 0, &*test.name);
                found.entry(id).or_default().push(place);
            }
        }
    }
    let names = |mut places: Vec<(bool, usize, _)>| {
        places.sort();
        places.into_iter().map(|(.., name)| name).collect()
    };
    found
        .into_iter()
        .map(|(id, places)| (id, names(places)))
        .collect()
}

fn documentation(file: &str) -> String {
    let path = root().join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
    // As it reads, whatever lines it is broken into.
    let lines = text.lines().map(|line| {
        let line = line.trim_start();
        let comment = ["//!", "///", "//"]
            .iter()
            .find_map(|start| line.strip_prefix(start));
        comment.unwrap_or(line)
    });
    let words: Vec<_> = lines.flat_map(str::split_whitespace).collect();
    words.join(" ").replace('`', "")
}

/// What is wrong with a row, or nothing.
fn fault(row: &Row, named: &BTreeMap<&str, Vec<&str>>) -> Option<String> {
    let found = named.get(&*row.id).map_or(&[][..], |names| names);
    let listed: Vec<_> = quoted(&row.place).collect();
    match &*row.state {
        "tested" => {
            if listed.is_empty() || listed.len() > NAMED {
                return Some(format!("names {} tests", listed.len()));
            }
            let wrong = listed.iter().find(|name| !found.contains(name))?;
            Some(format!("no test {wrong} has the ID above it or in it"))
        }
        "documented" => match listed[..] {
            [file, phrase] => {
                let missing = !documentation(file).contains(phrase);
                missing.then(|| format!("{file} does not say `{phrase}`"))
            }
            _ => Some("wants a file and a phrase".into()),
        },
        "open" => {
            let test = found.first()?;
            Some(format!("is open, but {test} names it"))
        }
        other => Some(format!("has the state {other}")),
    }
}

/// How many rows have each state, in the words of the table.
fn counts(rows: &[Row]) -> String {
    let count = |state: &str| rows.iter().filter(|row| row.state == state).count();
    let [tested, documented, open] = ["tested", "documented", "open"].map(count);
    format!("{tested} tested, {documented} documented, {open} open")
}

/// The tables with what the tests say now; all other lines as they are.
fn updated(markdown: &str, named: &BTreeMap<&str, Vec<&str>>) -> String {
    let mut text = String::new();
    for line in markdown.lines() {
        let Some(row) = rows(line).pop() else {
            text.push_str(line);
            text.push('\n');
            continue;
        };
        let found = named.get(&*row.id).map_or(&[][..], |names| names);
        let as_it_is = fault(&row, named).is_none();
        let (state, place) = match found {
            _ if as_it_is || row.state == "documented" => (row.state, row.place),
            [] => ("open".into(), "nothing names it".into()),
            found => {
                let names = found.iter().take(NAMED).map(|name| format!("`{name}`"));
                ("tested".into(), names.collect::<Vec<_>>().join(", "))
            }
        };
        writeln!(text, "| {} | {state} | {place} |", row.id).expect("a String");
    }
    text
}

#[test]
fn the_table_is_true() {
    let path = root().join("tests/requirements.md");
    let mut markdown = fs::read_to_string(&path).expect("the table");
    let tests = all_tests();
    let named = named_by(&tests);
    if std::env::var("REQUIREMENTS").is_ok_and(|value| value == "update") {
        let old = counts(&rows(&markdown));
        markdown = updated(&markdown, &named);
        markdown = markdown.replace(&old, &counts(&rows(&markdown)));
        fs::write(&path, &markdown).expect("the table can be written");
    }

    let rows = rows(&markdown);
    let listed: Vec<_> = rows.iter().map(|row| &*row.id).collect();
    assert_eq!(listed, ids(), "each ID once, in order");
    let faults: Vec<_> = rows
        .iter()
        .filter_map(|row| Some(format!("{} {}", row.id, fault(row, &named)?)))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));

    let counts = counts(&rows);
    assert!(markdown.contains(&counts), "it does not say: {counts}");
    // Past the capture of the test harness.
    writeln!(std::io::stdout(), "requirements: {counts}").expect("an output");
}

#[test]
fn every_id_in_a_test_is_one_of_the_requirements() {
    let ids = ids();
    let (mut ours, mut others) = (Vec::new(), Vec::new());
    files(&root().join("tests"), &mut ours, &mut others);
    let mut faults = Vec::new();
    for path in ours.iter().chain(&others) {
        let source = fs::read_to_string(path).expect("text");
        for token in tokens(&source) {
            if !ids.iter().any(|id| id == token) {
                faults.push(format!("{}: {token} is no requirement", path.display()));
            }
        }
        for line in source.lines().filter(|line| line.contains("//")) {
            if let Some(id) = abbreviated(line) {
                faults.push(format!("{}: a bare number after {id}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The checks find what they are there for.
#[test]
fn the_checks_can_fail() {
    let text =
        "FR-21, HS-C-03..05; UTF-8, CVE-2023-43669, xFR-22, SHA-1, CL-A, CL-AB, FR-211, FR-21";
    assert_eq!(tokens(text), ["FR-21", "HS-C-03", "CL-A"]);
    assert_eq!(abbreviated("// HS-C-03..05"), Some("HS-C-03"));
    assert_eq!(abbreviated("/// FR-01, 02, 03"), Some("FR-01"));
    assert_eq!(abbreviated("/// FR-01, FR-02: 10 of them"), None);
    assert_eq!(abbreviated("/// PING-06, 10 pings"), None);

    let source = "// FR-01\n#[test]\nfn a() {\n    // FR-02\n}\n\n// FR-03\nfn helper() {\n}\n\n\
        mod m {\n    /// FR-01, FR-04\n    #[test]\n    fn b(x in y) {\n    }\n}\n// FR-05\n";
    let tests = tests("x.rs", source);
    let named = named_by(&tests);
    let expected: [(&str, &[&str]); 3] = [
        ("FR-01", &["x.rs::a", "x.rs::b"]),
        ("FR-02", &["x.rs::a"]),
        ("FR-04", &["x.rs::b"]),
    ];
    let found: Vec<_> = named.iter().map(|(id, names)| (*id, &names[..])).collect();
    assert_eq!(found, expected);

    let markdown = "| ID | state | where |\n|---|---|---|\n| FR-01 | tested | `x.rs::a`, `x.rs::b` |\n\
        | FR-02 | tested | `x.rs::b` |\n| FR-03 | tested | none |\n| FR-04 | open | later |\n\
        | FR-05 | open | later |\n| FR-06 | documented | `Cargo.toml`: `no such phrase` |\n\
        | FR-07 | documented | `Cargo.toml`: `name = \"websocket-proto\"` |\n| FR-08 | done | `x` |\n";
    let rows = rows(markdown);
    let wrong = rows.iter().filter(|row| fault(row, &named).is_some());
    let wrong: Vec<_> = wrong.map(|row| &*row.id).collect();
    assert_eq!(wrong, ["FR-02", "FR-03", "FR-04", "FR-06", "FR-08"]);
    let lines: Vec<_> = updated(markdown, &named)
        .lines()
        .map(String::from)
        .collect();
    assert_eq!(lines[3], "| FR-02 | tested | `x.rs::a` |");
    assert_eq!(lines[5], "| FR-04 | tested | `x.rs::b` |");
    assert_eq!(lines[6], "| FR-05 | open | later |");
}
