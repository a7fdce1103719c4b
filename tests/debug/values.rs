//! Values of all types but connections.

use std::borrow::Cow;

use websocket_proto::deflate::DeflateConfig;
use websocket_proto::frame::{
    ClosePayload, Decoded, Decoder, EncodedHeader, Header, MaskingKey, Opcode, Utf8Validator,
};
use websocket_proto::handshake::{
    Acceptance, Accepted, BodyReader, ClientRequest, Extension, HeadLimits, HeadReader, Headers,
    HttpVersion, Request, RequestHead, Response, ResponseHead, connect,
};
use websocket_proto::hixie76::{self, ClientHandshake, Keys, PendingRequest, TextDecoder};
use websocket_proto::{
    Chunk, ChunkData, CloseCode, CloseFrame, Config, Event, FixedOutput, Input, Output,
    PreparedMessage, Reply, Role, Seed, Uri,
};

use crate::marks::{CODE_POINT, KEY, SEED, Shown, TEXT};
use crate::pair::REQUEST;
use crate::support::{mask, on_wire};

pub(crate) fn all() -> Vec<Shown> {
    [
        frames(),
        heads(),
        requests(),
        answers(),
        over_http2(),
        legacy(),
        events(),
        buffers(),
    ]
    .concat()
}

/// Begins a message with this header and says nothing of the payload.
fn header() -> Header {
    let length = TEXT.len() as u64;
    let header = Header::new(Opcode::Binary, true, length).expect("a header");
    header.masked(MaskingKey::new(KEY))
}

fn frames() -> Vec<Shown> {
    let encoded: EncodedHeader = header().encode();
    let mut decoders = Vec::new();
    // A header of 14 bytes, cut within its key.
    let long = [&[0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0][..], &KEY].concat();
    for end in 1..=14 {
        let mut decoder = Decoder::new(Role::Server);
        let mut read = long[..end].to_vec();
        let parsed = decoder.decode(&mut &mut read[..]).expect("valid");
        assert_eq!(parsed.is_some(), end == 14);
        let how = format!("{end} bytes of a header");
        decoders.push(Shown::new("frame/decoder.rs", "Decoder", &how, &decoder));
    }
    let mut decoder = Decoder::new(Role::Server);
    let mut read = [encoded.as_slice(), TEXT.as_bytes()].concat();
    MaskingKey::new(KEY).apply(&mut read[6..]);
    let mut input = &mut read[..10];
    let mut decoded = Vec::new();
    while let Some(part) = decoder.decode(&mut input).expect("valid") {
        if let Decoded::Payload { bytes, .. } = &part {
            assert_eq!(*bytes, &TEXT.as_bytes()[..4]);
        }
        decoded.push(Shown::new("frame/decoder.rs", "Decoded", "a part", &part));
    }
    assert_eq!(decoded.len(), 2);
    decoders.push(Shown::new(
        "frame/decoder.rs",
        "Decoder",
        "in a payload",
        &decoder,
    ));

    let mut validator = Utf8Validator::new();
    let (begun, rest) = CODE_POINT.as_bytes().split_at(2);
    validator.push(begun).expect("valid");
    let cut = Shown::new(
        "frame/utf8.rs",
        "Utf8Validator",
        "in a code point",
        &validator,
    );
    let piece = [rest, TEXT.as_bytes()].concat();
    let valid = validator.push(&piece).expect("valid");
    assert_eq!(
        (valid.completed, valid.text),
        (CODE_POINT.chars().next(), TEXT)
    );

    let close = ClosePayload {
        code: CloseCode::NORMAL,
        reason: TEXT,
    };
    [
        decoded,
        decoders,
        vec![
            cut,
            Shown::new("frame/utf8.rs", "Validated", "text", &valid)
                .with_marks(&[CODE_POINT.as_bytes()]),
            Shown::new("frame/header.rs", "Header", "with a key", &header()),
            Shown::new("frame/header.rs", "EncodedHeader", "with a key", &encoded),
            Shown::new(
                "frame/mask.rs",
                "MaskingKey",
                "a key",
                &MaskingKey::new(KEY),
            ),
            Shown::new("frame/close.rs", "ClosePayload", "with a reason", &close),
        ],
    ]
    .concat()
}

