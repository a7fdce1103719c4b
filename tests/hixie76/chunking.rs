//! However the input is cut, the events, the output and the error are the
//! same; and `Ok(None)` leaves no input.

use websocket_proto::handshake::Acceptance;
use websocket_proto::{Config, Connection, Delivery, Error, Event, Input, Limit, Role, State};

use crate::support::{ROLES, Seen, cuts};
use crate::{ANSWER, KEY3, client, open, request, server, w2};

#[derive(Debug, PartialEq)]
struct Outcome {
    seen: Vec<Seen>,
    error: Option<Error>,
    out: Vec<u8>,
    state: State,
}

/// Gives `wire` in the pieces that end at `cuts`, accepting every request.
fn run(mut conn: Connection, wire: &[u8], cuts: &[usize]) -> Outcome {
    let (mut out, mut seen, mut error) = (Vec::new(), Vec::new(), None);
    let mut start = 0;
    for end in cuts.iter().copied().chain([wire.len()]) {
        let mut read = wire[start..end].to_vec();
        let mut input = Input::new(&mut read);
        start = end;
        loop {
            match conn.receive(&mut input, &mut out) {
                Ok(None) => {
                    assert!(input.is_empty(), "`Ok(None)` with input left");
                    break;
                }
                Err(again) => {
                    assert!(input.is_empty(), "an error with input left");
                    assert_eq!(*error.get_or_insert(again), again, "errors stay");
                    break;
                }
                Ok(Some(event)) => {
                    if let Event::Request(request) = &event {
                        conn.accept(request, &Acceptance::new(), &mut out)
                            .expect("the request waits");
                    }
                    seen.push(event.into());
                }
            }
        }
    }
    let state = conn.state();
    Outcome {
        seen,
        error,
        out,
        state,
    }
}

/// Whole, in pieces of every size, and split at every position.
fn same_in_every_cut(connect: impl Fn() -> Connection, wire: &[u8]) -> Outcome {
    let whole = run(connect(), wire, &[]);
    for step in 1..wire.len() {
        let cuts: Vec<_> = (step..wire.len()).step_by(step).collect();
        assert_eq!(run(connect(), wire, &cuts), whole, "by {step}");
        assert_eq!(run(connect(), wire, &[step]), whole, "split at {step}");
    }
    whole
}

const FRAMES: &[u8] = b"\x00Hello\xff\x01no\xff\x80\x03abc\xff\x02\xff\x00\x00\xff\
    \x00\xce\xba \xe2\x82\xac \xf0\x9f\x8e\xff\x81\x00\x00you\xff";

/// HX-08, HX-18: from the first byte of the request on.
#[test]
fn a_server_is_the_same_in_every_cut() {
    let wire = [w2().as_bytes(), KEY3, FRAMES, b"\xff\x00after"].concat();
    let outcome = same_in_every_cut(server, &wire);
    assert_eq!(outcome.seen.len(), 1 + 4 + 1, "{outcome:?}");
    assert_eq!(outcome.seen[1], Seen::Text("Hello".into()));
    assert_eq!(outcome.seen[3], Seen::Text("κ € \u{fffd}".into()));
    assert!(outcome.out.ends_with(&[&ANSWER[..], b"\xff\x00"].concat()));
    assert_eq!((outcome.error, outcome.state), (None, State::Closed));

    for wrong in [
        w2().replace("Key1", "Key2"),
        w2().replace("Origin", "X"),
        w2().replace("1 5\r", "1 6\r"),
    ] {
        let wire = [wrong.as_bytes(), KEY3, FRAMES].concat();
        let outcome = same_in_every_cut(server, &wire);
        assert!(
            matches!(outcome.error, Some(Error::Request(_))),
            "{outcome:?}"
        );
        assert_eq!((outcome.seen.len(), outcome.state), (0, State::Closed));
    }
}

/// HX-15, HX-18: and a client's.
#[test]
fn a_client_is_the_same_in_every_cut() {
    let mut sent = Vec::new();
    client(&request(), &mut sent);
    let answer = run(server(), &sent, &[]).out;
    let connect = || client(&request(), &mut Vec::new());
    let outcome = same_in_every_cut(connect, &[&answer[..], FRAMES, b"\xff\x00after"].concat());
    assert_eq!(outcome.seen.len(), 1 + 4 + 1, "{outcome:?}");
    assert_eq!((outcome.error, &outcome.out[..]), (None, &b"\xff\x00"[..]));

    let mut wrong = answer.clone();
    *wrong.last_mut().expect("not empty") ^= 1;
    let outcome = same_in_every_cut(connect, &[&wrong[..], FRAMES].concat());
    assert!(
        matches!(outcome.error, Some(Error::Response(_))),
        "{outcome:?}"
    );
    let half = same_in_every_cut(connect, &answer[..answer.len() - 1]);
    assert_eq!((half.error, half.state), (None, State::Connecting));
}

/// HX-18: frames alone, both ways of delivery.
#[test]
fn frames_are_the_same_in_every_cut() {
    for role in ROLES {
        for delivery in [Delivery::Messages, Delivery::Chunks] {
            for end in [
                &b"\xff\x00"[..],
                b"\x00cut",
                b"\x80",
                b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80",
            ] {
                let config = Config::new().delivery(delivery);
                let run = cuts(|| open(role, config), &[FRAMES, end].concat());
                assert!(run.events.len() >= 4, "{run:?}");
                assert_eq!(run.error.is_some(), end.len() == 10);
            }
        }
    }
}

/// HX-18, HX-26: also where the limit is within the text, at any place of it.
#[test]
fn a_text_over_the_limit_is_the_same_in_every_cut() {
    let texts: [&[u8]; 5] = [
        b"\x80\x80\x80\x80\x80\x80\x80\x80",
        b"a\xe2\x82\xac\xf0\x9f\x8e\x81b\xe2\x82",
        b"\xf0\x9f\x8e\xf0\x9f\xf0\x9f\x8e\x81",
        b"abcdefghijkl",
        b"",
    ];
    for delivery in [Delivery::Messages, Delivery::Chunks] {
        for text in texts {
            let whole = String::from_utf8_lossy(text);
            for limit in 0..30 {
                let config = Config::new().delivery(delivery).max_message(limit);
                let wire = [b"\x00", text, b"\xff\x00\xff\xff\x00"].concat();
                let run = cuts(|| open(Role::Server, config), &wire);
                let is_over = whole.len() as u64 > limit;
                assert_eq!(run.error, is_over.then_some(Limit::Message.into()));
                let delivered = run
                    .events
                    .iter()
                    .fold(String::new(), |all, seen| match seen {
                        Seen::Text(text) => all + text,
                        Seen::Chunk { bytes, .. } => all + &String::from_utf8_lossy(bytes),
                        _ => all,
                    });
                let most = match (is_over, delivery) {
                    (false, _) => whole.len(),
                    (true, Delivery::Messages) => 0,
                    (true, Delivery::Chunks) => {
                        let fits = |end: &usize| whole.is_char_boundary(*end);
                        (0..=limit as usize).rfind(fits).expect("the start fits")
                    }
                };
                assert_eq!(delivered, whole[..most], "{delivery:?}, {limit} bytes");
            }
        }
    }
}
