//! What a peer can make a connection allocate, and how often.

use websocket_proto::handshake::{HeadError, RequestError, ResponseError};
use websocket_proto::{
    Config, Connection, Delivery, Error, Event, FixedOutput, Input, Limit, Role,
};

use crate::measure;
use crate::pair::{connecting_client, failure};
use crate::support::{KEY, ROLES, frame, on_wire, open};

/// The header of a frame that announces so many bytes, with 64 bits.
fn announce(role: Role, first: u8, length: u64) -> Vec<u8> {
    let masked = if role == Role::Server { 0x80 } else { 0 };
    let mut bytes = vec![first, masked | 127];
    bytes.extend(length.to_be_bytes());
    if role == Role::Server {
        bytes.extend(KEY);
    }
    bytes
}

/// Gives the same bytes again and again, without allocating for them.
struct Feed {
    bytes: Vec<u8>,
    read: Vec<u8>,
}

impl Feed {
    fn new(bytes: Vec<u8>) -> Self {
        let read = bytes.clone();
        Self { bytes, read }
    }

    /// One read, of which every event is taken and forgotten.
    fn once(
        &mut self,
        conn: &mut Connection,
        out: &mut impl websocket_proto::Output,
    ) -> Result<(), Error> {
        self.read.copy_from_slice(&self.bytes);
        let mut input = Input::new(&mut self.read);
        while conn.receive(&mut input, out)?.is_some() {}
        Ok(())
    }
}

/// SEC-02: refused at the header where limits are set, and not believed where
/// they are lifted.
#[test]
fn an_announced_length_allocates_nothing() {
    for role in ROLES {
        for length in [1 << 62, (1 << 63) - 1, 20 << 20] {
            for first in [0x81, 0x82, 0x01, 0x02] {
                let mut conn = open(role, Config::new());
                let bytes = announce(role, first, length);
                let (error, used) = measure(|| failure(&mut conn, &bytes, &mut Vec::new()));
                assert_eq!(error, Error::Limit(Limit::Frame));
                assert!(used.peak < 1024, "{used:?}");

                let unlimited = Config::new().max_frame(u64::MAX).max_message(u64::MAX);
                for delivery in [Delivery::Messages, Delivery::Chunks] {
                    let mut conn = open(role, unlimited.delivery(delivery));
                    let mut feed = Feed::new([bytes.clone(), vec![b'x'; 10]].concat());
                    // Masked they would be no text.
                    if role == Role::Server && first & 0xf == 1 {
                        feed.bytes.truncate(bytes.len());
                        feed.bytes.extend(KEY);
                        feed.read.truncate(feed.bytes.len());
                    }
                    let (result, used) = measure(|| feed.once(&mut conn, &mut Vec::new()));
                    assert_eq!(result, Ok(()));
                    assert!(used.peak < 1024, "{used:?}");
                }
            }
        }
    }
}

/// SEC-02: twice the bytes that came, whatever was announced.
#[test]
fn a_buffer_grows_with_what_has_arrived() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut header = Feed::new(announce(role, 0x82, 16 << 20));
        let mut piece = Feed::new(vec![b'x'; 4096]);
        header
            .once(&mut conn, &mut Vec::new())
            .expect("within the limits");
        let mut held = 0;
        for number in 1..=1000 {
            let (result, used) = measure(|| piece.once(&mut conn, &mut Vec::new()));
            result.expect("within the limits");
            held += used.held;
            assert!(held <= 2 * number * 4096, "{held} after {number} pieces");
        }
    }
}

/// SEC-02: and it grows no further than the message does.
#[test]
fn a_buffer_is_no_larger_than_its_message() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let message = on_wire(role, &frame(0x82, &[b'x'; 100_000]));
        let mut out = Vec::new();
        let (pieces, rest) = message.split_at(99_000);
        let mut held = 0;
        for piece in pieces.chunks(1000) {
            let mut feed = Feed::new(piece.to_vec());
            let (result, used) = measure(|| feed.once(&mut conn, &mut out));
            result.expect("valid");
            held += used.held;
        }
        assert_eq!(held, 100_000);
        let mut rest = rest.to_vec();
        let mut input = Input::new(&mut rest);
        let (size, used) = measure(|| match conn.receive(&mut input, &mut out) {
            Ok(Some(Event::Binary(bytes))) => bytes.into_owned().capacity(),
            other => panic!("{other:?}"),
        });
        assert_eq!((size, used.calls), (100_000, 0));
    }
}

/// SEC-18: 131,000 fragments of one byte, as against which `ws` had no
/// defence: memory for what came, and not an allocation for each.
#[test]
fn many_small_fragments_cost_what_they_hold() {
    for role in ROLES {
        for kind in [0x01, 0x02] {
            let mut conn = open(role, Config::new());
            let mut first = Feed::new(on_wire(role, &frame(kind, b"x")));
            let mut more = Feed::new(on_wire(role, &frame(0x00, b"x").repeat(1000)));
            let (result, used) = measure(|| {
                first.once(&mut conn, &mut Vec::new())?;
                for _ in 0..131 {
                    more.once(&mut conn, &mut Vec::new())?;
                }
                Ok::<_, Error>(())
            });
            result.expect("below the limit of fragments");
            // While the buffer moves there are two of them.
            assert!(used.peak <= 4 * 131_001, "{used:?}");
            assert!(used.calls < 100, "{role:?}: {used:?}");
        }
    }
}

