//! What RFC 6455 says of a frame, written down a second time and for clarity
//! alone.

use websocket_proto::Role;
use websocket_sans_io::Opcode;

use super::parsed::{self, Frame};
use super::{Case, Seen};

/// A rule that a frame can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    Opcode,
    Reserved,
    FragmentedControl,
    LongControl,
    Minimal,
    Length63,
    Masking,
    Continuation,
    FrameLimit,
    MessageLimit,
    CloseLength,
    CloseCode,
    CloseReason,
    Utf8,
}

impl Rule {
    /// The close code that breaking it deserves (sections 7.4.1 and 8.1).
    pub const fn code(self) -> u16 {
        match self {
            Self::FrameLimit | Self::MessageLimit => 1009,
            Self::CloseReason | Self::Utf8 => 1007,
            _ => 1002,
        }
    }

    /// How early the bytes tell: by the header, by the limits against which
    /// the header is held, or by the payload.
    const fn stage(self) -> u8 {
        match self {
            Self::FrameLimit | Self::MessageLimit => 1,
            Self::CloseLength | Self::CloseCode => 2,
            Self::CloseReason | Self::Utf8 => 3,
            _ => 0,
        }
    }
}

/// What is to be done with a frame.
#[derive(Debug)]
pub struct Verdict {
    pub frame: Frame,
    /// The rules that it breaks, the earliest first.
    pub broken: Vec<Rule>,
    /// What it gives the application, which is nothing where a message goes
    /// on or a rule is broken.
    pub event: Option<Seen>,
}

impl Verdict {
    pub fn breaks(&self, code: u16) -> bool {
        self.broken.iter().any(|rule| rule.code() == code)
    }
}

/// The verdicts on a stream, up to the frame that ends it.
#[derive(Debug)]
pub struct Verdicts {
    pub frames: Vec<Verdict>,
    /// The stream ends within a header that can no longer become a valid one;
    /// where that header begins.
    pub doomed: Option<usize>,
}

struct Message {
    is_text: bool,
    bytes: Vec<u8>,
}

pub fn judge(case: &Case) -> Verdicts {
    let (frames, tail) = parsed::frames(&case.stream);
    let mut message = None;
    let mut verdicts = Vec::new();
    for frame in frames {
        let verdict = judge_frame(case, frame, &mut message);
        let ends = !verdict.broken.is_empty() || matches!(verdict.event, Some(Seen::Close(_)));
        verdicts.push(verdict);
        if ends {
            return Verdicts {
                frames: verdicts,
                doomed: None,
            };
        }
    }
    let cut = &case.stream[tail..];
    let doomed = !cut.is_empty() && is_doomed(case, cut, message.is_some());
    Verdicts {
        frames: verdicts,
        doomed: doomed.then_some(tail),
    }
}

fn judge_frame(case: &Case, frame: Frame, message: &mut Option<Message>) -> Verdict {
    let header = &case.stream[frame.start..frame.body];
    let mut broken = header_rules(case.role, header, &frame, message.is_some());
    let length = frame.info.payload_length;
    let mut event = None;
    match frame.info.opcode {
        Opcode::Text | Opcode::Binary | Opcode::Continuation => {
            if length > case.max_frame {
                broken.push(Rule::FrameLimit);
            }
            if frame.info.opcode != Opcode::Continuation {
                *message = Some(Message {
                    is_text: frame.info.opcode == Opcode::Text,
                    bytes: Vec::new(),
                });
            }
            if let Some(begun) = message {
                let whole = (begun.bytes.len() as u64).saturating_add(length);
                if whole > case.max_message {
                    broken.push(Rule::MessageLimit);
                }
                begun.bytes.extend_from_slice(&frame.payload);
                let ends = frame.is_complete && frame.info.fin;
                if begun.is_text && !is_utf8(&begun.bytes, ends) {
                    broken.push(Rule::Utf8);
                }
                if ends {
                    let bytes = std::mem::take(&mut begun.bytes);
                    event = Some(if begun.is_text {
                        Seen::Text(bytes)
                    } else {
                        Seen::Binary(bytes)
                    });
                    *message = None;
                }
            }
        }
        _ if !frame.is_complete => {}
        Opcode::Ping => event = Some(Seen::Ping(frame.payload.clone())),
        Opcode::Pong => event = Some(Seen::Pong(frame.payload.clone())),
        Opcode::ConnectionClose => event = judge_close(&frame.payload, &mut broken),
        _ => {}
    }
    broken.sort_by_key(|rule| rule.stage());
    Verdict {
        event: event.filter(|_| broken.is_empty()),
        frame,
        broken,
    }
}

