//! Ping and Pong (RFC 6455 sections 5.5.2 and 5.5.3).

use core::time::Duration;

use websocket_proto::frame::FrameError;
use websocket_proto::{CloseCode, Config, Error, Role};

use crate::support::{
    KEY, ROLES, Seen, close, cuts, feed, frame, frames, hex, on_wire, open, received, sent, server,
};

/// The first byte and the payload of each frame in the output.
fn plain(role: Role, out: &[u8]) -> Vec<(u8, Vec<u8>)> {
    sent(role, out)
        .into_iter()
        .map(|frame| (frame.first, frame.payload))
        .collect()
}

// PING-01
#[test]
fn a_ping_is_answered_by_a_pong_with_the_same_payload() {
    for role in ROLES {
        let run = received(role, Config::new(), &hex("89 05 48 65 6c 6c 6f"));
        assert_eq!(run.events(), [Seen::Ping(b"Hello".to_vec())]);
        assert_eq!(plain(role, &run.out), [(0x8a, b"Hello".to_vec())]);
    }
    let wire = hex("89 85 37 fa 21 3d 7f 9f 4d 51 58");
    let run = cuts(|| server(Config::new()), &wire);
    assert_eq!(run.out, hex("8a 05 48 65 6c 6c 6f"));
}

// PING-02
#[test]
fn pings_of_0_to_125_arbitrary_bytes_are_answered() {
    for role in ROLES {
        for payload in [vec![], vec![0xfe; 125], (0..=124).map(|i| i * 2).collect()] {
            let run = received(role, Config::new(), &frame(0x89, &payload));
            assert_eq!(run.events(), [Seen::Ping(payload.clone())]);
            assert_eq!(plain(role, &run.out), [(0x8a, payload)]);
        }
        let run = received(role, Config::new(), &frame(0x89, &[0xfe; 126])).assert_failed(1002);
        assert_eq!(run.error, Some(Error::Frame(FrameError::ControlTooLong)));
        assert_eq!(run.events, []);
    }
    let run = received(Role::Client, Config::new(), &hex("89 00"));
    assert_eq!((&run.out[..2], run.out.len()), (&[0x8a, 0x80][..], 6));
}

// PING-03
#[test]
fn a_pong_stands_right_after_the_frames_already_written() {
    for role in ROLES {
        let mut connection = open(role, Config::new().output_mark(usize::MAX));
        let mut out = Vec::new();
        connection.send_binary(&[1; 1 << 20], &mut out).unwrap();
        feed(
            &mut connection,
            &on_wire(role, &frame(0x89, b"x")),
            &mut out,
        );
        connection.send_binary(&[2; 5], &mut out).unwrap();
        let expected = [
            (0x82, vec![1; 1 << 20]),
            (0x8a, b"x".to_vec()),
            (0x82, vec![2; 5]),
        ];
        assert!(plain(role, &out) == expected);
    }
}

// PING-03: also where much was written that is not drained yet.
#[test]
fn a_pong_that_waits_for_the_output_to_drain_is_next() {
    for role in ROLES {
        let mut connection = open(role, Config::new());
        let mut out = Vec::new();
        connection.send_binary(&[1; 1 << 20], &mut out).unwrap();
        let written = out.len();
        feed(
            &mut connection,
            &on_wire(role, &frame(0x89, b"x")),
            &mut out,
        );
        assert_eq!(out.len(), written);
        assert!(connection.wants_write());

        // Half drained is still over the mark.
        out.drain(..written / 2);
        assert!(!connection.poll_transmit(&mut out));
        assert_eq!(out.len(), written - written / 2);

        out.clear();
        assert!(connection.poll_transmit(&mut out));
        assert!(!connection.wants_write());
        assert_eq!(plain(role, &out), [(0x8a, b"x".to_vec())]);
        assert!(!connection.poll_transmit(&mut out), "and only once");
    }
}

// PING-03: a caller that always has more to send does not starve the Pong.
#[test]
fn a_pong_that_waits_goes_before_data_sent_later() {
    for role in ROLES {
        let mut connection = open(role, Config::new());
        let mut out = Vec::new();
        connection.send_binary(&[1; 1 << 17], &mut out).unwrap();
        feed(
            &mut connection,
            &on_wire(role, &frame(0x89, b"x")),
            &mut out,
        );
        out.clear();
        connection.send_text("later", &mut out).unwrap();
        let expected = [(0x8a, b"x".to_vec()), (0x81, b"later".to_vec())];
        assert_eq!(plain(role, &out), expected);
    }
}

