//! What accepts a request of the draft (hybi-00 section 5.2).

pub(crate) mod pending_request;

use alloc::format;
use alloc::string::String;

use crate::handshake::server::offer::origin;
use crate::handshake::server::request_head::RequestHead;
use crate::uri::authority::Authority;

/// The sixteen bytes that a client of the draft waits for.
#[derive(Clone, Copy)]
pub(crate) struct ChallengeResponse(pub(crate) [u8; 16]);

impl ChallengeResponse {
    /// What tells the request from others.
    pub(crate) fn identity(self) -> [u8; 24] {
        let mut identity = [0; 24];
        identity[..self.0.len()].copy_from_slice(&self.0);
        identity
    }

    /// What accepts the request. Whether it came inside TLS is told by `secure`.
    pub(crate) fn prove(self, head: &RequestHead, secure: bool) -> Hixie76Proof {
        Hixie76Proof {
            origin: origin(head.headers()).unwrap_or_default().into(),
            location: location(head, secure),
            response: self,
        }
    }
}

/// What of the response only the draft has.
pub(crate) struct Hixie76Proof {
    origin: String,
    location: String,
    response: ChallengeResponse,
}

impl Hixie76Proof {
    #[allow(clippy::unused_self, reason = "as where the feature is off")]
    pub(crate) const fn reason(&self) -> &'static str {
        "WebSocket Protocol Handshake"
    }

    pub(crate) fn fields(&self) -> [(&[u8], &[u8]); 4] {
        [
            (b"Upgrade", b"WebSocket"),
            (b"Connection", b"Upgrade"),
            (b"Sec-WebSocket-Origin", self.origin.as_bytes()),
            (b"Sec-WebSocket-Location", self.location.as_bytes()),
        ]
    }

    pub(crate) const fn body(&self) -> &[u8] {
        &self.response.0
    }
}

/// The URL that the client has asked for, as it writes it itself: its host in
/// lower case, and without a port that is the default.
fn location(head: &RequestHead, secure: bool) -> String {
    let (scheme, default_port) = if secure { ("wss", 443) } else { ("ws", 80) };
    // HTTP/1.1 has a host, or the head would have been refused.
    let host = head.host().unwrap_or_default();
    let host = match Authority::parse(host) {
        Ok(Authority { host, port }) if port.is_none_or(|port| port == default_port) => host,
        _ => host,
    };
    let resource = head.resource();
    let slash = if resource.starts_with('/') { "" } else { "/" };
    let host = host.to_ascii_lowercase();
    format!("{scheme}://{host}{slash}{resource}")
}
