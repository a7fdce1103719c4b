//! What is received, compared with what was sent.

use websocket_proto::handshake::Response;
use websocket_proto::{Error, Event, Input, MessageKind};

use super::super::events::Item;
use super::super::reference::Frame;
use super::may_happen;
use super::peer::Peer;

impl Peer {
    /// Returns what a request that waits for its answer leaves of the bytes.
    pub(super) fn receive(&mut self, bytes: &mut [u8], is_clean: bool) -> Vec<u8> {
        let mut rest = bytes;
        if let Some(direct) = self.connection.payload_buffer() {
            let (start, behind) = rest.split_at_mut(direct.len().min(rest.len()));
            direct[..start.len()].copy_from_slice(start);
            self.connection.receive_payload(start.len());
            rest = behind;
        }
        let mut input = Input::one_by_one(rest);
        loop {
            let was_over = self.is_over();
            let expects = self.expects_replies();
            let before = self.out.bytes.len();
            let outcome = self.connection.receive(&mut input, &mut self.out);
            match outcome {
                Ok(Some(event)) => {
                    assert!(!was_over, "an event after the end: {event:?}");
                    let replies = before..self.out.bytes.len();
                    self.take(event, is_clean);
                    if expects {
                        self.note_replies(replies);
                    }
                }
                Ok(None) => {
                    assert_eq!(self.error, None, "the error is gone");
                    assert!(input.is_empty() || self.is_waiting(), "input left over");
                    if expects {
                        self.note_replies(before..self.out.bytes.len());
                    }
                    break;
                }
                Err(error) => {
                    assert!(input.is_empty(), "input left over after an error");
                    if is_clean && self.error.is_none() {
                        assert!(may_happen(error, self.setup), "{error:?} of valid frames");
                    }
                    self.fail(error);
                    if expects {
                        self.note_replies(before..self.out.bytes.len());
                    }
                    break;
                }
            }
            self.check_state();
        }
        self.check_state();
        input.into_rest().to_vec()
    }

    pub(super) const fn is_over(&self) -> bool {
        self.error.is_some() || self.close_received.is_some() || self.has_ended
    }

    fn take(&mut self, event: Event<'_>, is_clean: bool) {
        let item = self.collector.take(&event);
        match event {
            Event::Request(request) => {
                self.request = Some(request);
                return;
            }
            Event::Http(_) => {
                // Of a bent request: the plain answer closes.
                self.out.capacity = usize::MAX;
                self.connection
                    .respond(&Response::new(200), &mut self.out)
                    .expect("an answer with room for it");
                return;
            }
            Event::Open(_) => {
                self.is_open = true;
                return;
            }
            Event::Refused(_) | Event::Body(_) => return,
            Event::Ping(payload) if !self.setup.has(0) => self.pings.push(payload.into()),
            Event::Close(frame) => {
                self.close_received = Some(frame.map(|frame| frame.code.value()));
                self.close_sent |= !self.setup.has(1);
            }
            _ => {}
        }
        let Some(item) = item.filter(|_| is_clean) else {
            return;
        };
        // Messages after this end's own Close are dropped where it said so.
        let drops = self.setup.has(3) && self.has_called_close;
        while let Some(expected) = self.expected.pop_front() {
            if expected == item {
                return;
            }
            assert!(drops && matches!(expected, Item::Message(..)), "{item:?}");
        }
        panic!("{item:?} was never sent");
    }

    pub(super) fn receive_eof(&mut self) {
        let before = self.out.bytes.len();
        let was_closed = self.connection.is_closed();
        let outcome = self.connection.receive_eof();
        self.request = None;
        if let Some(error) = self.error {
            assert_eq!(outcome, Err(error));
        } else if was_closed || self.close_received.is_some() {
            assert_eq!(outcome, Ok(()));
        } else {
            assert_eq!(outcome, Err(Error::UnexpectedEof));
            self.error = Some(Error::UnexpectedEof);
        }
        self.has_ended = true;
        assert!(self.connection.is_closed());
        assert!(!self.connection.wants_write());
        assert_eq!(self.out.bytes.len(), before);
        self.check_state();
    }

    /// Notes what a frame of the peer has to bring.
    pub(super) fn expect(&mut self, frame: &Frame) {
        let payload = frame.payload.clone();
        let item = match frame.opcode {
            8 => Item::Close(payload.split_first_chunk().map(|(code, reason)| {
                let reason = String::from_utf8(reason.to_vec()).expect("a valid reason");
                (u16::from_be_bytes(*code), reason)
            })),
            9 => Item::Ping(payload),
            10 => Item::Pong(payload),
            opcode => {
                let kind = match opcode {
                    1 => MessageKind::Text,
                    _ => MessageKind::Binary,
                };
                let (kind, mut data) = self.begun.take().unwrap_or((kind, Vec::new()));
                data.extend_from_slice(&payload);
                if !frame.is_final {
                    self.begun = Some((kind, data));
                    return;
                }
                Item::Message(kind, data)
            }
        };
        self.expected.push_back(item);
    }
}
