//! Several connections of one thread in turns, and what zlib says to them.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use websocket_proto::deflate::free_spares;
use websocket_proto::{Delivery, Error, Limit, Role};

use crate::difference::Difference;
use crate::judge::{BEYOND, EMPTY, ENDED, NO_BLOCK, TAIL_IS_DATA, VAGUE};
use crate::judge::{EXACT, Judge, PARTIAL, Question, Stream, Verdict};
use crate::plan::{Inbound, Plan};
use crate::random::Random;
use crate::ration::Ration;
use crate::subject::{Received, Subject};
use crate::wire::{self, Message};

/// How many messages had which outcome.
pub type Counts = BTreeMap<String, u64>;

/// How many longer outputs `EXACT` is asked for, in bytes, and of how many one.
const EXACT_OUTPUT: usize = 3000;
const EXACT_SHARE: usize = 4;

/// A change to what this crate did, to see that the comparison notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tamper {
    /// One bit of a message that was inflated.
    Flip,
    /// The last byte of one is missing.
    Shorten,
    /// There is a byte behind one.
    Extend,
    /// An error is forgotten.
    Forgive,
    /// One bit of a message that was sent.
    Outbound,
}

/// What differs without being one of the deliberate differences.
#[derive(Debug, Clone)]
pub struct Failure {
    pub seed: u64,
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, what } = self;
        write!(formatter, "{what}\nagain by: --group {seed:x}")
    }
}

/// Connections that have run, and are yet to be judged.
#[derive(Debug)]
pub struct Group {
    seed: u64,
    parties: Vec<(Plan, Subject)>,
    /// What a panic said.
    panic: Option<String>,
}

/// What one group or several came to.
#[derive(Debug, Default)]
pub struct Report {
    pub counts: Counts,
    pub differences: BTreeMap<Difference, u64>,
    pub passed: u64,
    pub failures: Vec<Failure>,
}

impl Group {
    /// Makes up the connections that this seed determines and lets them run.
    pub fn run(seed: u64) -> Self {
        // What a seed does must not depend on the groups before.
        free_spares();
        let mut random = Random::new(seed);
        let count = random.pick(&[1, 2, 3, 5]);
        let mut parties: Vec<_> = (0..count)
            .map(|_| {
                let plan = Plan::new(&mut random);
                let subject = Subject::open(plan.setting.clone());
                (plan, subject)
            })
            .collect();
        let turns = || take_turns(&mut parties, &mut random);
        let panic = catch_unwind(AssertUnwindSafe(turns)).err();
        Self {
            seed,
            parties,
            panic: panic.map(|panic| words(&*panic).to_owned()),
        }
    }

    /// Changes one message, if there is one that can be changed so.
    pub fn tamper(&mut self, tamper: Tamper) -> bool {
        self.parties.iter_mut().any(|(plan, subject)| {
            let is_compressed = |inbound: &Inbound| matches!(inbound, Inbound::Compressed { .. });
            let index = plan.inbound.iter().position(is_compressed);
            let inflated = index.and_then(|index| subject.received.get_mut(index));
            match tamper {
                Tamper::Forgive if plan.is_dropped => return false,
                Tamper::Forgive => return subject.error.take().is_some(),
                Tamper::Outbound => {
                    let mut sent = subject.sent.iter_mut();
                    let byte = sent.find_map(|sent| sent.bytes.last_mut());
                    return byte.map(|byte| *byte ^= 1).is_some();
                }
                _ => {}
            }
            let Some(message) = inflated.filter(|message| !message.bytes.is_empty()) else {
                return false;
            };
            match tamper {
                Tamper::Flip => message.bytes[0] ^= 1,
                Tamper::Shorten => drop(message.bytes.pop()),
                _ => message.bytes.push(0xa5),
            }
            true
        })
    }

