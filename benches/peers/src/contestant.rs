//! What each library is asked to do.

use std::task::{Context, Poll, Waker};

pub use websocket_proto::Role;

use crate::check::Check;
use crate::pipe::Pipe;

pub type Outcome = Result<(), String>;

/// The buffers of a connection, where its library has any to be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buffers {
    /// As they are by default, to see what a connection takes.
    Default,
    /// 64 KiB, to see how fast it is.
    Large,
}

/// A library. What it cannot do it answers with `None`.
pub trait Contestant {
    fn name(&self) -> &'static str;

    /// An open connection.
    fn open(&self, role: Role, pipe: Pipe, buffers: Buffers) -> Option<Box<dyn Session>>;

    /// A server's open connection with permessage-deflate.
    fn open_deflate(
        &self,
        _pipe: Pipe,
        _takeover: bool,
        _buffers: Buffers,
    ) -> Option<Box<dyn Session>> {
        None
    }

    /// A server's open connection that hands out messages in pieces, so that
    /// it needs no memory for all of one; `frames` says that no frame is longer
    /// than 64 KiB.
    fn open_streaming(&self, _pipe: Pipe, _frames: bool) -> Option<Box<dyn Session>> {
        None
    }

    /// Reads a request and answers it.
    fn handshake(&self, _pipe: Pipe) -> Option<Outcome> {
        None
    }

    /// So many servers' open connections, to send them all the same message.
    fn audience(&self, count: usize) -> Option<Box<dyn Audience>> {
        let open = || self.open(Role::Server, Pipe::empty(), Buffers::Default);
        let sessions: Option<Vec<_>> = (0..count).map(|_| open()).collect();
        Some(Box::new(Copies(sessions?)))
    }
}

/// A connection. Each call is for many messages, so that the call itself does
/// not count.
pub trait Session {
    /// Receives so many messages, answers pings, and sees to it that text is
    /// UTF-8.
    fn receive(&mut self, count: usize, check: &mut Check) -> Outcome;

    /// Sends them all, and writes every `messages.batch`.
    fn send(&mut self, _messages: &Messages) -> Outcome {
        Err("it only receives".into())
    }

    /// Receives so many text messages and sends each back, and writes every
    /// [`ECHO_BATCH`].
    fn echo(&mut self, _count: usize, _check: &mut Check) -> Outcome {
        Err("it only receives".into())
    }
}

pub const ECHO_BATCH: usize = 64;

/// Connections that are all sent the same.
pub trait Audience {
    /// Sends the one message to all, and writes it to each.
    fn send(&mut self, message: &Messages) -> Outcome;
}

/// For who cannot share a message.
struct Copies(Vec<Box<dyn Session>>);

impl Audience for Copies {
    fn send(&mut self, message: &Messages) -> Outcome {
        self.0
            .iter_mut()
            .try_for_each(|session| session.send(message))
    }
}

/// For who can: prepares the message once.
pub struct Shared<S, M> {
    pub sessions: Vec<S>,
    pub prepare: fn(&'static str) -> M,
    pub send: fn(&mut S, &M) -> Outcome,
}

impl<S, M> Audience for Shared<S, M> {
    fn send(&mut self, message: &Messages) -> Outcome {
        for bytes in message.iter() {
            let message = (self.prepare)(as_str(bytes));
            for session in &mut self.sessions {
                (self.send)(session, &message)?;
            }
        }
        Ok(())
    }
}

/// Messages to be sent: slices of one arena, so that who wants them owned must
/// copy.
#[derive(Clone, Copy)]
pub struct Messages {
    pub arena: &'static [u8],
    pub lengths: &'static [u32],
    /// Whether all of the arena is UTF-8 and no slice cuts a code point.
    pub text: bool,
    pub loops: usize,
    pub batch: usize,
}

impl Messages {
    pub fn iter(&self) -> impl Iterator<Item = &'static [u8]> + use<> {
        let Self { arena, lengths, .. } = *self;
        (0..self.loops).flat_map(move |_| {
            let mut rest = arena;
            lengths.iter().map(move |&length| {
                let (message, others) = rest.split_at(length as usize);
                rest = others;
                message
            })
        })
    }

    /// Calls `send` for each, and `true` after each batch; a loop of two
    /// levels, which inlines where the iterator does not.
    #[inline(always)]
    pub fn each(&self, mut send: impl FnMut(&'static [u8], bool) -> Outcome) -> Outcome {
        let mut count = 0;
        for _ in 0..self.loops {
            let mut rest = self.arena;
            for &length in self.lengths {
                let (message, others) = rest.split_at(length as usize);
                rest = others;
                count += 1;
                send(message, count % self.batch == 0)?;
            }
        }
        Ok(())
    }
}

/// What [`Messages::text`] says is text, unchecked: the caller of a library
/// has a `&str` already.
#[inline(always)]
pub fn as_str(bytes: &[u8]) -> &str {
    debug_assert!(std::str::from_utf8(bytes).is_ok());
    // SAFETY: only texts of the workloads come here, which are slices of `str`.
    unsafe { std::str::from_utf8_unchecked(bytes) }
}

/// Polls what never waits, as a pipe is always ready.
#[inline(always)]
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

pub fn failure(error: impl std::fmt::Debug) -> String {
    format!("{error:?}")
}
