//! SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441 section 3, RFC 9220 section 3).

use super::malformed::Malformed;

/// What a client has been told about extended CONNECT by the server's
/// SETTINGS: off, unless the server has turned it on.
///
/// A server sends [`ID`](Self::ID) with the value 1. From a client it means
/// nothing, and a server ignores it.
///
/// ```
/// use websocket_proto::handshake::connect::{Malformed, Setting};
///
/// let mut setting = Setting::new();
/// assert!(!setting.is_enabled());
/// setting.receive(1)?;
/// assert!(setting.is_enabled());
/// assert_eq!(setting.receive(0), Err(Malformed::SettingWithdrawn));
/// # Ok::<(), Malformed>(())
/// ```
///
/// One value serves one HTTP connection. In HTTP/3, where SETTINGS come once,
/// begin with the remembered value if the connection was resumed with early
/// data: `Setting::from(true)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Setting {
    enabled: bool,
}

impl Setting {
    /// The identifier of the setting, in HTTP/2 and HTTP/3 alike.
    pub const ID: u16 = 0x8;

    /// The initial value, which is off.
    pub const fn new() -> Self {
        Self { enabled: false }
    }

    /// Takes the value that the server sent under [`ID`](Self::ID).
    ///
    /// # Errors
    ///
    /// [`Malformed`] if the value is neither 0 nor 1, or 0 after 1: the HTTP
    /// connection is in error. Nothing has changed then.
    pub const fn receive(&mut self, value: u64) -> Result<(), Malformed> {
        match value {
            0 if self.enabled => Err(Malformed::SettingWithdrawn),
            0 => Ok(()),
            1 => {
                self.enabled = true;
                Ok(())
            }
            _ => Err(Malformed::SettingValue),
        }
    }

    /// Whether a client may send an extended CONNECT.
    pub const fn is_enabled(self) -> bool {
        self.enabled
    }
}

/// For HTTP software that keeps account of the setting itself.
impl From<bool> for Setting {
    fn from(enabled: bool) -> Self {
        Self { enabled }
    }
}
