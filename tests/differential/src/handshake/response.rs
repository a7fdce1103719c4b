//! Responses, for clients.

use std::sync::LazyLock;

use tungstenite::error::{Error, ProtocolError, SubProtocolError};
use tungstenite::handshake::client::ClientHandshake;
use tungstenite::{Message, WebSocket};
use websocket_proto::handshake::{ClientRequest, ResponseError, accept_key};
use websocket_proto::{Config, Connection, Event, Input, Seed, Uri};

use super::facts::Facts;
use super::generate::{self, GREETING};
use super::{
    Answer, Case, MAX_HEAD, MAX_HEADERS, drive, explain_head, insert, is_small_pieces, pool,
};
use crate::choices::Choices;
use crate::pipe::{Pipe, Plan};
use crate::{Difference, Found, Outcome};

/// As many interim responses are skipped.
const MAX_INTERIM: usize = 8;

/// The request that is answered, its key, and the value that accepts it.
static KEY: LazyLock<([u8; 24], [u8; 28])> = LazyLock::new(|| {
    let mut out = Vec::new();
    connect(false, false, &mut out);
    let key = Facts::of(&out).first("sec-websocket-key").to_vec();
    let key: [u8; 24] = key.try_into().expect("a key of 24 characters");
    (key, accept_key(&key))
});

pub fn generate(case: &mut Case, choices: &mut Choices<'_>) {
    let chosen: &[u8] = if case.offers { b"chat" } else { b"" };
    let fields: [(&str, &[u8]); 4] = [
        ("Upgrade", b"websocket"),
        ("Connection", b"Upgrade"),
        ("Sec-WebSocket-Accept", &KEY.1),
        ("Sec-WebSocket-Protocol", chosen),
    ];
    let fields = &fields[..if case.offers { 4 } else { 3 }];
    let start = b"HTTP/1.1 101 Switching Protocols";
    case.stream = generate::head(start, fields, &pool::RESPONSE, GREETING, choices);
}

type Ours = Answer<ResponseError>;
type Theirs = Answer<Error>;

pub fn compare(case: &Case, found: &mut Found) -> Result<Outcome, String> {
    let mut facts = Facts::of(&case.stream);
    let ours = run_ours(case, &case.stream)?;
    let mut theirs = run_theirs(case, &case.stream, case.plan);
    if matches!(theirs, Answer::Refuses(Error::AttackAttempt)) && is_small_pieces(case) {
        found.insert(Difference::SmallPieces);
        theirs = run_theirs(case, &case.stream, Plan::Whole);
    }
    let mut rest = &case.stream[..];
    let mut interim = 0;
    while let Some(end) = facts.end.filter(|_| is_interim(&theirs, &facts)) {
        found.insert(Difference::Interim);
        interim += 1;
        rest = &rest[end..];
        facts = Facts::of(rest).after(&facts);
        theirs = run_theirs(case, rest, Plan::Whole);
    }
    if matches!(ours, Answer::Refuses(ResponseError::TooManyInterim)) && interim > MAX_INTERIM {
        found.insert(Difference::ManyInterim);
        return Ok(Outcome::ResponseRefused);
    }
    let outcome = match ours {
        Answer::Waits => Outcome::ResponseUnfinished,
        Answer::Accepts(_) => Outcome::ResponseAccepted,
        Answer::Declined(_) => Outcome::ResponseDeclined,
        Answer::Refuses(_) => Outcome::ResponseRefused,
    };
    let finish = |bytes: &[u8]| [bytes, b"\r\n\r\n"].concat();
    let finished = finish(rest);
    let (ours, theirs, facts) = match (ours, theirs) {
        (Answer::Waits, Answer::Waits) => return Ok(outcome),
        (ours @ Answer::Refuses(_), Answer::Waits) => {
            found.insert(Difference::HeadSooner);
            let theirs = run_theirs(case, &finished, Plan::Whole);
            (ours, theirs, Facts::of(&finished).after(&facts))
        }
        (Answer::Waits, theirs @ Answer::Refuses(_)) => {
            found.insert(Difference::HeadLater);
            (
                run_ours(case, &finish(&case.stream))?,
                theirs,
                Facts::of(&finished).after(&facts),
            )
        }
        (ours, theirs) => (ours, theirs, facts),
    };
    let explained = match (&ours, &theirs) {
        (Answer::Refuses(_), Answer::Refuses(_)) => true,
        (Answer::Accepts(ours), Answer::Accepts(theirs)) => ours == theirs,
        (Answer::Declined(ours), Answer::Declined(theirs)) => ours == theirs,
        (Answer::Refuses(mine), _) => insert(found, stricter(*mine, &theirs, &facts)),
        (_, Answer::Refuses(theirs)) => insert(found, laxer(case, &ours, theirs, &facts)),
        _ => false,
    };
    if explained {
        Ok(outcome)
    } else {
        Err(case.report(&ours, &theirs))
    }
}

/// Whether a response that comes before the answer was taken for it; one of
/// HTTP/1.0, which has none, is so only by its status.
fn is_interim(theirs: &Theirs, facts: &Facts<'_>) -> bool {
    match theirs {
        Answer::Declined(status) => matches!(status, 100 | 102..=199),
        Answer::Refuses(Error::Protocol(ProtocolError::WrongHttpVersion)) => {
            let status = facts.start_line.strip_prefix(b"HTTP/1.0 1");
            status.is_some_and(|digits| !digits.starts_with(b"01"))
        }
        _ => false,
    }
}

