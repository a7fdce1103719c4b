//! What errors and debug output say.

use std::collections::BTreeSet;

use websocket_proto::frame::FrameError;
use websocket_proto::handshake::{Agreement, BuildError, RequestError, ResponseError};
use websocket_proto::hixie76::PendingRequest;
use websocket_proto::{Config, Connection, SendError, Unsupported};

use crate::support::ROLES;
use crate::w2;

/// The errors of this protocol, as those of the connection or the handshake
/// that they come in, with words that their messages have to have.
#[test]
fn every_error_says_what_is_wrong() {
    let request = |error: RequestError| error.to_string();
    let response = |error: ResponseError| error.to_string();
    let build = |error: BuildError| error.to_string();
    let frame = |error: FrameError| error.to_string();
    let send = |error| SendError::from(error).to_string();
    let mut seen = BTreeSet::new();
    for (text, words) in [
        (request(RequestError::Hixie76Keys), "Sec-WebSocket-Key1"),
        (request(RequestError::Hixie76NoDigits), "no digits"),
        (request(RequestError::Hixie76NoSpaces), "no spaces"),
        (request(RequestError::Hixie76NotMultiple), "not a multiple"),
        (request(RequestError::Hixie76TooLarge), "32 bits"),
        (build(BuildError::Hixie76Key), "key of hixie-76"),
        (
            request(RequestError::Hixie76MissingOrigin),
            "Origin is missing",
        ),
        (
            request(RequestError::Hixie76Subprotocol),
            "Sec-WebSocket-Protocol is not one",
        ),
        (
            response(ResponseError::Hixie76Origin),
            "Sec-WebSocket-Origin",
        ),
        (
            response(ResponseError::Hixie76Location),
            "Sec-WebSocket-Location",
        ),
        (
            response(ResponseError::Hixie76Subprotocol),
            "Sec-WebSocket-Protocol is not what",
        ),
        (response(ResponseError::Hixie76Challenge), "sixteen bytes"),
        (build(BuildError::Hixie76MissingOrigin), "needs an origin"),
        (
            build(BuildError::Hixie76SeveralSubprotocols),
            "one subprotocol",
        ),
        (build(BuildError::Hixie76Extension), "no extensions"),
        (frame(FrameError::Hixie76Length), "nine bytes"),
        (frame(FrameError::Hixie76TooLong), "over the limit"),
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
