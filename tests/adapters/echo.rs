//! A server that sends every message back: `cargo run --release --example echo`.

#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)]

mod arguments;
mod blocking;
mod compression;
mod legacy;
mod listen;
mod socket;

use std::borrow::Cow;
use std::net::TcpStream;
use std::time::Duration;

use arguments::Arguments;
use websocket_proto::deflate::DeflateConfig;
use websocket_proto::handshake::{Acceptance, RequestHead, Response};
use websocket_proto::{CloseCode, Config, Connection, Event};

const USAGE: &str = "\
Sends every message back, on any path.

Usage: echo [ADDR] [--subprotocol NAME]... [--max-message BYTES]
            [--no-deflate] [--deflate-level LEVEL] [--no-context-takeover]
            [--window-bits BITS] [--hixie76]

  ADDR                  where to listen, 127.0.0.1:9001 unless given
  --subprotocol NAME    a subprotocol to accept: the first that a client offers
                        of those given is taken
  --max-message BYTES   the longest message, 67108864 unless given; a longer one
                        is answered with close code 1009
  --no-deflate          never compress
  --deflate-level LEVEL how hard to compress, 0 to 9, 6 unless given
  --no-context-takeover compress each message on its own, in both directions
  --window-bits BITS    the largest window in both directions, 9 to 15
  --hixie76             take clients of the draft hixie-76 too
  --help                this text
";

const PAGE: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<meta name=\"color-scheme\" content=\"light dark\">
<title>WebSocket echo</title>
<link rel=\"icon\" href=\"data:,\">
<h1>WebSocket echo</h1>
<p>This port sends every WebSocket message back, on any path.</p>
</html>
";

struct Options {
    config: Config,
    subprotocols: Vec<String>,
}

fn main() {
    let mut arguments = Arguments::new(USAGE);
    let mut address = None;
    let mut subprotocols = Vec::new();
    let mut max_message = 64 << 20;
    let mut deflate = Some(DeflateConfig::new());
    let mut hixie76 = false;
    while let Some(word) = arguments.next() {
        match word.as_str() {
            "--subprotocol" => subprotocols.push(arguments.value(&word)),
            "--max-message" => max_message = arguments.parsed(&word),
            word if legacy::option(word, &arguments, &mut hixie76) => {}
            word if compression::option(word, &mut arguments, &mut deflate) => {}
            _ if word.starts_with('-') || address.is_some() => arguments.unexpected(&word),
            _ => address = Some(word),
        }
    }
    // A message in one frame, or in fragments as small as they come.
    let config = Config::new()
        .max_message(max_message)
        .max_frame(max_message)
        .max_fragments(1 << 20)
        .max_spare(1 << 20)
        // Echoes the reason of a Close too, which automatic answers drop.
        .auto_close(false)
        .handshake_timeout(Duration::from_secs(10));
    let config = legacy::server(config, hixie76);
    let options = Options {
        config: deflate.map_or(config, |deflate| config.deflate(deflate)),
        subprotocols,
    };
    let address = address.as_deref().unwrap_or("127.0.0.1:9001");
    listen::listen(&arguments, address, "ws", move |stream| {
        let peer = stream.peer_addr();
        if let (Err(error), Ok(peer)) = (serve(&stream, &options), peer) {
            eprintln!("{peer}: {error}");
        }
    })
}

fn serve(stream: &TcpStream, options: &Options) -> Result<(), blocking::Failure> {
    socket::configure(stream, Duration::from_secs(60))?;
    let mut conn = Connection::server(options.config);
    let mut out = Vec::new();
    blocking::run(
        stream,
        &mut conn,
        &mut out,
        |conn, event, out| match event {
            Event::Request(request) => {
                let chosen = request
                    .subprotocols()
                    .find(|offered| options.subprotocols.iter().any(|name| name == offered));
                let acceptance = match chosen {
                    Some(name) => Acceptance::new().subprotocol(name),
                    None => Acceptance::new(),
                };
                conn.accept(&request, &acceptance, out)
            }
            Event::Http(head) => conn.respond(&page(&head), out),
            Event::Text(text) => {
                conn.send_text(&text, out)?;
                if let Cow::Owned(text) = text {
                    conn.recycle(text);
                }
                Ok(())
            }
            Event::Binary(bytes) => {
                conn.send_binary(&bytes, out)?;
                if let Cow::Owned(bytes) = bytes {
                    conn.recycle(bytes);
                }
                Ok(())
            }
            Event::Close(Some(close)) => {
                let echoed = conn.send_close(close.code, &close.reason, out);
                // 1010 is for clients to send alone.
                echoed.or_else(|_| conn.send_close(CloseCode::NORMAL, "", out))
            }
            Event::Close(None) => conn.send_empty_close(out),
            // Pings are answered already.
            _ => Ok(()),
        },
    )
}

/// What somebody sees who opens the address in a browser.
fn page(head: &RequestHead) -> Response {
    match head.method() {
        "GET" | "HEAD" => Response::new(200)
            .header("Content-Type", "text/html; charset=utf-8")
            .body(PAGE),
        _ => Response::new(405).header("Allow", "GET, HEAD"),
    }
}
