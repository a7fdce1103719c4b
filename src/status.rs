//! How far a connection is, and how it ended.

use core::fmt;

use crate::frame::CloseCode;

/// How far a connection is, in the words of the WebSocket API of browsers
/// ([WHATWG `readyState`]).
///
/// [WHATWG `readyState`]: https://websockets.spec.whatwg.org/#dom-websocket-readystate
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// The opening handshake is under way.
    Connecting,
    /// Messages can be sent and received.
    Open,
    /// The closing handshake is under way.
    Closing,
    /// Nothing more is sent or received.
    Closed,
}

impl fmt::Display for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Connecting => "connecting",
            Self::Open => "open",
            Self::Closing => "closing",
            Self::Closed => "closed",
        })
    }
}

/// How a connection ended: the close code of [RFC 6455 §7.1.5].
///
/// It is what the peer's Close said, never what this end sent.
///
/// [RFC 6455 §7.1.5]: https://www.rfc-editor.org/rfc/rfc6455#section-7.1.5
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CloseStatus {
    /// The peer's Close gave this code.
    Code(CloseCode),
    /// The peer's Close gave no code: 1005.
    NoCode,
    /// No Close was received: 1006.
    Abnormal,
}

impl CloseStatus {
    /// The number that the WebSocket API of browsers reports, 1005 and 1006
    /// included.
    pub const fn value(self) -> u16 {
        match self {
            Self::Code(code) => code.value(),
            Self::NoCode => 1005,
            Self::Abnormal => 1006,
        }
    }
}
