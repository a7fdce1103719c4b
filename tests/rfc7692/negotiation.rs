//! The handshake: RFC 7692 sections 5 and 7.1, rows PMN of the requirements.

use websocket_proto::deflate::{DeflateConfig, DeflateParameters};
use websocket_proto::handshake::ExtensionError;
use websocket_proto::handshake::{
    Acceptance, Agreement, ClientRequest, Extension, ResponseError, accept_key,
};
use websocket_proto::{Config, Connection, Error, Event, Input, Role, Uri};

use crate::common::{always, extension, sends};

mod agreements;

const DEFLATE: &str = "permessage-deflate";

/// A config for a server that wants the client's window no larger than this.
const fn incoming(bits: u8) -> DeflateConfig {
    DeflateConfig::new().incoming_window_bits(bits)
}

const fn outgoing(bits: u8) -> DeflateConfig {
    DeflateConfig::new().outgoing_window_bits(bits)
}

/// A server's answer to what stands in `Sec-WebSocket-Extensions`, over a
/// real handshake; the pure function is held against it.
fn answer(offers: &str, config: DeflateConfig) -> Option<String> {
    let mut request = format!(
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Extensions: {offers}\r\n\r\n"
    )
    .into_bytes();
    let mut conn = Connection::server(Config::new().deflate(config));
    let mut out = vec![];
    let mut input = Input::new(&mut request);
    match conn.receive(&mut input, &mut out) {
        Ok(Some(Event::Request(request))) => conn
            .accept(&request, &Acceptance::new(), &mut out)
            .expect("a valid request"),
        other => panic!("{offers}: {other:?}"),
    }
    let response = String::from_utf8(out).expect("a response");
    assert!(
        response.starts_with("HTTP/1.1 101 "),
        "the handshake goes on"
    );
    let answered = response
        .lines()
        .find_map(|line| line.strip_prefix("Sec-WebSocket-Extensions: "))
        .map(str::to_owned);

    let offers = Extension::parse_list([offers.as_bytes()]).expect("a list");
    let pure = config.answer(&offers);
    let text = pure.map(|parameters| parameters.extension().to_string());
    assert_eq!(answered, text);
    let agreed = conn.agreement().and_then(Agreement::deflate);
    assert_eq!(agreed, pure, "what is in effect is what was answered");
    answered
}

fn default_answer(offers: &str) -> Option<String> {
    answer(offers, DeflateConfig::new())
}

#[track_caller]
fn declines(offers: &str) {
    assert_eq!(default_answer(offers), None, "{offers}");
}

/// A client that has sent its request, and the key in it.
fn client(config: Config, request: &ClientRequest) -> (Connection, Vec<u8>, String) {
    let mut out = vec![];
    let conn = Connection::client(config, request, [1; 32].into(), &mut out).expect("room");
    let text = String::from_utf8(out).expect("a request");
    let mut lines = text.lines();
    let key = lines
        .find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))
        .expect("a key");
    let offered = text
        .lines()
        .find_map(|line| line.strip_prefix("Sec-WebSocket-Extensions: "))
        .unwrap_or_default();
    (
        conn,
        accept_key(key.as_bytes()).to_vec(),
        offered.to_owned(),
    )
}

/// What a client makes of an answer.
fn verify(
    request: &ClientRequest,
    config: Config,
    answer: &str,
) -> Result<Connection, ResponseError> {
    let (mut conn, accept, _) = client(config, request);
    let line = match answer {
        "" => String::new(),
        answer => format!("Sec-WebSocket-Extensions: {answer}\r\n"),
    };
    let mut response = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {}\r\n{line}\r\n",
        String::from_utf8(accept).expect("base64")
    )
    .into_bytes();
    let mut input = Input::new(&mut response);
    let mut out = vec![];
    let result = match conn.receive(&mut input, &mut out) {
        Ok(Some(Event::Open(_))) => Ok(()),
        Err(Error::Response(error)) => Err(error),
        other => panic!("{answer}: {other:?}"),
    };
    assert_eq!(out, b"", "a client that fails says nothing");
    result.map(|()| conn)
}

