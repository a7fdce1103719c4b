use core::fmt;

use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng, SeedableRng};

use crate::frame::MaskingKey;

/// The randomness of one client connection: 32 bytes that nobody can foresee.
///
/// The masking keys and the nonce of the handshake come from a
/// cryptographically secure generator over it, as [RFC 6455 §10.3] demands, so
/// that a connection with the same seed and the same calls can be replayed
/// byte by byte. Use a seed once.
///
/// ```
/// use websocket_proto::handshake::ClientRequest;
/// use websocket_proto::{Config, Connection, Seed, Uri};
///
/// let uri = Uri::parse("ws://example.com/")?;
/// let request = ClientRequest::new(&uri);
/// let connect = |seed| {
///     let mut out = Vec::new();
///     Connection::client(Config::new(), &request, seed, &mut out).map(|_| out)
/// };
/// assert_eq!(connect(Seed::from([7; 32]))?, connect(Seed::from([7; 32]))?);
/// assert_ne!(connect(Seed::from([7; 32]))?, connect(Seed::from([8; 32]))?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [RFC 6455 §10.3]: https://www.rfc-editor.org/rfc/rfc6455#section-10.3
pub struct Seed([u8; 32]);

impl Seed {
    /// A seed from the operating system.
    ///
    /// # Errors
    ///
    /// That of the operating system, if it has no randomness to give.
    #[cfg(feature = "getrandom")]
    pub fn from_os() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }
}

impl From<[u8; 32]> for Seed {
    /// A seed from the caller's own source of randomness.
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Seed {
    /// Shows none of its bytes: whoever knows them can foresee the keys.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Seed")
    }
}

/// The generator that a client's keys come from.
pub(crate) struct KeySource(ChaCha8Rng);

impl KeySource {
    pub(crate) fn new(seed: Seed) -> Self {
        Self(ChaCha8Rng::from_seed(seed.0))
    }

    /// A fresh key for one frame ([RFC 6455 §5.3]).
    ///
    /// [RFC 6455 §5.3]: https://www.rfc-editor.org/rfc/rfc6455#section-5.3
    #[inline]
    pub(crate) fn masking_key(&mut self) -> MaskingKey {
        MaskingKey::new(self.0.next_u32().to_le_bytes())
    }

    /// A fresh nonce for one handshake ([RFC 6455 §4.1]).
    ///
    /// [RFC 6455 §4.1]: https://www.rfc-editor.org/rfc/rfc6455#section-4.1
    pub(crate) fn nonce(&mut self) -> [u8; 16] {
        self.bytes()
    }

    /// Bytes of any value.
    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("KeySource")
    }
}
