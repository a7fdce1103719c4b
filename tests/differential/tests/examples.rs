//! One small input for each difference, which shows it and no other that is
//! not named beside it.

use Difference::*;
use differential::{Comparison, Difference, Outcome, compare};

const SERVER: u8 = 0;
const CLIENT: u8 = 1;
/// The places of limits in the list of [`compare`]: 128 KiB a frame, and 40
/// bytes.
const LARGE: u8 = 0;
const SMALL: u8 = 6;

/// A raw stream of frames in one piece.
fn frames(role: u8, limits: u8, stream: &[u8]) -> Comparison {
    compare(&[&[0, role, limits, 0], stream].concat())
}

/// A raw head, in pieces of one byte if `plan` is 1 and whole if it is 0.
fn head(flags: u8, plan: u8, stream: &[u8]) -> Comparison {
    compare(&[&[15, flags, plan], stream].concat())
}

fn request(head: &str) -> Comparison {
    self::head(8, 0, head.as_bytes())
}

fn response(head: &str) -> Comparison {
    self::head(0, 0, head.as_bytes())
}

fn asserts(comparison: Comparison, outcome: Outcome, differences: &[Difference]) {
    assert_eq!(comparison.outcome, outcome);
    let found = Difference::ALL.iter().map(|entry| entry.0);
    let found: Vec<_> = found
        .filter(|&entry| comparison.found.contains(entry))
        .collect();
    assert_eq!(found, differences);
}

#[test]
fn frames_that_are_alike() {
    asserts(
        frames(CLIENT, LARGE, b"\x81\x05Hello\x89\x01a"),
        Outcome::Open,
        &[],
    );
    asserts(
        frames(CLIENT, LARGE, b"\x88\x02\x03\xe8"),
        Outcome::Closed,
        &[],
    );
    let masked = b"\x01\x83\0\0\0\0\xe2\x82\xac\x80\x80\0\0\0\0";
    asserts(frames(SERVER, LARGE, masked), Outcome::Open, &[]);
}

#[test]
fn frames_that_differ() {
    let failed = Outcome::Failed1002;
    type Row = (u8, u8, &'static [u8], Outcome, &'static [Difference]);
    let cases: &[Row] = &[
        (CLIENT, LARGE, b"\x80\0", failed, &[SilentFailure]),
        (CLIENT, LARGE, b"\xc1", failed, &[Sooner]),
        (
            CLIENT,
            LARGE,
            b"\x81\x04\xff",
            Outcome::Failed1007,
            &[Sooner, SilentFailure],
        ),
        (
            CLIENT,
            LARGE,
            b"\x81\x7e\0\x01a",
            failed,
            &[LengthNotMinimal],
        ),
        (
            CLIENT,
            LARGE,
            b"\x82\x7f\0\0\0\0\0\0\xff\xff",
            failed,
            &[Sooner, LengthNotMinimal],
        ),
        (
            CLIENT,
            SMALL,
            b"\x89\x29",
            Outcome::Open,
            &[ControlUnderFrameLimit, SilentFailure],
        ),
        (
            CLIENT,
            SMALL,
            b"\xc2\x29",
            failed,
            &[OrderOfChecks, SilentFailure],
        ),
        (
            CLIENT,
            LARGE,
            b"\x88\x02\x03\xec",
            failed,
            &[CloseCodeDelivered],
        ),
        (
            CLIENT,
            LARGE,
            b"\x88\x02\x03\xf6",
            Outcome::Closed,
            &[BadGateway, ReasonEchoed],
        ),
        (
            CLIENT,
            LARGE,
            b"\x88\x03\x03\xe8a",
            Outcome::Closed,
            &[ReasonEchoed],
        ),
        (
            CLIENT,
            LARGE,
            b"\x88\0\x89\0",
            Outcome::Closed,
            &[AfterClose],
        ),
    ];
    for (role, limits, stream, outcome, differences) in cases {
        asserts(frames(*role, *limits, stream), *outcome, differences);
    }
}

const REQUEST: &str = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

#[test]
fn requests_that_are_alike() {
    asserts(request(REQUEST), Outcome::RequestAccepted, &[]);
    asserts(request(&REQUEST[..50]), Outcome::RequestUnfinished, &[]);
    for (good, bad) in [
        ("GET", "POST"),
        ("1.1", "1.0"),
        ("Upgrade: w", "Upgrade: x"),
        ("Connection: U", "Connection: x"),
        ("Z", "!"),
        ("13", "8"),
    ] {
        asserts(
            request(&REQUEST.replace(good, bad)),
            Outcome::RequestRefused,
            &[],
        );
    }
}

