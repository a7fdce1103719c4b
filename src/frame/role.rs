/// Which end of the connection this is.
///
/// A client masks every frame that it sends and takes only unmasked ones; a
/// server does the reverse ([RFC 6455 §5.1]).
///
/// [RFC 6455 §5.1]: https://www.rfc-editor.org/rfc/rfc6455#section-5.1
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The end that opened the connection.
    Client,
    /// The end that accepted it.
    Server,
}
