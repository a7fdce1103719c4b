/// Which protocol a connection speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Protocol {
    /// [RFC 6455](https://www.rfc-editor.org/rfc/rfc6455).
    Rfc6455,
    /// The draft that came before it: see `hixie76`, with the feature of that name.
    Hixie76,
}
