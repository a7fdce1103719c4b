//! A connection after its handshake, written to be read: it takes one byte at
//! a time, keeps everything it was sent and checks a text from its first byte
//! whenever a byte is added. What the crate does is held against it.

use websocket_proto::frame::{CloseError, FrameError};
use websocket_proto::{CloseCode, CloseStatus, Error, Limit, MessageKind, Role, SendError, State};

/// What a connection is told once and for all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) role: Role,
    pub(crate) max_frame: u64,
    pub(crate) max_message: u64,
    pub(crate) max_fragments: u32,
    pub(crate) output_mark: usize,
    pub(crate) auto_pong: bool,
    pub(crate) auto_close: bool,
    pub(crate) pong_after_close: bool,
    pub(crate) deliver_while_closing: bool,
}

/// What came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    Message(MessageKind, Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<(u16, Vec<u8>)>),
}

/// What went out: the first byte of its header and its payload, unmasked.
pub(crate) type Frame = (u8, Vec<u8>);

#[derive(Debug)]
pub(crate) struct Reference {
    settings: Settings,
    header: Vec<u8>,
    frame: Option<Incoming>,
    message: Option<Message>,
    peer_close: Option<CloseStatus>,
    error: Option<Error>,
    eof: bool,
    sent_close: bool,
    lost: bool,
    sending: Option<(MessageKind, Vec<u8>)>,
    pong: Option<Vec<u8>>,
    /// Bytes of the last frame that found no room.
    tail: usize,
    /// Bytes in the output now.
    used: usize,
    pub(crate) frames: Vec<Frame>,
}

#[derive(Debug)]
struct Incoming {
    first: u8,
    key: [u8; 4],
    length: u64,
    payload: Vec<u8>,
}

#[derive(Debug)]
struct Message {
    kind: MessageKind,
    bytes: Vec<u8>,
    fragments: u32,
    announced: u64,
}