/// A request with a mark in all that is nobody's: query, cookie,
/// authorization, a field that is not known, an offered subprotocol.
pub(crate) fn marked_request(start: &str) -> String {
    REQUEST.replace("GET /chat ", start).replace(
        "\r\n\r\n",
        &format!(
            "\r\nCookie: session={TEXT}\r\nAuthorization: Bearer {TEXT}\r\nX-Token: {TEXT}\r\n\
             Proxy-Authorization: Basic {TEXT}\r\nReferer: http://a/?{TEXT}\r\n\
             Sec-WebSocket-Protocol: chat, {TEXT}\r\n\r\n"
        ),
    )
}

const NONCE: &[u8] = b"dGhlIHNhbXBsZSBub25jZQ==";

fn head(start: &str) -> RequestHead {
    RequestHead::parse(marked_request(start).as_bytes(), HeadLimits::default()).expect("a head")
}

fn heads() -> Vec<Shown> {
    let targets = [
        format!("GET /chat?token={TEXT} "),
        format!("GET http://server.example.com/chat?{TEXT} "),
        format!("GET http://server.example.com?{TEXT} "),
    ];
    let mut shown = Vec::new();
    for target in &targets {
        let head = head(target);
        shown.push(Shown::new(
            "handshake/server/request_head.rs",
            "RequestHead",
            target,
            &head,
        ));
        shown.push(Shown::new(
            "handshake/head/headers.rs",
            "Headers",
            target,
            head.headers(),
        ));
        let request = Request::new(head).expect("a request");
        shown.push(Shown::new(
            "handshake/server/request.rs",
            "Request",
            target,
            &request,
        ));
    }
    // A name and a password before the host are refused, and not repeated.
    let with_user = format!("GET http://user:{TEXT}@server.example.com/ ");
    let refused = RequestHead::parse(marked_request(&with_user).as_bytes(), HeadLimits::default());
    let error = refused.expect_err("a password in the target");
    shown.push(Shown::new(
        "handshake/server/request_head.rs",
        "RequestHead",
        &with_user,
        &error,
    ));

    let mut reader = HeadReader::new(HeadLimits::default());
    let text = marked_request(&targets[0]);
    for at in [30, 200, text.len() - 1] {
        let mut read = text.as_bytes()[..at].to_vec();
        let mut input = &mut read[..];
        let mut reader = HeadReader::new(HeadLimits::default());
        assert!(reader.receive(&mut input).expect("valid").is_none());
        shown.push(Shown::new(
            "handshake/head/reader.rs",
            "HeadReader",
            "in a head",
            &reader,
        ));
    }
    let complete = reader
        .receive(&mut &mut text.clone().into_bytes()[..])
        .expect("valid")
        .is_some();
    assert!(complete);
    shown.push(Shown::new(
        "handshake/head/reader.rs",
        "HeadReader",
        "after a head",
        &reader,
    ));
    shown
        .into_iter()
        .map(|shown| shown.with_marks(&[NONCE]))
        .collect()
}

pub(crate) fn client_request() -> ClientRequest {
    let uri = Uri::parse(&format!("ws://example.com/chat?token={TEXT}")).expect("a URI");
    ClientRequest::new(&uri)
        .origin("http://example.com")
        .header("Cookie", format!("session={TEXT}"))
        .header("Authorization", format!("Bearer {TEXT}"))
        .header("X-Token", TEXT)
}

