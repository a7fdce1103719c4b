//! A room to chat in, with its page, in TLS.

#[path = "../../../adapters/arguments.rs"]
mod arguments;
#[path = "../../../adapters/room.rs"]
mod room;
#[path = "../../../adapters/site.rs"]
mod site;

/// What the room sends by.
mod duplex {
    pub(crate) use http_stacks::link::Link;
}

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arguments::Arguments;
use http_stacks::Failure;
use http_stacks::link::Link;
use http_stacks::listen::listen;
use http_stacks::tls::Identity;
use room::Room;
use site::LONGEST;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use websocket_proto::handshake::Acceptance;
use websocket_proto::{CloseCode, CloseStatus, Config, Connection, Event};

const USAGE: &str = "\
Serves a chat room and its page over https and wss; otherwise as chat.

Usage: chat_tls [ADDR] --cert FILE --key FILE

  ADDR         where to listen, 127.0.0.1:8443 unless given
  --cert FILE  the certificate and what vouches for it, as PEM
  --key FILE   its key, as PEM
  --help       this text
";

#[tokio::main]
async fn main() {
    let mut arguments = Arguments::new(USAGE);
    let (mut address, mut certificate, mut key) = (None, None, None);
    while let Some(word) = arguments.next() {
        match word.as_str() {
            "--cert" => certificate = Some(PathBuf::from(arguments.value(&word))),
            "--key" => key = Some(PathBuf::from(arguments.value(&word))),
            _ if word.starts_with('-') || address.is_some() => arguments.unexpected(&word),
            _ => address = Some(word),
        }
    }
    let (Some(certificate), Some(key)) = (certificate, key) else {
        arguments.refuse("--cert and --key are needed");
    };
    let identity = Identity::read(&certificate, &key)
        .unwrap_or_else(|error| arguments.refuse(format_args!("no certificate: {error}")));
    let address = address.as_deref().unwrap_or("127.0.0.1:8443");
    let room = Arc::new(Room::default());
    let listened = listen(address, "https", &identity, move |stream| {
        serve(stream, Arc::clone(&room))
    });
    if let Err(error) = listened.await {
        arguments.refuse(format_args!("cannot listen on {address}: {error}"));
    }
}

async fn serve(stream: TlsStream<TcpStream>, room: Arc<Room>) -> Result<(), Failure> {
    let config = Config::new()
        .max_message(LONGEST as u64)
        .max_frame(LONGEST as u64)
        .deliver_while_closing(false)
        .handshake_timeout(Duration::from_secs(10))
        // Whoever has gone without a word is found out.
        .ping_interval(Duration::from_secs(20))
        .pong_timeout(Duration::from_secs(20))
        .close_timeout(Duration::from_secs(5));
    let link = Arc::new(Link::new(Connection::server(config), Vec::new()));
    let mut member = None;
    // 1006 stands for the end of the transport without a Close.
    let mut end = (CloseStatus::Abnormal, String::new());
    let handle = |event: Event<'_>| match event {
        Event::Request(request) => match site::refusal(&request) {
            Some(response) => link.with(|conn, out| conn.reject(&response, out)),
            None => {
                link.with(|conn, out| conn.accept(&request, &Acceptance::new(), out))?;
                member = Some(room.enter(site::name(request.query()), &link));
                Ok(())
            }
        },
        Event::Http(head) => link.with(|conn, out| conn.respond(&site::page(&head), out)),
        Event::Text(text) => {
            if let Some(id) = member {
                room.say(id, &text);
            }
            Ok(())
        }
        Event::Binary(_) => link.with(|conn, out| {
            conn.send_close(CloseCode::UNSUPPORTED_DATA, "text only, please", out)
        }),
        Event::Close(Some(close)) => {
            end = (CloseStatus::Code(close.code), close.reason.into_owned());
            Ok(())
        }
        Event::Close(None) => {
            end.0 = CloseStatus::NoCode;
            Ok(())
        }
        _ => Ok(()),
    };
    let outcome = link.run(stream, handle).await;
    if let Some(id) = member {
        room.leave(id, end.0.value(), &end.1);
    }
    outcome
}
