//! Answers of HTTP, where no connection opens.

use websocket_proto::handshake::{Acceptance, RequestError, Response, ResponseError};
use websocket_proto::{Config, Connection, Error, Event, FixedOutput, Input, State};

use crate::pair::{REQUEST, RESPONSE, asked_server, connecting_client, failure, take};
use crate::support::hex;

/// HS-R-20: a refused request stays refused, whatever follows.
#[test]
fn after_a_refusal_nothing_is_received_or_sent() {
    let bad = REQUEST.replace("==", "=");
    let mut refused = Connection::server(Config::new());
    let mut out = Vec::new();
    assert_eq!(
        failure(&mut refused, bad.as_bytes(), &mut out),
        Error::Request(RequestError::InvalidKey)
    );
    let (mut rejected, _) = asked_server(Config::new());
    rejected
        .reject(&Response::new(403), &mut Vec::new())
        .expect("waits");
    for mut conn in [refused, rejected] {
        assert!(conn.is_closed() && !conn.was_clean());
        let mut out = Vec::new();
        let (seen, _) = take(
            &mut conn,
            &hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"),
            &mut out,
        );
        assert_eq!((seen, &out[..]), (vec![], &b""[..]));
        // Nor is a second request, be it ever so good.
        let (seen, _) = take(&mut conn, REQUEST.as_bytes(), &mut out);
        assert_eq!((seen, &out[..]), (vec![], &b""[..]));
        assert!(conn.send_text("x", &mut out).is_err());
        assert!(conn.is_closed());
        assert_eq!(conn.close_status().map(|status| status.value()), Some(1006));
    }
}

/// HS-R-21, HS-S-02, CL-26: refusals are HTTP and nothing else.
#[test]
fn no_refusal_holds_a_frame() {
    let refused = [
        (REQUEST.replace("==", "="), 400),
        (REQUEST.replace("13\r", "8\r"), 426),
        (REQUEST.replace("GET", "POST"), 405),
        (REQUEST.replace("Host: server.example.com\r\n", ""), 400),
        (REQUEST.replace("/chat", &"/".repeat(20_000)), 414),
        (
            REQUEST.replace(
                "\r\nHost",
                &format!("\r\nX: {}\r\nHost", "y".repeat(20_000)),
            ),
            431,
        ),
        (REQUEST.replace("\r\nHost", &"\r\nX: y".repeat(200)), 431),
        ("\u{16}\u{3}\u{1}\u{2}".into(), 400),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n".into(), 505),
        ("GET /\n".into(), 400),
    ];
    for (request, status) in refused {
        let mut conn = Connection::server(Config::new());
        let mut out = Vec::new();
        let error = failure(&mut conn, request.as_bytes(), &mut out);
        assert_eq!(error.http_status(), Some(status), "{error:?}");
        assert_eq!(error.close_code(), None);
        let start = format!("HTTP/1.1 {status} ");
        assert!(out.starts_with(start.as_bytes()));
        assert!(out.is_ascii());
        let text = String::from_utf8(out).expect("ASCII");
        assert!(
            text.contains("\r\nConnection: close\r\n") || status == 426,
            "{text}"
        );
        assert!(text.contains("\r\n\r\n"));
    }

    let mut client = connecting_client(Config::new(), &mut Vec::new());
    let mut out = Vec::new();
    let error = failure(&mut client, RESPONSE.as_bytes(), &mut out);
    assert_eq!(error, Error::Response(ResponseError::WrongAccept));
    assert_eq!(out, b"");
    assert!(client.is_closed() && !client.was_clean());
}

/// A refusal goes out in as many pieces as the output has room for.
#[test]
fn a_refusal_is_written_piece_by_piece_into_a_small_output() {
    let bad = REQUEST.replace("13\r", "8\r");
    let mut whole = Vec::new();
    failure(
        &mut Connection::server(Config::new()),
        bad.as_bytes(),
        &mut whole,
    );
    for size in [1, 2, 7, 100, whole.len() - 1] {
        let mut conn = Connection::server(Config::new());
        let mut memory = vec![0; size];
        let mut out = FixedOutput::new(&mut memory);
        let error = failure(&mut conn, bad.as_bytes(), &mut out);
        let mut written = out.written().to_vec();
        assert_eq!(written.len(), size);
        loop {
            assert_eq!(conn.state(), State::Closing);
            assert!(conn.wants_write() && conn.close_status().is_none());
            // Nothing is written while there is no room, nor by the way.
            assert!(!conn.poll_transmit(&mut out));
            assert_eq!(failure(&mut conn, b"more", &mut out), error);
            out.clear();
            assert!(conn.poll_transmit(&mut out));
            written.extend(out.written());
            if !conn.wants_write() {
                break;
            }
        }
        assert!(conn.is_closed());
        assert_eq!(written, whole, "{size} bytes at a time");
    }
}

