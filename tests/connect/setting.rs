//! SETTINGS_ENABLE_CONNECT_PROTOCOL.

use websocket_proto::handshake::BuildError;
use websocket_proto::handshake::connect::{Malformed, Setting};

use crate::lists::client;

/// BOOT-01
#[test]
fn a_client_waits_for_the_setting() {
    let mut setting = Setting::new();
    let unset = client().to_connect(setting);
    assert_eq!(unset.unwrap_err(), BuildError::ConnectDisabled);
    setting.receive(0).unwrap();
    let zero = client().to_connect(setting);
    assert_eq!(zero.unwrap_err(), BuildError::ConnectDisabled);
    setting.receive(1).unwrap();
    assert!(client().to_connect(setting).is_ok());
}

/// BOOT-02
#[test]
fn the_value_is_0_or_1_and_1_stays() {
    let mut setting = Setting::default();
    assert!(!setting.is_enabled());
    for value in [2, 3, 0x100, 0x1_0000_0000, u64::MAX] {
        assert_eq!(setting.receive(value), Err(Malformed::SettingValue));
        assert!(!setting.is_enabled());
    }
    for value in [0, 0, 1, 1] {
        assert_eq!(setting.receive(value), Ok(()));
        assert_eq!(setting.is_enabled(), value == 1);
    }
    assert_eq!(setting.receive(0), Err(Malformed::SettingWithdrawn));
    assert_eq!(setting.receive(2), Err(Malformed::SettingValue));
    assert!(setting.is_enabled());
}

/// BOOT-02: PROTOCOL_ERROR and H3_SETTINGS_ERROR end the HTTP connection.
#[test]
fn a_wrong_value_is_a_connection_error() {
    for error in [Malformed::SettingValue, Malformed::SettingWithdrawn] {
        assert_eq!((error.http2(), error.http3()), (0x1, 0x109));
        assert_eq!(error.section(), "RFC 8441 section 3");
    }
}

/// BOOT-20: one identifier and one initial value for both versions.
#[test]
fn identifier() {
    assert_eq!(Setting::ID, 0x8);
    assert_eq!(Setting::new(), Setting::from(false));
    let mut setting = Setting::new();
    setting.receive(1).unwrap();
    assert_eq!(setting, Setting::from(true));
}

/// BOOT-02: a server that resumes with early data may not fall back behind what
/// the client remembers.
#[test]
fn a_remembered_setting() {
    let mut remembered = Setting::from(true);
    assert_eq!(remembered.receive(0), Err(Malformed::SettingWithdrawn));
    assert_eq!(remembered.receive(1), Ok(()));
}
