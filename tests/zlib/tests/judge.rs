//! What judges is itself put to the test: by the examples of RFC 7692, by
//! distances on both sides of the window, and by wrong bytes.

use zlib_oracle::{BEYOND, EMPTY, ENDED, EXACT, NO_BLOCK, PARTIAL, TAIL_IS_DATA, VAGUE};
use zlib_oracle::{Group, Judge, Question, Random, Report, Stream, Tamper, Verdict};

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |digits| u8::from_str_radix(digits, 16).expect("two digits");
    hex.split_whitespace().map(byte).collect()
}

/// The verdicts on the messages of one direction.
fn verdicts(bits: u8, takeover: bool, options: u8, payloads: &[Vec<u8>]) -> Vec<Verdict> {
    let questions = payloads.iter().map(|payload| Question {
        options,
        payload: payload.clone(),
    });
    let stream = Stream {
        bits,
        takeover,
        messages: questions.collect(),
    };
    Judge::start().ask(&[stream]).remove(0)
}

fn verdict(payload: &[u8]) -> Verdict {
    verdicts(15, true, PARTIAL, &[payload.to_vec()]).remove(0)
}

/// The examples of RFC 7692 section 7.2.3, each of which says "Hello".
#[test]
fn the_examples_of_the_rfc_are_accepted() {
    for (hex, flags) in [
        ("f2 48 cd c9 c9 07 00", 0),
        ("00 05 00 fa ff 48 65 6c 6c 6f 00", 0),
        // The block with the final bit, and one byte behind it.
        ("f3 48 cd c9 c9 07 00 00", 0),
        ("f2 48 05 00 00 00 ff ff ca c9 c9 07 00", 0),
    ] {
        let verdict = verdict(&bytes(hex));
        assert!(verdict.accepted, "{hex}: {verdict:?}");
        assert_eq!(verdict.output, b"Hello", "{hex}");
        assert_eq!(verdict.flags, flags, "{hex}");
    }
    let payloads = [bytes("f2 48 cd c9 c9 07 00"), bytes("f2 00 11 00 00")];
    let outputs = verdicts(15, true, 0, &payloads);
    let outputs: Vec<_> = outputs.iter().map(|verdict| &verdict.output[..]).collect();
    assert_eq!(outputs, [b"Hello", b"Hello"]);
    let without_takeover = verdicts(15, false, 0, &payloads);
    assert!(without_takeover[0].accepted && !without_takeover[1].accepted);
}

#[test]
fn a_payload_that_does_not_end_with_a_block_is_refused() {
    let hello = bytes("f2 48 cd c9 c9 07 00");
    for length in 1..hello.len() {
        assert!(!verdict(&hello[..length]).accepted, "{length} bytes");
    }
    // The first byte alone is the empty message.
    let stored = bytes("00 05 00 fa ff 48 65 6c 6c 6f");
    for length in 2..=stored.len() {
        assert!(!verdict(&stored[..length]).accepted, "{length} bytes");
    }
}

#[test]
fn what_differs_by_decision_is_flagged() {
    assert_eq!(verdict(&[]).flags, EMPTY);
    let final_alone = verdict(&bytes("f3 48 cd c9 c9 07 00"));
    assert_eq!(
        (final_alone.accepted, final_alone.flags),
        (true, NO_BLOCK | ENDED)
    );
    // The tail is the last four of the five bytes that are announced.
    let tail = verdict(&bytes("00 05 00 fa ff 48"));
    assert_eq!((tail.accepted, tail.flags), (false, TAIL_IS_DATA));
    assert_eq!(tail.output, b"H");
}

/// A stored block of `length` bytes, and a block that copies three bytes from
/// this distance, below 513.
fn copy(length: u16, distance: u16) -> [Vec<u8>; 2] {
    let mut stored = vec![0];
    stored.extend(length.to_le_bytes());
    stored.extend((!length).to_le_bytes());
    stored.extend((0..length).map(|index| (index / 3) as u8));
    // A fixed block: its header, the length 3, distance code 15 or 16 with
    // six or seven bits, the end, the header of a stored block.
    let (code, base, extra) = match distance {
        193..=256 => (15, 193, 6),
        _ => (16, 257, 7),
    };
    let mut bits = vec![0, 1, 0];
    bits.extend([0, 0, 0, 0, 0, 0, 1]);
    bits.extend((0..5).rev().map(|bit| code >> bit & 1));
    bits.extend((0..extra).map(|bit| (distance - base) >> bit & 1));
    bits.extend([0; 10]);
    let byte = |bits: &[u16]| {
        bits.iter()
            .rev()
            .fold(0, |byte, bit| byte << 1 | *bit as u8)
    };
    [stored, bits.chunks(8).map(byte).collect()]
}

#[test]
fn the_window_ends_where_it_was_agreed_to_end() {
    for length in [256, 257, 400] {
        for (distance, fits) in [(255, true), (256, true), (257, false)] {
            let [mut stored, copy] = copy(length, distance);
            let one_message = [&stored[..], &copy].concat();
            stored.push(0);
            let verdicts = verdicts(8, true, 0, &[stored, copy]);
            assert_eq!(verdicts[1].accepted, fits, "{distance} of {length}");
            // Within a message zlib's own window is what counts by decision.
            let question = [one_message];
            let verdict = self::verdicts(8, true, EXACT, &question).remove(0);
            let flags = if fits { 0 } else { BEYOND };
            let reaches = distance <= length;
            assert_eq!(verdict.accepted, reaches, "{distance} of {length}");
            assert_eq!(verdict.flags, if reaches { flags } else { VAGUE });
        }
    }
}

#[test]
fn the_window_survives_a_final_block() {
    for (distance, fits) in [(256, true), (257, false)] {
        let [mut stored, copy] = copy(300, distance);
        stored[0] = 1;
        let verdict = verdicts(8, true, PARTIAL, &[[stored, copy].concat()]).remove(0);
        assert_eq!(verdict.accepted, fits);
        assert_eq!(verdict.restarts, [(305, 300)]);
    }
}

/// A wrong byte in a payload is a wrong byte in the output.
#[test]
fn the_judge_notices_a_wrong_byte() {
    let right = bytes("00 05 00 fa ff 48 65 6c 6c 6f 00");
    for index in 5..10 {
        let mut wrong = right.clone();
        wrong[index] ^= 1;
        let verdict = verdict(&wrong);
        assert!(verdict.accepted);
        assert_ne!(verdict.output, b"Hello");
    }
}

/// The comparison can fail: by one bit, one byte too few or too many, an error
/// that is missing.
#[test]
fn the_comparison_notices_every_change() {
    for tamper in [
        Tamper::Flip,
        Tamper::Shorten,
        Tamper::Extend,
        Tamper::Forgive,
        Tamper::Outbound,
    ] {
        let mut judge = Judge::start();
        let mut random = Random::new(5);
        let mut changed = 0;
        while changed < 20 {
            let seed = random.number();
            let mut group = Group::run(seed);
            if !group.tamper(tamper) {
                continue;
            }
            changed += 1;
            let mut report = Report::default();
            report.add(&mut judge, &[group]);
            assert_eq!(report.failures.len(), 1, "{tamper:?} of group {seed:x}");
            let mut untouched = Report::default();
            untouched.add(&mut judge, &[Group::run(seed)]);
            assert_eq!(untouched.failures.len(), 0, "group {seed:x}");
        }
    }
}
