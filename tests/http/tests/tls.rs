//! The programs in TLS: they themselves, as a user starts them.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use http_stacks::tls::{self, Identity};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

const ECHO: &str = env!("CARGO_BIN_EXE_echo_tls");
const CHAT: &str = env!("CARGO_BIN_EXE_chat_tls");
const CLIENT: &str = env!("CARGO_BIN_EXE_client_tls");

async fn limited<T>(test: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(60), test)
        .await
        .expect("in time")
}

/// A running program, ended with the test.
struct Program {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Lines<BufReader<ChildStdout>>,
    stderr: Lines<BufReader<ChildStderr>>,
}

impl Program {
    fn start(path: &str, words: &[&str]) -> Self {
        let mut child = Command::new(path)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self {
            stdin: child.stdin.take(),
            stdout: BufReader::new(child.stdout.take().unwrap()).lines(),
            stderr: BufReader::new(child.stderr.take().unwrap()).lines(),
            child,
        }
    }

    /// A server, and the address that it says.
    async fn server(path: &str, files: &Files) -> (Self, String) {
        let words = [
            "127.0.0.1:0",
            "--cert",
            &files.certificate,
            "--key",
            &files.key,
        ];
        let mut program = Self::start(path, &words);
        let line = program.prints().await;
        let address = line.split_once("://").expect("an address").1.to_owned();
        (program, address)
    }

    async fn prints(&mut self) -> String {
        self.stdout.next_line().await.unwrap().expect("a line")
    }

    async fn notes(&mut self) -> String {
        self.stderr.next_line().await.unwrap().expect("a notice")
    }

    async fn say(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("an open input");
        stdin
            .write_all(format!("{line}\n").as_bytes())
            .await
            .unwrap();
    }

    /// Ends its input and waits for its own end.
    async fn end(&mut self) -> Option<i32> {
        drop(self.stdin.take());
        self.child.wait().await.unwrap().code()
    }
}

/// A certificate for `localhost`, in files.
struct Files {
    identity: Identity,
    certificate: String,
    key: String,
}

impl Files {
    fn new(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).unwrap();
        let identity = Identity::localhost().unwrap();
        let write = |name: &str, pem: &str| {
            let file = folder.join(name);
            fs::write(&file, pem).unwrap();
            file.to_str().expect("UTF-8").to_owned()
        };
        Self {
            certificate: write("certificate.pem", &identity.certificate),
            key: write("key.pem", &identity.key),
            identity,
        }
    }
}

#[tokio::test]
async fn lines_come_back() {
    limited(async {
        let files = Files::new("echo");
        let (_echo, address) = Program::server(ECHO, &files).await;
        let url = format!("wss://{address}/");
        let mut client = Program::start(CLIENT, &[&url, "--ca", &files.certificate]);
        assert_eq!(client.notes().await, "open");
        for line in ["first", "", "third, with é€😀", &"x".repeat(1 << 20)] {
            client.say(line).await;
            assert_eq!(client.prints().await, line);
        }
        assert_eq!(client.end().await, Some(0));
        assert_eq!(client.notes().await, "closed 1000");
    })
    .await;
}

#[tokio::test]
async fn two_in_the_chat() {
    limited(async {
        let files = Files::new("chat");
        let (_chat, address) = Program::server(CHAT, &files).await;
        let enter = |name: &str| {
            let url = format!("wss://{address}/?name={name}");
            Program::start(CLIENT, &[&url, "--ca", &files.certificate])
        };
        let mut ada = enter("Ada");
        let line = r#"{"type":"enter","data":{"id":1,"name":"Ada","you":true,"present":[]}}"#;
        assert_eq!(ada.prints().await, line);
        let mut grace = enter("Grace");
        assert_eq!(
            grace.prints().await,
            r#"{"type":"enter","data":{"id":2,"name":"Grace","you":true,"present":[{"id":1,"name":"Ada"}]}}"#
        );
        let line = r#"{"type":"enter","data":{"id":2,"name":"Grace"}}"#;
        assert_eq!(ada.prints().await, line);
        ada.say("Good morning, \"Grace\"!").await;
        let line = r#"{"type":"message","data":{"id":1,"name":"Ada","text":"Good morning, \"Grace\"!"}}"#;
        assert_eq!(ada.prints().await, line);
        assert_eq!(grace.prints().await, line);
        grace.say("Hello Ada").await;
        let line = r#"{"type":"message","data":{"id":2,"name":"Grace","text":"Hello Ada"}}"#;
        assert_eq!(ada.prints().await, line);
        assert_eq!(grace.prints().await, line);
        assert_eq!(ada.end().await, Some(0));
        let line = r#"{"type":"leave","data":{"id":1,"name":"Ada","code":1000,"reason":""}}"#;
        assert_eq!(grace.prints().await, line);
    })
    .await;
}

/// Without the root certificate nothing is sent.
#[tokio::test]
async fn a_certificate_that_is_not_trusted() {
    limited(async {
        let files = Files::new("untrusted");
        let other = Files::new("trusted");
        let (mut echo, address) = Program::server(ECHO, &files).await;
        let url = format!("wss://{address}/");
        for words in [&[&*url][..], &[&*url, "--ca", &other.certificate]] {
            let mut client = Program::start(CLIENT, words);
            let notice = client.notes().await;
            assert!(
                notice.starts_with("failed 1006 invalid peer certificate"),
                "{notice}"
            );
            assert_eq!(client.end().await, Some(1));
            let told = echo.notes().await;
            assert!(told.contains("alert"), "{told}");
        }
        // The certificate is for `localhost` and 127.0.0.1.
        let url = format!("wss://{}/", address.replace("localhost", "127.0.0.2"));
        let mut client = Program::start(CLIENT, &[&url, "--ca", &files.certificate]);
        let notice = client.notes().await;
        assert!(notice.starts_with("failed 1006 "), "{notice}");
        assert_eq!(client.end().await, Some(1));
    })
    .await;
}

/// The chat's page comes over https, and the echo has none.
#[tokio::test]
async fn plain_http() {
    limited(async {
        let files = Files::new("plain");
        for (program, status) in [(CHAT, "200 OK"), (ECHO, "426 Upgrade Required")] {
            let (_server, address) = Program::server(program, &files).await;
            let config = tls::client(&files.identity.certificate, &["http/1.1"]).unwrap();
            let stream = TcpStream::connect(address.replace("localhost", "127.0.0.1"));
            let connector = TlsConnector::from(Arc::new(config));
            let name = ServerName::try_from("localhost").unwrap();
            let mut stream = connector
                .connect(name, stream.await.unwrap())
                .await
                .unwrap();
            let request = format!("GET / HTTP/1.1\r\nHost: {address}\r\n\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status}\r\n")),
                "{answer}"
            );
            assert_eq!(answer.contains("<title>Chat</title>"), program == CHAT);
        }
    })
    .await;
}
