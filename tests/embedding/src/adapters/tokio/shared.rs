//! What the two tasks and the application touch: the sending half and its
//! output, behind a lock that nobody holds while waiting.

use std::mem;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::sync::Notify;
use tokio::time::sleep;
use websocket_proto::{Reply, Role, Sender};

use crate::adapters::CLOSE_TIME;
use crate::{End, Failure, Message};

#[derive(Debug)]
pub(super) struct Shared {
    outgoing: Mutex<Outgoing>,
    /// There is something to write, or nothing will follow.
    filled: Notify,
    /// This end has sent its Close.
    closing: Notify,
    /// The writing task is through.
    pub(super) written: Notify,
    pub(super) end: OnceLock<End>,
}

#[derive(Debug)]
struct Outgoing {
    sender: Sender,
    out: Vec<u8>,
    /// The bytes that the writing task has taken and not yet written.
    in_flight: usize,
    /// The most that ever waited to be written.
    peak: usize,
    /// Nothing is to be written but what `out` holds.
    ended: bool,
    /// The transport has failed.
    broken: bool,
    /// Who waits for room.
    waker: Option<Waker>,
}

impl Shared {
    pub(super) fn new(sender: Sender) -> Self {
        Self {
            outgoing: Mutex::new(Outgoing {
                sender,
                out: Vec::new(),
                in_flight: 0,
                peak: 0,
                ended: false,
                broken: false,
                waker: None,
            }),
            filled: Notify::new(),
            closing: Notify::new(),
            written: Notify::new(),
            end: OnceLock::new(),
        }
    }

    /// Does something with what is to be sent, and wakes whoever it concerns.
    fn with<T>(&self, act: impl FnOnce(&mut Outgoing) -> T) -> T {
        let mut outgoing = self.lock();
        let result = act(&mut outgoing);
        outgoing.peak = outgoing.peak.max(outgoing.waiting());
        let waker = outgoing.waker.take();
        if outgoing.sender.is_closed() {
            self.closing.notify_one();
        }
        drop(outgoing);
        self.filled.notify_one();
        if let Some(waker) = waker {
            waker.wake();
        }
        result
    }

    pub(super) fn send(&self, message: &Message) -> Result<(), Failure> {
        self.with(|Outgoing { sender, out, .. }| {
            match message {
                _ if sender.is_closed() => return Err(Failure::Ended),
                Message::Text(text) => sender.send_text(text, out)?,
                Message::Binary(bytes) => sender.send_binary(bytes, out)?,
                Message::Fragment { kind, data, last } => {
                    sender.send_fragment(*kind, data, *last, out)?;
                }
                Message::Ping(payload) => sender.send_ping(payload, out)?,
                Message::Pong(payload) => sender.send_pong(payload, out)?,
                Message::Close(Some(close)) => sender.send_close(close.code, &close.reason, out)?,
                Message::Close(None) => sender.send_empty_close(out)?,
            }
            Ok(())
        })
    }

    pub(super) fn reply(&self, reply: &Reply) {
        self.with(|Outgoing { sender, out, .. }| sender.send_reply(reply, out));
    }

    /// Has the writing task end once everything is written.
    pub(super) fn finish(&self) {
        self.with(|outgoing| outgoing.ended = true);
    }

    /// The transport takes nothing any more.
    pub(super) fn fail(&self) {
        self.with(|outgoing| outgoing.broken = true);
    }

    pub(super) fn is_broken(&self) -> bool {
        self.lock().broken
    }

    pub(super) fn role(&self) -> Role {
        self.lock().sender.role()
    }

    pub(super) fn peak(&self) -> usize {
        self.lock().peak
    }

    /// Ready once at most `most` bytes wait to be written.
    pub(super) fn poll_room(&self, cx: &Context<'_>, most: usize) -> Poll<Result<(), Failure>> {
        let mut outgoing = self.lock();
        if outgoing.broken {
            return Poll::Ready(Err(Failure::Ended));
        }
        if outgoing.waiting() <= most {
            return Poll::Ready(Ok(()));
        }
        outgoing.waker = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Exchanges the empty `batch` for the next bytes to write; waits for
    /// them, and says whether there are any.
    pub(super) async fn take(&self, batch: &mut Vec<u8>) -> bool {
        loop {
            let ended = self.swap(batch);
            if !batch.is_empty() || ended {
                return !batch.is_empty();
            }
            self.filled.notified().await;
        }
    }

    fn swap(&self, batch: &mut Vec<u8>) -> bool {
        let mut outgoing = self.lock();
        let Outgoing { sender, out, .. } = &mut *outgoing;
        // Pongs that were held back while the output was full.
        sender.poll_transmit(out);
        mem::swap(batch, out);
        outgoing.in_flight = batch.len();
        if let Some(waker) = outgoing.waker.take() {
            waker.wake();
        }
        outgoing.ended
    }

    /// Ends when the closing handshake has taken too long.
    pub(super) async fn overdue(&self) {
        self.closing.notified().await;
        sleep(CLOSE_TIME).await;
    }

    fn lock(&self) -> MutexGuard<'_, Outgoing> {
        self.outgoing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outgoing {
    const fn waiting(&self) -> usize {
        self.out.len() + self.in_flight
    }
}