/// Why this crate refuses what `tungstenite` takes, or goes on reading.
fn stricter(mine: ResponseError, theirs: &Theirs, facts: &Facts<'_>) -> Option<Difference> {
    let (found, is_so) = match mine {
        ResponseError::Head(error) => return explain_head(error, facts),
        _ if !matches!(theirs, Answer::Accepts(_)) => return None,
        ResponseError::Upgrade => (Difference::RepeatedField, facts.count("upgrade") > 1),
        ResponseError::RepeatedAccept => (
            Difference::RepeatedField,
            facts.count("sec-websocket-accept") > 1,
        ),
        ResponseError::InvalidSubprotocol => (
            Difference::RepeatedField,
            facts.count("sec-websocket-protocol") > 1,
        ),
        ResponseError::InvalidExtension => (
            Difference::UnofferedExtension,
            !facts.has_valid_extensions(),
        ),
        ResponseError::ExtensionNotOffered => (
            Difference::UnofferedExtension,
            !facts.list("sec-websocket-extensions").is_empty(),
        ),
        _ => return None,
    };
    is_so.then_some(found)
}

/// Why `tungstenite` refuses what this crate takes.
fn laxer(case: &Case, ours: &Ours, theirs: &Error, facts: &Facts<'_>) -> Option<Difference> {
    let version = facts.start_line.get(..8).unwrap_or_default();
    let (found, is_so) = match (theirs, ours) {
        (Error::Protocol(ProtocolError::WrongHttpVersion), Answer::Declined(_)) => {
            (Difference::OldRefusal, version == b"HTTP/1.0")
        }
        (Error::Protocol(ProtocolError::HttparseError(_)), _) => {
            (Difference::LaterHttp, facts.is_later_http(version))
        }
        (Error::Protocol(ProtocolError::MissingConnectionUpgradeHeader), Answer::Accepts(_)) => (
            Difference::List,
            facts.lists("connection", "upgrade")
                && !facts.first("connection").eq_ignore_ascii_case(b"upgrade"),
        ),
        (
            Error::Protocol(ProtocolError::SecWebSocketSubProtocolError(
                SubProtocolError::NoSubProtocol,
            )),
            Answer::Accepts(_),
        ) => (
            Difference::NoSubprotocol,
            case.offers && !case.requires && facts.count("sec-websocket-protocol") == 0,
        ),
        _ => return None,
    };
    is_so.then_some(found)
}

fn connect(offers: bool, requires: bool, out: &mut Vec<u8>) -> Connection {
    let config = Config::new().max_head(MAX_HEAD).max_headers(MAX_HEADERS);
    let uri = Uri::parse("ws://example.com/chat").expect("a valid URI");
    let mut request = ClientRequest::new(&uri).require_subprotocol(requires);
    if offers {
        request = request.subprotocol("chat").subprotocol("superchat");
    }
    Connection::client(config, &request, Seed::from([7; 32]), out).expect("a valid request")
}

fn run_ours(case: &Case, stream: &[u8]) -> Result<Ours, String> {
    let mut out = Vec::new();
    let mut connection = connect(case.offers, case.requires, &mut out);
    let mut bytes = stream.to_vec();
    let mut answer = Answer::Waits;
    for (from, to) in case.plan.pieces(stream.len()) {
        let mut input = Input::new(&mut bytes[from..to]);
        loop {
            match connection.receive(&mut input, &mut out) {
                Ok(Some(Event::Open(_))) => answer = Answer::Accepts(Vec::new()),
                Ok(Some(Event::Refused(head))) => answer = Answer::Declined(head.status()),
                Ok(Some(Event::Text(text))) => {
                    if let Answer::Accepts(seen) = &mut answer {
                        seen.extend_from_slice(text.as_bytes());
                    }
                }
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(websocket_proto::Error::Response(error)) => return Ok(Answer::Refuses(error)),
                // What follows the response is compared elsewhere.
                Err(_) => return Ok(answer),
            }
        }
    }
    Ok(answer)
}

fn run_theirs(case: &Case, stream: &[u8], plan: Plan) -> Theirs {
    let mut request = http::Request::get("ws://example.com/chat")
        .header("Host", "example.com")
        .header("Upgrade", "websocket")
        .header("Connection", "Upgrade")
        .header("Sec-WebSocket-Key", &KEY.0[..])
        .header("Sec-WebSocket-Version", "13");
    if case.offers {
        request = request.header("Sec-WebSocket-Protocol", "chat, superchat");
    }
    let request = request.body(()).expect("a valid request");
    let pipe = Pipe::new(stream, plan, case.blocks);
    let handshake = ClientHandshake::start(pipe, request, None).expect("a valid request");
    match drive(handshake.handshake()) {
        Ok(Some((socket, _))) => Answer::Accepts(texts(socket)),
        Ok(None) => Answer::Waits,
        Err(Error::Http(response)) => Answer::Declined(response.status().as_u16()),
        Err(error) => Answer::Refuses(error),
    }
}

/// The text messages behind the response.
fn texts(mut socket: WebSocket<Pipe>) -> Vec<u8> {
    let mut texts = Vec::new();
    loop {
        match socket.read() {
            Ok(Message::Text(text)) => texts.extend_from_slice(text.as_bytes()),
            Ok(_) => {}
            Err(Error::Io(_)) if !socket.get_ref().is_drained() => {}
            Err(_) => return texts,
        }
    }
}