/// SEC-01: empty fragments cost nothing but count.
#[test]
fn endless_empty_fragments_meet_the_limit() {
    for role in ROLES {
        for kind in [0x01, 0x02] {
            let mut conn = open(role, Config::new());
            let mut first = Feed::new(on_wire(role, &frame(kind, b"")));
            let mut more = Feed::new(on_wire(role, &frame(0x00, b"").repeat(1000)));
            let mut rounds = 0;
            let (error, used) = measure(|| {
                let out = &mut Vec::new();
                first.once(&mut conn, out).expect("below the limit");
                loop {
                    if let Err(error) = more.once(&mut conn, out) {
                        break error;
                    }
                    rounds += 1;
                }
            });
            assert_eq!(error, Error::Limit(Limit::Fragments));
            assert_eq!(rounds, 131);
            assert!(used.peak < 1024, "{used:?}");
        }
    }
}

/// PING-07: of a million pings that nobody drains the answers to, one waits.
#[test]
fn a_flood_of_pings_with_a_stalled_output_costs_a_constant() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut pings = Feed::new(on_wire(role, &frame(0x89, &[7; 125]).repeat(1000)));
        let ((), used) = measure(|| {
            let mut full = FixedOutput::new(&mut []);
            for _ in 0..1000 {
                pings.once(&mut conn, &mut full).expect("pings are valid");
            }
        });
        assert!(used.peak <= 512, "a full output: {used:?}");
        assert!(used.held <= 256, "a full output: {used:?}");

        let mark = 10_000;
        let mut conn = open(role, Config::new().output_mark(mark));
        let mut out = Vec::with_capacity(mark + 131);
        let ((), used) = measure(|| {
            for _ in 0..100 {
                pings.once(&mut conn, &mut out).expect("pings are valid");
            }
        });
        assert!(out.len() < mark + 131, "an output at its mark");
        assert!(used.held <= 256, "an output at its mark: {used:?}");
        assert!(conn.wants_write());
    }
}

/// CVE-2023-43669: a head without end, in pieces of 4 KiB.
#[test]
fn an_endless_head_is_refused_at_its_limit() {
    let starts = [
        ("GET / HTTP/1.1\r\nHost: a\r\nX: ", HeadError::TooLong),
        ("GET /", HeadError::StartLineTooLong),
    ];
    for (start, fault) in starts {
        let mut conn = Connection::server(Config::new());
        let mut start = Feed::new(start.into());
        let mut piece = Feed::new(vec![b'x'; 4096]);
        let mut pieces = 0;
        let mut out = Vec::with_capacity(1000);
        let (error, used) = measure(|| {
            start.once(&mut conn, &mut out).expect("a head begins so");
            let mut end = Ok(());
            for _ in 0..5000 {
                end = piece.once(&mut conn, &mut out);
                pieces += usize::from(end.is_ok());
            }
            end.expect_err("a limit")
        });
        assert_eq!(error, Error::Request(RequestError::Head(fault)));
        assert_eq!(pieces, 3, "16 KiB less what came first");
        assert!(used.peak <= 64 << 10, "{used:?}");
        assert_eq!(used.held, 0 - size_of_opening());
        assert!(out.len() < 1000);
    }
}

/// What a server holds from its start until the handshake is over.
fn size_of_opening() -> isize {
    measure(|| Connection::server(Config::new())).1.held
}

#[test]
fn an_endless_answer_is_refused_at_its_limit() {
    for start in ["HTTP/1.1 101 ", "HTTP/1.1 101 x\r\nX: "] {
        let mut conn = connecting_client(Config::new(), &mut Vec::new());
        let mut start = Feed::new(start.into());
        let mut piece = Feed::new(vec![b'x'; 4096]);
        let (error, used) = measure(|| {
            let out = &mut Vec::new();
            start.once(&mut conn, out).expect("a head begins so");
            (0..10).find_map(|_| piece.once(&mut conn, out).err())
        });
        assert!(
            matches!(error, Some(Error::Response(ResponseError::Head(_)))),
            "{error:?}"
        );
        assert!(used.peak <= 64 << 10, "{used:?}");
    }
}

/// CL-27, SEC-16: whatever comes after a failure is thrown away.
#[test]
fn input_after_a_failure_costs_nothing() {
    for role in ROLES {
        let mut conn = open(role, Config::new());
        let mut out = Vec::new();
        let error = failure(&mut conn, &[0xff], &mut out);
        let length = out.len();
        let mut more = Feed::new(vec![0x81; 1 << 20]);
        let (result, used) = measure(|| more.once(&mut conn, &mut out));
        assert_eq!(result, Err(error));
        assert_eq!((out.len(), used.held), (length, 0));
        assert!(used.peak <= 256, "{used:?}");
    }
}
