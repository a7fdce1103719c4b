//! tungstenite over `Read` and `Write`, with the buffers of 128 KiB that are
//! its default.

use tungstenite::protocol::{Role as Side, WebSocketConfig};
use tungstenite::{Message, Utf8Bytes, WebSocket, accept};

use crate::check::Check;
use crate::contestant::{
    Audience, Buffers, Contestant, ECHO_BATCH, Messages, Outcome, Role, Session, Shared, as_str,
    failure,
};
use crate::pipe::Pipe;

pub struct Library;

struct Open(WebSocket<Pipe>);

impl Open {
    fn new(role: Role, pipe: Pipe) -> Self {
        let side = match role {
            Role::Server => Side::Server,
            Role::Client => Side::Client,
        };
        let config = Some(WebSocketConfig::default());
        Self(WebSocket::from_raw_socket(pipe, side, config))
    }
}

impl Contestant for Library {
    fn name(&self) -> &'static str {
        "tungstenite"
    }

    fn open(&self, role: Role, pipe: Pipe, _: Buffers) -> Option<Box<dyn Session>> {
        Some(Box::new(Open::new(role, pipe)))
    }

    fn handshake(&self, pipe: Pipe) -> Option<Outcome> {
        Some(accept(pipe).map(drop).map_err(failure))
    }

    fn audience(&self, count: usize) -> Option<Box<dyn Audience>> {
        let open = |_| Open::new(Role::Server, Pipe::empty());
        Some(Box::new(Shared {
            sessions: (0..count).map(open).collect(),
            prepare: Utf8Bytes::from_static,
            send: |session, text| session.0.send(Message::Text(text.clone())).map_err(failure),
        }))
    }
}

impl Session for Open {
    fn receive(&mut self, count: usize, check: &mut Check) -> Outcome {
        let mut received = 0;
        while received < count {
            match self.0.read().map_err(failure)? {
                Message::Text(text) => check.message(text.as_str().as_bytes()),
                Message::Binary(bytes) => check.message(&bytes),
                _ => continue,
            }
            received += 1;
        }
        Ok(())
    }

    fn send(&mut self, messages: &Messages) -> Outcome {
        messages.each(|message, is_last| {
            let message = match messages.text {
                true => Message::text(as_str(message)),
                false => Message::binary(bytes::Bytes::copy_from_slice(message)),
            };
            self.0.write(message).map_err(failure)?;
            match is_last {
                true => self.0.flush().map_err(failure),
                false => Ok(()),
            }
        })?;
        self.0.flush().map_err(failure)
    }

    fn echo(&mut self, count: usize, check: &mut Check) -> Outcome {
        for number in 1..=count {
            let message = self.0.read().map_err(failure)?;
            if let Message::Text(text) = &message {
                check.message(text.as_str().as_bytes());
            }
            self.0.write(message).map_err(failure)?;
            if number % ECHO_BATCH == 0 {
                self.0.flush().map_err(failure)?;
            }
        }
        self.0.flush().map_err(failure)
    }
}
