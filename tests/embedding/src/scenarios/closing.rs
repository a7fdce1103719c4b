//! The closing handshake, and what ends a connection without it.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use websocket_proto::{CloseCode, CloseStatus, Config, Error};

use super::raw::Peer;
use super::{
    ABNORMAL, Outcome, Pair, Raw, Stage, Trouble, accept, check, close, connect, describe, ends,
    expect, next,
};
use crate::adapter::{Adapter, Session, Transport};
use crate::{End, Failure, Message};

/// Every order of the two Closes.
pub struct Closes;

impl Closes {
    async fn first(session: &mut impl Session, sent: Message) -> Outcome {
        session.send(sent.clone()).await?;
        let (echo, status) = match sent {
            Message::Close(Some(frame)) => (close(frame.code, ""), CloseStatus::Code(frame.code)),
            _ => (Message::Close(None), CloseStatus::NoCode),
        };
        expect(session, &echo).await?;
        let clean = true;
        ends(session, End { status, clean }).await?;
        match session.send(Message::Text("late".into())).await {
            Err(Failure::Ended) => Ok(()),
            other => Err(format!("sent after the end: {other:?}").into()),
        }
    }

    async fn second(session: &mut impl Session, expected: &Message) -> Outcome {
        expect(session, expected).await?;
        let status = match expected {
            Message::Close(Some(frame)) => CloseStatus::Code(frame.code),
            _ => CloseStatus::NoCode,
        };
        let clean = true;
        ends(session, End { status, clean }).await
    }

    /// Either this Close is under way when the peer's comes, or the peer's was
    /// there before it could be.
    async fn at_once<A: Adapter>(session: &mut A::Session, stage: &Stage, code: u16) -> Outcome {
        let code = CloseCode::new(code).expect("a valid code");
        stage.arrived.fetch_add(1, Relaxed);
        while stage.arrived.load(Relaxed) < 2 {
            A::sleep(Duration::from_millis(1)).await;
        }
        match session.send(close(code, "mine")).await {
            Ok(()) | Err(Failure::Ended) => {}
            Err(failure) => return Err(failure.into()),
        }
        let status = match next(session).await? {
            Message::Close(Some(frame)) => CloseStatus::Code(frame.code),
            other => return Err(format!("received {}", describe(&other)).into()),
        };
        let clean = true;
        ends(session, End { status, clean }).await
    }
}

impl Pair for Closes {
    const VARIANTS: &'static [&'static str] = &[
        "the client closes, with reason",
        "the server closes, with reason",
        "the client closes, without code",
        "the server closes, without code",
        "both close at once",
    ];

    async fn server<A: Adapter>(io: A::Transport, stage: &Stage, variant: usize) -> Outcome {
        let mut session = accept::<A>(io, Config::new()).await?;
        let away = close(CloseCode::GOING_AWAY, "going");
        match variant {
            0 => Self::second(&mut session, &away).await,
            1 => Self::first(&mut session, away).await,
            2 => Self::second(&mut session, &Message::Close(None)).await,
            3 => Self::first(&mut session, Message::Close(None)).await,
            _ => Self::at_once::<A>(&mut session, stage, 4000).await,
        }
    }

    async fn client<A: Adapter>(io: A::Transport, stage: &Stage, variant: usize) -> Outcome {
        let mut session = connect::<A>(io, Config::new()).await?;
        let away = close(CloseCode::GOING_AWAY, "going");
        match variant {
            0 => Self::first(&mut session, away).await,
            1 => Self::second(&mut session, &away).await,
            2 => Self::first(&mut session, Message::Close(None)).await,
            3 => Self::second(&mut session, &Message::Close(None)).await,
            _ => Self::at_once::<A>(&mut session, stage, 4001).await,
        }
    }
}

/// One side cuts the transport.
pub struct Cut;

impl Cut {
    async fn cuts(mut session: impl Session) -> Outcome {
        session.send(Message::Text("the last".into())).await?;
        session.flush().await?;
        expect(&mut session, &Message::Text("read".into())).await
        // Dropped here.
    }

    async fn is_cut(mut session: impl Session) -> Outcome {
        expect(&mut session, &Message::Text("the last".into())).await?;
        session.send(Message::Text("read".into())).await?;
        is_lost(&mut session).await
    }
}

