use websocket_proto::Role;
use websocket_proto::deflate::{DeflateConfig, DeflateParameters};

/// The four parameters of permessage-deflate ([RFC 7692 §7.1]), as an offer, a
/// demand or an agreement has them.
///
/// [RFC 7692 §7.1]: https://www.rfc-editor.org/rfc/rfc7692#section-7.1
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameters {
    pub server_no_context_takeover: bool,
    pub client_no_context_takeover: bool,
    pub server_max_window_bits: Option<u8>,
    pub client_max_window_bits: Option<u8>,
}

/// Everything compressed, with takeover and full windows.
pub const DEFAULT: DeflateConfig = DeflateConfig::new().threshold(0);

impl Parameters {
    /// None of them.
    pub const NONE: Self = Self {
        server_no_context_takeover: false,
        client_no_context_takeover: false,
        server_max_window_bits: None,
        client_max_window_bits: None,
    };

    /// Every combination of them, with the windows that zlib has.
    pub fn all() -> Vec<Self> {
        let windows: Vec<_> = core::iter::once(None).chain((9..=15).map(Some)).collect();
        let mut all = Vec::new();
        for server_no_context_takeover in [false, true] {
            for client_no_context_takeover in [false, true] {
                for &server_max_window_bits in &windows {
                    all.extend(windows.iter().map(|&client_max_window_bits| Self {
                        server_no_context_takeover,
                        client_no_context_takeover,
                        server_max_window_bits,
                        client_max_window_bits,
                    }));
                }
            }
        }
        all
    }

    /// Those of who says nothing of a window of 15 bits, as this
    /// crate does.
    pub fn all_limiting() -> Vec<Self> {
        let mut all = Self::all();
        all.retain(|parameters| {
            parameters.server_max_window_bits != Some(15)
                && parameters.client_max_window_bits != Some(15)
        });
        all
    }

    /// This crate's configuration that asks for them, in a role.
    pub fn config(self, role: Role) -> DeflateConfig {
        let server = (self.server_no_context_takeover, self.server_max_window_bits);
        let client = (self.client_no_context_takeover, self.client_max_window_bits);
        let (outgoing, incoming) = match role {
            Role::Server => (server, client),
            Role::Client => (client, server),
        };
        DEFAULT
            .outgoing_takeover(!outgoing.0)
            .outgoing_window_bits(outgoing.1.unwrap_or(15))
            .incoming_takeover(!incoming.0)
            .incoming_window_bits(incoming.1.unwrap_or(15))
    }
}

impl From<DeflateParameters> for Parameters {
    fn from(agreed: DeflateParameters) -> Self {
        let element = agreed.extension();
        let bits = |role, name| {
            let stated = element.params().any(|(param, _)| param == name);
            stated.then_some(agreed.window_bits(role))
        };
        Self {
            server_no_context_takeover: !agreed.context_takeover(Role::Server),
            client_no_context_takeover: !agreed.context_takeover(Role::Client),
            server_max_window_bits: bits(Role::Server, "server_max_window_bits"),
            client_max_window_bits: bits(Role::Client, "client_max_window_bits"),
        }
    }
}
