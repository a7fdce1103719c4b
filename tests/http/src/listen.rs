//! Accepting TLS connections, each in a task of its own.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::Failure;
use crate::tls::{self, Identity};

/// How long the handshake of TLS may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Listens on `address`, says so, and runs `serve` for each connection, for
/// ever. What happens to one connection never ends the program.
pub async fn listen<F, S>(
    address: &str,
    scheme: &str,
    identity: &Identity,
    serve: S,
) -> Result<(), Failure>
where
    F: Future<Output = Result<(), Failure>> + Send + 'static,
    S: Fn(TlsStream<TcpStream>) -> F + Send + Sync + 'static,
{
    let acceptor = TlsAcceptor::from(Arc::new(tls::server(identity, &["http/1.1"])?));
    let listener = TcpListener::bind(address).await?;
    println!(
        "listening on {scheme}://localhost:{}",
        listener.local_addr()?.port()
    );
    let serve = Arc::new(serve);
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                eprintln!("a connection was lost: {error}");
                sleep(Duration::from_millis(20)).await;
                continue;
            }
        };
        let (acceptor, serve) = (acceptor.clone(), Arc::clone(&serve));
        tokio::spawn(async move {
            let served = async {
                stream.set_nodelay(true)?;
                let stream = timeout(PATIENCE, acceptor.accept(stream)).await??;
                serve(stream).await
            };
            if let Err(error) = served.await {
                eprintln!("{peer}: {}", tls::describe(&*error));
            }
        });
    }
}
