//! The transport ends where it should not, at every stage.

use websocket_proto::{CloseCode, Config, Error};

use super::closing::is_lost;
use super::raw::Peer;
use super::{Outcome, Raw, accept, check, close, connect, expect};
use crate::adapter::{Adapter, Session, Transport};
use crate::{Failure, Message};

/// Within the opening handshake.
pub struct Opening;

impl Raw for Opening {
    const VARIANTS: &'static [&'static str] = &[
        "EOF before the request",
        "EOF within the request",
        "EOF before the response",
        "EOF within the response",
    ];

    async fn tested<A: Adapter>(io: A::Transport, variant: usize) -> Outcome {
        let opened = match variant {
            0 | 1 => accept::<A>(io, Config::new()).await,
            _ => connect::<A>(io, Config::new()).await,
        };
        match opened {
            Err(Failure::Peer(Error::UnexpectedEof)) => Ok(()),
            Err(failure) => Err(failure.into()),
            Ok(_) => Err(String::from("opened").into()),
        }
    }

    fn peer<T: Transport>(io: T, variant: usize) -> Outcome {
        let mut peer = Peer::new(io)?;
        match variant {
            0 => {}
            1 => peer.write(b"GET / HTTP/1.1\r\nHost: local")?,
            2 => drop(peer.read_head()?),
            _ => {
                peer.read_head()?;
                peer.write(b"HTTP/1.1 101 Switching Proto")?;
            }
        }
        peer.end()?;
        let rest = peer.read_to_end()?;
        check!(rest.is_empty(), "{} bytes to nobody", rest.len());
        Ok(())
    }
}

/// On an open connection. The even ones are servers.
pub struct Open;

impl Raw for Open {
    const VARIANTS: &'static [&'static str] = &[
        "EOF between frames, server",
        "EOF between frames, client",
        "EOF within a header, server",
        "EOF within a header, client",
        "EOF within a payload, server",
        "EOF within a payload, client",
        "EOF between fragments, server",
        "EOF between fragments, client",
        "EOF after our Close, server",
        "EOF after our Close, client",
    ];

    async fn tested<A: Adapter>(io: A::Transport, variant: usize) -> Outcome {
        let mut session = match variant % 2 {
            0 => accept::<A>(io, Config::new()).await?,
            _ => connect::<A>(io, Config::new()).await?,
        };
        expect(&mut session, &Message::Text("fine".into())).await?;
        if variant / 2 == 4 {
            session.send(close(CloseCode::NORMAL, "")).await?;
        }
        is_lost(&mut session).await
    }

    fn peer<T: Transport>(io: T, variant: usize) -> Outcome {
        let mut peer = Peer::new(io)?;
        match variant % 2 {
            0 => peer.open_as_client(&[])?,
            _ => peer.open_as_server(&[])?,
        }
        let mut frames = peer.frame(0x81, b"fine");
        let piece = peer.frame(0x01, b"a piece");
        match variant / 2 {
            0 | 4 => {}
            1 => frames.extend(&piece[..1]),
            2 => frames.extend(&piece[..piece.len() - 1]),
            _ => frames.extend(piece),
        }
        peer.write(&frames)?;
        if variant / 2 == 4 {
            let frame = peer.read_frame()?;
            check!(frame == (0x88, b"\x03\xe8".to_vec()), "received {frame:?}");
        }
        peer.end()?;
        let rest = peer.read_to_end()?;
        check!(rest.is_empty(), "{} bytes to nobody", rest.len());
        Ok(())
    }
}
