//! A request of the draft whose challenge is not complete.

use alloc::vec::Vec;
use core::fmt;

use super::ChallengeResponse;
use crate::handshake::hixie76::challenge::challenge_response;
use crate::handshake::hixie76::fields::{is_printable, only};
use crate::handshake::hixie76::number::{KeyFault, number};
use crate::handshake::server::check::{check_upgrade, is_draft};
use crate::handshake::server::error::RequestError;
use crate::handshake::server::offer::check_origin;
use crate::handshake::server::request::{Challenge, Request};
use crate::handshake::server::request_head::RequestHead;

/// Whether a request is one of the draft: it has `Sec-WebSocket-Key1` or
/// `Sec-WebSocket-Key2`, and neither `Sec-WebSocket-Key` nor
/// `Sec-WebSocket-Version`. One that has both kinds is one of RFC 6455.
///
/// [`PendingRequest::new`] checks the rest.
pub fn asks_for_hixie76(head: &RequestHead) -> bool {
    head.asks_for_websocket() && is_draft(head.headers())
}

/// A request of which all is right so far and the eight bytes behind the head
/// are still to come (hybi-00 section 5.2).
///
/// See the [example](crate::hixie76).
#[derive(Clone)]
pub struct PendingRequest {
    head: RequestHead,
    numbers: [u32; 2],
}

impl PendingRequest {
    /// Checks the head.
    ///
    /// # Errors
    ///
    /// [`RequestError`] names the first rule that the
    /// request breaks, and its
    /// [`refusal`](RequestError::refusal) answers it.
    pub fn new(head: RequestHead) -> Result<Self, RequestError> {
        if !head.asks_for_websocket() {
            return Err(RequestError::NotWebSocket);
        }
        check_upgrade(&head)?;
        let headers = head.headers();
        let key = |name| match only(headers, name) {
            Some(Some(key)) => key_number(key),
            _ => Err(RequestError::Hixie76Keys),
        };
        let numbers = [key("Sec-WebSocket-Key1")?, key("Sec-WebSocket-Key2")?];
        check_origin(headers)?;
        match headers.first("Origin") {
            Some([_, ..]) => {}
            _ => return Err(RequestError::Hixie76MissingOrigin),
        }
        match only(headers, "Sec-WebSocket-Protocol") {
            Some(None) => {}
            Some(Some([_, ..])) if is_printable(headers, "Sec-WebSocket-Protocol") => {}
            _ => return Err(RequestError::Hixie76Subprotocol),
        }
        Ok(Self { head, numbers })
    }

    /// The head.
    pub const fn head(&self) -> &RequestHead {
        &self.head
    }

    /// The whole request, with the eight bytes behind its head.
    pub fn complete(self, key3: [u8; 8]) -> Request {
        let response = ChallengeResponse(challenge_response(self.numbers, key3));
        Request::of_checked(self.head, Challenge::Hixie76(response), Vec::new())
    }
}

/// Shows the head; the numbers are half of the challenge.
impl fmt::Debug for PendingRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PendingRequest")
            .field("head", &self.head)
            .finish_non_exhaustive()
    }
}

/// The number that a key field holds: its digits as one number, divided by how
/// many spaces there are. White space at both ends is not counted, as it is no
/// part of a field's value.
///
/// ```
/// use websocket_proto::handshake::RequestError;
/// use websocket_proto::hixie76::key_number;
///
/// assert_eq!(key_number(b"3e6b263  4 17 80"), Ok(3_626_341_780 / 4));
/// assert_eq!(key_number(b"3e6b6341780"), Err(RequestError::Hixie76NoSpaces));
/// ```
///
/// # Errors
///
/// [`RequestError`] if there are no digits or no spaces, if the spaces do
/// not divide the number, or if what comes of it has more than 32 bits.
pub fn key_number(key: &[u8]) -> Result<u32, RequestError> {
    number(key).map_err(|fault| match fault {
        KeyFault::NoDigits => RequestError::Hixie76NoDigits,
        KeyFault::NoSpaces => RequestError::Hixie76NoSpaces,
        KeyFault::NotMultiple => RequestError::Hixie76NotMultiple,
        KeyFault::TooLarge => RequestError::Hixie76TooLarge,
    })
}
