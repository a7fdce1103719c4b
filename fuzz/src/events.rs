//! What a connection delivered, with fragments put together, for comparison.

use websocket_proto::{Chunk, Event, MessageKind};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    Request(String),
    Http(String),
    Open,
    Refused(u16),
    Message(MessageKind, Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<(u16, String)>),
}

#[derive(Debug, Default)]
pub struct Collector {
    /// The start of a message that has not ended.
    pub partial: Option<(MessageKind, Vec<u8>)>,
    /// What came after a refusal.
    pub body: Vec<u8>,
}

impl Collector {
    pub fn take(&mut self, event: &Event<'_>) -> Option<Item> {
        Some(match event {
            Event::Request(request) => Item::Request(request.target().into()),
            Event::Http(head) => Item::Http(head.target().into()),
            Event::Open(_) => Item::Open,
            Event::Refused(head) => {
                assert!(head.status() != 101 && !head.is_interim());
                Item::Refused(head.status())
            }
            Event::Body(bytes) => {
                assert!(!bytes.is_empty(), "a body of nothing");
                self.body.extend_from_slice(bytes);
                return None;
            }
            Event::Text(text) => Item::Message(MessageKind::Text, text.as_bytes().into()),
            Event::Binary(bytes) => Item::Message(MessageKind::Binary, bytes.to_vec()),
            Event::Chunk(chunk) => {
                let (kind, data) = self.assemble(chunk)?;
                Item::Message(kind, data)
            }
            Event::Ping(payload) => Item::Ping(payload.to_vec()),
            Event::Pong(payload) => Item::Pong(payload.to_vec()),
            Event::Close(frame) => Item::Close(
                frame
                    .as_ref()
                    .map(|frame| (frame.code.value(), frame.reason.to_string())),
            ),
            other => panic!("an event of a new kind: {other:?}"),
        })
    }

    fn assemble(&mut self, chunk: &Chunk<'_>) -> Option<(MessageKind, Vec<u8>)> {
        let kind = chunk.data.kind();
        assert_eq!(chunk.first, self.partial.is_none());
        let (begun, data) = self.partial.get_or_insert_with(|| (kind, Vec::new()));
        assert_eq!(*begun, kind, "a message of two kinds");
        let bytes = chunk.data.as_bytes();
        assert!(!bytes.is_empty() || chunk.last, "a chunk of nothing");
        data.extend_from_slice(bytes);
        if chunk.last {
            self.partial.take()
        } else {
            None
        }
    }
}
