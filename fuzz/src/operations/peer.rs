//! One end: a connection, its output, and the model of both.

use core::time::Duration;
use std::collections::VecDeque;

use websocket_proto::handshake::{Acceptance, Request, Response};
use websocket_proto::{
    CloseCode, Connection, Error, Event, MessageKind, Output, PreparedMessage, Role, SendError,
    State,
};

use super::super::events::{Collector, Item};
use super::super::reference::Frame;
use super::{Setup, may_happen};

pub(super) struct Peer {
    pub(super) connection: Connection,
    pub(super) out: Bounded,
    setup: Setup,
    /// The request that waits for its answer.
    request: Option<Box<Request>>,
    collector: Collector,
    /// The handshake is through.
    is_open: bool,
    /// A Close was sent or is owed, so that nothing more can be.
    close_sent: bool,
    /// The caller sent a Close.
    has_called_close: bool,
    /// The peer's Close came, with this code.
    close_received: Option<Option<u16>>,
    pub(super) error: Option<Error>,
    /// The transport ended.
    pub(super) has_ended: bool,
    state: State,
    /// The message that is being sent in fragments, as far as it was.
    message: Option<(MessageKind, Vec<u8>)>,
    /// Frames that calls put into the output and no wire has shown yet.
    sent: VecDeque<Sent>,
    /// Pings that may still be answered.
    pings: Vec<Vec<u8>>,
    /// Pings that the passing of time put into the output.
    own_pings: usize,
    /// The Close has been on the wire.
    has_shown_close: bool,
    /// What the peer's frames so far have to bring.
    expected: VecDeque<Item>,
    /// The message that the peer's frames have begun.
    begun: Option<(MessageKind, Vec<u8>)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Sent {
    opcode: u8,
    is_final: bool,
    payload: Vec<u8>,
}

impl Sent {
    const fn whole(opcode: u8, payload: Vec<u8>) -> Self {
        Self {
            opcode,
            is_final: true,
            payload,
        }
    }

    const fn wire_length(&self, role: Role) -> usize {
        let length = self.payload.len();
        let header = match length {
            0..126 => 2,
            126..65536 => 4,
            _ => 10,
        };
        let key = match role {
            Role::Client => 4,
            Role::Server => 0,
        };
        header + key + length
    }
}

impl Peer {
    pub(super) fn new(connection: Connection, setup: Setup, is_open: bool, out: Bounded) -> Self {
        Self {
            state: connection.state(),
            connection,
            out,
            setup,
            request: None,
            collector: Collector::default(),
            is_open,
            close_sent: false,
            has_called_close: false,
            close_received: None,
            error: None,
            has_ended: false,
            message: None,
            sent: VecDeque::new(),
            pings: Vec::new(),
            own_pings: 0,
            has_shown_close: false,
            expected: VecDeque::new(),
            begun: None,
        }
    }

    pub(super) fn send_text(&mut self, length: u8) {
        let text: String = "aß€😀 ".chars().cycle().take(usize::from(length)).collect();
        let frame = Sent::whole(1, text.clone().into());
        let allowed = self.may_send_message();
        self.send(frame, allowed, |connection, out| {
            connection.send_text(&text, out)
        });
    }

    pub(super) fn send_binary(&mut self, length: usize) {
        let bytes: Vec<u8> = (0..length).map(|index| index as u8).collect();
        let frame = Sent::whole(2, bytes.clone());
        let allowed = self.may_send_message();
        self.send(frame, allowed, |connection, out| {
            connection.send_binary(&bytes, out)
        });
    }

    pub(super) fn send_prepared(&mut self, length: usize) {
        let payload = vec![b'p'; length];
        let message = PreparedMessage::binary(&payload);
        let allowed = self
            .may_send_message()
            .and_then(|()| match self.connection.role() {
                Role::Server => Ok(()),
                Role::Client => Err(SendError::PreparedByClient),
            });
        self.send(Sent::whole(2, payload), allowed, |connection, out| {
            connection.send_prepared(&message, out)
        });
    }

    fn may_send_message(&self) -> Result<(), SendError> {
        match self.message {
            None => Ok(()),
            Some(_) => Err(SendError::MessageUnderWay),
        }
    }

