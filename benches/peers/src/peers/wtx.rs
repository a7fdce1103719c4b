//! wtx over its own traits of streams. It masks what it is given in place, so
//! that what is borrowed must be copied.

use wtx::collection::Vector;
use wtx::rng::Xorshift64;
use wtx::web_socket::compression::{Compression, CompressionLevel, Flate2, NegotiatedCompression};
use wtx::web_socket::{
    DeflateConfig, Frame, OpCode, WebSocket, WebSocketAcceptor, WebSocketBuffer,
    WebSocketPayloadOrigin,
};

use crate::check::Check;
use crate::contestant::{Buffers, Contestant, Messages, Outcome, Role, Session, block_on, failure};
use crate::pipe::Pipe;

pub struct Library;

struct Open<C, const IS_CLIENT: bool> {
    socket: WebSocket<C, Xorshift64, Pipe, WebSocketBuffer, IS_CLIENT>,
    message: Vector<u8>,
    copy: Vec<u8>,
}

impl<C: NegotiatedCompression, const IS_CLIENT: bool> Open<C, IS_CLIENT> {
    fn new(compression: C, pipe: Pipe, buffers: Buffers) -> Option<Self> {
        let buffer = match buffers {
            Buffers::Default => WebSocketBuffer::new(),
            Buffers::Large => WebSocketBuffer::with_capacity(64 << 10, 0, 0).ok()?,
        };
        Some(Self {
            socket: WebSocket::new(compression, false, Xorshift64::from(7), pipe, buffer),
            message: Vector::new(),
            copy: Vec::new(),
        })
    }
}

/// The field of the request from which it takes what is agreed.
struct Offer;

impl wtx::http::GenericHeader for Offer {
    fn name(&self) -> &[u8] {
        b"Sec-WebSocket-Extensions"
    }

    fn value(&self) -> &[u8] {
        b"permessage-deflate"
    }
}

impl Contestant for Library {
    fn name(&self) -> &'static str {
        "wtx"
    }

    fn open(&self, role: Role, pipe: Pipe, buffers: Buffers) -> Option<Box<dyn Session>> {
        Some(match role {
            Role::Server => Box::new(Open::<_, false>::new((), pipe, buffers)?),
            Role::Client => Box::new(Open::<_, true>::new((), pipe, buffers)?),
        })
    }

    fn open_deflate(
        &self,
        pipe: Pipe,
        takeover: bool,
        buffers: Buffers,
    ) -> Option<Box<dyn Session>> {
        if takeover {
            // It never keeps a window.
            return None;
        }
        let codec = Flate2::from(DeflateConfig {
            client_max_window_bits: 15.try_into().ok()?,
            // The others' default; its own is 5.
            compression_level: CompressionLevel::Six,
            server_max_window_bits: 15.try_into().ok()?,
        });
        let agreed = <Flate2 as Compression<false>>::negotiate(codec, [Offer].into_iter()).ok()?;
        Some(Box::new(Open::<_, false>::new(agreed, pipe, buffers)?))
    }

    fn handshake(&self, pipe: Pipe) -> Option<Outcome> {
        Some(block_on(async {
            let accepted: Result<_, wtx::Error> = WebSocketAcceptor::default().accept(pipe).await;
            accepted.map(drop).map_err(failure)
        }))
    }
}

impl<C: NegotiatedCompression, const IS_CLIENT: bool> Session for Open<C, IS_CLIENT> {
    fn receive(&mut self, count: usize, check: &mut Check) -> Outcome {
        block_on(async {
            let mut received = 0;
            while received < count {
                let origin = WebSocketPayloadOrigin::Adaptive;
                let frame = self.socket.read_frame(&mut self.message, origin);
                let frame = frame.await.map_err(failure)?;
                if matches!(frame.op_code(), OpCode::Text | OpCode::Binary) {
                    check.message(frame.payload());
                    received += 1;
                }
            }
            Ok(())
        })
    }

    fn send(&mut self, messages: &Messages) -> Outcome {
        let opcode = match messages.text {
            true => OpCode::Text,
            false => OpCode::Binary,
        };
        block_on(async {
            for message in messages.iter() {
                self.copy.clear();
                self.copy.extend_from_slice(message);
                let mut frame = Frame::new_fin(opcode, &mut self.copy[..]);
                self.socket.write_frame(&mut frame).await.map_err(failure)?;
            }
            Ok(())
        })
    }

    fn echo(&mut self, count: usize, check: &mut Check) -> Outcome {
        block_on(async {
            for _ in 0..count {
                let (mut common, mut reader, mut writer) = self.socket.split_mut();
                let origin = WebSocketPayloadOrigin::Adaptive;
                let frame = reader.read_frame(&mut self.message, &mut common, origin);
                let mut frame = frame.await.map_err(failure)?;
                check.message(frame.payload());
                let written = writer.write_frame(&mut common, &mut frame);
                written.await.map_err(failure)?;
            }
            Ok(())
        })
    }
}
