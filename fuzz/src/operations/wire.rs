//! The way from one end to the other.

use websocket_proto::Role;

use super::super::reference::{Frame, Frames};

pub(super) struct Wire {
    /// Sent and not yet delivered.
    bytes: Vec<u8>,
    /// It delivers what was sent.
    pub(super) is_clean: bool,
    /// Who receives, for the reference.
    receiver: Role,
    stage: Stage,
    /// Sent, and not yet read as a frame.
    unread: Vec<u8>,
    in_message: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Head,
    Frames,
    /// What follows a refusal.
    Body,
}

impl Wire {
    pub(super) const fn new(sender: Role, is_upgraded: bool) -> Self {
        Self {
            bytes: Vec::new(),
            is_clean: true,
            receiver: match sender {
                Role::Client => Role::Server,
                Role::Server => Role::Client,
            },
            stage: if is_upgraded {
                Stage::Frames
            } else {
                Stage::Head
            },
            unread: Vec::new(),
            in_message: false,
        }
    }

    pub(super) const fn length(&self) -> usize {
        self.bytes.len()
    }

    /// Takes what an end sent, and returns the frames that it completes.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<Frame> {
        self.bytes.extend_from_slice(bytes);
        self.unread.extend_from_slice(bytes);
        if self.stage == Stage::Head {
            let end = self.unread.windows(4).position(|end| end == b"\r\n\r\n");
            if let Some(end) = end {
                let is_refusal =
                    self.receiver == Role::Client && !self.unread.starts_with(b"HTTP/1.1 101 ");
                self.unread.drain(..end + 4);
                self.stage = if is_refusal {
                    Stage::Body
                } else {
                    Stage::Frames
                };
            }
        }
        if self.stage != Stage::Frames {
            return Vec::new();
        }
        let mut frames = Vec::new();
        let mut source = Frames::new(&self.unread, self.receiver, 0).within(self.in_message);
        let mut rest = source.rest.len();
        while let Some(frame) = source.next().expect("valid frames alone are sent") {
            if !frame.is_complete() {
                break;
            }
            rest = source.rest.len();
            self.in_message = source.in_message();
            frames.push(frame);
        }
        self.unread.drain(..self.unread.len() - rest);
        frames
    }

    /// Takes up to `length` bytes off, all where that is 0.
    pub(super) fn drain(&mut self, length: usize) -> Vec<u8> {
        let length = match length {
            0 => self.bytes.len(),
            length => length.min(self.bytes.len()),
        };
        self.bytes.drain(..length).collect()
    }

    pub(super) fn put_back(&mut self, bytes: Vec<u8>) {
        self.bytes.splice(..0, bytes);
    }

    pub(super) fn bend(&mut self, at: usize, with: u8) {
        let length = self.bytes.len();
        if length > 0 && with != 0 {
            self.bytes[at % length] ^= with;
            self.is_clean = false;
        }
    }

    pub(super) fn inject(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.bytes.extend_from_slice(bytes);
            self.is_clean = false;
        }
    }
}
