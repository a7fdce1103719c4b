//! RFC 6455 sections 5.5.1 and 7: closing.

mod codes;
mod exchange;
mod failing;
mod payload;
mod states;

use websocket_proto::{CloseCode, Connection};

/// A close code that may travel.
fn code(number: u16) -> CloseCode {
    CloseCode::new(number).expect("a code that may travel")
}

/// The number that the connection reports once it is closed.
fn status(conn: &Connection) -> Option<u16> {
    conn.close_status().map(|status| status.value())
}
