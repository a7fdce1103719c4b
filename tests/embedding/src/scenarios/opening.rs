//! The opening handshake.

use websocket_proto::handshake::{Acceptance, Response};
use websocket_proto::{Config, Error};

use super::raw::Peer;
use super::{Outcome, Pair, Raw, Stage, accept, check, connect, expect, finish, finished, request};
use crate::adapter::{Adapter, Session, Transport};
use crate::{Failure, Message};

/// Path, query and subprotocol get through.
pub struct Agreed;

impl Pair for Agreed {
    const VARIANTS: &'static [&'static str] = &["subprotocol and path"];

    async fn server<A: Adapter>(io: A::Transport, _: &Stage, _: usize) -> Outcome {
        let decide = |request: &websocket_proto::handshake::Request| {
            let asked = (request.path(), request.query());
            match request.choose_subprotocol(&["chat", "superchat"]) {
                Some(name) if asked == ("/a/room", Some("seat=7")) => {
                    Ok(Acceptance::new().subprotocol(name))
                }
                _ => Err(Response::new(404)),
            }
        };
        let mut session = A::accept(io, Config::new(), decide).await?;
        let agreed = session.agreement();
        check!(agreed.subprotocol() == Some("superchat"), "{agreed:?}");
        finished(&mut session).await
    }

    async fn client<A: Adapter>(io: A::Transport, _: &Stage, _: usize) -> Outcome {
        let request = request("ws://localhost/a/room?seat=7")
            .subprotocol("superchat")
            .subprotocol("chat");
        let mut session = A::connect(io, Config::new(), &request).await?;
        let agreed = session.agreement();
        check!(agreed.subprotocol() == Some("superchat"), "{agreed:?}");
        finish(&mut session).await
    }
}

/// The server refuses, and the client learns why.
pub struct Refused;

impl Pair for Refused {
    const VARIANTS: &'static [&'static str] = &["refused with 403"];

    async fn server<A: Adapter>(io: A::Transport, _: &Stage, _: usize) -> Outcome {
        let refuse = |_: &_| Err(Response::new(403).body("members only\n"));
        match A::accept(io, Config::new(), refuse).await {
            Err(Failure::Answered(403)) => Ok(()),
            Err(failure) => Err(failure.into()),
            Ok(_) => Err(String::from("opened").into()),
        }
    }

    async fn client<A: Adapter>(io: A::Transport, _: &Stage, _: usize) -> Outcome {
        match connect::<A>(io, Config::new()).await {
            Err(Failure::Refused(head)) if head.status() == 403 => Ok(()),
            Err(failure) => Err(failure.into()),
            Ok(_) => Err(String::from("opened").into()),
        }
    }
}

/// A request that asks for no WebSocket gets an answer of HTTP.
pub struct PlainHttp;

impl Raw for PlainHttp {
    const VARIANTS: &'static [&'static str] = &["plain HTTP"];

    async fn tested<A: Adapter>(io: A::Transport, _: usize) -> Outcome {
        match accept::<A>(io, Config::new()).await {
            Err(Failure::Answered(426)) => Ok(()),
            Err(failure) => Err(failure.into()),
            Ok(_) => Err(String::from("opened").into()),
        }
    }

    fn peer<T: Transport>(io: T, _: usize) -> Outcome {
        let mut peer = Peer::new(io)?;
        peer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
        let answer = String::from_utf8_lossy(&peer.read_to_end()?).into_owned();
        check!(answer.starts_with("HTTP/1.1 426 "), "answered {answer:?}");
        check!(
            answer.ends_with("speaks WebSocket.\n"),
            "answered {answer:?}"
        );
        Ok(())
    }
}

/// A server that has not understood the key is none.
pub struct WrongAccept;

impl Raw for WrongAccept {
    const VARIANTS: &'static [&'static str] = &["wrong accept key"];

    async fn tested<A: Adapter>(io: A::Transport, _: usize) -> Outcome {
        match connect::<A>(io, Config::new()).await {
            Err(Failure::Peer(Error::Response(_))) => Ok(()),
            Err(failure) => Err(failure.into()),
            Ok(_) => Err(String::from("opened").into()),
        }
    }

    fn peer<T: Transport>(io: T, _: usize) -> Outcome {
        let mut peer = Peer::new(io)?;
        peer.read_head()?;
        peer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
              Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
        )?;
        peer.read_to_end()?;
        Ok(())
    }
}

/// The first frames come in one read with the handshake.
pub struct FramesBehind;

impl Raw for FramesBehind {
    const VARIANTS: &'static [&'static str] = &[
        "frames right behind the request",
        "frames right behind the response",
    ];

    async fn tested<A: Adapter>(io: A::Transport, variant: usize) -> Outcome {
        let mut session = match variant {
            0 => accept::<A>(io, Config::new()).await?,
            _ => connect::<A>(io, Config::new()).await?,
        };
        expect(&mut session, &Message::Text("Hello".into())).await?;
        expect(&mut session, &Message::Binary(vec![1, 2, 3])).await?;
        finish(&mut session).await
    }

    fn peer<T: Transport>(io: T, variant: usize) -> Outcome {
        let mut peer = Peer::new(io)?;
        let frames = |peer: &Peer<T>| {
            let mut frames = peer.frame(0x81, b"Hello");
            frames.extend(peer.frame(0x82, &[1, 2, 3]));
            frames
        };
        match variant {
            0 => {
                let behind = frames(&peer);
                peer.open_as_client(&behind)?;
            }
            _ => {
                peer.is_server = true;
                let behind = frames(&peer);
                peer.open_as_server(&behind)?;
            }
        }
        peer.close_after(b"\x03\xe8done", b"\x03\xe8")
    }
}
