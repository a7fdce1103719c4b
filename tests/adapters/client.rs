//! A client for the terminal: `cargo run --release --example client -- URL`.

#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)]

mod arguments;
mod compression;
mod connect;
mod duplex;
mod legacy;
mod notices;
mod socket;

use std::io::{self, BufRead};
use std::process;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use arguments::Arguments;
use duplex::{Failure, Link};
use notices::{describe, fail, notice, print};
use websocket_proto::deflate::DeflateConfig;
use websocket_proto::handshake::ClientRequest;
use websocket_proto::{
    CloseCode, CloseStatus, Config, Connection, Error, Event, Seed, SendError, Uri,
};

const USAGE: &str = "\
Sends each line of its input as a text message and prints each message received.

Usage: client URL [--subprotocol NAME]... [--header 'K: V']... [--no-deflate]
              [--deflate-level LEVEL] [--no-context-takeover] [--window-bits BITS]
              [--hixie76]

  URL                    ws://HOST[:PORT]/PATH
  --subprotocol NAME     a subprotocol to offer, the preferred one first
  --header 'K: V'        a header to add to the request
  --no-deflate           no offer of compression
  --deflate-level LEVEL  how hard to compress, from 0 to 9 (default 6)
  --no-context-takeover  every message compressed on its own, both ways
  --window-bits BITS     windows of 9 to 15 bits (default 15), both ways
  --hixie76              speak the draft hixie-76, as a page of that server
  --help                 this text

Messages go to the standard output as they are, text and binary alike, each
followed by a newline. Notices go to the standard error, one a line:

  open [SUBPROTOCOL]   the connection is open
  ping [PAYLOAD]       a Ping came, and was answered
  pong [PAYLOAD]       a Pong came
  closed CODE REASON   the server closed; 1005 stands for no code
  refused STATUS WHY   the server's answer does not open a WebSocket
  failed CODE WHY      this side failed the connection with CODE, or it ended
                       without a Close: 1006

The end of the input (Ctrl-D) closes with 1000, where the protocol has codes. The status is 0 after a clean
close, 1 after any other end, 2 for a wrong command line.
";

/// Bytes that may wait to be written before reading the input pauses.
const MOST_WAITING: usize = 1 << 20;

fn main() {
    let mut arguments = Arguments::new(USAGE);
    let mut url = None;
    let mut subprotocols = Vec::new();
    let mut headers = Vec::new();
    let mut deflate = Some(DeflateConfig::new());
    let mut hixie76 = false;
    while let Some(word) = arguments.next() {
        match word.as_str() {
            "--subprotocol" => subprotocols.push(arguments.value(&word)),
            word if legacy::option(word, &arguments, &mut hixie76) => {}
            word if compression::option(word, &mut arguments, &mut deflate) => {}
            "--header" => headers.push(arguments.value(&word)),
            _ if word.starts_with('-') || url.is_some() => arguments.unexpected(&word),
            _ => url = Some(word),
        }
    }
    let Some(url) = url else {
        arguments.refuse("URL is missing");
    };
    let uri = Uri::parse(&url).unwrap_or_else(|error| {
        arguments.refuse(format_args!("{url:?} cannot be opened: {error}"))
    });
    if uri.is_secure() {
        arguments.refuse("this program has no TLS, so that it opens ws: and not wss:");
    }
    let mut request = ClientRequest::new(&uri);
    for name in &subprotocols {
        request = request.subprotocol(name);
    }
    for header in &headers {
        request = match header.split_once(':') {
            Some((name, value)) => request.header(name.trim_end(), value.trim()),
            None => arguments.refuse(format_args!("{header:?} is not of the form 'K: V'")),
        };
    }
    let mut out = Vec::new();
    let config = Config::new()
        .max_message(1 << 30)
        .max_frame(1 << 30)
        .max_fragments(u32::MAX)
        .handshake_timeout(Duration::from_secs(30))
        .close_timeout(Duration::from_secs(5));
    let config = deflate.map_or(config, |deflate| config.deflate(deflate));
    let seed = Seed::from_os().unwrap_or_else(|error| fail(1006, &error.to_string()));
    let conn = match hixie76 {
        false => Connection::client(config, &request, seed, &mut out),
        true => legacy_client(config, request, seed, &mut out),
    };
    let conn = conn.unwrap_or_else(|error| arguments.refuse(error));
    process::exit(i32::from(!talk(&uri, conn, out)));
}

