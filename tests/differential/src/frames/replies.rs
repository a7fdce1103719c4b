//! What both write: pongs, the answer to a Close, the Close of a failure.

use websocket_proto::Role;
use websocket_sans_io::Opcode;

use super::parsed::{self, Frame};
use super::{Case, Seen, Trace, rules};
use crate::{Difference, Found};

#[derive(Debug, PartialEq, Eq)]
enum Reply {
    Pong(Vec<u8>),
    /// The payload of a Close.
    Close(Vec<u8>),
}

pub fn compare(case: &Case, ours: &Trace, peer: &Trace, found: &mut Found) -> Result<(), String> {
    let mut expected = expected(case, ours, false);
    if let Some(failure) = &ours.failure
        && !case.closing
    {
        expected.push(Reply::Close(failure.code.to_be_bytes().to_vec()));
    }
    let mut written = written(case, &ours.written)?;
    if let (Some(_), Some(Reply::Close(payload))) = (&ours.failure, written.last_mut()) {
        // The reason of a failure is for people.
        payload.truncate(2);
    }
    if written != expected {
        return Err(format!("by the rules this crate writes {expected:?}"));
    }

    let theirs = self::written(case, &peer.written)?;
    let expected = self::expected(case, peer, true);
    if theirs != expected {
        return Err(format!("tungstenite should write {expected:?}"));
    }
    if case.closing {
        return Ok(());
    }
    if peer.failure.is_some() {
        found.insert(Difference::SilentFailure);
    }
    if let (Some(Seen::Close(Some((_, reason)))), None) = (peer.events.last(), &ours.failure)
        && !reason.is_empty()
    {
        found.insert(Difference::ReasonEchoed);
    }
    Ok(())
}

/// The answers to events.
fn expected(case: &Case, trace: &Trace, with_reason: bool) -> Vec<Reply> {
    if case.closing {
        return vec![Reply::Close(vec![0x03, 0xE8])];
    }
    let answer = |event: &Seen| match event {
        Seen::Ping(payload) => Some(Reply::Pong(payload.clone())),
        Seen::Close(frame) => Some(Reply::Close(match frame {
            None => Vec::new(),
            Some((code, reason)) => {
                let reason = if with_reason { reason } else { "" };
                [&code.to_be_bytes(), reason.as_bytes()].concat()
            }
        })),
        _ => None,
    };
    trace.events.iter().filter_map(answer).collect()
}

/// The frames in an output, which have to be valid for the other end.
fn written(case: &Case, bytes: &[u8]) -> Result<Vec<Reply>, String> {
    let reader = match case.role {
        Role::Server => Role::Client,
        Role::Client => Role::Server,
    };
    let (frames, tail) = parsed::frames(bytes);
    if tail != bytes.len() {
        return Err("an unfinished frame was written".into());
    }
    let reply = |frame: Frame| {
        let header = &bytes[frame.start..frame.body];
        let broken = rules::header_rules(reader, header, &frame, false);
        match frame.info.opcode {
            Opcode::Pong if broken.is_empty() => Ok(Reply::Pong(frame.payload)),
            Opcode::ConnectionClose if broken.is_empty() => Ok(Reply::Close(frame.payload)),
            opcode => Err(format!("{opcode:?} was written, breaking {broken:?}")),
        }
    };
    frames.into_iter().map(reply).collect()
}
