//! yawc, in both directions, with every combination of parameters.

use core::time::Duration;

use futures::SinkExt;
use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use interop::{DEFAULT, End, Failure, Message, Parameters, is_fragmented, messages, pieces};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex};
use websocket_proto::Role;
use yawc::{Frame, OpCode, Options, WebSocket};

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(30);

fn options(parameters: Parameters) -> Options {
    let mut options = Options::default()
        .with_balanced_compression()
        // It would try for ever to compress an empty message after another.
        .with_compression_threshold(1)
        .with_limits(4 << 20, 4 << 20)
        .with_utf8();
    if parameters.server_no_context_takeover {
        options = options.server_no_context_takeover();
    }
    if parameters.client_no_context_takeover {
        options = options.client_no_context_takeover();
    }
    if let Some(bits) = parameters.server_max_window_bits {
        options = options.with_server_max_window_bits(bits);
    }
    if let Some(bits) = parameters.client_max_window_bits {
        options = options.with_client_max_window_bits(bits);
    }
    options
}

fn ours(frame: Frame) -> Result<Message, Failure> {
    match frame.opcode() {
        OpCode::Text => Ok(Message::Text(String::from_utf8(
            frame.into_payload().into(),
        )?)),
        OpCode::Binary => Ok(Message::Binary(frame.into_payload().into())),
        other => Err(format!("{other:?}").into()),
    }
}

/// Sends what stands at a position.
async fn send<S>(peer: &mut WebSocket<S>, position: usize, message: &Message) -> Result<(), Failure>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let whole = [message.as_bytes()];
    let fragments = pieces(message.as_bytes());
    let pieces = match is_fragmented(position) {
        true => &fragments[..],
        false => &whole[..],
    };
    for (at, piece) in pieces.iter().enumerate() {
        let piece = Bytes::copy_from_slice(piece);
        let frame = match message {
            _ if at > 0 => Frame::continuation(piece),
            Message::Text(_) => Frame::text(piece),
            Message::Binary(_) => Frame::binary(piece),
        };
        peer.send(frame.with_fin(at + 1 == pieces.len())).await?;
    }
    Ok(())
}

/// Writes what there is to write and takes one read, `false` at the end of the
/// stream.
async fn turn(end: &mut End, stream: &mut DuplexStream) -> Result<bool, Failure> {
    stream.write_all(&end.take()).await?;
    let mut buffer = vec![0; 64 << 10];
    let length = stream.read(&mut buffer).await?;
    let outcome = end.receive(&mut buffer[..length]);
    outcome.map(|()| length > 0)
}

/// This crate's server, which sends everything back.
async fn our_server(server: &mut End, mut stream: DuplexStream) -> Result<(), Failure> {
    while !server.is_closed() && turn(server, &mut stream).await? {
        server.echo()?;
    }
    stream.write_all(&server.take()).await?;
    Ok(stream.shutdown().await?)
}

/// Its client, which says everything and closes.
async fn its_client(stream: DuplexStream, offer: Parameters) -> Result<(), Failure> {
    let url = "ws://peer/".parse()?;
    let mut peer = WebSocket::handshake(url, stream, options(offer)).await?;
    for (position, message) in messages().iter().enumerate() {
        send(&mut peer, position, message).await?;
        if ours(peer.next_frame().await?)? != *message {
            return Err("another echo".into());
        }
    }
    peer.send(Frame::close(yawc::close::CloseCode::Normal, "done"))
        .await?;
    match peer.next_frame().await?.opcode() {
        OpCode::Close => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}

/// Its server on one connection of hyper, which sends everything back.
async fn its_server(stream: DuplexStream, wishes: Parameters) -> Result<(), Failure> {
    let (ended, end) = tokio::sync::oneshot::channel();
    let ended = std::sync::Mutex::new(Some(ended));
    let upgrade = service_fn(|mut request: Request<Incoming>| {
        let upgraded = WebSocket::upgrade_with_options(&mut request, options(wishes));
        let ended = ended.lock().expect("one thread").take();
        async move {
            let (response, upgrade) = upgraded?;
            tokio::spawn(async move {
                let peer = upgrade.await.map_err(Failure::from);
                let outcome = match peer {
                    Ok(peer) => its_echo(peer).await,
                    Err(error) => Err(error),
                };
                ended.map(|ended| ended.send(outcome))
            });
            Ok::<Response<Empty<Bytes>>, yawc::WebSocketError>(response)
        }
    });
    hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), upgrade)
        .with_upgrades()
        .await?;
    end.await?
}

