//! Request heads: whatever the pieces the same head or the same error, every
//! refusal can be sent, and what is accepted the crate's own client verifies.

use websocket_proto::handshake::{
    Acceptance, ClientRequest, HeadError, HeadLimits, HeadReader, Headers, Request, RequestError,
    RequestHead, ResponseHead,
};
use websocket_proto::{Config, Connection, Error, Event, Input, State, Uri};

use super::choices::{Choices, Cuts};

/// Input: flags (limits), three piece sizes, then the bytes of a client.
pub fn run(data: &[u8]) {
    let mut choices = Choices::new(data);
    let flags = choices.byte();
    let cuts = Cuts::choose(&mut choices);
    let stream = choices.rest();
    let limits = HeadLimits {
        bytes: [16 << 10, 100, usize::MAX, 300][usize::from(flags & 3)],
        headers: [100, 4, usize::MAX, 40][usize::from(flags >> 2 & 3)],
    };
    let whole = read_head(stream, limits, Cuts::WHOLE);
    for cuts in [Cuts::SINGLE, cuts] {
        let cut = read_head(stream, limits, cuts);
        // After an error nothing is promised on what was taken.
        match &whole {
            Ok(whole) => assert_eq!(cut.as_ref(), Ok(whole)),
            Err(error) => assert_eq!(cut.as_ref(), Err(error)),
        }
    }
    let outcome = match &whole {
        Ok(Some((head, _))) => check_head(head, limits).map(Some),
        Ok(None) => Ok(None),
        Err(error) => Err(RequestError::Head(*error)),
    };
    if let Err(error) = &outcome {
        check_refusal(*error);
    }
    check_connection(stream, limits, &outcome);
    // Any bytes at all for the parser that expects a whole head.
    if let Err(error) = check_head(stream, limits) {
        check_refusal(error);
    }
}

/// The head and what the input still holds after it.
pub type Read = Result<Option<(Vec<u8>, Vec<u8>)>, HeadError>;

pub fn read_head(stream: &[u8], limits: HeadLimits, cuts: Cuts) -> Read {
    let mut stream = stream.to_vec();
    let mut reader = HeadReader::new(limits);
    let mut taken = 0;
    let mut outcome = Ok(None);
    for piece in cuts.of(&mut stream) {
        let mut input = piece;
        let length = input.len();
        let result = reader.receive(&mut input);
        if outcome.is_err() {
            assert_eq!(result.map(|_| None), outcome, "errors stick");
            assert_eq!(reader.buffered(), 0, "bytes kept for nothing");
            continue;
        }
        match result {
            Ok(None) => assert!(input.is_empty(), "input left over"),
            Ok(Some(head)) => {
                taken += length - input.len();
                assert!(head.len() <= limits.bytes);
                outcome = Ok(Some(head.into_owned()));
                break;
            }
            Err(error) => outcome = Err(error),
        }
        taken += length - input.len();
        assert!(reader.buffered() <= limits.bytes, "kept beyond the limit");
    }
    outcome.map(|head| head.map(|head| (head, stream.split_off(taken))))
}

/// The fields as a reader without any subtlety sees them.
pub fn naive_fields(head: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let text = head
        .strip_suffix(b"\r\n\r\n")
        .expect("an empty line at the end");
    let mut lines = Vec::new();
    let mut line = Vec::new();
    for &byte in text {
        line.push(byte);
        if line.ends_with(b"\r\n") {
            line.truncate(line.len() - 2);
            lines.push(core::mem::take(&mut line));
        }
    }
    lines.push(line);
    lines
        .iter()
        .skip(1)
        .map(|line| {
            assert!(!line.iter().any(|byte| b"\r\n\0".contains(byte)));
            let colon = line
                .iter()
                .position(|&byte| byte == b':')
                .expect("a colon in a field line");
            let (name, value) = line.split_at(colon);
            assert!(!name.is_empty() && name.iter().all(u8::is_ascii_graphic));
            (name.to_vec(), trim(&value[1..]).to_vec())
        })
        .collect()
}

