use core::time::Duration;

use crate::config::Timeouts;
use crate::status::State;

/// The deadlines of a connection, on the caller's clock.
///
/// All bookkeeping happens when the caller tells the time: what has changed
/// since it last did is taken to have happened now.
#[derive(Debug)]
pub(super) struct Deadlines {
    timeouts: Timeouts,
    /// The state when the time was last told, and since when.
    state: Option<State>,
    since: Duration,
    /// Something was received since the time was last told.
    received: bool,
    last_received: Duration,
    /// When the Ping was sent to which nothing came back yet.
    pinged: Option<Duration>,
}

/// What is due at a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    Handshake,
    Idle,
    Ping,
    Pong,
    Close,
}

impl Deadlines {
    /// `None` where there is nothing to watch.
    pub(super) fn new(timeouts: Timeouts) -> Option<Self> {
        (timeouts != Timeouts::default()).then_some(Self {
            timeouts,
            state: None,
            since: Duration::ZERO,
            received: false,
            last_received: Duration::ZERO,
            pinged: None,
        })
    }

    pub(super) const fn receive(&mut self) {
        self.received = true;
    }

    pub(super) const fn ping(&mut self, now: Duration) {
        self.pinged = Some(now);
    }

    /// No Ping will be sent or missed.
    #[cfg(feature = "hixie76")]
    pub(super) const fn disable_pings(&mut self) {
        self.timeouts.ping = None;
        self.timeouts.pong = None;
    }

    /// Tells the time and the state, and returns what is due.
    pub(super) fn tick(&mut self, now: Duration, state: State) -> Option<Due> {
        if self.state != Some(state) {
            self.state = Some(state);
            self.since = now;
            self.last_received = now;
            self.pinged = None;
        }
        if self.received {
            self.received = false;
            self.last_received = now;
            self.pinged = None;
        }
        let (time, due) = self.next()?;
        (time <= now).then_some(due)
    }

    /// When the time is to be told next, at the latest: at once where it is
    /// not known when something happened that moves a deadline.
    pub(super) fn poll(&self, state: State) -> Option<Duration> {
        if self.received || self.state != Some(state) {
            return Some(Duration::ZERO);
        }
        self.next().map(|(time, _)| time)
    }

    fn next(&self) -> Option<(Duration, Due)> {
        let after = |since: Duration, time: Option<Duration>, due| {
            time.map(|time| (since.saturating_add(time), due))
        };
        let Timeouts {
            handshake,
            idle,
            ping,
            pong,
            close,
        } = self.timeouts;
        match self.state? {
            State::Connecting => after(self.since, handshake, Due::Handshake),
            State::Open => {
                let idle = after(self.last_received, idle, Due::Idle);
                let (ping, pong) = match (self.pinged, pong) {
                    (None, _) => (after(self.last_received, ping, Due::Ping), None),
                    (Some(since), None) => (after(since, ping, Due::Ping), None),
                    // One unanswered Ping is enough to tell.
                    (Some(since), Some(_)) => (None, after(since, pong, Due::Pong)),
                };
                // At the same time the one that ends the connection wins.
                [idle, pong, ping]
                    .into_iter()
                    .flatten()
                    .min_by_key(|(time, _)| *time)
            }
            State::Closing => after(self.since, close, Due::Close),
            State::Closed => None,
        }
    }
}