/// Sections 5.1, 5.2, 5.4 and 5.5.
pub fn header_rules(role: Role, header: &[u8], frame: &Frame, in_message: bool) -> Vec<Rule> {
    let info = &frame.info;
    let is_defined = matches!(
        info.opcode,
        Opcode::Continuation
            | Opcode::Text
            | Opcode::Binary
            | Opcode::ConnectionClose
            | Opcode::Ping
            | Opcode::Pong
    );
    let shortest = match info.payload_length {
        0..=125 => 0..=125,
        126..=0xFFFF => 126..=126,
        _ => 127..=127,
    };
    let starts = matches!(info.opcode, Opcode::Text | Opcode::Binary);
    let broken = [
        (Rule::Opcode, !is_defined),
        (Rule::Reserved, info.reserved != 0),
        (
            Rule::FragmentedControl,
            info.opcode.is_control() && !info.fin,
        ),
        (
            Rule::LongControl,
            info.opcode.is_control() && info.payload_length > 125,
        ),
        (Rule::Minimal, !shortest.contains(&(header[1] & 0x7F))),
        (Rule::Length63, info.payload_length >> 63 != 0),
        (Rule::Masking, info.mask.is_some() != (role == Role::Server)),
        (
            Rule::Continuation,
            (starts && in_message) || (info.opcode == Opcode::Continuation && !in_message),
        ),
    ];
    let broken = broken.into_iter().filter(|(_, is_broken)| *is_broken);
    broken.map(|(rule, _)| rule).collect()
}

/// Sections 5.5.1, 7.4 and 8.1.
fn judge_close(payload: &[u8], broken: &mut Vec<Rule>) -> Option<Seen> {
    let [high, low, reason @ ..] = payload else {
        if !payload.is_empty() {
            broken.push(Rule::CloseLength);
        }
        return Some(Seen::Close(None));
    };
    let code = u16::from_be_bytes([*high, *low]);
    if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
        broken.push(Rule::CloseCode);
    }
    match std::str::from_utf8(reason) {
        Ok(reason) => Some(Seen::Close(Some((code, reason.into())))),
        Err(_) => {
            broken.push(Rule::CloseReason);
            None
        }
    }
}

/// Whether the text is, or can still become, UTF-8.
fn is_utf8(bytes: &[u8], ends: bool) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => !ends && error.error_len().is_none(),
    }
}

/// Whether no continuation makes a valid header of one that is cut: the tries
/// hold one that does wherever there is one.
fn is_doomed(case: &Case, cut: &[u8], in_message: bool) -> bool {
    let tries: &[&[u8]] = match cut {
        // Nothing masked, nothing unmasked.
        [_] => &[&[0], &[0x80, 0, 0, 0, 0]],
        // The largest length that there is.
        [_, 0x7F | 0xFF] => &[&[0x7F, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0]],
        _ => &[&[255; 12]],
    };
    tries.iter().all(|rest| {
        let header = [cut, rest].concat();
        let (frames, _) = parsed::frames(&header);
        let frame = frames.first().expect("the header is whole now");
        !header_rules(case.role, &header[..frame.body], frame, in_message).is_empty()
    })
}
