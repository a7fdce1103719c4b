//! Reading a command line of a few words.
#![allow(dead_code, reason = "each program uses what it needs")]

use std::env;
use std::fmt::Display;
use std::process;
use std::str::FromStr;
use std::vec;

/// The words of the command line. What is wrong with them ends the program
/// with status 2, and `--help` with status 0.
pub(crate) struct Arguments {
    words: vec::IntoIter<String>,
    usage: &'static str,
    /// The value in `--option=value`.
    attached: Option<String>,
}

impl Arguments {
    pub(crate) fn new(usage: &'static str) -> Self {
        let words = env::args_os()
            .skip(1)
            .map(|word| word.to_string_lossy().into_owned())
            .collect::<Vec<_>>();
        Self {
            words: words.into_iter(),
            usage,
            attached: None,
        }
    }

    /// The next option, with its dashes, or the next other word.
    pub(crate) fn next(&mut self) -> Option<String> {
        if let Some(value) = self.attached.take() {
            self.refuse(format_args!("unexpected value {value:?}"));
        }
        let word = self.words.next()?;
        if matches!(word.as_str(), "--help" | "-h") {
            print!("{}", self.usage);
            process::exit(0);
        }
        match word.split_once('=') {
            Some((option, value)) if word.starts_with("--") => {
                self.attached = Some(value.into());
                Some(option.into())
            }
            _ => Some(word),
        }
    }

    /// The value of `option`, which was the last word.
    pub(crate) fn value(&mut self, option: &str) -> String {
        match self.attached.take().or_else(|| self.words.next()) {
            Some(value) => value,
            None => self.refuse(format_args!("{option} needs a value")),
        }
    }

    /// The same, for a value of another type.
    pub(crate) fn parsed<T: FromStr>(&mut self, option: &str) -> T {
        let value = self.value(option);
        match value.parse() {
            Ok(value) => value,
            Err(_) => self.refuse(format_args!("{option} cannot be {value:?}")),
        }
    }

    /// Refuses a word that has no meaning here.
    pub(crate) fn unexpected(&self, word: &str) -> ! {
        self.refuse(format_args!("unexpected argument {word:?}"))
    }

    /// Ends the program, saying what is wrong with the command line.
    pub(crate) fn refuse(&self, problem: impl Display) -> ! {
        eprintln!("error: {problem}\n\n{}", self.usage.trim_end());
        process::exit(2)
    }
}
