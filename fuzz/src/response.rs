//! What a client reads and builds: response heads, URIs, extension lists, and
//! requests made of whatever a caller passes on.

use websocket_proto::Uri;
use websocket_proto::handshake::{
    Acceptance, BodyReader, ClientRequest, Extension, HeadLimits, Request, RequestHead, Response,
    ResponseError, ResponseHead,
};

use super::choices::{Choices, Cuts};
use super::request::{assert_fields, naive_fields, read_head, trim};

/// The example of RFC 6455 section 1.3.
const KEY: &[u8; 24] = b"dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &[u8] = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

const GENEROUS: HeadLimits = HeadLimits {
    bytes: usize::MAX,
    headers: usize::MAX,
};

/// Input: what to do, then for it.
pub fn run(data: &[u8]) {
    let mut choices = Choices::new(data);
    match choices.byte() & 3 {
        0 => response(choices),
        1 => uri(choices.rest()),
        2 => extensions(choices.rest()),
        _ => build(choices),
    }
}

/// Input: flags (limits), three piece sizes, then the bytes of a server.
fn response(mut choices: Choices<'_>) {
    let flags = choices.byte();
    let cuts = Cuts::choose(&mut choices);
    let stream = choices.rest();
    let limits = HeadLimits {
        bytes: [16 << 10, 100, usize::MAX, 300][usize::from(flags & 3)],
        headers: [100, 4, usize::MAX, 40][usize::from(flags >> 2 & 3)],
    };
    let whole = read_head(stream, limits, Cuts::WHOLE);
    for cuts in [Cuts::SINGLE, cuts] {
        assert_eq!(read_head(stream, limits, cuts), whole);
    }
    if let Ok(Some((head, rest))) = whole {
        let _ = check_head(&head, limits);
        if let Ok(head) = ResponseHead::parse(&head, limits) {
            check_body(&head, &rest, cuts);
        }
    }
    let _ = check_head(stream, limits);
}

fn check_head(bytes: &[u8], limits: HeadLimits) -> Result<(), ResponseError> {
    let head = ResponseHead::parse(bytes, limits)?;
    assert!(bytes.len() <= limits.bytes && head.headers().len() <= limits.headers);
    assert!((100..=999).contains(&head.status()));
    assert_eq!(&bytes[9..12], head.status().to_string().as_bytes());
    let fields = naive_fields(bytes);
    assert_fields(head.headers(), &fields);
    let _ = (format!("{head:?}"), head.websocket_versions().count());
    let parts = head.headers().iter();
    let twin = ResponseHead::from_parts(head.version(), head.status(), parts)
        .expect("the same head again");
    assert_fields(twin.headers(), &fields);

    let uri = Uri::parse("ws://example.com/").expect("a valid URI");
    let request = ClientRequest::new(&uri)
        .subprotocol("chat")
        .subprotocol("superchat")
        .extension(Extension::new("permessage-deflate").expect("a token"));
    let outcome = request.verify(KEY, &head);
    assert_eq!(request.verify(KEY, &twin), outcome);
    let agreement = outcome?;
    // What a client must have seen before it believes.
    let all = |name: &str| head.headers().all(name).collect::<Vec<_>>();
    assert_eq!(head.status(), 101);
    assert_eq!(all("Sec-WebSocket-Accept"), [ACCEPT]);
    assert!(matches!(all("Upgrade")[..], [upgrade] if upgrade.eq_ignore_ascii_case(b"websocket")));
    let connection = all("Connection").join(&b","[..]).to_ascii_lowercase();
    assert!(connection.windows(7).any(|window| window == b"upgrade"));
    assert!(matches!(
        agreement.subprotocol(),
        None | Some("chat" | "superchat")
    ));
    assert!(agreement.extensions().len() <= 1);
    assert_eq!(
        agreement.subprotocol().map(str::as_bytes),
        head.headers().first("Sec-WebSocket-Protocol")
    );
    Ok(())
}

/// The same body comes out of what follows the head, however it arrives.
fn check_body(head: &ResponseHead, rest: &[u8], cuts: Cuts) {
    let whole = read_body(head, rest, Cuts::WHOLE);
    for cuts in cuts.and_single_bytes(rest) {
        assert_eq!(read_body(head, rest, cuts), whole, "{cuts:?}");
    }
    let (body, [is_done, is_broken], taken) = whole;
    assert!(body.len() <= taken && taken <= rest.len());
    assert!(!(is_done && is_broken));
    assert!(
        is_done || is_broken || taken == rest.len(),
        "input left over"
    );
    let length = head.headers().first("Content-Length");
    let length = length
        .filter(|length| length.iter().all(u8::is_ascii_digit))
        .and_then(|length| core::str::from_utf8(length).ok()?.parse().ok());
    let is_plain = head.headers().first("Transfer-Encoding").is_none()
        && head.headers().all("Content-Length").count() == 1
        && !matches!(head.status(), 100..=199 | 204 | 304);
    if let (Some(length), true) = (length, is_plain) {
        assert_eq!(body, rest[..rest.len().min(length)]);
        assert_eq!(is_done, rest.len() >= length);
    }
}

