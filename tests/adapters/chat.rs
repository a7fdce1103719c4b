//! A room to chat in, with its page: `cargo run --release --example chat`.

#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)]

mod arguments;
mod duplex;
mod legacy;
mod listen;
mod room;
mod site;
mod socket;

use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use arguments::Arguments;
use duplex::Link;
use room::Room;
use site::LONGEST;
use websocket_proto::handshake::Acceptance;
use websocket_proto::{CloseCode, CloseStatus, Config, Connection, Event};

const USAGE: &str = "\
Serves a chat room and its page.

Usage: chat [ADDR] [--hixie76]

  ADDR       where to listen, 127.0.0.1:8000 unless given
  --hixie76  let clients of the draft hixie-76 in too
  --help     this text

Open http://ADDR/ in a browser, or ws://ADDR/?name=NAME with another client.
Each text message that a client sends is said in the room, and everybody gets

  {\"type\":\"enter\",\"data\":{\"id\":1,\"name\":\"Ada\"}}
  {\"type\":\"message\",\"data\":{\"id\":1,\"name\":\"Ada\",\"text\":\"Hello!\"}}
  {\"type\":\"leave\",\"data\":{\"id\":1,\"name\":\"Ada\",\"code\":1001,\"reason\":\"\"}}

where the `enter` of the client itself also has \"you\":true and, as \"present\",
the list of who is in the room already.
";

fn main() {
    let mut arguments = Arguments::new(USAGE);
    let mut address = None;
    let mut hixie76 = false;
    while let Some(word) = arguments.next() {
        if legacy::option(&word, &arguments, &mut hixie76) {
            continue;
        }
        if word.starts_with('-') || address.is_some() {
            arguments.unexpected(&word);
        }
        address = Some(word);
    }
    let address = address.as_deref().unwrap_or("127.0.0.1:8000");
    let room = Room::default();
    listen::listen(&arguments, address, "http", move |stream| {
        let peer = stream.peer_addr();
        if let (Err(error), Ok(peer)) = (serve(stream, &room, hixie76), peer) {
            eprintln!("{peer}: {error}");
        }
    })
}

fn serve(stream: TcpStream, room: &Room, hixie76: bool) -> io::Result<()> {
    socket::configure(&stream, Duration::from_secs(20))?;
    let config = Config::new()
        .max_message(LONGEST as u64)
        .max_frame(LONGEST as u64)
        .deliver_while_closing(false)
        .handshake_timeout(Duration::from_secs(10))
        // Whoever has gone without a word is found out.
        .ping_interval(Duration::from_secs(20))
        .pong_timeout(Duration::from_secs(20))
        .close_timeout(Duration::from_secs(5));
    let config = legacy::server(config, hixie76);
    let link = Arc::new(Link::new(stream, Connection::server(config), Vec::new()));
    thread::scope(|scope| {
        let writer = thread::Builder::new().spawn_scoped(scope, || link.transmit())?;
        let mut member = None;
        // 1006 stands for the end of the transport without a Close.
        let mut end = (CloseStatus::Abnormal, String::new());
        let outcome = link.receive(|event| match event {
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
        });
        if let Some(id) = member {
            room.leave(id, end.0.value(), &end.1);
        }
        link.finish();
        // The writer has at most the write timeout left.
        let _ = writer.join();
        link.linger();
        outcome.map_err(|failure| io::Error::other(failure.to_string()))
    })
}
