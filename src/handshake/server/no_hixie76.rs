//! In place of `hixie76.rs` if the feature is off: no request is one of the
//! draft.

use super::request_head::RequestHead;

#[derive(Clone, Copy)]
pub(super) enum ChallengeResponse {}

impl ChallengeResponse {
    pub(super) const fn identity(self) -> [u8; 24] {
        match self {}
    }

    pub(super) const fn prove(self, _: &RequestHead, _: bool) -> Hixie76Proof {
        match self {}
    }
}

pub(in crate::handshake) enum Hixie76Proof {}

impl Hixie76Proof {
    pub(super) const fn reason(&self) -> &'static str {
        match *self {}
    }

    pub(super) const fn fields(&self) -> [(&[u8], &[u8]); 4] {
        match *self {}
    }

    pub(super) const fn body(&self) -> &[u8] {
        match *self {}
    }
}
