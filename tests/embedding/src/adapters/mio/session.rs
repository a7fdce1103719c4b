//! The scenarios' view: all their connections in one loop, on a thread of its
//! own.

use std::collections::{HashMap, VecDeque};
use std::net::TcpStream;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use mio::Waker;
use websocket_proto::handshake::{Agreement, ClientRequest};
use websocket_proto::{Config, Connection, Event, State};

use super::{Handler, Loop};
use crate::adapter::{Adapter, Decide, Session};
use crate::adapters::{OUTPUT_MARK, answer_opening, end, fresh_seed, send, with_deadlines};
use crate::{End, Failure, Message};

/// Messages that wait to be received before the socket is not read any more.
const INBOX: usize = 16;

/// An open connection.
#[derive(Debug)]
pub struct WebSocket {
    id: usize,
    link: Arc<Link>,
}

/// What the loop and the application have in common.
#[derive(Debug, Default)]
struct Link {
    state: Mutex<LinkState>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct LinkState {
    inbox: VecDeque<Result<Message, Failure>>,
    opened: bool,
    agreement: Agreement,
    waiting: usize,
    peak: usize,
    ended: bool,
    end: Option<End>,
}

impl Link {
    fn lock(&self) -> MutexGuard<'_, LinkState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, act: impl FnOnce(&mut LinkState) -> T) -> T {
        let result = act(&mut self.lock());
        self.changed.notify_all();
        result
    }

    fn until(&self, reached: impl Fn(&LinkState) -> bool) -> MutexGuard<'_, LinkState> {
        let waiting = |state: &mut LinkState| !reached(state);
        let reached = self.changed.wait_while(self.lock(), waiting);
        reached.unwrap_or_else(PoisonError::into_inner)
    }
}

/// The application in the loop.
#[derive(Default)]
struct Links(HashMap<usize, (Arc<Link>, Decide)>);

impl Handler for Links {
    fn event(
        &mut self,
        id: usize,
        event: Event<'_>,
        connection: &mut Connection,
        out: &mut Vec<u8>,
    ) -> Result<(), Failure> {
        let (link, decide) = &self.0[&id];
        answer_opening(connection, &event, out, decide)?;
        link.with(|state| {
            if !state.opened && connection.state() == State::Open {
                state.opened = true;
                state.agreement = connection.agreement().cloned().unwrap_or_default();
            }
            state.inbox.extend(Message::new(event).map(Ok));
        });
        Ok(())
    }

    fn wants_read(&self, id: usize) -> bool {
        self.0[&id].0.lock().inbox.len() < INBOX
    }

    fn turned(&mut self, id: usize, waiting: usize) {
        self.0[&id].0.with(|state| state.waiting = waiting);
    }

    fn ended(&mut self, id: usize, connection: &Connection, failure: Option<Failure>) {
        if let Some((link, _)) = self.0.remove(&id) {
            link.with(|state| {
                state.inbox.extend(failure.map(Err));
                state.ended = true;
                state.end = end(connection);
            });
        }
    }
}

type Command = Box<dyn FnOnce(&mut Loop<Links>) + Send>;

/// What reaches the loop from other threads.
struct Remote {
    commands: Mutex<Sender<Command>>,
    waker: Waker,
}

/// The loop, started by the first who needs it.
fn remote() -> &'static Remote {
    static REMOTE: OnceLock<Remote> = OnceLock::new();
    REMOTE.get_or_init(|| {
        let mut all = Loop::new(Links::default()).expect("a poller of the kernel");
        let waker = all.waker().expect("a waker");
        let (commands, received): (_, Receiver<Command>) = mpsc::channel();
        thread::spawn(move || {
            while all.turn().is_ok() {
                while let Ok(command) = received.try_recv() {
                    command(&mut all);
                }
            }
        });
        Remote {
            commands: Mutex::new(commands),
            waker,
        }
    })
}

