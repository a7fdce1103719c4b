//! What is sent, and the opening handshake.

use super::{Kind, READ, Scale, Workload};
use crate::check::{Check, Look};
use crate::content::{Random, records, short_text};
use crate::contestant::{Messages, Role};

/// A browser's request, 574 bytes with 13 fields.
pub const REQUEST: &[u8] = b"GET /chat?room=42 HTTP/1.1\r\n\
    Host: echo.example.com\r\n\
    Connection: Upgrade\r\n\
    Pragma: no-cache\r\n\
    Cache-Control: no-cache\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
    Chrome/126.0.0.0 Safari/537.36\r\n\
    Upgrade: websocket\r\n\
    Origin: https://www.example.com\r\n\
    Sec-WebSocket-Version: 13\r\n\
    Accept-Encoding: gzip, deflate, br, zstd\r\n\
    Accept-Language: en-US,en;q=0.9,de;q=0.8\r\n\
    Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n";

/// So often something is sent to all: a connection that was sent something
/// before has its buffers.
pub const BROADCASTS: usize = 4;

/// What has to stand in the answer.
pub const ACCEPT: &[u8] = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// The workloads that need [`texts`].
pub const OF_TEXTS: [&str; 7] = ["R1", "R6a", "R6b", "C1", "E1", "S1", "S2"];

/// The short messages of many workloads, 70 bytes in the mean.
pub fn texts(scale: Scale) -> Vec<String> {
    let random = &mut Random(42);
    (0..scale.texts())
        .map(|_| {
            let length = random.range(16, 125);
            short_text(random, length)
        })
        .collect()
}

pub fn add(
    list: &mut Vec<Workload>,
    scale: Scale,
    texts: &[String],
    wanted: &dyn Fn(&str) -> bool,
) {
    let short = || Messages {
        arena: texts.concat().into_bytes().leak(),
        lengths: texts
            .iter()
            .map(|text| text.len() as u32)
            .collect::<Vec<_>>()
            .leak(),
        text: true,
        loops: 1,
        batch: 64,
    };
    if wanted("S1") {
        let what = "server sends the texts of R1, 64 at a time";
        list.push(Workload::sent("S1", what, Role::Server, short()));
    }
    if wanted("S2") {
        let what = "client sends the texts of R1, masked, 64 at a time";
        list.push(Workload::sent("S2", what, Role::Client, short()));
    }
    if wanted("S3") {
        let messages = Messages {
            arena: Random(44).bytes(8 << 20).leak(),
            lengths: &[1 << 20; 8],
            text: false,
            loops: 2 * scale.rounds(),
            batch: 1,
        };
        let what = "client sends binary messages of 1 MiB, masked";
        list.push(Workload::sent("S3", what, Role::Client, messages));
    }
    if wanted("B1") {
        list.push(broadcast(scale));
    }
    if wanted("H1") {
        list.push(handshake(scale));
    }
}

fn broadcast(scale: Scale) -> Workload {
    let outputs = 1250 * scale.rounds();
    let message = Messages {
        arena: records(&mut Random(45), 1, 1024).into_bytes().leak(),
        lengths: &[1024],
        text: true,
        loops: 1,
        batch: 1,
    };
    let everything = Messages {
        loops: outputs * BROADCASTS,
        ..message
    };
    let what = "server sends texts of 1 KiB, each to 10,000 connections";
    Workload {
        kind: Kind::Broadcast { outputs },
        messages: Some(message),
        ..Workload::sent("B1", what, Role::Server, everything)
    }
}

fn handshake(scale: Scale) -> Workload {
    let count = match scale {
        Scale::Timed => 50_000,
        Scale::Counted => 100,
    };
    Workload {
        id: "H1",
        what: "server answers a browser's request of 574 B with 13 fields",
        kind: Kind::Handshake,
        role: Role::Server,
        stream: REQUEST,
        loops: 1,
        chunk: READ,
        messages: None,
        count,
        bytes: (REQUEST.len() * count) as u64,
        whole: Check::new(Look::Whole),
        glance: Check::new(Look::Glance),
    }
}
