//! Our client at a server of others: `http_against http2 NAME URL CA [CASE]...`.
//!
//! Runs the cases named, or all, and prints how each went.

use std::net::SocketAddr;
use std::sync::Arc;
use std::{env, fs, process};

use http_stacks::cases::{self, Opener};
use http_stacks::session::Session;
use http_stacks::{Failure, http2, http3, tls};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use websocket_proto::handshake::ClientRequest;
use websocket_proto::{Config, Uri};

/// A client and where it is connected to.
struct Client<C>(C, String);

impl<C> Client<C> {
    fn at(&self, path: &str) -> Result<Uri, Failure> {
        Ok(Uri::parse(&format!("{}{path}", self.1))?)
    }
}

impl Opener for Client<http2::Client> {
    type Transport = http2::Stream;

    fn uri(&self, path: &str) -> Result<Uri, Failure> {
        self.at(path)
    }

    async fn open(
        &self,
        request: &ClientRequest,
        config: Config,
    ) -> Result<Session<http2::Stream>, Failure> {
        self.0.open(request, config).await
    }
}

impl Opener for Client<http3::Client> {
    type Transport = http3::Stream;

    fn uri(&self, path: &str) -> Result<Uri, Failure> {
        self.at(path)
    }

    async fn open(
        &self,
        request: &ClientRequest,
        config: Config,
    ) -> Result<Session<http3::Stream>, Failure> {
        self.0.open(request, config).await
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let words = env::args().skip(1).collect::<Vec<_>>();
    let [version, name, url, roots, chosen @ ..] = &words[..] else {
        return Err("Usage: http_against http2|http3 NAME URL CA [CASE]...".into());
    };
    let title = format!("{version}, {name}");
    let uri = Uri::parse(url)?;
    let address = SocketAddr::from(([127, 0, 0, 1], uri.port()));
    let roots = fs::read_to_string(roots)?;
    let mut failed = 0;
    for name in cases::ALL {
        if !chosen.is_empty() && !chosen.iter().any(|word| word == name) {
            continue;
        }
        // Each case on an HTTP connection of its own, lest one harm the next.
        let outcome = match version.as_str() {
            "http2" => {
                let connected = timeout(cases::PATIENCE, connect_http2(address, &uri, &roots));
                cases::run(name, &Client(connected.await??, url.clone())).await
            }
            "http3" => {
                let tls = tls::client(&roots, &["h3"])?;
                let connecting = http3::Client::connect(address, uri.server_name(), tls);
                let connected = timeout(cases::PATIENCE, connecting).await??;
                cases::run(name, &Client(connected, url.clone())).await
            }
            _ => return Err(format!("there is no {version}").into()),
        };
        match outcome {
            Ok(()) => println!("ok    {title}: {name}"),
            Err(error) => {
                failed += 1;
                println!("FAIL  {title}: {name}: {}", tls::describe(&*error));
            }
        }
    }
    process::exit(i32::from(failed > 0));
}

async fn connect_http2(
    address: SocketAddr,
    uri: &Uri,
    roots: &str,
) -> Result<http2::Client, Failure> {
    let connector = TlsConnector::from(Arc::new(tls::client(roots, &["h2"])?));
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let name = ServerName::try_from(uri.server_name().to_owned())?;
    http2::Client::new(connector.connect(name, stream).await?).await
}