    pub(super) fn send_fragment(&mut self, kind: MessageKind, bytes: &[u8], last: bool) {
        let (begun, mut data) = self.message.clone().unwrap_or((kind, Vec::new()));
        data.extend_from_slice(bytes);
        let frame = Sent {
            opcode: match (&self.message, kind) {
                (Some(_), _) => 0,
                (None, MessageKind::Text) => 1,
                (None, MessageKind::Binary) => 2,
            },
            is_final: last,
            payload: bytes.to_vec(),
        };
        let allowed = if begun != kind {
            Err(SendError::OtherKind)
        } else if kind == MessageKind::Text && !is_text(&data, last) {
            Err(SendError::InvalidUtf8)
        } else {
            Ok(())
        };
        let sent = self.send(frame, allowed, |connection, out| {
            connection.send_fragment(kind, bytes, last, out)
        });
        if sent {
            self.message = (!last).then_some((kind, data));
        }
    }

    pub(super) fn send_ping(&mut self, length: usize) {
        let payload = vec![b'i'; length];
        self.send_control(9, payload.clone(), |connection, out| {
            connection.send_ping(&payload, out)
        });
    }

    pub(super) fn send_pong(&mut self, length: usize) {
        let payload = vec![b'o'; length];
        self.send_control(10, payload.clone(), |connection, out| {
            connection.send_pong(&payload, out)
        });
    }

    fn send_control(
        &mut self,
        opcode: u8,
        payload: Vec<u8>,
        call: impl FnOnce(&mut Connection, &mut Bounded) -> Result<(), SendError>,
    ) {
        let allowed = fits_control(payload.len());
        self.send(Sent::whole(opcode, payload), allowed, call);
    }

    pub(super) fn send_close(&mut self, code: u16, length: usize) {
        let Some(code) = CloseCode::new(code) else {
            return self.send_empty_close();
        };
        let reason = "r".repeat(length);
        let mut payload = code.value().to_be_bytes().to_vec();
        payload.extend_from_slice(reason.as_bytes());
        let role = self.connection.role();
        let allowed = if code == CloseCode::MANDATORY_EXTENSION && role == Role::Server {
            Err(SendError::CloseCode(code))
        } else {
            fits_control(payload.len())
        };
        self.close(payload, allowed, |connection, out| {
            connection.send_close(code, &reason, out)
        });
    }

    pub(super) fn send_empty_close(&mut self) {
        self.close(Vec::new(), Ok(()), Connection::send_empty_close);
    }

    fn close(
        &mut self,
        payload: Vec<u8>,
        allowed: Result<(), SendError>,
        call: impl FnOnce(&mut Connection, &mut Bounded) -> Result<(), SendError>,
    ) {
        if self.can_send() {
            self.send(Sent::whole(8, payload), allowed, call);
            return;
        }
        // Closing before there is a connection ends the attempt, and closing
        // again does nothing.
        let before = self.out.bytes.len();
        let state = self.connection.state();
        assert_eq!(call(&mut self.connection, &mut self.out), Ok(()));
        assert_eq!(
            self.out.bytes.len(),
            before,
            "output of a Close that is none"
        );
        if state == State::Connecting {
            self.request = None;
            assert_eq!(self.connection.state(), State::Closed);
        } else {
            assert_eq!(self.connection.state(), state);
        }
        self.check_state();
    }

    const fn can_send(&self) -> bool {
        self.is_open && !self.close_sent && self.error.is_none() && !self.has_ended
    }

    /// Makes a call that sends `frame`, and says whether it did.
    fn send(
        &mut self,
        frame: Sent,
        allowed: Result<(), SendError>,
        call: impl FnOnce(&mut Connection, &mut Bounded) -> Result<(), SendError>,
    ) -> bool {
        let needed = frame.wire_length(self.connection.role());
        let state = self.connection.state();
        let waits = self.connection.wants_write();
        let before = self.out.bytes.len();
        let expected = if !self.can_send() {
            Err(SendError::WrongState(state))
        } else if allowed.is_err() {
            allowed
        } else if needed > self.out.available() {
            Err(SendError::OutputFull { needed })
        } else {
            Ok(())
        };
        let outcome = call(&mut self.connection, &mut self.out);
        assert_eq!(outcome, expected, "sending {frame:?}");
        let grown = self.out.bytes.len() - before;
        if outcome.is_ok() {
            assert_eq!(grown, needed);
            if frame.opcode == 8 {
                self.close_sent = true;
                self.has_called_close = true;
            }
            self.sent.push_back(frame);
        } else {
            assert_eq!(grown, 0, "output of a call that failed");
            assert_eq!(self.connection.state(), state);
            assert_eq!(self.connection.wants_write(), waits);
        }
        self.check_state();
        outcome.is_ok()
    }

