//! yawc over `AsyncRead` and `AsyncWrite`, told to validate text, which it
//! does not do by default. Its handshake needs hyper, so that it has none here.

use bytes::Bytes;
use futures::SinkExt;
use yawc::{DeflateOptions, Frame, OpCode, Options, Role as Side, WebSocket};

use yawc::streaming::Streaming;

use crate::check::Check;
use crate::contestant::{
    Audience, Buffers, Contestant, ECHO_BATCH, Messages, Outcome, Role, Session, Shared, block_on,
    failure,
};
use crate::pipe::Pipe;

pub struct Library;

struct Open(WebSocket<Pipe>);

/// Frame by frame, each of which it holds whole.
struct Frames(Streaming<Pipe>);

impl Open {
    fn new(role: Role, pipe: Pipe, buffers: Buffers) -> Option<Self> {
        let side = match role {
            Role::Server => Side::Server,
            Role::Client => Side::Client,
        };
        let socket = WebSocket::from_stream(pipe, side, options(buffers));
        socket.ok().map(Self)
    }
}

fn options(buffers: Buffers) -> Options {
    let options = Options::default()
        .with_utf8()
        .with_limits(128 << 20, 128 << 20);
    match buffers {
        Buffers::Default => options,
        Buffers::Large => options
            .with_read_buffer_capacity(64 << 10)
            .with_write_buffer_capacity(64 << 10),
    }
}

impl Contestant for Library {
    fn name(&self) -> &'static str {
        "yawc"
    }

    fn open(&self, role: Role, pipe: Pipe, buffers: Buffers) -> Option<Box<dyn Session>> {
        Some(Box::new(Open::new(role, pipe, buffers)?))
    }

    fn open_deflate(
        &self,
        pipe: Pipe,
        takeover: bool,
        buffers: Buffers,
    ) -> Option<Box<dyn Session>> {
        let options = Options {
            compression: Some(DeflateOptions::default()),
            ..options(buffers)
        };
        let agreed = match takeover {
            true => "permessage-deflate",
            false => "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        };
        let socket =
            WebSocket::from_stream_with_extensions(pipe, Side::Server, Some(agreed), options);
        Some(Box::new(Open(socket.ok()?)))
    }

    fn open_streaming(&self, pipe: Pipe, frames: bool) -> Option<Box<dyn Session>> {
        let Open(socket) = Open::new(Role::Server, pipe, Buffers::Large)?;
        let streaming = || Box::new(Frames(socket.into_streaming())) as _;
        frames.then(streaming)
    }

    fn audience(&self, count: usize) -> Option<Box<dyn Audience>> {
        let open = |_| Open::new(Role::Server, Pipe::empty(), Buffers::Default);
        let sessions: Option<Vec<_>> = (0..count).map(open).collect();
        Some(Box::new(Shared {
            sessions: sessions?,
            prepare: |text| Bytes::from_static(text.as_bytes()),
            send: |session, text| {
                block_on(session.0.send(Frame::text(text.clone()))).map_err(failure)
            },
        }))
    }
}

impl Session for Open {
    fn receive(&mut self, count: usize, check: &mut Check) -> Outcome {
        block_on(async {
            let mut received = 0;
            while received < count {
                let frame = self.0.next_frame().await.map_err(failure)?;
                if matches!(frame.opcode(), OpCode::Text | OpCode::Binary) {
                    check.message(frame.payload());
                    received += 1;
                }
            }
            // Pongs wait for this.
            self.0.flush().await.map_err(failure)
        })
    }

    fn send(&mut self, messages: &Messages) -> Outcome {
        block_on(async {
            for (number, message) in (1..).zip(messages.iter()) {
                let payload = Bytes::copy_from_slice(message);
                let frame = match messages.text {
                    true => Frame::text(payload),
                    false => Frame::binary(payload),
                };
                self.0.feed(frame).await.map_err(failure)?;
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
                let frame = self.0.next_frame().await.map_err(failure)?;
                check.message(frame.payload());
                let frame = Frame::text(frame.into_payload());
                self.0.feed(frame).await.map_err(failure)?;
                if number % ECHO_BATCH == 0 {
                    self.0.flush().await.map_err(failure)?;
                }
            }
            self.0.flush().await.map_err(failure)
        })
    }
}

impl Session for Frames {
    fn receive(&mut self, count: usize, check: &mut Check) -> Outcome {
        block_on(async {
            let mut received = 0;
            while received < count {
                let frame = self.0.next_frame().await.map_err(failure)?;
                check.piece(frame.payload());
                if frame.is_fin() {
                    check.end();
                    received += 1;
                }
            }
            Ok(())
        })
    }
}
