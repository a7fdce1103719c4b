//! Two connections over a wire that cuts: whatever was agreed on and however a
//! message was sent, it arrives.

use proptest::prelude::*;
use websocket_proto::deflate::DeflateConfig;
use websocket_proto::handshake::{Acceptance, ClientRequest};
use websocket_proto::{Config, Connection, Delivery, Event, Input, MessageKind, Role, Uri};

use crate::support::{Seen, feed, sent};

/// What one end wants.
fn wishes() -> impl Strategy<Value = DeflateConfig> {
    (
        any::<[bool; 2]>(),
        [9..=15_u8, 9..=15],
        0..=9_u8,
        prop_oneof![Just(0), Just(64), 1..2000_u32],
    )
        .prop_map(|([out, inward], [out_bits, in_bits], level, threshold)| {
            DeflateConfig::new()
                .outgoing_takeover(out)
                .incoming_takeover(inward)
                .outgoing_window_bits(out_bits)
                .incoming_window_bits(in_bits)
                .level(level)
                .threshold(threshold)
        })
}

/// How a message is sent.
#[derive(Debug, Clone)]
enum How {
    Whole,
    Plain,
    /// In pieces that end at these shares of the message.
    Fragments(Vec<prop::sample::Index>),
    Prepared(DeflateConfig),
}

#[derive(Debug, Clone)]
struct Step {
    from_server: bool,
    payload: Vec<u8>,
    is_text: bool,
    how: How,
    ping: bool,
}

fn payload() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        2 => prop::collection::vec(any::<u8>(), 0..80),
        1 => prop::collection::vec(any::<u8>(), 0..3000),
        // Much that repeats, near and far.
        2 => (prop::collection::vec(any::<u8>(), 1..2000), 1..60_usize)
            .prop_map(|(bytes, times)| bytes.repeat(times)),
        2 => "[a-z ]{1,40}".prop_flat_map(|text| (Just(text), 1..200_usize))
            .prop_map(|(text, times)| text.repeat(times).into_bytes()),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let how = prop_oneof![
        4 => Just(How::Whole),
        1 => Just(How::Plain),
        2 => prop::collection::vec(any::<prop::sample::Index>(), 0..6).prop_map(How::Fragments),
        1 => wishes().prop_map(How::Prepared),
    ];
    (any::<bool>(), payload(), any::<bool>(), how, any::<bool>()).prop_map(
        |(from_server, payload, is_text, how, ping)| Step {
            from_server,
            // Whatever it is, as text.
            payload: match is_text {
                true => String::from_utf8_lossy(&payload).into_owned().into_bytes(),
                false => payload,
            },
            is_text,
            how,
            ping,
        },
    )
}