    /// Both directions of each connection, as the judge is asked.
    fn streams(&self) -> Vec<Stream> {
        let mut random = Random::new(!self.seed);
        let mut streams = vec![];
        for (plan, subject) in &self.parties {
            let streamed = plan.setting.delivery == Delivery::Chunks;
            let partial = match streamed || plan.setting.max_message.is_some() {
                true => PARTIAL,
                false => 0,
            };
            let compressed = plan.inbound.iter().filter_map(|inbound| match inbound {
                Inbound::Compressed { message, .. } => Some(message),
                Inbound::Plain(_) => None,
            });
            let messages = compressed.map(|message| {
                let is_known = message.output.is_some() && !message.is_beyond;
                Question {
                    options: partial | if is_known { 0 } else { EXACT },
                    payload: message.payload.clone(),
                }
            });
            streams.push(Stream {
                bits: plan.incoming.bits,
                takeover: plan.incoming.takeover,
                messages: messages.collect(),
            });
            let mut questions = vec![];
            let written = outbound(plan, subject).unwrap_or_default();
            for (message, sent) in written.iter().zip(&subject.sent) {
                if message.is_compressed {
                    let is_exact = sent.bytes.len() < EXACT_OUTPUT && random.one_in(EXACT_SHARE);
                    questions.push(Question {
                        options: if is_exact { EXACT } else { 0 },
                        payload: message.payload.clone(),
                    });
                }
            }
            streams.push(Stream {
                bits: plan.outgoing.bits,
                takeover: plan.outgoing.takeover,
                messages: questions,
            });
        }
        streams
    }

    fn compare(&self, verdicts: &[Vec<Verdict>], report: &mut Report) {
        let mut fail = |what: String| {
            report.failures.push(Failure {
                seed: self.seed,
                what,
            });
        };
        if let Some(panic) = &self.panic {
            return fail(format!("a panic: {panic}"));
        }
        let mut passed = 0;
        let mut counts = vec![];
        let mut differences = vec![];
        for (index, (plan, subject)) in self.parties.iter().enumerate() {
            let what = || format!("connection {index}, {:?}", plan.setting);
            let mut inbound = Comparison::new(plan, subject, &verdicts[2 * index]);
            let result = inbound.run();
            passed += inbound.passed;
            counts.append(&mut inbound.counts);
            differences.append(&mut inbound.differences);
            if let Err(why) = result {
                let at = inbound.passed;
                fail(format!("{}\nreceived message {at}: {why}", what()));
            }
            match compare_outbound(plan, subject, &verdicts[2 * index + 1], &mut counts) {
                Ok(count) => passed += count,
                Err((at, why)) => fail(format!("{}\nsent message {at}: {why}", what())),
            }
        }
        report.passed += passed;
        for count in counts {
            *report.counts.entry(count).or_insert(0) += 1;
        }
        for difference in differences {
            *report.differences.entry(difference).or_insert(0) += 1;
        }
    }
}

impl Report {
    /// Judges groups, and adds what came of them.
    pub fn add(&mut self, judge: &mut Judge, groups: &[Group]) {
        let streams: Vec<Vec<Stream>> = groups.iter().map(Group::streams).collect();
        let verdicts = judge.ask(&streams.concat());
        let mut verdicts = &verdicts[..];
        for (group, streams) in groups.iter().zip(&streams) {
            let (of_group, rest) = verdicts.split_at(streams.len());
            verdicts = rest;
            group.compare(of_group, self);
        }
    }
}

/// Lets each connection receive and send, now this one and now that.
fn take_turns(parties: &mut [(Plan, Subject)], random: &mut Random) {
    let mut at = vec![(0, 0); parties.len()];
    let mut open: Vec<usize> = (0..parties.len()).collect();
    while !open.is_empty() {
        let turn = random.below(open.len());
        let index = open[turn];
        let (plan, subject) = &mut parties[index];
        let (received, sent) = &mut at[index];
        for _ in 0..random.pick(&[1, 1, 2, 50]) {
            let pieces = plan.pieces.len() - *received;
            let sends = plan.outbound.len() - *sent;
            if !subject.is_alive() || pieces + sends == 0 {
                if plan.is_dropped {
                    subject.close();
                }
                open.remove(turn);
                break;
            }
            if pieces > 0 && (sends == 0 || random.one_in(2)) {
                subject.feed(&plan.pieces[*received]);
                *received += 1;
            } else {
                subject.send(&plan.outbound[*sent]);
                *sent += 1;
            }
        }
    }
}

fn words(panic: &(dyn Any + Send)) -> &str {
    match (panic.downcast_ref::<String>(), panic.downcast_ref::<&str>()) {
        (Some(words), _) => words,
        (_, Some(words)) => words,
        _ => "no words",
    }
}

/// What a message has to come to.
struct Expected<'a> {
    /// All of the output, or what comes before an error.
    output: &'a [u8],
    /// How many more bytes may come before the error, which zlib does not say.
    vague: usize,
    /// The close codes of the errors that it may end with, none if it is valid.
    codes: &'static [u16],
}

const INVALID: &[u16] = &[1007];
const TOO_BIG: &[u16] = &[1009];
const EITHER: &[u16] = &[1007, 1009];

