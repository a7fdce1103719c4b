use alloc::vec::Vec;

use super::Connection;
use super::receiver::Fast;
use crate::input::Input;
use crate::status::State;
use crate::{Error, Event, Output};

/// Receiving.
impl Connection {
    /// Takes the next event from the front of `input`, and appends to `out`
    /// what it obliges this end to send. Payloads are unmasked in place.
    ///
    /// `None` means that `input` is used up, with one exception: a request
    /// that waits for its answer leaves what follows it in `input`. Bytes
    /// after the peer's Close and after an error are discarded.
    ///
    /// # Errors
    ///
    /// What the peer did wrong, on every call from then on. The Close or the
    /// HTTP refusal that it deserves stands in `out`: write that first.
    #[inline]
    pub fn receive<'a>(
        &mut self,
        input: &mut Input<'a>,
        out: &mut impl Output,
    ) -> Result<Option<Event<'a>>, Error> {
        self.receiver.check_input(input)?;
        if let Some(deadlines) = &mut self.deadlines
            && !input.is_empty()
        {
            deadlines.receive();
        }
        // Nearly always it is a message or a piece of one, and there is
        // nothing else to see to.
        if self.opening.is_none() && !self.sender.wants_write() {
            match self.receiver.receive_fast(input) {
                Fast::Event(event) => return Ok(Some(event)),
                Fast::NeedsInput => return Ok(None),
                Fast::Slow => {}
            }
        }
        self.receive_any(input, out)
    }

    #[inline(never)]
    fn receive_any<'a>(
        &mut self,
        input: &mut Input<'a>,
        out: &mut impl Output,
    ) -> Result<Option<Event<'a>>, Error> {
        if self.sender.wants_write() {
            self.sender.poll_transmit(out);
        }
        if self.opening.is_some() {
            let event = self.receive_opening(input.rest(), out)?;
            // A request that waits leaves what follows it.
            self.receiver.note(input);
            return Ok(event);
        }
        match self.receiver.receive_slow(input) {
            Ok(Some(event)) => {
                match &event {
                    Event::Ping(payload) if self.auto_pong => {
                        self.sender.reply_pong(payload, out);
                    }
                    Event::Close(frame) if self.auto_close => {
                        let code = frame.as_ref().map(|frame| frame.code);
                        self.sender.reply_close(code, out);
                    }
                    // A peer that has closed waits for no Pong.
                    Event::Close(_) => self.sender.drop_pong(),
                    _ => {}
                }
                Ok(Some(event))
            }
            Ok(None) => Ok(None),
            Err(error) => {
                self.sender.fail(error, out);
                Err(error)
            }
        }
    }

    /// Tells that the peer's transport has ended, cleanly or not. No event
    /// follows, and nothing more is sent.
    ///
    /// # Errors
    ///
    /// [`Error::UnexpectedEof`] where that was too early: before the peer's
    /// Close, or within the opening handshake. The error that ended the
    /// connection before, where there was one.
    pub fn receive_eof(&mut self) -> Result<(), Error> {
        if self.state() == State::Closed && self.receiver.inbound().error().is_none() {
            self.abandon();
            return Ok(());
        }
        self.opening = None;
        self.sender.abandon();
        self.receiver.receive_eof()
    }

    /// Gives back the buffer of an owned message, to be used for the next one
    /// that has to be put together; its content is overwritten and need not be
    /// cleared. Give an owned `Vec` or `String`: what only borrows is copied, and
    /// nothing is gained. Above
    /// [`Config::max_spare`](crate::Config::max_spare) the buffer is freed, but
    /// not before the input is used up and no message is under way.
    pub fn recycle(&mut self, buffer: impl Into<Vec<u8>>) {
        self.receiver.recycle(buffer);
    }
}
