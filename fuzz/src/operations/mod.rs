//! Two connections wired to each other, and a caller at each end who does what
//! the input says: sends, in pieces or whole, flushes, reads, closes, tells
//! the time, gives too little room, loses the wire or bends it.
//!
//! A model says beforehand what each call returns; the bytes on the wires are
//! read by the reference and compared with what was sent and what was
//! delivered.

mod output;
mod peer;
mod receiving;
mod sending;
mod wire;

use core::time::Duration;

use websocket_proto::handshake::{Agreement, ClientRequest};
use websocket_proto::{Config, Connection, Delivery, Error, MessageKind, Role, Seed, State, Uri};

use super::choices::Choices;
use output::Bounded;
use peer::Peer;
use wire::Wire;

/// Input: what each end is like, then operations with their parameters.
pub fn run(data: &[u8]) {
    let mut choices = Choices::new(data);
    let mut world = World::new(&mut choices);
    for _ in 0..MAX_STEPS {
        if choices.is_empty() {
            break;
        }
        world.step(&mut choices);
    }
    world.settle();
}

const MAX_STEPS: usize = 500;
const CLIENT: usize = 0;

struct World {
    /// Client and server.
    peers: [Peer; 2],
    /// What the client and what the server has sent.
    wires: [Wire; 2],
    now: Duration,
}

/// What one end is like.
#[derive(Debug, Clone, Copy)]
struct Setup(u16);

impl Setup {
    const fn has(self, bit: u8) -> bool {
        self.0 >> bit & 1 != 0
    }

    fn config(self) -> Config {
        let mut config = Config::new()
            .auto_pong(!self.has(0))
            .auto_close(!self.has(1))
            .pong_after_close(self.has(2))
            .deliver_while_closing(!self.has(3))
            .max_spare(if self.has(8) { 0 } else { 1 << 16 });
        if self.has(4) {
            config = config.delivery(Delivery::Chunks);
        }
        if self.is_limited() {
            config = config.max_frame(200).max_message(300).max_fragments(3);
        }
        if self.has(6) {
            config = config.output_mark(64);
        }
        if self.has(7) {
            config = config
                .handshake_timeout(Duration::from_secs(20))
                .idle_timeout(Duration::from_secs(50))
                .ping_interval(Duration::from_secs(15))
                .pong_timeout(Duration::from_secs(10))
                .close_timeout(Duration::from_secs(12));
        }
        config
    }

    const fn is_limited(self) -> bool {
        self.has(5)
    }
}

impl World {
    fn new(choices: &mut Choices<'_>) -> Self {
        let setups = [Setup(choices.number()), Setup(choices.number())];
        let flags = choices.byte();
        let seed = Seed::from([flags; 32]);
        let mut out = Bounded::new();
        let [client, server] = setups.map(Setup::config);
        let is_upgraded = flags & 1 == 0;
        let (client, server) = if is_upgraded {
            (
                Connection::upgraded_client(client, Agreement::default(), seed),
                Connection::upgraded_server(server, Agreement::default()),
            )
        } else {
            let uri = Uri::parse("ws://example.com/chat").expect("a valid URI");
            let request = ClientRequest::new(&uri).subprotocol("chat");
            (
                Connection::client(client, &request, seed, &mut out).expect("a valid request"),
                Connection::server(server),
            )
        };
        let [client_setup, server_setup] = setups;
        Self {
            peers: [
                Peer::new(client, client_setup, is_upgraded, out),
                Peer::new(server, server_setup, is_upgraded, Bounded::new()),
            ],
            wires: [
                Wire::new(Role::Client, is_upgraded),
                Wire::new(Role::Server, is_upgraded),
            ],
            now: Duration::ZERO,
        }
    }

