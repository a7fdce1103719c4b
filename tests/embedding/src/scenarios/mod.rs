//! What every adapter has to get right, in both roles.

mod closing;
mod eof;
mod flow;
mod messages;
mod opening;
mod raw;

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use websocket_proto::handshake::{Acceptance, ClientRequest};
use websocket_proto::{CloseCode, CloseFrame, CloseStatus, Config, Uri};

use crate::adapter::{Adapter, Session, Transport};
use crate::adapters::LINGER_TIME;
use crate::adapters::blocking::Blocking;
use crate::{End, Failure, Message};

/// After so long a scenario counts as one that hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why a scenario failed.
#[derive(Debug)]
pub struct Trouble(String);

pub type Outcome = Result<(), Trouble>;

impl From<String> for Trouble {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self(failure.to_string())
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

/// Ends a scenario where something does not hold.
macro_rules! check {
    ($holds:expr, $($said:tt)+) => {
        if !$holds {
            return Err($crate::scenarios::Trouble::from(format!($($said)+)));
        }
    };
}
use check;

/// What the two sides of a scenario share.
#[derive(Debug, Default)]
pub struct Stage {
    /// Messages sent so far.
    sent: AtomicUsize,
    /// Sides that have come to where they wait for each other.
    arrived: AtomicUsize,
}

/// Two adapters talk, in one of several variants.
#[allow(async_fn_in_trait, reason = "each is run on one thread")]
pub trait Pair: 'static {
    const VARIANTS: &'static [&'static str];
    async fn server<A: Adapter>(io: A::Transport, stage: &Stage, variant: usize) -> Outcome;
    async fn client<A: Adapter>(io: A::Transport, stage: &Stage, variant: usize) -> Outcome;
}

/// An adapter talks to a peer that writes bytes by hand.
#[allow(async_fn_in_trait, reason = "each is run on one thread")]
pub trait Raw: 'static {
    const VARIANTS: &'static [&'static str];
    async fn tested<A: Adapter>(io: A::Transport, variant: usize) -> Outcome;
    fn peer<T: Transport>(io: T, variant: usize) -> Outcome;
}

/// One scenario with one adapter, in one role.
pub struct Case {
    pub scenario: &'static str,
    /// Who talks to whom.
    pub roles: &'static str,
    run: Box<dyn Fn() -> Outcome>,
}

impl Case {
    /// `Err` says what went wrong.
    pub fn run(&self) -> Result<(), String> {
        (self.run)().map_err(|Trouble(text)| text)
    }
}

/// All cases of an adapter. What it lacks is left out.
pub fn cases<A: Adapter>() -> Vec<Case> {
    let mut cases = Vec::new();
    pair::<A, opening::Agreed>(&mut cases);
    pair::<A, opening::Refused>(&mut cases);
    raw::<A, opening::PlainHttp>(&mut cases);
    raw::<A, opening::WrongAccept>(&mut cases);
    raw::<A, opening::FramesBehind>(&mut cases);
    pair::<A, messages::Echo>(&mut cases);
    pair::<A, messages::Fragments>(&mut cases);
    pair::<A, messages::Pings>(&mut cases);
    pair::<A, messages::Deflate>(&mut cases);
    pair::<A, flow::Streaming>(&mut cases);
    pair::<A, flow::SlowReader>(&mut cases);
    raw::<A, flow::PingFlood>(&mut cases);
    pair::<A, closing::Closes>(&mut cases);
    pair::<A, closing::Cut>(&mut cases);
    raw::<A, closing::Crossing>(&mut cases);
    raw::<A, closing::Violation>(&mut cases);
    raw::<A, eof::Opening>(&mut cases);
    raw::<A, eof::Open>(&mut cases);
    cases.retain(|case| A::lacks(case.scenario).is_none());
    cases
}

/// The names of all scenarios.
pub fn names() -> Vec<&'static str> {
    let mut names = Vec::new();
    for case in cases::<Blocking<std::net::TcpStream>>() {
        if !names.contains(&case.scenario) {
            names.push(case.scenario);
        }
    }
    names
}

/// An adapter as the server, as the client, and on both sides.
fn pair<A: Adapter, S: Pair>(cases: &mut Vec<Case>) {
    type Reference<A> = Blocking<<A as Adapter>::Transport>;
    for (variant, scenario) in S::VARIANTS.iter().copied().enumerate() {
        let mut case = |roles, run: fn(usize) -> Outcome| {
            cases.push(Case {
                scenario,
                roles,
                run: Box::new(move || run(variant)),
            });
        };
        case("server", play_pair::<S, A, Reference<A>>);
        case("client", play_pair::<S, Reference<A>, A>);
        case("both", play_pair::<S, A, A>);
    }
}

