//! Over HTTP/1.1: servers on `hyper` and on `axum`, and a client on `hyper`.

mod support;

use http_stacks::cases::{self, Opener, close, equal};
use http_stacks::session::{Message, Session};
use http_stacks::{Failure, http1};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use support::{Log, limited};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::unbounded_channel;

use websocket_proto::handshake::{ClientRequest, accept_key};
use websocket_proto::{CloseCode, Config, Uri};

/// A client on `hyper` for a server on this port.
struct Client(u16);

impl Opener for Client {
    type Transport = TokioIo<Upgraded>;

    fn uri(&self, path: &str) -> Result<Uri, Failure> {
        Ok(Uri::parse(&format!("ws://localhost:{}{path}", self.0))?)
    }

    async fn open(
        &self,
        request: &ClientRequest,
        config: Config,
    ) -> Result<Session<TokioIo<Upgraded>>, Failure> {
        let stream = TcpStream::connect(("127.0.0.1", self.0)).await?;
        stream.set_nodelay(true)?;
        http1::open(stream, request, config, *b"the sample nonce").await
    }
}

async fn serve_hyper() -> (u16, Log) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (log, lines) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(http1::serve(stream, log.clone()));
        }
    });
    (port, Log(lines))
}

async fn serve_axum() -> (u16, Log) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (log, lines) = unbounded_channel();
    tokio::spawn(async move { axum::serve(listener, http1::router(log)).await });
    (port, Log(lines))
}

/// A request for `path`, with a line instead of the one for that field.
fn request(path: &str, instead: &str) -> String {
    let field = instead.split(':').next().unwrap_or_default();
    let lines = [
        "Host: localhost",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
    ];
    let mut request = format!("GET {path} HTTP/1.1\r\n");
    for line in lines {
        let other = line.starts_with(&format!("{field}:"));
        request.push_str(if other { instead } else { line });
        request.push_str("\r\n");
    }
    request + "\r\n"
}

/// "Hello", masked, and a Close with 1000.
const FRAMES: &[u8] = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58\x88\x82\0\0\0\0\x03\xe8";

/// Sends all at once, and reads to the end.
async fn exchange(port: u16, sent: &[&[u8]]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.set_nodelay(true).unwrap();
    for part in sent {
        stream.write_all(part).await.unwrap();
        // Long enough for the other side to have read the part alone.
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let mut got = Vec::new();
    stream.read_to_end(&mut got).await.unwrap();
    String::from_utf8_lossy(&got).into_owned()
}

macro_rules! tests {
    ($start:path) => {
        use super::*;

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn every_case() {
            let (port, mut log) = $start().await;
            for name in cases::ALL {
                if let Err(error) = cases::run(name, &Client(port)).await {
                    panic!("{name}: {error}");
                }
            }
            log.shows("end /echo clean 1000 done").await;
            log.shows("end /echo clean 4001 enough – ü").await;
            log.shows("end /close clean 4001").await;
        }

        /// The HTTP software has then read frames too.
        #[tokio::test]
        async fn frames_right_behind_the_request() {
            limited(async {
                let (port, mut log) = $start().await;
                let head = request("/echo", "");
                for cut in [0, 1, 3, 7, FRAMES.len()] {
                    let (with_head, later) = FRAMES.split_at(cut);
                    let together = [head.as_bytes(), with_head].concat();
                    let got = exchange(port, &[&together, later]).await;
                    let (head, frames) = got.split_once("\r\n\r\n").unwrap();
                    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
                    let wanted = b"\x81\x05Hello\x88\x02\x03\xe8";
                    assert_eq!(frames, String::from_utf8_lossy(wanted), "cut {cut}");
                    log.shows("end /echo clean 1000 ").await;
                }
            })
            .await;
        }

        #[tokio::test]
        async fn refusals() {
            limited(async {
                let (port, _log) = $start().await;
                for (path, instead, status, field) in [
                    (
                        "/echo",
                        "Sec-WebSocket-Version: 8",
                        "426",
                        "sec-websocket-version: 13",
                    ),
                    ("/echo", "Upgrade: h2c", "426", "upgrade: websocket"),
                    (
                        "/echo",
                        "Sec-WebSocket-Key: short",
                        "400",
                        "content-type: text/plain",
                    ),
                    (
                        "/echo",
                        "Connection: close",
                        "400",
                        "content-type: text/plain",
                    ),
                    ("/forbidden", "", "403", "content-length: 12"),
                    ("/nothing", "", "404", "content-length: 17"),
                ] {
                    let request = request(path, instead)
                        .replace("Connection: Upgrade", "Connection: Upgrade, close");
                    let got = exchange(port, &[request.as_bytes()]).await;
                    assert!(
                        got.starts_with(&format!("HTTP/1.1 {status} ")),
                        "{instead}: {got}"
                    );
                    assert!(got.to_ascii_lowercase().contains(field), "{instead}: {got}");
                }
            })
            .await;
        }
    };
}

mod on_hyper {
    tests!(serve_hyper);
}

mod on_axum {
    tests!(serve_axum);
}

/// The server's first message comes in one piece with its 101.
#[tokio::test]
async fn frames_right_behind_the_answer() {
    limited(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await?;
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await?);
            }
            let head = String::from_utf8_lossy(&head).into_owned();
            let (_, key) = head.split_once("sec-websocket-key: ").unwrap_or_default();
            let accept = accept_key(key.get(..24).unwrap_or_default().as_bytes());
            let mut answer = format!(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
                 Connection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n\r\n",
                String::from_utf8_lossy(&accept)
            )
            .into_bytes();
            answer.extend(b"\x81\x05Hello\x88\x02\x03\xe8");
            stream.write_all(&answer).await?;
            // The client's Close: a header, a key and two bytes.
            let mut close = [0; 8];
            stream.read_exact(&mut close).await?;
            Ok::<_, std::io::Error>(close[..2].to_vec())
        });
        let client = Client(port);
        let mut session = cases::open(&client, "/").await.unwrap();
        let text = session.next().await.unwrap();
        assert_eq!(text, Some(Message::Text("Hello".into())));
        let close = Message::Close(Some((CloseCode::NORMAL, String::new())));
        assert_eq!(session.next().await.unwrap(), Some(close));
        assert_eq!(server.await.unwrap().unwrap(), b"\x88\x82");
        assert_eq!(session.next().await.unwrap(), None);
        assert!(session.connection().was_clean());
    })
    .await;
}

/// An answer that does not fit to the request.
#[tokio::test]
async fn a_wrong_answer_is_not_taken() {
    limited(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await?;
            let mut head = vec![0; 4096];
            let _ = stream.read(&mut head).await?;
            let answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
                Connection: Upgrade\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n";
            stream.write_all(answer.as_bytes()).await
        });
        let error = cases::open(&Client(port), "/").await.map(drop).unwrap_err();
        equal(&error.to_string()[..12], "refused 101:").unwrap();
    })
    .await;
}

/// Over HTTP/1.1 the session's own end is that of the TCP connection.
#[tokio::test]
async fn a_client_that_goes_without_a_close() {
    limited(async {
        let (port, mut log) = serve_hyper().await;
        drop(cases::open(&Client(port), "/echo").await.unwrap());
        log.shows("end /echo unclean: the connection was lost before the closing handshake")
            .await;
        let session = cases::open(&Client(port), "/echo").await.unwrap();
        close(session, CloseCode::GOING_AWAY, "bye").await.unwrap();
        log.shows("end /echo clean 1001 bye").await;
    })
    .await;
}
