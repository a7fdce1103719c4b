//! What comes of a handshake, for both ends.

use websocket_proto::deflate::DeflateConfig;
use websocket_proto::handshake::ExtensionError;
use websocket_proto::handshake::{Acceptance, Agreement, BuildError, Extension};
use websocket_proto::{CloseCode, Config, Connection, Event, Input, Role, SendError};

use super::{DEFLATE, client, request, verify};
use crate::common::{always, extension, sends};
use crate::support::sent;

/// Every combination of what two ends of this crate want comes to an
/// agreement that both read alike, and that gives no one more than it wants.
#[test]
fn two_ends_always_agree() {
    let mut count = 0;
    let wishes = || {
        (0..4_u8).flat_map(|takeover| {
            [9_u8, 12, 15].into_iter().flat_map(move |out| {
                [9_u8, 11, 15].into_iter().map(move |inward| {
                    let config = DeflateConfig::new()
                        .outgoing_takeover(takeover & 1 != 0)
                        .incoming_takeover(takeover & 2 != 0)
                        .outgoing_window_bits(out)
                        .incoming_window_bits(inward);
                    (config, takeover, out, inward)
                })
            })
        })
    };
    for (client, client_takeover, client_out, client_in) in wishes() {
        for (server, server_takeover, server_out, server_in) in wishes() {
            let offer = client.offer();
            let agreed = server.answer([&offer]).expect("an agreement");
            let answer = agreed.extension();
            assert_eq!(client.verify(&answer), Ok(agreed), "{offer} {answer}");
            assert_eq!(answer.to_string().parse().as_ref(), Ok(&answer));
            assert_eq!(
                agreed.window_bits(Role::Server),
                client_in.min(server_out),
                "{offer} {answer}"
            );
            assert_eq!(agreed.window_bits(Role::Client), client_out.min(server_in));
            assert_eq!(
                agreed.context_takeover(Role::Server),
                client_takeover & 2 != 0 && server_takeover & 1 != 0
            );
            assert_eq!(
                agreed.context_takeover(Role::Client),
                client_takeover & 1 != 0 && server_takeover & 2 != 0
            );
            count += 1;
        }
    }
    assert_eq!(count, 36 * 36);
}

/// The handshake that others do: offers in, answer and agreement out, and the
/// connection takes it from there.
#[test]
fn the_pieces_serve_other_http_software() {
    let config = DeflateConfig::new().threshold(0).outgoing_takeover(false);
    let header = "permessage-deflate; client_max_window_bits";
    let offers = Extension::parse_list([header.as_bytes()]).expect("a list");
    let agreed = config.answer(&offers).expect("an agreement");
    let agreement = Agreement::new().with_extension(agreed.extension());
    assert_eq!(agreement.deflate(), Some(agreed));
    let mut conn = Connection::upgraded_server(Config::new().deflate(config), agreement);
    let frames = sends(&mut conn, |conn, out| {
        conn.send_text("Hello", out)?;
        conn.send_text("Hello", out)
    });
    assert_eq!(frames[0], frames[1], "compressed, each on its own");
    assert_eq!(frames[0].first, 0xc1);
}

/// What a server with these settings makes of an offer that it accepts in this
/// way: the connection, and the response.
fn accepted(config: Config, acceptance: &Acceptance) -> (Connection, String) {
    let mut head = format!(
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Extensions: {DEFLATE}; server_no_context_takeover, {DEFLATE}\r\n\r\n"
    )
    .into_bytes();
    let mut conn = Connection::server(config);
    let mut out = vec![];
    match conn.receive(&mut Input::new(&mut head), &mut out) {
        Ok(Some(Event::Request(request))) => {
            conn.accept(&request, acceptance, &mut out)
                .expect("offered");
        }
        other => panic!("{other:?}"),
    }
    (conn, String::from_utf8(out).expect("a response"))
}

/// EXT-16: only one extension may have RSV1, the caller's choice before the
/// connection's own.
#[test]
fn the_extension_is_accepted_once() {
    let by_hand = Acceptance::new().extension(extension(DEFLATE));
    let (conn, response) = accepted(always(), &by_hand);
    let line = "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n";
    assert!(response.contains(line), "{response}");
    assert_eq!(response.matches("Sec-WebSocket-Extensions").count(), 1);
    assert_eq!(response.matches(DEFLATE).count(), 1);
    let agreement = conn.agreement().expect("something");
    assert_eq!(agreement.extensions(), [extension(DEFLATE)]);
}

/// The configuration is for all requests, the acceptance for one.
#[test]
fn one_request_can_be_declined() {
    let (mut conn, response) = accepted(always(), &Acceptance::new().without_deflate());
    assert!(!response.contains("Extensions"), "{response}");
    let frames = sends(&mut conn, |conn, out| conn.send_text("Hello", out));
    assert_eq!(frames[0].plain(), (0x81, &b"Hello"[..]));
}

