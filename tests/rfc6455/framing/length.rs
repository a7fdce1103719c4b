//! Payload lengths in 7, 16 and 64 bits (RFC 6455 section 5.2).

use websocket_proto::frame::FrameError;
use websocket_proto::{Config, Error, Limit, Role};

use crate::support::{ROLES, Seen, frame, hex, on_wire, open, received};

/// Headers of unmasked binary frames by the length of their payload.
const SHORTEST: [(usize, &str); 9] = [
    (0, "82 00"),
    (1, "82 01"),
    (125, "82 7d"),
    (126, "82 7e 00 7e"),
    (127, "82 7e 00 7f"),
    (256, "82 7e 01 00"),
    (300, "82 7e 01 2c"),
    (65535, "82 7e ff ff"),
    (65536, "82 7f 00 00 00 00 00 01 00 00"),
];

// FR-17, FR-18, FR-19
#[test]
fn lengths_are_received_in_their_shortest_form() {
    for (length, header) in SHORTEST {
        let payload: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
        let bytes = [hex(header), payload.clone()].concat();
        for role in ROLES {
            let run = received(role, Config::new(), &bytes);
            assert_eq!(run.events(), [Seen::Binary(payload.clone())]);
        }
    }
}

// FR-17, FR-18, FR-19, FR-20
#[test]
fn lengths_are_sent_in_their_shortest_form() {
    for (length, header) in SHORTEST {
        let payload: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
        let header = hex(header);

        let mut out = Vec::new();
        let mut server = open(Role::Server, Config::new());
        server.send_binary(&payload, &mut out).unwrap();
        assert_eq!(out, [&header[..], &payload].concat());

        let mut out = Vec::new();
        let mut client = open(Role::Client, Config::new());
        client.send_binary(&payload, &mut out).unwrap();
        let (start, rest) = out.split_at(header.len());
        assert_eq!(start[0], 0x82);
        assert_eq!(start[1], 0x80 | header[1]);
        assert_eq!(start[2..], header[2..]);
        let (key, masked) = rest.split_at(4);
        let unmasked: Vec<u8> = (0..masked.len()).map(|i| masked[i] ^ key[i % 4]).collect();
        assert_eq!(unmasked, payload);
    }
}

// FR-21
#[test]
fn lengths_in_more_bytes_than_needed_are_refused() {
    for header in [
        "82 7e 00 7d",
        "82 7e 00 00",
        "81 7e 00 05",
        "82 7f 00 00 00 00 00 00 ff ff",
        "82 7f 00 00 00 00 00 00 00 7e",
        "82 7f 00 00 00 00 00 00 00 00",
    ] {
        for role in ROLES {
            let run = received(role, Config::new(), &hex(header)).assert_failed(1002);
            assert_eq!(run.error, Some(Error::Frame(FrameError::LengthNotMinimal)));
        }
    }
}

// FR-22
#[test]
fn lengths_with_the_highest_bit_set_are_refused_from_the_header() {
    for header in [
        "82 7f 80 00 00 00 00 00 00 00",
        "82 7f ff ff ff ff ff ff ff ff",
    ] {
        for role in ROLES {
            let run = received(role, Config::new(), &hex(header)).assert_failed(1002);
            assert_eq!(run.error, Some(Error::Frame(FrameError::LengthTooLarge)));
        }
    }
}

/// The wire image of a header alone, key included.
fn header_alone(role: Role, header: &str) -> Vec<u8> {
    on_wire(role, &hex(header))
}

// FR-23
#[test]
fn a_legal_length_over_the_limit_is_refused_from_the_header() {
    for role in ROLES {
        let run = received(role, Config::new(), &hex("82 7f 7f ff ff ff ff ff ff ff"))
            .assert_failed(1009);
        assert_eq!(run.error, Some(Error::Limit(Limit::Frame)));
        assert_eq!(
            run.failed_at,
            Some(header_alone(role, "82 7f 7f ff ff ff ff ff ff ff").len())
        );
        // One byte over, and exactly at the limit.
        let config = Config::new().max_frame(200);
        let run = received(role, config, &frame(0x82, &[1; 201])).assert_failed(1009);
        assert_eq!(run.failed_at, Some(header_alone(role, "82 7e 00 c9").len()));
        let run = received(role, config, &frame(0x82, &[1; 200]));
        assert_eq!(run.events(), [Seen::Binary(vec![1; 200])]);
    }
}

// FR-23: with no limit but that of the number itself, a claimed length costs
// nothing, and its sum with that of other fragments does not overflow.
#[test]
fn a_claimed_length_is_neither_reserved_nor_overflows() {
    let unlimited = Config::new().max_frame(u64::MAX).max_message(u64::MAX);
    for role in ROLES {
        let run = received(
            role,
            unlimited,
            &hex("82 7f 7f ff ff ff ff ff ff ff 01 02 03"),
        );
        assert_eq!(run.events(), []);
        let run = received(
            role,
            unlimited,
            &hex("02 02 01 02 00 7f 7f ff ff ff ff ff ff ff 03 04"),
        );
        assert_eq!(run.events(), []);
    }
}
