//! A server that sends every message back, in TLS.

#[path = "../../../adapters/arguments.rs"]
mod arguments;
#[path = "../../../adapters/compression.rs"]
mod compression;

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arguments::Arguments;
use http_stacks::link::Link;
use http_stacks::listen::listen;
use http_stacks::tls::Identity;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use websocket_proto::deflate::DeflateConfig;
use websocket_proto::handshake::{Acceptance, RequestError};
use websocket_proto::{CloseCode, Config, Connection, Event, SendError};

const USAGE: &str = "\
Sends every message back, on any path, over wss.

Usage: echo_tls [ADDR] --cert FILE --key FILE [--subprotocol NAME]...
                [--no-deflate] [--deflate-level LEVEL] [--no-context-takeover]
                [--window-bits BITS]

  ADDR                  where to listen, 127.0.0.1:9443 unless given
  --cert FILE           the certificate and what vouches for it, as PEM
  --key FILE            its key, as PEM
  --subprotocol NAME    a subprotocol to accept: the first that a client offers
                        of those given is taken
  --help                this text; the other options are those of echo
";

struct Options {
    config: Config,
    subprotocols: Vec<String>,
}

#[tokio::main]
async fn main() {
    let mut arguments = Arguments::new(USAGE);
    let (mut address, mut certificate, mut key) = (None, None, None);
    let mut subprotocols = Vec::new();
    let mut deflate = Some(DeflateConfig::new());
    while let Some(word) = arguments.next() {
        match word.as_str() {
            "--cert" => certificate = Some(PathBuf::from(arguments.value(&word))),
            "--key" => key = Some(PathBuf::from(arguments.value(&word))),
            "--subprotocol" => subprotocols.push(arguments.value(&word)),
            word if compression::option(word, &mut arguments, &mut deflate) => {}
            _ if word.starts_with('-') || address.is_some() => arguments.unexpected(&word),
            _ => address = Some(word),
        }
    }
    let (Some(certificate), Some(key)) = (certificate, key) else {
        arguments.refuse("--cert and --key are needed");
    };
    let identity = Identity::read(&certificate, &key)
        .unwrap_or_else(|error| arguments.refuse(format_args!("no certificate: {error}")));
    let config = Config::new()
        .max_frame(64 << 20)
        .max_fragments(1 << 20)
        .max_spare(1 << 20)
        // Echoes the reason of a Close too, which automatic answers drop.
        .auto_close(false)
        .handshake_timeout(Duration::from_secs(10))
        .close_timeout(Duration::from_secs(10));
    let options = Arc::new(Options {
        config: deflate.map_or(config, |deflate| config.deflate(deflate)),
        subprotocols,
    });
    let address = address.as_deref().unwrap_or("127.0.0.1:9443");
    let listened = listen(address, "wss", &identity, move |stream| {
        let options = Arc::clone(&options);
        async move {
            let link = Link::new(Connection::server(options.config), Vec::new());
            serve(stream, &link, &options).await
        }
    });
    if let Err(error) = listened.await {
        arguments.refuse(format_args!("cannot listen on {address}: {error}"));
    }
}

async fn serve(
    stream: TlsStream<TcpStream>,
    link: &Link,
    options: &Options,
) -> Result<(), http_stacks::Failure> {
    link.run(stream, |event| {
        link.with(|conn, out| answer(event, conn, out, options))
    })
    .await
}

fn answer(
    event: Event<'_>,
    conn: &mut Connection,
    out: &mut Vec<u8>,
    options: &Options,
) -> Result<(), SendError> {
    match event {
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
        Event::Http(_) => conn.respond(&RequestError::NotWebSocket.refusal(), out),
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
        _ => Ok(()),
    }
}
