//! Connections in every state that holds a secret, and their halves.

use websocket_proto::deflate::DeflateConfig;
use websocket_proto::handshake::{Acceptance, Agreement, Response};
use websocket_proto::{
    Config, Connection, Delivery, Event, FixedOutput, Input, MessageKind, Role, Seed,
};

use crate::marks::{CODE_POINT, KEY, SEED, Shown, TEXT};
use crate::pair::take;
use crate::support::{ROLES, frame};
use crate::values::{DRAFT_KEY3, DRAFT_KEYS, client_request, draft_request, marked_request};

pub(crate) fn all() -> Vec<Shown> {
    [opening(), receiving(), sending(), compressed(), legacy()].concat()
}

fn show(how: &str, connection: &Connection) -> Shown {
    Shown::new("connection/mod.rs", "Connection", how, connection)
}

/// The connection, and its halves where it has any.
fn show_all(how: &str, connection: Connection) -> Vec<Shown> {
    let mut shown = vec![show(how, &connection)];
    if let Ok((receiver, sender)) = connection.split() {
        shown.push(Shown::new(
            "connection/receiver/mod.rs",
            "Receiver",
            how,
            &receiver,
        ));
        shown.push(Shown::new("connection/send.rs", "Sender", how, &sender));
    }
    shown
}

fn open(role: Role, config: Config, agreed: &str) -> Connection {
    let agreement = match agreed {
        "" => Agreement::new(),
        agreed => Agreement::new().with_extension(agreed.parse().expect("an extension")),
    };
    match role {
        Role::Server => Connection::upgraded_server(config, agreement),
        Role::Client => Connection::upgraded_client(config, agreement, Seed::from(SEED)),
    }
}

/// A frame as the end with this role receives it, masked with the mark.
fn wire(role: Role, first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = frame(first, payload);
    if role == Role::Server {
        let start = bytes.len() - payload.len();
        bytes[1] |= 0x80;
        for (byte, key) in bytes[start..].iter_mut().zip(KEY.iter().cycle()) {
            *byte ^= key;
        }
        bytes.splice(start..start, KEY);
    }
    bytes
}

fn opening() -> Vec<Shown> {
    let mut out = Vec::new();
    let request = client_request().subprotocol(TEXT);
    let mut client =
        Connection::client(Config::new(), &request, Seed::from(SEED), &mut out).expect("room");
    let sent = String::from_utf8(out).expect("ASCII");
    let (_, nonce) = sent.split_once("Sec-WebSocket-Key: ").expect("a key");
    let nonce = nonce.as_bytes()[..24].to_vec();
    let mut shown = vec![show("a client that waits", &client)];
    let refusal = Response::new(403)
        .header("Set-Cookie", TEXT)
        .body(TEXT.repeat(3));
    let refusal = refusal.encode().expect("a response");
    take(&mut client, &refusal[..40], &mut Vec::new());
    shown.push(show("a client in a head", &client));
    take(
        &mut client,
        &refusal[40..refusal.len() - 9],
        &mut Vec::new(),
    );
    shown.push(show("a client in a body", &client));

    let text = marked_request(&format!("GET /chat?{TEXT} "));
    let mut server = Connection::server(Config::new());
    let (start, end) = text.as_bytes().split_at(text.len() - 1);
    take(&mut server, start, &mut Vec::new());
    shown.push(show("a server in a head", &server));
    let mut rest = end.to_vec();
    let event = server.receive(&mut Input::new(&mut rest), &mut Vec::new());
    let Ok(Some(Event::Request(request))) = event else {
        panic!("{event:?}");
    };
    shown.push(show("a server that was asked", &server));
    let acceptance = Acceptance::new().header("Set-Cookie", TEXT);
    server
        .accept(&request, &acceptance, &mut Vec::new())
        .expect("the request waits");
    shown.extend(show_all("a server that accepted", server));
    let own = b"dGhlIHNhbXBsZSBub25jZQ==";
    shown
        .into_iter()
        .map(|shown| shown.with_marks(&[&nonce, own]))
        .collect()
}

fn receiving() -> Vec<Shown> {
    let text = [TEXT, CODE_POINT].concat();
    let long = text.repeat(2000);
    let reason = [&1000_u16.to_be_bytes(), text.as_bytes()].concat();
    let mut shown = Vec::new();
    for role in ROLES {
        for delivery in [Delivery::Messages, Delivery::Chunks] {
            for (first, payload) in [
                (0x81, text.as_bytes()),
                (0x01, text.as_bytes()),
                (0x82, text.as_bytes()),
                (0x02, text.as_bytes()),
                (0x89, text.as_bytes()),
                (0x88, &reason),
                (0x81, long.as_bytes()),
                (0x82, long.as_bytes()),
            ] {
                let whole = wire(role, first, payload);
                let ends = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14];
                let cuts = ends
                    .into_iter()
                    .chain((1..4).map(|less| whole.len() - less));
                for cut in cuts.filter(|cut| *cut < whole.len()) {
                    let mut conn = open(role, Config::new().delivery(delivery), "");
                    take(&mut conn, &whole[..cut], &mut Vec::new());
                    let how = format!("{role:?} {delivery:?} {cut} bytes of {first:x}");
                    shown.extend(show_all(&how, conn));
                }
                let mut conn = open(role, Config::new().delivery(delivery), "");
                take(&mut conn, &whole, &mut Vec::new());
                shown.extend(show_all(&format!("{role:?} all of {first:x}"), conn));
            }
            let mut conn = open(role, Config::new().delivery(delivery), "");
            conn.recycle(long.clone());
            shown.extend(show_all("with a buffer for the next message", conn));
        }
    }
    shown
}

