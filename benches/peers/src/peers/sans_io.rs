//! websocket-sans-io, a codec for frames. Messages are put together, text is
//! validated and pings are answered here.

use websocket_sans_io::{
    FrameInfo, Opcode, WebsocketFrameDecoder, WebsocketFrameEncoder, WebsocketFrameEvent,
};

use crate::check::Check;
use crate::contestant::{Buffers, Contestant, Messages, Outcome, Role, Session, failure};
use crate::pipe::Pipe;

pub struct Library;

struct Open {
    pipe: Pipe,
    decoder: WebsocketFrameDecoder,
    buffer: Vec<u8>,
    /// What is left in the buffer.
    start: usize,
    end: usize,
    message: Vec<u8>,
    control: Vec<u8>,
    out: Vec<u8>,
    role: Role,
}

/// Messages in the pieces that the decoder gives.
struct Streaming(Open);

fn open(role: Role, pipe: Pipe, buffers: Buffers) -> Open {
    let capacity = match buffers {
        Buffers::Default => 8 << 10,
        Buffers::Large => 64 << 10,
    };
    Open {
        pipe,
        decoder: WebsocketFrameDecoder::new(),
        buffer: vec![0; capacity],
        start: 0,
        end: 0,
        message: Vec::new(),
        control: Vec::new(),
        out: Vec::new(),
        role,
    }
}

impl Contestant for Library {
    fn name(&self) -> &'static str {
        "websocket-sans-io"
    }

    fn open(&self, role: Role, pipe: Pipe, buffers: Buffers) -> Option<Box<dyn Session>> {
        Some(Box::new(open(role, pipe, buffers)))
    }

    fn open_streaming(&self, pipe: Pipe, _: bool) -> Option<Box<dyn Session>> {
        Some(Box::new(Streaming(open(
            Role::Server,
            pipe,
            Buffers::Large,
        ))))
    }
}

fn encode(out: &mut Vec<u8>, role: Role, opcode: Opcode, payload: &[u8]) {
    let mut encoder = WebsocketFrameEncoder::new();
    let mask = (role == Role::Client).then(|| fastrand::u32(..).to_ne_bytes());
    let info = FrameInfo {
        opcode,
        payload_length: payload.len() as u64,
        mask,
        fin: true,
        reserved: 0,
    };
    out.extend_from_slice(&encoder.start_frame(&info));
    let start = out.len();
    out.extend_from_slice(payload);
    if encoder.transform_needed() {
        encoder.transform_frame_payload(&mut out[start..]);
    }
}

impl Open {
    #[inline(always)]
    fn messages(
        &mut self,
        count: usize,
        mut on_message: impl FnMut(&[u8], &mut Vec<u8>) -> Outcome,
    ) -> Outcome {
        let mut received = 0;
        while received < count {
            let input = &mut self.buffer[self.start..self.end];
            let decoded = self.decoder.add_data(input).map_err(failure)?;
            let consumed = self.start..self.start + decoded.consumed_bytes;
            self.start = consumed.end;
            match decoded.event {
                Some(WebsocketFrameEvent::Start { .. }) => {}
                Some(WebsocketFrameEvent::PayloadChunk { original_opcode }) => {
                    let target = match original_opcode.is_control() {
                        true => &mut self.control,
                        false => &mut self.message,
                    };
                    target.extend_from_slice(&self.buffer[consumed]);
                }
                Some(WebsocketFrameEvent::End {
                    frame_info,
                    original_opcode,
                }) => {
                    if original_opcode == Opcode::Ping {
                        encode(&mut self.out, self.role, Opcode::Pong, &self.control);
                        self.control.clear();
                    } else if frame_info.fin {
                        if original_opcode == Opcode::Text {
                            std::str::from_utf8(&self.message).map_err(failure)?;
                        }
                        on_message(&self.message, &mut self.out)?;
                        self.message.clear();
                        received += 1;
                    }
                }
                None if consumed.is_empty() => self.fill()?,
                None => {}
            }
        }
        self.write();
        Ok(())
    }

    fn fill(&mut self) -> Outcome {
        self.write();
        self.start = 0;
        self.end = self.pipe.read_into(&mut self.buffer);
        match self.end {
            0 => Err("the end of the stream".into()),
            _ => Ok(()),
        }
    }

    fn write(&mut self) {
        if !self.out.is_empty() {
            self.pipe.put(&self.out);
            self.out.clear();
        }
    }
}

impl Session for Open {
    fn receive(&mut self, count: usize, check: &mut Check) -> Outcome {
        self.messages(count, |message, _| {
            check.message(message);
            Ok(())
        })
    }

    fn send(&mut self, messages: &Messages) -> Outcome {
        let opcode = match messages.text {
            true => Opcode::Text,
            false => Opcode::Binary,
        };
        messages.each(|message, is_last| {
            encode(&mut self.out, self.role, opcode, message);
            if is_last {
                self.write();
            }
            Ok(())
        })?;
        self.write();
        Ok(())
    }

    fn echo(&mut self, count: usize, check: &mut Check) -> Outcome {
        let role = self.role;
        self.messages(count, |message, out| {
            check.message(message);
            encode(out, role, Opcode::Text, message);
            Ok(())
        })
    }
}

impl Session for Streaming {
    fn receive(&mut self, count: usize, check: &mut Check) -> Outcome {
        let Self(open) = self;
        let mut received = 0;
        while received < count {
            let input = &mut open.buffer[open.start..open.end];
            let decoded = open.decoder.add_data(input).map_err(failure)?;
            let consumed = open.start..open.start + decoded.consumed_bytes;
            open.start = consumed.end;
            match decoded.event {
                Some(WebsocketFrameEvent::PayloadChunk { .. }) => {
                    check.piece(&open.buffer[consumed]);
                }
                Some(WebsocketFrameEvent::End { frame_info, .. }) if frame_info.fin => {
                    check.end();
                    received += 1;
                }
                None if consumed.is_empty() => open.fill()?,
                _ => {}
            }
        }
        Ok(())
    }
}
