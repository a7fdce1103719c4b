//! SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441 section 3, RFC 9220 section 3).

use core::{error, fmt};

/// What a client has been told about extended CONNECT by the server's
/// SETTINGS: off, unless the server has turned it on.
///
/// A server sends [`ID`](Self::ID) with the value 1. From a client it means
/// nothing, and a server ignores it.
///
/// ```
/// use websocket_proto::handshake::connect::{Setting, SettingError};
///
/// let mut setting = Setting::new();
/// assert!(!setting.is_enabled());
/// setting.receive(1)?;
/// assert!(setting.is_enabled());
/// assert_eq!(setting.receive(0), Err(SettingError::Withdrawn));
/// # Ok::<(), SettingError>(())
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
    /// [`SettingError`] where the value is neither 0 nor 1, or 0 after 1: the
    /// HTTP connection is in error. Nothing has changed then.
    pub const fn receive(&mut self, value: u64) -> Result<(), SettingError> {
        match value {
            0 if self.enabled => Err(SettingError::Withdrawn),
            0 => Ok(()),
            1 => {
                self.enabled = true;
                Ok(())
            }
            _ => Err(SettingError::Value),
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

/// What a server may not say in the setting. The client closes the HTTP
/// connection with [`http2`](Self::http2) or [`http3`](Self::http3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SettingError {
    /// The value is neither 0 nor 1.
    Value,
    /// The value is 0 after it was 1.
    Withdrawn,
}

impl SettingError {
    /// The code of the connection error in HTTP/2: PROTOCOL_ERROR.
    pub const fn http2(self) -> u32 {
        0x1
    }

    /// The code of the connection error in HTTP/3: H3_SETTINGS_ERROR.
    pub const fn http3(self) -> u64 {
        0x109
    }

    /// Where the rule stands.
    pub const fn section(self) -> &'static str {
        "RFC 8441 section 3"
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Value => "SETTINGS_ENABLE_CONNECT_PROTOCOL is neither 0 nor 1",
            Self::Withdrawn => "SETTINGS_ENABLE_CONNECT_PROTOCOL is 0 after it was 1",
        })
    }
}

impl error::Error for SettingError {}
