//! Requests, for servers.

use tungstenite::error::{Error, ProtocolError};
use tungstenite::handshake::server::{NoCallback, ServerHandshake};
use websocket_proto::handshake::{Acceptance, RequestError};
use websocket_proto::{Config, Connection, Event, Input};

use super::facts::{Facts, is_authority};
use super::generate::{self, MASKED_GREETING};
use super::{
    Answer, Case, MAX_HEAD, MAX_HEADERS, drive, explain_head, insert, is_small_pieces, pool,
};
use crate::choices::Choices;
use crate::pipe::{Pipe, Plan};
use crate::{Difference, Found, Outcome};

pub fn generate(case: &mut Case, choices: &mut Choices<'_>) {
    let fields: [(&str, &[u8]); 5] = [
        ("Host", b"server.example.com"),
        ("Upgrade", b"websocket"),
        ("Connection", b"Upgrade"),
        ("Sec-WebSocket-Key", b"dGhlIHNhbXBsZSBub25jZQ=="),
        ("Sec-WebSocket-Version", b"13"),
    ];
    let start = b"GET /chat HTTP/1.1";
    case.stream = generate::head(start, &fields, &pool::REQUEST, MASKED_GREETING, choices);
}

/// Why this crate refuses.
#[derive(Debug, Clone, Copy)]
enum Refusal {
    Request(RequestError),
    /// It is a request, but not for a WebSocket.
    Http,
}

type Ours = Answer<Refusal>;
type Theirs = Answer<Error>;

pub fn compare(case: &Case, found: &mut Found) -> Result<Outcome, String> {
    let facts = Facts::of(&case.stream);
    let ours = run_ours(case, &case.stream, &facts)?;
    let mut theirs = run_theirs(case, &case.stream, case.plan);
    if matches!(theirs, Answer::Refuses(Error::AttackAttempt)) && is_small_pieces(case) {
        found.insert(Difference::SmallPieces);
        theirs = run_theirs(case, &case.stream, Plan::Whole);
    }
    if let (Answer::Refuses(Error::Protocol(ProtocolError::JunkAfterRequest)), Some(end)) =
        (&theirs, facts.end)
        && end < case.stream.len()
    {
        found.insert(Difference::EarlyBytes);
        theirs = run_theirs(case, &case.stream[..end], Plan::Whole);
    }
    let outcome = match ours {
        Answer::Waits => Outcome::RequestUnfinished,
        Answer::Accepts(_) => Outcome::RequestAccepted,
        Answer::Declined(_) | Answer::Refuses(_) => Outcome::RequestRefused,
    };
    // Whoever still waits is given the end of the head.
    let finished = [&case.stream[..], b"\r\n\r\n"].concat();
    let facts_finished = Facts::of(&finished);
    let (ours, theirs, facts) = match (ours, theirs) {
        (Answer::Waits, Answer::Waits) => return Ok(outcome),
        (ours @ Answer::Refuses(_), Answer::Waits) => {
            found.insert(Difference::HeadSooner);
            let theirs = run_theirs(case, &finished, Plan::Whole);
            (ours, theirs, facts_finished)
        }
        (Answer::Waits, theirs @ Answer::Refuses(_)) => {
            found.insert(Difference::HeadLater);
            let ours = run_ours(case, &finished, &facts_finished)?;
            (ours, theirs, facts_finished)
        }
        (ours, theirs) => (ours, theirs, facts),
    };
    let explained = match (&ours, &theirs) {
        (Answer::Refuses(_), Answer::Refuses(_)) => true,
        (Answer::Accepts(ours), Answer::Accepts(theirs)) => ours == theirs,
        (Answer::Refuses(mine), _) => insert(found, stricter(*mine, &theirs, &facts)),
        (Answer::Accepts(_), Answer::Refuses(theirs)) => insert(found, laxer(theirs, &facts)),
        _ => false,
    };
    if explained {
        Ok(outcome)
    } else {
        Err(case.report(&ours, &theirs))
    }
}