/// Has the loop do something, and waits for it.
fn within<T: Send + 'static>(act: impl FnOnce(&mut Loop<Links>) -> T + Send + 'static) -> T {
    let (result, received) = mpsc::channel();
    let command: Command = Box::new(move |all| {
        let _ = result.send(act(all));
    });
    let commands = remote().commands.lock();
    let sent = commands
        .unwrap_or_else(PoisonError::into_inner)
        .send(command);
    sent.expect("the loop goes on");
    remote().waker.wake().expect("a loop to wake");
    received.recv().expect("the loop goes on")
}

impl WebSocket {
    fn open(
        stream: TcpStream,
        connection: Connection,
        out: Vec<u8>,
        decide: Decide,
    ) -> Result<Self, Failure> {
        stream.set_nonblocking(true)?;
        let link = Arc::new(Link::default());
        let known = Arc::clone(&link);
        let id = within(move |all| {
            let id = all.add(mio::net::TcpStream::from_std(stream), connection, out);
            all.handler.0.insert(id, (known, decide));
            all.with(id, |_, _| ());
            id
        });
        let mut state = link.until(|state| state.opened || state.ended);
        if !state.opened {
            let failure = state.inbox.pop_front().unwrap_or(Err(Failure::Ended));
            failure?;
        }
        drop(state);
        Ok(Self { id, link })
    }
}

impl Drop for WebSocket {
    fn drop(&mut self) {
        let Self { id, ref link } = *self;
        let link = Arc::clone(link);
        within(move |all| {
            // Unless it has ended, and another has its place.
            let known = all.handler.0.get(&id);
            if known.is_some_and(|(known, _)| Arc::ptr_eq(known, &link)) {
                all.handler.0.remove(&id);
                all.cut(id);
            }
        });
    }
}

impl Session for WebSocket {
    async fn send(&mut self, message: Message) -> Result<(), Failure> {
        let room = |state: &LinkState| state.waiting < OUTPUT_MARK || state.ended;
        drop(self.link.until(room));
        let (id, link) = (self.id, Arc::clone(&self.link));
        within(move |all| {
            if link.lock().ended {
                return Err(Failure::Ended);
            }
            let sent = all.with(id, |connection, out| {
                let sent = send(connection, &message, out);
                link.with(|state| state.peak = state.peak.max(out.len()));
                sent
            });
            sent.unwrap_or(Err(Failure::Ended))
        })
    }

    async fn flush(&mut self) -> Result<(), Failure> {
        drop(self.link.until(|state| state.waiting == 0 || state.ended));
        Ok(())
    }

    async fn receive(&mut self) -> Option<Result<Message, Failure>> {
        let mut state = self
            .link
            .until(|state| !state.inbox.is_empty() || state.ended);
        let message = state.inbox.pop_front();
        let has_room = state.inbox.len() == INBOX / 2;
        drop(state);
        // It may have been full.
        if has_room {
            let id = self.id;
            within(move |all| all.with(id, |_, _| ()));
        }
        message
    }

    fn end(&self) -> Option<End> {
        self.link.lock().end
    }

    fn agreement(&self) -> Agreement {
        self.link.lock().agreement.clone()
    }

    fn peak(&self) -> usize {
        self.link.lock().peak
    }
}

/// The adapter.
#[derive(Debug)]
pub struct Mio;

impl Adapter for Mio {
    const NAME: &'static str = "mio";
    type Transport = TcpStream;
    type Session = WebSocket;

    fn run<T>(task: impl Future<Output = T>) -> T {
        ::smol::future::block_on(task)
    }

    async fn sleep(time: Duration) {
        thread::sleep(time);
    }

    async fn connect(
        stream: TcpStream,
        config: Config,
        request: &ClientRequest,
    ) -> Result<WebSocket, Failure> {
        let mut out = Vec::new();
        let seed = fresh_seed()?;
        let connection = Connection::client(with_deadlines(config), request, seed, &mut out)?;
        WebSocket::open(stream, connection, out, |_| unreachable!("a client"))
    }

    async fn accept(
        stream: TcpStream,
        config: Config,
        decide: Decide,
    ) -> Result<WebSocket, Failure> {
        let connection = Connection::server(with_deadlines(config));
        WebSocket::open(stream, connection, Vec::new(), decide)
    }
}
