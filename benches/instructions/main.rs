//! The hot paths for `check`, which counts their instructions: `NAME COUNT`
//! goes `COUNT` times over the same thousand messages, or as many handshakes.
//! Without arguments each is gone over once.

use support::Stream;
use websocket_proto::deflate::DeflateConfig;
use websocket_proto::frame::Opcode;
use websocket_proto::handshake::{Acceptance, Agreement};
use websocket_proto::{Config, Connection, Event, Input, PreparedMessage, Role, Seed};

#[path = "../support/mod.rs"]
mod support;

const MESSAGES: usize = 1000;

type Work = fn(usize) -> usize;

/// Name by name, what is done once, and what it gives back so that nothing is
/// optimised away.
const WORK: [(&str, Work); 11] = [
    ("receive-masked", |count| receive(server(), true, count)),
    ("receive-unmasked", |count| receive(client(), false, count)),
    ("receive-64-KiB", receive_long),
    ("receive-in-7-bytes", receive_in_pieces),
    ("receive-by-byte", receive_by_byte),
    ("send-unmasked", |count| send(server(), count)),
    ("send-masked", |count| send(client(), count)),
    ("echo", echo),
    ("broadcast", broadcast),
    ("handshake", handshake),
    ("handshake-by-byte", handshake_by_byte),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [name, count] => {
            let (_, work) = WORK
                .iter()
                .find(|(known, _)| known == name)
                .expect("the name of a workload");
            println!("{}", work(count.parse().expect("a number")));
        }
        _ => {
            for (name, work) in WORK {
                println!("{name}: {}", work(1));
            }
        }
    }
}

fn server() -> Connection {
    Connection::upgraded_server(Config::new(), Agreement::default())
}

fn client() -> Connection {
    Connection::upgraded_client(Config::new(), Agreement::default(), Seed::from([7; 32]))
}

/// Takes every event, and counts the messages and their bytes.
fn take(connection: &mut Connection, read: &mut [u8], out: &mut Vec<u8>) -> (usize, usize) {
    let mut input = Input::new(read);
    let (mut messages, mut bytes) = (0, 0);
    while let Some(event) = connection.receive(&mut input, out).expect("valid frames") {
        messages += 1;
        match event {
            Event::Text(text) => {
                bytes += text.len();
                if let std::borrow::Cow::Owned(text) = text {
                    connection.recycle(text);
                }
            }
            Event::Binary(payload) => {
                bytes += payload.len();
                if let std::borrow::Cow::Owned(payload) = payload {
                    connection.recycle(payload);
                }
            }
            _ => {}
        }
    }
    (messages, bytes)
}

fn receive(mut connection: Connection, is_masked: bool, count: usize) -> usize {
    let stream = Stream::short(is_masked, MESSAGES);
    let mut buffer = stream.wire.clone();
    let mut out = Vec::new();
    let mut total = 0;
    for _ in 0..count {
        buffer.copy_from_slice(&stream.wire);
        let taken = take(&mut connection, &mut buffer, &mut out);
        assert_eq!(taken, (stream.messages, stream.payload));
        total += taken.1;
    }
    total
}

fn receive_long(count: usize) -> usize {
    let mut stream = Stream::new(true);
    for _ in 0..8 {
        stream.message(Opcode::Binary, &[0xA5; 64 << 10]);
    }
    let mut connection = Connection::upgraded_server(Config::new(), Agreement::default());
    let mut buffer = stream.wire.clone();
    let mut out = Vec::new();
    let mut total = 0;
    for _ in 0..count {
        buffer.copy_from_slice(&stream.wire);
        let bytes: usize = buffer
            .chunks_mut(16 << 10)
            .map(|read| take(&mut connection, read, &mut out).1)
            .sum();
        assert_eq!(bytes, stream.payload);
        total += bytes;
    }
    total
}

fn receive_in_pieces(count: usize) -> usize {
    receive_in(7, Stream::short(true, MESSAGES), count)
}

/// A long text: what looked at all that has come for each byte would take a
/// thousand times as many.
fn receive_by_byte(count: usize) -> usize {
    let mut stream = Stream::new(true);
    stream.message(Opcode::Text, support::text(64 << 10).as_bytes());
    receive_in(1, stream, count)
}

