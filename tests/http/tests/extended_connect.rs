//! Our client at our server, over HTTP/2 and over HTTP/3: the same tests.

mod support;

use std::sync::Arc;

use http_stacks::tls::{self, Identity};
use quinn::crypto::rustls::QuicServerConfig;

/// Each test for the server and client that `$start` gives.
macro_rules! tests {
    ($start:path) => {
        use http_stacks::cases::{self, Opener, close, expect, open};
        use http_stacks::session::Message;
        use websocket_proto::handshake::ClientRequest;
        use websocket_proto::{CloseCode, Config};

        use crate::support::limited;

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn every_case() {
            let (client, mut log) = $start(true).await;
            for name in cases::ALL {
                if let Err(error) = cases::run(name, &client).await {
                    panic!("{name}: {error}");
                }
            }
            log.shows(":method CONNECT :protocol websocket :path /echo")
                .await;
            log.shows("end /echo clean 1000 done").await;
            log.shows("end /echo clean 4001 enough – ü").await;
            log.shows("end /close clean 4001").await;
        }

        #[tokio::test]
        async fn the_server_pings() {
            limited(async {
                let (client, _log) = $start(true).await;
                let mut session = open(&client, "/ping").await.unwrap();
                expect(&mut session, &Message::Ping(b"there?".to_vec()))
                    .await
                    .unwrap();
                expect(&mut session, &Message::Text("ponged".into()))
                    .await
                    .unwrap();
                close(session, CloseCode::NORMAL, "").await.unwrap();
            })
            .await;
        }

        /// RST_STREAM or RESET_STREAM without a Close is 1006 at the other end
        /// (RFC 8441 section 5, RFC 9220 section 3), and no harm to others.
        #[tokio::test]
        async fn the_client_resets() {
            limited(async {
                let (client, mut log) = $start(true).await;
                let mut kept = open(&client, "/echo").await.unwrap();
                let mut session = open(&client, "/echo").await.unwrap();
                session
                    .send(|conn, out| conn.send_text("a", out))
                    .await
                    .unwrap();
                expect(&mut session, &Message::Text("a".into()))
                    .await
                    .unwrap();
                session.reset();
                log.shows(
                    "end /echo unclean: the connection was lost before the closing handshake",
                )
                .await;
                // Dropped in silence it is reset as well.
                drop(open(&client, "/echo").await.unwrap());
                log.shows(
                    "end /echo unclean: the connection was lost before the closing handshake",
                )
                .await;
                kept.send(|conn, out| conn.send_text("b", out))
                    .await
                    .unwrap();
                expect(&mut kept, &Message::Text("b".into())).await.unwrap();
                close(kept, CloseCode::NORMAL, "").await.unwrap();
            })
            .await;
        }

        #[tokio::test]
        async fn the_server_resets_or_ends() {
            limited(async {
                let (client, mut log) = $start(true).await;
                for (path, line) in [
                    ("/reset", "end /reset reset"),
                    ("/end", "end /end abandoned"),
                ] {
                    let mut session = open(&client, path).await.unwrap();
                    session
                        .send(|conn, out| conn.send_text("a", out))
                        .await
                        .unwrap();
                    let error = session.next().await.unwrap_err();
                    let unclean = "the connection was lost before the closing handshake";
                    assert_eq!(error.to_string(), unclean);
                    let end = session.connection();
                    assert!(!end.was_clean());
                    assert_eq!(end.close_status().map(|status| status.value()), Some(1006));
                    log.shows(line).await;
                }
            })
            .await;
        }

        #[tokio::test]
        async fn an_unknown_protocol_is_not_implemented() {
            limited(async {
                let (client, mut log) = $start(true).await;
                let request = ClientRequest::new(&client.uri("/echo").unwrap());
                let opened = client
                    .inner
                    .open_as("telnet", &request, Config::new())
                    .await;
                let error = opened.map(drop).unwrap_err();
                assert_eq!(error.to_string(), "refused 501");
                log.shows("refused: :protocol is not websocket").await;
            })
            .await;
        }

        /// Without the setting a client sends nothing (RFC 8441 section 3).
        #[tokio::test]
        async fn without_the_setting_nothing_is_sent() {
            limited(async {
                let (client, mut log) = $start(false).await;
                assert!(!client.inner.setting().is_enabled());
                let error = open(&client, "/echo").await.map(drop).unwrap_err();
                let why = websocket_proto::handshake::BuildError::ConnectDisabled;
                assert_eq!(error.to_string(), why.to_string());
                drop(client);
                // There was no request before the end of the HTTP connection.
                assert_eq!(log.0.recv().await.as_deref(), Some("over"));
            })
            .await;
        }

        /// A client that does not mask is told so over these versions too, by
        /// a Close, and the stream ends in order.
        #[tokio::test]
        async fn frames_without_a_mask_are_refused() {
            limited(async {
                let (client, mut log) = $start(true).await;
                let mut session = open(&client, "/echo").await.unwrap();
                session.send_raw(b"\x81\x02ab").await.unwrap();
                match session.next().await.unwrap() {
                    Some(Message::Close(Some((code, _)))) => {
                        assert_eq!(code, CloseCode::PROTOCOL_ERROR);
                    }
                    other => panic!("{other:?}"),
                }
                assert_eq!(session.next().await.unwrap(), None);
                log.shows("end /echo unclean: a frame from a client is unmasked")
                    .await;
            })
            .await;
        }
    };
}

mod http2 {
    tests!(crate::support::over_http2);
}

mod http3 {
    tests!(crate::support::over_http3);
}

/// BOOT-02 of the requirements: a setting that is neither 0 nor 1 ends the
/// connection with H3_SETTINGS_ERROR.
#[tokio::test]
async fn a_wrong_setting_over_http3() {
    support::limited(async {
        let identity = Identity::localhost().unwrap();
        let crypto = QuicServerConfig::try_from(tls::server(&identity, &["h3"]).unwrap());
        let config = quinn::ServerConfig::with_crypto(Arc::new(crypto.unwrap()));
        let endpoint = quinn::Endpoint::server(config, ([127, 0, 0, 1], 0).into()).unwrap();
        let address = endpoint.local_addr().unwrap();
        let server = tokio::spawn(async move {
            let connection = endpoint.accept().await?.await.ok()?;
            let mut control = connection.open_uni().await.ok()?;
            // A control stream, on it SETTINGS of two bytes: 8 is 2.
            control.write_all(&[0, 4, 2, 8, 2]).await.ok()?;
            Some(connection.closed().await)
        });
        let config = tls::client(&identity.certificate, &["h3"]).unwrap();
        let client = http_stacks::http3::Client::connect(address, "localhost", config).await;
        assert!(client.is_err());
        match server.await.unwrap() {
            Some(quinn::ConnectionError::ApplicationClosed(close)) => {
                assert_eq!(close.error_code.into_inner(), 0x109);
            }
            other => panic!("{other:?}"),
        }
    })
    .await;
}
