//! yawc, in both directions.

use futures::SinkExt;
use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use peers::{End, Message, Parameters, messages};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use websocket_proto::Role;
use websocket_proto::deflate::DeflateConfig;
use websocket_proto::handshake::Agreement;
use yawc::{Frame, OpCode, Options, WebSocket};

async fn sockets() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    let (near, far) = tokio::join!(TcpStream::connect(address), listener.accept());
    (near.expect("connected"), far.expect("accepted").0)
}

fn options(parameters: Parameters) -> Options {
    let mut options = Options::default().with_balanced_compression().with_utf8();
    if parameters.server_alone {
        options = options.server_no_context_takeover();
    }
    if parameters.client_alone {
        options = options.client_no_context_takeover();
    }
    if let Some(bits) = parameters.server_bits {
        options = options.with_server_max_window_bits(bits);
    }
    if let Some(bits) = parameters.client_bits {
        options = options.with_client_max_window_bits(bits);
    }
    options
}

fn frame(message: &Message) -> Frame {
    match message {
        Message::Text(text) => Frame::text(text.clone()),
        Message::Binary(bytes) => Frame::binary(bytes.clone()),
    }
}

fn message(frame: &Frame) -> Message {
    let bytes = frame.payload().to_vec();
    match frame.opcode() {
        OpCode::Text => Message::Text(String::from_utf8(bytes).expect("text")),
        OpCode::Binary => Message::Binary(bytes),
        other => panic!("{other:?}"),
    }
}

/// Says everything and expects it back, message by message and all at once.
async fn converse<S>(peer: &mut WebSocket<S>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    for sent in messages() {
        peer.send(frame(&sent)).await.expect("open");
        let got = message(&peer.next_frame().await.expect("an echo"));
        assert!(got == sent);
    }
}

fn agreed(connection: &websocket_proto::Connection) -> Parameters {
    let agreed = connection.agreement().and_then(Agreement::deflate);
    let agreed = agreed.expect("an agreement");
    let element = agreed.extension();
    let bits = |role: Role, name: &str| {
        let bits = agreed.window_bits(role);
        element
            .params()
            .any(|(param, _)| param == name)
            .then_some(bits)
    };
    Parameters {
        server_alone: !agreed.context_takeover(Role::Server),
        client_alone: !agreed.context_takeover(Role::Client),
        server_bits: bits(Role::Server, "server_max_window_bits"),
        client_bits: bits(Role::Client, "client_max_window_bits"),
    }
}

/// It offers any combination, and this crate's server takes it.
#[tokio::test]
async fn its_client_and_our_server() {
    let mut count = 0;
    for parameters in Parameters::all() {
        let (near, far) = sockets().await;
        let server = End::echo(far, DeflateConfig::new().threshold(0));
        let client = async {
            let url = "ws://peer/".parse().expect("a URL");
            let mut peer = WebSocket::handshake(url, near, options(parameters))
                .await
                .expect("accepted");
            converse(&mut peer).await;
            peer.close().await.expect("open");
            // Its Close is answered.
            while peer.next_frame().await.is_ok() {}
        };
        let (server, ()) = tokio::join!(server, client);
        let server = server.unwrap_or_else(|error| panic!("{parameters:?}: {error}"));
        assert!(server.connection.was_clean(), "{parameters:?}");
        assert_eq!(agreed(&server.connection), parameters);
        assert!(server.read < 150_000, "{} bytes of 380,000", server.read);
        count += 1;
    }
    assert_eq!(count, 144);
}

/// Echoes on one connection of hyper.
async fn its_server(stream: TcpStream, options: Options) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        let options = options.clone();
        async move {
            let (response, upgrade) = WebSocket::upgrade_with_options(&mut request, options)?;
            tokio::spawn(async move {
                let mut peer = upgrade.await.expect("upgraded");
                while let Ok(frame) = peer.next_frame().await {
                    if matches!(frame.opcode(), OpCode::Text | OpCode::Binary) {
                        let echo = self::frame(&message(&frame));
                        peer.send(echo).await.expect("open");
                    }
                }
            });
            Ok::<Response<Empty<Bytes>>, yawc::WebSocketError>(response)
        }
    });
    hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades()
        .await
        .expect("a request");
}

/// This crate's client offers, and it demands any combination.
#[tokio::test]
async fn our_client_and_its_server() {
    let mut count = 0;
    for parameters in Parameters::all() {
        let (near, far) = sockets().await;
        tokio::spawn(its_server(far, options(parameters)));
        let mut deflate = DeflateConfig::new().threshold(0);
        if let Some(bits) = parameters.client_bits {
            deflate = deflate.outgoing_window_bits(bits);
        }
        if let Some(bits) = parameters.server_bits {
            deflate = deflate.incoming_window_bits(bits);
        }
        let mut client = End::connect(near, deflate)
            .await
            .unwrap_or_else(|error| panic!("{parameters:?}: {error}"));
        let agreed = agreed(&client.connection);
        assert_eq!(agreed.server_alone, parameters.server_alone);
        assert_eq!(agreed.client_alone, parameters.client_alone);
        for sent in messages() {
            client.send(&sent).expect("open");
            let got = client.next().await;
            let got = got.unwrap_or_else(|error| panic!("{parameters:?} {agreed:?}: {error}"));
            assert!(got == sent);
        }
        assert!(client.read < 150_000, "{} bytes of 380,000", client.read);
        client.close().await.expect("a clean end");
        count += 1;
    }
    assert_eq!(count, 144);
}
