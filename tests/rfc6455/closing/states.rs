//! CL-B: what every event does in every state, for both roles.

use core::time::Duration;

use websocket_proto::handshake::ClientRequest;
use websocket_proto::{
    Config, Connection, FixedOutput, Input, Output, Role, SendError, State, Uri,
};

use super::{code, status};
use crate::support::{ROLES, Seen, close, feed, frame, on_wire, open, sent};

use Event::*;
use Stage::*;
use What::*;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    Connecting,
    Open,
    /// Ours is out, none in.
    CloseSent,
    /// The peer's is in, our answer waits for room in the output.
    CloseReceived,
    /// Both are through, the transport is there.
    Done,
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Event {
    SendData,
    SendPing,
    SendClose,
    DataIn,
    PingIn,
    PongIn,
    CloseIn,
    BadCloseIn,
    ViolationIn,
    TooBigIn,
    Eof,
    Deadline,
    Drained,
}

/// What is seen of it.
#[derive(Debug, PartialEq)]
enum What {
    /// No event, no error, no output.
    Nothing,
    /// The call is refused, and nothing else.
    Refused(State),
    /// A frame that begins with this byte.
    Sends(u8),
    Sees(Seen),
    /// An event, and a frame that begins with this byte.
    Answers(Seen, u8),
    /// An error, and a Close with this code, or nothing.
    Fails(Option<u16>),
    /// An error, and an HTTP response.
    Http(u16),
}

/// What `close_status` and `was_clean` say then.
type After = (State, Option<u16>, bool);

const STAGES: [Stage; 6] = [Connecting, Open, CloseSent, CloseReceived, Done, Closed];
const EVENTS: [Event; 13] = [
    SendData,
    SendPing,
    SendClose,
    DataIn,
    PingIn,
    PongIn,
    CloseIn,
    BadCloseIn,
    ViolationIn,
    TooBigIn,
    Eof,
    Deadline,
    Drained,
];

const LOST: After = (State::Closed, Some(1006), false);
const CLEAN: After = (State::Closed, Some(1000), true);

/// How a stage looks where nothing happens.
fn unchanged(stage: Stage, role: Role) -> After {
    match (stage, role) {
        (Connecting, _) => (State::Connecting, None, false),
        (Open, _) => (State::Open, None, false),
        (CloseSent | CloseReceived, _) => (State::Closing, None, false),
        (Done, Role::Client) => (State::Closing, None, false),
        (Done, Role::Server) | (Closed, _) => CLEAN,
    }
}

/// The table.
fn expected(stage: Stage, event: Event, role: Role) -> (What, After) {
    let same = unchanged(stage, role);
    let text = || Seen::Text("a".into());
    let ping = || Seen::Ping(b"p".to_vec());
    let pong = || Seen::Pong(b"p".to_vec());
    let end = || Seen::Close(Some((1000, String::new())));
    // Both Closes through: a server has to close the transport, a client
    // waits for it.
    let done = unchanged(Done, role);
    match (stage, event) {
        (Open, SendData) => (Sends(0x81), same),
        (Open, SendPing) => (Sends(0x89), same),
        (_, SendData | SendPing) => (Refused(same.0), same),

        // The attempt ends, without a frame.
        (Connecting, SendClose) => (Nothing, LOST),
        (Open, SendClose) => (Sends(0x88), (State::Closing, None, false)),
        (_, SendClose) => (Nothing, same),

        // Bytes of a head to a server, until one cannot be that: the masked
        // Close has a control byte. To a client all of them have.
        (Connecting, DataIn | PingIn | PongIn | BadCloseIn) if role == Role::Server => {
            (Nothing, same)
        }
        (Connecting, CloseIn) if role == Role::Server => (Http(400), LOST),
        (Connecting, DataIn | PingIn | PongIn | CloseIn | BadCloseIn) => (Fails(None), LOST),
        (Connecting, ViolationIn) => match role {
            Role::Server => (Http(400), LOST),
            Role::Client => (Fails(None), LOST),
        },
        (Connecting, TooBigIn) => match role {
            Role::Server => (Http(431), LOST),
            Role::Client => (Fails(None), LOST),
        },

        (Open, DataIn) => (Sees(text()), same),
        (Open, PingIn) => (Answers(ping(), 0x8a), same),
        (Open, PongIn) => (Sees(pong()), same),
        (Open, CloseIn) => (Answers(end(), 0x88), done),
        (Open, BadCloseIn | ViolationIn) => (Fails(Some(1002)), LOST),
        (Open, TooBigIn) => (Fails(Some(1009)), LOST),

        (CloseSent, DataIn) => (Sees(text()), same),
        // `Config::pong_after_close` has a test of its own.
        (CloseSent, PingIn) => (Sees(ping()), same),
        (CloseSent, PongIn) => (Sees(pong()), same),
        (CloseSent, CloseIn) => (Sees(end()), done),
        (CloseSent, BadCloseIn | ViolationIn | TooBigIn) => (Fails(None), LOST),

        (
            CloseReceived | Done | Closed,
            DataIn | PingIn | PongIn | CloseIn | BadCloseIn | ViolationIn | TooBigIn,
        ) => (Nothing, same),

        (Connecting | Open | CloseSent, Eof) => (Fails(None), LOST),
        (CloseReceived, Eof) => (Nothing, (State::Closed, Some(1000), false)),
        (Done | Closed, Eof) => (Nothing, CLEAN),

        (Connecting, Deadline) => match role {
            Role::Server => (Http(408), LOST),
            Role::Client => (Fails(None), LOST),
        },
        (Open, Deadline) => (Fails(Some(1001)), LOST),
        (CloseSent, Deadline) => (Fails(None), LOST),
        (CloseReceived, Deadline) => (Fails(None), (State::Closed, Some(1000), false)),
        (Done | Closed, Deadline) => (Nothing, CLEAN),

        (CloseReceived, Drained) => (Sends(0x88), done),
        (_, Drained) => (Nothing, same),
    }
}

