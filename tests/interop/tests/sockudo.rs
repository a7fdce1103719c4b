//! sockudo-ws, in both directions, with every combination of parameters.

use bytes::{Bytes, BytesMut};
use interop::{DEFAULT, End, Failure, Message, Parameters, messages};
use sockudo_ws::deflate::{DeflateConfig, negotiate_server_deflate, parse_deflate_offer};
use sockudo_ws::error::CloseReason;
use sockudo_ws::handshake::{
    build_request, build_response, generate_accept_key, generate_key, parse_request,
    parse_response, validate_accept_key,
};
use sockudo_ws::protocol::CompressedProtocol;
use websocket_proto::Role;

type Theirs = sockudo_ws::Message;

/// The longest frame and message, in bytes.
const LIMIT: usize = 64 << 20;

/// It has no parameter that is absent, only windows of 15 bits.
fn config(parameters: Parameters) -> DeflateConfig {
    let window = |bits: Option<u8>| bits.unwrap_or(15).try_into().expect("9 to 15");
    DeflateConfig {
        server_no_context_takeover: parameters.server_no_context_takeover,
        client_no_context_takeover: parameters.client_no_context_takeover,
        server_max_window_bits: window(parameters.server_max_window_bits),
        client_max_window_bits: window(parameters.client_max_window_bits),
        compression_threshold: 0,
        ..DeflateConfig::default()
    }
}

fn theirs(message: &Message) -> Theirs {
    let bytes = Bytes::copy_from_slice(message.as_bytes());
    match message {
        Message::Text(_) => Theirs::Text(bytes),
        Message::Binary(_) => Theirs::Binary(bytes),
    }
}

fn ours(message: Theirs) -> Result<Message, Failure> {
    match message {
        Theirs::Text(bytes) => Ok(Message::Text(String::from_utf8(bytes.into())?)),
        Theirs::Binary(bytes) => Ok(Message::Binary(bytes.into())),
        other => Err(format!("{other:?}").into()),
    }
}

/// Its end, in memory.
struct Peer {
    protocol: CompressedProtocol,
    input: BytesMut,
    out: BytesMut,
}

impl Peer {
    fn new(protocol: CompressedProtocol) -> Self {
        Self {
            protocol,
            input: BytesMut::new(),
            out: BytesMut::new(),
        }
    }

    /// A server with its own wishes, and what it answers a request.
    fn accept(request: &[u8], wishes: Parameters) -> Result<(Self, Vec<u8>), Failure> {
        let (request, _) = parse_request(request)?.ok_or("half a request")?;
        let offers = request.extensions.ok_or("no offer")?;
        let agreed = negotiate_server_deflate(offers, &config(wishes)).ok_or("declined")?;
        let accept = generate_accept_key(request.key);
        let response = build_response(&accept, None, Some(&agreed.to_response_header()));
        let protocol = CompressedProtocol::server(LIMIT, LIMIT, agreed.config);
        Ok((Self::new(protocol), response.to_vec()))
    }

    /// A client that has gone through the handshake with a server.
    fn connect(server: &mut End, offer: Parameters) -> Result<Self, Failure> {
        let key = generate_key();
        let offer = config(offer).to_response_header();
        let request = build_request("peer", "/", &key, None, Some(&offer));
        server.receive(&mut request.to_vec())?;
        let response = server.take();
        let (response, _) = parse_response(&response)?.ok_or("half a response")?;
        if !validate_accept_key(&key, response.accept.unwrap_or_default()) {
            return Err("a wrong accept key".into());
        }
        let answer = response.extensions.ok_or("declined")?;
        let parameters = parse_deflate_offer(answer).ok_or("another extension")?;
        let agreed = DeflateConfig {
            compression_threshold: 0,
            ..DeflateConfig::from_params(&parameters)?
        };
        Ok(Self::new(CompressedProtocol::client(LIMIT, LIMIT, agreed)))
    }