fn requests() -> Vec<Shown> {
    let request = client_request().subprotocol(TEXT);
    let key = b"c2VjcmV0IG5vbmNlIDEyMzQ1";
    let wrong = client_request().header("a b", TEXT);
    vec![
        Shown::new(
            "handshake/client/request.rs",
            "ClientRequest",
            "with credentials",
            &request,
        ),
        Shown::new(
            "handshake/client/request.rs",
            "ClientRequest",
            "that cannot be sent",
            &wrong,
        ),
        Shown::new("uri/mod.rs", "Uri", "with a query", request.uri()),
        Shown::new(
            "uri/mod.rs",
            "Uri",
            "with a password",
            &Uri::parse(&format!("ws://u:{TEXT}@a/")),
        ),
        Shown::new(
            "handshake/head/headers.rs",
            "Headers",
            "to send",
            &request.headers(key),
        )
        .with_marks(&[key]),
        Shown::new("seed.rs", "Seed", "bytes", &Seed::from(SEED)),
    ]
}

fn answers() -> Vec<Shown> {
    let offered = Extension::new("foo").expect("a token");
    let head = head(&format!("GET /chat?{TEXT} "));
    let request = Request::new(head).expect("a request");
    let acceptance = Acceptance::new()
        .subprotocol("chat")
        .header("Set-Cookie", format!("session={TEXT}"))
        .deflate(DeflateConfig::new());
    let accepted: Accepted = request.accept(&acceptance).expect("an answer");
    let response = Response::new(401)
        .header("Set-Cookie", TEXT)
        .header("Location", format!("/?{TEXT}"))
        .body(TEXT);
    let bytes = response.encode_without_body().expect("a response");
    let answer = ResponseHead::parse(&bytes, HeadLimits::default()).expect("a head");
    let mut reader = BodyReader::new(&answer);
    assert_eq!(
        reader.receive(&mut &TEXT.as_bytes()[..5]),
        Some(&TEXT.as_bytes()[..5])
    );
    let chunked = b"HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunked = ResponseHead::parse(chunked, HeadLimits::default()).expect("a head");
    let mut chunks = BodyReader::new(&chunked);
    let trailer = format!("0\r\nX: {TEXT}");
    assert_eq!(chunks.receive(&mut trailer.as_bytes()), None);
    vec![
        Shown::new(
            "handshake/server/acceptance.rs",
            "Acceptance",
            "with a cookie",
            &acceptance,
        ),
        Shown::new(
            "handshake/server/acceptance.rs",
            "Accepted",
            "with a cookie",
            &accepted,
        ),
        Shown::new(
            "handshake/agreement.rs",
            "Agreement",
            "agreed",
            &accepted.agreement,
        ),
        Shown::new("extension.rs", "Extension", "offered", &offered),
        Shown::new(
            "handshake/server/response.rs",
            "Response",
            "with a body",
            &response,
        ),
        Shown::new(
            "handshake/client/response_head.rs",
            "ResponseHead",
            "received",
            &answer,
        ),
        Shown::new(
            "handshake/client/body.rs",
            "BodyReader",
            "in a body",
            &reader,
        ),
        Shown::new(
            "handshake/client/body.rs",
            "BodyReader",
            "in a trailer",
            &chunks,
        ),
    ]
}

fn over_http2() -> Vec<Shown> {
    let path = format!("/chat?token={TEXT}");
    let cookie = format!("session={TEXT}");
    let fields = [
        (":method", "CONNECT"),
        (":protocol", "websocket"),
        (":scheme", "https"),
        (":path", &path),
        (":authority", "example.com"),
        ("cookie", &cookie),
        ("authorization", TEXT),
        ("sec-websocket-protocol", TEXT),
        ("sec-websocket-version", "13"),
    ];
    let request = connect::Request::from_fields(fields).expect("a request");
    let with_user = fields.map(|(name, value)| match name {
        ":authority" => (name, "user:zQ7vX9wK@example.com"),
        _ => (name, value),
    });
    let refused = connect::Request::from_fields(with_user).expect_err("a password");
    let acceptance = Acceptance::new().header("set-cookie", TEXT);
    let accepted = request.accept(&acceptance).expect("an answer");
    let mut setting = connect::Setting::new();
    setting.receive(1).expect("a value");
    let client = client_request();
    let sent: Headers = client.to_connect(setting).expect("a request");
    let answer = accepted.response.to_fields().expect("fields");
    let understood = client.verify_connect(answer.iter()).expect("an answer");
    let file = "handshake/connect/server/request.rs";
    vec![
        Shown::new(file, "Request", "with a query", &request),
        Shown::new(file, "Request", "with a password", &refused),
        Shown::new(
            "handshake/server/acceptance.rs",
            "Accepted",
            "over HTTP/2",
            &accepted,
        ),
        Shown::new("handshake/head/headers.rs", "Headers", "over HTTP/2", &sent),
        Shown::new(
            "handshake/head/headers.rs",
            "Headers",
            "answered over HTTP/2",
            &answer,
        ),
        Shown::new(
            "handshake/connect/client/outcome.rs",
            "Outcome",
            "over HTTP/2",
            &understood,
        ),
    ]
}

