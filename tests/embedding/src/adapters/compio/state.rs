//! What the two tasks and the application share, on one thread.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::mem;
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use compio::time::sleep;
use websocket_proto::{self as proto, Connection, Input};

use crate::adapter::Decide;
use crate::adapters::answer_opening;
use crate::{Failure, Message};

/// Messages that wait to be received before the socket is not read any more.
pub(super) const INBOX: usize = 16;
/// How long to sleep at most: the application may have started the closing
/// handshake, whose deadline is to be kept.
const TICK: Duration = Duration::from_millis(500);

pub(super) struct Shared {
    state: RefCell<State>,
    wakers: RefCell<Vec<Waker>>,
    clock: Instant,
}

pub(super) struct State {
    pub(super) connection: Connection,
    decide: Decide,
    pub(super) out: Vec<u8>,
    /// The bytes that the kernel has and has not yet written.
    pub(super) in_flight: usize,
    /// The most that ever waited to be written.
    pub(super) peak: usize,
    pub(super) inbox: VecDeque<Result<Message, Failure>>,
    /// The handshake was successful.
    pub(super) opened: bool,
    failed: bool,
    /// Nothing is to be written but what `out` holds.
    pub(super) ended: bool,
    /// The writing task is through.
    pub(super) written: bool,
    /// Nothing can be written any more.
    pub(super) broken: bool,
    /// The transport is closed.
    pub(super) closed: bool,
}

impl State {
    pub(super) const fn waiting(&self) -> usize {
        self.out.len() + self.in_flight
    }

    fn fail(&mut self, failure: Failure) {
        if !mem::replace(&mut self.failed, true) {
            self.inbox.push_back(Err(failure));
        }
    }
}

impl Shared {
    pub(super) fn new(connection: Connection, out: Vec<u8>, decide: Decide) -> Self {
        Self {
            state: RefCell::new(State {
                connection,
                decide,
                out,
                in_flight: 0,
                peak: 0,
                inbox: VecDeque::new(),
                opened: false,
                failed: false,
                ended: false,
                written: false,
                broken: false,
                closed: false,
            }),
            wakers: RefCell::default(),
            clock: Instant::now(),
        }
    }

    /// Does something with the state, and wakes whoever waits for a change.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state.borrow_mut();
        let result = act(&mut state);
        state.peak = state.peak.max(state.waiting());
        for waker in self.wakers.take() {
            waker.wake();
        }
        result
    }

    /// Waits for a state.
    pub(super) async fn until(&self, reached: impl Fn(&State) -> bool) {
        poll_fn(|cx| {
            if reached(&self.state.borrow()) {
                return Poll::Ready(());
            }
            self.wakers.borrow_mut().push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Takes every event of what was read; nothing is the end.
    pub(super) fn receive(&self, read: &mut [u8]) {
        let mut input = Input::new(read);
        self.with(|state| {
            let State {
                connection, out, ..
            } = state;
            let mut outcome = match input.is_empty() {
                true => connection.receive_eof().map_err(Failure::from),
                false => Ok(()),
            };
            while outcome.is_ok() {
                match connection.receive(&mut input, out) {
                    Ok(Some(event)) => {
                        outcome = answer_opening(connection, &event, out, state.decide);
                        state.opened |= connection.state() == proto::State::Open;
                        state.inbox.extend(Message::new(event).map(Ok));
                    }
                    Ok(None) => break,
                    Err(error) => outcome = Err(error.into()),
                }
            }
            if let Err(failure) = outcome {
                state.fail(failure);
            }
        });
        self.tell_time();
    }

    fn tell_time(&self) {
        let now = self.clock.elapsed();
        self.with(|state| {
            if let Err(error) = state.connection.handle_timeout(now, &mut state.out) {
                state.fail(error.into());
            }
        });
    }

    /// Keeps the deadlines; ends when the connection is over by one.
    pub(super) async fn overdue(&self) {
        while !self.is_over() {
            let due = self.state.borrow().connection.poll_timeout();
            let due = due.map_or(TICK, |due| due.saturating_sub(self.clock.elapsed()));
            sleep(due.min(TICK)).await;
            self.tell_time();
        }
    }

    /// Whether nothing more is to be received.
    pub(super) fn is_over(&self) -> bool {
        let state = self.state.borrow();
        state.failed || state.connection.is_closed()
    }
}
