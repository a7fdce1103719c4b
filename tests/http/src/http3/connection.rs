//! What both ends of an HTTP/3 connection do besides requests: SETTINGS.

use quinn::{Connection, SendStream, VarInt};
use tokio::sync::watch;
use websocket_proto::handshake::connect::Setting;
use wtransport_proto::frame::Frame;
use wtransport_proto::settings::{SettingId, Settings};
use wtransport_proto::varint::VarInt as Number;

use super::frames::{Frames, SETTINGS};
use crate::Failure;

/// The type of a control stream (RFC 9114 section 6.2.1).
const CONTROL: u64 = 0x0;

/// Opens the control stream, which has to stay open as long as the connection.
pub async fn control(connection: &Connection, connect: bool) -> Result<SendStream, Failure> {
    let mut settings = Settings::builder().qpack_max_table_capacity(Number::from_u32(0));
    if connect {
        settings = settings.enable_connect_protocol();
    }
    let settings = settings.build();
    let mut bytes = vec![CONTROL as u8];
    let frame: Frame<'_> = settings.generate_frame();
    frame
        .write(&mut bytes)
        .map_err(|error| format!("{error:?}"))?;
    let mut stream = connection.open_uni().await?;
    stream.write_all(&bytes).await?;
    Ok(stream)
}

/// Reads what the peer sends besides requests, and tells of its SETTINGS.
pub async fn watch(connection: Connection, setting: watch::Sender<Option<Setting>>) {
    while let Ok(stream) = connection.accept_uni().await {
        let (connection, setting) = (connection.clone(), setting.clone());
        tokio::spawn(async move {
            let mut frames = Frames::new(stream);
            if let Ok(Some([CONTROL])) = frames.numbers().await {
                match settings(&mut frames).await {
                    Ok(received) => drop(setting.send(Some(received))),
                    Err((code, error)) => connection.close(code, error.to_string().as_bytes()),
                }
            }
            // Streams of QPACK, which has no table here, and what may come later.
            let _ = frames.drain().await;
        });
    }
}

/// SETTINGS, or with which code the connection is to be closed.
async fn settings(frames: &mut Frames) -> Result<Setting, (VarInt, Failure)> {
    // H3_MISSING_SETTINGS and H3_SETTINGS_ERROR.
    let missing = VarInt::from_u32(0x10a);
    let wrong = VarInt::from_u32(0x109);
    let payload = match frames.next(SETTINGS).await {
        Ok(payload) => payload,
        Err(error) => return Err((missing, error.into())),
    };
    let settings = Settings::with_frame(&Frame::new_settings(payload.into()))
        .map_err(|error| (wrong, format!("{error:?}").into()))?;
    let mut setting = Setting::new();
    if let Some(value) = settings.get(SettingId::EnableConnectProtocol) {
        setting.receive(value.into_inner()).map_err(|error| {
            let code = VarInt::from_u64(error.http3()).unwrap_or(wrong);
            (code, error.into())
        })?;
    }
    Ok(setting)
}