/// The body, whether it has ended or is broken, and how many bytes it took.
fn read_body(head: &ResponseHead, rest: &[u8], cuts: Cuts) -> (Vec<u8>, [bool; 2], usize) {
    let mut reader = BodyReader::new(head);
    let mut body = Vec::new();
    let mut taken = 0;
    for piece in cuts.of(&mut rest.to_vec()) {
        let mut input = &piece[..];
        while let Some(part) = reader.receive(&mut input) {
            assert!(!part.is_empty());
            body.extend_from_slice(part);
        }
        let has_ended = reader.is_done() || reader.is_broken();
        assert!(input.is_empty() || has_ended, "input left over");
        taken += piece.len() - input.len();
    }
    (body, [reader.is_done(), reader.is_broken()], taken)
}

fn uri(text: &[u8]) {
    let Ok(text) = core::str::from_utf8(text) else {
        return;
    };
    let Ok(uri) = Uri::parse(text) else {
        return;
    };
    assert!(uri.port() > 0 && !uri.server_name().is_empty());
    assert!(uri.target().starts_with('/'));
    assert!(uri.authority().starts_with(uri.host()));
    assert_eq!(
        uri.is_secure(),
        text.get(..3)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("wss"))
    );
    let again = Uri::parse(&uri.to_string()).expect("what it was written as");
    assert_eq!(again, uri);
    let _ = format!("{uri:?}");
    // A server reads from the request what the URI said.
    let bytes = ClientRequest::new(&uri)
        .encode(KEY)
        .expect("a URI that was parsed");
    let head = RequestHead::parse(&bytes, GENEROUS).expect("a well-formed request");
    let request = Request::new(head).expect("a valid request");
    assert_eq!(request.host(), uri.authority());
    assert_eq!(request.target(), uri.target());
    assert_eq!(request.key(), Some(KEY));
}

/// Input: field values, one a line.
fn extensions(text: &[u8]) {
    let values = text.split(|&byte| byte == b'\n');
    let Ok(list) = Extension::parse_list(values) else {
        return;
    };
    assert!((1..=32).contains(&list.len()), "{} elements", list.len());
    let mut joined = String::new();
    for extension in &list {
        if !joined.is_empty() {
            joined.push(',');
        }
        joined.push_str(extension.as_str());
        assert_eq!(extension.as_str().parse().as_ref(), Ok(extension));
        let mut built = Extension::new(extension.name()).expect("a token");
        let mut count = 0;
        for (name, value) in extension.params() {
            built = built.param(name, value).expect("tokens");
            count += 1;
        }
        assert!(count <= 32);
        assert_eq!(&built, extension);
    }
    assert_eq!(Extension::parse_list([joined.as_bytes()]), Ok(list));
}

/// Input: settings of a request and of an answer, each with its length. What
/// encodes says what was set and nothing else.
fn build(mut choices: Choices<'_>) {
    let uri = Uri::parse("ws://example.com/").expect("a valid URI");
    let status = choices.number() % 700;
    let mut request = ClientRequest::new(&uri);
    let mut response = Response::new(status);
    let mut acceptance = Acceptance::new();
    let mut fields = Vec::new();
    let mut own = 5;
    let mut subprotocols = Vec::new();
    while !choices.is_empty() {
        let what = choices.byte();
        let length = usize::from(choices.byte());
        let Ok(name) = core::str::from_utf8(choices.bytes(length)) else {
            continue;
        };
        match what & 3 {
            0 | 1 => {
                let length = usize::from(choices.byte());
                let value = choices.bytes(length);
                request = request.header(name, value);
                response = response.header(name, value);
                acceptance = acceptance.header(name, value);
                fields.push((name.as_bytes().to_vec(), trim(value).to_vec()));
            }
            2 => {
                if subprotocols.is_empty() {
                    own += 1;
                }
                subprotocols.push(name);
                request = request.subprotocol(name);
            }
            _ => {
                request = request.origin(name);
                response = response.body(name);
            }
        }
    }
    if let Ok(bytes) = request.encode(KEY) {
        let head = RequestHead::parse(&bytes, GENEROUS).expect("a well-formed request");
        let names = naive_fields(&bytes);
        assert_fields(head.headers(), &names);
        let has_origin = head.headers().first("Origin").is_some();
        own += usize::from(has_origin);
        assert_eq!(names[own..], fields, "other fields than were set");
        if let Ok(request) = Request::new(head) {
            assert!(request.subprotocols().eq(subprotocols.iter().copied()));
            if let Ok(accepted) = request.accept(&acceptance) {
                let bytes = accepted.response.encode().expect("an answer that encodes");
                ResponseHead::parse(&bytes, GENEROUS).expect("a well-formed 101");
                assert_eq!(naive_fields(&bytes)[3..], fields);
            }
        }
    }
    if let Ok(bytes) = response.encode() {
        let head = bytes
            .strip_suffix(response.body_bytes())
            .expect("the body at the end");
        let head_only = response.encode_without_body().expect("the same head");
        assert_eq!(head, head_only);
        let parsed = ResponseHead::parse(head, GENEROUS).expect("a well-formed answer");
        assert_eq!(parsed.status(), status);
        let found = naive_fields(head);
        assert_fields(parsed.headers(), &found);
        assert_eq!(
            found[1..=fields.len()],
            fields,
            "other fields than were set"
        );
    }
}