fn sending() -> Vec<Shown> {
    let mut shown = Vec::new();
    for role in ROLES {
        let mut out = Vec::new();
        let mut conn = open(role, Config::new(), "");
        conn.send_text(TEXT, &mut out).expect("room");
        let key = match role {
            Role::Client => out[2..6].to_vec(),
            Role::Server => Vec::new(),
        };
        let cut = [TEXT.as_bytes(), &CODE_POINT.as_bytes()[..2]].concat();
        conn.send_fragment(MessageKind::Text, &cut, false, &mut out)
            .expect("room");
        let sent = show_all("in a fragmented text", conn);
        shown.extend(sent.into_iter().map(|shown| shown.with_marks(&[&key])));

        let mut none = [0; 0];
        let mut full = FixedOutput::new(&mut none);
        let mut conn = open(role, Config::new(), "");
        take(&mut conn, &wire(role, 0x89, TEXT.as_bytes()), &mut full);
        assert!(conn.wants_write());
        shown.extend(show_all("with a Pong that waits", conn));
        let mut conn = open(role, Config::new(), "");
        let close = [&1000_u16.to_be_bytes(), TEXT.as_bytes()].concat();
        take(&mut conn, &wire(role, 0x88, &close), &mut full);
        assert!(conn.wants_write());
        shown.push(show("with a Close that waits", &conn));
    }
    shown
}

/// A payload that holds the text as it is: a stored block, without its tail.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut payload = Vec::new();
    for part in bytes.chunks(30_000) {
        let length = part.len() as u16;
        payload.push(0);
        payload.extend(length.to_le_bytes());
        payload.extend((!length).to_le_bytes());
        payload.extend(part);
    }
    payload.push(0);
    payload
}

fn compressed() -> Vec<Shown> {
    let mut shown = Vec::new();
    let long = [TEXT, CODE_POINT].concat().repeat(20_000);
    for role in ROLES {
        for first in [0xC1, 0xC2] {
            for delivery in [Delivery::Messages, Delivery::Chunks] {
                for length in [20, 4000, long.len()] {
                    let whole = wire(role, first, &stored(&long.as_bytes()[..length]));
                    for end in [whole.len() - 1, whole.len() - 3, whole.len() / 2] {
                        let config = Config::new().delivery(delivery);
                        let mut conn = open(role, config, "permessage-deflate");
                        let mut read = whole[..end].to_vec();
                        let mut input = Input::new(&mut read);
                        // Some of it waits where its events are not all taken.
                        let event = conn.receive(&mut input, &mut Vec::new()).expect("valid");
                        let how = format!("{role:?} {delivery:?} {end} bytes of a stored block");
                        if let Some(event) = &event {
                            shown.push(Shown::new("event.rs", "Event", &how, event));
                        }
                        shown.extend(show_all(&how, conn));
                    }
                }
            }
        }
        let config = Config::new().deflate(DeflateConfig::new().level(0).threshold(0));
        let mut conn = open(role, config, "permessage-deflate");
        conn.send_text(TEXT, &mut Vec::new()).expect("room");
        conn.send_fragment(MessageKind::Text, TEXT.as_bytes(), false, &mut Vec::new())
            .expect("room");
        shown.extend(show_all("with a compressor", conn));
    }
    shown
}

fn legacy() -> Vec<Shown> {
    let mut out = Vec::new();
    let seed = Seed::from(SEED);
    let request = client_request();
    let client = Connection::hixie76_client(Config::new(), &request, seed, &mut out).expect("room");
    let mut shown = Vec::new();
    let key3 = out[out.len() - 8..].to_vec();
    shown.push(show("a client of the draft", &client).with_marks(&[&key3]));

    let mut answer = Vec::new();
    let mut server = Connection::server(Config::new().hixie76(true));
    let mut input = Input::new(&mut out);
    let Ok(Some(Event::Request(asked))) = server.receive(&mut input, &mut Vec::new()) else {
        panic!("a request");
    };
    server
        .accept(&asked, &Acceptance::new(), &mut answer)
        .expect("the request waits");
    let mut client = client;
    let (head, expected) = answer.split_at(answer.len() - 16);
    let marks: [&[u8]; 2] = [&key3, expected];
    take(
        &mut client,
        &[head, &expected[..9]].concat(),
        &mut Vec::new(),
    );
    shown.push(show("a client in an answer", &client).with_marks(&marks));

    let request = [draft_request().as_bytes(), DRAFT_KEY3].concat();
    for end in [request.len() - 30, request.len() - 2, request.len()] {
        let mut server = Connection::server(Config::new().hixie76(true));
        take(&mut server, &request[..end], &mut Vec::new());
        let [key1, key2] = DRAFT_KEYS;
        let marks = [key1.as_bytes(), key2.as_bytes()];
        shown.push(show("a server of the draft", &server).with_marks(&marks));
    }
    for role in ROLES {
        for delivery in [Delivery::Messages, Delivery::Chunks] {
            let config = Config::new().delivery(delivery);
            let mut conn = Connection::hixie76_upgraded(role, config, Agreement::new());
            let text = [b"\0", TEXT.as_bytes(), &CODE_POINT.as_bytes()[..2]].concat();
            take(&mut conn, &text, &mut Vec::new());
            shown.extend(show_all("in a text of the draft", conn));
        }
    }
    shown
}