// PING-04
#[test]
fn no_pong_follows_a_received_close() {
    for role in ROLES {
        for auto_close in [true, false] {
            let config = Config::new().auto_close(auto_close).pong_after_close(true);
            let bytes = [close(1000, ""), frame(0x89, b"x")].concat();
            let run = received(role, config, &bytes);
            assert_eq!(run.events(), [Seen::Close(Some((1000, String::new())))]);
            let expected: &[_] = match auto_close {
                true => &[(0x88, vec![0x03, 0xe8])],
                false => &[],
            };
            assert_eq!(plain(role, &run.out), expected);
        }
    }
}

// PING-05: the Close is the last that is sent, unless the letter of section
// 5.5.2 is asked for.
#[test]
fn a_ping_after_the_own_close_is_answered_by_option() {
    for role in ROLES {
        for (config, answered) in [
            (Config::new(), false),
            (Config::new().pong_after_close(false), false),
            (Config::new().pong_after_close(true), true),
        ] {
            let mut connection = open(role, config);
            let mut out = Vec::new();
            connection
                .send_close(CloseCode::NORMAL, "", &mut out)
                .unwrap();
            out.clear();
            let wire = on_wire(role, &frame(0x89, b"x"));
            let seen = feed(&mut connection, &wire, &mut out);
            assert_eq!(seen, (vec![Seen::Ping(b"x".to_vec())], None));
            let expected: &[_] = match answered {
                true => &[(0x8a, b"x".to_vec())],
                false => &[],
            };
            assert_eq!(plain(role, &out), expected);
            // And no Pong is kept for later either.
            assert!(!connection.wants_write());
        }
    }
}

// PING-06
#[test]
fn ten_pings_in_one_read_get_ten_pongs_in_order() {
    for role in ROLES {
        let payloads: Vec<Vec<u8>> = (0..10).map(|i| vec![b'0' + i; 3]).collect();
        let bytes: Vec<u8> = payloads
            .iter()
            .flat_map(|payload| frame(0x89, payload))
            .collect();
        let run = received(role, Config::new(), &bytes);
        let expected: Vec<_> = payloads
            .into_iter()
            .map(|payload| (0x8a, payload))
            .collect();
        assert_eq!(plain(role, &run.out), expected);
    }
}

// PING-07
#[test]
fn a_million_pings_with_a_stalled_writer_are_answered_by_the_newest() {
    for role in ROLES {
        let mut connection = open(role, Config::new());
        let mut out = Vec::new();
        let thousand = on_wire(role, &frame(0x89, b"old").repeat(1000));
        for _ in 0..1000 {
            assert_eq!(feed(&mut connection, &thousand, &mut out).1, None);
        }
        // The mark of 64 KiB, over which one Pong brings it.
        assert!(out.len() < (64 << 10) + 131, "{}", out.len());
        assert!(out.capacity() < 256 << 10, "{}", out.capacity());
        feed(
            &mut connection,
            &on_wire(role, &frame(0x89, b"new")),
            &mut out,
        );
        assert!(
            plain(role, &out)
                .iter()
                .all(|pong| *pong == (0x8a, b"old".to_vec()))
        );

        out.clear();
        assert!(connection.poll_transmit(&mut out));
        assert_eq!(plain(role, &out), [(0x8a, b"new".to_vec())]);
        assert!(!connection.wants_write());
    }
}

// PING-07: one that is answered at once makes older ones needless.
#[test]
fn a_waiting_pong_is_dropped_when_a_newer_one_is_written() {
    for role in ROLES {
        let mut connection = open(role, Config::new().output_mark(100));
        let mut out = vec![0; 100];
        feed(
            &mut connection,
            &on_wire(role, &frame(0x89, b"old")),
            &mut out,
        );
        assert_eq!(out.len(), 100);
        feed(
            &mut connection,
            &on_wire(role, &frame(0x89, b"mid")),
            &mut out,
        );
        assert_eq!(out.len(), 100);
        out.clear();
        // `receive` writes what waits first.
        feed(
            &mut connection,
            &on_wire(role, &frame(0x89, b"new")),
            &mut out,
        );
        let expected = [(0x8a, b"mid".to_vec()), (0x8a, b"new".to_vec())];
        assert_eq!(plain(role, &out), expected);
        assert!(!connection.wants_write());
    }
}

