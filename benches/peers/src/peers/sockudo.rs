//! sockudo-ws by its `Protocol`, which is sans-IO; its streams have the same
//! parser inside.

use bytes::{Bytes, BytesMut};
use sockudo_ws::deflate::DeflateConfig;
use sockudo_ws::protocol::{CompressedProtocol, Message, Protocol, Role as Side};

use crate::check::Check;
use crate::contestant::{
    Audience, Buffers, Contestant, ECHO_BATCH, Messages, Outcome, Role, Session, Shared, block_on,
    failure,
};
use crate::pipe::Pipe;

pub struct Library;

/// The longest frame and message, in bytes.
const LIMIT: usize = 64 << 20;

/// What its two protocols have in common, for which it has no trait.
trait Machine {
    fn process(&mut self, input: &mut BytesMut, messages: &mut Vec<Message>) -> Outcome;
    fn encode(&mut self, message: &Message, out: &mut BytesMut) -> Outcome;
}

macro_rules! machine {
    ($protocol:ty) => {
        impl Machine for $protocol {
            #[inline(always)]
            fn process(&mut self, input: &mut BytesMut, messages: &mut Vec<Message>) -> Outcome {
                self.process_into(input, messages).map_err(failure)
            }

            #[inline(always)]
            fn encode(&mut self, message: &Message, out: &mut BytesMut) -> Outcome {
                self.encode_message(message, out).map_err(failure)
            }
        }
    };
}

machine!(Protocol);
machine!(CompressedProtocol);

struct Open<M> {
    machine: M,
    pipe: Pipe,
    input: BytesMut,
    out: BytesMut,
    messages: Vec<Message>,
    read: usize,
}

impl<M: Machine> Open<M> {
    fn new(machine: M, pipe: Pipe, buffers: Buffers) -> Self {
        let read = match buffers {
            Buffers::Default => 8 << 10,
            Buffers::Large => 64 << 10,
        };
        Self {
            machine,
            pipe,
            input: BytesMut::with_capacity(read),
            out: BytesMut::new(),
            messages: Vec::new(),
            read,
        }
    }

    /// Reads once, and leaves the messages in `self.messages`.
    #[inline(always)]
    fn fill(&mut self) -> Outcome {
        self.input.reserve(self.read);
        let spare = self.input.spare_capacity_mut();
        // SAFETY: so much of the buffer is there, and so much of it is written.
        let length = unsafe {
            let length = self.pipe.read_raw(spare.as_mut_ptr().cast(), spare.len());
            self.input.set_len(self.input.len() + length);
            length
        };
        match length {
            0 => Err("the end of the stream".into()),
            _ => self.machine.process(&mut self.input, &mut self.messages),
        }
    }

    fn write(&mut self) {
        if !self.out.is_empty() {
            self.pipe.put(&self.out);
            self.out.clear();
        }
    }

    #[inline(always)]
    fn run(&mut self, count: usize, check: &mut Check, echo: bool) -> Outcome {
        let (mut received, mut waiting) = (0, 0);
        while received < count {
            self.fill()?;
            let mut messages = std::mem::take(&mut self.messages);
            for message in messages.drain(..) {
                match &message {
                    Message::Text(bytes) | Message::Binary(bytes) => {
                        check.message(bytes);
                        received += 1;
                        if echo {
                            self.machine.encode(&message, &mut self.out)?;
                            waiting += 1;
                            if waiting % ECHO_BATCH == 0 {
                                self.write();
                            }
                        }
                    }
                    Message::Ping(payload) => {
                        let pong = Message::Pong(payload.clone());
                        self.machine.encode(&pong, &mut self.out)?;
                    }
                    _ => {}
                }
            }
            self.messages = messages;
            if !echo {
                self.write();
            }
        }
        self.write();
        Ok(())
    }
}

impl Contestant for Library {
    fn name(&self) -> &'static str {
        "sockudo-ws"
    }

    fn open(&self, role: Role, pipe: Pipe, buffers: Buffers) -> Option<Box<dyn Session>> {
        let side = match role {
            Role::Server => Side::Server,
            Role::Client => Side::Client,
        };
        let protocol = Protocol::new(side, LIMIT, LIMIT);
        Some(Box::new(Open::new(protocol, pipe, buffers)))
    }

    fn open_deflate(
        &self,
        pipe: Pipe,
        takeover: bool,
        buffers: Buffers,
    ) -> Option<Box<dyn Session>> {
        let config = DeflateConfig {
            server_no_context_takeover: !takeover,
            client_no_context_takeover: !takeover,
            ..DeflateConfig::default()
        };
        let protocol = CompressedProtocol::server(LIMIT, LIMIT, config);
        Some(Box::new(Open::new(protocol, pipe, buffers)))
    }

    fn handshake(&self, mut pipe: Pipe) -> Option<Outcome> {
        let accepted = block_on(sockudo_ws::handshake::server_handshake(&mut pipe));
        Some(accepted.map(drop).map_err(failure))
    }

    fn audience(&self, count: usize) -> Option<Box<dyn Audience>> {
        let open = |_| {
            let protocol = Protocol::new(Side::Server, LIMIT, LIMIT);
            Open::new(protocol, Pipe::empty(), Buffers::Default)
        };
        Some(Box::new(Shared {
            sessions: (0..count).map(open).collect(),
            prepare: |text| Message::Text(Bytes::from_static(text.as_bytes())),
            send: |session, message| {
                session.machine.encode(message, &mut session.out)?;
                session.write();
                Ok(())
            },
        }))
    }
}

impl<M: Machine> Session for Open<M> {
    fn receive(&mut self, count: usize, check: &mut Check) -> Outcome {
        self.run(count, check, false)
    }

    fn send(&mut self, messages: &Messages) -> Outcome {
        messages.each(|message, is_last| {
            let bytes = Bytes::copy_from_slice(message);
            let message = match messages.text {
                true => Message::Text(bytes),
                false => Message::Binary(bytes),
            };
            self.machine.encode(&message, &mut self.out)?;
            if is_last {
                self.write();
            }
            Ok(())
        })?;
        self.write();
        Ok(())
    }

    fn echo(&mut self, count: usize, check: &mut Check) -> Outcome {
        self.run(count, check, true)
    }
}
