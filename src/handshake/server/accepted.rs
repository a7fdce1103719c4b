//! The outcome of accepting a request.

use super::response::Response;
use crate::handshake::agreement::Agreement;

/// The outcome of [`Request::accept`](crate::handshake::Request::accept), and of
/// [`connect::Request::accept`](crate::handshake::connect::Request::accept).
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The 101 to send; the 200 over HTTP/2 and HTTP/3.
    pub response: Response,
    /// What both sides agreed on.
    pub agreement: Agreement,
}