#[test]
fn requests_that_differ() {
    let (accepted, refused) = (Outcome::RequestAccepted, Outcome::RequestRefused);
    for (good, other, outcome, difference) in [
        ("1.1\r\n", "1.1\n", refused, BareLf),
        ("GET", "\r\n\r\n\r\nGET", refused, EmptyLines),
        ("1.1", "1.2", accepted, LaterHttp),
        ("\r\n\r\n", "\r\n\r\nx", accepted, EarlyBytes),
        ("GET /", "GET http://a%41/", accepted, EscapedHost),
        ("GET /", "GET *", refused, Target),
        ("GET /", "GET /#", refused, Target),
        ("GET /", "GET /<", accepted, TargetCharacters),
        ("Host: a\r\n", "", refused, Host),
        ("Host: a\r\n", "Host: a\r\nHost: a\r\n", refused, Host),
        (
            "Connection: U",
            "Connection: a\r\nConnection: U",
            accepted,
            List,
        ),
        ("websocket\r", "h2c, websocket\r", accepted, List),
        ("Connection: U", "Connection: a U", refused, SpaceInList),
        (
            "n: 13",
            "n: 13\r\nSec-WebSocket-Version: 13",
            refused,
            RepeatedField,
        ),
        ("jZQ==", "jZR==", accepted, KeyPadding),
        ("ub25jZQ==", "ub20=ZjQ=", refused, KeyInParts),
        ("Host", "Content-Length: 1\r\nHost", refused, Body),
        ("Host", "Expect: 100-continue\r\nHost", refused, Expect),
        ("Host", "Origin: a\r\nOrigin: a\r\nHost", refused, Origin),
        (
            "Host",
            "Sec-WebSocket-Protocol: a b\r\nHost",
            refused,
            Offers,
        ),
        (
            "Host",
            "Sec-WebSocket-Extensions: a;\r\nHost",
            refused,
            Offers,
        ),
    ] {
        asserts(
            request(&REQUEST.replacen(good, other, 1)),
            outcome,
            &[difference],
        );
    }
    asserts(head(8, 1, REQUEST.as_bytes()), accepted, &[SmallPieces]);
    asserts(request("GET / HTTP/1.1\r\nHo\0"), refused, &[]);
    let cut = REQUEST.replacen("1.1\r\n", "1.1\n", 1);
    let cut = cut.trim_end();
    asserts(request(cut), refused, &[HeadSooner, BareLf]);
    asserts(request("G(T / HTTP/1.1\r\n"), refused, &[]);
    asserts(
        request("GET / HTTP/1.1\r\nHo st: a\r\n"),
        Outcome::RequestUnfinished,
        &[HeadLater],
    );
}

const RESPONSE: &str = "HTTP/1.1 101 \r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: gnY+fC2G+KsZsZeuWSWgTfk6xI0=\r\n\r\n";

#[test]
fn responses_that_are_alike() {
    asserts(response(RESPONSE), Outcome::ResponseAccepted, &[]);
    asserts(
        response(&format!("{RESPONSE}\u{81}\0")),
        Outcome::ResponseAccepted,
        &[],
    );
    asserts(
        response(&RESPONSE.replace("101", "404")),
        Outcome::ResponseDeclined,
        &[],
    );
    asserts(
        response(&RESPONSE.replace("xI0", "xI1")),
        Outcome::ResponseRefused,
        &[],
    );
}

#[test]
fn responses_that_differ() {
    let (accepted, refused) = (Outcome::ResponseAccepted, Outcome::ResponseRefused);
    for (good, other, outcome, difference) in [
        ("HTTP", "HTTP/1.1 100 \r\n\r\nHTTP", accepted, Interim),
        ("1.1 101", "1.0 200", Outcome::ResponseDeclined, OldRefusal),
        ("Connection: U", "Connection: a, U", accepted, List),
        (
            "websocket",
            "websocket\r\nUpgrade: websocket",
            refused,
            RepeatedField,
        ),
        (
            "Upgrade",
            "Sec-WebSocket-Extensions: a\r\nUpgrade",
            refused,
            UnofferedExtension,
        ),
    ] {
        asserts(
            response(&RESPONSE.replacen(good, other, 1)),
            outcome,
            &[difference],
        );
    }
    let interim = "HTTP/1.1 100 \r\n\r\n";
    let eight = interim.repeat(8) + RESPONSE;
    asserts(response(&eight), accepted, &[Interim]);
    asserts(
        response(&(interim.to_string() + &eight)),
        refused,
        &[Interim, ManyInterim],
    );
    // It offers "chat" and does not insist.
    asserts(head(2, 0, RESPONSE.as_bytes()), accepted, &[NoSubprotocol]);
}

/// The table in the README is the list.
#[test]
fn the_table_has_every_difference() {
    let readme = include_str!("../README.md");
    for (difference, section) in Difference::ALL {
        let row = format!("| `{difference:?}` | {section} |");
        assert!(readme.contains(&row), "no row {row}");
    }
    let rows = readme.lines().filter(|line| line.starts_with("| `"));
    assert_eq!(rows.count(), Difference::ALL.len());
}