    fn step(&mut self, choices: &mut Choices<'_>) {
        let operation = choices.byte();
        let who = usize::from(operation >> 7);
        let peer = &mut self.peers[who];
        match operation & 0x7F {
            0x00..0x08 => peer.send_text(choices.byte()),
            0x08..0x10 => peer.send_binary(usize::from(choices.number() % 700)),
            0x10..0x20 => {
                let kind = match operation & 1 {
                    0 => MessageKind::Text,
                    _ => MessageKind::Binary,
                };
                let length = usize::from(choices.byte());
                peer.send_fragment(kind, choices.bytes(length), operation & 2 != 0);
            }
            0x20..0x24 => peer.send_ping(usize::from(choices.byte() % 130)),
            0x24..0x28 => peer.send_pong(usize::from(choices.byte() % 130)),
            0x28 => {
                let code = choices.number();
                peer.send_close(code, usize::from(choices.byte() % 130));
            }
            0x29 => peer.send_empty_close(),
            0x2A..0x2C => peer.send_prepared(usize::from(choices.byte())),
            0x2C..0x30 => peer.poll_transmit(),
            0x30..0x40 => self.flush(who, usize::from(choices.byte())),
            0x40..0x58 => self.deliver(who, usize::from(choices.byte())),
            0x58..0x5A => peer.out.capacity = usize::from(choices.byte()) * 2,
            0x5A => peer.out.capacity = usize::MAX,
            0x5B..0x60 => peer.answer(operation & 3 != 0),
            0x60..0x68 => {
                self.now += Duration::from_secs(u64::from(choices.byte() % 32));
                self.peers[who].tell_time(self.now);
            }
            0x68 => self.cut(who),
            0x69 => {
                let (at, with) = (choices.byte(), choices.byte());
                self.wires[who].bend(usize::from(at), with);
            }
            0x6A => {
                let length = usize::from(choices.byte() % 64);
                self.wires[who].inject(choices.bytes(length));
            }
            0x6B..0x70 => peer.recycle(usize::from(choices.byte())),
            _ => {
                self.flush(who, 0);
                self.deliver(who, 0);
            }
        }
    }

    /// Moves bytes from an output onto the wire; 0 stands for all.
    fn flush(&mut self, who: usize, length: usize) {
        let bytes = self.peers[who].out.drain(length);
        let [client, server] = &mut self.peers;
        let (sender, receiver) = match who {
            CLIENT => (client, server),
            _ => (server, client),
        };
        for frame in self.wires[who].push(&bytes) {
            sender.account_for(&frame);
            receiver.expect(&frame);
        }
    }

    /// Moves bytes from a wire to the peer of who sent them; 0 stands for all.
    fn deliver(&mut self, who: usize, length: usize) {
        let mut bytes = self.wires[who].drain(length);
        // An answer to a bent request is not what the client expects.
        let may_refuse = !self.wires[CLIENT].is_clean && !self.peers[1 - who].is_open;
        let is_clean = self.wires[who].is_clean && !may_refuse;
        let rest = self.peers[1 - who].receive(&mut bytes, is_clean);
        self.wires[who].is_clean &= is_clean;
        self.wires[who].put_back(rest);
    }

    /// The transport of one direction ends, with what is under way.
    fn cut(&mut self, who: usize) {
        self.wires[who].drain(0);
        self.wires[who].is_clean = false;
        self.peers[1 - who].receive_eof();
    }

    /// Lets everything arrive that can, and looks whether it did.
    fn settle(&mut self) {
        for peer in &mut self.peers {
            peer.out.capacity = usize::MAX;
        }
        loop {
            let mut moved = false;
            for who in [0, 1] {
                self.peers[who].answer(true);
                self.peers[who].poll_transmit();
                moved |= !self.peers[who].out.bytes.is_empty();
                self.flush(who, 0);
                moved |= self.wires[who].length() > 0 && !self.peers[1 - who].is_waiting();
                self.deliver(who, 0);
            }
            if !moved {
                break;
            }
        }
        for who in [0, 1] {
            self.peers[who].assert_all_sent();
            if self.wires[who].is_clean {
                self.peers[1 - who].assert_all_received();
            }
        }
        self.settle_end();
    }

    /// Where both Closes went through, all agree that it was clean.
    fn settle_end(&mut self) {
        let [client, server] = &mut self.peers;
        let both = |peer: &Peer| peer.has_closed() && peer.error.is_none() && !peer.has_ended;
        if !both(client) || !both(server) {
            return;
        }
        assert_eq!(server.connection.state(), State::Closed);
        assert!(server.connection.was_clean());
        if client.connection.state() != State::Closed {
            assert!(client.connection.close_expected());
            client.receive_eof();
            assert_eq!(client.connection.state(), State::Closed);
        }
        assert!(client.connection.was_clean());
    }
}

/// Whether an error may come of a wire that delivers what was sent.
fn may_happen(error: Error, setup: Setup) -> bool {
    match error {
        Error::Limit(_) => setup.is_limited(),
        Error::Timeout(_) => setup.has(7),
        _ => false,
    }
}
