//! The answer: what a server sends, and what a client makes of it.

use websocket_proto::handshake::connect::{Outcome, ResetCode, ResponseError};
use websocket_proto::handshake::{
    self, Acceptance, Agreement, BuildError, Extension, HttpVersion, RequestHead, Response,
};

use crate::lists::{
    checked, client, example, list, nothing, pairs, replaced, verified, with, without,
};

fn extension(text: &str) -> Extension {
    text.parse().expect("an extension")
}

/// BOOT-08, BOOT-05: and the answer has nothing of the key in it.
#[test]
fn acceptance_is_200() {
    let accepted = checked(with("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="))
        .unwrap()
        .accept(&Acceptance::new())
        .unwrap();
    assert_eq!(accepted.agreement, Agreement::new());
    assert_eq!(accepted.response.status(), 200);
    let fields = pairs(&accepted.response.to_fields().unwrap());
    assert_eq!(fields, list(&[(":status", "200")]));
}

/// BOOT-06: the choice is written as over HTTP/1.1, names in lower case.
#[test]
fn acceptance_with_all_it_can_have() {
    let request = checked(replaced("sec-websocket-extensions", "x-a, x-b; c=1")).unwrap();
    let acceptance = Acceptance::new()
        .subprotocol("superchat")
        .extension(extension("x-b; c=1"))
        .header("Set-Cookie", "a=b ");
    let accepted = request.accept(&acceptance).unwrap();
    let agreement = Agreement::new()
        .with_subprotocol("superchat")
        .with_extension(extension("x-b; c=1"));
    assert_eq!(accepted.agreement, agreement);
    let expected = [
        (":status", "200"),
        ("sec-websocket-protocol", "superchat"),
        ("sec-websocket-extensions", "x-b; c=1"),
        ("set-cookie", "a=b"),
    ];
    let fields = pairs(&accepted.response.to_fields().unwrap());
    assert_eq!(fields, list(&expected));
    let client = client()
        .subprotocol("superchat")
        .extension(extension("x-b; c=1"));
    assert_eq!(verified(&client, &expected), Ok(Outcome::Open(agreement)));
}

/// HS-R-05, HS-R-22: nor does a caller add to what opens the stream, but for
/// fields of its own.
#[test]
fn an_acceptance_stays_as_it_is() {
    let response = || {
        let accepted = checked(example()).unwrap().accept(&Acceptance::new());
        accepted.unwrap().response
    };
    let fields = pairs(&response().header("X", "y").to_fields().unwrap());
    assert_eq!(fields, list(&[(":status", "200"), ("x", "y")]));
    for name in ["sec-websocket-protocol", "Sec-WebSocket-Extensions"] {
        let added = response().header(name, "x").to_fields();
        assert_eq!(added.unwrap_err(), BuildError::ManagedHeader, "{name}");
    }
    let full = response().body("x").to_fields();
    assert_eq!(full.unwrap_err(), BuildError::Body);
    assert!(response().body("").to_fields().is_ok());
}

/// BOOT-06: what was not offered is not accepted, and nothing comes of it.
#[test]
fn acceptance_stays_within_the_offer() {
    let request = checked(example()).unwrap();
    let x = Extension::new("x").unwrap();
    let deflate = extension("permessage-deflate");
    for (acceptance, error) in [
        (
            Acceptance::new().subprotocol("x"),
            BuildError::SubprotocolNotOffered,
        ),
        (
            Acceptance::new().extension(x),
            BuildError::ExtensionNotOffered,
        ),
        (
            Acceptance::new()
                .extension(deflate.clone())
                .extension(deflate),
            BuildError::RepeatedExtension,
        ),
        (
            Acceptance::new().header("Upgrade", "x"),
            BuildError::ManagedHeader,
        ),
        (
            Acceptance::new().header("Keep-Alive", "1"),
            BuildError::ManagedHeader,
        ),
        (Acceptance::new().header("a b", "1"), BuildError::HeaderName),
        (Acceptance::new().header("a", "\n"), BuildError::HeaderValue),
    ] {
        assert_eq!(request.accept(&acceptance).unwrap_err(), error);
    }
    let request = checked(without("sec-websocket-protocol")).unwrap();
    let acceptance = Acceptance::new().subprotocol("chat");
    let error = request.accept(&acceptance).unwrap_err();
    assert_eq!(error, BuildError::SubprotocolNotOffered);
}

