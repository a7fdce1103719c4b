//! What the client prints.

use std::io::{self, Write};
use std::process;

use websocket_proto::handshake::ResponseHead;

/// A refusal in words: its status, and where a redirection leads.
pub(crate) fn describe(head: &ResponseHead) -> String {
    let mut words = format!(
        "{} {}",
        head.status(),
        String::from_utf8_lossy(head.reason())
    );
    if let (300..=399, Some(location)) = (head.status(), head.headers().first("location")) {
        words.push(' ');
        words.push_str(&String::from_utf8_lossy(location));
    }
    words
}

/// Prints a message. Whoever closed the standard output wants no more of them.
pub(crate) fn print(message: &[u8]) {
    let mut stdout = io::stdout().lock();
    let written = stdout
        .write_all(message)
        .and_then(|()| stdout.write_all(b"\n"))
        .and_then(|()| stdout.flush());
    if written.is_err() {
        process::exit(1);
    }
}

/// Prints a notice on one line, whatever the peer put into it.
pub(crate) fn notice(what: &str, words: &str) {
    let mut line = String::from(what);
    if !words.is_empty() {
        line.push(' ');
    }
    for character in words.trim_end().chars() {
        if character.is_control() || character == '\\' {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line.push('\n');
    let _ = io::stderr().write_all(line.as_bytes());
}

pub(crate) fn fail(code: u16, why: &str) -> ! {
    notice("failed", &format!("{code} {why}"));
    process::exit(1)
}