async fn its_echo<S>(mut peer: WebSocket<S>) -> Result<(), Failure>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    for position in 0..messages().len() {
        let message = ours(peer.next_frame().await?)?;
        send(&mut peer, position, &message).await?;
    }
    match peer.next_frame().await?.opcode() {
        // Its answer waits until it is asked for the next frame.
        OpCode::Close => match peer.next_frame().await {
            Err(yawc::WebSocketError::ConnectionClosed) => Ok(()),
            _ => Err("more after a Close".into()),
        },
        other => Err(format!("{other:?}").into()),
    }
}

/// This crate's client, which says everything and closes.
async fn our_client(client: &mut End, mut stream: DuplexStream) -> Result<(), Failure> {
    while !client.is_open() {
        turn(client, &mut stream).await?;
    }
    for message in messages() {
        client.send(message)?;
        let echo = loop {
            if let Some(echo) = client.take_message() {
                break echo;
            }
            if !turn(client, &mut stream).await? {
                return Err("the end of the stream".into());
            }
        };
        if echo != *message {
            return Err("another echo".into());
        }
    }
    client.close()?;
    while turn(client, &mut stream).await? {}
    client.receive_eof()
}

/// Its client and this crate's server until both have closed.
async fn with_its_client(mut server: End, offer: Parameters) -> Result<Parameters, Failure> {
    let (near, far) = duplex(64 << 10);
    let both = async { tokio::join!(our_server(&mut server, far), its_client(near, offer)) };
    let (ours, theirs) = tokio::time::timeout(PATIENCE, both).await?;
    theirs.map_err(|error| format!("its client: {error}"))?;
    ours?;
    server.check()
}

/// This crate's client and its server until both have closed.
async fn with_its_server(mut client: End, wishes: Parameters) -> Result<Parameters, Failure> {
    let (near, far) = duplex(64 << 10);
    let both = async { tokio::join!(our_client(&mut client, near), its_server(far, wishes)) };
    let (ours, theirs) = tokio::time::timeout(PATIENCE, both).await?;
    theirs.map_err(|error| format!("its server: {error}"))?;
    ours?;
    client.check()
}

/// What its client offers is what this crate's server agrees to.
#[tokio::test]
async fn its_client_offers() {
    for offer in Parameters::all() {
        let agreed = with_its_client(End::server(DEFAULT), offer).await;
        let agreed = agreed.unwrap_or_else(|error| panic!("{offer:?}: {error}"));
        assert_eq!(agreed, offer);
    }
}

/// What this crate's server demands holds for its client.
#[tokio::test]
async fn our_server_demands() {
    // Without this a server must not say anything of the client's window.
    let offer = Parameters {
        client_max_window_bits: Some(15),
        ..Parameters::NONE
    };
    for mut wishes in Parameters::all_limiting() {
        let server = End::server(wishes.config(Role::Server));
        let agreed = with_its_client(server, offer).await;
        let agreed = agreed.unwrap_or_else(|error| panic!("{wishes:?}: {error}"));
        wishes.client_max_window_bits = wishes.client_max_window_bits.or(Some(15));
        assert_eq!(agreed, wishes);
    }
}

/// What this crate's client offers is what its server agrees to.
#[tokio::test]
async fn our_client_offers() {
    for mut offer in Parameters::all_limiting() {
        let client = End::client(offer.config(Role::Client)).expect("a client");
        let agreed = with_its_server(client, Parameters::NONE).await;
        let agreed = agreed.unwrap_or_else(|error| panic!("{offer:?}: {error}"));
        offer.client_max_window_bits = offer.client_max_window_bits.or(LEAST);
        assert_eq!(agreed, offer);
    }
}

/// What its server demands holds for this crate's client.
#[tokio::test]
async fn its_server_demands() {
    for mut wishes in Parameters::all() {
        let client = End::client(DEFAULT).expect("a client");
        let agreed = with_its_server(client, wishes).await;
        let agreed = agreed.unwrap_or_else(|error| panic!("{wishes:?}: {error}"));
        wishes.client_max_window_bits = wishes.client_max_window_bits.or(LEAST);
        assert_eq!(agreed, wishes);
    }
}

/// Without a wish it demands the smallest window of a client that allows it.
const LEAST: Option<u8> = Some(9);
