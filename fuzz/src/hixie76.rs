//! The legacy protocol: frames as a naive reader takes them apart, keys by
//! long division, and a connection fed with what a stranger sends, from the
//! first byte or behind the handshake, the same in any pieces.

use websocket_proto::frame::FrameError;
use websocket_proto::handshake::{Acceptance, Agreement, ClientRequest, HeadLimits, RequestHead};
use websocket_proto::hixie76::{
    Decoded, Decoder, Keys, PendingRequest, TextDecoder, challenge_response, encode_text,
    key_number,
};
use websocket_proto::{
    CloseStatus, Config, Connection, Delivery, Error, Event, Input, Limit, MessageKind, Role, Seed,
    State, Uri,
};

use super::choices::{Choices, Cuts};
use super::events::{Collector, Item};

/// Input: flags, a limit, three piece sizes, then what the peer sends.
pub fn run(data: &[u8]) {
    let mut choices = Choices::new(data);
    let flags = choices.byte();
    let limit = [u64::MAX, 1 << 20, 300, 5][usize::from(flags >> 2 & 3)];
    let limit = limit.saturating_sub(u64::from(choices.byte()));
    let cuts = Cuts::choose(&mut choices);
    let stream = choices.rest();
    key(&stream[..stream.len().min(100)]);
    text(stream, cuts);
    let expected = Reference::read(stream, limit);
    for cuts in cuts.and_single_bytes(stream).chain([Cuts::WHOLE]) {
        assert_eq!(decoded(stream, limit, cuts), expected);
    }
    for role in [Role::Server, Role::Client] {
        let play = |delivery, cuts| Transcript::of(flags, role, limit, delivery, stream, cuts);
        let whole = play(Delivery::Messages, Cuts::WHOLE);
        if flags & 3 == 0 {
            whole.assert_expected(&expected, limit);
        }
        for cuts in cuts.and_single_bytes(stream).chain([Cuts::WHOLE]) {
            for delivery in [Delivery::Messages, Delivery::Chunks] {
                assert_eq!(play(delivery, cuts), whole);
            }
        }
    }
}

/// What a stream of frames holds.
#[derive(Debug, PartialEq, Eq)]
struct Reference {
    texts: Vec<Vec<u8>>,
    /// The start of a text that does not end.
    rest: Option<Vec<u8>>,
    closed: bool,
    error: Option<FrameError>,
}

impl Reference {
    /// Byte by byte, with what the draft says of each.
    fn read(stream: &[u8], limit: u64) -> Self {
        let mut read = Self {
            texts: Vec::new(),
            rest: None,
            closed: false,
            error: None,
        };
        let mut bytes = stream.iter().copied();
        while let Some(first) = bytes.next() {
            if first < 0x80 {
                let mut text = Vec::new();
                let ended = loop {
                    match bytes.next() {
                        Some(0xff) => break true,
                        Some(byte) => text.push(byte),
                        None => break false,
                    }
                    if first > 0 && text.len() as u64 > limit {
                        read.error = Some(FrameError::Hixie76TooLong);
                        return read;
                    }
                };
                match (first, ended) {
                    (0, true) => read.texts.push(text),
                    (0, false) => read.rest = Some(text),
                    _ => {}
                }
                continue;
            }
            let mut length = 0_u128;
            for count in 1.. {
                let Some(byte) = bytes.next() else {
                    return read;
                };
                length = length * 128 + u128::from(byte % 128);
                if length > u128::from(limit) {
                    read.error = Some(FrameError::Hixie76TooLong);
                    return read;
                }
                if byte < 0x80 {
                    break;
                }
                if count == 9 {
                    read.error = Some(FrameError::Hixie76Length);
                    return read;
                }
            }
            if first == 0xff && length == 0 {
                read.closed = true;
                return read;
            }
            for _ in 0..length {
                if bytes.next().is_none() {
                    return read;
                }
            }
        }
        read
    }
}

