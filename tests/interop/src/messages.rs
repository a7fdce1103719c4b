use std::sync::LazyLock;

use websocket_proto::MessageKind;

/// A message, text or binary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    Text(String),
    Binary(Vec<u8>),
}

impl Message {
    pub fn kind(&self) -> MessageKind {
        match self {
            Self::Text(_) => MessageKind::Text,
            Self::Binary(_) => MessageKind::Binary,
        }
    }

    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }
}

/// Where in [`messages`] one stands that repeats the one before it, which does
/// not compress.
pub const REPEATED: usize = 5;

/// Where a long one stands that compresses well in any window.
pub const LONG: usize = 10;

/// Whether a sender that can do so sends the message that stands there in
/// [`pieces`].
pub fn is_fragmented(position: usize) -> bool {
    position.is_multiple_of(3)
}

/// What is said, in an order that matters where the window is kept.
pub fn messages() -> &'static [Message] {
    static MESSAGES: LazyLock<Vec<Message>> = LazyLock::new(build);
    &MESSAGES
}

fn build() -> Vec<Message> {
    let wide = "Grüße an 世界, 😀! ".repeat(20);
    vec![
        Message::Text(String::new()),
        Message::Text("Hello".into()),
        Message::Text("Hello".into()),
        Message::Text(wide.clone()),
        Message::Binary(noise(200)),
        Message::Binary(noise(200)),
        Message::Binary(noise(70_000)),
        Message::Text(wide),
        Message::Binary(Vec::new()),
        Message::Text(json(64 << 10)),
        Message::Text(lines(1 << 20)),
        Message::Text(json(64 << 10)),
        Message::Binary(noise(70_000)),
        Message::Text("Hello".into()),
    ]
}

/// The parts of a fragmented message: four, the third of which is empty.
pub fn pieces(bytes: &[u8]) -> [&[u8]; 4] {
    let (first, rest) = bytes.split_at(bytes.len() / 3);
    let (second, last) = rest.split_at(rest.len() / 2);
    [first, second, &[], last]
}

/// Bytes that do not compress, the same each time.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let bytes = core::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    });
    bytes.take(length).collect()
}

/// Numbered lines, each of which repeats most of the one before, cut off at a
/// length.
fn lines(length: usize) -> String {
    let words = "of many that repeat each other so closely that any window is wide enough for them";
    let mut text = String::new();
    for number in 0.. {
        if text.len() >= length {
            break;
        }
        text += &format!("{number} {words}\n");
    }
    text.truncate(length);
    text
}

/// A list of records, cut off at a length.
fn json(length: usize) -> String {
    let mut text = String::from("[");
    let mut id = 1_u32;
    while text.len() < length {
        id = id.wrapping_mul(69_069).wrapping_add(1);
        text += &format!(
            "{{\"id\":{},\"price\":{}.{:02},\"name\":\"item {}\"}},",
            id >> 8,
            id >> 22,
            id % 100,
            id >> 27
        );
    }
    text.truncate(length);
    text
}