/// Keys that are right, and the eight bytes.
pub(crate) const DRAFT_KEYS: [&str; 2] = ["4 @1  46546xW%0l 1 5", "12998 5 Y3 1  .P00"];
pub(crate) const DRAFT_KEY3: &[u8; 8] = b"zQ7vX9wK";

pub(crate) fn draft_request() -> String {
    let [key1, key2] = DRAFT_KEYS;
    format!(
        "GET /demo?{TEXT} HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key2: {key2}\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key1: {key1}\r\n\
         Cookie: {TEXT}\r\nOrigin: http://example.com\r\n\r\n"
    )
}

fn legacy() -> Vec<Shown> {
    let [key1, key2] = DRAFT_KEYS;
    let keys = Keys::new(key1, key2, *DRAFT_KEY3).expect("keys");
    let answer = keys.challenge_response();
    let head = draft_request();
    let head = RequestHead::parse(head.as_bytes(), HeadLimits::default()).expect("a head");
    let pending = PendingRequest::new(head).expect("a request");
    let request = pending.clone().complete(*DRAFT_KEY3);
    let accepted = request
        .accept(&Acceptance::new().header("Set-Cookie", TEXT))
        .expect("valid");
    let handshake = ClientHandshake::new(&client_request(), keys.clone()).expect("a request");
    let fields = accepted
        .response
        .headers()
        .iter()
        .map(|(name, value)| (name, value.to_vec()));
    let answered = ResponseHead::from_parts(HttpVersion::Http11, 101, fields).expect("a head");

    let mut decoder = hixie76::Decoder::new(100);
    let mut read = [b"\0", TEXT.as_bytes()].concat();
    let mut input = &mut read[..];
    let part = decoder.decode(&mut input).expect("valid").expect("a text");
    let decoded = Shown::new("frame/hixie76/decoder.rs", "Decoded", "a text", &part);
    let mut text = TextDecoder::new();
    assert_eq!(text.push(&CODE_POINT.as_bytes()[..2], false), "");
    let shown = vec![
        decoded,
        Shown::new("frame/hixie76/decoder.rs", "Decoder", "in a text", &decoder),
        Shown::new(
            "frame/hixie76/text.rs",
            "TextDecoder",
            "in a code point",
            &text,
        ),
        Shown::new(
            "handshake/client/hixie76/keys.rs",
            "Keys",
            "of a client",
            &keys,
        ),
        Shown::new(
            "handshake/server/hixie76/pending_request.rs",
            "PendingRequest",
            "with a query",
            &pending,
        ),
        Shown::new(
            "handshake/client/hixie76/mod.rs",
            "ClientHandshake",
            "with a query",
            &handshake,
        ),
        Shown::new(
            "handshake/server/request.rs",
            "Request",
            "of the draft",
            &request,
        ),
        Shown::new(
            "handshake/server/acceptance.rs",
            "Accepted",
            "of the draft",
            &accepted,
        ),
        Shown::new(
            "handshake/client/response_head.rs",
            "ResponseHead",
            "of the draft",
            &answered,
        ),
    ];
    let marks = [key1.as_bytes(), key2.as_bytes(), &answer];
    shown
        .into_iter()
        .map(|shown| shown.with_marks(&marks))
        .collect()
}

