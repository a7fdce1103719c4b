//! The base cases of the requirements, and the way bytes take through the layer.

use websocket_proto::{
    Uri,
    handshake::{
        Agreement, ClientRequest, HeadError, HeadLimits, HeadReader, Request, RequestError,
        RequestHead, ResponseError, ResponseHead,
    },
};

pub(crate) const KEY: &[u8; 24] = b"dGhlIHNhbXBsZSBub25jZQ==";

/// CREQ.
pub(crate) const REQUEST: &str = "GET /chat HTTP/1.1\r\n\
    Host: server.example.com\r\n\
    Upgrade: websocket\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\n\r\n";

/// RSP.
pub(crate) const RESPONSE: &str = "HTTP/1.1 101 Switching Protocols\r\n\
    Upgrade: websocket\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// A head and what follows it.
type HeadAndRest = (Vec<u8>, Vec<u8>);

/// The head in `bytes`, read in one piece, and what follows it.
pub(crate) fn read_head(bytes: &[u8]) -> Result<Option<HeadAndRest>, HeadError> {
    let mut bytes = bytes.to_vec();
    let mut input = &mut bytes[..];
    let head = HeadReader::new(HeadLimits::default()).receive(&mut input)?;
    Ok(head.map(|head| (head.into_owned(), input.to_vec())))
}

/// What a server makes of the bytes.
pub(crate) fn request(bytes: impl AsRef<[u8]>) -> Result<Request, RequestError> {
    Request::new(request_head(bytes)?)
}

pub(crate) fn request_head(bytes: impl AsRef<[u8]>) -> Result<RequestHead, RequestError> {
    let (head, _) = read_head(bytes.as_ref())?.expect("the head is complete");
    RequestHead::parse(&head, HeadLimits::default())
}

/// The status of the refusal.
#[track_caller]
pub(crate) fn status(bytes: impl AsRef<[u8]>) -> u16 {
    request(bytes).expect_err("refused").status()
}

/// CREQ with one line replaced by others.
#[track_caller]
pub(crate) fn replaced(line: &str, lines: &str) -> String {
    replace(REQUEST, line, lines)
}

/// CREQ with lines added at its end.
pub(crate) fn added(lines: &str) -> String {
    replace(REQUEST, "\r\n\r\n", &format!("\r\n{lines}\r\n\r\n"))
}

pub(crate) fn request_line(line: &str) -> String {
    replaced("GET /chat HTTP/1.1", line)
}

#[track_caller]
pub(crate) fn replace(head: &str, from: &str, to: &str) -> String {
    assert!(head.contains(from));
    let text = head.replacen(from, to, 1);
    // An empty replacement takes the line with it.
    text.replace("\r\n\r\n\r\n", "\r\n\r\n")
}

/// RSP without the line that starts so.
pub(crate) fn without(head: &str, start: &str) -> String {
    let lines = head.split_inclusive("\r\n");
    lines.filter(|line| !line.starts_with(start)).collect()
}

pub(crate) fn client() -> ClientRequest {
    ClientRequest::new(&Uri::parse("ws://server.example.com/chat").unwrap())
}

/// What a client makes of the answer.
pub(crate) fn answer(
    request: &ClientRequest,
    bytes: impl AsRef<[u8]>,
) -> Result<Agreement, ResponseError> {
    request.verify(KEY, &response_head(bytes)?)
}

pub(crate) fn response_head(bytes: impl AsRef<[u8]>) -> Result<ResponseHead, ResponseError> {
    let (head, _) = read_head(bytes.as_ref())?.expect("the head is complete");
    ResponseHead::parse(&head, HeadLimits::default())
}
