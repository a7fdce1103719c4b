//! Messages that are compressed once for many.

use websocket_proto::deflate::DeflateConfig;
use websocket_proto::{Config, PreparedMessage, Role, SendError};

use crate::common::{ALONE, BARE, always, open, pieces};
use crate::support::sent;

const TEXT: &str = "to everybody, to everybody, to everybody, to everybody, to everybody";

fn prepared(config: &DeflateConfig) -> PreparedMessage {
    PreparedMessage::text(TEXT).compressed(config)
}

/// The first byte of what a server sends of a prepared message, which its
/// client is made sure to understand.
fn first(agreed: &str, config: Config, message: &PreparedMessage) -> u8 {
    let mut server = open(Role::Server, agreed, config);
    let mut out = vec![];
    // Between others, whose window it must not disturb.
    server.send_text(TEXT, &mut out).expect("open");
    let before = out.len();
    server.send_prepared(message, &mut out).expect("open");
    let first = out[before];
    server.send_text(TEXT, &mut out).expect("open");
    let (outcome, _) = pieces(open(Role::Client, agreed, Config::new()), &out, 10);
    assert_eq!(outcome.error, None);
    assert_eq!(outcome.received, [TEXT.as_bytes(); 3]);
    first
}

#[test]
fn who_shares_the_parameters_gets_the_compressed_frame() {
    let message = prepared(&DeflateConfig::new());
    assert_eq!(first(ALONE, always(), &message), 0xc1);
    let server_alone = "permessage-deflate; server_no_context_takeover";
    assert_eq!(first(server_alone, always(), &message), 0xc1);
    // Not to be put among messages that share a window: the next one could
    // not be inflated, or this one not.
    assert_eq!(first(BARE, always(), &message), 0x81);
    let client_alone = "permessage-deflate; client_no_context_takeover";
    assert_eq!(first(client_alone, always(), &message), 0x81);
    // Without takeover by its own choice.
    let alone = DeflateConfig::new().outgoing_takeover(false);
    let config = Config::new().deflate(alone);
    assert_eq!(first(BARE, config, &message), 0xc1);
    // Not agreed at all.
    let mut server = crate::support::open(Role::Server, always());
    let mut out = vec![];
    server.send_prepared(&message, &mut out).expect("open");
    assert_eq!(out, message.as_bytes());
    assert_eq!(out[0], 0x81);
}

#[test]
fn a_window_that_is_too_small_gets_the_plain_frame() {
    for bits in 8..=15 {
        let agreed = format!(
            "permessage-deflate; server_no_context_takeover; server_max_window_bits={bits}"
        );
        for own in 9..=15 {
            let message = prepared(&DeflateConfig::new().outgoing_window_bits(own));
            let expected = if bits >= own { 0xc1 } else { 0x81 };
            assert_eq!(first(&agreed, always(), &message), expected, "{bits} {own}");
        }
    }
}

/// Every receiver gets the very same bytes.
#[test]
fn it_is_compressed_once() {
    let message = prepared(&DeflateConfig::new());
    let mut frames = vec![];
    for _ in 0..3 {
        let mut server = open(Role::Server, ALONE, always());
        let mut out = vec![];
        server.send_prepared(&message, &mut out).expect("open");
        assert!(out.len() < TEXT.len() / 2);
        frames.push(out);
    }
    assert!(frames.iter().all(|frame| *frame == frames[0]));
    assert_eq!(message.clone(), message);
    let binary = PreparedMessage::binary(TEXT.as_bytes()).compressed(&DeflateConfig::new());
    let mut out = vec![];
    let mut server = open(Role::Server, ALONE, always());
    server.send_prepared(&binary, &mut out).expect("open");
    assert_eq!(sent(Role::Server, &out)[0].first, 0xc2);
}

#[test]
fn the_empty_message_can_be_prepared() {
    let message = PreparedMessage::text("").compressed(&DeflateConfig::new());
    let mut server = open(Role::Server, ALONE, always());
    let mut out = vec![];
    server.send_prepared(&message, &mut out).expect("open");
    assert_eq!(out, [0xc1, 1, 0]);
}

#[test]
fn a_client_may_not_send_it() {
    let mut client = open(Role::Client, ALONE, always());
    let mut out = vec![];
    let result = client.send_prepared(&prepared(&DeflateConfig::new()), &mut out);
    assert_eq!(result, Err(SendError::PreparedByClient));
    assert!(out.is_empty());
}