// PING-08, PING-11
#[test]
fn an_unasked_pong_is_told_and_not_answered() {
    for role in ROLES {
        let bytes = frames(&[(0x8a, b"x"), (0x8a, b""), (0x8a, &[0xff; 125])]);
        let run = received(role, Config::new(), &bytes);
        let expected = [b"x".to_vec(), vec![], vec![0xff; 125]].map(Seen::Pong);
        assert_eq!(run.events(), expected);
        assert_eq!(run.out, b"");
    }
}

// PING-09: in states other than open, see `nothing_is_sent_while_connecting`.
#[test]
fn a_ping_can_be_sent_while_open() {
    for role in ROLES {
        let mut connection = open(role, Config::new());
        let mut out = Vec::new();
        connection.send_ping(b"x", &mut out).unwrap();
        connection.send_ping(b"", &mut out).unwrap();
        assert_eq!(plain(role, &out), [(0x89, b"x".to_vec()), (0x89, vec![])]);
    }
}

// PING-10
#[test]
fn a_pong_can_be_sent_unasked() {
    let mut out = Vec::new();
    server(Config::new()).send_pong(b"", &mut out).unwrap();
    assert_eq!(out, hex("8a 00"));
    for role in ROLES {
        let mut connection = open(role, Config::new());
        let mut out = Vec::new();
        connection.send_pong(b"beat", &mut out).unwrap();
        assert_eq!(plain(role, &out), [(0x8a, b"beat".to_vec())]);
    }
}

// PING-11
#[test]
fn a_pong_brings_back_the_payload_of_its_ping() {
    for role in ROLES {
        let other = match role {
            Role::Client => Role::Server,
            Role::Server => Role::Client,
        };
        let (mut end, mut peer) = (open(role, Config::new()), open(other, Config::new()));
        let (mut there, mut back) = (Vec::new(), Vec::new());
        end.send_ping(b"17:04", &mut there).unwrap();
        let seen = feed(&mut peer, &there, &mut back);
        assert_eq!(seen, (vec![Seen::Ping(b"17:04".to_vec())], None));
        let seen = feed(&mut end, &back, &mut Vec::new());
        assert_eq!(seen, (vec![Seen::Pong(b"17:04".to_vec())], None));
    }
}

// PING-11: where replies are not automatic, the caller gives them.
#[test]
fn without_automatic_pongs_the_caller_answers() {
    for role in ROLES {
        let mut run = received(role, Config::new().auto_pong(false), &frame(0x89, b"x"));
        assert_eq!(run.events(), [Seen::Ping(b"x".to_vec())]);
        assert_eq!(run.out, b"");
        assert!(!run.connection.wants_write());
        run.connection.send_pong(b"x", &mut run.out).unwrap();
        assert_eq!(plain(role, &run.out), [(0x8a, b"x".to_vec())]);
    }
}

// PING-12
#[test]
fn each_pong_of_a_client_has_a_fresh_key() {
    let run = received(Role::Client, Config::new(), &frame(0x89, b"x").repeat(2));
    let sent = run.sent();
    assert_eq!(sent.len(), 2);
    assert_ne!(sent[0].key, sent[1].key);
    assert_ne!(sent[0].key, Some(KEY), "nor that of the peer");
}

// PING-13, as far as it binds more than a browser's API: without an interval
// the connection pings nobody.
#[test]
fn no_ping_is_sent_that_nobody_asked_for() {
    for role in ROLES {
        let mut connection = open(role, Config::new());
        let mut out = Vec::new();
        assert_eq!(connection.poll_timeout(), None);
        for hour in 0..10 {
            let now = Duration::from_secs(3600 * hour);
            assert_eq!(connection.handle_timeout(now, &mut out), Ok(()));
        }
        assert_eq!(out, b"");
    }
}

// PING-14
#[test]
fn a_ping_is_not_answered_by_its_own_opcode() {
    let run = cuts(|| server(Config::new()), &hex("89 81 37 fa 21 3d 4f"));
    assert_eq!(run.out, hex("8a 01 78"));
}