fn request() -> ClientRequest {
    ClientRequest::new(&Uri::parse("ws://a/").expect("a URI"))
}

/// A client that offers in these words.
fn offering(offer: &str) -> ClientRequest {
    request().extension(extension(offer))
}

#[track_caller]
fn client_accepts(offer: &str, answer: &str) -> DeflateParameters {
    let conn = match verify(&offering(offer), always(), answer) {
        Ok(conn) => conn,
        Err(error) => panic!("{offer} answered {answer}: {error}"),
    };
    let agreed = conn.agreement().and_then(Agreement::deflate);
    let pure = DeflateParameters::verify(&extension(answer), &[extension(offer)]);
    assert_eq!(agreed, pure.ok());
    agreed.expect("agreed")
}

#[track_caller]
fn client_fails(offer: &str, answer: &str, why: ExtensionError) {
    let error = verify(&offering(offer), always(), answer).map(|_| ());
    let expected = match why {
        ExtensionError::NotOffered => ResponseError::ExtensionNotOffered,
        _ => ResponseError::InvalidExtension,
    };
    assert_eq!(error, Err(expected), "{offer} answered {answer}");
    let pure = DeflateParameters::verify(&extension(answer), &[extension(offer)]);
    assert_eq!(pure, Err(why), "{offer} answered {answer}");
}

/// PMN-01, PMN-24
#[test]
fn the_bare_offer_is_answered_bare() {
    assert_eq!(default_answer(DEFLATE).as_deref(), Some(DEFLATE));
    let agreed = client_accepts(DEFLATE, DEFLATE);
    for role in [Role::Client, Role::Server] {
        assert_eq!(agreed.window_bits(role), 15);
        assert!(agreed.context_takeover(role));
    }
}

/// PMN-02: what browsers offer.
#[test]
fn a_client_that_can_be_limited_may_be() {
    let offer = "permessage-deflate; client_max_window_bits";
    assert_eq!(default_answer(offer).as_deref(), Some(DEFLATE));
    let limited = "permessage-deflate; client_max_window_bits=12";
    assert_eq!(answer(offer, incoming(12)).as_deref(), Some(limited));
}

/// PMN-03
#[test]
fn a_client_that_limits_itself_is_not_answered_with_more() {
    let offer = "permessage-deflate; client_max_window_bits=10";
    for bits in 10..=15 {
        assert_eq!(answer(offer, incoming(bits)).as_deref(), Some(offer));
    }
    let less = "permessage-deflate; client_max_window_bits=9";
    assert_eq!(answer(offer, incoming(9)).as_deref(), Some(less));
}

/// PMN-04
#[test]
fn a_client_that_cannot_be_limited_is_not() {
    assert_eq!(answer(DEFLATE, incoming(10)).as_deref(), Some(DEFLATE));
    let agreed = incoming(10).answer(&[extension(DEFLATE)]);
    assert_eq!(
        agreed.map(|agreed| agreed.window_bits(Role::Client)),
        Some(15)
    );
}

/// PMN-05
#[test]
fn the_servers_window_is_no_larger_than_wanted() {
    for bits in 9..=15 {
        let offer = format!("permessage-deflate; server_max_window_bits={bits}");
        assert_eq!(default_answer(&offer).as_ref(), Some(&offer));
        let least = format!(
            "permessage-deflate; server_max_window_bits={}",
            bits.min(11)
        );
        assert_eq!(answer(&offer, outgoing(11)), Some(least));
    }
}

/// PMN-06
#[test]
fn a_server_may_limit_itself_unasked() {
    let limited = "permessage-deflate; server_max_window_bits=11";
    assert_eq!(answer(DEFLATE, outgoing(11)).as_deref(), Some(limited));
    let agreed = client_accepts(DEFLATE, limited);
    assert_eq!(agreed.window_bits(Role::Server), 11);
    assert_eq!(agreed.window_bits(Role::Client), 15);
}

