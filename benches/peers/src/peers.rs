//! One file for each contestant.

mod fastwebsockets;
mod ratchet;
mod sans_io;
mod shiguredo;
mod sockudo;
mod soketto;
mod tokio_websockets;
mod tungstenite;
mod web_socket;
mod websocket_proto;
#[cfg(feature = "wslay")]
mod wslay;
mod wtx;
mod yawc;

use crate::contestant::Contestant;

pub fn all() -> Vec<Box<dyn Contestant>> {
    vec![
        Box::new(websocket_proto::Library),
        Box::new(tungstenite::Library),
        Box::new(fastwebsockets::Library),
        Box::new(tokio_websockets::Library),
        Box::new(soketto::Library),
        Box::new(web_socket::Library),
        Box::new(wtx::Library),
        Box::new(yawc::Library),
        Box::new(sans_io::Library),
        Box::new(shiguredo::Library),
        Box::new(ratchet::Library),
        Box::new(sockudo::Library),
        #[cfg(feature = "wslay")]
        Box::new(wslay::Library),
    ]
}