/// Goes through what a connection received.
struct Comparison<'a> {
    plan: &'a Plan,
    subject: &'a Subject,
    verdicts: std::slice::Iter<'a, Verdict>,
    ration: Ration,
    passed: u64,
    counts: Vec<String>,
    differences: Vec<Difference>,
}

impl<'a> Comparison<'a> {
    fn new(plan: &'a Plan, subject: &'a Subject, verdicts: &'a [Verdict]) -> Self {
        Self {
            plan,
            subject,
            verdicts: verdicts.iter(),
            ration: Ration::new(),
            passed: 0,
            counts: vec![],
            differences: vec![],
        }
    }

    fn run(&mut self) -> Result<(), String> {
        let (plan, subject) = (self.plan, self.subject);
        if let Some(contradiction) = &subject.contradiction {
            return Err(contradiction.clone());
        }
        if !plan.pings.starts_with(&subject.pings) {
            return Err("other Pings than were sent".into());
        }
        let mut received = subject.received.iter();
        for inbound in &plan.inbound {
            let (is_text, expected) = match inbound {
                Inbound::Plain(message) => {
                    self.counts.push("received, plain".into());
                    let expected = Expected {
                        output: &message.bytes,
                        vague: 0,
                        codes: &[],
                    };
                    (message.is_text, expected)
                }
                Inbound::Compressed { is_text, message } => {
                    let verdict = self.verdicts.next().ok_or("there is no verdict on it")?;
                    if let Some(output) = &message.output {
                        // The generator and zlib are of one mind.
                        let refused = !verdict.accepted;
                        if refused || *output != verdict.output {
                            return Err(format!("zlib refuses what is valid: {verdict:?}"));
                        }
                    }
                    let length = message.payload.len();
                    (*is_text, self.expect(verdict, length, *is_text))
                }
            };
            match received.next() {
                Some(message) => compare_message(message, is_text, &expected)?,
                None => {
                    self.compare_end(&expected)?;
                    self.passed += u64::from(subject.error.is_some());
                    return Ok(());
                }
            }
            self.passed += 1;
        }
        if received.next().is_some() {
            return Err("more messages than were sent".into());
        }
        if let Some(error) = subject.error {
            return Err(format!("{error:?} after the last message"));
        }
        if subject.partial.is_some() {
            return Err("a message that nobody began".into());
        }
        if subject.pings.len() < plan.pings.len() && !plan.is_dropped {
            return Err("Pings are missing".into());
        }
        Ok(())
    }

