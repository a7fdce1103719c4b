//! Runs workloads: once to see that the outcome is right, then for time.

use std::hint::black_box;

use crate::allocator;
use crate::check::{Check, Look};
use crate::contestant::{Audience, Buffers, Contestant, Outcome, Role, Session};
use crate::limits::Limit;
use crate::pipe::{self, Pipe};
use crate::workload::{Kind, Workload};
use crate::{frames, workload};

/// What a contestant achieved in a workload.
pub struct Row {
    pub name: &'static str,
    /// Not a contestant, but what the bytes alone cost.
    pub is_limit: bool,
    /// Seconds a run.
    pub median: f64,
    pub least: f64,
    /// Calls of the transport for each message.
    pub writes: f64,
    pub reads: f64,
    /// Bytes on the heap at most, where memory is what counts.
    pub peak: Option<i64>,
}

/// What the run that is looked at tells besides.
struct Seen {
    writes: f64,
    reads: f64,
    peak: Option<i64>,
}

/// An open connection, or many, or none.
enum Subject {
    Session(Box<dyn Session>),
    Audience(Box<dyn Audience>),
}

impl Subject {
    fn open(contestant: &dyn Contestant, workload: &Workload) -> Option<Self> {
        let pipe = Pipe::new(workload.stream, workload.loops, workload.chunk);
        match workload.kind {
            Kind::Broadcast { outputs } => contestant.audience(outputs).map(Self::Audience),
            Kind::Deflate { takeover } => contestant
                .open_deflate(pipe, takeover, Buffers::Large)
                .map(Self::Session),
            Kind::Streaming { frames } => {
                contestant.open_streaming(pipe, frames).map(Self::Session)
            }
            _ => contestant
                .open(workload.role, pipe, Buffers::Large)
                .map(Self::Session),
        }
    }

    fn run(&mut self, workload: &Workload, count: usize, check: &mut Check) -> Outcome {
        match (self, workload.kind, &workload.messages) {
            (Self::Audience(audience), _, Some(message)) => {
                (0..workload::BROADCASTS).try_for_each(|_| audience.send(message))
            }
            (Self::Session(session), Kind::Send, Some(messages)) => session.send(messages),
            (Self::Session(session), Kind::Echo | Kind::Deflate { .. }, _) => {
                session.echo(count, check)
            }
            (Self::Session(session), ..) => session.receive(count, check),
            (Self::Audience(_), _, None) => unreachable!("a broadcast has its message"),
        }
    }
}

/// All contestants and limits in a workload, fastest first; and what was
/// wrong. Repetitions take turns, so that a slow moment hits all.
pub fn rows(
    contestants: &[Box<dyn Contestant>],
    workload: &Workload,
    repetitions: usize,
) -> (Vec<Row>, Vec<String>) {
    let mut failures = Vec::new();
    let mut entrants: Vec<(&dyn Contestant, Seen, Vec<f64>)> = Vec::new();
    for contestant in contestants {
        match verify(&**contestant, workload) {
            None => {}
            Some(Ok(seen)) => entrants.push((&**contestant, seen, Vec::new())),
            Some(Err(error)) => {
                failures.push(format!(
                    "{} {}: {error:.160}",
                    workload.id,
                    contestant.name()
                ));
            }
        }
    }
    let mut limits: Vec<(Limit, Vec<f64>)> = Limit::of(workload)
        .into_iter()
        .map(|limit| (limit, Vec::new()))
        .collect();
    for repetition in 0..repetitions {
        let count = entrants.len();
        for turn in 0..count {
            let (contestant, _, times) = &mut entrants[(turn + repetition) % count];
            times.extend(timed(*contestant, workload));
        }
        for (limit, times) in &mut limits {
            let begin = cpu_seconds();
            limit.run(workload);
            times.push(cpu_seconds() - begin);
        }
    }
    let contestants = entrants
        .into_iter()
        .map(|(contestant, seen, times)| row(contestant.name(), false, times, Some(seen)));
    let limits = limits
        .into_iter()
        .map(|(limit, times)| row(limit.name(), true, times, None));
    let mut rows: Vec<_> = contestants.chain(limits).collect();
    rows.sort_by(|one, other| one.median.total_cmp(&other.median));
    (rows, failures)
}

fn row(name: &'static str, is_limit: bool, mut times: Vec<f64>, seen: Option<Seen>) -> Row {
    times.sort_by(f64::total_cmp);
    Row {
        name,
        is_limit,
        median: times[times.len() / 2],
        least: times[0],
        writes: seen.as_ref().map_or(0., |seen| seen.writes),
        reads: seen.as_ref().map_or(0., |seen| seen.reads),
        peak: seen.and_then(|seen| seen.peak),
    }
}