/// HS-R-12, HS-R-13: which origins and which resources there are is for the
/// application to say.
#[test]
fn a_valid_request_can_be_refused_for_its_origin_or_its_resource() {
    let allowed = "http://example.com";
    for (target, origin, status) in [
        ("/chat", allowed, 101),
        ("/chat", "http://evil.example", 403),
        ("/nope", allowed, 404),
    ] {
        let mut read = REQUEST
            .replace("/chat", target)
            .replace("\r\n\r\n", &format!("\r\nOrigin: {origin}\r\n\r\n"))
            .into_bytes();
        let mut conn = Connection::server(Config::new());
        let mut out = Vec::new();
        let Ok(Some(Event::Request(request))) = conn.receive(&mut Input::new(&mut read), &mut out)
        else {
            panic!("a valid request");
        };
        let result = if !request.origin_is_one_of(&[allowed]) {
            conn.reject(&Response::new(403), &mut out)
        } else if request.path() != "/chat" {
            conn.reject(&Response::new(404), &mut out)
        } else {
            conn.accept(&request, &Acceptance::new(), &mut out)
        };
        assert_eq!(result, Ok(()));
        let start = format!("HTTP/1.1 {status} ");
        assert!(out.starts_with(start.as_bytes()), "{target} {origin}");
        assert_eq!(conn.is_closed(), status != 101);
    }
}

/// HS-R-23, HS-S-04: HTTP/1.0 knows neither a 101 nor a 100, and gets none.
#[test]
fn a_client_of_http_1_0_gets_no_interim_response() {
    let old = REQUEST.replace("HTTP/1.1", "HTTP/1.0");
    for fields in ["", "\r\nExpect: 100-continue"] {
        let request = old.replace("\r\n\r\n", &format!("{fields}\r\n\r\n"));
        let mut read = request.into_bytes();
        let mut conn = Connection::server(Config::new());
        let mut out = Vec::new();
        let event = conn.receive(&mut Input::new(&mut read), &mut out);
        assert!(matches!(event, Ok(Some(Event::Http(_)))), "{event:?}");
        assert_eq!(out, b"");
        let response = Response::new(426).header("Upgrade", "websocket");
        conn.respond(&response, &mut out).expect("it waits");
        assert!(out.starts_with(b"HTTP/1.1 426 "));
        assert!(conn.is_closed());
    }
}

/// SEED-11: other HTTP on the same port is for the application to answer.
#[test]
fn a_request_for_something_else_is_answered_by_the_application() {
    for (method, body) in [("GET", "found"), ("POST", "found"), ("HEAD", "")] {
        let request = format!("{method} /page?x=1 HTTP/1.1\r\nHost: a\r\nX-Y: z\r\n\r\n");
        let mut read = [request.as_bytes(), b"more"].concat();
        let mut input = Input::new(&mut read);
        let mut conn = Connection::server(Config::new());
        let mut out = Vec::new();
        let Ok(Some(Event::Http(head))) = conn.receive(&mut input, &mut out) else {
            panic!("a valid request");
        };
        assert_eq!((head.method(), head.target()), (method, "/page?x=1"));
        assert_eq!(head.headers().first("x-y"), Some(&b"z"[..]));
        assert_eq!((input.len(), conn.state()), (4, State::Connecting));
        let response = Response::new(200)
            .header("Content-Type", "text/plain")
            .body("found");
        conn.respond(&response, &mut out).expect("it waits");
        let text = String::from_utf8(out).expect("ASCII");
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
        assert!(text.contains("\r\nContent-Length: 5\r\n"), "{text}");
        let after = text.split_once("\r\n\r\n").map(|(_, body)| body);
        assert_eq!(after, Some(body), "{method}");
        assert!(conn.is_closed());
        // What followed is not taken for frames or for a request.
        let mut out = Vec::new();
        assert!(
            conn.receive(&mut input, &mut out)
                .is_ok_and(|event| event.is_none())
        );
        assert_eq!((input.len(), out.len()), (0, 0));
        assert_eq!(conn.receive_eof(), Ok(()));
    }
}

/// RFC 9110 §9.3.2: no answer to a HEAD has a body, be it that of a fault.
#[test]
fn a_faulty_head_request_is_refused_without_a_body() {
    let faults = [
        ("/ HTTP/1.1\r\n", 400),
        ("/ HTTP/2.0\r\n", 505),
        ("/ HTTP/1.1\r\nHost: a\r\nx y: 1\r\n", 400),
        // The head is refused before it is whole.
        ("/ HTTP/1.1\r\nHost: a\r\nX: a\x01", 400),
        (
            &*format!("/ HTTP/1.1\r\nHost: {}\r\n", "a".repeat(20_000)),
            431,
        ),
        (&*format!("/ HTTP/1.1\r\n{}", "X: a\r\n".repeat(200)), 431),
    ];
    for (rest, status) in faults {
        for (method, size) in [
            ("HEAD", 1),
            ("HEAD", 100_000),
            ("GET", 3),
            ("HEADS", 100_000),
        ] {
            let mut read = format!("{method} {rest}\r\n").into_bytes();
            let mut conn = Connection::server(Config::new());
            let mut out = Vec::new();
            let mut pieces = read.chunks_mut(size);
            assert!(pieces.any(|piece| conn.receive(&mut Input::new(piece), &mut out).is_err()));
            let text = String::from_utf8(out).expect("ASCII");
            assert!(text.starts_with(&format!("HTTP/1.1 {status} ")), "{text}");
            let (head, body) = text.split_once("\r\n\r\n").expect("a head");
            assert!(!head.contains("\r\nContent-Length: 0"), "{text}");
            assert_eq!(body.is_empty(), method == "HEAD", "{text}");
        }
    }
}