    fn receive(&mut self, bytes: &[u8]) -> Result<Vec<Theirs>, Failure> {
        self.input.extend_from_slice(bytes);
        Ok(self.protocol.process(&mut self.input)?)
    }

    fn send(&mut self, message: &Theirs) -> Result<Vec<u8>, Failure> {
        self.protocol.encode_message(message, &mut self.out)?;
        Ok(self.out.split().to_vec())
    }
}

/// Everything is said by its client and comes back; it closes.
fn with_its_client(mut server: End, offer: Parameters) -> Result<Parameters, Failure> {
    let mut peer = Peer::connect(&mut server, offer)?;
    for message in messages() {
        server.receive(&mut peer.send(&theirs(message))?)?;
        server.echo()?;
        let mut echoes = peer.receive(&server.take())?;
        if echoes.len() != 1 || ours(echoes.remove(0))? != *message {
            return Err("another echo".into());
        }
    }
    let close = Theirs::Close(Some(CloseReason::new(1000, "done")));
    server.receive(&mut peer.send(&close)?)?;
    let answer = peer.receive(&server.take())?;
    match answer[..] {
        [Theirs::Close(_)] if server.is_closed() => server.check(),
        _ => Err(format!("{answer:?}").into()),
    }
}

/// Everything is said by this crate's client and comes back; it closes.
fn with_its_server(mut client: End, wishes: Parameters) -> Result<Parameters, Failure> {
    let (mut peer, mut response) = Peer::accept(&client.take(), wishes)?;
    client.receive(&mut response)?;
    for message in messages() {
        client.send(message)?;
        for received in peer.receive(&client.take())? {
            client.receive(&mut peer.send(&received)?)?;
        }
        if client.take_message().as_ref() != Some(message) {
            return Err("another echo".into());
        }
    }
    client.close()?;
    let request = peer.receive(&client.take())?;
    let [Theirs::Close(_)] = request[..] else {
        return Err(format!("{request:?}").into());
    };
    peer.protocol.encode_close_response(&mut peer.out);
    client.receive(&mut peer.out.split().to_vec())?;
    client.receive_eof()?;
    client.check()
}

/// What its client offers is what this crate's server agrees to.
#[test]
fn its_client_offers() {
    for offer in Parameters::all_limiting() {
        let agreed = with_its_client(End::server(DEFAULT), offer);
        let agreed = agreed.unwrap_or_else(|error| panic!("{offer:?}: {error}"));
        assert_eq!(agreed, offer);
    }
}

/// What this crate's server demands holds for its client.
#[test]
fn our_server_demands() {
    // Without this a server must not say anything of the client's window.
    let offer = Parameters {
        client_max_window_bits: Some(14),
        ..Parameters::NONE
    };
    for mut wishes in Parameters::all_limiting() {
        let server = End::server(wishes.config(Role::Server));
        let agreed = with_its_client(server, offer);
        let agreed = agreed.unwrap_or_else(|error| panic!("{wishes:?}: {error}"));
        wishes.client_max_window_bits = wishes.client_max_window_bits.or(Some(14));
        assert_eq!(agreed, wishes);
    }
}

/// What this crate's client offers is what its server agrees to.
#[test]
fn our_client_offers() {
    for offer in Parameters::all_limiting() {
        let client = End::client(offer.config(Role::Client)).expect("a client");
        let agreed = with_its_server(client, Parameters::NONE);
        let agreed = agreed.unwrap_or_else(|error| panic!("{offer:?}: {error}"));
        assert_eq!(agreed, offer);
    }
}

/// What its server demands holds for this crate's client.
#[test]
fn its_server_demands() {
    for wishes in Parameters::all_limiting() {
        let client = End::client(DEFAULT).expect("a client");
        let agreed = with_its_server(client, wishes);
        let agreed = agreed.unwrap_or_else(|error| panic!("{wishes:?}: {error}"));
        assert_eq!(agreed, wishes);
    }
}