/// One run with the clock on.
///
/// # Panics
///
/// Panics where the run fails or its glance does not see what it should: it
/// went well before.
pub fn timed(contestant: &dyn Contestant, workload: &Workload) -> Option<f64> {
    pipe::reset(false);
    if workload.kind == Kind::Handshake {
        let begin = cpu_seconds();
        for _ in 0..workload.count {
            let outcome = contestant.handshake(Pipe::new(workload.stream, 1, workload.chunk))?;
            outcome.expect("verified");
        }
        return Some(cpu_seconds() - begin);
    }
    let mut subject = Subject::open(contestant, workload)?;
    let mut check = Check::new(black_box(Look::Glance));
    let begin = cpu_seconds();
    let outcome = subject.run(workload, workload.count, &mut check);
    let seconds = cpu_seconds() - begin;
    outcome.expect("verified");
    if !matches!(workload.kind, Kind::Send | Kind::Broadcast { .. }) {
        assert_eq!(
            check,
            workload.glance,
            "{} {}",
            contestant.name(),
            workload.id
        );
    }
    Some(seconds)
}

/// A run of fewer messages with nothing looked at, for profilers.
pub fn bare(contestant: &dyn Contestant, workload: &Workload, count: usize) {
    if workload.kind == Kind::Handshake {
        for _ in 0..count {
            let pipe = Pipe::new(workload.stream, 1, workload.chunk);
            let outcome = contestant.handshake(pipe).expect("supported");
            outcome.expect("a good run");
        }
        return;
    }
    let mut subject = Subject::open(contestant, workload).expect("supported");
    let mut check = Check::new(black_box(Look::Glance));
    let short = workload.messages.map(|messages| {
        let lengths = &messages.lengths[..count.min(messages.lengths.len())];
        crate::contestant::Messages {
            lengths,
            ..messages
        }
    });
    match (&mut subject, short) {
        (Subject::Session(session), Some(messages)) => session.send(&messages),
        _ => subject.run(workload, count, &mut check),
    }
    .expect("a good run");
    black_box(check);
}

/// Allocations for each message.
pub fn allocations(contestant: &dyn Contestant, workload: &Workload) -> Option<f64> {
    let mut subject = Subject::open(contestant, workload)?;
    let mut check = Check::new(Look::Glance);
    let (outcome, heap) = allocator::counted(|| subject.run(workload, workload.count, &mut check));
    outcome.ok()?;
    Some(heap.allocations as f64 / workload.count as f64)
}

/// One run in which every byte that is received, and every one that is sent,
/// is looked at.
fn verify(contestant: &dyn Contestant, workload: &Workload) -> Option<Result<Seen, String>> {
    pipe::reset(true);
    if workload.kind == Kind::Handshake {
        let pipe = Pipe::new(workload.stream, 1, workload.chunk);
        let outcome = contestant.handshake(pipe)?;
        return Some(outcome.and_then(|()| {
            let answer = pipe::captured();
            let accept = workload::ACCEPT;
            let accepted = answer.windows(accept.len()).any(|bytes| bytes == accept);
            match accepted && answer.ends_with(b"\r\n\r\n") {
                true => Ok(seen(1, None)),
                false => Err("another answer".into()),
            }
        }));
    }
    let mut subject = Subject::open(contestant, workload)?;
    let mut check = Check::new(Look::Whole);
    let (outcome, heap) = allocator::counted(|| subject.run(workload, workload.count, &mut check));
    let streaming = matches!(workload.kind, Kind::Streaming { .. });
    let seen = seen(workload.count, streaming.then_some(heap.peak));
    let sent = pipe::captured();
    Some(outcome.and_then(|()| {
        right(contestant, workload, &check, &sent)?;
        Ok(seen)
    }))
}

fn seen(count: usize, peak: Option<i64>) -> Seen {
    let calls = pipe::calls();
    Seen {
        writes: calls.writes as f64 / count as f64,
        reads: calls.reads as f64 / count as f64,
        peak,
    }
}

fn right(contestant: &dyn Contestant, workload: &Workload, check: &Check, sent: &[u8]) -> Outcome {
    use Kind::{Broadcast, Deflate, Echo, Handshake, Receive, Send, Streaming};
    let (receives, sends) = match workload.kind {
        Receive | Streaming { .. } => (true, false),
        Send | Broadcast { .. } => (false, true),
        Echo | Deflate { .. } => (true, true),
        Handshake => (false, false),
    };
    if receives && *check != workload.whole {
        return Err(format!(
            "received {check:?} instead of {:?}",
            workload.whole
        ));
    }
    if sends {
        let sent = frames::check(sent, workload.role == Role::Client)?;
        if sent != workload.whole {
            return Err(format!("sent {sent:?} instead of {:?}", workload.whole));
        }
    }
    // One Pong may answer several Pings; yawc holds it until a read waits.
    if workload.id == "R5" && sent.len() < 6 && contestant.name() != "yawc" {
        return Err("no Pong".into());
    }
    Ok(())
}

/// What this thread has used of the processor: others do not count, however
/// busy the machine is.
pub fn cpu_seconds() -> f64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the pointer is to a `timespec`.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    assert_eq!(status, 0);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}
