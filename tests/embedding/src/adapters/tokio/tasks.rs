//! The handshake, and the two tasks that follow it.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::timeout;
use websocket_proto::handshake::{Acceptance, Request, Response};
use websocket_proto::{
    CloseStatus, Connection, Error, Input, Receiver, Reply, Role, State, Timeout,
};

use super::shared::Shared;
use crate::adapters::{
    CLOSE_TIME, HANDSHAKE_TIME, LINGER_TIME, OUTPUT_MARK, READ_SIZE, take_opening,
};
use crate::{End, Failure, Message};

/// The opening handshake; what was read beyond it are the first frames.
pub(super) async fn open<IO>(
    io: &mut IO,
    connection: &mut Connection,
    mut out: Vec<u8>,
    decide: impl Fn(&Request) -> Result<Acceptance, Response>,
) -> Result<Vec<u8>, Failure>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let mut buffer = vec![0; READ_SIZE];
    let exchange = async {
        let mut outcome = Ok(());
        let mut rest = Vec::new();
        loop {
            io.write_all(&out).await?;
            io.flush().await?;
            out.clear();
            outcome?;
            if connection.state() == State::Open {
                return Ok(rest);
            }
            let length = io.read(&mut buffer).await?;
            if length == 0 {
                connection.receive_eof()?;
            }
            let mut input = Input::one_by_one(&mut buffer[..length]);
            outcome = take_opening(connection, &mut input, &mut out, &decide);
            rest = input.into_rest().to_vec();
        }
    };
    let outcome = timeout(HANDSHAKE_TIME, exchange).await;
    let outcome = outcome.unwrap_or(Err(Error::Timeout(Timeout::Handshake).into()));
    if outcome.is_err() {
        let _ = io.shutdown().await;
        linger(io).await;
    }
    outcome
}

/// The reading task.
pub(super) async fn read(
    mut io: impl AsyncRead + Unpin,
    mut receiver: Receiver,
    rest: Vec<u8>,
    shared: Arc<Shared>,
    inbox: mpsc::Sender<Result<Message, Failure>>,
) {
    let outcome = receive_all(&mut io, &mut receiver, rest, &shared, &inbox).await;
    if let Err(Failure::Peer(error)) = outcome {
        shared.reply(&Reply::to_error(error));
    }
    shared.finish();
    let written = timeout(CLOSE_TIME, shared.written.notified()).await;
    let clean = outcome.is_ok() && written.is_ok() && !shared.is_broken();
    let status = receiver.close_status().unwrap_or(CloseStatus::Abnormal);
    linger(&mut io).await;
    let _ = shared.end.set(End { status, clean });
    if let Err(failure) = outcome {
        let _ = inbox.send(Err(failure)).await;
    }
}

/// Receives until the transport may be closed.
async fn receive_all(
    io: &mut (impl AsyncRead + Unpin),
    receiver: &mut Receiver,
    rest: Vec<u8>,
    shared: &Shared,
    inbox: &mpsc::Sender<Result<Message, Failure>>,
) -> Result<(), Failure> {
    let mut buffer = rest;
    let mut length = buffer.len();
    buffer.resize(READ_SIZE.max(length), 0);
    let overdue = shared.overdue();
    tokio::pin!(overdue);
    loop {
        let mut input = Input::new(&mut buffer[..length]);
        while let Some(event) = receiver.receive(&mut input)? {
            if let Some(reply) = Reply::to_event(&event) {
                shared.reply(&reply);
            }
            if let Some(message) = Message::new(event) {
                // Fails where the application has gone, and this task with it.
                let _ = inbox.send(Ok(message)).await;
            }
        }
        // A client leaves it to the server to close the transport first.
        let closed = receiver.close_status().is_some();
        if closed && shared.role() == Role::Server {
            return Ok(());
        }
        length = tokio::select! {
            // A transport that breaks has ended.
            length = io.read(&mut buffer) => length.unwrap_or(0),
            () = &mut overdue => match closed {
                true => return Ok(()),
                false => return Err(Error::Timeout(Timeout::Close).into()),
            },
        };
        if length == 0 {
            return Ok(receiver.receive_eof()?);
        }
    }
}

/// The writing task: writes what there is to write, until nothing will follow.
pub(super) async fn write(mut io: impl AsyncWrite + Unpin, shared: Arc<Shared>) {
    let mut batch = Vec::new();
    while shared.take(&mut batch).await {
        if io.write_all(&batch).await.is_err() || io.flush().await.is_err() {
            shared.fail();
            break;
        }
        batch.clear();
        batch.shrink_to(OUTPUT_MARK);
    }
    // No more comes from here: the peer may close as well.
    let _ = timeout(Duration::from_secs(1), io.shutdown()).await;
    shared.written.notify_one();
}

/// Reads until the peer has closed too. Closing a socket while bytes wait to
/// be read makes TCP reset the connection, and a reset discards what the peer
/// has not read yet: the Close or the refusal.
async fn linger(io: &mut (impl AsyncRead + Unpin)) {
    let mut discarded = vec![0; READ_SIZE];
    let all = async { while !matches!(io.read(&mut discarded).await, Ok(0) | Err(_)) {} };
    let _ = timeout(LINGER_TIME, all).await;
}