/// Both ends after a real handshake.
fn opened(client: Config, server: Config) -> (Connection, Connection) {
    let request = ClientRequest::new(&Uri::parse("ws://a/").expect("a URI"));
    let mut wire = vec![];
    let mut client = Connection::client(client, &request, [5; 32].into(), &mut wire).expect("room");
    let mut server = Connection::server(server);
    let mut answer = vec![];
    match server.receive(&mut Input::new(&mut wire), &mut answer) {
        Ok(Some(Event::Request(request))) => server
            .accept(&request, &Acceptance::new(), &mut answer)
            .expect("a valid request"),
        other => panic!("{other:?}"),
    }
    match client.receive(&mut Input::new(&mut answer), &mut vec![]) {
        Ok(Some(Event::Open(_))) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(client.agreement(), server.agreement());
    assert!(client.agreement().is_some(), "two ends of this crate agree");
    (client, server)
}

fn send(conn: &mut Connection, step: &Step, out: &mut Vec<u8>) {
    let text = || core::str::from_utf8(&step.payload).expect("made so");
    let kind = match step.is_text {
        true => MessageKind::Text,
        false => MessageKind::Binary,
    };
    let sent = match &step.how {
        How::Prepared(config) if conn.role() == Role::Server => {
            let message = match step.is_text {
                true => websocket_proto::PreparedMessage::text(text()),
                false => websocket_proto::PreparedMessage::binary(&step.payload),
            };
            conn.send_prepared(&message.compressed(config), out)
        }
        How::Whole | How::Prepared(_) if step.is_text => conn.send_text(text(), out),
        How::Whole | How::Prepared(_) => conn.send_binary(&step.payload, out),
        How::Plain if step.is_text => conn.send_text_uncompressed(text(), out),
        How::Plain => conn.send_binary_uncompressed(&step.payload, out),
        How::Fragments(ends) => {
            let length = step.payload.len();
            let mut ends: Vec<_> = ends.iter().map(|end| end.index(length + 1)).collect();
            ends.sort_unstable();
            let mut start = 0;
            for end in ends {
                conn.send_fragment(kind, &step.payload[start..end], false, out)
                    .expect("open");
                if step.ping {
                    conn.send_ping(b"between", out).expect("open");
                }
                start = end;
            }
            conn.send_fragment(kind, &step.payload[start..], true, out)
        }
    };
    sent.expect("open, with room");
}

/// The message that came, whichever way it was delivered.
fn message(events: Vec<Seen>) -> (bool, Vec<u8>) {
    let mut pieces = vec![];
    let mut is_text = false;
    for event in events {
        match event {
            Seen::Text(text) => {
                is_text = true;
                pieces.push(text.into_bytes());
            }
            Seen::Binary(bytes) => pieces.push(bytes),
            Seen::Chunk { kind, bytes, .. } => {
                is_text = kind == MessageKind::Text;
                pieces.push(bytes);
            }
            Seen::Ping(_) | Seen::Pong(_) => {}
            other => panic!("{other:?}"),
        }
    }
    (is_text, pieces.concat())
}

fn check(
    wishes: [DeflateConfig; 2],
    deliveries: [Delivery; 2],
    steps: &[Step],
    cuts: &[usize],
) -> Result<(), TestCaseError> {
    let [client, server] =
        [0, 1].map(|end: usize| Config::new().deflate(wishes[end]).delivery(deliveries[end]));
    let (mut client, mut server) = opened(client, server);
    let mut cuts = cuts.iter().copied().cycle();
    for (index, step) in steps.iter().enumerate() {
        let (sender, receiver) = match step.from_server {
            true => (&mut server, &mut client),
            false => (&mut client, &mut server),
        };
        let mut wire = vec![];
        send(sender, step, &mut wire);
        let frames = sent(sender.role(), &wire);
        if matches!(step.how, How::Plain) {
            prop_assert!(frames.iter().all(|frame| frame.first & 0x40 == 0));
        }
        let mut events = vec![];
        let mut rest = &wire[..];
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(cuts.next().unwrap_or(1).clamp(1, rest.len()));
            // Pongs go nowhere: they have nothing to do with it.
            let (seen, error) = feed(receiver, piece, &mut vec![]);
            prop_assert_eq!(error, None, "step {}", index);
            events.extend(seen);
            rest = after;
        }
        let (is_text, payload) = message(events);
        prop_assert_eq!(is_text, step.is_text);
        prop_assert!(payload == step.payload, "step {}", index);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// PMD-01 to PMD-29, from both sides at once.
    #[test]
    fn any_conversation_under_any_agreement_arrives(
        wishes in [wishes(), wishes()],
        streams in any::<[bool; 2]>(),
        steps in prop::collection::vec(step(), 1..12),
        cuts in prop::collection::vec(prop_oneof![1..20_usize, 1..5000_usize], 1..5),
    ) {
        let deliveries = streams.map(|streams| match streams {
            true => Delivery::Chunks,
            false => Delivery::Messages,
        });
        check(wishes, deliveries, &steps, &cuts)?;
    }

    /// PMD-11, PMD-25, PMD-28: what goes plain, be it short or by the caller's
    /// wish, changes nothing for what is compressed: the very bytes are those
    /// of a connection on which it was never sent.
    #[test]
    fn what_goes_plain_leaves_the_window_alone(
        steps in prop::collection::vec(
            (prop::collection::vec(any::<u8>(), 0..200), any::<bool>()), 1..20),
        threshold in 0..150_u32,
        takeover in any::<bool>(),
    ) {
        let config = DeflateConfig::new().threshold(threshold).outgoing_takeover(takeover);
        let config = Config::new().deflate(config);
        let mut all = crate::common::open(Role::Server, crate::common::BARE, config);
        let mut some = crate::common::open(Role::Server, crate::common::BARE, config);
        for (payload, plain) in steps {
            let mut first = vec![];
            let mut second = vec![];
            if plain {
                all.send_binary_uncompressed(&payload, &mut first).expect("open");
                prop_assert_eq!(first[0], 0x82);
                continue;
            }
            all.send_binary(&payload, &mut first).expect("open");
            all.send_ping(&[], &mut vec![]).expect("open");
            let is_short = payload.len() < threshold as usize;
            prop_assert_eq!(first[0], if is_short { 0x82 } else { 0xc2 });
            if !is_short {
                some.send_binary(&payload, &mut second).expect("open");
                prop_assert_eq!(first, second);
            }
        }
    }
}

/// All pairs of takeover and windows, once each with the same conversation.
#[test]
fn every_combination_of_parameters_carries_a_conversation() {
    let far = crate::common::noise(900, 1);
    let mut payloads = vec![b"Hello".repeat(20), vec![], far.clone(), far];
    payloads.push(b"{\"id\":1,\"name\":\"value\"}".repeat(200));
    let steps: Vec<Step> = (0..payloads.len() * 2)
        .flat_map(|index| {
            [true, false].map(|from_server| Step {
                from_server,
                payload: payloads[index % payloads.len()].clone(),
                is_text: false,
                how: match index % 4 {
                    3 => How::Plain,
                    _ => How::Whole,
                },
                ping: false,
            })
        })
        .collect();
    for takeover in 0..4_u8 {
        for server_bits in 9..=15 {
            for client_bits in 9..=15 {
                let config = DeflateConfig::new().threshold(0).level(1 + client_bits % 9);
                let client = config
                    .outgoing_takeover(takeover & 1 != 0)
                    .outgoing_window_bits(client_bits)
                    .incoming_window_bits(server_bits);
                let server = config.outgoing_takeover(takeover & 2 != 0);
                let deliveries = [Delivery::Messages, Delivery::Chunks];
                check([client, server], deliveries, &steps, &[1000]).expect("arrives");
            }
        }
    }
}
