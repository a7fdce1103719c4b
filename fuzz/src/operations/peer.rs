//! One end: a connection, its output, and the model of both.

use core::ops::Range;
use core::time::Duration;
use std::collections::VecDeque;

use websocket_proto::handshake::{Acceptance, Request, Response};
use websocket_proto::{CloseCode, Connection, Error, MessageKind, Output, Role, SendError, State};

use super::super::events::{Collector, Item};
use super::super::reference::{Frame, Frames};
use super::Setup;
use super::output::Bounded;
use super::sending::Sent;

pub(super) struct Peer {
    pub(super) connection: Connection,
    pub(super) out: Bounded,
    pub(super) setup: Setup,
    /// The request that waits for its answer.
    pub(super) request: Option<Box<Request>>,
    pub(super) collector: Collector,
    /// The handshake is through.
    pub(super) is_open: bool,
    /// A Close was sent or is owed, so that nothing more can be.
    pub(super) close_sent: bool,
    /// The caller sent a Close.
    pub(super) has_called_close: bool,
    /// The peer's Close came, with this code.
    pub(super) close_received: Option<Option<u16>>,
    pub(super) error: Option<Error>,
    /// The transport ended.
    pub(super) has_ended: bool,
    pub(super) state: State,
    /// The message that is being sent in fragments, as far as it was.
    pub(super) message: Option<(MessageKind, Vec<u8>)>,
    /// Frames in the output, of calls and automatic ones, that no wire has
    /// shown yet; without the automatic Close.
    pub(super) sent: VecDeque<Sent>,
    /// Pings that may still be answered.
    pub(super) pings: Vec<Vec<u8>>,
    /// The Close has been on the wire.
    pub(super) has_shown_close: bool,
    /// What the peer's frames so far have to bring.
    pub(super) expected: VecDeque<Item>,
    /// The message that the peer's frames have begun.
    pub(super) begun: Option<(MessageKind, Vec<u8>)>,
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
            has_shown_close: false,
            expected: VecDeque::new(),
            begun: None,
        }
    }

    /// Answers the request, if one waits.
    pub(super) fn answer(&mut self, accepts: bool) {
        let Some(request) = self.request.take() else {
            return;
        };
        let before = self.out.bytes.len();
        let outcome = if accepts {
            let acceptance = match request.choose_subprotocol(&["chat"]) {
                Some(name) => Acceptance::new().subprotocol(name),
                None => Acceptance::new(),
            };
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
        let expects = self.expects_replies();
        let wrote = self.connection.poll_transmit(&mut self.out);
        assert_eq!(wrote, self.out.bytes.len() > before);
        assert!(waits || !wrote, "more than waited");
        if expects {
            self.note_replies(before..self.out.bytes.len());
        }
        self.check_state();
    }

    pub(super) fn recycle(&mut self, capacity: usize) {
        // Nothing of it may ever come out.
        self.connection.recycle(vec![0xEE; capacity * 16]);
    }

    pub(super) fn tell_time(&mut self, now: Duration) {
        // A deadline may open the next, but not without end.
        for _ in 0..4 {
            let before = self.out.bytes.len();
            let state = self.connection.state();
            match self.connection.handle_timeout(now, &mut self.out) {
                Ok(()) => {
                    assert_eq!(self.error, None, "the error is gone");
                    let after = self.out.bytes.len();
                    if after > before {
                        assert_eq!(state, State::Open);
                        let frames = self.frames(before..after);
                        assert!(matches!(&frames[..], [ping] if *ping == Sent::whole(9, vec![])));
                        self.sent.extend(frames);
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

    pub(super) fn fail(&mut self, error: Error) {
        assert_eq!(*self.error.get_or_insert(error), error, "another error");
        self.request = None;
        if error.close_code().is_some() || !self.is_open {
            self.close_sent = true;
        }
    }

    /// States follow each other in one direction, and say what can be done.
    pub(super) fn check_state(&mut self) {
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
            State::Closing if self.has_called_close && !self.setup.has(2) => {
                assert!(!self.connection.wants_write(), "a Pong after the Close");
            }
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
        let shown = Sent::from(frame);
        if self.sent.front() == Some(&shown) {
            self.sent.pop_front();
            return;
        }
        assert_eq!(frame.opcode, 8, "out of nothing: {frame:?}");
        let code = match (self.close_received, self.error) {
            (_, Some(error)) => error.close_code().map(CloseCode::value),
            (Some(code), None) => code,
            (None, None) => panic!("a Close out of nothing"),
        };
        let shown = frame.payload.first_chunk().copied();
        assert_eq!(shown.map(u16::from_be_bytes), code);
        assert!(self.sent.is_empty(), "a Close before {:?}", self.sent);
    }

    /// Whether what the next call appends begins with a frame, and not with
    /// HTTP or the rest of a Close.
    pub(super) fn expects_replies(&self) -> bool {
        let echoes = self.close_received.is_some() && !self.setup.has(1);
        let has_last_word = echoes || self.error.is_some();
        self.is_open && !(has_last_word && self.connection.wants_write())
    }

    /// Notes the Pongs in this part of the output.
    pub(super) fn note_replies(&mut self, part: Range<usize>) {
        for frame in self.frames(part) {
            if frame.opcode == 8 {
                break;
            }
            assert_eq!(frame.opcode, 10, "an automatic {frame:?}");
            let answered = self.pings.iter().position(|ping| *ping == frame.payload);
            let answered = answered.expect("a Ping to this Pong, not answered yet");
            self.pings.drain(..=answered);
            self.sent.push_back(frame);
        }
    }

    fn frames(&self, part: Range<usize>) -> Vec<Sent> {
        let receiver = match self.connection.role() {
            Role::Client => Role::Server,
            Role::Server => Role::Client,
        };
        let mut source = Frames::new(&self.out.bytes[part], receiver, 0);
        let mut frames = Vec::new();
        while let Some(frame) = source.read().expect("valid frames") {
            frames.push(Sent::from(&frame));
        }
        frames
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
