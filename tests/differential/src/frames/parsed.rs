//! `websocket-sans-io` under comparison: it takes frames apart and judges
//! nothing.

use websocket_sans_io::{FrameInfo, WebsocketFrameDecoder, WebsocketFrameEvent};

/// A frame as far as it has arrived.
#[derive(Debug)]
pub struct Frame {
    pub info: FrameInfo,
    /// Where its header begins.
    pub start: usize,
    /// Where its payload begins.
    pub body: usize,
    /// Unmasked.
    pub payload: Vec<u8>,
    pub is_complete: bool,
}

impl Frame {
    /// Where the part that has arrived ends.
    pub const fn end(&self) -> usize {
        self.body + self.payload.len()
    }
}

/// The frames of a stream, and where the first stands whose header is cut.
pub fn frames(stream: &[u8]) -> (Vec<Frame>, usize) {
    let mut decoder = WebsocketFrameDecoder::new();
    let mut bytes = stream.to_vec();
    let mut frames: Vec<Frame> = Vec::new();
    let mut at = 0;
    let mut start = 0;
    loop {
        let Ok(result) = decoder.add_data(&mut bytes[at..]);
        let from = at;
        at += result.consumed_bytes;
        match result.event {
            Some(WebsocketFrameEvent::Start { frame_info, .. }) => frames.push(Frame {
                info: frame_info,
                start,
                body: at,
                payload: Vec::new(),
                is_complete: false,
            }),
            Some(WebsocketFrameEvent::PayloadChunk { .. }) => {
                let frame = frames.last_mut().expect("a frame has begun");
                frame.payload.extend_from_slice(&bytes[from..at]);
            }
            Some(WebsocketFrameEvent::End { .. }) => {
                frames.last_mut().expect("a frame has begun").is_complete = true;
                start = at;
            }
            None if result.consumed_bytes == 0 => break,
            None => {}
        }
    }
    let tail = match frames.last() {
        Some(frame) if !frame.is_complete => stream.len(),
        _ => start,
    };
    (frames, tail)
}