impl Pair for Cut {
    const VARIANTS: &'static [&'static str] = &["the client cuts", "the server cuts"];

    async fn server<A: Adapter>(io: A::Transport, _: &Stage, variant: usize) -> Outcome {
        let session = accept::<A>(io, Config::new()).await?;
        match variant {
            0 => Self::is_cut(session).await,
            _ => Self::cuts(session).await,
        }
    }

    async fn client<A: Adapter>(io: A::Transport, _: &Stage, variant: usize) -> Outcome {
        let session = connect::<A>(io, Config::new()).await?;
        match variant {
            0 => Self::cuts(session).await,
            _ => Self::is_cut(session).await,
        }
    }
}

/// The transport ends before the Closes are through: told once, and not clean.
pub(super) async fn is_lost(session: &mut impl Session) -> Outcome {
    match session.receive().await {
        Some(Err(Failure::Peer(Error::UnexpectedEof))) => ends(session, ABNORMAL).await,
        Some(Err(failure)) => Err(failure.into()),
        Some(Ok(message)) => Err(format!("received {}", describe(&message)).into()),
        None => Err(Trouble("ended without an error".into())),
    }
}

/// The two Closes pass each other on the way.
pub struct Crossing;

impl Raw for Crossing {
    const VARIANTS: &'static [&'static str] = &["Closes cross, server", "Closes cross, client"];

    async fn tested<A: Adapter>(io: A::Transport, variant: usize) -> Outcome {
        let mut session = match variant {
            0 => accept::<A>(io, Config::new()).await?,
            _ => connect::<A>(io, Config::new()).await?,
        };
        session.send(close(CloseCode::GOING_AWAY, "")).await?;
        expect(&mut session, &Message::Text("on its way".into())).await?;
        expect(&mut session, &close(CloseCode::NORMAL, "mine")).await?;
        let status = CloseStatus::Code(CloseCode::NORMAL);
        let clean = true;
        ends(&mut session, End { status, clean }).await
    }

    fn peer<T: Transport>(io: T, variant: usize) -> Outcome {
        let mut peer = Peer::new(io)?;
        match variant {
            0 => peer.open_as_client(&[])?,
            _ => peer.open_as_server(&[])?,
        }
        let (first, payload) = peer.read_frame()?;
        check!(
            (first, &payload[..]) == (0x88, b"\x03\xe9"),
            "not the Close"
        );
        let mut frames = peer.frame(0x81, b"on its way");
        frames.extend(peer.frame(0x88, b"\x03\xe8mine"));
        peer.write(&frames)?;
        if peer.is_server {
            peer.end()?;
        }
        let rest = peer.read_to_end()?;
        check!(rest.is_empty(), "{} bytes after the Close", rest.len());
        Ok(())
    }
}

/// A frame that breaks the rules: the peer is told by a Close, before the
/// transport is closed.
pub struct Violation;

impl Raw for Violation {
    const VARIANTS: &'static [&'static str] = &["a frame not masked", "a frame masked"];

    async fn tested<A: Adapter>(io: A::Transport, variant: usize) -> Outcome {
        let mut session = match variant {
            0 => accept::<A>(io, Config::new()).await?,
            _ => connect::<A>(io, Config::new()).await?,
        };
        expect(&mut session, &Message::Text("fine".into())).await?;
        match session.receive().await {
            Some(Err(Failure::Peer(Error::Frame(_)))) => ends(&mut session, ABNORMAL).await,
            other => Err(format!("received {other:?}").into()),
        }
    }

    fn peer<T: Transport>(io: T, variant: usize) -> Outcome {
        let mut peer = Peer::new(io)?;
        match variant {
            0 => peer.open_as_client(&[])?,
            _ => peer.open_as_server(&[])?,
        }
        let mut frames = peer.frame(0x81, b"fine");
        peer.is_server = !peer.is_server;
        frames.extend(peer.frame(0x81, b"wrong"));
        peer.is_server = !peer.is_server;
        peer.write(&frames)?;
        let (first, payload) = peer.read_frame()?;
        check!(
            first == 0x88 && payload.starts_with(b"\x03\xea"),
            "{payload:?}"
        );
        let rest = peer.read_to_end()?;
        check!(rest.is_empty(), "{} bytes after the Close", rest.len());
        Ok(())
    }
}