    /// Answers the request, if one waits.
    pub(super) fn answer(&mut self, accepts: bool) {
        let Some(request) = self.request.take() else {
            return;
        };
        let before = self.out.bytes.len();
        let outcome = if accepts {
            let acceptance = Acceptance::new().subprotocol("chat");
            self.connection.accept(&request, &acceptance, &mut self.out)
        } else {
            self.connection
                .reject(&Response::new(403).body("no"), &mut self.out)
        };
        match outcome {
            Ok(()) => {
                self.is_open = accepts;
                assert_eq!(accepts, self.connection.state() == State::Open);
                assert_eq!(!accepts, self.connection.is_closed());
            }
            Err(SendError::OutputFull { needed }) => {
                assert!(needed > self.out.available());
                assert_eq!(self.out.bytes.len(), before);
                assert_eq!(self.connection.state(), State::Connecting);
                self.request = Some(request);
            }
            Err(error) => panic!("answering: {error}"),
        }
        self.check_state();
    }

    /// Whether what follows a request has to wait for the answer.
    pub(super) const fn is_waiting(&self) -> bool {
        self.request.is_some()
    }

    pub(super) fn poll_transmit(&mut self) {
        let before = self.out.bytes.len();
        let waits = self.connection.wants_write();
        let wrote = self.connection.poll_transmit(&mut self.out);
        assert_eq!(wrote, self.out.bytes.len() > before);
        assert!(waits || !wrote, "more than waited");
        self.check_state();
    }

    pub(super) fn recycle(&mut self, capacity: usize) {
        self.connection.recycle(Vec::with_capacity(capacity * 16));
    }

    pub(super) fn tell_time(&mut self, now: Duration) {
        // A deadline may open the next, but not without end.
        for _ in 0..4 {
            let before = self.out.bytes.len();
            match self.connection.handle_timeout(now, &mut self.out) {
                Ok(()) => {
                    assert_eq!(self.error, None, "the error is gone");
                    if self.out.bytes.len() > before {
                        self.own_pings += 1;
                    }
                }
                Err(error) => {
                    if self.error.is_none() {
                        assert!(matches!(error, Error::Timeout(_)), "{error:?}");
                    }
                    self.fail(error);
                }
            }
            self.check_state();
            if self.connection.poll_timeout().is_none_or(|next| next > now) {
                return;
            }
        }
        panic!("deadlines without end");
    }

    fn fail(&mut self, error: Error) {
        assert_eq!(*self.error.get_or_insert(error), error, "another error");
        self.request = None;
        if error.close_code().is_some() || !self.is_open {
            self.close_sent = true;
        }
    }

    /// Returns what a request that waits for its answer leaves of the bytes.
    pub(super) fn receive(&mut self, bytes: &mut [u8], is_clean: bool) -> Vec<u8> {
        let mut input = bytes;
        loop {
            let was_over = self.is_over();
            match self.connection.receive(&mut input, &mut self.out) {
                Ok(Some(event)) => {
                    assert!(!was_over, "an event after the end: {event:?}");
                    self.take(event, is_clean);
                }
                Ok(None) => {
                    assert_eq!(self.error, None, "the error is gone");
                    assert!(input.is_empty() || self.is_waiting(), "input left over");
                    break;
                }
                Err(error) => {
                    assert!(input.is_empty(), "input left over after an error");
                    if is_clean && self.error.is_none() {
                        assert!(may_happen(error, self.setup), "{error:?} of valid frames");
                    }
                    self.fail(error);
                    break;
                }
            }
            self.check_state();
        }
        self.check_state();
        input.to_vec()
    }

