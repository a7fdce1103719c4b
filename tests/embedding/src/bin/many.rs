//! Ten thousand connections on one thread: what each costs.
//!
//! This process serves them with the adapter for mio, and starts itself again
//! as the client of all.

use std::env;
use std::error::Error;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use embedding::adapters::mio::{Handler, Loop};
use embedding::adapters::{answer_opening, fresh_seed};
use embedding::{Failure, heap};
use rustix::net::{self, AddressFamily, SocketType};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use websocket_proto::handshake::{Acceptance, ClientRequest, Response};
use websocket_proto::{CloseCode, Config, Connection, Event, Uri};

const USAGE: &str = "\
Holds many connections and prints what each costs the server.

Usage: many [COUNT]

  COUNT    how many, 10000 unless given; the system has to allow as many open
           files, to this process and to the client
  --help   this text
";

/// A loopback address has some 28,000 ports to spare, of which the kernel is
/// quick to find the first half.
const PER_ADDRESS: usize = 5_000;
/// How many connections are under way to be opened.
const MOST_OPENING: usize = 200;
/// After so long it has failed.
const PATIENCE: Duration = Duration::from_secs(120);

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome = match words[..] {
        ["--help"] => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        ["client", address, count] => count
            .parse()
            .map_err(Box::from)
            .and_then(|count| connect_all(address, count)),
        [] => serve_all(10_000),
        [count] => match count.parse() {
            Ok(count @ 1..) => serve_all(count),
            _ => Err(format!("COUNT cannot be {count:?}").into()),
        },
        _ => Err("too many arguments".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Sends everything back.
#[derive(Default)]
struct Server {
    echoed: usize,
    clean: usize,
    ended: usize,
}

impl Handler for Server {
    fn event(
        &mut self,
        _: usize,
        event: Event<'_>,
        connection: &mut Connection,
        out: &mut Vec<u8>,
    ) -> Result<(), Failure> {
        answer_opening(connection, &event, out, |_| Ok(Acceptance::new()))?;
        if let Event::Text(text) = event {
            connection.send_text(&text, out)?;
            self.echoed += 1;
        }
        Ok(())
    }

    fn ended(&mut self, _: usize, connection: &Connection, _: Option<Failure>) {
        self.ended += 1;
        self.clean += usize::from(connection.was_clean());
    }
}

fn serve_all(count: usize) -> Outcome {
    allow_files(count)?;
    let started = Instant::now();
    let mut all = Loop::new(Server::default())?;
    let listener = mio::net::TcpListener::bind("127.0.0.1:0".parse()?)?;
    let address = listener.local_addr()?.to_string();
    all.listen(listener, Config::new())?;
    let before = (resident()?, heap::live());
    let mut child = Command::new(env::current_exe()?)
        .args(["client", &address, &count.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let outcome = hold(&mut all, &mut child, count, before, started);
    if outcome.is_err() {
        let _ = child.kill();
    }
    let status = child.wait()?;
    outcome?;
    match status.success() {
        true => Ok(()),
        false => Err("the client failed".into()),
    }
}

/// Serves until all have come, measures, and serves until all have gone.
fn hold(
    all: &mut Loop<Server>,
    child: &mut Child,
    count: usize,
    before: (usize, usize),
    started: Instant,
) -> Outcome {
    let said = lines(child.stdout.take().ok_or("no output of the client")?);
    turn_until(all, started, |_| said.try_recv().is_ok())?;
    if all.handler.echoed != count || all.handler.ended != 0 {
        return Err(format!("{} of {count} are there", all.handler.echoed).into());
    }
    let seconds = started.elapsed().as_secs_f32();
    let resident = resident()?.saturating_sub(before.0);
    let heap = heap::live().saturating_sub(before.1);
    println!("{count} connections, each has echoed a message: {seconds:.1} s");
    println!(
        "resident memory of the server per connection: {} bytes",
        resident / count
    );
    println!("heap of the server per connection: {} bytes", heap / count);
    let mut stdin = child.stdin.take().ok_or("no input of the client")?;
    writeln!(stdin, "close")?;
    turn_until(all, started, |server| server.ended == count)?;
    let seconds = started.elapsed().as_secs_f32();
    println!(
        "closed, {} of them cleanly: {seconds:.1} s",
        all.handler.clean
    );
    match all.handler.clean == count {
        true => Ok(()),
        false => Err("not all were closed cleanly".into()),
    }
}

/// The client of all.
struct Clients {
    echoed: usize,
    clean: usize,
    ended: usize,
}

impl Handler for Clients {
    fn event(
        &mut self,
        id: usize,
        event: Event<'_>,
        connection: &mut Connection,
        out: &mut Vec<u8>,
    ) -> Result<(), Failure> {
        let message = format!("number {id}");
        answer_opening(connection, &event, out, |_| Err(Response::new(500)))?;
        match event {
            Event::Open(_) => connection.send_text(&message, out)?,
            Event::Text(text) if text == message => self.echoed += 1,
            _ => {}
        }
        Ok(())
    }

    fn ended(&mut self, id: usize, connection: &Connection, failure: Option<Failure>) {
        self.ended += 1;
        self.clean += usize::from(connection.was_clean());
        if let Some(failure) = failure {
            eprintln!("number {id}: {failure}");
        }
    }
}

fn connect_all(address: &str, count: usize) -> Outcome {
    allow_files(count)?;
    let started = Instant::now();
    let server = address.parse()?;
    let request = ClientRequest::new(&Uri::parse(&format!("ws://{address}/"))?);
    let mut all = Loop::new(Clients {
        echoed: 0,
        clean: 0,
        ended: 0,
    })?;
    let mut ids = Vec::new();
    while all.handler.echoed < count && all.handler.ended == 0 {
        while ids.len() < count && ids.len() - all.handler.echoed < MOST_OPENING {
            let stream = connect_from(ids.len() / PER_ADDRESS, server)?;
            stream.set_nonblocking(true)?;
            let mut out = Vec::new();
            let connection = Connection::client(Config::new(), &request, fresh_seed()?, &mut out)?;
            let id = all.add(mio::net::TcpStream::from_std(stream), connection, out);
            all.with(id, |_, _| ());
            ids.push(id);
        }
        let known = (all.handler.echoed, all.handler.ended);
        turn_until(&mut all, started, |clients| {
            known != (clients.echoed, clients.ended)
        })?;
    }
    let said = lines(io::stdin());
    println!("ready");
    turn_until(&mut all, started, |_| said.try_recv().is_ok())?;
    for id in ids {
        all.with(id, |connection, out| {
            connection.send_close(CloseCode::NORMAL, "", out)
        });
    }
    turn_until(&mut all, started, |clients| clients.ended == count)?;
    match all.handler.clean == count {
        true => Ok(()),
        false => Err(format!("{} of {count} closed cleanly", all.handler.clean).into()),
    }
}

/// Connects from one of the loopback addresses.
fn connect_from(number: usize, server: SocketAddr) -> Outcome<TcpStream> {
    let source = Ipv4Addr::new(127, 0, 0, u8::try_from(number + 2)?);
    let socket = net::socket(AddressFamily::INET, SocketType::STREAM, None)?;
    net::bind(&socket, &SocketAddrV4::new(source, 0))?;
    net::connect(&socket, &server)?;
    Ok(socket.into())
}

/// Turns the loop until something is so, for a limited time.
fn turn_until<H: Handler>(
    all: &mut Loop<H>,
    started: Instant,
    mut reached: impl FnMut(&H) -> bool,
) -> Outcome {
    while !reached(&all.handler) {
        if started.elapsed() > PATIENCE {
            return Err("it takes too long".into());
        }
        all.turn()?;
    }
    Ok(())
}

/// What another process says, line by line.
fn lines(stream: impl io::Read + Send + 'static) -> Receiver<String> {
    let (said, heard) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if said.send(line).is_err() {
                return;
            }
        }
    });
    heard
}

/// Raises the limit on open files to what `count` connections need.
fn allow_files(count: usize) -> Outcome {
    let needed = count as u64 + 100;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| current >= needed) {
        return Ok(());
    }
    if maximum.is_some_and(|maximum| maximum < needed) {
        return Err(format!("the system allows no {needed} open files").into());
    }
    let current = Some(needed);
    setrlimit(Resource::Nofile, Rlimit { current, maximum })?;
    Ok(())
}

/// The bytes of this process that are in memory.
fn resident() -> Outcome<usize> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes: usize = line
        .and_then(|line| line.trim().strip_suffix(" kB"))
        .ok_or("no VmRSS")?
        .parse()?;
    Ok(kibibytes << 10)
}