/// The same by the crate's decoder.
fn decoded(stream: &[u8], limit: u64, cuts: Cuts) -> Reference {
    let mut decoder = Decoder::new(limit);
    let (mut texts, mut text, mut in_text) = (Vec::new(), Vec::new(), false);
    let (mut closed, mut error) = (false, None);
    let mut stream = stream.to_vec();
    'pieces: for piece in cuts.of(&mut stream) {
        let mut input = piece;
        loop {
            match decoder.decode(&mut input) {
                Ok(Some(Decoded::Text { bytes, end })) => {
                    assert!(!bytes.is_empty() || end, "a piece of nothing");
                    text.extend_from_slice(bytes);
                    in_text = !end;
                    if end {
                        texts.push(core::mem::take(&mut text));
                    }
                }
                Ok(Some(Decoded::Close)) => {
                    closed = true;
                    break 'pieces;
                }
                Ok(None) => {
                    assert!(input.is_empty(), "input left over");
                    break;
                }
                Err(found) => {
                    assert_eq!(decoder.decode(&mut input), Err(found), "the error is gone");
                    error = Some(found);
                    break 'pieces;
                }
            }
        }
    }
    // A text of which nothing has come yet shows in the state alone.
    let begun = in_text || format!("{decoder:?}").contains("state: Text");
    Reference {
        texts,
        rest: (begun && error.is_none()).then_some(text),
        closed,
        error,
    }
}

fn text(stream: &[u8], cuts: Cuts) {
    for cuts in [Cuts::WHOLE, Cuts::SINGLE, cuts] {
        let mut decoder = TextDecoder::new();
        let mut text = String::new();
        let mut copy = stream.to_vec();
        for piece in cuts.of(&mut copy) {
            text += &decoder.push(piece, false);
        }
        text += &decoder.push(b"", true);
        assert_eq!(text, String::from_utf8_lossy(stream));
        assert_eq!(decoder.push(b"a", true), "a", "something is left");
    }
    let valid = String::from_utf8_lossy(stream);
    let read = Reference::read(&encode_text(&valid), 0);
    assert_eq!(read.texts, [valid.as_bytes()]);
}

/// A key is what long division says, and one that is to be sent is taken.
fn key(bytes: &[u8]) {
    let key = bytes.trim_ascii();
    let spaces = key.iter().filter(|byte| **byte == b' ').count();
    let (mut quotient, mut rest, mut digits) = (Some(0_u32), 0, 0);
    for digit in key.iter().filter(|byte| byte.is_ascii_digit()) {
        digits += 1;
        rest = rest * 10 + usize::from(digit - b'0');
        let next = rest.checked_div(spaces).unwrap_or(0) as u32;
        quotient = quotient.and_then(|number| number.checked_mul(10)?.checked_add(next));
        rest = rest.checked_rem(spaces).unwrap_or(0);
    }
    let expected = quotient.filter(|_| spaces > 0 && digits > 0 && rest == 0);
    assert_eq!(key_number(bytes).ok(), expected);
    let Ok(text) = core::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(keys) = Keys::new(text, text, *b"12345678") {
        let number = expected.expect("a number");
        assert_eq!(
            keys.challenge_response(),
            challenge_response([number, number], *b"12345678")
        );
    }
}

const HEAD: &[u8] = b"GET /demo HTTP/1.1\r\nHost: a\r\nUpgrade: WebSocket\r\n\
    Connection: Upgrade\r\nOrigin: null\r\nSec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\n\
    Sec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\n\r\n";

/// What became of a connection.
#[derive(Debug, PartialEq)]
struct Transcript {
    items: Vec<Item>,
    error: Option<Error>,
    end: Result<(), Error>,
    status: Option<CloseStatus>,
    was_clean: bool,
    output: Vec<u8>,
}

