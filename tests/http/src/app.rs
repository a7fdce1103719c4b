//! What every server here does: the same, whatever HTTP it is reached by.
//!
//! | path | what happens |
//! |---|---|
//! | `/echo` | every message comes back, and so does the Close |
//! | `/close` | the server closes at once, with 4001 and a reason |
//! | `/ping` | the server pings, and says `ponged` on the answer |
//! | `/reset` | the server breaks off at the first message |
//! | `/end` | the server ends the stream at the first message, without a Close |
//! | `/forbidden` | 403 |
//! | any other | 404 |

use tokio::sync::mpsc;
use websocket_proto::deflate::DeflateConfig;
use websocket_proto::handshake::{Acceptance, Response};
use websocket_proto::{CloseCode, Config};

use crate::Failure;
use crate::session::{Message, Session, Transport};

/// Where a server says what happens to it, a line each.
pub type Log = mpsc::UnboundedSender<String>;

/// The subprotocols that the servers know.
pub const SUBPROTOCOLS: [&str; 2] = ["chat.v2", "chat.v1"];

/// The code with which `/close` closes: one for applications to choose.
pub const OVER: CloseCode = CloseCode::new(4001).unwrap();

pub fn config() -> Config {
    Config::new()
        .deflate(DeflateConfig::new())
        // Echoes the reason of a Close too, which automatic answers drop.
        .auto_close(false)
}

/// Whether a request is accepted, and with what.
pub fn decide(path: &str, subprotocol: Option<&str>) -> Result<Acceptance, Response> {
    match path {
        "/echo" | "/close" | "/ping" | "/reset" | "/end" => {}
        "/forbidden" => return Err(Response::new(403).body("not for you\n")),
        _ => return Err(Response::new(404).body("there is nothing\n")),
    }
    let acceptance = Acceptance::new().deflate(DeflateConfig::new());
    Ok(match subprotocol {
        Some(name) => acceptance.subprotocol(name),
        None => acceptance,
    })
}

/// Serves one connection, and logs how it ended.
pub async fn run<T: Transport>(path: &str, session: Session<T>, log: &Log) {
    let end = match serve(path, session).await {
        Ok(end) => end,
        Err(error) => format!("unclean: {error}"),
    };
    // Nobody listens any more where the test is over.
    let _ = log.send(format!("end {path} {end}"));
}

async fn serve<T: Transport>(path: &str, mut session: Session<T>) -> Result<String, Failure> {
    match path {
        "/close" => {
            session
                .send(|conn, out| conn.send_close(OVER, "over – ü", out))
                .await?;
        }
        "/ping" => {
            session
                .send(|conn, out| conn.send_ping(b"there?", out))
                .await?
        }
        _ => {}
    }
    let mut end = String::from("without a Close");
    while let Some(message) = session.next().await? {
        match (path, message) {
            ("/reset", Message::Text(_)) => {
                session.reset();
                return Ok("reset".into());
            }
            ("/end", Message::Text(_)) => {
                session.abandon().await;
                return Ok("abandoned".into());
            }
            (_, Message::Text(text)) => {
                session.send(|conn, out| conn.send_text(&text, out)).await?;
            }
            (_, Message::Binary(bytes)) => {
                session
                    .send(|conn, out| conn.send_binary(&bytes, out))
                    .await?;
            }
            (_, Message::Pong(_)) => {
                session
                    .send(|conn, out| conn.send_text("ponged", out))
                    .await?;
            }
            ("/close", Message::Close(Some((code, _)))) => end = format!("clean {code}"),
            (_, Message::Close(Some((code, reason)))) => {
                end = format!("clean {code} {reason}");
                session
                    .send(|conn, out| conn.send_close(code, &reason, out))
                    .await?;
            }
            (_, Message::Close(None)) => {
                end = "clean".into();
                session.send(|conn, out| conn.send_empty_close(out)).await?;
            }
            (_, Message::Ping(_)) => {}
        }
    }
    Ok(end)
}