fn config() -> Config {
    let second = Duration::from_secs(1);
    Config::new()
        .max_message(10)
        .max_head(200)
        .handshake_timeout(second)
        .idle_timeout(second)
        .close_timeout(second)
}

fn connect(stage: Stage, role: Role) -> Connection {
    let out = &mut Vec::new();
    let closing = on_wire(role, &close(1000, ""));
    let mut conn = match (stage, role) {
        (Connecting, Role::Server) => Connection::server(config()),
        (Connecting, Role::Client) => {
            let uri = Uri::parse("ws://a/").expect("a URI");
            let request = ClientRequest::new(&uri);
            Connection::client(config(), &request, [1; 32].into(), out).expect("room")
        }
        _ => open(role, config()),
    };
    match stage {
        Connecting | Open => {}
        CloseSent => conn.send_close(code(4000), "", out).expect("open"),
        CloseReceived => {
            let mut read = closing;
            let mut full = FixedOutput::new(&mut []);
            let event = conn.receive(&mut Input::new(&mut read), &mut full);
            assert!(event.is_ok_and(|event| event.is_some()));
        }
        Done | Closed => {
            conn.send_close(code(4000), "", out).expect("open");
            feed(&mut conn, &closing, out);
        }
    }
    if stage == Closed {
        conn.receive_eof().expect("both Closes are through");
    }
    conn.handle_timeout(Duration::ZERO, &mut FixedOutput::new(&mut []))
        .expect("the clock starts");
    conn
}

/// Lets the event happen, and says what was seen.
fn happen(
    stage: Stage,
    event: Event,
    conn: &mut Connection,
    out: &mut impl Output,
) -> (Vec<Seen>, bool, Option<SendError>) {
    let role = conn.role();
    let call = match event {
        SendData => Some(conn.send_text("a", out)),
        SendPing => Some(conn.send_ping(b"p", out)),
        SendClose => Some(conn.send_close(code(1000), "", out)),
        _ => None,
    };
    if let Some(result) = call {
        return (vec![], false, result.err());
    }
    let mut bytes = match event {
        DataIn => on_wire(role, &frame(0x81, b"a")),
        PingIn => on_wire(role, &frame(0x89, b"p")),
        PongIn => on_wire(role, &frame(0x8a, b"p")),
        CloseIn => on_wire(role, &close(1000, "")),
        BadCloseIn => on_wire(role, &frame(0x88, &[3])),
        ViolationIn if stage == Connecting => b"\r\n\r\n\r\n".to_vec(),
        ViolationIn => on_wire(role, &[0xf1, 0]),
        TooBigIn if stage == Connecting => {
            let start = match role {
                Role::Server => "GET / HTTP/1.1\r\n",
                Role::Client => "HTTP/1.1 101 x\r\n",
            };
            format!("{start}A: {}", "x".repeat(200)).into_bytes()
        }
        TooBigIn => on_wire(role, &frame(0x82, &[0; 11])),
        Eof => return (vec![], conn.receive_eof().is_err(), None),
        Deadline => {
            let late = Duration::from_secs(5);
            return (vec![], conn.handle_timeout(late, out).is_err(), None);
        }
        _ => {
            let before = out.buffered();
            assert_eq!(conn.poll_transmit(out), out.buffered() > before);
            return (vec![], false, None);
        }
    };
    let mut input = Input::new(&mut bytes);
    let mut seen = Vec::new();
    loop {
        match conn.receive(&mut input, out) {
            Ok(Some(event)) => seen.push(event.into()),
            Ok(None) => return (seen, false, None),
            Err(_) => return (seen, true, None),
        }
    }
}

