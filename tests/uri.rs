//! `ws` and `wss` URIs, requirement by requirement.
#![cfg(feature = "alloc")]

use websocket_proto::{Uri, UriError};

#[track_caller]
fn uri(text: &str) -> Uri {
    Uri::parse(text).unwrap()
}

#[track_caller]
fn error(text: &str) -> UriError {
    Uri::parse(text).unwrap_err()
}

/// URI-01
#[test]
fn schemes() {
    assert!(uri("WSS://h/").is_secure());
    assert_eq!(uri("WSS://h/").port(), 443);
    assert!(!uri("Ws://h/").is_secure());
}

/// URI-02
#[test]
fn ports() {
    assert_eq!(uri("ws://h/").port(), 80);
    assert_eq!(uri("wss://h/").port(), 443);
    assert_eq!(uri("wss://h:80/").port(), 80);
    assert_eq!(uri("ws://h:65535/").port(), 65535);
}

/// URI-03, HS-C-20
#[test]
fn fragments() {
    for text in ["ws://h/p#f", "ws://h/p#", "ws://h#f", "ws://h?q#f"] {
        assert_eq!(error(text), UriError::Fragment);
    }
    assert_eq!(uri("ws://h/%23").target(), "/%23");
}

/// URI-04, URI-05, URI-15
#[test]
fn targets() {
    for (text, target) in [
        ("ws://h", "/"),
        ("ws://h?x=1", "/?x=1"),
        ("ws://h/a?", "/a"),
        ("ws://h?", "/"),
        ("ws://h/?", "/"),
        ("ws://h/a??", "/a??"),
        ("ws://h/%2F/../a;b=c?d=%20", "/%2F/../a;b=c?d=%20"),
        ("ws://h/.well-known/x", "/.well-known/x"),
        ("ws://h?a=/b?c", "/?a=/b?c"),
        ("ws://h/?ids[]=1", "/?ids[]=1"),
    ] {
        assert_eq!(uri(text).target(), target, "{text}");
    }
}

/// URI-06
#[test]
fn hosts() {
    let v6 = uri("ws://[::1]:9001/");
    assert_eq!(
        (v6.host(), v6.server_name(), v6.port()),
        ("[::1]", "::1", 9001)
    );
    assert_eq!(v6.authority(), "[::1]:9001");
    assert_eq!(uri("wss://[2001:db8::1]").authority(), "[2001:db8::1]");
    assert_eq!(uri("ws://127.0.0.1:80/").authority(), "127.0.0.1");
    assert_eq!(uri("ws://Example.COM/").server_name(), "Example.COM");
    for text in [
        "ws://::1/",
        "ws://[::1/",
        "ws://[g]/",
        "ws://[]/",
        "ws://[::1]x/",
        "ws://a[b/",
    ] {
        assert!(
            matches!(
                error(text),
                UriError::Host | UriError::Port | UriError::MissingHost
            ),
            "{text}"
        );
    }
}

/// URI-07
#[test]
fn zone_identifiers() {
    assert_eq!(error("ws://[fe80::1%25eth0]/"), UriError::Host);
    assert_eq!(error("ws://[fe80::1%eth0]/"), UriError::Host);
}

/// URI-08, HS-C-20
#[test]
fn port_digits() {
    for text in [
        "ws://h:65536/",
        "ws://h:-1/",
        "ws://h:+1/",
        "ws://h:8o/",
        "ws://h:0/",
        "ws://h: /",
        "ws://h:99999/",
        "ws://h:99999999999999999999/",
        "ws://h:1:2/",
    ] {
        assert_eq!(error(text), UriError::Port, "{text}");
    }
    assert_eq!(uri("ws://h:/").port(), 80);
    assert_eq!(uri("ws://h:/").authority(), "h");
    assert_eq!(uri("ws://h:0080/").authority(), "h");
}

/// URI-09
#[test]
fn host_is_required() {
    for text in [
        "ws:///p",
        "ws://:80/",
        "ws:h",
        "ws://",
        "ws://?q",
        "ws:",
        "ws:/h",
    ] {
        assert_eq!(error(text), UriError::MissingHost, "{text}");
    }
    for text in ["//h/p", "/p", "", "h", "ws"] {
        assert_eq!(error(text), UriError::Scheme, "{text}");
    }
}

