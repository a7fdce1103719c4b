//! The other end of the programs' connections: well-behaved clients on the
//! crate itself, and servers that say whatever a test wants.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use websocket_proto::handshake::{ClientRequest, accept_key};
use websocket_proto::{CloseCode, Config, Connection, Event, Input, Seed, Uri};

use crate::program::PATIENCE;

/// What a client hears.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Open(Option<String>),
    Refused(u16),
    Text(String),
    Binary(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<(u16, String)>),
}

/// A client, one event at a time.
pub(crate) struct Client {
    stream: TcpStream,
    conn: Connection,
    heard: VecDeque<Heard>,
}

impl Client {
    /// Connects, and adds to the request what `request` adds.
    pub(crate) fn start(
        address: SocketAddr,
        target: &str,
        request: impl FnOnce(ClientRequest) -> ClientRequest,
    ) -> Self {
        let uri = Uri::parse(&format!("ws://{address}{target}")).unwrap();
        let mut stream = connect(address);
        let mut out = Vec::new();
        let request = request(ClientRequest::new(&uri));
        let seed = Seed::from_os().unwrap();
        let conn = Connection::client(Config::new(), &request, seed, &mut out).unwrap();
        stream.write_all(&out).unwrap();
        Self {
            stream,
            conn,
            heard: VecDeque::new(),
        }
    }

    /// Connects by the legacy protocol, and is let in.
    #[cfg(feature = "hixie76")]
    pub(crate) fn open_hixie76(address: SocketAddr, target: &str) -> Self {
        let uri = Uri::parse(&format!("ws://{address}{target}")).unwrap();
        let request = ClientRequest::new(&uri).origin(&format!("http://{address}"));
        let (mut stream, mut out) = (connect(address), Vec::new());
        let seed = Seed::from_os().unwrap();
        let conn = Connection::hixie76_client(Config::new(), &request, seed, &mut out).unwrap();
        // The eight bytes on their own, as some proxies send them.
        let (head, key3) = out.split_last_chunk::<8>().unwrap();
        stream.write_all(head).unwrap();
        thread::sleep(core::time::Duration::from_millis(20));
        stream.write_all(key3).unwrap();
        let mut client = Self {
            stream,
            conn,
            heard: VecDeque::new(),
        };
        assert_eq!(client.next(), Heard::Open(None));
        client
    }

    /// Connects and is let in.
    pub(crate) fn open(address: SocketAddr, target: &str) -> Self {
        let mut client = Self::start(address, target, |request| request);
        assert_eq!(client.next(), Heard::Open(None));
        client
    }

    pub(crate) fn next(&mut self) -> Heard {
        let mut buffer = vec![0; 1 << 16];
        loop {
            if let Some(heard) = self.heard.pop_front() {
                return heard;
            }
            let length = match self.stream.read(&mut buffer) {
                // A timeout for reads makes them end at a signal, such as that of
                // a debugger or of a machine that is put to sleep.
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                read => read.expect("nothing more came"),
            };
            assert_ne!(length, 0, "the transport ended");
            let mut input = Input::new(&mut buffer[..length]);
            let mut out = Vec::new();
            while let Some(event) = self.conn.receive(&mut input, &mut out).unwrap() {
                let heard = match event {
                    Event::Open(_) => Heard::Open(self.conn.subprotocol().map(str::to_owned)),
                    Event::Refused(head) => Heard::Refused(head.status()),
                    Event::Text(text) => Heard::Text(text.into_owned()),
                    Event::Binary(bytes) => Heard::Binary(bytes.into_owned()),
                    Event::Pong(payload) => Heard::Pong(payload.into_owned()),
                    Event::Close(close) => Heard::Close(
                        close.map(|close| (close.code.value(), close.reason.into_owned())),
                    ),
                    _ => continue,
                };
                self.heard.push_back(heard);
            }
            // The server may have gone after its Close.
            let _ = self.stream.write_all(&out);
        }
    }

    pub(crate) fn next_text(&mut self) -> String {
        match self.next() {
            Heard::Text(text) => text,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn text(&mut self, text: &str) {
        let mut out = Vec::new();
        self.conn.send_text(text, &mut out).unwrap();
        self.stream.write_all(&out).unwrap();
    }

    pub(crate) fn binary(&mut self, bytes: &[u8]) {
        let mut out = Vec::new();
        self.conn.send_binary(bytes, &mut out).unwrap();
        self.stream.write_all(&out).unwrap();
    }

    pub(crate) fn ping(&mut self, payload: &[u8]) {
        let mut out = Vec::new();
        self.conn.send_ping(payload, &mut out).unwrap();
        self.stream.write_all(&out).unwrap();
    }

    pub(crate) fn close(&mut self, code: u16, reason: &str) {
        let mut out = Vec::new();
        let code = CloseCode::new(code).unwrap();
        self.conn.send_close(code, reason, &mut out).unwrap();
        self.stream.write_all(&out).unwrap();
    }

    #[cfg(feature = "hixie76")]
    pub(crate) fn empty_close(&mut self) {
        let mut out = Vec::new();
        self.conn.send_empty_close(&mut out).unwrap();
        self.stream.write_all(&out).unwrap();
    }

    /// Waits for the server to end the transport.
    pub(crate) fn end(mut self) {
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest).unwrap();
        assert_eq!(rest, b"");
    }
}

/// Sends bytes and gives everything that comes back.
pub(crate) fn exchange(address: SocketAddr, request: &str) -> String {
    String::from_utf8(exchange_bytes(address, request.as_bytes())).unwrap()
}

/// The same for what is not text.
pub(crate) fn exchange_bytes(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut stream = connect(address);
    stream.write_all(request).unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).unwrap();
    response
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// A server of one connection: sends `answer`, in which `{accept}` stands for
/// what the key demands, and has `talk` do the rest, who gets the request too.
pub(crate) fn server(
    answer: &str,
    talk: impl FnOnce(&mut TcpStream, &str) + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = answer.to_owned();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let request = read_head(&mut stream);
        let key = request
            .lines()
            .find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))
            .unwrap();
        let accept = accept_key(key.as_bytes());
        let answer = answer.replace("{accept}", str::from_utf8(&accept).unwrap());
        stream.write_all(answer.as_bytes()).unwrap();
        talk(&mut stream, &request);
    });
    address
}

/// The answer that opens a connection.
pub(crate) const ACCEPTED: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n";

fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap()
}

/// Reads one short frame of a client and gives its first byte and its payload.
pub(crate) fn read_frame(stream: &mut TcpStream) -> (u8, Vec<u8>) {
    let mut header = [0; 6];
    stream.read_exact(&mut header).unwrap();
    let [first, length, key @ ..] = header;
    assert!((0x80..0x80 + 126).contains(&length), "masked and short");
    let mut payload = vec![0; usize::from(length - 0x80)];
    stream.read_exact(&mut payload).unwrap();
    for (byte, key) in payload.iter_mut().zip(key.iter().cycle()) {
        *byte ^= key;
    }
    (first, payload)
}
