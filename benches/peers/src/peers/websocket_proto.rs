//! This crate as its documentation has it be used: one read buffer for all
//! connections of a thread, and an output for each.

use std::borrow::Cow;
use std::cell::RefCell;

use websocket_proto::deflate::DeflateConfig;
use websocket_proto::handshake::{Acceptance, Agreement};
use websocket_proto::{Config, Connection, Delivery, Event, Input, PreparedMessage, Seed};

use crate::check::Check;
use crate::contestant::{
    Audience, Buffers, Contestant, ECHO_BATCH, Messages, Outcome, Role, Session, Shared, as_str,
    failure,
};
use crate::pipe::Pipe;

pub struct Library;

struct Open {
    connection: Connection,
    pipe: Pipe,
    out: Vec<u8>,
}

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; 64 << 10]);
}

impl Contestant for Library {
    fn name(&self) -> &'static str {
        crate::results::OURS
    }

    fn open(&self, role: Role, pipe: Pipe, _: Buffers) -> Option<Box<dyn Session>> {
        let agreement = Agreement::default();
        let connection = match role {
            Role::Server => Connection::upgraded_server(Config::new(), agreement),
            Role::Client => Connection::upgraded_client(Config::new(), agreement, seed()),
        };
        Some(Box::new(Open::new(connection, pipe)))
    }

    fn open_deflate(&self, pipe: Pipe, takeover: bool, _: Buffers) -> Option<Box<dyn Session>> {
        let agreed = match takeover {
            true => "permessage-deflate",
            false => "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        };
        let agreement = Agreement::new().with_extension(agreed.parse().ok()?);
        let config = Config::new().deflate(DeflateConfig::new());
        let connection = Connection::upgraded_server(config, agreement);
        Some(Box::new(Open::new(connection, pipe)))
    }

    fn open_streaming(&self, pipe: Pipe, _: bool) -> Option<Box<dyn Session>> {
        // The limit for a frame is 16 MiB otherwise.
        let config = Config::new().max_frame(64 << 20).delivery(Delivery::Chunks);
        let connection = Connection::upgraded_server(config, Agreement::default());
        Some(Box::new(Open::new(connection, pipe)))
    }

    fn handshake(&self, pipe: Pipe) -> Option<Outcome> {
        Some(Open::new(Connection::server(Config::new()), pipe).accept())
    }

    fn audience(&self, count: usize) -> Option<Box<dyn Audience>> {
        let open = || {
            let connection = Connection::upgraded_server(Config::new(), Agreement::default());
            Open::new(connection, Pipe::empty())
        };
        Some(Box::new(Shared {
            sessions: (0..count).map(|_| open()).collect(),
            prepare: PreparedMessage::text,
            send: |session, message| {
                let out = &mut session.out;
                session
                    .connection
                    .send_prepared(message, out)
                    .map_err(failure)?;
                session.write();
                Ok(())
            },
        }))
    }
}

fn seed() -> Seed {
    Seed::from_os().expect("an operating system")
}

impl Open {
    fn new(connection: Connection, pipe: Pipe) -> Self {
        Self {
            connection,
            pipe,
            out: Vec::new(),
        }
    }

    #[inline]
    fn write(&mut self) {
        if !self.out.is_empty() {
            self.pipe.put(&self.out);
            self.out.clear();
        }
    }

    fn accept(mut self) -> Outcome {
        BUFFER.with_borrow_mut(|buffer| {
            let length = self.pipe.read_into(buffer);
            let mut input = Input::new(&mut buffer[..length]);
            let event = self.connection.receive(&mut input, &mut self.out);
            let Some(Event::Request(request)) = event.map_err(failure)? else {
                return Err("no request".into());
            };
            self.connection
                .accept(&request, &Acceptance::new(), &mut self.out)
                .map_err(failure)?;
            self.write();
            Ok(())
        })
    }

    /// Reads, and gives every event to `on_event`, until that has returned
    /// `true` so many times.
    #[inline(always)]
    fn events(
        &mut self,
        count: usize,
        mut on_event: impl FnMut(&mut Self, Event<'_>) -> Result<bool, String>,
    ) -> Outcome {
        let mut received = 0;
        BUFFER.with_borrow_mut(|buffer| {
            while received < count {
                if let Some(direct) = self.connection.payload_buffer() {
                    let length = self.pipe.read_into(direct);
                    if length == 0 {
                        return Err("the end of the stream".into());
                    }
                    self.connection.receive_payload(length);
                    continue;
                }
                let length = self.pipe.read_into(buffer);
                if length == 0 {
                    return Err("the end of the stream".into());
                }
                let mut input = Input::new(&mut buffer[..length]);
                loop {
                    let event = self.connection.receive(&mut input, &mut self.out);
                    match event.map_err(failure)? {
                        Some(event) => received += usize::from(on_event(self, event)?),
                        None => break,
                    }
                }
                self.write();
            }
            Ok(())
        })
    }
}

impl Session for Open {
    fn receive(&mut self, count: usize, check: &mut Check) -> Outcome {
        self.events(count, |this, event| {
            match event {
                Event::Text(text) => {
                    check.message(text.as_bytes());
                    if let Cow::Owned(text) = text {
                        this.connection.recycle(text);
                    }
                }
                Event::Binary(bytes) => {
                    check.message(&bytes);
                    if let Cow::Owned(bytes) = bytes {
                        this.connection.recycle(bytes);
                    }
                }
                Event::Chunk(chunk) => {
                    check.piece(chunk.data.as_bytes());
                    if chunk.last {
                        check.end();
                    }
                    return Ok(chunk.last);
                }
                _ => return Ok(false),
            }
            Ok(true)
        })
    }

    fn send(&mut self, messages: &Messages) -> Outcome {
        messages.each(|message, is_last| {
            let out = &mut self.out;
            match messages.text {
                true => self.connection.send_text(as_str(message), out),
                false => self.connection.send_binary(message, out),
            }
            .map_err(failure)?;
            if is_last {
                self.write();
            }
            Ok(())
        })?;
        self.write();
        Ok(())
    }

    fn echo(&mut self, count: usize, check: &mut Check) -> Outcome {
        let mut waiting = 0;
        self.events(count, |this, event| {
            let Event::Text(text) = event else {
                return Ok(false);
            };
            check.message(text.as_bytes());
            let out = &mut this.out;
            this.connection.send_text(&text, out).map_err(failure)?;
            if let Cow::Owned(text) = text {
                this.connection.recycle(text);
            }
            waiting += 1;
            if waiting % ECHO_BATCH == 0 {
                this.write();
            }
            Ok(true)
        })
    }
}
