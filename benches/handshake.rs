//! The opening handshake: a server's answer to a browser, and a client's
//! request with the check of the answer.

use core::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use websocket_proto::handshake::{Acceptance, ClientRequest};
use websocket_proto::{Config, Connection, Event, Input, Seed, State, Uri};

/// 13 fields, as a browser sends them.
const REQUEST: &[u8] = b"GET /chat HTTP/1.1\r\n\
    Host: server.example.com:9001\r\n\
    Connection: Upgrade\r\n\
    Pragma: no-cache\r\n\
    Cache-Control: no-cache\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
    Chrome/128.0.0.0 Safari/537.36\r\n\
    Upgrade: websocket\r\n\
    Origin: https://server.example.com\r\n\
    Sec-WebSocket-Version: 13\r\n\
    Accept-Encoding: gzip, deflate, br, zstd\r\n\
    Accept-Language: en-GB,en;q=0.9,de;q=0.8\r\n\
    Cookie: session=0123456789abcdef0123456789abcd; theme=dark\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n";

const ANSWER: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\n\
    Upgrade: websocket\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

fn serve(config: Config, request: &mut [u8], out: &mut Vec<u8>) -> Connection {
    let mut connection = Connection::server(config);
    let mut input = Input::new(request);
    match connection.receive(&mut input, out) {
        Ok(Some(Event::Request(request))) => connection
            .accept(&request, &Acceptance::new(), out)
            .expect("room"),
        other => panic!("{other:?}"),
    }
    connection
}

fn server(criterion: &mut Criterion) {
    assert_eq!(REQUEST.len(), 574);
    let config = Config::new();
    let mut out = Vec::new();
    let connection = serve(config, &mut REQUEST.to_vec(), &mut out);
    assert_eq!(connection.state(), State::Open);
    assert_eq!(out, ANSWER);

    criterion.bench_function("handshake/server", |bencher| {
        bencher.iter_batched_ref(
            || REQUEST.to_vec(),
            |request| {
                out.clear();
                serve(config, request, &mut out)
            },
            BatchSize::SmallInput,
        );
    });
}

/// The same seed gives the same nonce, so that one answer serves all runs.
const SEED: [u8; 32] = [7; 32];

fn connect(request: &ClientRequest, answer: &mut [u8], out: &mut Vec<u8>) -> Connection {
    let mut connection =
        Connection::client(Config::new(), request, Seed::from(SEED), out).expect("a valid request");
    let mut input = Input::new(answer);
    match connection.receive(&mut input, out) {
        Ok(Some(Event::Open(_))) => connection,
        other => panic!("{other:?}"),
    }
}

fn client(criterion: &mut Criterion) {
    let uri = Uri::parse("wss://server.example.com:9001/chat").expect("a valid URI");
    let request = ClientRequest::new(&uri)
        .subprotocol("chat")
        .header("Authorization", "Bearer 0123456789abcdef");
    let mut out = Vec::new();
    Connection::client(Config::new(), &request, Seed::from(SEED), &mut out)
        .expect("a valid request");
    let mut answer = Vec::new();
    serve(Config::new(), &mut out, &mut answer);
    let connection = connect(&request, &mut answer.clone(), &mut Vec::new());
    assert_eq!(connection.state(), State::Open);

    criterion.bench_function("handshake/client", |bencher| {
        bencher.iter(|| {
            out.clear();
            connect(black_box(&request), &mut answer, &mut out)
        });
    });
}

criterion_group!(benches, server, client);
criterion_main!(benches);
