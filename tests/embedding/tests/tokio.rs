//! What the tokio adapter promises beyond the scenarios.

use std::time::Duration;

use embedding::adapters::tokio::WebSocket;
use embedding::{Failure, Message};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncWriteExt, DuplexStream, duplex};
use tokio::runtime;
use tokio::time::{sleep, timeout};
use websocket_proto::handshake::{Acceptance, Agreement, ClientRequest};
use websocket_proto::{CloseCode, CloseFrame, CloseStatus, Config, Connection, Seed, Uri};

fn run<T>(task: impl Future<Output = T>) -> T {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime
        .block_on(async { timeout(Duration::from_secs(60), task).await })
        .expect("no more than a minute")
}

async fn pair(pipe: (DuplexStream, DuplexStream)) -> (WebSocket, WebSocket) {
    let uri = Uri::parse("ws://localhost/").expect("a valid URI");
    let request = ClientRequest::new(&uri);
    let (client, server) = tokio::join!(
        WebSocket::connect(pipe.0, Config::new(), &request, Seed::from([1; 32])),
        WebSocket::accept(pipe.1, Config::new(), |_| Ok(Acceptance::new())),
    );
    (client.expect("accepted"), server.expect("a request"))
}

/// A `receive` that is dropped halfway, again and again, while the bytes come
/// one by one, loses nothing.
#[test]
fn receiving_is_cancel_safe() {
    run(async {
        let (mut wire, io) = duplex(1);
        let connection = Connection::upgraded_server(Config::new(), Agreement::new());
        let mut server = WebSocket::new(io, connection, Vec::new()).expect("open");
        let writer = tokio::spawn(async move {
            for number in 0..100u8 {
                let frame = [0x82, 0x84, 0, 0, 0, 0, number, 1, 2, 3];
                wire.write_all(&frame).await.expect("a reader");
                sleep(Duration::from_micros(300)).await;
            }
            wire
        });
        let (mut received, mut dropped) = (0, 0);
        while received < 100 {
            match timeout(Duration::from_micros(100), server.receive()).await {
                Ok(Some(Ok(message))) => {
                    assert_eq!(message, Message::Binary(vec![received, 1, 2, 3]));
                    received += 1;
                }
                Ok(other) => panic!("{other:?}"),
                Err(_) => dropped += 1,
            }
        }
        assert!(dropped > 10, "{dropped} dropped");
        drop(writer.await);
    });
}

/// Both ends send what fits into no buffer before either has received all.
#[test]
fn both_send_at_once() {
    const COUNT: usize = 64;
    async fn exchange(end: WebSocket) -> WebSocket {
        let (mut sink, mut stream) = end.split();
        let send = async {
            for number in 0..COUNT {
                let message = Message::Binary(vec![number as u8; 64 << 10]);
                sink.send(message).await.expect("open");
            }
        };
        let receive = async {
            for number in 0..COUNT {
                match stream.next().await {
                    Some(Ok(Message::Binary(bytes))) => assert_eq!(bytes[0], number as u8),
                    other => panic!("{other:?}"),
                }
            }
        };
        tokio::join!(send, receive);
        sink.reunite(stream).expect("two halves of one")
    }
    run(async {
        let (client, server) = pair(duplex(4 << 10)).await;
        let (mut client, mut server) = tokio::join!(exchange(client), exchange(server));
        client.close().await.expect("open");
        assert!(matches!(
            server.receive().await,
            Some(Ok(Message::Close(None)))
        ));
        assert!(matches!(
            client.receive().await,
            Some(Ok(Message::Close(None)))
        ));
        assert!(server.receive().await.is_none() && client.receive().await.is_none());
        for end in [client.end(), server.end()] {
            let end = end.expect("ended");
            assert!(end.clean);
            assert_eq!(end.status, CloseStatus::NoCode);
        }
        assert!(matches!(
            client.send(Message::Text("late".into())).await,
            Err(Failure::Ended)
        ));
    });
}

/// A mistake is told by the call that made it, and harms nothing.
#[test]
fn mistakes_are_told_at_once() {
    run(async {
        let (mut client, mut server) = pair(duplex(4 << 10)).await;
        let mistake = client.send(Message::Ping(vec![0; 126])).await;
        assert!(matches!(mistake, Err(Failure::Program(_))), "{mistake:?}");
        client
            .send(Message::Text("fine".into()))
            .await
            .expect("open");
        let received = server.receive().await;
        assert!(matches!(received, Some(Ok(Message::Text(text))) if text == "fine"));
        let frame = CloseFrame {
            code: CloseCode::NORMAL,
            reason: "done".into(),
        };
        client
            .send(Message::Close(Some(frame.clone())))
            .await
            .expect("open");
        let received = server.receive().await;
        assert!(matches!(received, Some(Ok(Message::Close(Some(close)))) if close == frame));
    });
}