/// URI-10, HS-C-26, SEC-22: not echoed either.
#[test]
fn userinfo() {
    for text in ["ws://u:hunter2@h/", "ws://u@h/", "ws://@h/", "ws://a@b@h/"] {
        let error = error(text);
        assert_eq!(error, UriError::Userinfo);
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
    // Behind the authority it is an ordinary character.
    assert_eq!(uri("ws://h/a@b").target(), "/a@b");
}

/// URI-11, HS-C-15, HS-C-27
#[test]
fn characters() {
    for character in [
        ' ', '"', '<', '>', '\\', '^', '`', '{', '|', '}', '\n', '\r', '\0', '\t', '\x7f',
    ] {
        assert_eq!(error(&format!("ws://h/a{character}b")), UriError::Character);
        assert_eq!(
            error(&format!("ws://h/?a{character}b")),
            UriError::Character
        );
        assert_eq!(error(&format!("ws://a{character}b/")), UriError::Host);
    }
    for text in ["ws://bücher.example/", "ws://h/é", "wß://h/"] {
        assert_eq!(error(text), UriError::NotAscii);
    }
    assert_eq!(uri("ws://xn--bcher-kva.example/%C3%A9").target(), "/%C3%A9");
}

/// URI-12
#[test]
fn percent_escapes() {
    for text in [
        "ws://h/%zz",
        "ws://h/%",
        "ws://h/%4",
        "ws://h/?a=%f",
        "ws://h%4/",
        "ws://h/%%41",
    ] {
        assert_eq!(error(text), UriError::PercentEncoding, "{text}");
    }
    // HS-C-27: neither a resolver nor a certificate knows such a name.
    for text in ["ws://b%C3%BCcher.example/", "ws://a%00b/", "ws://%41:80/"] {
        assert_eq!(error(text), UriError::Host, "{text}");
    }
}

/// URI-13, HS-C-20
#[test]
fn other_schemes() {
    for text in ["http://h/", "wsx://h/", "https://h/", "w://h/", " ws://h/"] {
        assert_eq!(error(text), UriError::Scheme, "{text}");
    }
}

/// URI-16
#[test]
fn length_is_bounded() {
    assert_eq!(
        error(&format!("ws://h/{}", "a".repeat(1 << 20))),
        UriError::TooLong
    );
    let longest = Uri::parse(&format!("ws://h/{}", "a".repeat(8 * 1024 - 7))).unwrap();
    assert_eq!(Uri::parse(&longest.to_string()), Ok(longest));
    // Written again, this one has a slash more.
    let bare = |length| Uri::parse(&format!("ws://h?{}", "a".repeat(length)));
    assert_eq!(bare(8 * 1024 - 7), Err(UriError::TooLong));
    let shorter = format!("ws://h:80?{}", "a".repeat(8 * 1024 - 10));
    assert!(shorter.len() == 8 * 1024 && Uri::parse(&shorter).is_ok());
    let longest = bare(8 * 1024 - 8).unwrap();
    assert_eq!(longest.to_string().len(), 8 * 1024);
    assert_eq!(Uri::parse(&longest.to_string()), Ok(longest));
}

/// HS-C-24, SEC-15
#[test]
fn what_tls_needs() {
    let secure = uri("wss://h:444/");
    assert!(secure.is_secure());
    assert_eq!(secure.server_name(), "h");
}

#[test]
fn text_of_a_uri() {
    assert_eq!(uri("WS://h:80?x").to_string(), "ws://h/?x");
    assert_eq!(
        "wss://h:1/a".parse::<Uri>().unwrap().to_string(),
        "wss://h:1/a"
    );
    assert!(!format!("{:?}", uri("ws://h/a?token=hunter2")).contains("hunter2"));
}

/// SEC-19
#[test]
fn every_error_says_what_is_wrong() {
    for (error, words) in [
        (UriError::TooLong, "8 KiB"),
        (UriError::NotAscii, "not ASCII"),
        (UriError::Scheme, "scheme"),
        (UriError::Fragment, "fragment"),
        (UriError::Userinfo, "user name"),
        (UriError::MissingHost, "no host"),
        (UriError::Host, "host of the URI is malformed"),
        (UriError::Port, "port"),
        (UriError::Character, "character"),
        (UriError::PercentEncoding, "percent escape"),
    ] {
        let text = error.to_string();
        assert!(text.contains(words), "{text}");
    }
}