fn receive_in(size: usize, stream: Stream, count: usize) -> usize {
    let mut connection = server();
    let mut buffer = stream.wire.clone();
    let mut out = Vec::new();
    let mut total = 0;
    for _ in 0..count {
        buffer.copy_from_slice(&stream.wire);
        let bytes: usize = buffer
            .chunks_mut(size)
            .map(|read| take(&mut connection, read, &mut out).1)
            .sum();
        assert_eq!(bytes, stream.payload);
        total += bytes;
    }
    total
}

fn send(mut connection: Connection, count: usize) -> usize {
    let texts: Vec<String> = (0..MESSAGES)
        .map(|index| support::text(10 + index % 120))
        .collect();
    let mut out = Vec::new();
    let mut total = 0;
    for _ in 0..count {
        out.clear();
        for text in &texts {
            connection
                .send_text(text, &mut out)
                .expect("an open connection");
        }
        total += out.len();
    }
    // What the other end makes of it is what was sent.
    let mut other = match connection.role() {
        Role::Client => server(),
        Role::Server => client(),
    };
    let mut input = Input::new(&mut out);
    let mut texts = texts.iter();
    let mut replies = Vec::new();
    while let Some(event) = other.receive(&mut input, &mut replies).expect("valid") {
        let Event::Text(text) = event else {
            panic!("no text");
        };
        assert_eq!(Some(&*text), texts.next().map(|text| &**text));
    }
    assert_eq!(texts.next(), None);
    total
}

fn echo(count: usize) -> usize {
    let stream = Stream::short(true, MESSAGES);
    let mut connection = server();
    let mut buffer = stream.wire.clone();
    let mut out = Vec::new();
    let mut total = 0;
    for _ in 0..count {
        buffer.copy_from_slice(&stream.wire);
        out.clear();
        let mut input = Input::new(&mut buffer);
        while let Some(event) = connection
            .receive(&mut input, &mut out)
            .expect("valid frames")
        {
            match event {
                Event::Text(text) => connection.send_text(&text, &mut out),
                Event::Binary(bytes) => connection.send_binary(&bytes, &mut out),
                _ => Ok(()),
            }
            .expect("an open connection");
        }
        total += out.len();
    }
    // Unmasked, in the same order.
    assert!(out == Stream::short(false, MESSAGES).wire);
    total
}

fn broadcast(count: usize) -> usize {
    let message = PreparedMessage::text(&support::text(70));
    let mut connections: Vec<_> = (0..MESSAGES).map(|_| (server(), Vec::new())).collect();
    let mut total = 0;
    for _ in 0..count {
        for (connection, out) in &mut connections {
            out.clear();
            connection
                .send_prepared(&message, out)
                .expect("an open connection");
            total += out.len();
        }
    }
    assert!(connections.iter().all(|(_, out)| out == message.as_bytes()));
    total
}

fn handshake(count: usize) -> usize {
    handshake_in(usize::MAX, count)
}

/// A head that comes byte by byte.
fn handshake_by_byte(count: usize) -> usize {
    handshake_in(1, count)
}

fn handshake_in(size: usize, count: usize) -> usize {
    const REQUEST: &[u8] = b"GET /chat?room=1 HTTP/1.1\r\nHost: example.com:8000\r\n\
        Connection: keep-alive, Upgrade\r\nPragma: no-cache\r\nCache-Control: no-cache\r\n\
        User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\n\
        Upgrade: websocket\r\nOrigin: http://example.com\r\nSec-WebSocket-Version: 13\r\n\
        Accept-Encoding: gzip, deflate\r\nAccept-Language: en-US,en;q=0.9\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n";
    let config = Config::new().deflate(DeflateConfig::new());
    let mut out = Vec::new();
    let mut total = 0;
    for _ in 0..count {
        let mut connection = Connection::server(config);
        let mut buffer = REQUEST.to_vec();
        let mut pieces = buffer.chunks_mut(size);
        let event = pieces.find_map(|piece| {
            let event = connection.receive(&mut Input::new(piece), &mut out);
            event.expect("a valid head")
        });
        let Some(Event::Request(request)) = event else {
            panic!("no request");
        };
        connection
            .accept(&request, &Acceptance::new(), &mut out)
            .expect("a request that can be accepted");
        assert!(out.starts_with(b"HTTP/1.1 101"));
        total += out.len();
        out.clear();
    }
    total
}
