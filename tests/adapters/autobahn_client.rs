//! The client under test of the Autobahn TestSuite: echoes in every case of a
//! `wstest -m fuzzingserver`.

#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)]

mod arguments;
mod blocking;
mod connect;
mod socket;

use std::process;
use std::time::Duration;

use arguments::Arguments;
use blocking::Failure;
use websocket_proto::deflate::DeflateConfig;
use websocket_proto::handshake::ClientRequest;
use websocket_proto::{Config, Connection, Event, Seed, Uri};

const USAGE: &str = "\
Runs the cases of an Autobahn fuzzing server, echoing every message.

Usage: autobahn_client URL AGENT

  URL      of the fuzzing server, such as ws://127.0.0.1:9001
  AGENT    the name of this client in the report
  --help   this text
";

fn main() {
    let mut arguments = Arguments::new(USAGE);
    let (Some(url), Some(agent)) = (arguments.next(), arguments.next()) else {
        arguments.refuse("URL and AGENT are needed");
    };
    if let Some(word) = arguments.next() {
        arguments.unexpected(&word);
    }
    if let Err(error) = Uri::parse(&format!("{url}/updateReports?agent={agent}")) {
        arguments.refuse(error);
    }
    if let Err(error) = run_cases(&url, &agent) {
        eprintln!("error: {error}");
        process::exit(1);
    }
}

fn run_cases(url: &str, agent: &str) -> Result<(), Failure> {
    let mut count = String::new();
    exchange(&format!("{url}/getCaseCount"), |_, event, _| {
        if let Event::Text(text) = event {
            count = text.into_owned();
        }
        Ok(())
    })?;
    let count: u32 = count.trim().parse()?;
    for case in 1..=count {
        let case_url = format!("{url}/runCase?case={case}&agent={agent}");
        let outcome = exchange(&case_url, |conn, event, out| match event {
            Event::Text(text) => conn.send_text(&text, out),
            Event::Binary(bytes) => conn.send_binary(&bytes, out),
            _ => Ok(()),
        });
        // Many cases are meant to fail; the suite is the judge.
        if let Err(error) = outcome {
            println!("case {case} of {count}: {error}");
        }
    }
    exchange(&format!("{url}/updateReports?agent={agent}"), |_, _, _| {
        Ok(())
    })
}

/// One connection from request to close.
fn exchange<H>(url: &str, handle: H) -> Result<(), Failure>
where
    H: FnMut(&mut Connection, Event<'_>, &mut Vec<u8>) -> Result<(), websocket_proto::SendError>,
{
    let config = Config::new()
        .deflate(DeflateConfig::new())
        .max_frame(64 << 20)
        .handshake_timeout(Duration::from_secs(10))
        .close_timeout(Duration::from_secs(5));
    let uri = Uri::parse(url)?;
    let stream = connect::connect(&uri)?;
    socket::configure(&stream, Duration::from_secs(60))?;
    let mut out = Vec::new();
    let request = ClientRequest::new(&uri);
    let mut conn = Connection::client(config, &request, Seed::from_os()?, &mut out)?;
    blocking::run(&stream, &mut conn, &mut out, handle)
}
