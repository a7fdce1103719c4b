//! web-socket over a `BufReader`, as it reads a header byte by byte. It leaves
//! text unvalidated, fragments apart and pings unanswered, and has no
//! handshake: the first three are added.

use tokio::io::BufReader;
use web_socket::{DataType, Event, MessageType, Stream, WebSocket};

use crate::check::Check;
use crate::contestant::{
    Buffers, Contestant, Messages, Outcome, Role, Session, as_str, block_on, failure,
};
use crate::pipe::Pipe;

pub struct Library;

struct Open(WebSocket<BufReader<Pipe>>);

/// Frame by frame, each of which it holds whole.
struct Streaming(Open);

fn open(role: Role, pipe: Pipe, buffers: Buffers) -> Open {
    let capacity = match buffers {
        Buffers::Default => 8 << 10,
        Buffers::Large => 64 << 10,
    };
    let reader = BufReader::with_capacity(capacity, pipe);
    Open(match role {
        Role::Server => WebSocket::server(reader),
        Role::Client => WebSocket::client(reader),
    })
}

impl Contestant for Library {
    fn name(&self) -> &'static str {
        "web-socket"
    }

    fn open(&self, role: Role, pipe: Pipe, buffers: Buffers) -> Option<Box<dyn Session>> {
        Some(Box::new(open(role, pipe, buffers)))
    }

    fn open_streaming(&self, pipe: Pipe, frames: bool) -> Option<Box<dyn Session>> {
        let open = || Box::new(Streaming(open(Role::Server, pipe, Buffers::Large))) as _;
        frames.then(open)
    }
}

impl Open {
    async fn message(&mut self, check: &mut Check) -> Result<Box<[u8]>, String> {
        let mut message = Vec::new();
        loop {
            let (kind, data) = match self.0.recv().await.map_err(failure)? {
                Event::Data {
                    ty: DataType::Complete(kind),
                    data,
                } => (kind, data),
                Event::Data {
                    ty: DataType::Stream(part),
                    data,
                } => {
                    message.extend_from_slice(&data);
                    match part {
                        Stream::End(kind) => (kind, std::mem::take(&mut message).into()),
                        _ => continue,
                    }
                }
                Event::Ping(payload) => {
                    self.0.send_pong(payload).await.map_err(failure)?;
                    continue;
                }
                other => return Err(failure(other)),
            };
            if let MessageType::Text = kind {
                std::str::from_utf8(&data).map_err(failure)?;
            }
            check.message(&data);
            return Ok(data);
        }
    }
}

impl Session for Open {
    fn receive(&mut self, count: usize, check: &mut Check) -> Outcome {
        block_on(async {
            for _ in 0..count {
                self.message(check).await?;
            }
            Ok(())
        })
    }

    fn send(&mut self, messages: &Messages) -> Outcome {
        block_on(async {
            for message in messages.iter() {
                match messages.text {
                    true => self.0.send(as_str(message)).await,
                    false => self.0.send(message).await,
                }
                .map_err(failure)?;
            }
            Ok(())
        })
    }

    fn echo(&mut self, count: usize, check: &mut Check) -> Outcome {
        block_on(async {
            for _ in 0..count {
                let message = self.message(check).await?;
                self.0.send(as_str(&message)).await.map_err(failure)?;
            }
            Ok(())
        })
    }
}

impl Session for Streaming {
    fn receive(&mut self, count: usize, check: &mut Check) -> Outcome {
        let Self(Open(socket)) = self;
        block_on(async {
            let mut received = 0;
            while received < count {
                match socket.recv().await.map_err(failure)? {
                    Event::Data { ty, data } => {
                        check.piece(&data);
                        if let DataType::Complete(_) | DataType::Stream(Stream::End(_)) = ty {
                            check.end();
                            received += 1;
                        }
                    }
                    other => return Err(failure(other)),
                }
            }
            Ok(())
        })
    }
}
