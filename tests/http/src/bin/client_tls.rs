//! A client for the terminal, in TLS.

#[path = "../../../adapters/arguments.rs"]
mod arguments;
#[path = "../../../adapters/compression.rs"]
mod compression;
#[path = "../../../adapters/notices.rs"]
mod notices;

use std::sync::Arc;
use std::time::Duration;
use std::{fs, process};

use arguments::Arguments;
use http_stacks::link::Link;
use http_stacks::{Failure, tls};
use notices::{describe, fail, notice, print};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use websocket_proto::deflate::DeflateConfig;
use websocket_proto::handshake::ClientRequest;
use websocket_proto::{CloseCode, CloseStatus, Config, Connection, Error, Event, Seed, Uri};

const USAGE: &str = "\
Sends each line of its input as a text message and prints each message received,
over wss.

Usage: client_tls URL --ca FILE [--subprotocol NAME]... [--header 'K: V']...
                  [--no-deflate] [--deflate-level LEVEL] [--no-context-takeover]
                  [--window-bits BITS]

  URL        wss://HOST[:PORT]/PATH
  --ca FILE  the certificates to trust, as PEM
  --help     this text; the other options, and what is printed, are those of
             client
";

/// How long TCP and TLS may take together.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::main]
async fn main() {
    let mut arguments = Arguments::new(USAGE);
    let (mut url, mut roots) = (None, String::new());
    let mut subprotocols = Vec::new();
    let mut headers = Vec::new();
    let mut deflate = Some(DeflateConfig::new());
    while let Some(word) = arguments.next() {
        match word.as_str() {
            "--ca" => match fs::read_to_string(arguments.value(&word)) {
                Ok(pem) => roots.push_str(&pem),
                Err(error) => arguments.refuse(format_args!("--ca: {error}")),
            },
            "--subprotocol" => subprotocols.push(arguments.value(&word)),
            "--header" => headers.push(arguments.value(&word)),
            word if compression::option(word, &mut arguments, &mut deflate) => {}
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
    if !uri.is_secure() {
        arguments.refuse("this program opens wss: alone");
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
    let config = Config::new()
        .max_message(1 << 30)
        .max_frame(1 << 30)
        .max_fragments(u32::MAX)
        .handshake_timeout(Duration::from_secs(30))
        .close_timeout(Duration::from_secs(5));
    let config = deflate.map_or(config, |deflate| config.deflate(deflate));
    let seed = Seed::from_os().unwrap_or_else(|error| fail(1006, &error.to_string()));
    let mut out = Vec::new();
    let conn = Connection::client(config, &request, seed, &mut out);
    let conn = conn.unwrap_or_else(|error| arguments.refuse(error));
    let connected = timeout(PATIENCE, connect(&uri, &roots)).await;
    let stream = connected
        .unwrap_or_else(|error| Err(error.into()))
        .unwrap_or_else(|error| fail(1006, &tls::describe(&*error)));
    process::exit(i32::from(!talk(stream, Link::new(conn, out)).await));
}

/// TCP to where the URI points, and TLS with its host as the name to check.
async fn connect(uri: &Uri, roots: &str) -> Result<TlsStream<TcpStream>, Failure> {
    let stream = TcpStream::connect((uri.server_name(), uri.port())).await?;
    stream.set_nodelay(true)?;
    let connector = TlsConnector::from(Arc::new(tls::client(roots, &["http/1.1"])?));
    let name = ServerName::try_from(uri.server_name().to_owned())?;
    Ok(connector.connect(name, stream).await?)
}

/// Talks, and says whether it ended cleanly.
async fn talk(stream: TlsStream<TcpStream>, link: Link) -> bool {
    let link = Arc::new(link);
    let mut refused = false;
    let handle = |event: Event<'_>| {
        match event {
            Event::Open(_) => {
                let subprotocol = link.with(|conn, _| conn.subprotocol().unwrap_or("").to_owned());
                notice("open", &subprotocol);
                let link = Arc::clone(&link);
                tokio::spawn(async move { send_lines(&link).await });
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
    };
    let outcome = link.run(stream, handle).await;
    let Err(failure) = outcome else {
        return !refused && link.with(|conn, _| conn.was_clean());
    };
    match failure.downcast_ref::<Error>() {
        Some(Error::Response(error)) if error.status().is_some() => {
            let status = error.status().unwrap_or_default();
            notice("refused", &format!("{status} {error}"));
            false
        }
        Some(error) => {
            let code = error.close_code().map_or(1006, CloseCode::value);
            fail(code, &error.to_string())
        }
        None => fail(1006, &failure.to_string()),
    }
}

/// Sends the lines of the input, and closes at its end.
async fn send_lines(link: &Link) {
    let mut input = BufReader::new(tokio::io::stdin());
    let mut line = Vec::new();
    loop {
        line.clear();
        match input.read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let text = String::from_utf8_lossy(text.strip_suffix(b"\r").unwrap_or(text));
        link.wait_for_room().await;
        if link.with(|conn, out| conn.send_text(&text, out)).is_err() {
            return;
        }
    }
    // Fails where the connection has ended meanwhile.
    let _ = link.with(|conn, out| conn.send_close(CloseCode::NORMAL, "", out));
}