pub fn trim(value: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let start = value.iter().position(is_text).unwrap_or(value.len());
    let end = value.iter().rposition(is_text).map_or(start, |end| end + 1);
    &value[start..end]
}

pub fn assert_fields(headers: &Headers, expected: &[(Vec<u8>, Vec<u8>)]) {
    let fields: Vec<_> = headers
        .iter()
        .map(|(name, value)| (name.as_bytes().to_vec(), value.to_vec()))
        .collect();
    assert_eq!(fields, expected);
    assert_eq!(headers.len(), expected.len());
    for (name, value) in headers.iter() {
        let upper = name.to_ascii_uppercase();
        assert!(headers.all(&upper).any(|found| found == value));
        assert_eq!(headers.first(&upper), headers.all(name).next());
    }
}

fn check_head(bytes: &[u8], limits: HeadLimits) -> Result<Asks, RequestError> {
    let head = RequestHead::parse(bytes, limits)?;
    assert!(bytes.len() <= limits.bytes && head.headers().len() <= limits.headers);
    let fields = naive_fields(bytes);
    assert_fields(head.headers(), &fields);
    assert!(bytes.starts_with(format!("{} {} HTTP/1.", head.method(), head.target()).as_bytes()));
    assert!(head.path().starts_with('/') && !head.path().contains('?'));
    assert!(head.target().ends_with(head.query().unwrap_or_default()));
    let _ = format!("{head:?}");

    // As other HTTP software would hand it over.
    let parts = || head.headers().iter();
    let twin = RequestHead::from_parts(head.method(), head.target(), head.version(), parts())
        .expect("the same head again");
    assert_fields(twin.headers(), &fields);
    assert_eq!(twin.method(), head.method());
    assert_eq!(twin.target(), head.target());
    assert_eq!(twin.path(), head.path());
    assert_eq!(twin.query(), head.query());
    assert_eq!(twin.host(), head.host());
    assert_eq!(twin.asks_for_websocket(), head.asks_for_websocket());

    if !head.asks_for_websocket() {
        assert_eq!(
            Request::new(head).map(|_| ()),
            Err(RequestError::NotWebSocket)
        );
        return Ok(Asks::Http);
    }
    let twin = Request::new(twin);
    let request = Request::new(head);
    match (request, twin) {
        (Ok(request), Ok(_)) => {
            check_request(&request);
            Ok(Asks::WebSocket)
        }
        (Err(error), twin) => {
            assert_eq!(twin.map(|_| ()), Err(error));
            Err(error)
        }
        (Ok(_), Err(error)) => panic!("refused from parts alone: {error}"),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asks {
    WebSocket,
    Http,
}

/// Accepts a request with the last of everything that it offers, and has the
/// crate's own client judge the answer.
fn check_request(request: &Request) {
    let _ = format!("{request:?}");
    assert!(!request.host().is_empty());
    if let Some(origin) = request.origin() {
        assert!(request.origin_is_one_of(&[origin]));
    }
    let uri = Uri::parse("ws://example.com/").expect("a valid URI");
    let mut client = ClientRequest::new(&uri);
    let mut acceptance = Acceptance::new();
    for name in request.subprotocols() {
        assert_eq!(request.choose_subprotocol(&[name]), Some(name));
        assert_eq!(request.choose_subprotocol_by_server(&[name]), Some(name));
        client = client.subprotocol(name);
    }
    if let Some(name) = request.subprotocols().last() {
        acceptance = acceptance.subprotocol(name);
    }
    for extension in request.extensions() {
        assert_eq!(
            extension.as_str().parse().as_ref(),
            Ok(extension),
            "an extension that does not read back"
        );
        client = client.extension(extension.clone());
    }
    if let Some(extension) = request.extensions().last() {
        acceptance = match extension.name() {
            // Its answer is not the offer.
            "permessage-deflate" => acceptance,
            _ => acceptance.extension(extension.clone()),
        };
    }
    #[cfg(feature = "deflate")]
    {
        acceptance = acceptance.deflate(websocket_proto::deflate::DeflateConfig::new());
    }
    let accepted = request.accept(&acceptance).expect("what was offered");
    let bytes = accepted.response.encode().expect("an answer that encodes");
    let fields = naive_fields(&bytes);
    let limits = HeadLimits {
        bytes: usize::MAX,
        headers: 100,
    };
    let head = ResponseHead::parse(&bytes, limits).expect("a well-formed 101");
    assert_fields(head.headers(), &fields);
    assert_eq!(
        client.verify(request.key().expect("a key"), &head),
        Ok(accepted.agreement)
    );
}

fn check_refusal(error: RequestError) {
    let refusal = error.refusal();
    let bytes = refusal.encode().expect("a refusal that encodes");
    let head = bytes
        .strip_suffix(refusal.body_bytes())
        .expect("the body at the end");
    let head = ResponseHead::parse(head, HeadLimits::default()).expect("a well-formed refusal");
    assert_eq!(head.status(), error.status());
    assert!((400..=599).contains(&head.status()));
    let length = refusal.body_bytes().len().to_string();
    assert_eq!(
        head.headers().first("content-length"),
        Some(length.as_bytes())
    );
    assert!(head.headers().first("connection").is_some());
    assert!(!error.section().is_empty() && !error.to_string().is_empty());
}

/// A connection says the same as the functions that it is made of.
fn check_connection(
    stream: &[u8],
    limits: HeadLimits,
    expected: &Result<Option<Asks>, RequestError>,
) {
    let config = Config::new()
        .max_head(limits.bytes)
        .max_headers(limits.headers);
    let mut connection = Connection::server(config);
    let mut read = stream.to_vec();
    let mut output = Vec::new();
    let outcome = connection.receive(&mut Input::new(&mut read), &mut output);
    let expected = &start_line_fault(stream, limits).map_or(*expected, Err);
    match (outcome, expected) {
        (Ok(None), Ok(None)) => assert!(output.is_empty()),
        (Ok(Some(Event::Request(_))), Ok(Some(Asks::WebSocket)))
        | (Ok(Some(Event::Http(_))), Ok(Some(Asks::Http))) => {
            assert_eq!(connection.state(), State::Connecting);
            assert!(output.is_empty());
        }
        (Err(Error::Request(error)), Err(expected)) => {
            assert_eq!(error, *expected);
            assert_eq!(connection.state(), State::Closed);
            let refusal = error.refusal();
            // Known once the start line is.
            let expected = match start_line(stream, limits) {
                Some(line) if line.starts_with(b"HEAD ") => refusal.encode_without_body(),
                _ => refusal.encode(),
            };
            assert_eq!(expected, Ok(output));
        }
        (outcome, expected) => panic!("{outcome:?} instead of {expected:?}"),
    }
}

/// The first line of a head, where it came whole.
fn start_line(stream: &[u8], limits: HeadLimits) -> Option<&[u8]> {
    let head = &stream[..stream.len().min(limits.bytes)];
    let head = head.strip_prefix(b"\r\n").unwrap_or(head);
    let head = head.strip_prefix(b"\r\n").unwrap_or(head);
    let length = head.windows(2).position(|pair| pair == b"\r\n")?;
    let line = &head[..length];
    let is_wrong = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
    (length > 0 && !line.iter().any(is_wrong)).then_some(line)
}

/// What is wrong with it alone: a connection says so before it says what is
/// wrong with the rest, which may not have come.
fn start_line_fault(stream: &[u8], limits: HeadLimits) -> Option<RequestError> {
    let line = start_line(stream, limits)?;
    let head = [line, b"\r\nHost: a\r\n\r\n"].concat();
    let limits = HeadLimits {
        bytes: usize::MAX,
        headers: 1,
    };
    RequestHead::parse(&head, limits).err()
}
