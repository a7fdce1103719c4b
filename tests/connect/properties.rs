//! Any list of fields, and any request of this crate's own.

use proptest::prelude::*;
use websocket_proto::handshake::connect::{Outcome, Request, RequestError, Setting};
use websocket_proto::handshake::{Acceptance, ClientRequest};

use crate::lists::{client, example, to};

/// Names that mean something, and names that do not.
fn name() -> impl Strategy<Value = Vec<u8>> {
    let mut known: Vec<_> = example().into_iter().map(|field| field.0).collect();
    known.extend(["host", "connection", "te", ":status", "Origin", "x"].map(String::from));
    prop_oneof![
        8 => prop::sample::select(known).prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ]
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    let mut known: Vec<_> = example().into_iter().map(|field| field.1).collect();
    known.extend(["200", "/", "8", "chat", "x;y=z", ""].map(String::from));
    prop_oneof![
        8 => prop::sample::select(known).prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ]
}

proptest! {
    /// No list makes a check panic, and what passes can be accepted. What
    /// passes has a `:protocol`, and names in lower case.
    #[test]
    fn any_list(fields in prop::collection::vec((name(), value()), 0..12), whole in any::<bool>()) {
        let example = example().into_iter().take(if whole { 5 } else { 0 });
        let example = example.map(|(name, value)| (name.into_bytes(), value.into_bytes()));
        let fields: Vec<_> = example.chain(fields).collect();
        match Request::from_fields(fields.iter().map(|(name, value)| (name, value))) {
            Ok(request) => {
                prop_assert!(fields.iter().any(|(name, _)| name == b":protocol"));
                prop_assert!(request.path().starts_with('/'));
                for (name, _) in request.headers().iter() {
                    prop_assert_eq!(name.to_ascii_lowercase(), name);
                }
                let accepted = request.accept(&Acceptance::new()).unwrap();
                let answer = accepted.response.to_fields().unwrap();
                prop_assert_eq!(answer.first(":status"), Some(&b"200"[..]));
            }
            Err(RequestError::NotWebSocket) => {
                prop_assert!(fields.iter().all(|(name, _)| name != b":protocol"));
            }
            Err(error) => {
                prop_assert!(error.refusal().to_fields().is_ok());
            }
        }
        let answer = client().verify_connect(fields.iter().map(|(name, value)| (name, value)));
        prop_assert!(answer.is_err() || fields.iter().all(|(name, _)| name != b":path"));
    }

    /// What this crate's client asks for, its server understands, and the
    /// other way round.
    #[test]
    fn both_ends(
        path in "/[a-z0-9/._~-]{0,12}",
        query in prop::option::of("[a-z=&]{1,12}"),
        names in prop::collection::hash_set("[A-Za-z.]{1,8}", 0..4),
        value in "[ -~]{0,12}",
        chosen in any::<prop::sample::Index>(),
    ) {
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        let mut request = to(&format!("wss://example.com:8443{path}{query}"));
        for name in &names {
            request = ClientRequest::subprotocol(request, name);
        }
        let request = request.header("X-Value", &value);
        let fields = request.to_connect(Setting::from(true)).unwrap();
        let received = Request::from_fields(fields.iter()).unwrap();
        prop_assert_eq!(received.target(), format!("{path}{query}"));
        prop_assert_eq!(received.host(), "example.com:8443");
        prop_assert_eq!(received.headers().first("x-value"), Some(value.trim().as_bytes()));
        prop_assert_eq!(received.subprotocols().count(), names.len());

        let mut acceptance = Acceptance::new();
        if !names.is_empty() {
            let name = received.subprotocols().nth(chosen.index(names.len())).unwrap();
            acceptance = acceptance.subprotocol(name);
        }
        let accepted = received.accept(&acceptance).unwrap();
        let answer = accepted.response.to_fields().unwrap();
        let answer = request.verify_connect(answer.iter()).unwrap();
        prop_assert_eq!(answer, Outcome::Open(accepted.agreement));
    }
}
