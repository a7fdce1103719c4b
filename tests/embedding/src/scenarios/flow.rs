//! Much data, and peers that do not take it.

use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::{Duration, Instant};

use websocket_proto::{Config, Delivery, MessageKind};

use super::raw::Peer;
use super::{
    Outcome, Pair, Raw, Stage, accept, check, connect, describe, expect, finish, finished, next,
};
use crate::Message;
use crate::adapter::{Adapter, Session, Transport};
use crate::adapters::OUTPUT_MARK;
use crate::heap;

const PIECE: usize = 64 << 10;
/// No more waits in an output than the mark, a piece and its header.
const MOST_OUTPUT: usize = OUTPUT_MARK + PIECE + 14;

/// One message of 32 MiB each way, of which nobody ever holds more than a piece.
pub struct Streaming;

impl Streaming {
    const CONFIG: Config = Config::new()
        .delivery(Delivery::Chunks)
        .max_message(1 << 30);
    const PIECES: usize = 512;
    const MOST_HEAP: usize = 4 << 20;

    /// 64 KiB, and as much as it takes to begin anywhere in them.
    fn pattern() -> Vec<u8> {
        (0..PIECE + 251).map(|at| (at % 251) as u8).collect()
    }

    async fn send(session: &mut impl Session) -> Outcome {
        let pattern = Self::pattern();
        for number in 0..Self::PIECES {
            let start = number * PIECE % 251;
            let piece = Message::Fragment {
                kind: MessageKind::Binary,
                data: pattern[start..start + PIECE].to_vec(),
                last: number + 1 == Self::PIECES,
            };
            session.send(piece).await?;
        }
        let peak = session.peak();
        check!(peak <= MOST_OUTPUT, "{peak} bytes in the output");
        Ok(())
    }

    async fn receive(session: &mut impl Session) -> Outcome {
        let pattern = Self::pattern();
        let mut received = 0;
        loop {
            match next(session).await? {
                Message::Fragment { data, last, .. } if data.len() <= PIECE => {
                    let expected = &pattern[received % 251..][..data.len()];
                    check!(data == expected, "other bytes after {received}");
                    received += data.len();
                    if last {
                        break;
                    }
                }
                other => return Err(format!("received {}", describe(&other)).into()),
            }
        }
        check!(received == Self::PIECES * PIECE, "{received} bytes in all");
        Ok(())
    }
}

impl Pair for Streaming {
    const VARIANTS: &'static [&'static str] = &["streaming 32 MiB"];

    async fn server<A: Adapter>(io: A::Transport, _: &Stage, _: usize) -> Outcome {
        let mut session = accept::<A>(io, Self::CONFIG).await?;
        Self::receive(&mut session).await?;
        Self::send(&mut session).await?;
        finished(&mut session).await
    }

    async fn client<A: Adapter>(io: A::Transport, _: &Stage, _: usize) -> Outcome {
        let mut session = connect::<A>(io, Self::CONFIG).await?;
        heap::reset_peak();
        let before = heap::live();
        Self::send(&mut session).await?;
        Self::receive(&mut session).await?;
        let heap = heap::peak() - before;
        check!(heap < Self::MOST_HEAP, "{heap} bytes on the heap");
        finish(&mut session).await
    }
}

/// One side reads nothing for a while: the other has to wait, in bounded
/// memory, and then nothing is lost.
pub struct SlowReader;

impl SlowReader {
    const COUNT: usize = 512;
    const MOST_HEAP: usize = 8 << 20;

    async fn send(session: &mut impl Session, stage: &Stage) -> Outcome {
        for number in 0..Self::COUNT {
            let message = Message::Binary(vec![number as u8; PIECE]);
            session.send(message).await?;
            stage.sent.fetch_add(1, Relaxed);
        }
        let peak = session.peak();
        check!(peak <= MOST_OUTPUT, "{peak} bytes in the output");
        finish(session).await
    }