/// Why this crate refuses what `tungstenite` takes, or goes on reading.
fn stricter(mine: Refusal, theirs: &Theirs, facts: &Facts<'_>) -> Option<Difference> {
    let Refusal::Request(mine) = mine else {
        return None;
    };
    let target = facts.target();
    let (found, is_so) = match mine {
        RequestError::Head(error) => return explain_head(error, facts),
        _ if !matches!(theirs, Answer::Accepts(_)) => return None,
        RequestError::Target => (
            Difference::Target,
            !target.starts_with(b"/") && !is_http_uri(target)
                || target.iter().any(|byte| *byte == b'#' || !byte.is_ascii()),
        ),
        RequestError::Host => (
            Difference::Host,
            facts.count("host") != 1 || !is_authority(facts.first("host")),
        ),
        RequestError::Connection => (
            Difference::SpaceInList,
            !facts.lists("connection", "upgrade") && facts.first("connection").contains(&b' '),
        ),
        RequestError::Body => (
            Difference::Body,
            facts.count("transfer-encoding") > 0
                || facts.count("content-length") > 1
                || facts.values("content-length").any(|value| value != b"0"),
        ),
        RequestError::Expectation => (Difference::Expect, facts.count("expect") > 0),
        RequestError::RepeatedVersion => (
            Difference::RepeatedField,
            facts.count("sec-websocket-version") > 1,
        ),
        RequestError::InvalidKey => (
            Difference::KeyInParts,
            facts
                .first("sec-websocket-key")
                .get(..22)
                .is_some_and(|start| start.contains(&b'=')),
        ),
        RequestError::RepeatedKey => (
            Difference::RepeatedField,
            facts.count("sec-websocket-key") > 1,
        ),
        RequestError::Origin => (
            Difference::Origin,
            facts.count("origin") > 1
                || facts
                    .first("origin")
                    .iter()
                    .any(|byte| !matches!(byte, b' '..=b'~')),
        ),
        RequestError::InvalidSubprotocol | RequestError::RepeatedSubprotocol => {
            (Difference::Offers, !facts.has_valid_subprotocols())
        }
        RequestError::InvalidExtension => (Difference::Offers, !facts.has_valid_extensions()),
        _ => return None,
    };
    is_so.then_some(found)
}

/// Why `tungstenite` refuses what this crate takes.
fn laxer(theirs: &Error, facts: &Facts<'_>) -> Option<Difference> {
    let is_visible = |value: &[u8]| value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
    let version = facts.start_line.rsplit(|&byte| byte == b' ').next();
    let (found, is_so) = match theirs {
        Error::Protocol(ProtocolError::MissingConnectionUpgradeHeader) => {
            let first = facts.first("connection");
            let mut words = first.split(|byte| matches!(byte, b' ' | b','));
            let has_word = words.any(|word| word.eq_ignore_ascii_case(b"upgrade"));
            (
                Difference::List,
                facts.lists("connection", "upgrade") && !(has_word && is_visible(first)),
            )
        }
        Error::Protocol(ProtocolError::MissingUpgradeWebSocketHeader) => (
            Difference::List,
            facts.lists("upgrade", "websocket")
                && !facts.first("upgrade").eq_ignore_ascii_case(b"websocket"),
        ),
        Error::Protocol(ProtocolError::InvalidSecWebSocketKey) => (
            Difference::KeyPadding,
            matches!(facts.first("sec-websocket-key"), [_, .., last, b'=', b'=']
                if !b"AQgw".contains(last)),
        ),
        Error::Protocol(ProtocolError::HttparseError(_)) => (
            Difference::LaterHttp,
            facts.is_later_http(version.unwrap_or_default()),
        ),
        Error::HttpFormat(_) if http_authority(facts.target()).contains(&b'%') => {
            (Difference::EscapedHost, is_http_uri(facts.target()))
        }
        Error::HttpFormat(_) => {
            let mut parts = facts.target().splitn(2, |&byte| byte == b'?');
            let mut has = |forbidden: &[u8]| {
                let part = parts.next().unwrap_or_default();
                part.iter().any(|byte| forbidden.contains(byte))
            };
            let (in_path, in_query) = (has(b"<>`"), has(b"\"<>"));
            (Difference::TargetCharacters, in_path || in_query)
        }
        _ => return None,
    };
    is_so.then_some(found)
}