/// The window, and what has no part in the negotiation, too.
#[test]
fn what_an_acceptance_says_goes_before_the_configuration() {
    let special = DeflateConfig::new().outgoing_window_bits(9).threshold(6);
    for general in [Config::new(), always()] {
        let (mut conn, response) = accepted(general, &Acceptance::new().deflate(special));
        let said = "; server_max_window_bits=9";
        assert!(response.contains(said), "{response}");
        let frames = sends(&mut conn, |conn, out| {
            conn.send_text("Hello", out)?;
            conn.send_text("Hello!", out)
        });
        assert_eq!([frames[0].first, frames[1].first], [0x81, 0xc1]);
    }
}

/// EXT-17
#[test]
fn a_client_whose_offer_was_passed_over_sends_plain() {
    let mut conn = verify(&request(), always(), "").expect("open");
    assert_eq!(conn.agreement().and_then(Agreement::deflate), None);
    let frames = sends(&mut conn, |conn, out| conn.send_text("Hello", out));
    assert_eq!(frames[0].plain(), (0x81, &b"Hello"[..]));
}

/// EXT-18
#[test]
fn a_client_that_insists_closes_with_1010() {
    let mut conn = verify(&request(), always(), "").expect("open");
    assert!(conn.agreement().and_then(Agreement::deflate).is_none());
    let mut out = vec![];
    conn.send_close(CloseCode::MANDATORY_EXTENSION, DEFLATE, &mut out)
        .expect("open");
    let close = sent(Role::Client, &out).remove(0);
    assert_eq!(close.close_code(), Some(1010));
    assert_eq!(&close.payload[2..], DEFLATE.as_bytes());
}

/// The offer is made by the configuration, unless the request has its own.
#[test]
fn a_client_offers_what_it_wants() {
    let (_, _, offered) = client(always(), &request());
    assert_eq!(offered, "permessage-deflate; client_max_window_bits");
    let (_, _, offered) = client(Config::new(), &request());
    assert_eq!(offered, "", "off by default");
    let own = DeflateConfig::new().incoming_takeover(false);
    let (_, _, offered) = client(always(), &request().deflate(&own));
    assert_eq!(
        offered,
        "permessage-deflate; server_no_context_takeover; client_max_window_bits"
    );
}

#[test]
fn every_error_says_what_is_wrong() {
    for (error, words) in [
        (ExtensionError::OtherExtension, "not permessage-deflate"),
        (
            ExtensionError::UnknownParameter,
            "a parameter of permessage-deflate is unknown",
        ),
        (
            ExtensionError::RepeatedParameter,
            "a parameter of permessage-deflate is repeated",
        ),
        (ExtensionError::InvalidValue, "an invalid value"),
        (ExtensionError::NotOffered, "not as it was offered"),
    ] {
        let text = error.to_string();
        assert!(text.contains(words), "{text}");
        assert!(text.contains(DEFLATE), "{text}");
        assert_eq!(BuildError::Extension(error).to_string(), text);
    }
}

/// PMN-04: what the caller accepts by hand has to be an answer, too, to what is
/// offered: the connection acts on it.
#[test]
fn an_answer_by_hand_has_to_fit_the_offer() {
    let cases: [(&str, &str, Result<u8, ExtensionError>); 7] = [
        ("permessage-deflate", DEFLATE, Ok(15)),
        (
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate; client_max_window_bits=9",
            Ok(9),
        ),
        // An offer sent back.
        (
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate; client_max_window_bits",
            Err(ExtensionError::InvalidValue),
        ),
        (
            "permessage-deflate; server_max_window_bits=9",
            DEFLATE,
            Err(ExtensionError::NotOffered),
        ),
        (
            "permessage-deflate; server_no_context_takeover",
            DEFLATE,
            Err(ExtensionError::NotOffered),
        ),
        (
            DEFLATE,
            "permessage-deflate; client_max_window_bits=9",
            Err(ExtensionError::NotOffered),
        ),
        (
            DEFLATE,
            "permessage-deflate; nonsense=1",
            Err(ExtensionError::UnknownParameter),
        ),
    ];
    for (offer, by_hand, expected) in cases {
        let mut read = format!(
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Extensions: {offer}\r\n\r\n"
        )
        .into_bytes();
        let (mut input, mut out) = (Input::new(&mut read), vec![]);
        let mut server = Connection::server(Config::new());
        let Ok(Some(Event::Request(request))) = server.receive(&mut input, &mut out) else {
            panic!("a valid request");
        };
        let acceptance = Acceptance::new().extension(extension(by_hand));
        let accepted = server.accept(&request, &acceptance, &mut out);
        let agreed = server.agreement().and_then(Agreement::deflate);
        let client_bits = agreed.map(|agreed| agreed.window_bits(Role::Client));
        match expected {
            Ok(bits) => assert_eq!((accepted, client_bits), (Ok(()), Some(bits)), "{by_hand}"),
            Err(error) => {
                let error = SendError::Build(BuildError::Extension(error));
                assert_eq!((accepted, client_bits), (Err(error), None), "{by_hand}");
                assert!(out.is_empty(), "nothing is written");
                // It still waits for an answer.
                let plain = server.accept(&request, &Acceptance::new(), &mut out);
                assert_eq!(plain, Ok(()));
            }
        }
    }
}
