//! That the list of values is complete: of every public type there is one, or
//! the type can hold no secret by its definition.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::all;

/// Types that hold numbers, names of cases and settings alone.
const PLAIN: [(&str, &str); 31] = [
    ("config.rs", "Config"),
    ("config.rs", "Delivery"),
    ("deflate/config.rs", "DeflateConfig"),
    ("deflate/parameters.rs", "DeflateParameters"),
    ("error.rs", "Error"),
    ("error.rs", "Limit"),
    ("error.rs", "SendError"),
    ("error.rs", "Timeout"),
    ("error.rs", "Unsupported"),
    ("event.rs", "MessageKind"),
    ("extension.rs", "ExtensionError"),
    ("frame/close.rs", "CloseCode"),
    ("frame/close.rs", "CloseError"),
    ("frame/error.rs", "FrameError"),
    ("frame/opcode.rs", "Opcode"),
    ("frame/reserved.rs", "ReservedBits"),
    ("frame/utf8.rs", "InvalidUtf8"),
    ("handshake/build_error.rs", "BuildError"),
    ("handshake/client/error.rs", "ResponseError"),
    ("handshake/connect/client/error.rs", "ResponseError"),
    ("handshake/connect/malformed.rs", "Malformed"),
    ("handshake/connect/reset_code.rs", "ResetCode"),
    ("handshake/connect/server/error.rs", "RequestError"),
    ("handshake/connect/setting.rs", "Setting"),
    ("handshake/head/error.rs", "HeadError"),
    ("handshake/head/limits.rs", "HeadLimits"),
    ("handshake/head/version.rs", "HttpVersion"),
    ("handshake/server/error.rs", "RequestError"),
    ("status.rs", "CloseStatus"),
    ("status.rs", "State"),
    ("stream_end.rs", "StreamEnd"),
];

/// Further ones, of which the definition says it at once.
const PLAIN_TOO: [(&str, &str); 3] = [
    ("protocol.rs", "Protocol"),
    ("frame/role.rs", "Role"),
    ("uri/mod.rs", "UriError"),
];

/// What a type without secrets has nothing of.
const HOLDERS: [&str; 12] = [
    "str",
    "String",
    "Vec",
    "Cow",
    "Box",
    "Rc",
    "Arc",
    "Headers",
    "MaskingKey",
    "Seed",
    "Uri",
    "char",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every `pub struct`, `pub enum` and `pub union` in `src`: its file, its name
/// and its definition without comments.
fn defined() -> Vec<(String, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut defined = Vec::new();
    for path in files {
        let file = path.strip_prefix(&root).expect("below the root");
        let file = file.to_str().expect("a name in UTF-8").replace('\\', "/");
        let text = fs::read_to_string(&path).expect("a source");
        let is_comment = |line: &&str| line.trim_start().starts_with("//");
        let lines: Vec<&str> = text.lines().filter(|line| !is_comment(line)).collect();
        for (index, line) in lines.iter().enumerate() {
            let mut words = line.split_whitespace();
            let (Some("pub"), Some("struct" | "enum" | "union"), Some(name)) =
                (words.next(), words.next(), words.next())
            else {
                continue;
            };
            let is_part = |byte: char| byte.is_alphanumeric() || byte == '_';
            let end = name.find(|byte| !is_part(byte)).unwrap_or(name.len());
            let mut definition = String::new();
            for line in &lines[index..] {
                definition.push_str(line);
                definition.push('\n');
                if line.ends_with(';') || line.starts_with('}') || line.ends_with("{}") {
                    break;
                }
            }
            defined.push((file.clone(), name[..end].to_owned(), definition));
        }
    }
    defined
}

/// Whoever adds a public type adds a value of it with marks to this test, or
/// the type to [`PLAIN`].
#[test]
fn every_public_type_is_shown() {
    let in_source: BTreeSet<_> = defined()
        .into_iter()
        .map(|(file, name, _)| format!("{file} {name}"))
        .collect();
    assert!(in_source.len() > 50, "{in_source:?}");
    let shown: Vec<_> = all().iter().map(|shown| shown.of).collect();
    let in_test: BTreeSet<_> = PLAIN
        .iter()
        .chain(&PLAIN_TOO)
        .chain(&shown)
        .map(|(file, name)| format!("{file} {name}"))
        .collect();
    let missing: Vec<_> = in_source.difference(&in_test).collect();
    assert!(missing.is_empty(), "not in the test: {missing:?}");
    let gone: Vec<_> = in_test.difference(&in_source).collect();
    assert!(gone.is_empty(), "no longer in the source: {gone:?}");
}

#[test]
fn a_plain_type_holds_no_text_and_no_bytes() {
    let defined = defined();
    for plain in PLAIN.iter().chain(&PLAIN_TOO) {
        let (_, _, definition) = defined
            .iter()
            .find(|(file, name, _)| (&**file, &**name) == *plain)
            .expect("a type of the source");
        let words = definition.split(|byte: char| !byte.is_alphanumeric() && byte != '_');
        let holder = words.into_iter().find(|word| HOLDERS.contains(word));
        assert_eq!(holder, None, "{plain:?}");
        assert!(
            !definition.contains("[u8") && !definition.contains("<u8"),
            "{plain:?}"
        );
    }
}
