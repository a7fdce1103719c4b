//! Any bytes from a peer, and any arguments from a caller.

use proptest::collection::vec;
use proptest::prelude::*;
use websocket_proto::handshake::{Acceptance, ClientRequest, Response};
use websocket_proto::{Config, Connection, Delivery, Role, Uri};

use crate::pair::{asked_server, connecting_client, take};
use crate::support::{ROLES, feed, open, sent};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// SEC-16: any bytes, in any pieces, to either end at any time: an error
    /// or an event, and output that is whole frames.
    #[test]
    fn any_bytes_give_events_or_an_error(
        bytes in vec(any::<u8>(), 0..400),
        step in 1..50_usize,
        server in any::<bool>(),
        pieces in any::<bool>(),
    ) {
        let role = if server { Role::Server } else { Role::Client };
        let delivery = if pieces { Delivery::Chunks } else { Delivery::Messages };
        let mut conn = open(role, Config::new().delivery(delivery));
        let mut out = Vec::new();
        let mut error = None;
        for piece in bytes.chunks(step) {
            let (seen, next) = feed(&mut conn, piece, &mut out);
            assert!(error.is_none() || (seen.is_empty() && next == error));
            error = next;
        }
        let frames = sent(role, &out);
        assert!(error.is_none() || !frames.is_empty());
    }

    /// SEC-16: the same to both ends of the opening handshake.
    #[test]
    fn any_bytes_are_no_handshake_but_harmless(
        bytes in prop_oneof![
            vec(any::<u8>(), 0..400),
            "(GET|HTTP/1\\.1 [0-9]{3}|[A-Z]{1,4}) [ -~]{0,20}(\r\n[A-Za-z-]{0,9}:? ?[ -~]{0,20}){0,6}\r\n\r\n"
                .prop_map(String::into_bytes),
        ],
        step in 1..50_usize,
    ) {
        for role in ROLES {
            let mut conn = match role {
                Role::Client => connecting_client(Config::new(), &mut Vec::new()),
                Role::Server => Connection::server(Config::new()),
            };
            let mut out = Vec::new();
            let mut failed = false;
            for piece in bytes.chunks(step) {
                failed |= take(&mut conn, piece, &mut out).1.is_some();
            }
            assert_eq!(failed && role == Role::Server, !out.is_empty());
            assert!(out.is_ascii());
            assert!(conn.send_text("x", &mut out).is_err());
        }
    }

    /// SEC-06: whatever a caller puts into a head, it has the lines that it
    /// is meant to have, or is not sent.
    #[test]
    fn no_argument_adds_a_line_to_a_head(
        name in "[\\x00-\\x7f]{0,6}|[A-Za-z-]{1,8}",
        value in "[\\x00-\\x7f]{0,12}|[ -~]{0,12}|a\r\nb",
        token in "[\\x00-\\x7f]{0,6}|[a-z]{1,6}",
        path in "/[\\x00-\\x7f]{0,8}|/[a-z?=]{0,8}",
        status in 100..700_u16,
    ) {
        let lines = |bytes: &[u8]| {
            let text = bytes.iter().map(|byte| char::from(*byte)).collect::<String>();
            let head = text.split("\r\n\r\n").next().expect("a head").to_owned();
            assert_eq!(head.matches(['\r', '\n']).count(), 2 * head.matches("\r\n").count());
            head.matches("\r\n").count() + 1
        };
        let mut out = Vec::new();
        if let Ok(uri) = Uri::parse(&format!("ws://a{path}")) {
            let offer = ClientRequest::new(&uri).header(&name, &value).subprotocol(&token);
            match Connection::client(Config::new(), &offer, [1; 32].into(), &mut out) {
                Ok(_) => assert_eq!(lines(&out), 8, "{out:?}"),
                Err(_) => assert!(out.is_empty()),
            }
        }
        let (mut conn, request) = asked_server(Config::new());
        let mut out = Vec::new();
        let acceptance = Acceptance::new().header(&name, &value);
        match conn.accept(&request, &acceptance, &mut out) {
            Ok(()) => assert_eq!(lines(&out), 5, "{out:?}"),
            Err(_) => assert!(out.is_empty()),
        }
        let (mut conn, _) = asked_server(Config::new());
        let mut out = Vec::new();
        let response = Response::new(status).header(&name, &value).body(value.as_bytes());
        match conn.reject(&response, &mut out) {
            // Status, `Connection`, the field, `Content-Length` where the
            // status has one.
            Ok(()) => assert_eq!(lines(&out), 4 - usize::from(matches!(status, 204 | 304))),
            Err(_) => assert!(out.is_empty()),
        }
    }
}
