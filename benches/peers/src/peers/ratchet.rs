//! ratchet_rs over `AsyncRead` and `AsyncWrite`. It leaves text unvalidated:
//! the check is added. Its deflate takes the codec in C for itself and
//! everybody else, and is left out.

use bytes::BytesMut;
use ratchet_rs::{Message, NoExt, PayloadType, Role as Side, WebSocket, WebSocketConfig};

use crate::check::Check;
use crate::contestant::{
    Buffers, Contestant, ECHO_BATCH, Messages, Outcome, Role, Session, block_on, failure,
};
use crate::pipe::Pipe;

pub struct Library;

struct Open {
    socket: WebSocket<Pipe, NoExt>,
    message: BytesMut,
}

impl Contestant for Library {
    fn name(&self) -> &'static str {
        "ratchet_rs"
    }

    fn open(&self, role: Role, pipe: Pipe, _: Buffers) -> Option<Box<dyn Session>> {
        let side = match role {
            Role::Server => Side::Server,
            Role::Client => Side::Client,
        };
        let config = WebSocketConfig::default();
        let socket = WebSocket::from_upgraded(config, pipe, None::<NoExt>, BytesMut::new(), side);
        Some(Box::new(Open {
            socket,
            message: BytesMut::new(),
        }))
    }

    fn handshake(&self, pipe: Pipe) -> Option<Outcome> {
        Some(block_on(async {
            let accepted = ratchet_rs::accept(pipe, WebSocketConfig::default());
            let upgrader = accepted.await.map_err(failure)?;
            upgrader.upgrade().await.map(drop).map_err(failure)
        }))
    }
}

impl Session for Open {
    fn receive(&mut self, count: usize, check: &mut Check) -> Outcome {
        block_on(async {
            let mut received = 0;
            while received < count {
                let message = self.socket.read(&mut self.message).await.map_err(failure)?;
                if let Message::Text | Message::Binary = message {
                    if message == Message::Text {
                        std::str::from_utf8(&self.message).map_err(failure)?;
                    }
                    check.message(&self.message);
                    self.message.clear();
                    received += 1;
                }
            }
            Ok(())
        })
    }

    fn send(&mut self, messages: &Messages) -> Outcome {
        let kind = match messages.text {
            true => PayloadType::Text,
            false => PayloadType::Binary,
        };
        block_on(async {
            for (number, message) in (1..).zip(messages.iter()) {
                self.socket.write(message, kind).await.map_err(failure)?;
                if number % messages.batch == 0 {
                    self.socket.flush().await.map_err(failure)?;
                }
            }
            self.socket.flush().await.map_err(failure)
        })
    }

    fn echo(&mut self, count: usize, check: &mut Check) -> Outcome {
        block_on(async {
            for number in 1..=count {
                self.socket.read(&mut self.message).await.map_err(failure)?;
                std::str::from_utf8(&self.message).map_err(failure)?;
                check.message(&self.message);
                let written = self.socket.write(&self.message, PayloadType::Text);
                written.await.map_err(failure)?;
                self.message.clear();
                if number % ECHO_BATCH == 0 {
                    self.socket.flush().await.map_err(failure)?;
                }
            }
            self.socket.flush().await.map_err(failure)
        })
    }
}