fn check(stage: Stage, event: Event, role: Role) {
    let (what, after) = expected(stage, event, role);
    let cell = format!("{event:?} in {stage:?} of a {role:?}");
    let mut conn = connect(stage, role);
    assert_eq!(
        (conn.state(), status(&conn), conn.was_clean()),
        unchanged(stage, role),
        "before {cell}"
    );
    let mut out = Vec::new();
    // The answer to a Close is to wait until it is drained.
    let (seen, failed, refused) = match (stage, event) {
        (CloseReceived, Drained) => happen(stage, event, &mut conn, &mut out),
        (CloseReceived, _) => happen(stage, event, &mut conn, &mut FixedOutput::new(&mut [])),
        _ => happen(stage, event, &mut conn, &mut out),
    };
    let is_http = out.starts_with(b"HTTP/1.1 ");
    let firsts: Vec<_> = match is_http {
        true => vec![],
        false => sent(role, &out).iter().map(|sent| sent.first).collect(),
    };
    let found = match (&seen[..], &firsts[..], failed, refused) {
        ([], [], false, Some(SendError::WrongState(state))) => Refused(state),
        ([], [], false, None) => Nothing,
        ([], [first], false, None) => Sends(*first),
        ([one], [], false, None) => Sees(one.clone()),
        ([one], [first], false, None) => Answers(one.clone(), *first),
        ([], [], true, None) if is_http => {
            let status = str::from_utf8(&out[9..12]).expect("digits");
            Http(status.parse().expect("a status"))
        }
        ([], [], true, None) => Fails(None),
        ([], [0x88], true, None) => Fails(sent(role, &out)[0].close_code()),
        other => panic!("{cell}: {other:?}"),
    };
    assert_eq!(found, what, "{cell}");
    assert_eq!(
        (conn.state(), status(&conn), conn.was_clean()),
        after,
        "after {cell}"
    );
}

// CL-B
#[test]
fn every_event_in_every_state() {
    for stage in STAGES {
        for event in EVENTS {
            for role in ROLES {
                check(stage, event, role);
            }
        }
    }
}

/// CL-B, row "bad Close in", for each way to be bad.
#[test]
fn every_bad_close_in_every_state() {
    let bad: [(&[u8], u16); 6] = [
        (&[0x88, 1, 3], 1002),
        (&[0x88, 2, 3, 0xed], 1002),
        (&[0x88, 2, 0, 0], 1002),
        (&[0x88, 3, 3, 0xe8, 0xff], 1007),
        (&[0x88, 126, 0, 126], 1002),
        (&[0x08, 2, 3, 0xe8], 1002),
    ];
    for role in ROLES {
        for (bytes, number) in bad {
            let wire = on_wire(role, bytes);
            for stage in [Open, CloseSent, CloseReceived, Done, Closed] {
                let mut conn = connect(stage, role);
                let mut out = Vec::new();
                if stage == CloseReceived {
                    conn.poll_transmit(&mut out);
                    out.clear();
                }
                let (seen, error) = feed(&mut conn, &wire, &mut out);
                assert_eq!(seen, []);
                match stage {
                    Open => assert_eq!(sent(role, &out)[0].close_code(), Some(number)),
                    _ => assert_eq!(out, b""),
                }
                let fails = matches!(stage, Open | CloseSent);
                assert_eq!(error.is_some(), fails, "{stage:?} {bytes:02x?}");
                if fails {
                    assert_eq!((conn.state(), status(&conn), conn.was_clean()), LOST);
                }
            }
        }
    }
}
