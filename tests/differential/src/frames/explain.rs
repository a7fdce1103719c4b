//! Frame by frame: who does what, and which difference explains it.

use websocket_proto::Role;

use super::ours::Ours;
use super::peer::Peer;
use super::rules::{Rule, Verdict, Verdicts, judge};
use super::{Case, Seen, Trace};
use crate::{Difference, Found};

/// What an end does with a frame.
#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Event(&'a Seen),
    Failed(u16),
    Waits,
}

/// The frame at which two of them part.
struct Situation<'a> {
    case: &'a Case,
    verdict: &'a Verdict,
    ours: Step<'a>,
    theirs: Step<'a>,
}

/// Holds this crate to the rules, exactly, and returns the verdicts.
pub fn hold_to_rules(case: &Case, ours: &Trace) -> Result<Verdicts, String> {
    let verdicts = judge(case);
    let mut expected = Vec::new();
    let mut failure = verdicts
        .doomed
        .map(|start| (1002, start, case.stream.len()));
    for verdict in &verdicts.frames {
        expected.extend(&verdict.event);
        if let Some(rule) = verdict.broken.first() {
            failure = Some((rule.code(), verdict.frame.start, verdict.frame.end()));
        }
    }
    if !ours.events.iter().eq(expected.iter().copied()) {
        return Err(format!("by the rules: {expected:?}"));
    }
    match (&ours.failure, failure) {
        (None, None) => Ok(verdicts),
        (Some(failure), Some((code, start, end)))
            if failure.code == code && failure.window.0 < end && failure.window.1 > start =>
        {
            Ok(verdicts)
        }
        _ => Err(format!(
            "by the rules a failure (code, from, to): {failure:?}"
        )),
    }
}

/// Holds `tungstenite` to what this crate did.
pub fn hold_to_peer(
    case: &Case,
    verdicts: &Verdicts,
    ours: &Trace,
    peer: &mut Peer,
    found: &mut Found,
) -> Result<(), String> {
    let mut index = 0;
    for verdict in &verdicts.frames {
        let mine = match (&verdict.event, &ours.failure) {
            (Some(event), _) => Step::Event(event),
            (None, Some(failure)) if !verdict.broken.is_empty() => Step::Failed(failure.code),
            // A message goes on.
            _ if verdict.frame.is_complete => continue,
            _ => Step::Waits,
        };
        let remaining = verdict.frame.info.payload_length - verdict.frame.payload.len() as u64;
        if let (Step::Failed(_), Step::Waits) = (mine, step(&peer.trace, index))
            && remaining > 0
        {
            found.insert(Difference::Sooner);
            peer.push(&vec![0; usize::try_from(remaining).expect("within limits")]);
        }
        let theirs = step(&peer.trace, index);
        match (mine, theirs) {
            (Step::Event(mine), Step::Event(theirs)) if mine == theirs => index += 1,
            (Step::Failed(mine), Step::Failed(theirs)) if mine == theirs => {
                let taken = peer.trace.failure.as_ref().map(|failure| failure.window.1);
                if taken < Some(verdict.frame.body) {
                    return Err("tungstenite fails before the frame".into());
                }
                return Ok(());
            }
            (Step::Waits, Step::Waits) => {}
            _ => {
                let situation = Situation {
                    case,
                    verdict,
                    ours: mine,
                    theirs,
                };
                let difference = explain(&situation)
                    .ok_or_else(|| format!("{verdict:?}\nhere {mine:?}, there {theirs:?}"))?;
                found.insert(difference);
                return Ok(());
            }
        }
    }
    if verdicts.doomed.is_some() {
        found.insert(Difference::Sooner);
    }
    match step(&peer.trace, index) {
        Step::Waits => Ok(()),
        Step::Event(Seen::Close(_)) => Err("tungstenite closes where this crate does not".into()),
        other => Err(format!("after the last frame there {other:?}")),
    }
}

fn step(trace: &Trace, index: usize) -> Step<'_> {
    match (trace.events.get(index), &trace.failure) {
        (Some(event), _) => Step::Event(event),
        (None, Some(failure)) => Step::Failed(failure.code),
        (None, None) => Step::Waits,
    }
}

fn explain(situation: &Situation<'_>) -> Option<Difference> {
    let Situation {
        case,
        verdict,
        ours,
        theirs,
    } = situation;
    let info = &verdict.frame.info;
    match (ours, theirs) {
        (Step::Failed(1002), _) if verdict.broken == [Rule::Minimal] => {
            Some(Difference::LengthNotMinimal)
        }
        (_, Step::Failed(1009))
            if info.opcode.is_control() && info.payload_length > case.max_frame =>
        {
            Some(Difference::ControlUnderFrameLimit)
        }
        (Step::Failed(mine), Step::Failed(theirs))
            if mine != theirs && verdict.breaks(*mine) && verdict.breaks(*theirs) =>
        {
            Some(Difference::OrderOfChecks)
        }
        (Step::Failed(1002), Step::Event(Seen::Close(Some((code, reason)))))
            if matches!(
                verdict.broken[..],
                [Rule::CloseCode] | [Rule::Minimal, Rule::CloseCode]
            ) =>
        {
            let sent = u16::from_be_bytes([verdict.frame.payload[0], verdict.frame.payload[1]]);
            let is_theirs = if case.closing {
                *code == sent && reason.as_bytes() == &verdict.frame.payload[2..]
            } else {
                is_violation(*code, reason)
            };
            is_theirs.then_some(Difference::CloseCodeDelivered)
        }
        (
            Step::Event(Seen::Close(Some((1014, _)))),
            Step::Event(Seen::Close(Some((code, reason)))),
        ) if !case.closing && is_violation(*code, reason) => Some(Difference::BadGateway),
        _ => None,
    }
}

/// What `tungstenite` puts in the place of a close code that it refuses.
fn is_violation(code: u16, reason: &str) -> bool {
    code == 1002 && reason == "Protocol violation"
}

/// What both make of the end of the stream, and of bytes after a Close.
pub fn compare_ends(
    case: &Case,
    ours: &mut Ours,
    peer: &mut Peer,
    found: &mut Found,
) -> Result<(), String> {
    if ours.trace.failure.is_some() {
        return if ours.is_closed() {
            Ok(())
        } else {
            Err("failed and not closed".into())
        };
    }
    if peer.trace.failure.is_some() {
        return Ok(());
    }
    let has_close = matches!(ours.trace.events.last(), Some(Seen::Close(_)));
    if has_close {
        // The server is the one to close the transport.
        if ours.is_closed() != (case.role == Role::Server) {
            return Err("closed by the wrong end".into());
        }
        if peer.fails_after_close() {
            if case.role == Role::Server {
                return Err("tungstenite reads on as a server".into());
            }
            found.insert(Difference::AfterClose);
            return if ours.end() {
                Ok(())
            } else {
                Err("bytes after a Close made it unclean".into())
            };
        }
    }
    match (ours.end(), peer.end()) {
        (mine, theirs) if mine == theirs && mine == has_close => Ok(()),
        ends => Err(format!("clean at the end of the stream: {ends:?}")),
    }
}