    async fn receive<A: Adapter>(session: &mut A::Session, stage: &Stage) -> Outcome {
        heap::reset_peak();
        let before = heap::live();
        // Until the other side has not got any further for a while.
        let (mut seen, mut since) = (0, Instant::now());
        while seen == 0 || since.elapsed() < Duration::from_millis(250) {
            A::sleep(Duration::from_millis(10)).await;
            let sent = stage.sent.load(Relaxed);
            if sent != seen {
                (seen, since) = (sent, Instant::now());
            }
            check!(sent < Self::COUNT, "nobody had to wait");
        }
        let heap = heap::peak() - before;
        check!(heap < Self::MOST_HEAP, "{heap} bytes on the heap");
        for number in 0..Self::COUNT {
            let message = Message::Binary(vec![number as u8; PIECE]);
            expect(session, &message).await?;
        }
        finished(session).await
    }
}

impl Pair for SlowReader {
    const VARIANTS: &'static [&'static str] =
        &["the server reads slowly", "the client reads slowly"];

    async fn server<A: Adapter>(io: A::Transport, stage: &Stage, variant: usize) -> Outcome {
        let mut session = accept::<A>(io, Config::new()).await?;
        match variant {
            0 => Self::receive::<A>(&mut session, stage).await,
            _ => Self::send(&mut session, stage).await,
        }
    }

    async fn client<A: Adapter>(io: A::Transport, stage: &Stage, variant: usize) -> Outcome {
        let mut session = connect::<A>(io, Config::new()).await?;
        match variant {
            0 => Self::send(&mut session, stage).await,
            _ => Self::receive::<A>(&mut session, stage).await,
        }
    }
}

/// A client that pings without end and reads no answer costs a bounded output;
/// the newest Ping is answered in the end.
pub struct PingFlood;

impl PingFlood {
    const COUNT: usize = 200_000;
}

impl Raw for PingFlood {
    const VARIANTS: &'static [&'static str] = &["flood of pings"];

    async fn tested<A: Adapter>(io: A::Transport, _: usize) -> Outcome {
        let mut session = accept::<A>(io, Config::new()).await?;
        let mut pings = 0;
        while let Some(message) = session.receive().await {
            match message? {
                Message::Ping(_) => pings += 1,
                Message::Close(_) => {}
                other => return Err(format!("received {}", describe(&other)).into()),
            }
        }
        check!(pings == Self::COUNT, "{pings} pings");
        let peak = session.peak();
        check!(peak <= MOST_OUTPUT, "{peak} bytes in the output");
        Ok(())
    }

    fn peer<T: Transport>(io: T, _: usize) -> Outcome {
        let mut peer = Peer::new(io)?;
        peer.open_as_client(&[])?;
        let (mut reader, mut writer) = peer.split()?;
        let flood = thread::spawn(move || {
            for number in 0..Self::COUNT {
                let mut payload = [0; 125];
                payload[..8].copy_from_slice(&(number as u64).to_be_bytes());
                let ping = writer.frame(0x89, &payload);
                writer.write(&ping)?;
            }
            Ok::<_, std::io::Error>(writer)
        });
        thread::sleep(Duration::from_millis(300));
        // Some are not answered, but the newest is, though nothing follows it.
        let newest = (Self::COUNT as u64 - 1).to_be_bytes();
        loop {
            match reader.read_frame()? {
                (0x8a, payload) if payload[..8] == newest => break,
                (0x8a, _) => {}
                frame => return Err(format!("received {frame:?}").into()),
            }
        }
        let joined = flood.join();
        let mut writer = joined.map_err(|_| "panicked".to_string())??;
        let close = writer.frame(0x88, b"\x03\xe8");
        writer.write(&close)?;
        let frame = reader.read_frame()?;
        check!(frame == (0x88, b"\x03\xe8".to_vec()), "received {frame:?}");
        Ok(())
    }
}
