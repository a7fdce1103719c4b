//! fastwebsockets over `AsyncRead` and `AsyncWrite`. Its handshake needs hyper,
//! so that it has none here; each message is a write.

use fastwebsockets::{FragmentCollector, Frame, OpCode, Payload, Role as Side, WebSocket};

use crate::check::Check;
use crate::contestant::{Buffers, Contestant, Messages, Outcome, Role, Session, block_on, failure};
use crate::pipe::Pipe;

pub struct Library;

struct Open(FragmentCollector<Pipe>);

/// Frame by frame, each of which it holds whole.
struct Streaming(WebSocket<Pipe>);

fn socket(role: Role, pipe: Pipe) -> WebSocket<Pipe> {
    let side = match role {
        Role::Server => Side::Server,
        Role::Client => Side::Client,
    };
    WebSocket::after_handshake(pipe, side)
}

impl Contestant for Library {
    fn name(&self) -> &'static str {
        "fastwebsockets"
    }

    fn open(&self, role: Role, pipe: Pipe, _: Buffers) -> Option<Box<dyn Session>> {
        let collector = FragmentCollector::new(socket(role, pipe));
        Some(Box::new(Open(collector)))
    }

    fn open_streaming(&self, pipe: Pipe, frames: bool) -> Option<Box<dyn Session>> {
        let open = || Box::new(Streaming(socket(Role::Server, pipe))) as _;
        frames.then(open)
    }
}

impl Session for Open {
    fn receive(&mut self, count: usize, check: &mut Check) -> Outcome {
        block_on(async {
            let mut received = 0;
            while received < count {
                let frame = self.0.read_frame().await.map_err(failure)?;
                if matches!(frame.opcode, OpCode::Text | OpCode::Binary) {
                    check.message(&frame.payload);
                    received += 1;
                }
            }
            Ok(())
        })
    }

    fn send(&mut self, messages: &Messages) -> Outcome {
        block_on(async {
            for message in messages.iter() {
                let payload = Payload::Borrowed(message);
                let frame = match messages.text {
                    true => Frame::text(payload),
                    false => Frame::binary(payload),
                };
                self.0.write_frame(frame).await.map_err(failure)?;
            }
            Ok(())
        })
    }

    fn echo(&mut self, count: usize, check: &mut Check) -> Outcome {
        block_on(async {
            for _ in 0..count {
                let frame = self.0.read_frame().await.map_err(failure)?;
                check.message(&frame.payload);
                let frame = Frame::text(frame.payload);
                self.0.write_frame(frame).await.map_err(failure)?;
            }
            Ok(())
        })
    }
}

impl Session for Streaming {
    fn receive(&mut self, count: usize, check: &mut Check) -> Outcome {
        block_on(async {
            let mut received = 0;
            while received < count {
                let frame = self.0.read_frame().await.map_err(failure)?;
                check.piece(&frame.payload);
                if frame.fin {
                    check.end();
                    received += 1;
                }
            }
            Ok(())
        })
    }
}
