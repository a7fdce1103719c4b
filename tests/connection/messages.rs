//! What errors and debug output say, to a log and to a user.

use std::collections::BTreeSet;
use std::error::Error as _;

use websocket_proto::frame::{CloseError, FrameError, InvalidUtf8};
use websocket_proto::handshake::{BuildError, HeadError, RequestError, ResponseError};
use websocket_proto::{CloseCode, Config, Error, Limit, Seed, SendError, State, Timeout};

/// One of each kind, words that its message has to have, and the document
/// that its rule stands in.
const ERRORS: [(Error, &str, &str); 14] = [
    (Error::Request(RequestError::Host), "Host", "RFC 9112"),
    (
        Error::Response(ResponseError::WrongAccept),
        "Sec-WebSocket-Accept",
        "RFC 6455 section 4.1",
    ),
    (
        Error::Frame(FrameError::Unmasked),
        "unmasked",
        "RFC 6455 section 5.1",
    ),
    (Error::InvalidUtf8, "UTF-8", "RFC 6455 section 8.1"),
    (Error::InvalidDeflate, "inflate", "RFC 7692"),
    (
        Error::Close(CloseError::InvalidCode(1005)),
        "1005",
        "RFC 6455 section 7.4",
    ),
    (Error::Limit(Limit::Frame), "frame", "RFC 6455 section 10.4"),
    (
        Error::Limit(Limit::Message),
        "message",
        "RFC 6455 section 10.4",
    ),
    (
        Error::Limit(Limit::Fragments),
        "fragments",
        "RFC 6455 section 10.4",
    ),
    (
        Error::UnexpectedEof,
        "connection was lost",
        "RFC 6455 section 7.1.5",
    ),
    (
        Error::Timeout(Timeout::Handshake),
        "opening handshake",
        "RFC 9110 section 15.5.9",
    ),
    (
        Error::Timeout(Timeout::Idle),
        "nothing was received",
        "RFC 6455 section 7.3",
    ),
    (
        Error::Timeout(Timeout::Pong),
        "ping was not answered",
        "RFC 6455 section 5.5.2",
    ),
    (
        Error::Timeout(Timeout::Close),
        "closing handshake",
        "RFC 6455 section 7.1.1",
    ),
];

const SEND_ERRORS: [(SendError, &str); 13] = [
    (SendError::WrongState(State::Connecting), "while connecting"),
    (SendError::WrongState(State::Open), "while open"),
    (SendError::WrongState(State::Closing), "while closing"),
    (SendError::WrongState(State::Closed), "while closed"),
    (SendError::OutputFull { needed: 17 }, "room for 17 bytes"),
    (SendError::ControlTooLong, "more than 125 bytes"),
    (SendError::MessageUnderWay, "under way"),
    (SendError::OtherKind, "another kind"),
    (SendError::InvalidUtf8, "UTF-8"),
    (
        SendError::CloseCode(CloseCode::MANDATORY_EXTENSION),
        "close code 1010",
    ),
    (SendError::PreparedByClient, "not masked"),
    (SendError::OtherRequest, "not the one that waits"),
    (SendError::Build(BuildError::HeaderName), "field name"),
];

// SEC-19
#[test]
fn every_error_of_the_peer_says_what_is_wrong_and_where_the_rule_stands() {
    let mut seen = BTreeSet::new();
    for (error, words, section) in ERRORS {
        let text = error.to_string();
        assert!(text.contains(words), "{text}");
        assert!(text.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
        assert!(error.section().starts_with(section), "{text}");
        assert!(error.source().is_none(), "the message says all: {text}");
        assert!(seen.insert(text), "{error} twice");
    }
}

#[test]
fn every_mistake_of_the_caller_says_what_is_wrong() {
    let mut seen = BTreeSet::new();
    for (error, words) in SEND_ERRORS {
        let text = error.to_string();
        assert!(text.contains(words), "{text}");
        assert!(seen.insert(text), "{error} twice");
    }
}

/// The words of the layers below are those of the connection.
#[test]
fn errors_of_the_layers_show_through() {
    let head = RequestError::Head(HeadError::TooLong);
    assert_eq!(Error::from(head).to_string(), head.to_string());
    let frame = FrameError::Masked;
    assert_eq!(Error::from(frame).to_string(), frame.to_string());
    let close = CloseError::HalfCode;
    assert_eq!(Error::from(close).to_string(), close.to_string());
    assert_eq!(Error::from(close).section(), close.section());
    assert_eq!(Error::InvalidUtf8.to_string(), InvalidUtf8.to_string());
    let build = BuildError::Origin;
    assert_eq!(SendError::from(build).to_string(), build.to_string());
}

// SEC-22: whoever knows them can foresee the keys.
#[test]
fn a_seed_shows_none_of_its_bytes() {
    assert_eq!(format!("{:?}", Seed::from([0xab; 32])), "Seed");
}

#[test]
fn a_config_is_by_default_the_one_that_new_gives() {
    assert_eq!(Config::default(), Config::new());
}
