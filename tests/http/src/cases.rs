//! What a client here does with a server, ours or another's, that serves the
//! paths of [`app`](crate::app).

use std::time::Duration;

use tokio::time::timeout;
use websocket_proto::deflate::DeflateConfig;
use websocket_proto::handshake::ClientRequest;
use websocket_proto::{CloseCode, Config, MessageKind, Uri};

use crate::Failure;
use crate::session::{Message, Session, Transport};

/// How long a case may take.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A client of any HTTP.
pub trait Opener {
    type Transport: Transport;

    fn uri(&self, path: &str) -> Result<Uri, Failure>;

    fn open(
        &self,
        request: &ClientRequest,
        config: Config,
    ) -> impl Future<Output = Result<Session<Self::Transport>, Failure>>;
}

/// Names of all cases, for [`run`].
pub const ALL: [&str; 11] = [
    "text",
    "binary",
    "16 MiB",
    "fragments",
    "subprotocol",
    "compression",
    "client closes",
    "server closes",
    "forbidden",
    "not found",
    "two at once",
];

/// Runs a case, for a limited time.
pub async fn run(name: &str, opener: &impl Opener) -> Result<(), Failure> {
    let case = async {
        match name {
            "text" => text(opener).await,
            "binary" => binary(opener).await,
            "16 MiB" => large(opener).await,
            "fragments" => fragments(opener).await,
            "subprotocol" => subprotocol(opener).await,
            "compression" => compression(opener).await,
            "client closes" => client_closes(opener).await,
            "server closes" => server_closes(opener).await,
            "forbidden" => refusal(opener, "/forbidden", "refused 403").await,
            "not found" => refusal(opener, "/nothing", "refused 404").await,
            "two at once" => two_at_once(opener).await,
            _ => Err(format!("no case {name}").into()),
        }
    };
    timeout(PATIENCE, case).await?
}

/// Opens a connection on `path` with nothing special about it.
pub async fn open<O: Opener>(opener: &O, path: &str) -> Result<Session<O::Transport>, Failure> {
    let request = ClientRequest::new(&opener.uri(path)?);
    opener.open(&request, config()).await
}

/// Not every server ends its stream behind the Closes.
fn config() -> Config {
    Config::new().close_timeout(Duration::from_secs(2))
}

/// Text of exactly `size` bytes, with characters of one to four.
pub fn words(size: usize) -> String {
    "aé€😀".repeat(size / 10) + &"x".repeat(size % 10)
}

pub fn bytes(size: usize) -> Vec<u8> {
    (0..size).map(|i| (i * 31 + (i >> 8)) as u8).collect()
}

const SIZES: [usize; 7] = [0, 1, 125, 126, 65535, 65536, 1 << 20];

async fn text(opener: &impl Opener) -> Result<(), Failure> {
    let mut session = open(opener, "/echo").await?;
    for size in SIZES {
        let text = words(size);
        session.send(|conn, out| conn.send_text(&text, out)).await?;
        expect(&mut session, &Message::Text(text)).await?;
    }
    close(session, CloseCode::NORMAL, "done").await
}

async fn binary(opener: &impl Opener) -> Result<(), Failure> {
    let mut session = open(opener, "/echo").await?;
    for size in SIZES {
        let bytes = bytes(size);
        session
            .send(|conn, out| conn.send_binary(&bytes, out))
            .await?;
        expect(&mut session, &Message::Binary(bytes)).await?;
    }
    close(session, CloseCode::NORMAL, "done").await
}

/// Far more than any window of flow control.
async fn large(opener: &impl Opener) -> Result<(), Failure> {
    let mut session = open(opener, "/echo").await?;
    let bytes = bytes(16 << 20);
    session
        .send(|conn, out| conn.send_binary(&bytes, out))
        .await?;
    expect(&mut session, &Message::Binary(bytes)).await?;
    close(session, CloseCode::NORMAL, "done").await
}

