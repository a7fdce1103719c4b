//! tokio-websockets over `AsyncRead` and `AsyncWrite`.

use futures::{SinkExt, StreamExt};
use tokio_websockets::{ClientBuilder, Limits, Message, Payload, ServerBuilder, WebSocketStream};

use crate::check::Check;
use crate::contestant::{
    Audience, Buffers, Contestant, ECHO_BATCH, Messages, Outcome, Role, Session, Shared, as_str,
    block_on, failure,
};
use crate::pipe::Pipe;

pub struct Library;

struct Open(WebSocketStream<Pipe>);

impl Open {
    fn new(role: Role, pipe: Pipe) -> Self {
        let limits = Limits::unlimited();
        Self(match role {
            Role::Server => ServerBuilder::new().limits(limits).serve(pipe),
            Role::Client => ClientBuilder::new().limits(limits).take_over(pipe),
        })
    }
}

impl Contestant for Library {
    fn name(&self) -> &'static str {
        "tokio-websockets"
    }

    fn open(&self, role: Role, pipe: Pipe, _: Buffers) -> Option<Box<dyn Session>> {
        Some(Box::new(Open::new(role, pipe)))
    }

    fn handshake(&self, pipe: Pipe) -> Option<Outcome> {
        let accepted = block_on(ServerBuilder::new().accept(pipe));
        Some(accepted.map(drop).map_err(failure))
    }

    fn audience(&self, count: usize) -> Option<Box<dyn Audience>> {
        let open = |_| Open::new(Role::Server, Pipe::empty());
        Some(Box::new(Shared {
            sessions: (0..count).map(open).collect(),
            prepare: |text| Message::text(Payload::from(text)),
            send: |session, message| block_on(session.0.send(message.clone())).map_err(failure),
        }))
    }
}

impl Session for Open {
    fn receive(&mut self, count: usize, check: &mut Check) -> Outcome {
        block_on(async {
            let mut received = 0;
            while received < count {
                let message = self.0.next().await.ok_or("the end")?.map_err(failure)?;
                if let Some(text) = message.as_text() {
                    check.message(text.as_bytes());
                } else if message.is_binary() {
                    check.message(message.as_payload());
                } else {
                    continue;
                }
                received += 1;
            }
            Ok(())
        })
    }

    fn send(&mut self, messages: &Messages) -> Outcome {
        block_on(async {
            for (number, message) in (1..).zip(messages.iter()) {
                let message = match messages.text {
                    true => Message::text(as_str(message).to_string()),
                    false => Message::binary(message.to_vec()),
                };
                self.0.feed(message).await.map_err(failure)?;
                if number % messages.batch == 0 {
                    self.0.flush().await.map_err(failure)?;
                }
            }
            self.0.flush().await.map_err(failure)
        })
    }

    fn echo(&mut self, count: usize, check: &mut Check) -> Outcome {
        block_on(async {
            for number in 1..=count {
                let message = self.0.next().await.ok_or("the end")?.map_err(failure)?;
                check.message(message.as_text().ok_or("no text")?.as_bytes());
                self.0.feed(message).await.map_err(failure)?;
                if number % ECHO_BATCH == 0 {
                    self.0.flush().await.map_err(failure)?;
                }
            }
            self.0.flush().await.map_err(failure)
        })
    }
}
