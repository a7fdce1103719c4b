//! What errors say to a person.

use websocket_proto::handshake;
use websocket_proto::handshake::connect::{Malformed, RequestError, ResponseError, Setting};

const MALFORMED: [(Malformed, &str); 16] = [
    (
        Malformed::UnknownPseudoHeader,
        "pseudo-header field is unknown",
    ),
    (
        Malformed::RepeatedPseudoHeader,
        "pseudo-header field is repeated",
    ),
    (Malformed::PseudoHeaderOrder, "behind a field"),
    (Malformed::MissingPseudoHeader, "missing"),
    (Malformed::Method, "CONNECT"),
    (Malformed::Path, ":path"),
    (Malformed::Authority, ":authority is malformed"),
    (Malformed::Host, "host and :authority"),
    (Malformed::Status, ":status"),
    (Malformed::UpperCase, "upper-case"),
    (Malformed::FieldName, "field name is not a token"),
    (Malformed::FieldValue, "field value"),
    (Malformed::ConnectionSpecific, "HTTP/1"),
    (Malformed::TooLong, "4 GiB"),
    (Malformed::SettingValue, "neither 0 nor 1"),
    (Malformed::SettingWithdrawn, "after it was 1"),
];

#[test]
fn every_error_names_what_is_wrong() {
    for (error, words) in MALFORMED {
        for said in [
            error.to_string(),
            RequestError::from(error).to_string(),
            ResponseError::from(error).to_string(),
        ] {
            assert!(said.contains(words), "{said}");
        }
        let section = error.section();
        assert!(section.starts_with("RFC "), "{section}");
        // PROTOCOL_ERROR, H3_MESSAGE_ERROR and H3_SETTINGS_ERROR.
        let is_setting = section == "RFC 8441 section 3";
        let codes = (0x1, if is_setting { 0x109 } else { 0x10e });
        assert_eq!((error.http2(), error.http3()), codes, "{error}");
        assert_eq!(RequestError::from(error).section(), section);
        assert_eq!(ResponseError::from(error).section(), section);
    }
    let inner = handshake::RequestError::UnsupportedVersion;
    let error = RequestError::from(inner);
    assert_eq!(error.to_string(), inner.to_string());
    assert_eq!(error.section(), inner.section());
    let inner = handshake::ResponseError::SubprotocolNotOffered;
    let error = ResponseError::from(inner);
    assert_eq!(error.to_string(), inner.to_string());
    assert_eq!(error.section(), inner.section());
    let said = RequestError::NotWebSocket.to_string();
    assert!(said.contains(":protocol"), "{said}");
    let said = RequestError::UnsupportedProtocol.to_string();
    assert!(said.contains("not websocket"), "{said}");
    for (error, section) in [
        (RequestError::NotWebSocket, "RFC 8441"),
        (RequestError::UnsupportedProtocol, "RFC 9220"),
    ] {
        assert!(error.section().starts_with(section), "{error}");
    }
    let said = handshake::BuildError::ConnectDisabled.to_string();
    assert!(said.contains("has not enabled"), "{said}");
}

#[test]
fn errors_of_the_setting_say_what_was_sent() {
    let mut setting = Setting::new();
    let error = setting.receive(2).expect_err("neither 0 nor 1");
    assert_eq!(error, Malformed::SettingValue);
    assert!(error.to_string().contains("neither 0 nor 1"), "{error}");
    let error = Malformed::SettingWithdrawn;
    assert!(error.to_string().contains("after it was 1"), "{error}");
}

/// The words of an error that holds another are those of the other: who prints
/// the chain of sources does not print them twice.
#[test]
fn no_words_are_said_twice() {
    use std::error::Error;
    let request = RequestError::from(Malformed::Path);
    assert!(request.source().is_none());
    let response = ResponseError::from(Malformed::Status);
    assert!(response.source().is_none());
}