    const fn is_over(&self) -> bool {
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

    /// States follow each other in one direction, and say what can be done.
    fn check_state(&mut self) {
        let state = self.connection.state();
        let rank = |state| match state {
            State::Connecting => 0,
            State::Open => 1,
            State::Closing => 2,
            State::Closed => 3,
        };
        assert!(
            rank(state) >= rank(self.state),
            "{state} after {}",
            self.state
        );
        self.state = state;
        match state {
            State::Connecting => assert!(!self.is_open),
            State::Open => assert!(self.can_send()),
            State::Closing => {}
            State::Closed => assert!(!self.can_send() && !self.connection.wants_write()),
        }
        assert_eq!(
            self.connection.close_status().is_some(),
            state == State::Closed
        );
    }

    /// Finds out why a frame was sent.
    pub(super) fn account_for(&mut self, frame: &Frame) {
        let pong_may_follow = self.setup.has(2) && frame.opcode == 10;
        assert!(
            !self.has_shown_close || pong_may_follow,
            "after the Close: {frame:?}"
        );
        self.has_shown_close |= frame.opcode == 8;
        let shown = Sent {
            opcode: frame.opcode,
            is_final: frame.is_final,
            payload: frame.payload.clone(),
        };
        if self.sent.front() == Some(&shown) {
            self.sent.pop_front();
            return;
        }
        match frame.opcode {
            8 => {
                let code = match (self.close_received, self.error) {
                    (_, Some(error)) => error.close_code().map(CloseCode::value),
                    (Some(code), None) => code,
                    (None, None) => panic!("a Close out of nothing"),
                };
                let shown = frame.payload.first_chunk().copied();
                assert_eq!(shown.map(u16::from_be_bytes), code);
                assert!(self.sent.is_empty(), "a Close before {:?}", self.sent);
            }
            9 if frame.payload.is_empty() && self.own_pings > 0 => self.own_pings -= 1,
            10 => {
                let answered = self.pings.iter().position(|ping| *ping == frame.payload);
                let answered = answered.expect("a Ping to this Pong, not answered yet");
                self.pings.drain(..=answered);
            }
            _ => panic!("out of nothing: {frame:?}"),
        }
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

    pub(super) fn assert_all_sent(&self) {
        if !self.has_ended {
            assert!(self.sent.is_empty(), "never sent: {:?}", self.sent);
            assert!(!self.connection.wants_write());
        }
    }

    pub(super) fn assert_all_received(&self) {
        let drops = self.setup.has(3) && self.has_called_close;
        if !self.is_over() && self.is_open && !drops {
            assert!(self.expected.is_empty(), "lost: {:?}", self.expected);
            if self.setup.has(4) {
                let begun = self.collector.partial.as_ref();
                let sent = self.begun.as_ref();
                let length = |message: &(MessageKind, Vec<u8>)| message.1.len();
                assert!(begun.map_or(0, length) + 3 >= sent.map_or(0, length));
            }
        }
    }

    /// Whether both Closes went through.
    pub(super) const fn has_closed(&self) -> bool {
        self.has_shown_close && self.close_received.is_some()
    }
}

const fn fits_control(length: usize) -> Result<(), SendError> {
    match length {
        ..=125 => Ok(()),
        _ => Err(SendError::ControlTooLong),
    }
}

/// Whether this is UTF-8, or the start of it.
fn is_text(bytes: &[u8], is_whole: bool) -> bool {
    match core::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => !is_whole && error.error_len().is_none(),
    }
}

/// An output with as much room as it is told, which minds when the crate takes
/// more.
pub(super) struct Bounded {
    pub(super) bytes: Vec<u8>,
    pub(super) capacity: usize,
}

impl Bounded {
    pub(super) const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            capacity: usize::MAX,
        }
    }

    /// Takes up to `length` bytes off, all where that is 0.
    pub(super) fn drain(&mut self, length: usize) -> Vec<u8> {
        let length = match length {
            0 => self.bytes.len(),
            length => length.min(self.bytes.len()),
        };
        self.bytes.drain(..length).collect()
    }
}

impl Output for Bounded {
    fn buffered(&self) -> usize {
        self.bytes.len()
    }

    fn available(&self) -> usize {
        self.capacity.saturating_sub(self.bytes.len())
    }

    fn append(&mut self, bytes: &[u8]) {
        assert!(
            bytes.len() <= self.available(),
            "more than there is room for"
        );
        self.bytes.extend_from_slice(bytes);
    }

    fn extend_by(&mut self, additional: usize) -> &mut [u8] {
        assert!(
            additional <= self.available(),
            "more than there is room for"
        );
        let start = self.bytes.len();
        self.bytes.resize(start + additional, 0xEE);
        &mut self.bytes[start..]
    }
}
