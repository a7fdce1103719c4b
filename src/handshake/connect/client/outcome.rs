//! What a server's response means.

use super::error::ResponseError;
use crate::handshake::agreement::Agreement;
use crate::handshake::client::request::ClientRequest;
use crate::handshake::client::response_head::parse_status;
use crate::handshake::connect::malformed::Malformed;
use crate::handshake::connect::message::Message;

/// What a response to an extended CONNECT means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A status from 100 to 199, after which another response follows.
    Interim,
    /// A status from 200 to 299: the connection is open, with that agreed.
    Open(Agreement),
    /// Any other status, and what follows is the body of a refusal.
    Refused(u16),
}

impl Outcome {
    pub(super) fn read<N, V>(
        request: &ClientRequest,
        fields: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, ResponseError>
    where
        N: AsRef<[u8]>,
        V: AsRef<[u8]>,
    {
        let message = Message::read([":status"], fields);
        if let Some(fault) = message.fault {
            return Err(fault.into());
        }
        let [status] = message.pseudo;
        let status = status.ok_or(Malformed::MissingPseudoHeader)?;
        match parse_status(&status).ok_or(Malformed::Status)? {
            // Nothing switches here (RFC 9113 section 8.6).
            101 => Err(Malformed::Status.into()),
            100..=199 => Ok(Self::Interim),
            200..=299 => Ok(Self::Open(request.offer().verify(&message.headers)?)),
            status => Ok(Self::Refused(status)),
        }
    }
}
