//! What a client says of itself and offers, in every version of HTTP alike.

use super::{
    Headers,
    name::Name,
    syntax::{ascii, elements},
};

/// Of fields that have been checked.
impl Headers {
    pub(super) fn origin(&self) -> Option<&str> {
        self.known(Name::Origin).next().map(ascii)
    }

    pub(super) fn origin_is_one_of(&self, allowed: &[&str]) -> bool {
        self.origin().is_some_and(|origin| {
            allowed
                .iter()
                .any(|allowed| allowed.eq_ignore_ascii_case(origin))
        })
    }

    pub(super) fn subprotocols(&self) -> impl Iterator<Item = &str> + Clone {
        self.known(Name::Protocol).flat_map(elements).map(ascii)
    }
}

/// The first of `supported` that is offered.
pub(super) fn preferred<'a>(
    supported: &[&str],
    offered: impl Iterator<Item = &'a str> + Clone,
) -> Option<&'a str> {
    supported
        .iter()
        .find_map(|supported| offered.clone().find(|name| name == supported))
}
