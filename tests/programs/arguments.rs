//! Command lines, right and wrong.

use std::net::TcpListener;

use crate::program::Program;

#[test]
fn every_program_explains_itself() {
    for name in ["echo", "chat", "client", "autobahn_client"] {
        let mut program = Program::start(name, &["--help"]);
        let help = program.stdout.rest();
        assert!(help.contains(&format!("\nUsage: {name} ")), "{help}");
        assert_eq!(program.exit_code(), Some(0));
        assert_eq!(program.stderr.rest(), "");
    }
}

#[test]
fn wrong_command_lines_are_refused_with_status_2() {
    let cases: [(&str, &[&str], &str); 16] = [
        ("echo", &["--unknown"], "unexpected argument \"--unknown\""),
        (
            "echo",
            &["127.0.0.1:0", "more"],
            "unexpected argument \"more\"",
        ),
        ("echo", &["--subprotocol"], "--subprotocol needs a value"),
        (
            "echo",
            &["--max-message", "many"],
            "--max-message cannot be \"many\"",
        ),
        (
            "echo",
            &["--max-message=-1"],
            "--max-message cannot be \"-1\"",
        ),
        ("echo", &["nowhere"], "the address cannot be \"nowhere\""),
        ("chat", &["--room"], "unexpected argument \"--room\""),
        (
            "chat",
            &["127.0.0.1:port"],
            "the address cannot be \"127.0.0.1:port\"",
        ),
        ("client", &[], "URL is missing"),
        (
            "client",
            &["http://127.0.0.1/"],
            "cannot be opened: the scheme",
        ),
        ("client", &["wss://127.0.0.1/"], "no TLS"),
        (
            "client",
            &["ws://127.0.0.1/", "--header", "K"],
            "\"K\" is not of the form 'K: V'",
        ),
        (
            "client",
            &["ws://127.0.0.1/", "--header", "A B: C"],
            "header",
        ),
        (
            "client",
            &["ws://127.0.0.1/", "--subprotocol", "a b"],
            "subprotocol",
        ),
        (
            "autobahn_client",
            &["ws://127.0.0.1:9"],
            "URL and AGENT are needed",
        ),
        ("autobahn_client", &["127.0.0.1:9", "agent"], "scheme"),
    ];
    for (name, arguments, problem) in cases {
        let mut program = Program::start(name, arguments);
        let message = program.stderr.rest();
        assert!(message.starts_with("error: "), "{message}");
        assert!(message.contains(problem), "{message}");
        assert!(message.contains("\nUsage: "), "{message}");
        assert_eq!(program.exit_code(), Some(2), "{name} {arguments:?}");
        assert_eq!(program.stdout.rest(), "");
    }
}

#[test]
fn an_address_in_use_is_reported() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for name in ["echo", "chat"] {
        let mut program = Program::start(name, &[&address]);
        let message = program.stderr.rest();
        let expected = format!("error: cannot listen on {address}: ");
        assert!(message.starts_with(&expected), "{message}");
        assert_eq!(program.exit_code(), Some(1));
    }
}