fn is_http_uri(target: &[u8]) -> bool {
    is_authority(http_authority(target))
}

/// The authority of an http or https URI, or nothing, which is none.
fn http_authority(target: &[u8]) -> &[u8] {
    let lower = target.to_ascii_lowercase();
    let start = match &lower[..] {
        [b'h', b't', b't', b'p', b':', b'/', b'/', ..] => 7,
        [b'h', b't', b't', b'p', b's', b':', b'/', b'/', ..] => 8,
        _ => target.len(),
    };
    let mut parts = target[start..].split(|byte| matches!(byte, b'/' | b'?'));
    parts.next().unwrap_or_default()
}

fn run_ours(case: &Case, stream: &[u8], facts: &Facts<'_>) -> Result<Ours, String> {
    let config = Config::new().max_head(MAX_HEAD).max_headers(MAX_HEADERS);
    let mut connection = Connection::server(config);
    let mut bytes = stream.to_vec();
    let mut out = Vec::new();
    let mut answer = Answer::Waits;
    let mut greeted = false;
    for (from, to) in case.plan.pieces(stream.len()) {
        let mut input = Input::new(&mut bytes[from..to]);
        loop {
            match connection.receive(&mut input, &mut out) {
                Ok(Some(Event::Request(request))) => {
                    let accepted = connection.accept(&request, &Acceptance::new(), &mut out);
                    accepted.map_err(|error| format!("cannot accept: {error}"))?;
                    answer = Answer::Accepts(accept_of(&out));
                }
                Ok(Some(Event::Http(_))) => return Ok(Answer::Refuses(Refusal::Http)),
                Ok(Some(Event::Text(text))) => greeted = text == "hi",
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(websocket_proto::Error::Request(error)) => {
                    let status = format!("HTTP/1.1 {} ", error.status());
                    if !out.starts_with(status.as_bytes()) {
                        return Err(format!("{error}, and not answered by {status}"));
                    }
                    return Ok(Answer::Refuses(Refusal::Request(error)));
                }
                // What follows the request is compared elsewhere.
                Err(_) => return Ok(answer),
            }
        }
    }
    let rest = facts.end.map_or(&[][..], |end| &stream[end..]);
    if matches!(answer, Answer::Accepts(_)) && rest == MASKED_GREETING && !greeted {
        return Err("the frame after the request is lost".into());
    }
    Ok(answer)
}

fn run_theirs(case: &Case, stream: &[u8], plan: Plan) -> Theirs {
    let pipe = Pipe::new(stream, plan, case.blocks);
    let handshake = ServerHandshake::start(pipe, NoCallback, None).handshake();
    match drive(handshake) {
        Ok(Some(socket)) => Answer::Accepts(accept_of(&socket.get_ref().written)),
        Ok(None) => Answer::Waits,
        Err(error) => Answer::Refuses(error),
    }
}

/// The `Sec-WebSocket-Accept` of a response that opens the connection.
fn accept_of(response: &[u8]) -> Vec<u8> {
    let facts = Facts::of(response);
    let opens = facts.start_line.starts_with(b"HTTP/1.1 101 ")
        && facts.lists("connection", "upgrade")
        && facts.first("upgrade").eq_ignore_ascii_case(b"websocket");
    assert!(opens, "{}", response.escape_ascii());
    facts.first("sec-websocket-accept").to_vec()
}