impl Reference {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            settings,
            header: Vec::new(),
            frame: None,
            message: None,
            peer_close: None,
            error: None,
            eof: false,
            sent_close: false,
            lost: false,
            sending: None,
            pong: None,
            tail: 0,
            used: 0,
            frames: Vec::new(),
        }
    }

    pub(crate) fn receive(
        &mut self,
        bytes: &[u8],
        capacity: usize,
    ) -> (Vec<Seen>, Result<(), Error>) {
        self.transmit(capacity);
        let mut seen = Vec::new();
        for &byte in bytes {
            if self.error.is_some() || self.peer_close.is_some() || self.eof {
                break;
            }
            match self.byte(byte) {
                Ok(None) => {}
                Ok(Some(event)) => {
                    match &event {
                        Seen::Ping(payload) if self.settings.auto_pong => {
                            self.reply_pong(payload.clone(), capacity);
                        }
                        Seen::Close(frame) if self.settings.auto_close => {
                            let code = frame.as_ref().map(|(code, _)| code.to_be_bytes().to_vec());
                            self.last_words(code.unwrap_or_default(), capacity);
                        }
                        Seen::Close(_) => self.pong = None,
                        _ => {}
                    }
                    if !(matches!(event, Seen::Message(..)) && self.discards()) {
                        seen.push(event);
                    }
                }
                Err(error) => {
                    self.error = Some(error);
                    if let Some(code) = error.close_code() {
                        let mut payload = code.value().to_be_bytes().to_vec();
                        payload.extend(error.to_string().bytes());
                        self.last_words(payload, capacity);
                    }
                }
            }
        }
        (seen, self.error.map_or(Ok(()), Err))
    }

    /// Whether messages are dropped, as this end is closing.
    pub(crate) fn discards(&self) -> bool {
        self.sent_close && !self.settings.deliver_while_closing
    }

    /// The text or the bytes of a message that has not ended, as far as they
    /// can be delivered.
    pub(crate) fn under_way(&self) -> &[u8] {
        let Some(message) = &self.message else {
            return &[];
        };
        match (message.kind, std::str::from_utf8(&message.bytes)) {
            (MessageKind::Text, Err(error)) => &message.bytes[..error.valid_up_to()],
            _ => &message.bytes,
        }
    }

    fn byte(&mut self, byte: u8) -> Result<Option<Seen>, Error> {
        if let Some(frame) = &mut self.frame {
            frame
                .payload
                .push(byte ^ frame.key[frame.payload.len() % 4]);
            let byte = frame.payload[frame.payload.len() - 1];
            if frame.first & 0x08 == 0 {
                self.data(byte)?;
            }
            return self.end_of_frame();
        }
        self.header.push(byte);
        let Some(frame) = self.parse_header()? else {
            return Ok(None);
        };
        self.header.clear();
        self.begin(&frame)?;
        self.frame = Some(frame);
        self.end_of_frame()
    }

    fn parse_header(&self) -> Result<Option<Incoming>, Error> {
        let header = &self.header;
        let first = header[0];
        let opcode = first & 0x0F;
        if !matches!(opcode, 0 | 1 | 2 | 8 | 9 | 10) {
            return Err(FrameError::ReservedOpcode.into());
        }
        if opcode >= 8 && first & 0x80 == 0 {
            return Err(FrameError::FragmentedControl.into());
        }
        if first & 0x70 != 0 {
            return Err(FrameError::ReservedBits.into());
        }
        if opcode == 0 && self.message.is_none() {
            return Err(FrameError::UnexpectedContinuation.into());
        }
        if matches!(opcode, 1 | 2) && self.message.is_some() {
            return Err(FrameError::ExpectedContinuation.into());
        }
        if header.len() < 2 {
            return Ok(None);
        }
        let masked = header[1] & 0x80 != 0;
        match self.settings.role {
            Role::Server if !masked => return Err(FrameError::Unmasked.into()),
            Role::Client if masked => return Err(FrameError::Masked.into()),
            _ => {}
        }
        let short = u64::from(header[1] & 0x7F);
        if opcode >= 8 && short > 125 {
            return Err(FrameError::ControlTooLong.into());
        }
        let extra = match short {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        if extra == 8 && header.len() > 2 && header[2] >= 0x80 {
            return Err(FrameError::LengthTooLarge.into());
        }
        if extra == 8 && header.len() >= 8 && header[2..8] == [0; 6] {
            return Err(FrameError::LengthNotMinimal.into());
        }
        if header.len() < 2 + extra {
            return Ok(None);
        }
        let mut length = 0;
        for &byte in &header[2..2 + extra] {
            length = length << 8 | u64::from(byte);
        }
        match extra {
            2 if length < 126 => return Err(FrameError::LengthNotMinimal.into()),
            0 => length = short,
            _ => {}
        }
        let mut key = [0; 4];
        if masked {
            if header.len() < 2 + extra + 4 {
                return Ok(None);
            }
            key.copy_from_slice(&header[2 + extra..]);
        }
        Ok(Some(Incoming {
            first,
            key,
            length,
            payload: Vec::new(),
        }))
    }

    fn begin(&mut self, frame: &Incoming) -> Result<(), Error> {
        let kind = match frame.first & 0x0F {
            0 => None,
            1 => Some(MessageKind::Text),
            2 => Some(MessageKind::Binary),
            _ => return Ok(()),
        };
        if let Some(kind) = kind {
            self.message = Some(Message {
                kind,
                bytes: Vec::new(),
                fragments: 0,
                announced: 0,
            });
        }
        let message = self.message.as_mut().expect("checked with the first byte");
        message.fragments += 1;
        message.announced += frame.length;
        if frame.length > self.settings.max_frame {
            Err(Limit::Frame.into())
        } else if message.announced > self.settings.max_message {
            Err(Limit::Message.into())
        } else if message.fragments > self.settings.max_fragments {
            Err(Limit::Fragments.into())
        } else {
            Ok(())
        }
    }

    fn data(&mut self, byte: u8) -> Result<(), Error> {
        let message = self.message.as_mut().expect("begun with its header");
        message.bytes.push(byte);
        if message.kind == MessageKind::Text
            && let Err(error) = std::str::from_utf8(&message.bytes)
            && error.error_len().is_some()
        {
            return Err(Error::InvalidUtf8);
        }
        Ok(())
    }

    fn end_of_frame(&mut self) -> Result<Option<Seen>, Error> {
        let frame = self.frame.as_ref().expect("a frame is under way");
        if (frame.payload.len() as u64) < frame.length {
            return Ok(None);
        }
        let frame = self.frame.take().expect("a frame is under way");
        let opcode = frame.first & 0x0F;
        Ok(Some(match opcode {
            8 => {
                let close = parse_close(&frame.payload)?;
                self.peer_close = Some(match &close {
                    None => CloseStatus::NoCode,
                    Some((code, _)) => {
                        CloseStatus::Code(CloseCode::new(*code).expect("a code that may travel"))
                    }
                });
                Seen::Close(close)
            }
            9 => Seen::Ping(frame.payload),
            10 => Seen::Pong(frame.payload),
            _ if frame.first & 0x80 == 0 => return Ok(None),
            _ => {
                let message = self.message.take().expect("begun with its header");
                if message.kind == MessageKind::Text && std::str::from_utf8(&message.bytes).is_err()
                {
                    return Err(Error::InvalidUtf8);
                }
                Seen::Message(message.kind, message.bytes)
            }
        }))
    }

    pub(crate) fn eof(&mut self) -> Result<(), Error> {
        if self.state() == State::Closed && self.error.is_none() {
            self.eof = true;
            return Ok(());
        }
        if self.error.is_none() && self.peer_close.is_none() {
            self.error = Some(Error::UnexpectedEof);
        }
        self.eof = true;
        if !self.sent_close || self.tail > 0 {
            self.lost = true;
        }
        self.sent_close = true;
        self.pong = None;
        if self.tail > 0 {
            // Cut off, so that it is not a frame on the wire.
            self.frames.pop();
        }
        self.tail = 0;
        self.error.map_or(Ok(()), Err)
    }

    pub(crate) fn send(
        &mut self,
        kind: MessageKind,
        bytes: &[u8],
        capacity: usize,
    ) -> Result<(), SendError> {
        self.check_open()?;
        if self.sending.is_some() {
            return Err(SendError::MessageUnderWay);
        }
        self.let_pong_pass(bytes, capacity);
        self.write(0x80 | opcode(kind), bytes, capacity)
    }

    pub(crate) fn send_fragment(
        &mut self,
        kind: MessageKind,
        bytes: &[u8],
        last: bool,
        capacity: usize,
    ) -> Result<(), SendError> {
        self.check_open()?;
        let (mut text, first) = match &self.sending {
            None => (Vec::new(), opcode(kind)),
            Some((under_way, text)) if *under_way == kind => (text.clone(), 0),
            Some(_) => return Err(SendError::OtherKind),
        };
        text.extend(bytes);
        if kind == MessageKind::Text
            && let Err(error) = std::str::from_utf8(&text)
            && (last || error.error_len().is_some())
        {
            return Err(SendError::InvalidUtf8);
        }
        self.let_pong_pass(bytes, capacity);
        self.write(first | if last { 0x80 } else { 0 }, bytes, capacity)?;
        self.sending = (!last).then_some((kind, text));
        Ok(())
    }

    pub(crate) fn send_control(
        &mut self,
        first: u8,
        payload: &[u8],
        capacity: usize,
    ) -> Result<(), SendError> {
        self.check_open()?;
        if payload.len() > 125 {
            return Err(SendError::ControlTooLong);
        }
        self.write(first, payload, capacity)
    }

    pub(crate) fn send_close(
        &mut self,
        frame: Option<(CloseCode, &str)>,
        capacity: usize,
    ) -> Result<(), SendError> {
        let mut payload = Vec::new();
        if let Some((code, reason)) = frame {
            if code == CloseCode::MANDATORY_EXTENSION && self.settings.role == Role::Server {
                return Err(SendError::CloseCode(code));
            }
            if reason.len() > 123 {
                return Err(SendError::ControlTooLong);
            }
            payload.extend(code.value().to_be_bytes());
            payload.extend(reason.bytes());
        }
        if self.check_open().is_err() {
            return Ok(());
        }
        // A Pong that waits goes before it, where both fit.
        let length = self.frame_length(&payload);
        if let Some(pong) = self.pong.take() {
            match capacity - self.used >= self.frame_length(&pong) + length {
                true => self.write(0x8A, &pong, capacity)?,
                false => self.pong = Some(pong),
            }
        }
        self.write(0x88, &payload, capacity)?;
        self.sent_close = true;
        if !self.settings.pong_after_close {
            self.pong = None;
        }
        Ok(())
    }

    /// The output was written to the transport.
    pub(crate) fn drain(&mut self) {
        self.used = 0;
    }

    pub(crate) fn transmit(&mut self, capacity: usize) {
        if let Some(payload) = self.pong.take() {
            self.reply_pong(payload, capacity);
        }
        let written = self.tail.min(capacity - self.used);
        self.tail -= written;
        self.used += written;
    }

    pub(crate) fn wants_write(&self) -> bool {
        self.pong.is_some() || self.tail > 0
    }

    pub(crate) fn state(&self) -> State {
        let waiting = self.wants_write();
        if self.error.is_some() {
            return if waiting {
                State::Closing
            } else {
                State::Closed
            };
        }
        if self.eof {
            return State::Closed;
        }
        match (self.peer_close.is_some(), self.sent_close) {
            (false, false) => State::Open,
            (true, true) if self.settings.role == Role::Server && !waiting => State::Closed,
            _ => State::Closing,
        }
    }

    pub(crate) fn close_status(&self) -> Option<CloseStatus> {
        (self.state() == State::Closed).then(|| self.peer_close.unwrap_or(CloseStatus::Abnormal))
    }

    pub(crate) fn was_clean(&self) -> bool {
        self.state() == State::Closed
            && self.error.is_none()
            && self.peer_close.is_some()
            && !self.lost
    }

    fn check_open(&self) -> Result<(), SendError> {
        if self.sent_close || self.error.is_some() || self.eof {
            return Err(SendError::WrongState(self.state()));
        }
        Ok(())
    }

    /// A Pong that waits goes before a message, where both surely fit.
    fn let_pong_pass(&mut self, message: &[u8], capacity: usize) {
        if let Some(payload) = &self.pong
            && capacity - self.used >= 14 + message.len() + self.frame_length(payload)
        {
            self.transmit(capacity);
        }
    }

    fn frame_length(&self, payload: &[u8]) -> usize {
        let header = match payload.len() {
            ..=125 => 2,
            126..=65535 => 4,
            _ => 10,
        };
        let key = match self.settings.role {
            Role::Client => 4,
            Role::Server => 0,
        };
        header + key + payload.len()
    }

    fn write(&mut self, first: u8, payload: &[u8], capacity: usize) -> Result<(), SendError> {
        let needed = self.frame_length(payload);
        if needed > capacity - self.used {
            return Err(SendError::OutputFull { needed });
        }
        self.used += needed;
        self.frames.push((first, payload.to_vec()));
        Ok(())
    }

    fn reply_pong(&mut self, payload: Vec<u8>, capacity: usize) {
        if self.sent_close && !self.settings.pong_after_close {
            return;
        }
        let over_mark = self.used > 0 && self.used >= self.settings.output_mark;
        if over_mark || self.write(0x8A, &payload, capacity).is_err() {
            self.pong = Some(payload);
        } else {
            self.pong = None;
        }
    }

    /// A Close that is sent for good, in pieces where need be.
    fn last_words(&mut self, payload: Vec<u8>, capacity: usize) {
        self.pong = None;
        if self.sent_close {
            return;
        }
        self.sent_close = true;
        let needed = self.frame_length(&payload);
        let written = needed.min(capacity - self.used);
        self.used += written;
        self.tail = needed - written;
        self.frames.push((0x88, payload));
    }
}

fn opcode(kind: MessageKind) -> u8 {
    match kind {
        MessageKind::Text => 1,
        MessageKind::Binary => 2,
    }
}

fn parse_close(payload: &[u8]) -> Result<Option<(u16, Vec<u8>)>, Error> {
    match payload {
        [] => Ok(None),
        [_] => Err(CloseError::HalfCode.into()),
        [high, low, reason @ ..] => {
            let code = u16::from(*high) << 8 | u16::from(*low);
            let valid = (1000..=1003).contains(&code)
                || (1007..=1014).contains(&code)
                || (3000..=4999).contains(&code);
            if !valid {
                return Err(CloseError::InvalidCode(code).into());
            }
            if std::str::from_utf8(reason).is_err() {
                return Err(CloseError::InvalidReason.into());
            }
            Ok(Some((code, reason.to_vec())))
        }
    }
}