/// PMN-07, PMN-08, PMN-13, PMN-14, PMN-15, PMN-19
#[test]
fn what_is_malformed_is_declined_and_as_an_answer_fails() {
    use ExtensionError::{InvalidValue, RepeatedParameter, UnknownParameter};
    let mut cases = vec![
        ("server_max_window_bits".to_owned(), InvalidValue),
        ("server_no_context_takeover=1".to_owned(), InvalidValue),
        ("client_no_context_takeover=true".to_owned(), InvalidValue),
        ("foo".to_owned(), UnknownParameter),
        ("foo=1".to_owned(), UnknownParameter),
        // A21: compared exactly.
        ("Server_no_context_takeover".to_owned(), UnknownParameter),
    ];
    for name in ["server_max_window_bits", "client_max_window_bits"] {
        for value in [
            "7",
            "16",
            "0",
            "08",
            "015",
            "+9",
            "-9",
            "9.0",
            "abc",
            "1",
            "150",
            "999999999999",
        ] {
            cases.push((format!("{name}={value}"), InvalidValue));
            cases.push((format!("{name}=\"{value}\""), InvalidValue));
        }
        cases.push((format!("{name}=10; {name}=10"), RepeatedParameter));
    }
    for name in ["server_no_context_takeover", "client_no_context_takeover"] {
        cases.push((format!("{name}; {name}"), RepeatedParameter));
    }
    // The least demanding offer, so that nothing else is wrong.
    let offer = "permessage-deflate; client_max_window_bits";
    for (parameters, why) in cases {
        let element = format!("{DEFLATE}; {parameters}");
        declines(&element);
        client_fails(offer, &element, why);
    }
    let twice = "permessage-deflate; client_max_window_bits; client_max_window_bits=10";
    declines(twice);
    client_fails(offer, twice, RepeatedParameter);
    // PMN-19: only an offer may leave the value out.
    client_fails(offer, offer, InvalidValue);
}

/// PMN-07, PMN-13: an empty quoted value breaks the grammar of RFC 6455
/// section 9.1 itself, so that no head with it is taken.
#[test]
fn an_empty_value_is_no_value() {
    for element in [
        "permessage-deflate; server_max_window_bits=\"\"",
        "permessage-deflate; server_no_context_takeover=\"\"",
        "permessage-deflate; server_max_window_bits=",
    ] {
        assert!(element.parse::<Extension>().is_err());
        let result = verify(&offering(DEFLATE), always(), element).map(|_| ());
        assert_eq!(result, Err(ResponseError::InvalidExtension));
    }
}

/// PMN-07
#[test]
fn a_quoted_value_is_that_value() {
    let offer =
        "permessage-deflate; server_max_window_bits=\"10\"; client_max_window_bits=\"1\\2\"";
    assert_eq!(
        default_answer(offer).as_deref(),
        Some("permessage-deflate; server_max_window_bits=10; client_max_window_bits=12")
    );
    let agreed = client_accepts(DEFLATE, "permessage-deflate; server_max_window_bits=\"9\"");
    assert_eq!(agreed.window_bits(Role::Server), 9);
}

/// PMN-09
#[test]
fn the_servers_takeover_can_be_ruled_out() {
    let alone = "permessage-deflate; server_no_context_takeover";
    assert_eq!(default_answer(alone).as_deref(), Some(alone));
}

/// PMN-10
#[test]
fn a_server_may_rule_out_its_own_unasked() {
    let alone = "permessage-deflate; server_no_context_takeover";
    let config = DeflateConfig::new().outgoing_takeover(false);
    assert_eq!(answer(DEFLATE, config).as_deref(), Some(alone));
    let agreed = client_accepts(DEFLATE, alone);
    assert!(!agreed.context_takeover(Role::Server));
    assert!(agreed.context_takeover(Role::Client));
}

