//! What holds for any bytes.

use proptest::{collection::vec, prelude::*, sample::select};
use websocket_proto::{
    Uri,
    handshake::{
        Acceptance, ClientRequest, Extension, HeadLimits, HeadReader, Request, RequestHead,
        ResponseHead, encode_key,
    },
};

use crate::support::{REQUEST, RESPONSE, client, read_head};

/// Pieces of heads, good and bad, to be put together at random.
fn fragments() -> impl Strategy<Value = Vec<u8>> {
    let pieces: &[&[u8]] = &[
        b"GET /chat HTTP/1.1\r\n",
        b"HTTP/1.1 101 \r\n",
        b"Host: h\r\n",
        b"Upgrade: websocket\r\n",
        b"Connection: Upgrade\r\n",
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        b"Sec-WebSocket-Version: 13\r\n",
        b"Sec-WebSocket-Protocol: a, b\r\n",
        b"Sec-WebSocket-Extensions: a; b=\"c\"\r\n",
        b"X:\r\n",
        b"\r\n",
        b"\r",
        b"\n",
        b" ",
        b"\t",
        b":",
        b",;=\"\\",
        b"\0",
        b"\xff",
    ];
    vec(select(pieces), 0..12).prop_map(|pieces| pieces.concat())
}

/// A valid head with some bytes overwritten.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let heads = select(vec![REQUEST, RESPONSE]);
    (
        heads,
        vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    )
        .prop_map(|(head, changes)| {
            let mut head = head.as_bytes().to_vec();
            for (at, byte) in changes {
                let at = at.index(head.len());
                head[at] = byte;
            }
            head
        })
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![fragments(), damaged(), vec(any::<u8>(), 0..200)]
}

/// All heads in the bytes, the rest and the error, in the given pieces.
fn read(bytes: &[u8], sizes: &[usize]) -> (Vec<Vec<u8>>, String) {
    let mut reader = HeadReader::new(HeadLimits {
        bytes: 300,
        headers: 5,
    });
    let mut heads = Vec::new();
    let mut rest = bytes;
    let mut sizes = sizes.iter().cycle();
    while !rest.is_empty() {
        let size = (*sizes.next().unwrap()).min(rest.len());
        let mut piece = rest[..size].to_vec();
        rest = &rest[size..];
        let mut input = &mut piece[..];
        loop {
            match reader.receive(&mut input) {
                Ok(Some(head)) => heads.push(head.into_owned()),
                Ok(None) => break,
                Err(error) => return (heads, error.to_string()),
            }
        }
    }
    (heads, String::new())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// SEC-16: an answer for whatever comes.
    #[test]
    fn no_bytes_panic(bytes in bytes()) {
        let limits = HeadLimits::default();
        if let Ok(head) = RequestHead::parse(&bytes, limits) {
            prop_assert!(head.path().starts_with('/'));
            prop_assert!(head.target().is_ascii());
            for (name, value) in head.headers().iter() {
                prop_assert!(!name.is_empty());
                prop_assert!(head.headers().all(name).any(|other| other == value));
            }
            if let Ok(request) = Request::new(head) {
                let accepted = request.accept(&Acceptance::new()).unwrap();
                prop_assert!(accepted.response.encode().unwrap().is_ascii());
            }
        }
        if let Ok(head) = ResponseHead::parse(&bytes, limits) {
            let _ = client().verify(&encode_key([0; 16]), &head);
            prop_assert!(head.websocket_versions().count() <= bytes.len());
        }
        let _ = Extension::parse_list([&bytes[..]]);
        let _ = Uri::parse(&String::from_utf8_lossy(&bytes));
    }

    /// IO-02: pieces do not matter. The reader and the parser agree on what a
    /// head is: line ends and limits are the same rule in both.
    #[test]
    fn pieces_do_not_matter(bytes in bytes(), sizes in vec(1..20_usize, 1..5)) {
        let whole = read(&bytes, &[usize::MAX]);
        prop_assert_eq!(&whole, &read(&bytes, &[1]));
        prop_assert_eq!(&whole, &read(&bytes, &sizes));
    }

    /// Whatever the parser takes, the reader takes as one head.
    #[test]
    fn parser_is_as_strict_as_the_reader(bytes in bytes()) {
        let limits = HeadLimits::default();
        let parsed = RequestHead::parse(&bytes, limits).is_ok()
            || ResponseHead::parse(&bytes, limits).is_ok();
        if parsed {
            prop_assert_eq!(read_head(&bytes), Ok(Some((bytes, Vec::new()))));
        }
    }

    /// What the client writes, the server reads.
    #[test]
    fn request_round_trip(
        path in "(/[a-z0-9._~-]{0,8}){0,3}",
        query in proptest::option::of("[a-z=&]{1,10}"),
        port in 1..=u16::MAX,
        names in proptest::collection::btree_set("[!#-'*+.0-9A-Z^-z|~-]{1,8}", 0..4),
        value in "[ -~\t]{0,20}",
        params in vec(("[a-z]{1,5}", proptest::option::of("[a-z0-9]{1,5}")), 0..4),
        nonce in any::<[u8; 16]>(),
    ) {
        let query_text = query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        let uri: Uri = format!("ws://h:{port}{path}{query_text}").parse().unwrap();
        prop_assert_eq!(uri.to_string().parse(), Ok(uri.clone()));
        let mut extension = Extension::new("ext").unwrap();
        for (name, value) in &params {
            extension = extension.param(name, value.as_deref()).unwrap();
        }
        let mut sent = ClientRequest::new(&uri)
            .header("X-Value", &value)
            .extension(extension.clone());
        for name in &names {
            sent = sent.subprotocol(name);
        }
        let key = encode_key(nonce);
        let bytes = sent.encode(&key).unwrap();
        let head = RequestHead::parse(&bytes, HeadLimits::default()).unwrap();
        let received = Request::new(head).unwrap();
        prop_assert_eq!(received.target(), uri.target());
        prop_assert_eq!(received.query(), query.as_deref());
        prop_assert_eq!(received.host(), uri.authority());
        prop_assert_eq!(received.key(), Some(&key));
        prop_assert!(received.subprotocols().eq(names.iter()));
        prop_assert_eq!(received.extensions(), [extension.clone()]);
        let value = value.trim_matches([' ', '\t']).as_bytes();
        prop_assert_eq!(received.headers().first("x-value"), Some(value));

        let mut acceptance = Acceptance::new().extension(extension);
        if let Some(name) = names.first() {
            acceptance = acceptance.subprotocol(name);
        }
        let accepted = received.accept(&acceptance).unwrap();
        let bytes = accepted.response.encode().unwrap();
        let head = ResponseHead::parse(&bytes, HeadLimits::default()).unwrap();
        prop_assert_eq!(sent.verify(&key, &head), Ok(accepted.agreement));
    }

    /// HS-C-15, SEC-06: whatever the caller gives, an encoded head has exactly
    /// the lines it should have.
    #[test]
    fn nothing_is_injected(name in ".{0,8}", value in ".{0,8}", other in "[\0- \r\n:a-z]{0,6}") {
        let request = client()
            .header(&name, &value)
            .subprotocol(&other)
            .header("X", &other);
        if let Ok(bytes) = request.encode(&encode_key([0; 16])) {
            let (head, rest) = read_head(&bytes).unwrap().unwrap();
            prop_assert!(rest.is_empty());
            let lines = head.iter().filter(|&&byte| byte == b'\n').count();
            prop_assert_eq!(lines, 1 + 5 + 3 + 1);
        }
    }
}