impl Transcript {
    fn of(
        flags: u8,
        role: Role,
        limit: u64,
        delivery: Delivery,
        stream: &[u8],
        cuts: Cuts,
    ) -> Self {
        let config = Config::new()
            .hixie76(true)
            .delivery(delivery)
            .max_frame(limit)
            .max_message(limit);
        let mut output = Vec::new();
        let mut stream = stream.to_vec();
        let mut connection = match (flags & 3, role) {
            (0, _) => Connection::hixie76_upgraded(role, config, Agreement::new()),
            (start, Role::Server) => {
                // 1: anything, 2: behind a head, 3: behind a handshake.
                if start > 1 {
                    stream.splice(..0, HEAD.iter().copied());
                }
                if start > 2 {
                    stream.splice(HEAD.len()..HEAD.len(), *b"^n:ds[4U");
                }
                Connection::server(config)
            }
            (start, Role::Client) => {
                let uri = Uri::parse("ws://a/demo").expect("a valid URI");
                let request = ClientRequest::new(&uri).origin("null");
                let seed = Seed::from([7; 32]);
                let connection = Connection::hixie76_client(config, &request, seed, &mut output)
                    .expect("a valid request");
                if start > 1 {
                    let mut answer = accepted(&output);
                    answer.truncate(answer.len() - if start > 2 { 0 } else { 16 });
                    stream.splice(..0, answer);
                }
                connection
            }
        };
        output.clear();
        let (mut items, mut collector, mut error) = (Vec::new(), Collector::default(), None);
        for piece in cuts.of(&mut stream) {
            let mut input = Input::new(piece);
            loop {
                match connection.receive(&mut input, &mut output) {
                    Ok(Some(event)) => {
                        assert_eq!(error, None, "an event after the end: {event:?}");
                        match &event {
                            Event::Request(request) => connection
                                .accept(request, &Acceptance::new(), &mut output)
                                .expect("the request waits"),
                            Event::Http(_) => {
                                let answer = websocket_proto::handshake::Response::new(404);
                                connection
                                    .respond(&answer, &mut output)
                                    .expect("the request waits");
                            }
                            _ => {}
                        }
                        items.extend(collector.take(&event));
                    }
                    Ok(None) => {
                        assert!(input.is_empty(), "input left over");
                        break;
                    }
                    Err(found) => {
                        assert!(input.is_empty(), "input left over after an error");
                        assert_eq!(*error.get_or_insert(found), found, "another error");
                        break;
                    }
                }
            }
        }
        let end = connection.receive_eof();
        assert_eq!(connection.state(), State::Closed);
        Self {
            items,
            error,
            end,
            status: connection.close_status(),
            was_clean: connection.was_clean(),
            output,
        }
    }

    /// A connection that is open from the start delivers what the reference
    /// reads.
    fn assert_expected(&self, expected: &Reference, limit: u64) {
        let lossy = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned().into_bytes();
        let mut items: Vec<_> = expected
            .texts
            .iter()
            .map(lossy)
            .take_while(|text| text.len() as u64 <= limit)
            .map(|text| Item::Message(MessageKind::Text, text))
            .collect();
        let mut error = expected.error.map(Error::from);
        let mut closed = expected.closed;
        if items.len() < expected.texts.len() {
            error = Some(Limit::Message.into());
            closed = false;
        } else if let Some(rest) = &expected.rest {
            // What may still become a code point does not count yet.
            let mut decoder = TextDecoder::new();
            if decoder.push(rest, false).len() as u64 > limit {
                error = Some(Limit::Message.into());
            }
        }
        if closed {
            items.push(Item::Close(None));
        }
        assert_eq!(self.items, items);
        assert_eq!(self.error, error);
        let last: &[u8] = match closed || error.is_some() {
            true => b"\xff\x00",
            false => b"",
        };
        assert_eq!(self.output, last);
        assert_eq!(self.was_clean, closed);
    }
}

/// The answer to the request in `output`.
fn accepted(output: &[u8]) -> Vec<u8> {
    let (head, key3) = output.split_last_chunk::<8>().expect("eight bytes");
    let head = RequestHead::parse(head, HeadLimits::default()).expect("the crate's own request");
    let request = PendingRequest::new(head).expect("the crate's own request");
    let accepted = request.complete(*key3).accept(&Acceptance::new());
    let response = accepted.expect("nothing that was not offered").response;
    response.encode().expect("a valid answer")
}