/// PMN-11
#[test]
fn a_clients_hint_is_taken() {
    let alone = "permessage-deflate; client_no_context_takeover";
    assert_eq!(default_answer(alone).as_deref(), Some(alone));
    // A server that does not repeat it keeps its window, and the client does
    // as it said all the same.
    let agreed = client_accepts(alone, DEFLATE);
    assert!(!agreed.context_takeover(Role::Client));
    assert!(agreed.context_takeover(Role::Server));
}

/// PMN-11, PMN-22: what the offer says of the client binds it, whoever made the
/// offer and whatever the configuration of the connection is.
#[test]
fn an_offer_of_the_callers_binds_the_client() {
    let random: Vec<u8> = crate::common::noise(3000, 1);
    let lengths = |conn: &mut Connection| {
        let twice = [&random[..], &random].concat();
        [&twice, &random].map(|message| {
            sends(conn, |conn, out| conn.send_binary(message, out))
                .iter()
                .map(|frame| frame.payload.len())
                .sum::<usize>()
        })
    };
    let mut free = verify(&offering(DEFLATE), always(), DEFLATE).expect("accepted");
    let [twice, once] = lengths(&mut free);
    assert!(twice < 3200 && once < 100, "{twice}, {once}");
    let narrow = outgoing(9).outgoing_takeover(false);
    for request in [
        request().deflate(&narrow),
        offering(narrow.offer().as_str()),
        // Which of the two the answer is for, it does not say.
        offering(DEFLATE).deflate(&narrow),
    ] {
        for config in [always(), Config::new()] {
            let mut conn = verify(&request, config, DEFLATE).expect("accepted");
            let [twice, once] = lengths(&mut conn);
            assert!(twice > 6000, "{twice}: a distance of 3000 bytes");
            assert!(once > 3000, "{once}: takeover");
        }
    }
    // An answer can be narrower still, and not wider.
    let agreed = client_accepts(
        "permessage-deflate; client_max_window_bits=12",
        "permessage-deflate; client_max_window_bits=10",
    );
    assert_eq!(agreed.window_bits(Role::Client), 10);
    // No compressor here keeps to 8: all is sent plain.
    let eight = offering("permessage-deflate; client_max_window_bits=8");
    let mut conn = verify(&eight, always(), DEFLATE).expect("accepted");
    let plain = sends(&mut conn, |conn, out| {
        conn.send_text("aaaaaaaaaaaaaaaaaaaa", out)
    });
    assert_eq!((plain[0].first, plain[0].payload.len()), (0x81, 20));
}

/// PMN-12
#[test]
fn a_client_obeys_where_its_takeover_is_ruled_out() {
    let answer = "permessage-deflate; client_no_context_takeover";
    let mut conn = verify(&offering(DEFLATE), always(), answer).expect("accepted");
    let hello = |conn: &mut Connection| {
        sends(conn, |conn, out| conn.send_text("Hello", out))
            .remove(0)
            .payload
    };
    let first = hello(&mut conn);
    assert_eq!(hello(&mut conn), first);
    let mut free = verify(&offering(DEFLATE), always(), DEFLATE).expect("accepted");
    assert_eq!(hello(&mut free), first);
    assert_ne!(hello(&mut free), first);
}

/// PMN-16, EXT-11, EXT-12
#[test]
fn the_first_acceptable_offer_counts() {
    for (offers, expected) in [
        (
            "permessage-deflate; server_max_window_bits=8, permessage-deflate",
            DEFLATE,
        ),
        ("permessage-deflate; foo, permessage-deflate", DEFLATE),
        (
            "permessage-deflate; server_max_window_bits=10, permessage-deflate",
            "permessage-deflate; server_max_window_bits=10",
        ),
        (
            "x-other; a=b, permessage-deflate; server_max_window_bits=99, \
             permessage-deflate; server_no_context_takeover, permessage-deflate",
            "permessage-deflate; server_no_context_takeover",
        ),
    ] {
        assert_eq!(
            default_answer(offers).as_deref(),
            Some(expected),
            "{offers}"
        );
    }
    declines("permessage-deflate; foo=1");
    declines("permessage-deflate; foo=1, permessage-deflate; bar");
}

