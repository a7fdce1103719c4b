//! What errors and debug output say.

use std::collections::BTreeSet;

use websocket_proto::handshake::{self, Agreement};
use websocket_proto::hixie76::{
    BuildError, FrameError, KeyError, PendingRequest, RequestError, ResponseError, Unsupported,
};
use websocket_proto::{Config, Connection, Error, SendError};

use crate::support::ROLES;
use crate::w2;

/// The errors of this protocol, as those of the connection or the handshake
/// that they come in, with words that their messages have to have.
#[test]
fn every_error_says_what_is_wrong() {
    let request = |error| handshake::RequestError::Hixie76(error).to_string();
    let response = |error| handshake::ResponseError::Hixie76(error).to_string();
    let build = |error| handshake::BuildError::Hixie76(error).to_string();
    let frame = |error| Error::Hixie76(error).to_string();
    let send = |error| SendError::from(error).to_string();
    let mut seen = BTreeSet::new();
    for (text, words) in [
        (request(RequestError::Keys), "Sec-WebSocket-Key1"),
        (request(RequestError::Key(KeyError::NoDigits)), "no digits"),
        (request(RequestError::Key(KeyError::NoSpaces)), "no spaces"),
        (
            request(RequestError::Key(KeyError::NotMultiple)),
            "not a multiple",
        ),
        (request(RequestError::Key(KeyError::TooLarge)), "32 bits"),
        (KeyError::Character.to_string(), "character"),
        (request(RequestError::MissingOrigin), "Origin is missing"),
        (
            request(RequestError::Subprotocol),
            "Sec-WebSocket-Protocol is not one",
        ),
        (response(ResponseError::Origin), "Sec-WebSocket-Origin"),
        (response(ResponseError::Location), "Sec-WebSocket-Location"),
        (
            response(ResponseError::Subprotocol),
            "Sec-WebSocket-Protocol is not what",
        ),
        (response(ResponseError::WrongAnswer), "sixteen bytes"),
        (build(BuildError::MissingOrigin), "needs an origin"),
        (build(BuildError::SeveralSubprotocols), "one subprotocol"),
        (build(BuildError::Extension), "no extensions"),
        (frame(FrameError::LengthTooLong), "nine bytes"),
        (frame(FrameError::TooLong), "over the limit"),
        (send(Unsupported::Binary), "no binary"),
        (send(Unsupported::Ping), "no Ping"),
        (send(Unsupported::Pong), "no Pong"),
        (send(Unsupported::Fragment), "no fragments"),
        (send(Unsupported::CloseCode), "no close codes"),
    ] {
        assert!(text.contains(words), "{text}");
        assert!(seen.insert(text), "{words} twice");
    }
}

/// The keys are half of the challenge.
#[test]
fn a_request_that_waits_shows_its_head_and_no_keys() {
    let pending = PendingRequest::new(crate::server::parsed(&w2())).expect("a request");
    assert_eq!(pending.head().path(), "/demo");
    let shown = format!("{pending:?}");
    assert!(shown.contains("/demo"), "{shown}");
    assert!(!shown.contains("46546"), "{shown}");
}

#[test]
fn what_other_software_agreed_on_is_shown() {
    let agreement = Agreement::new().with_subprotocol("sample");
    for role in ROLES {
        let conn = Connection::hixie76_upgraded(role, Config::new(), agreement.clone());
        assert_eq!(conn.subprotocol(), Some("sample"));
    }
}
