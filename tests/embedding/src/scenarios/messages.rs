//! Messages and pings.

use websocket_proto::deflate::DeflateConfig;
use websocket_proto::{Config, MessageKind};

use super::{
    NORMAL, Outcome, Pair, Stage, accept, check, connect, describe, ends, expect, finish, finished,
    next,
};
use crate::Message;
use crate::adapter::{Adapter, Session};

const SIZES: [usize; 8] = [0, 1, 125, 126, 65_535, 65_536, 1 << 20, 16 << 20];

/// Every length that a header writes in another way, and long ones.
pub struct Echo;

impl Pair for Echo {
    const VARIANTS: &'static [&'static str] = &["echo, 0 to 16 MiB"];

    async fn server<A: Adapter>(io: A::Transport, _: &Stage, _: usize) -> Outcome {
        let mut session = accept::<A>(io, Config::new()).await?;
        echo(&mut session).await
    }

    async fn client<A: Adapter>(io: A::Transport, _: &Stage, _: usize) -> Outcome {
        let mut session = connect::<A>(io, Config::new()).await?;
        for size in SIZES {
            let bytes = (0..size).map(|at| (at % 251) as u8).collect();
            there_and_back(&mut session, Message::Binary(bytes)).await?;
            let text = "grün ".chars().cycle().take(size / 2).collect();
            there_and_back(&mut session, Message::Text(text)).await?;
        }
        finish(&mut session).await
    }
}

async fn echo(session: &mut impl Session) -> Outcome {
    loop {
        match next(session).await? {
            message @ (Message::Text(_) | Message::Binary(_)) => session.send(message).await?,
            Message::Close(_) => return ends(session, NORMAL).await,
            other => return Err(format!("received {}", describe(&other)).into()),
        }
    }
}

async fn there_and_back(session: &mut impl Session, message: Message) -> Outcome {
    session.send(message.clone()).await?;
    expect(session, &message).await
}

/// A message in pieces that cut a code point, with pings between them.
pub struct Fragments;

impl Pair for Fragments {
    const VARIANTS: &'static [&'static str] = &["fragments and pings between"];

    async fn server<A: Adapter>(io: A::Transport, _: &Stage, _: usize) -> Outcome {
        let mut session = accept::<A>(io, Config::new()).await?;
        for _ in 0..2 {
            expect(&mut session, &Message::Ping(b"between".to_vec())).await?;
        }
        expect(&mut session, &Message::Text("Κόσμε".into())).await?;
        session.send(Message::Text("understood".into())).await?;
        finished(&mut session).await
    }

    async fn client<A: Adapter>(io: A::Transport, _: &Stage, _: usize) -> Outcome {
        let mut session = connect::<A>(io, Config::new()).await?;
        let bytes = "Κόσμε".as_bytes();
        for (piece, last) in [(&bytes[..3], false), (&bytes[3..], false), (&[][..], true)] {
            let fragment = Message::Fragment {
                kind: MessageKind::Text,
                data: piece.to_vec(),
                last,
            };
            session.send(fragment).await?;
            if !last {
                session.send(Message::Ping(b"between".to_vec())).await?;
            }
        }
        for _ in 0..2 {
            expect(&mut session, &Message::Pong(b"between".to_vec())).await?;
        }
        expect(&mut session, &Message::Text("understood".into())).await?;
        finish(&mut session).await
    }
}

/// Pings of both sides are answered without their doing.
pub struct Pings;

impl Pair for Pings {
    const VARIANTS: &'static [&'static str] = &["ping and pong"];

    async fn server<A: Adapter>(io: A::Transport, _: &Stage, _: usize) -> Outcome {
        let mut session = accept::<A>(io, Config::new()).await?;
        expect(&mut session, &Message::Pong(b"not asked for".to_vec())).await?;
        expect(&mut session, &Message::Ping(vec![])).await?;
        expect(&mut session, &Message::Ping(vec![7; 125])).await?;
        there_and_pong(&mut session, b"of the server").await?;
        finished(&mut session).await
    }

    async fn client<A: Adapter>(io: A::Transport, _: &Stage, _: usize) -> Outcome {
        let mut session = connect::<A>(io, Config::new()).await?;
        session
            .send(Message::Pong(b"not asked for".to_vec()))
            .await?;
        there_and_pong(&mut session, &[]).await?;
        there_and_pong(&mut session, &[7; 125]).await?;
        expect(&mut session, &Message::Ping(b"of the server".to_vec())).await?;
        finish(&mut session).await
    }
}

async fn there_and_pong(session: &mut impl Session, payload: &[u8]) -> Outcome {
    session.send(Message::Ping(payload.to_vec())).await?;
    expect(session, &Message::Pong(payload.to_vec())).await
}

/// Compressed messages, which refer to one another, and what does not compress.
pub struct Deflate;

impl Deflate {
    const CONFIG: Config = Config::new().deflate(DeflateConfig::new());

    fn check(session: &impl Session) -> Outcome {
        let agreed = session.agreement();
        check!(agreed.deflate().is_some(), "not agreed on: {agreed:?}");
        Ok(())
    }
}

impl Pair for Deflate {
    const VARIANTS: &'static [&'static str] = &["deflate"];

    async fn server<A: Adapter>(io: A::Transport, _: &Stage, _: usize) -> Outcome {
        let mut session = accept::<A>(io, Self::CONFIG).await?;
        Self::check(&session)?;
        echo(&mut session).await
    }

    async fn client<A: Adapter>(io: A::Transport, _: &Stage, _: usize) -> Outcome {
        let mut session = connect::<A>(io, Self::CONFIG).await?;
        Self::check(&session)?;
        let mut random = 1u32;
        for round in 0..3 {
            let text = "the same again ".repeat(10_000) + &round.to_string();
            there_and_back(&mut session, Message::Text(text)).await?;
            let noise = (0..1 << 18).map(|_| {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (random >> 24) as u8
            });
            let noise = Message::Binary(noise.collect());
            there_and_back(&mut session, noise).await?;
        }
        finish(&mut session).await
    }
}
