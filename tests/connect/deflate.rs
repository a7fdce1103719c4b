//! permessage-deflate, agreed on over lists and used over a stream.

use websocket_proto::deflate::DeflateConfig;
use websocket_proto::handshake::connect::Outcome;
use websocket_proto::handshake::{Acceptance, Agreement, ResponseError as Rule};
use websocket_proto::{Config, Connection, Seed};

use crate::lists::{checked, client, events, list, pairs, sent, verified};
use crate::support::{Seen, hex, mask};

/// BOOT-17
#[test]
fn compression_is_agreed_on_as_over_http_1() {
    let config = DeflateConfig::new();
    let client = client().deflate(&config);
    let offer = (
        "sec-websocket-extensions",
        "permessage-deflate; client_max_window_bits",
    );
    let request = sent(&client);
    assert_eq!(request.last(), list(&[offer]).last());

    let request = checked(request).unwrap();
    let accepted = request.accept(&Acceptance::new().deflate(config)).unwrap();
    let fields = pairs(&accepted.response.to_fields().unwrap());
    let answer = ("sec-websocket-extensions", "permessage-deflate");
    assert_eq!(fields, list(&[(":status", "200"), answer]));
    assert!(accepted.agreement.deflate().is_some());
    let answer = client.verify_connect(fields);
    assert_eq!(answer, Ok(Outcome::Open(accepted.agreement)));

    // It is accepted where it is asked for, and not otherwise.
    for acceptance in [
        Acceptance::new(),
        Acceptance::new().deflate(config).without_deflate(),
    ] {
        let accepted = request.accept(&acceptance).unwrap();
        assert_eq!(accepted.agreement, Agreement::new());
    }
}

/// BOOT-17: the parameters are checked too.
#[test]
fn compression_that_was_not_offered_so_fails() {
    let any = DeflateConfig::new();
    let small = any.incoming_window_bits(10);
    for (config, answer, rule) in [
        (any, "permessage-deflate; x", Rule::InvalidExtension),
        (
            any,
            "permessage-deflate; server_max_window_bits=16",
            Rule::InvalidExtension,
        ),
        (small, "permessage-deflate", Rule::ExtensionNotOffered),
    ] {
        let fields = [(":status", "200"), ("sec-websocket-extensions", answer)];
        let outcome = verified(&client().deflate(&config), &fields);
        assert_eq!(outcome, Err(rule.into()), "{answer}");
    }
}

/// BOOT-17
#[test]
fn compressed_messages_in_both_directions() {
    let deflate = DeflateConfig::new();
    let config = Config::new().deflate(deflate);
    let request = client().deflate(&deflate);
    let accepted = checked(sent(&request))
        .unwrap()
        .accept(&Acceptance::new().deflate(deflate))
        .unwrap();
    let fields = accepted.response.to_fields().unwrap();
    let Outcome::Open(agreement) = request.verify_connect(fields.iter()).unwrap() else {
        panic!("not open");
    };
    let compressed = hex("c1 07 f2 48 cd c9 c9 07 00");
    let mut server = Connection::upgraded_server(config, accepted.agreement);
    let mut client = Connection::upgraded_client(config, agreement, Seed::from([7; 32]));
    let hello = [Seen::Text("Hello".into())];
    let mut out = Vec::new();
    assert_eq!(events(&mut client, &compressed, &mut out), hello);
    assert_eq!(events(&mut server, &mask(&compressed), &mut out), hello);

    let text = "Hello ".repeat(50);
    server.send_text(&text, &mut out).unwrap();
    assert_eq!(out[0], 0xc1);
    assert!(out.len() < text.len());
    let seen = events(&mut client, &out, &mut Vec::new());
    assert_eq!(seen, [Seen::Text(text)]);
}
