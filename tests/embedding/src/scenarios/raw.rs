//! A peer that writes bytes by hand.

use std::io::{self, ErrorKind};
use std::time::Duration;

use websocket_proto::handshake::accept_key;

use super::{Outcome, Trouble, check};
use crate::adapter::Transport;

const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

pub struct Peer<T> {
    io: T,
    pub is_server: bool,
    /// What was read beyond what was asked for.
    read: Vec<u8>,
}

impl<T: Transport> Peer<T> {
    pub fn new(mut io: T) -> io::Result<Self> {
        io.set_read_timeout(Some(Duration::from_secs(20)))?;
        Ok(Self {
            io,
            is_server: false,
            read: Vec::new(),
        })
    }

    /// One to read and one to write, for two threads.
    pub fn split(self) -> io::Result<(Self, Self)> {
        let (reader, writer) = self.io.split()?;
        let is_server = self.is_server;
        let part = |io, read| Self {
            io,
            is_server,
            read,
        };
        Ok((part(reader, self.read), part(writer, Vec::new())))
    }

    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.io.write_all(bytes)
    }

    /// Says that nothing follows.
    pub fn end(&mut self) -> io::Result<()> {
        self.io.shutdown_write()
    }

    /// A frame, masked with the key of zeros by a client.
    pub fn frame(&self, first: u8, payload: &[u8]) -> Vec<u8> {
        let length = u8::try_from(payload.len()).expect("a small payload");
        assert!(length < 126);
        let mut frame = vec![first, length];
        if !self.is_server {
            frame[1] |= 0x80;
            frame.extend([0; 4]);
        }
        frame.extend(payload);
        frame
    }

    /// Opens a connection; `behind` is written along with the request.
    pub fn open_as_client(&mut self, behind: &[u8]) -> Outcome {
        let mut request = format!(
            "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\
             Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: {KEY}\r\n\r\n"
        )
        .into_bytes();
        request.extend(behind);
        self.write(&request)?;
        let head = self.read_head()?;
        check!(head.starts_with("HTTP/1.1 101 "), "answered {head:?}");
        Ok(())
    }

    /// Accepts a connection; `behind` is written along with the response.
    pub fn open_as_server(&mut self, behind: &[u8]) -> Outcome {
        self.is_server = true;
        let head = self.read_head()?;
        let key = head.split("Sec-WebSocket-Key: ").nth(1);
        let key = key
            .and_then(|rest| rest.get(..24))
            .ok_or("no key".to_string())?;
        let accept = accept_key(key.as_bytes());
        let mut response = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
             Connection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n\r\n",
            String::from_utf8_lossy(&accept)
        )
        .into_bytes();
        response.extend(behind);
        Ok(self.write(&response)?)
    }

    pub fn read_head(&mut self) -> Result<String, Trouble> {
        loop {
            let end = self.read.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                let head = self.read.drain(..end + 4).collect();
                return String::from_utf8(head).map_err(|error| error.to_string().into());
            }
            self.fill()?;
        }
    }

    /// The next frame, with its first byte and its payload, unmasked.
    pub fn read_frame(&mut self) -> Result<(u8, Vec<u8>), Trouble> {
        self.want(2)?;
        let length = usize::from(self.read[1] & 0x7f);
        check!(length < 126, "a frame of more than 125 bytes");
        check!(
            (self.read[1] & 0x80 != 0) == self.is_server,
            "clients mask, and servers do not"
        );
        let header = if self.is_server { 6 } else { 2 };
        self.want(header + length)?;
        let frame: Vec<u8> = self.read.drain(..header + length).collect();
        let payload = frame[header..].iter().enumerate();
        let payload = payload.map(|(at, byte)| match self.is_server {
            true => byte ^ frame[2 + at % 4],
            false => *byte,
        });
        Ok((frame[0], payload.collect()))
    }

    /// Reads the Close with this payload, answers it with that one, and sees
    /// the connection through to its end.
    pub fn close_after(&mut self, read: &[u8], answer: &[u8]) -> Outcome {
        let frame = self.read_frame()?;
        check!(frame == (0x88, read.to_vec()), "received {frame:?}");
        let frame = self.frame(0x88, answer);
        self.write(&frame)?;
        if self.is_server {
            self.end()?;
        }
        let rest = self.read_to_end()?;
        check!(rest.is_empty(), "{} bytes after the Close", rest.len());
        Ok(())
    }

    pub fn read_to_end(&mut self) -> Result<Vec<u8>, Trouble> {
        let mut buffer = [0; 4096];
        loop {
            match self.io.read(&mut buffer) {
                Ok(0) => return Ok(std::mem::take(&mut self.read)),
                Ok(length) => self.read.extend(&buffer[..length]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn want(&mut self, length: usize) -> Outcome {
        while self.read.len() < length {
            self.fill()?;
        }
        Ok(())
    }

    fn fill(&mut self) -> Outcome {
        let mut buffer = [0; 4096];
        let length = loop {
            match self.io.read(&mut buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        check!(length > 0, "the transport ended within {:?}", self.read);
        self.read.extend(&buffer[..length]);
        Ok(())
    }
}