/// A client of the legacy protocol, which always has an origin.
#[cfg(feature = "hixie76")]
fn legacy_client(
    config: Config,
    request: ClientRequest,
    seed: Seed,
    out: &mut Vec<u8>,
) -> Result<Connection, SendError> {
    let origin = format!("http://{}", request.uri().authority());
    Connection::hixie76_client(config, &request.origin(&origin), seed, out)
}

#[cfg(not(feature = "hixie76"))]
fn legacy_client(
    _: Config,
    _: ClientRequest,
    _: Seed,
    _: &mut Vec<u8>,
) -> Result<Connection, SendError> {
    unreachable!("the option is refused")
}

/// Connects, talks, and says whether it ended cleanly.
fn talk(uri: &Uri, conn: Connection, out: Vec<u8>) -> bool {
    let connected = connect::connect(uri).and_then(|stream| {
        socket::configure(&stream, Duration::from_secs(30))?;
        Ok(stream)
    });
    let stream = connected.unwrap_or_else(|error| fail(1006, &error.to_string()));
    let link = Arc::new(Link::new(stream, conn, out));
    let writer = thread::spawn({
        let link = Arc::clone(&link);
        move || link.transmit()
    });
    let mut refused = false;
    let outcome = link.receive(|event| {
        match event {
            Event::Open(_) => {
                notice(
                    "open",
                    &link.with(|conn, _| conn.subprotocol().unwrap_or("").to_owned()),
                );
                let link = Arc::clone(&link);
                thread::spawn(move || send_lines(&link, io::stdin().lock()));
            }
            Event::Refused(head) => {
                refused = true;
                notice("refused", &describe(&head));
            }
            Event::Text(text) => print(text.as_bytes()),
            Event::Binary(bytes) => print(&bytes),
            Event::Ping(payload) => notice("ping", &String::from_utf8_lossy(&payload)),
            Event::Pong(payload) => notice("pong", &String::from_utf8_lossy(&payload)),
            Event::Close(Some(close)) => {
                notice("closed", &format!("{} {}", close.code, close.reason));
            }
            Event::Close(None) => notice("closed", &CloseStatus::NoCode.value().to_string()),
            _ => {}
        }
        Ok(())
    });
    link.finish();
    let _ = writer.join();
    if outcome.is_err() {
        link.linger();
    }
    match outcome {
        Ok(()) => !refused && link.with(|conn, _| conn.was_clean()),
        Err(Failure::Peer(Error::Response(error))) => match error.status() {
            Some(status) => {
                notice("refused", &format!("{status} {error}"));
                false
            }
            None => fail(1006, &error.to_string()),
        },
        Err(Failure::Peer(error)) => {
            let code = error.close_code().map_or(1006, CloseCode::value);
            fail(code, &error.to_string())
        }
        Err(Failure::Program(error)) => fail(1006, &error.to_string()),
    }
}

/// Sends the lines of the input, and closes at its end.
fn send_lines(link: &Link, mut input: impl BufRead) {
    let mut line = Vec::new();
    loop {
        line.clear();
        match input.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let text = String::from_utf8_lossy(text.strip_suffix(b"\r").unwrap_or(text));
        link.wait_for_room(MOST_WAITING);
        if link.with(|conn, out| conn.send_text(&text, out)).is_err() {
            return;
        }
    }
    // Only the legacy protocol refuses this, which has no codes.
    let _ = link.with(|conn, out| {
        conn.send_close(CloseCode::NORMAL, "", out)
            .or_else(|_| conn.send_empty_close(out))
    });
}