/// BOOT-08
#[test]
fn any_2xx_opens_and_101_does_not() {
    for status in ["200", "201", "204", "299"] {
        assert_eq!(verified(&client(), &[(":status", status)]), Ok(nothing()));
    }
    let error = verified(&client(), &[(":status", "101")]).unwrap_err();
    assert_eq!(error.reset_code(), ResetCode::Malformed);
    for (status, number) in [
        ("403", 403),
        ("404", 404),
        ("300", 300),
        ("501", 501),
        ("600", 600),
    ] {
        let answer = verified(&client(), &[(":status", status)]);
        assert_eq!(answer, Ok(Outcome::Refused(number)));
    }
    for status in ["100", "102", "103", "199"] {
        let answer = verified(&client(), &[(":status", status), ("link", "</a>")]);
        assert_eq!(answer, Ok(Outcome::Interim), "{status}");
    }
    let switching = Response::new(101).to_fields();
    assert_eq!(switching.unwrap_err(), BuildError::Status);
}

/// BOOT-08: an interim answer first, then the one that counts.
#[test]
fn interim_answers_are_skipped() {
    let answers = [list(&[(":status", "103")]), list(&[(":status", "200")])];
    let mut seen = Vec::new();
    for fields in answers {
        seen.push(client().verify_connect(fields).unwrap());
    }
    assert_eq!(seen, [Outcome::Interim, nothing()]);
}

/// BOOT-05: an accept is not looked at, right or wrong.
#[test]
fn an_accept_is_ignored() {
    for value in ["", "wrong", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="] {
        let fields = [(":status", "200"), ("sec-websocket-accept", value)];
        assert_eq!(verified(&client(), &fields), Ok(nothing()));
    }
}

/// RFC 9110 section 9.3.6
#[test]
fn a_content_length_in_a_2xx_is_ignored() {
    let fields = [(":status", "200"), ("content-length", "5")];
    assert_eq!(verified(&client(), &fields), Ok(nothing()));
}

/// BOOT-09
#[test]
fn what_was_not_asked_for_fails() {
    use handshake::ResponseError as Rule;
    let asked = client()
        .subprotocol("chat")
        .subprotocol("superchat")
        .extension(Extension::new("x").unwrap());
    let protocol = "sec-websocket-protocol";
    let extensions = "sec-websocket-extensions";
    for (request, name, value, rule) in [
        (client(), protocol, "x", Rule::SubprotocolNotOffered),
        (asked.clone(), protocol, "Chat", Rule::SubprotocolNotOffered),
        (
            asked.clone(),
            protocol,
            "chat, superchat",
            Rule::InvalidSubprotocol,
        ),
        (asked.clone(), protocol, "", Rule::InvalidSubprotocol),
        (client(), extensions, "x", Rule::ExtensionNotOffered),
        (asked.clone(), extensions, "y", Rule::ExtensionNotOffered),
        (asked.clone(), extensions, "x, x", Rule::RepeatedExtension),
        (asked.clone(), extensions, "x;", Rule::InvalidExtension),
    ] {
        let error = verified(&request, &[(":status", "200"), (name, value)]).unwrap_err();
        assert_eq!(error, ResponseError::Handshake(rule), "{name}: {value}");
        let reset = error.reset_code();
        assert_eq!((reset.http2(), reset.http3()), (0x8, 0x10c));
        assert_eq!(error.section(), rule.section());
        // A refusal may say what it likes.
        let refusal = verified(&request, &[(":status", "400"), (name, value)]);
        assert_eq!(refusal, Ok(Outcome::Refused(400)));
    }
    let none = verified(
        &asked.clone().require_subprotocol(true),
        &[(":status", "200")],
    );
    assert_eq!(none, Err(Rule::MissingSubprotocol.into()));
    assert_eq!(verified(&asked, &[(":status", "200")]), Ok(nothing()));
}

/// An acceptance over HTTP/1.1 has a status that does not exist here.
#[test]
fn the_101_of_http_1_1_has_no_list() {
    let fields = [
        ("Host", "h"),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let head = RequestHead::from_parts("GET", "/", HttpVersion::Http11, fields).expect("a head");
    let request = handshake::Request::new(head).expect("a request");
    let accepted = request.accept(&Acceptance::new()).expect("nothing chosen");
    let refused = accepted.response.to_fields().map(drop);
    assert_eq!(refused, Err(BuildError::Status));
}
