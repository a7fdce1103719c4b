//! zlib, in another process: `judge.py`, which says how both talk.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Options of a [`Question`].
pub const EXACT: u8 = 1;
pub const PARTIAL: u8 = 2;

/// Flags of a [`Verdict`].
pub const BEYOND: u8 = 1;
pub const NO_BLOCK: u8 = 2;
pub const EMPTY: u8 = 4;
pub const TAIL_IS_DATA: u8 = 8;
pub const ENDED: u8 = 16;
pub const VAGUE: u8 = 32;

/// One direction of a connection.
#[derive(Debug, Clone)]
pub struct Stream {
    pub bits: u8,
    pub takeover: bool,
    pub messages: Vec<Question>,
}

/// A compressed message.
#[derive(Debug, Clone)]
pub struct Question {
    pub options: u8,
    pub payload: Vec<u8>,
}

/// What zlib makes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub accepted: bool,
    pub flags: u8,
    /// Why it was refused, in zlib's words.
    pub words: String,
    /// After how many bytes of the payload and of the output a final block ends
    /// that something follows.
    pub restarts: Vec<(usize, usize)>,
    pub output: Vec<u8>,
}

impl Verdict {
    pub const fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// The process that judges. It ends when this is dropped.
#[derive(Debug)]
pub struct Judge {
    child: Child,
    /// `None` once it is told to end.
    input: Option<ChildStdin>,
    output: ChildStdout,
}

impl Judge {
    /// Starts Python.
    ///
    /// # Panics
    ///
    /// If there is no `python3`.
    pub fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/judge.py");
        let mut child = Command::new("python3")
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 is needed");
        let input = child.stdin.take();
        let output = child.stdout.take().expect("a pipe");
        Self {
            child,
            input,
            output,
        }
    }

    /// The verdicts on each stream, up to the first message that is refused.
    ///
    /// # Panics
    ///
    /// If the judge fails, after it has said why.
    pub fn ask(&mut self, streams: &[Stream]) -> Vec<Vec<Verdict>> {
        let mut batch = vec![0; 4];
        batch.extend((streams.len() as u32).to_le_bytes());
        for stream in streams {
            batch.extend([stream.bits, stream.takeover.into()]);
            batch.extend((stream.messages.len() as u32).to_le_bytes());
            for question in &stream.messages {
                batch.push(question.options);
                batch.extend((question.payload.len() as u32).to_le_bytes());
                batch.extend(&question.payload);
            }
        }
        let length = batch.len() as u32 - 4;
        batch[..4].copy_from_slice(&length.to_le_bytes());
        let input = self.input.as_mut().expect("it runs");
        input.write_all(&batch).expect("the judge listens");
        input.flush().expect("the judge listens");

        let mut length = [0; 4];
        self.output.read_exact(&mut length).expect("an answer");
        let mut answer = vec![0; u32::from_le_bytes(length) as usize];
        self.output.read_exact(&mut answer).expect("an answer");
        let mut answer = Answer(&answer);
        let verdicts = streams
            .iter()
            .map(|_| (0..answer.number()).map(|_| answer.verdict()).collect())
            .collect();
        assert!(answer.0.is_empty(), "an answer of another length");
        verdicts
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

struct Answer<'a>(&'a [u8]);

impl<'a> Answer<'a> {
    fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (bytes, rest) = self.0.split_at(count);
        self.0 = rest;
        bytes
    }

    fn number(&mut self) -> usize {
        let bytes = self.bytes(4).try_into().expect("four bytes");
        u32::from_le_bytes(bytes) as usize
    }

    fn verdict(&mut self) -> Verdict {
        let [accepted, flags, words] = self.bytes(3) else {
            unreachable!("three bytes");
        };
        let words = String::from_utf8_lossy(self.bytes(usize::from(*words))).into_owned();
        let restarts = (0..self.number())
            .map(|_| (self.number(), self.number()))
            .collect();
        let length = self.number();
        Verdict {
            accepted: *accepted == 1,
            flags: *flags,
            words,
            restarts,
            output: self.bytes(length).to_vec(),
        }
    }
}
