//! The two directions apart, each in a thread of its own, with what the
//! receiving one owes brought over as a value.

use std::sync::mpsc;
use std::thread;

use websocket_proto::{
    CloseStatus, Config, Error, Event, FixedOutput, Input, MessageKind, Receiver, Reply, Role,
    Sender, State,
};

use crate::pair::{code, opened};
use crate::support::{ROLES, Seen, close, frame, frames, on_wire, open, sent};

/// Gives one read to the receiving half; replies are collected.
fn take(receiver: &mut Receiver, bytes: &[u8]) -> (Vec<Seen>, Vec<Reply>, Option<Error>) {
    let mut read = bytes.to_vec();
    let mut input = Input::new(&mut read);
    let (mut seen, mut replies) = (Vec::new(), Vec::new());
    loop {
        match receiver.receive(&mut input) {
            Ok(None) => {
                assert!(input.is_empty());
                return (seen, replies, None);
            }
            Ok(Some(event)) => {
                replies.extend(Reply::to_event(&event));
                seen.push(event.into());
            }
            Err(error) => {
                assert!(input.is_empty());
                return (seen, replies, Some(error));
            }
        }
    }
}

fn halves(role: Role, config: Config) -> (Receiver, Sender) {
    open(role, config).split().expect("open")
}

#[test]
fn the_halves_can_go_to_other_threads() {
    const fn check<T: Send + Sync + 'static>() {}
    check::<Receiver>();
    check::<Sender>();
    check::<Reply>();
    check::<websocket_proto::Connection>();
    check::<Event<'static>>();
}

/// What the sending thread of an end is told.
enum Order {
    Text(String),
    Reply(Reply),
    Close,
}

/// Two ends of two threads each: every message is echoed, every ping answered,
/// and the one that has them all closes.
#[test]
fn two_ends_of_two_threads_each() {
    const MESSAGES: usize = 200;
    let (client, server) = opened(Config::new());
    let (to_server, at_server) = mpsc::channel::<Vec<u8>>();
    let (to_client, at_client) = mpsc::channel::<Vec<u8>>();

    let sending = |mut sender: Sender, wire: mpsc::Sender<Vec<u8>>| {
        let (orders, inbox) = mpsc::channel::<Order>();
        let thread = thread::spawn(move || {
            for order in inbox {
                let mut out = Vec::new();
                match order {
                    // Too late, once the Close is out.
                    Order::Text(text) => drop(sender.send_text(&text, &mut out)),
                    Order::Reply(reply) => sender.send_reply(&reply, &mut out),
                    Order::Close => sender
                        .send_close(code(4000), "done", &mut out)
                        .expect("fits"),
                }
                if wire.send(out).is_err() || sender.is_closed() {
                    break;
                }
            }
            sender
        });
        (orders, thread)
    };
    let (mut receiver, sender) = server.split().expect("open");
    let (orders, server_sending) = sending(sender, to_client);
    let server_receiving = thread::spawn(move || {
        for mut read in at_server {
            let mut input = Input::new(&mut read);
            while let Some(event) = receiver.receive(&mut input).expect("a good client") {
                if let Some(reply) = Reply::to_event(&event) {
                    let _ = orders.send(Order::Reply(reply));
                }
                if let Event::Text(text) = event {
                    let _ = orders.send(Order::Text(text.into_owned()));
                }
            }
        }
        receiver
    });

    let (mut receiver, sender) = client.split().expect("open");
    let (orders, client_sending) = sending(sender, to_server);
    for number in 0..MESSAGES {
        orders
            .send(Order::Text(format!("message {number}")))
            .expect("it runs");
    }
    let mut echoes = Vec::new();
    for mut read in at_client {
        let mut input = Input::new(&mut read);
        while let Some(event) = receiver.receive(&mut input).expect("a good server") {
            if let Event::Text(text) = event {
                echoes.push(text.into_owned());
            }
            if echoes.len() == MESSAGES {
                let _ = orders.send(Order::Close);
            }
        }
    }
    drop(orders);

    let expected: Vec<_> = (0..MESSAGES)
        .map(|number| format!("message {number}"))
        .collect();
    assert_eq!(echoes, expected);
    assert_eq!(receiver.close_status(), Some(CloseStatus::Code(code(4000))));
    assert_eq!(receiver.receive_eof(), Ok(()));
    assert!(client_sending.join().expect("no panic").is_closed());
    let mut receiver = server_receiving.join().expect("no panic");
    assert_eq!(receiver.close_status(), Some(CloseStatus::Code(code(4000))));
    assert_eq!(receiver.receive_eof(), Ok(()));
    assert!(server_sending.join().expect("no panic").is_closed());
}