fn events() -> Vec<Shown> {
    let request = head(&format!("GET /chat?{TEXT} "));
    let response = ResponseHead::parse(
        format!("HTTP/1.1 403 No\r\nSet-Cookie: {TEXT}\r\n\r\n").as_bytes(),
        HeadLimits::default(),
    )
    .expect("a head");
    let fragments = [
        ChunkData::Text(Cow::Borrowed(TEXT)),
        ChunkData::Binary(Cow::Borrowed(TEXT.as_bytes())),
    ]
    .map(|data| Chunk {
        data,
        first: true,
        last: false,
    });
    let close = CloseFrame {
        code: CloseCode::NORMAL,
        reason: Cow::Borrowed(TEXT),
    };
    let bytes = || Cow::Borrowed(TEXT.as_bytes());
    let events = [
        Event::Request(Box::new(Request::new(request.clone()).expect("a request"))),
        Event::Http(Box::new(request)),
        Event::Open(Box::new(response.clone())),
        Event::Refused(Box::new(response)),
        Event::Body(bytes()),
        Event::Text(Cow::Borrowed(TEXT)),
        Event::Binary(bytes()),
        Event::Chunk(fragments[0].clone()),
        Event::Chunk(fragments[1].clone()),
        Event::Ping(bytes()),
        Event::Pong(bytes()),
        Event::Close(Some(close.clone())),
    ];
    let mut shown = vec![Shown::new(
        "event.rs",
        "CloseFrame",
        "with a reason",
        &close,
    )];
    for chunk in &fragments {
        shown.push(Shown::new("event.rs", "Chunk", "a chunk", chunk));
        shown.push(Shown::new("event.rs", "ChunkData", "a piece", &chunk.data));
    }
    for event in &events {
        shown.push(Shown::new("event.rs", "Event", "an event", event));
        if let Some(reply) = Reply::to_event(event) {
            shown.push(Shown::new(
                "connection/reply.rs",
                "Reply",
                "to an event",
                &reply,
            ));
        }
    }
    shown
        .into_iter()
        .map(|shown| shown.with_marks(&[NONCE]))
        .collect()
}

fn buffers() -> Vec<Shown> {
    let mut memory = TEXT.as_bytes().repeat(4);
    let mut out = FixedOutput::new(&mut memory);
    let empty = Shown::new("output.rs", "FixedOutput", "over memory", &out);
    out.append(TEXT.as_bytes());
    out.consume(2);
    let written = Shown::new("output.rs", "FixedOutput", "written to", &out);

    let text = PreparedMessage::text(TEXT);
    let binary = PreparedMessage::binary(TEXT.as_bytes());
    // Level 0 stores the payload as it is.
    let compressed = text.clone().compressed(&DeflateConfig::new().level(0));

    let texts = [&[0x81, 8], TEXT.as_bytes()].concat().repeat(3);
    let mut read = on_wire(Role::Client, &texts);
    let batch = Shown::new("input/mod.rs", "Input", "of a read", &Input::new(&mut read));
    let mut read = mask(&texts);
    let mut input = Input::new(&mut read);
    let mut server = crate::support::server(Config::new());
    let event = server.receive(&mut input, &mut Vec::new());
    assert!(matches!(event, Ok(Some(Event::Text(text))) if text == TEXT));
    let rest = Shown::new("input/mod.rs", "Input", "looked at ahead", &input);
    let file = "connection/prepared.rs";
    vec![
        empty,
        written,
        Shown::new(file, "PreparedMessage", "a text", &text),
        Shown::new(file, "PreparedMessage", "of bytes", &binary),
        Shown::new(file, "PreparedMessage", "compressed", &compressed),
        batch,
        rest,
    ]
}