    /// What this crate has to make of a message, by its own decisions where
    /// they differ.
    fn expect(&mut self, verdict: &'a Verdict, length: usize, is_text: bool) -> Expected<'a> {
        let mut output = &verdict.output[..];
        let mut codes: &[u16] = match verdict.accepted {
            true => &[],
            false => INVALID,
        };
        let mut vague = usize::from(verdict.has(VAGUE));
        let mut found = vec![];
        if let Some(end) = self.ration.count(length, &verdict.restarts) {
            found.push(Difference::FinalBlocks);
            output = &output[..end];
            codes = INVALID;
            vague = 0;
        } else {
            for (flag, difference) in [
                (BEYOND, Difference::BeyondWindow),
                (NO_BLOCK, Difference::NoBlockAfterFinal),
                (EMPTY, Difference::EmptyPayload),
                (TAIL_IS_DATA, Difference::TailIsData),
            ] {
                if verdict.has(flag) {
                    found.push(difference);
                }
            }
        }
        if verdict.has(ENDED) && self.plan.incoming.takeover {
            self.ration.end_with_final();
        }
        if let Some(limit) = self.plan.setting.max_message {
            let limit = limit as usize;
            if output.len() > limit {
                found.push(Difference::MessageLimit);
                output = &output[..limit];
                codes = TOO_BIG;
                vague = 0;
            } else if output.len() == limit && vague > 0 {
                codes = EITHER;
                vague = 0;
            }
        }
        if is_text && let Err(error) = str::from_utf8(output) {
            let is_wrong = error.error_len().is_some();
            if is_wrong || codes.is_empty() {
                codes = INVALID;
            }
            vague = if is_wrong { 0 } else { vague * 4 };
            output = &output[..error.valid_up_to()];
        }
        self.counts.push(match (codes, found.is_empty()) {
            ([], true) => "received, both accept".into(),
            ([], false) => "received, accepted by decision".into(),
            (_, false) => "received, refused by decision".into(),
            (_, true) if verdict.accepted => "received, not UTF-8".into(),
            (_, true) => format!("received, both refuse: {}", verdict.words),
        });
        self.differences.append(&mut found);
        Expected {
            output,
            vague,
            codes,
        }
    }

    /// The message is not there: it ended the connection, or the connection was
    /// dropped before.
    fn compare_end(&self, expected: &Expected<'_>) -> Result<(), String> {
        let none = Received {
            is_text: false,
            bytes: vec![],
        };
        let partial = self.subject.partial.as_ref().unwrap_or(&none);
        let partial = &partial.bytes[..];
        let Expected {
            output,
            vague,
            codes,
        } = *expected;
        let Some(error) = self.subject.error else {
            if !self.plan.is_dropped {
                return Err("it is missing".into());
            }
            let length = partial.len().min(output.len());
            if partial[..length] != output[..length] || partial.len() > output.len() + vague {
                return Err(unequal("its start", partial, output));
            }
            return Ok(());
        };
        let code = code(error);
        if !codes.contains(&code) {
            return Err(match codes {
                [] => format!("{error:?}, but it is valid"),
                _ => format!("{error:?}, but its code has to be one of {codes:?}"),
            });
        }
        let is_delivered = self.plan.setting.delivery == Delivery::Chunks;
        let surplus = partial.len().checked_sub(output.len());
        let is_right = partial.starts_with(output) && surplus.is_some_and(|more| more <= vague);
        if is_delivered && !is_right {
            return Err(unequal("what comes before the error", partial, output));
        }
        Ok(())
    }
}

const fn code(error: Error) -> u16 {
    match error {
        Error::InvalidDeflate | Error::InvalidUtf8 => 1007,
        Error::Limit(Limit::Message) => 1009,
        _ => 0,
    }
}

fn compare_message(
    message: &Received,
    is_text: bool,
    expected: &Expected<'_>,
) -> Result<(), String> {
    if !expected.codes.is_empty() {
        let length = message.bytes.len();
        return Err(format!(
            "accepted, with {length} bytes, but it is to fail with one of {:?}",
            expected.codes
        ));
    }
    if message.is_text != is_text {
        return Err("of another kind".into());
    }
    if message.bytes != expected.output {
        return Err(unequal("the message", &message.bytes, expected.output));
    }
    Ok(())
}

/// Where two byte strings differ.
fn unequal(what: &str, found: &[u8], expected: &[u8]) -> String {
    let same = found.iter().zip(expected).take_while(|(a, b)| a == b);
    let at = same.count();
    let excerpt = |bytes: &[u8]| {
        let excerpt = bytes[at..].iter().take(32);
        excerpt
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    format!(
        "{what} differs from byte {at} on: {} of {} bytes, zlib has {} of {}",
        excerpt(found),
        found.len(),
        excerpt(expected),
        expected.len()
    )
}

/// The data messages that a connection wrote.
fn outbound(plan: &Plan, subject: &Subject) -> Result<Vec<Message>, String> {
    wire::messages(&subject.wire, plan.setting.role == Role::Client)
}

/// How many messages were sent as zlib reads them; which one was not, and why.
fn compare_outbound(
    plan: &Plan,
    subject: &Subject,
    verdicts: &[Verdict],
    counts: &mut Vec<String>,
) -> Result<u64, (usize, String)> {
    let messages = outbound(plan, subject).map_err(|why| (0, why))?;
    if messages.len() != subject.sent.len() {
        let (sent, found) = (subject.sent.len(), messages.len());
        return Err((found, format!("{sent} were sent, {found} are on the wire")));
    }
    let mut verdicts = verdicts.iter();
    for (index, (message, sent)) in messages.iter().zip(&subject.sent).enumerate() {
        let fail = |why: String| Err((index, why));
        let output = match message.is_compressed {
            false => {
                counts.push("sent, plain".into());
                &message.payload
            }
            true => match verdicts.next() {
                Some(verdict) if verdict.accepted && verdict.flags & !ENDED == 0 => {
                    counts.push("sent, compressed".into());
                    &verdict.output
                }
                Some(verdict) => {
                    let Verdict { words, flags, .. } = verdict;
                    return fail(format!("zlib: {words:?}, flags {flags}"));
                }
                None => return fail("there is no verdict on it".into()),
            },
        };
        if message.is_compressed && plan.outgoing.bits < 9 {
            return fail("compressed, but no compressor has a window of 256 bytes".into());
        }
        if message.is_text != sent.is_text {
            return fail("of another kind".into());
        }
        if *output != sent.bytes {
            return fail(unequal("what zlib inflates", output, &sent.bytes));
        }
    }
    Ok(messages.len() as u64)
}
