//! This crate under comparison.

use websocket_proto::handshake::Agreement;
use websocket_proto::{
    ChunkData, CloseCode, Config, Connection, Delivery, Event, Input, Role, Seed, State,
};

use super::{Case, Failure, Seen, Trace};

pub struct Ours {
    connection: Connection,
    pub trace: Trace,
}

impl Ours {
    pub fn run(case: &Case) -> Self {
        let config = Config::new()
            .max_frame(case.max_frame)
            .max_message(case.max_message)
            .max_fragments(u32::MAX)
            .delivery(if case.in_fragments {
                Delivery::Chunks
            } else {
                Delivery::Messages
            });
        let agreement = Agreement::default();
        let mut connection = match case.role {
            Role::Server => Connection::upgraded_server(config, agreement),
            Role::Client => Connection::upgraded_client(config, agreement, Seed::from([7; 32])),
        };
        let mut trace = Trace {
            events: Vec::new(),
            failure: None,
            written: Vec::new(),
        };
        if case.closing {
            connection
                .send_close(CloseCode::NORMAL, "", &mut trace.written)
                .expect("the connection is open");
        }
        let mut ours = Self { connection, trace };
        ours.feed(case);
        ours
    }

    fn feed(&mut self, case: &Case) {
        let mut stream = case.stream.clone();
        let mut message = Vec::new();
        for (from, to) in case.plan.pieces(case.stream.len()) {
            let mut input = Input::new(&mut stream[from..to]);
            loop {
                match self.connection.receive(&mut input, &mut self.trace.written) {
                    Ok(Some(event)) => self.trace.events.extend(seen(event, &mut message)),
                    Ok(None) => break assert!(input.is_empty(), "None means used up"),
                    Err(error) => {
                        assert!(input.is_empty(), "the rest is discarded");
                        let code = error.close_code().expect("a code for every such error");
                        self.trace.failure = Some(Failure {
                            code: code.value(),
                            window: (from, to),
                            error: Box::new(error),
                        });
                        return;
                    }
                }
            }
        }
    }

    pub fn is_closed(&self) -> bool {
        self.connection.state() == State::Closed
    }

    /// Whether the end of the stream comes as expected.
    pub fn end(&mut self) -> bool {
        let expected = self.connection.receive_eof().is_ok();
        assert_eq!(expected, self.connection.was_clean());
        expected
    }
}

/// The event in shared words; pieces of messages are collected in `message`.
fn seen(event: Event<'_>, message: &mut Vec<u8>) -> Option<Seen> {
    Some(match event {
        Event::Text(text) => Seen::Text(text.into_owned().into_bytes()),
        Event::Binary(bytes) => Seen::Binary(bytes.into_owned()),
        Event::Ping(bytes) => Seen::Ping(bytes.into_owned()),
        Event::Pong(bytes) => Seen::Pong(bytes.into_owned()),
        Event::Close(frame) => {
            Seen::Close(frame.map(|frame| (frame.code.value(), frame.reason.into_owned())))
        }
        Event::Chunk(chunk) => {
            message.extend_from_slice(chunk.data.as_bytes());
            if !chunk.last {
                return None;
            }
            let bytes = std::mem::take(message);
            match chunk.data {
                ChunkData::Text(_) => Seen::Text(bytes),
                ChunkData::Binary(_) => Seen::Binary(bytes),
            }
        }
        other => unreachable!("no such event on an open connection: {other:?}"),
    })
}
