//! The client for the terminal, by the lines that it prints.

use std::io::Write;
use std::net::TcpListener;

use crate::peer::{ACCEPTED, read_frame, server};
use crate::program::Program;

/// How a client ended: its exit code, the messages and the notices.
type Ended = (Option<i32>, String, String);

fn end(mut client: Program) -> Ended {
    let code = client.exit_code();
    (code, client.stdout.rest(), client.stderr.rest())
}

/// The client against a server that opens, sends `bytes` and waits for the
/// answer.
fn after(bytes: &'static [u8]) -> Ended {
    let address = server(ACCEPTED, move |stream, _| {
        stream.write_all(bytes).unwrap();
        read_frame(stream);
    });
    end(Program::start("client", &[&format!("ws://{address}/")]))
}

/// The client against a server that answers its request with `answer`.
fn answered(answer: &str) -> Ended {
    let address = server(answer, |_, _| {});
    end(Program::start("client", &[&format!("ws://{address}/")]))
}

#[test]
fn lines_go_out_and_messages_come_in() {
    let (_echo, address) = Program::serve("echo", &["--subprotocol", "chat.v1"]);
    let mut client = Program::start(
        "client",
        &[&format!("ws://{address}"), "--subprotocol", "chat.v1"],
    );
    assert_eq!(client.stderr.next(), "open chat.v1");
    client.type_in("first\r\n\nthird ä\n");
    assert_eq!(client.stdout.next(), "first");
    assert_eq!(client.stdout.next(), "");
    assert_eq!(client.stdout.next(), "third ä");
    client.type_in("the end, without a newline");
    client.end_input();
    let messages = "the end, without a newline\n".to_owned();
    assert_eq!(end(client), (Some(0), messages, "closed 1000\n".to_owned()));
}

#[test]
fn the_end_of_the_input_closes_with_1000() {
    let address = server(ACCEPTED, |stream, _| {
        assert_eq!(read_frame(stream), (0x88, 1000_u16.to_be_bytes().to_vec()));
        // Answered with another code, and after a message that was under way.
        stream.write_all(b"\x81\x04late\x88\x02\x0f\xa0").unwrap();
    });
    let mut client = Program::start("client", &[&format!("ws://{address}/")]);
    assert_eq!(client.stderr.next(), "open");
    client.end_input();
    assert_eq!(
        end(client),
        (Some(0), "late\n".into(), "closed 4000\n".into())
    );
}

#[test]
fn the_headers_are_sent() {
    let address = server(ACCEPTED, |stream, request| {
        let headers: Vec<_> = request
            .lines()
            .filter(|line| line.starts_with("X-"))
            .collect();
        let text = headers.join("|");
        stream.write_all(&[0x81, text.len() as u8]).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        stream.write_all(b"\x88\x00").unwrap();
        read_frame(stream);
    });
    let url = format!("ws://{address}/");
    let headers = ["--header", "X-One:  a: b ", "--header=X-Two:"];
    let client = Program::start("client", &[&[url.as_str()], headers.as_slice()].concat());
    let (code, stdout, _) = end(client);
    assert_eq!((code, stdout.as_str()), (Some(0), "X-One: a: b|X-Two: \n"));
}

#[test]
fn pings_pongs_and_closes_are_noticed() {
    let (code, stdout, stderr) = after(b"\x89\x00\x89\x04a\n\xff\\\x8a\x02hi\x88\x05\x0f\xa1bye");
    assert_eq!(stdout, "");
    assert_eq!(
        stderr,
        "open\nping\nping a\\n\u{fffd}\\\\\npong hi\nclosed 4001 bye\n"
    );
    // The server read the first pong alone and then broke off.
    assert!(matches!(code, Some(0 | 1)));
}

#[test]
fn the_peers_close_is_answered_with_status_0() {
    let stderr = "open\nclosed 4001 so long\n".to_owned();
    let ended = after(b"\x88\x09\x0f\xa1so long");
    assert_eq!(ended, (Some(0), String::new(), stderr));
    let stderr = "open\nclosed 1005\n".to_owned();
    assert_eq!(after(b"\x88\x00"), (Some(0), String::new(), stderr));
}

#[test]
fn messages_are_printed_as_they_are() {
    let (code, stdout, _) = after(b"\x81\x05a\x1b[1m\x82\x02\x41\x00\x88\x02\x03\xe8");
    assert_eq!((code, stdout.as_str()), (Some(0), "a\x1b[1m\nA\0\n"));
}

#[test]
fn refusals_are_told_by_their_status() {
    for (answer, notice) in [
        (
            "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nsorry",
            "refused 404 Not Found\n",
        ),
        (
            "HTTP/1.1 401 \x01\r\nContent-Length: 0\r\n\r\n",
            "failed 1006 ",
        ),
        ("HTTP/1.1 200 \r\n\r\n", "refused 200\n"),
        (
            "HTTP/1.1 302 Found\r\nLocation: ws://other/\r\n\r\n",
            "refused 302 Found ws://other/\n",
        ),
        (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
            "refused 101 ",
        ),
        ("220 mail.example ESMTP\r\n\r\n", "failed 1006 "),
        ("", "failed 1006 "),
    ] {
        let (code, stdout, stderr) = answered(answer);
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{answer}");
        assert!(stderr.starts_with(notice), "{answer}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{answer}: {stderr}");
    }
}

#[test]
fn failures_are_told_by_their_code() {
    for (bytes, code) in [
        (b"\x83\x00".as_slice(), 1002),
        (b"\x81\x81\x00\x00\x00\x00a", 1002),
        (b"\x88\x01\x03", 1002),
        (b"\x81\x02\xc3\x28", 1007),
        (b"\x82\x7f\x00\x00\x01\x00\x00\x00\x00\x00", 1009),
    ] {
        let (status, stdout, stderr) = after(bytes);
        assert_eq!((status, stdout.as_str()), (Some(1), ""));
        let notice = format!("open\nfailed {code} ");
        assert!(stderr.starts_with(&notice), "{stderr}");
        assert_eq!(stderr.lines().count(), 2, "{stderr}");
    }
}

#[test]
fn an_end_without_a_close_is_1006() {
    let (code, stdout, stderr) = answered(ACCEPTED);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(stderr.starts_with("open\nfailed 1006 "), "{stderr}");

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let (code, _, stderr) = end(Program::start("client", &[&format!("ws://{address}/")]));
    assert_eq!(code, Some(1));
    assert!(stderr.starts_with("failed 1006 "), "{stderr}");
}

#[test]
fn a_server_that_never_closes_is_given_up() {
    let address = server(ACCEPTED, |stream, _| {
        read_frame(stream);
        // Keeps the connection for as long as the client does.
        let _ = std::io::copy(stream, &mut std::io::sink());
    });
    let mut client = Program::start("client", &[&format!("ws://{address}/")]);
    assert_eq!(client.stderr.next(), "open");
    client.end_input();
    let (code, _, stderr) = end(client);
    assert_eq!(code, Some(1));
    assert!(stderr.starts_with("failed 1006 "), "{stderr}");
}