fn raw<A: Adapter, S: Raw>(cases: &mut Vec<Case>) {
    for (variant, scenario) in S::VARIANTS.iter().copied().enumerate() {
        cases.push(Case {
            scenario,
            roles: "against bytes",
            run: Box::new(move || {
                let (tested, peer) = A::Transport::pair()?;
                watch(
                    move || A::run(S::tested::<A>(tested, variant)),
                    move || S::peer(peer, variant),
                    ["adapter", "peer"],
                )
            }),
        });
    }
}

fn play_pair<S: Pair, Server, Client>(variant: usize) -> Outcome
where
    Server: Adapter,
    Client: Adapter<Transport = Server::Transport>,
{
    let (server, client) = Server::Transport::pair()?;
    let stage = Arc::new(Stage::default());
    let same = Arc::clone(&stage);
    watch(
        move || Server::run(S::server::<Server>(server, &stage, variant)),
        move || Client::run(S::client::<Client>(client, &same, variant)),
        ["server", "client"],
    )
}

/// Runs both sides, each on its own thread, and does not wait for ever.
fn watch(
    first: impl FnOnce() -> Outcome + Send + 'static,
    second: impl FnOnce() -> Outcome + Send + 'static,
    sides: [&str; 2],
) -> Outcome {
    fn start(side: impl FnOnce() -> Outcome + Send + 'static) -> Receiver<Outcome> {
        let (result, received): (Sender<Outcome>, _) = mpsc::channel();
        thread::spawn(move || {
            let _ = result.send(side());
        });
        received
    }
    let end = Instant::now() + PATIENCE;
    let results = [start(first), start(second)];
    let mut troubles = Vec::new();
    for (result, side) in results.iter().zip(sides) {
        let left = end.saturating_duration_since(Instant::now());
        match result.recv_timeout(left) {
            Ok(Ok(())) => {}
            Ok(Err(Trouble(text))) => troubles.push(format!("{side}: {text}")),
            Err(RecvTimeoutError::Timeout) => troubles.push(format!("{side}: hangs")),
            Err(RecvTimeoutError::Disconnected) => troubles.push(format!("{side}: panicked")),
        }
    }
    match troubles.is_empty() {
        true => Ok(()),
        false => Err(troubles.join("; ").into()),
    }
}

const NORMAL: End = End {
    status: CloseStatus::Code(CloseCode::NORMAL),
    clean: true,
};
const ABNORMAL: End = End {
    status: CloseStatus::Abnormal,
    clean: false,
};

fn request(url: &str) -> ClientRequest {
    ClientRequest::new(&Uri::parse(url).expect("a valid URI"))
}

async fn connect<A: Adapter>(io: A::Transport, config: Config) -> Result<A::Session, Failure> {
    A::connect(io, config, &request("ws://localhost/")).await
}

async fn accept<A: Adapter>(io: A::Transport, config: Config) -> Result<A::Session, Failure> {
    A::accept(io, config, |_| Ok(Acceptance::new())).await
}

fn close(code: CloseCode, reason: &'static str) -> Message {
    Message::Close(Some(CloseFrame {
        code,
        reason: reason.into(),
    }))
}

/// Receives a message that is to come.
async fn next(session: &mut impl Session) -> Result<Message, Trouble> {
    match session.receive().await {
        Some(message) => Ok(message?),
        None => Err(Trouble("ended too early".into())),
    }
}

/// Receives exactly this.
async fn expect(session: &mut impl Session, expected: &Message) -> Outcome {
    let received = next(session).await?;
    check!(
        received == *expected,
        "received {} instead of {}",
        describe(&received),
        describe(expected)
    );
    Ok(())
}

/// Receives the end, and nothing before it.
async fn ends(session: &mut impl Session, expected: End) -> Outcome {
    let started = Instant::now();
    if let Some(message) = session.receive().await {
        return Err(format!("received {} instead of the end", describe(&message?)).into());
    }
    // Both ends are there to close: none has to give the other up.
    check!(
        started.elapsed() < LINGER_TIME,
        "the transport was not closed"
    );
    let end = session.end();
    check!(end == Some(expected), "ended as {end:?}, not {expected:?}");
    Ok(())
}

/// Closes as the first, and waits for the end.
async fn finish(session: &mut impl Session) -> Outcome {
    session.send(close(CloseCode::NORMAL, "done")).await?;
    expect(session, &close(CloseCode::NORMAL, "")).await?;
    ends(session, NORMAL).await
}

/// The peer closes, as [`finish`] does.
async fn finished(session: &mut impl Session) -> Outcome {
    expect(session, &close(CloseCode::NORMAL, "done")).await?;
    ends(session, NORMAL).await
}

/// A message in words, however long it is.
fn describe(message: &Message) -> String {
    match message {
        Message::Text(text) if text.len() > 40 => format!("a text of {} bytes", text.len()),
        Message::Binary(bytes) if bytes.len() > 40 => format!("{} bytes", bytes.len()),
        Message::Fragment { data, last, .. } => {
            format!("a piece of {} bytes, last: {last}", data.len())
        }
        message => format!("{message:?}"),
    }
}
