//! The server of the tests for clients of others: `http_server http2 CERT KEY`.
//!
//! Says where it listens, and then what happens to it, a line each.

use std::path::Path;
use std::sync::Arc;
use std::{env, io::Write};

use http_stacks::app::Log;
use http_stacks::tls::{self, Identity};
use http_stacks::{Failure, http2, http3};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let words = env::args().skip(1).collect::<Vec<_>>();
    let [version, certificate, key] = &words[..] else {
        return Err("Usage: http_server http2|http3 CERT KEY".into());
    };
    let identity = Identity::read(Path::new(certificate), Path::new(key))?;
    let (log, mut lines) = mpsc::unbounded_channel::<String>();
    tokio::spawn(async move {
        while let Some(line) = lines.recv().await {
            say(&line);
        }
    });
    match version.as_str() {
        "http2" => over_http2(&identity, log).await,
        "http3" => over_http3(&identity, log).await,
        _ => Err(format!("there is no {version}").into()),
    }
}

async fn over_http2(identity: &Identity, log: Log) -> Result<(), Failure> {
    let acceptor = TlsAcceptor::from(Arc::new(tls::server(identity, &["h2"])?));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    say(&format!(
        "listening on https://localhost:{}",
        listener.local_addr()?.port()
    ));
    loop {
        let (stream, _) = listener.accept().await?;
        let (acceptor, log) = (acceptor.clone(), log.clone());
        tokio::spawn(async move {
            let served = async {
                stream.set_nodelay(true)?;
                let stream = acceptor.accept(stream).await?;
                http2::serve(stream, true, log.clone()).await
            };
            if let Err(error) = served.await {
                let _ = log.send(format!("error {}", tls::describe(&*error)));
            }
        });
    }
}

async fn over_http3(identity: &Identity, log: Log) -> Result<(), Failure> {
    let endpoint = http3::Endpoint::bind("127.0.0.1:0", tls::server(identity, &["h3"])?)?;
    say(&format!(
        "listening on https://localhost:{}",
        endpoint.port()?
    ));
    while let Some(incoming) = endpoint.accept().await {
        let log = log.clone();
        tokio::spawn(async move {
            if let Err(error) = http3::serve(incoming, true, log.clone()).await {
                let _ = log.send(format!("error {}", tls::describe(&*error)));
            }
        });
    }
    Ok(())
}

/// Prints a line at once. Whoever reads no more ends the program.
fn say(line: &str) {
    if writeln!(std::io::stdout(), "{line}").is_err() {
        std::process::exit(0);
    }
}