/// PMN-16: a client may offer several itself.
#[test]
fn an_answer_may_fit_any_of_the_offers() {
    let two =
        offering("permessage-deflate; server_max_window_bits=10").extension(extension(DEFLATE));
    for answer in [DEFLATE, "permessage-deflate; server_max_window_bits=9"] {
        assert!(verify(&two, always(), answer).is_ok(), "{answer}");
    }
    let twelve = "permessage-deflate; client_max_window_bits=12";
    assert!(verify(&two, always(), twelve).is_err());
}

/// PMN-17
#[test]
fn an_answer_without_an_offer_fails() {
    let result = verify(&request(), Config::new(), DEFLATE).map(|_| ());
    assert_eq!(result, Err(ResponseError::ExtensionNotOffered));
    let result = verify(&offering("x-other"), Config::new(), DEFLATE).map(|_| ());
    assert_eq!(result, Err(ResponseError::ExtensionNotOffered));
}

/// PMN-18, PMN-20, PMN-21
#[test]
fn an_answer_that_grants_other_than_was_offered_fails() {
    for (offer, answer) in [
        (DEFLATE, "permessage-deflate; client_max_window_bits=15"),
        (
            "permessage-deflate; server_max_window_bits=10",
            "permessage-deflate; server_max_window_bits=12",
        ),
        (
            "permessage-deflate; client_max_window_bits=10",
            "permessage-deflate; client_max_window_bits=11",
        ),
        ("permessage-deflate; server_max_window_bits=10", DEFLATE),
        ("permessage-deflate; server_no_context_takeover", DEFLATE),
        (
            "permessage-deflate; server_no_context_takeover",
            "permessage-deflate; client_no_context_takeover",
        ),
    ] {
        client_fails(offer, answer, ExtensionError::NotOffered);
    }
}

/// PMN-22
#[test]
fn a_client_may_use_less_than_it_is_granted() {
    let offer = "permessage-deflate; client_max_window_bits=10";
    let agreed = client_accepts(offer, DEFLATE);
    assert_eq!(agreed.window_bits(Role::Client), 10);
    assert_eq!(agreed.window_bits(Role::Server), 15);
    // That its compressor stays at 10 all the same is in `window.rs`.
    assert_eq!(outgoing(10).offer().as_str(), offer);
}

/// PMN-23
#[test]
fn two_elements_in_an_answer_fail() {
    let both = "permessage-deflate, permessage-deflate";
    let two = offering(DEFLATE).extension(extension(DEFLATE));
    let result = verify(&two, always(), both).map(|_| ());
    assert_eq!(result, Err(ResponseError::RepeatedExtension));
}

/// PMN-25, A22
#[test]
fn a_window_that_no_compressor_keeps_is_not_agreed_to() {
    declines("permessage-deflate; server_max_window_bits=8");
    // The client's own does no harm: every window inflates it.
    let own = "permessage-deflate; client_max_window_bits=8";
    assert_eq!(default_answer(own).as_deref(), Some(own));
    let limited = "permessage-deflate; client_max_window_bits";
    let agreed = client_accepts(limited, own);
    assert_eq!(agreed.window_bits(Role::Client), 8);
    // No more than that can be configured.
    for bits in [0, 8, 9] {
        let offer = outgoing(bits).incoming_window_bits(bits).offer();
        assert_eq!(
            offer.as_str(),
            "permessage-deflate; server_max_window_bits=9; client_max_window_bits=9"
        );
    }
    for bits in [15, 16, 255] {
        let offer = outgoing(bits).incoming_window_bits(bits).offer();
        assert_eq!(offer.as_str(), "permessage-deflate; client_max_window_bits");
    }
}

/// PMN-26
#[test]
fn other_compression_is_unknown() {
    declines("permessage-bzip2, x-webkit-deflate-frame, deflate-frame");
    declines("Permessage-Deflate");
    let other = DeflateParameters::parse(&extension("x-webkit-deflate-frame"));
    assert_eq!(other, Err(ExtensionError::OtherExtension));
}