/// A split connection says by its replies what a whole one writes itself.
#[test]
fn the_replies_of_the_halves_are_the_output_of_the_whole() {
    let streams = [
        frames(&[
            (0x81, b"a"),
            (0x89, b"ping"),
            (0x89, b""),
            (0x88, b"\x03\xe8bye"),
        ]),
        frames(&[(0x89, &[7; 125]), (0x88, b"")]),
        frames(&[(0x01, b"a"), (0x89, b"p"), (0x81, b"b")]),
        frame(0x81, b"\xff"),
        frame(0x88, b"\x03\xed"),
        frame(0x83, b""),
    ];
    for role in ROLES {
        for stream in &streams {
            let wire = on_wire(role, stream);
            let mut whole = Vec::new();
            let mut conn = open(role, Config::new());
            let expected = crate::pair::take(&mut conn, &wire, &mut whole);

            let (mut receiver, mut sender) = halves(role, Config::new());
            let (seen, replies, error) = take(&mut receiver, &wire);
            let mut out = Vec::new();
            for reply in &replies {
                sender.send_reply(reply, &mut out);
            }
            if let Some(error) = error {
                sender.send_reply(&Reply::to_error(error), &mut out);
            }
            assert_eq!((seen, error), expected);
            assert_eq!(out, whole, "{role:?} {stream:02x?}");
            assert!(sender.is_closed());
            // Later replies find it closed: nothing follows the Close.
            for reply in &replies {
                sender.send_reply(reply, &mut out);
            }
            sender.send_reply(&Reply::to_error(Error::InvalidUtf8), &mut out);
            assert_eq!(out, whole);
        }
    }
}

#[test]
fn events_that_oblige_to_nothing_have_no_reply() {
    for role in ROLES {
        let wire = on_wire(role, &frames(&[(0x81, b"a"), (0x82, b"b"), (0x8a, b"c")]));
        let (mut receiver, _) = halves(role, Config::new());
        let (seen, replies, _) = take(&mut receiver, &wire);
        assert_eq!((seen.len(), replies.len()), (3, 0));
    }
}

/// The errors of the receiving half stay as those of the whole do.
#[test]
fn an_error_of_the_receiving_half_stays() {
    for role in ROLES {
        let (mut receiver, _) = halves(role, Config::new());
        assert_eq!(receiver.close_status(), None);
        let (_, _, error) = take(&mut receiver, &[0xff]);
        assert!(error.is_some());
        let more = on_wire(role, &frame(0x81, b"x"));
        assert_eq!(take(&mut receiver, &more).2, error);
        assert_eq!(receiver.receive_eof().err(), error);
        assert_eq!(receiver.close_status(), Some(CloseStatus::Abnormal));

        let (mut receiver, _) = halves(role, Config::new());
        assert_eq!(receiver.receive_eof(), Err(Error::UnexpectedEof));
        assert_eq!(receiver.close_status(), Some(CloseStatus::Abnormal));
        assert_eq!(take(&mut receiver, &more).2, Some(Error::UnexpectedEof));

        let (mut receiver, _) = halves(role, Config::new());
        take(&mut receiver, &on_wire(role, &frame(0x88, b"")));
        assert_eq!(receiver.close_status(), Some(CloseStatus::NoCode));
        assert_eq!(take(&mut receiver, &more).0, []);
        assert_eq!(receiver.receive_eof(), Ok(()));
    }
}

