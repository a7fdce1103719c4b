//! Accepting connections, each in a thread of its own.

use std::io::{self, ErrorKind, Write};
use std::net::{TcpListener, TcpStream};
use std::process;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::arguments::Arguments;

/// Listens on `address`, says so, and runs `serve` for each connection, for
/// ever. What happens to one connection never ends the program.
pub(crate) fn listen<F>(arguments: &Arguments, address: &str, scheme: &str, serve: F) -> !
where
    F: Fn(TcpStream) + Send + Sync + 'static,
{
    let listener = TcpListener::bind(address).unwrap_or_else(|error| match error.kind() {
        ErrorKind::InvalidInput => {
            arguments.refuse(format_args!("the address cannot be {address:?}: {error}"))
        }
        _ => exit(address, &error),
    });
    match listener.local_addr() {
        Ok(address) => println!("listening on {scheme}://{address}"),
        Err(error) => exit(address, &error),
    }
    let _ = io::stdout().flush();

    let serve = Arc::new(serve);
    loop {
        let accepted = listener.accept().and_then(|(stream, _)| {
            let serve = Arc::clone(&serve);
            thread::Builder::new().spawn(move || serve(stream))
        });
        if let Err(error) = accepted {
            // Out of file descriptors or threads, or the peer has gone
            // already: it may get better.
            eprintln!("a connection was lost: {error}");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

fn exit(address: &str, error: &io::Error) -> ! {
    eprintln!("error: cannot listen on {address}: {error}");
    process::exit(1)
}
