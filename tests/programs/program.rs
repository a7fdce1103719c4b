//! A running example program.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Once;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// Far more than anything here takes, however busy the machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A program whose output is read as it comes; it is ended on drop.
pub(crate) struct Program {
    child: Child,
    pub(crate) stdout: Lines,
    pub(crate) stderr: Lines,
}

impl Program {
    pub(crate) fn start(name: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new(example(name))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = Lines::of(child.stdout.take().unwrap());
        let stderr = Lines::of(child.stderr.take().unwrap());
        Self {
            child,
            stdout,
            stderr,
        }
    }

    /// Starts `echo` or `chat` on a free port.
    pub(crate) fn serve(name: &str, options: &[&str]) -> (Self, SocketAddr) {
        let program = Self::start(name, &[&["127.0.0.1:0"], options].concat());
        let line = program.stdout.next();
        let address = line
            .strip_prefix("listening on ws://")
            .or_else(|| line.strip_prefix("listening on http://"))
            .unwrap_or_else(|| panic!("{line}"));
        let address = address.parse().unwrap();
        (program, address)
    }

    pub(crate) fn type_in(&mut self, text: &str) {
        let stdin = self.child.stdin.as_mut().unwrap();
        stdin.write_all(text.as_bytes()).unwrap();
        stdin.flush().unwrap();
    }

    /// What Ctrl-D does.
    pub(crate) fn end_input(&mut self) {
        drop(self.child.stdin.take());
    }

    /// The exit code, once the program has ended by itself.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < end, "the program does not end");
            thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lines of an output stream.
pub(crate) struct Lines(Receiver<String>);

impl Lines {
    fn of(stream: impl Read + Send + 'static) -> Self {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut stream = BufReader::new(stream);
            let mut line = Vec::new();
            while matches!(stream.read_until(b'\n', &mut line), Ok(1..)) {
                let text = String::from_utf8_lossy(&line).into_owned();
                line.clear();
                if sender.send(text).is_err() {
                    break;
                }
            }
        });
        Self(receiver)
    }

    /// The next line, without its end, which it must have.
    pub(crate) fn next(&self) -> String {
        let line = self.0.recv_timeout(PATIENCE).expect("no further line");
        line.strip_suffix('\n').expect(&line).to_owned()
    }

    /// Everything up to the end of the stream.
    pub(crate) fn rest(&self) -> String {
        let mut rest = String::new();
        while let Ok(line) = self.0.recv_timeout(PATIENCE) {
            rest.push_str(&line);
        }
        rest
    }
}

/// The path of an example. A plain `cargo test` has built it, and building it
/// again finds nothing to do; after `cargo test --test programs` it would be
/// missing, or old.
fn example(name: &str) -> PathBuf {
    static BUILT: Once = Once::new();
    let test = env::current_exe().unwrap();
    let profile = test.ancestors().nth(2).unwrap();
    BUILT.call_once(|| build_examples(profile));
    profile
        .join("examples")
        .join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// Builds the examples with the features and the profile of this test.
fn build_examples(profile: &Path) {
    let name = match profile.file_name().and_then(OsStr::to_str) {
        Some("debug") => "dev",
        Some(name) => name,
        None => panic!("{}", profile.display()),
    };
    let mut build = Command::new(env!("CARGO"));
    build
        .args(["build", "--quiet", "--examples", "--profile", name])
        .arg("--target-dir")
        .arg(profile.parent().unwrap())
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    if !cfg!(feature = "std") {
        build.args(["--no-default-features", "--features", "alloc,getrandom"]);
    }
    for (feature, on) in [
        ("http", cfg!(feature = "http")),
        ("bytes", cfg!(feature = "bytes")),
        ("hixie76", cfg!(feature = "hixie76")),
    ] {
        if on {
            build.args(["--features", feature]);
        }
    }
    assert!(build.status().unwrap().success());
}
