//! soketto with a `BufReader` and a `BufWriter`, as its examples have it. It
//! leaves text unvalidated: the check is added.
//!
//! Its deflate is left out. It takes the codec in C for itself and everybody
//! else, and refuses what is flushed as RFC 7692 has it.

use futures::io::{BufReader, BufWriter};
use soketto::connection::Builder;
use soketto::handshake::{Server, server::Response};
use soketto::{Data, Mode, Receiver, Sender};

use crate::check::Check;
use crate::contestant::{
    Buffers, Contestant, ECHO_BATCH, Messages, Outcome, Role, Session, as_str, block_on, failure,
};
use crate::pipe::Pipe;

pub struct Library;

type Buffered = BufReader<BufWriter<Pipe>>;

struct Open {
    sender: Sender<Buffered>,
    receiver: Receiver<Buffered>,
    message: Vec<u8>,
}

impl Contestant for Library {
    fn name(&self) -> &'static str {
        "soketto"
    }

    fn open(&self, role: Role, pipe: Pipe, buffers: Buffers) -> Option<Box<dyn Session>> {
        let mode = match role {
            Role::Server => Mode::Server,
            Role::Client => Mode::Client,
        };
        let capacity = match buffers {
            Buffers::Default => 8 << 10,
            Buffers::Large => 64 << 10,
        };
        let writer = BufWriter::with_capacity(capacity, pipe);
        let buffered = BufReader::with_capacity(capacity, writer);
        let (sender, receiver) = Builder::new(buffered, mode).finish();
        Some(Box::new(Open {
            sender,
            receiver,
            message: Vec::new(),
        }))
    }

    fn handshake(&self, pipe: Pipe) -> Option<Outcome> {
        Some(block_on(async {
            let mut server = Server::new(pipe);
            let key = server.receive_request().await.map_err(failure)?.key();
            let response = Response::Accept {
                key,
                protocol: None,
            };
            server.send_response(&response).await.map_err(failure)?;
            drop(server.into_builder().finish());
            Ok(())
        }))
    }
}

impl Session for Open {
    fn receive(&mut self, count: usize, check: &mut Check) -> Outcome {
        block_on(async {
            for _ in 0..count {
                self.message.clear();
                let data = self.receiver.receive_data(&mut self.message);
                if let Data::Text(_) = data.await.map_err(failure)? {
                    std::str::from_utf8(&self.message).map_err(failure)?;
                }
                check.message(&self.message);
            }
            Ok(())
        })
    }

    fn send(&mut self, messages: &Messages) -> Outcome {
        block_on(async {
            for (number, message) in (1..).zip(messages.iter()) {
                match messages.text {
                    true => self.sender.send_text(as_str(message)).await,
                    false => self.sender.send_binary(message).await,
                }
                .map_err(failure)?;
                if number % messages.batch == 0 {
                    self.sender.flush().await.map_err(failure)?;
                }
            }
            self.sender.flush().await.map_err(failure)
        })
    }

    fn echo(&mut self, count: usize, check: &mut Check) -> Outcome {
        block_on(async {
            for number in 1..=count {
                self.message.clear();
                let data = self.receiver.receive_data(&mut self.message);
                data.await.map_err(failure)?;
                let text = std::str::from_utf8(&self.message).map_err(failure)?;
                check.message(text.as_bytes());
                self.sender.send_text(text).await.map_err(failure)?;
                if number % ECHO_BATCH == 0 {
                    self.sender.flush().await.map_err(failure)?;
                }
            }
            self.sender.flush().await.map_err(failure)
        })
    }
}