/// A message in pieces that cut characters, and a Ping between them.
async fn fragments(opener: &impl Opener) -> Result<(), Failure> {
    let mut session = open(opener, "/echo").await?;
    let text = words(70_000);
    let pieces = text.as_bytes().chunks(33_331).collect::<Vec<_>>();
    for (index, piece) in pieces.iter().enumerate() {
        let last = index + 1 == pieces.len();
        session
            .send(|conn, out| conn.send_fragment(MessageKind::Text, piece, last, out))
            .await?;
        if !last {
            session
                .send(|conn, out| conn.send_ping(b"between", out))
                .await?;
            expect(&mut session, &Message::Pong(b"between".to_vec())).await?;
        }
    }
    expect(&mut session, &Message::Text(text)).await?;
    close(session, CloseCode::NORMAL, "done").await
}

async fn subprotocol(opener: &impl Opener) -> Result<(), Failure> {
    let request = ClientRequest::new(&opener.uri("/echo")?)
        .subprotocol("unknown")
        .subprotocol("chat.v2");
    let session = opener.open(&request, config()).await?;
    equal(session.connection().subprotocol(), Some("chat.v2"))?;
    close(session, CloseCode::NORMAL, "done").await
}

/// The offer stands in the request, and how to compress in the configuration.
async fn compression(opener: &impl Opener) -> Result<(), Failure> {
    let deflate = DeflateConfig::new();
    let request = ClientRequest::new(&opener.uri("/echo")?).deflate(&deflate);
    let config = config().deflate(deflate);
    let mut session = opener.open(&request, config).await?;
    let agreement = session.connection().agreement();
    let agreed = agreement.is_some_and(|agreement| agreement.deflate().is_some());
    equal(agreed, true)?;
    for size in SIZES {
        let text = words(size);
        session.send(|conn, out| conn.send_text(&text, out)).await?;
        expect(&mut session, &Message::Text(text)).await?;
    }
    close(session, CloseCode::NORMAL, "done").await
}

async fn client_closes(opener: &impl Opener) -> Result<(), Failure> {
    let session = open(opener, "/echo").await?;
    close(session, crate::app::OVER, "enough – ü").await
}

async fn server_closes(opener: &impl Opener) -> Result<(), Failure> {
    let mut session = open(opener, "/close").await?;
    let close = (crate::app::OVER, "over – ü".into());
    expect(&mut session, &Message::Close(Some(close))).await?;
    equal(session.next().await?, None)?;
    equal(session.connection().was_clean(), true)
}

async fn refusal(opener: &impl Opener, path: &str, why: &str) -> Result<(), Failure> {
    match open(opener, path).await {
        Ok(_) => Err(format!("{path} was accepted").into()),
        Err(error) if error.to_string().starts_with(why) => Ok(()),
        Err(error) => Err(error),
    }
}

async fn two_at_once(opener: &impl Opener) -> Result<(), Failure> {
    let mut first = open(opener, "/echo").await?;
    let mut second = open(opener, "/echo").await?;
    first.send(|conn, out| conn.send_text("one", out)).await?;
    second.send(|conn, out| conn.send_text("two", out)).await?;
    expect(&mut second, &Message::Text("two".into())).await?;
    close(second, CloseCode::NORMAL, "done").await?;
    expect(&mut first, &Message::Text("one".into())).await?;
    close(first, CloseCode::NORMAL, "done").await
}

/// Closes, and wants code and reason back, a clean end, and the server's end of
/// the stream.
pub async fn close<T: Transport>(
    mut session: Session<T>,
    code: CloseCode,
    reason: &str,
) -> Result<(), Failure> {
    session
        .send(|conn, out| conn.send_close(code, reason, out))
        .await?;
    let close = session.next().await?;
    let Some(Message::Close(Some((echoed, _)))) = close else {
        return Err(format!("{close:?} instead of a Close").into());
    };
    equal(echoed, code)?;
    equal(session.next().await?, None)?;
    equal(session.connection().was_clean(), true)
}

/// Wants this message next.
pub async fn expect<T: Transport>(
    session: &mut Session<T>,
    wanted: &Message,
) -> Result<(), Failure> {
    match session.next().await? {
        Some(message) if message == *wanted => Ok(()),
        other => {
            let got = format!("{other:.60?}");
            Err(format!(
                "not the message wanted: {}",
                &got[..got.floor_char_boundary(200)]
            )
            .into())
        }
    }
}

pub fn equal<T: PartialEq + std::fmt::Debug>(got: T, wanted: T) -> Result<(), Failure> {
    if got == wanted {
        return Ok(());
    }
    Err(format!("{got:?} instead of {wanted:?}").into())
}