/// HS-S-02, CL-26: whoever speaks something else is told at its first line, and
/// before what is wrong behind it, however the bytes come.
#[test]
fn a_wrong_start_line_is_refused_at_its_end() {
    let error = RequestError::RequestLine;
    for (line, error) in [
        ("SSH-2.0-OpenSSH_9.6", error),
        ("GET /", error),
        ("\u{80}\u{80}\u{80}", error),
        ("\r\nEHLO example.com", error),
        ("GET / HTTP/9.9", RequestError::UnsupportedHttp),
        ("PRI * HTTP/2.0", RequestError::UnsupportedHttp),
        ("GET x HTTP/1.1", RequestError::Target),
        ("GET http:/// HTTP/1.1", RequestError::Target),
    ] {
        for behind in ["", "X: \0", "\n", "no colon\r\n"] {
            let read = format!("{line}\r\n{behind}").into_bytes();
            for size in 1..=read.len() {
                let mut conn = Connection::server(Config::new());
                let (mut read, mut out) = (read.clone(), Vec::new());
                let mut pieces = read.chunks_mut(size);
                let failed =
                    pieces.find_map(|piece| conn.receive(&mut Input::new(piece), &mut out).err());
                assert_eq!(
                    failed,
                    Some(Error::Request(error)),
                    "{line:?} {behind:?} {size}"
                );
                assert_eq!(error.refusal().encode(), Ok(out));
            }
        }
    }
}

/// HS-V-05: the same of an answer, also behind an interim one.
#[test]
fn a_wrong_status_line_fails_at_its_end() {
    for before in ["", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"] {
        for (line, error) in [
            ("SSH-2.0-OpenSSH_9.6", ResponseError::StatusLine),
            ("HTTP/1.1 20 OK", ResponseError::StatusLine),
            ("HTTP/3.0 200 OK", ResponseError::UnsupportedHttp),
        ] {
            for behind in ["", "X: \0"] {
                let read = format!("{before}{line}\r\n{behind}").into_bytes();
                for size in 1..=read.len() {
                    let mut conn = connecting_client(Config::new(), &mut Vec::new());
                    let (mut read, mut out) = (read.clone(), Vec::new());
                    let mut pieces = read.chunks_mut(size);
                    let failed = pieces
                        .find_map(|piece| conn.receive(&mut Input::new(piece), &mut out).err());
                    assert_eq!(failed, Some(Error::Response(error)), "{line:?} {size}");
                    assert!(out.is_empty() && conn.is_closed());
                }
            }
        }
    }
}

/// HS-V-02, HS-V-03, HS-V-04: 401, 302 and the rest are seen as they came, and
/// nobody is asked again.
#[test]
fn a_refusal_is_passed_on_with_its_fields_and_its_body() {
    for (status, field, value) in [
        (404, "Content-Type", "text/html"),
        (302, "Location", "https://example.com/login"),
        (401, "WWW-Authenticate", "Basic realm=\"a\""),
        (200, "X", "y"),
        (500, "Retry-After", "120"),
    ] {
        let mut client = connecting_client(Config::new(), &mut Vec::new());
        let head = format!("HTTP/1.1 {status} Reason\r\n{field}: {value}\r\n\r\n");
        let mut read = [head.as_bytes(), b"the body"].concat();
        let mut input = Input::new(&mut read);
        let mut out = Vec::new();
        let Ok(Some(Event::Refused(head))) = client.receive(&mut input, &mut out) else {
            panic!("an answer of HTTP");
        };
        assert_eq!((head.status(), head.reason()), (status, &b"Reason"[..]));
        assert_eq!(head.headers().first(field), Some(value.as_bytes()));
        assert!(client.is_closed(), "it never opens");
        let event = client.receive(&mut input, &mut out).expect("no error");
        assert!(
            matches!(&event, Some(Event::Body(piece)) if **piece == *b"the body"),
            "{event:?}"
        );
        let mut more = *b" and more";
        let event = client
            .receive(&mut Input::new(&mut more), &mut out)
            .expect("no error");
        assert!(
            matches!(&event, Some(Event::Body(piece)) if **piece == *b" and more"),
            "{event:?}"
        );
        assert_eq!(client.receive_eof(), Ok(()));
        assert_eq!(out, b"");
        assert_eq!(
            client.close_status().map(|status| status.value()),
            Some(1006)
        );
        assert!(!client.was_clean());
    }
}