/// A message half sent or half received goes on after the split.
#[test]
fn what_is_under_way_goes_on_after_the_split() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut out = Vec::new();
        let wire = on_wire(role, &frames(&[(0x01, b"a\xce"), (0x80, b"\xbab")]));
        let (start, rest) = wire.split_at(wire.len() / 2);
        crate::pair::events(&mut conn, start, &mut out);
        conn.send_fragment(MessageKind::Text, b"c\xce", false, &mut out)
            .expect("open");
        let (mut receiver, mut sender) = conn.split().expect("open");
        assert_eq!(take(&mut receiver, rest).0, [Seen::Text("aκb".into())]);
        assert!(sender.send_text("x", &mut out).is_err());
        sender
            .send_fragment(MessageKind::Text, b"\xba", true, &mut out)
            .expect("the rest of the code point");
        let firsts: Vec<_> = sent(role, &out).iter().map(|sent| sent.first).collect();
        assert_eq!(firsts, [0x01, 0x80]);
        assert_eq!((receiver.close_status(), sender.role()), (None, role));
    }
}

/// Replies without room wait in the sending half, the Close for good.
#[test]
fn replies_of_the_sending_half_wait_for_room() {
    for role in ROLES {
        // With Pongs after the Close allowed: not into the Close, nor for it.
        for after_close in [false, true] {
            let config = Config::new().pong_after_close(after_close);
            let (_, mut sender) = halves(role, config);
            let ping = |payload: &'static [u8]| {
                Reply::to_event(&Event::Ping(payload.into())).expect("a reply is due")
            };
            let mut full = FixedOutput::new(&mut []);
            sender.send_reply(&ping(b"first"), &mut full);
            sender.send_reply(&ping(b"second"), &mut full);
            assert!(sender.wants_write());
            let mut out = Vec::new();
            assert!(sender.poll_transmit(&mut out));
            assert!(!sender.wants_write());
            assert_eq!(sent(role, &out)[0].plain(), (0x8a, &b"second"[..]));
            assert_eq!(sent(role, &out).len(), 1);

            let mut memory = [0; 3];
            let mut small = FixedOutput::new(&mut memory);
            sender.send_reply(&Reply::to_error(Error::InvalidUtf8), &mut small);
            assert!(sender.is_closed() && sender.wants_write());
            let mut out = small.written().to_vec();
            sender.send_reply(&ping(b"late"), &mut small);
            sender.send_reply(&ping(b"late"), &mut out);
            assert!(sender.send_text("x", &mut out).is_err());
            sender.poll_transmit(&mut out);
            let sent = sent(role, &out);
            assert_eq!(sent.len(), 1, "{sent:?}");
            assert_eq!(sent[0].close_code(), Some(1007));
            assert!(!sender.wants_write());
        }
    }
}

/// Who asks for replies without automatic ones gets a connection that waits.
#[test]
fn a_caller_may_reply_by_itself_on_a_whole_connection() {
    for role in ROLES {
        let mut conn = open(role, Config::new().auto_pong(false).auto_close(false));
        let mut out = Vec::new();
        let wire = on_wire(role, &frames(&[(0x89, b"p"), (0x88, b"\x03\xe8")]));
        let seen = crate::pair::events(&mut conn, &wire, &mut out);
        assert_eq!(seen.len(), 2);
        assert_eq!((&out[..], conn.state()), (&b""[..], State::Closing));
        conn.send_pong(b"p", &mut out)
            .expect("the answer is still due");
        conn.send_close(code(1000), "", &mut out)
            .expect("still due");
        let sent = sent(role, &out);
        let plain: Vec<_> = sent.iter().map(|sent| sent.plain()).collect();
        assert_eq!(plain, [(0x8a, &b"p"[..]), (0x88, b"\x03\xe8")]);
        assert_eq!(conn.receive_eof(), Ok(()));
        assert!(conn.was_clean());
    }
}

/// The same call once more, for what the sending half closes on its own.
#[test]
fn both_halves_close() {
    for role in ROLES {
        let (mut receiver, mut sender) = halves(role, Config::new());
        let mut out = Vec::new();
        sender.send_close(code(4000), "", &mut out).expect("open");
        assert!(sender.is_closed());
        let (seen, replies, _) = take(&mut receiver, &on_wire(role, &close(4000, "")));
        assert_eq!((seen.len(), replies.len()), (1, 1));
        let length = out.len();
        sender.send_reply(&replies[0], &mut out);
        assert_eq!(out.len(), length, "one Close is enough");
        assert_eq!(receiver.receive_eof(), Ok(()));
    }
}
