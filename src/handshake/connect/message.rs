//! A list of fields that came over HTTP/2 or HTTP/3.

use alloc::vec::Vec;

use super::malformed::Malformed;
use crate::handshake::field_list::is_connection_specific;
use crate::handshake::head::headers::Headers;
use crate::syntax::{has_control, is_token, trim};

/// What was read of a list.
pub(super) struct Message<const N: usize> {
    /// The values of the pseudo-header fields that the message can have.
    pub(super) pseudo: [Option<Vec<u8>>; N],
    pub(super) headers: Headers,
    /// The values of all cookie fields, joined.
    cookie: Option<Vec<u8>>,
    /// The first thing wrong with the list.
    pub(super) fault: Option<Malformed>,
}

impl<const N: usize> Message<N> {
    /// Reads a whole list, whatever is wrong with it: a fault is of no interest
    /// in a request that does not ask for WebSocket.
    pub(super) fn read<K, V>(
        names: [&'static str; N],
        fields: impl IntoIterator<Item = (K, V)>,
    ) -> Self
    where
        K: AsRef<[u8]>,
        V: AsRef<[u8]>,
    {
        let mut message = Self {
            pseudo: [const { None }; N],
            headers: Headers::default(),
            cookie: None,
            fault: None,
        };
        for (name, value) in fields {
            let read = message.push(names, name.as_ref(), value.as_ref());
            message.fault = message.fault.or_else(|| read.err());
        }
        if let Some(cookie) = message.cookie.take() {
            let read = message.push_field(b"cookie", &cookie);
            message.fault = message.fault.or_else(|| read.err());
        }
        message
    }

    fn push(
        &mut self,
        names: [&'static str; N],
        name: &[u8],
        value: &[u8],
    ) -> Result<(), Malformed> {
        let is_field_value = !has_control(value) && trim(value).len() == value.len();
        if name.starts_with(b":") {
            let mut places = names.iter().zip(&mut self.pseudo);
            let (_, place) = places
                .find(|(known, _)| known.as_bytes() == name)
                .ok_or(Malformed::UnknownPseudoHeader)?;
            return if place.replace(value.to_vec()).is_some() {
                Err(Malformed::RepeatedPseudoHeader)
            } else if !is_field_value {
                Err(Malformed::FieldValue)
            } else if self.headers.is_empty() && self.cookie.is_none() {
                Ok(())
            } else {
                Err(Malformed::PseudoHeaderOrder)
            };
        }
        if name.iter().any(u8::is_ascii_uppercase) {
            Err(Malformed::UpperCase)
        } else if !is_token(name) {
            Err(Malformed::FieldName)
        } else if !is_field_value {
            Err(Malformed::FieldValue)
        } else if is_connection_specific(name, value) {
            Err(Malformed::ConnectionSpecific)
        } else if name == b"cookie" {
            self.push_cookie(value);
            Ok(())
        } else {
            self.push_field(name, value)
        }
    }

    /// A cookie may come in pieces that compress better, and is to be read as
    /// one (RFC 9113 section 8.2.3, RFC 9114 section 4.2.1).
    fn push_cookie(&mut self, value: &[u8]) {
        match &mut self.cookie {
            Some(cookie) => {
                cookie.extend_from_slice(b"; ");
                cookie.extend_from_slice(value);
            }
            None => self.cookie = Some(value.to_vec()),
        }
    }

    fn push_field(&mut self, name: &[u8], value: &[u8]) -> Result<(), Malformed> {
        self.headers
            .push(name, value)
            .map_err(|_| Malformed::TooLong)
    }
}
