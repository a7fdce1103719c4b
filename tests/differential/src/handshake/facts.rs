//! What a head says, read a second time: leniently, so that everything that
//! either side accepts can be looked at.

/// The parts of a head.
#[derive(Debug)]
pub struct Facts<'a> {
    pub empty_lines: usize,
    pub start_line: &'a [u8],
    pub fields: Vec<(&'a [u8], &'a [u8])>,
    /// An LF that no CR precedes ends a line.
    pub bare_lf: bool,
    /// Where the head ends, if it does.
    pub end: Option<usize>,
}

impl<'a> Facts<'a> {
    pub fn of(bytes: &'a [u8]) -> Self {
        let mut facts = Self {
            empty_lines: 0,
            start_line: b"",
            fields: Vec::new(),
            bare_lf: false,
            end: None,
        };
        let mut at = 0;
        while let Some(length) = bytes[at..].iter().position(|&byte| byte == b'\n') {
            let line = &bytes[at..at + length];
            at += length + 1;
            let line = line.strip_suffix(b"\r").unwrap_or_else(|| {
                facts.bare_lf = true;
                line
            });
            match (line, facts.start_line) {
                ([], []) => facts.empty_lines += 1,
                ([], _) => {
                    facts.end = Some(at);
                    break;
                }
                (_, []) => facts.start_line = line,
                _ => {
                    let colon = line.iter().position(|&byte| byte == b':');
                    let (name, value) = line.split_at(colon.unwrap_or(line.len()));
                    facts
                        .fields
                        .push((name, trim(value.get(1..).unwrap_or_default())));
                }
            }
        }
        facts
    }

    /// With what this crate may have refused in the heads before this one.
    pub fn after(mut self, earlier: &Facts<'_>) -> Self {
        self.empty_lines = self.empty_lines.max(earlier.empty_lines);
        self.bare_lf |= earlier.bare_lf;
        self
    }

    /// The values of a field, whose name is given in lower case.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        let is_name = |field: &&(&[u8], &[u8])| field.0.eq_ignore_ascii_case(name.as_bytes());
        let values: Vec<_> = self.fields.iter().filter(is_name).collect();
        values.into_iter().map(|field| field.1)
    }

    pub fn count(&self, name: &str) -> usize {
        self.values(name).count()
    }

    pub fn first(&self, name: &str) -> &'a [u8] {
        self.values(name).next().unwrap_or_default()
    }

    /// All values of the field as the one list that they are (RFC 9110
    /// sections 5.3 and 5.6.1).
    pub fn list(&self, name: &str) -> Vec<&'a [u8]> {
        self.values(name)
            .flat_map(|value| value.split(|&byte| byte == b','))
            .map(trim)
            .filter(|element| !element.is_empty())
            .collect()
    }

    /// Whether the list has the element, in whatever case.
    pub fn lists(&self, name: &str, element: &str) -> bool {
        let list = self.list(name);
        list.iter()
            .any(|found| found.eq_ignore_ascii_case(element.as_bytes()))
    }

    /// The second word of the start line.
    pub fn target(&self) -> &'a [u8] {
        let mut words = self.start_line.split(|&byte| byte == b' ');
        words.nth(1).unwrap_or_default()
    }

    /// HTTP/1.2 to HTTP/1.9, as `word` of the start line.
    pub fn is_later_http(&self, word: &[u8]) -> bool {
        matches!(word, [start @ .., b'2'..=b'9'] if start == b"HTTP/1.")
    }

    /// Subprotocols that RFC 6455 sections 4.1 and 11.3.4 allow to be offered.
    pub fn has_valid_subprotocols(&self) -> bool {
        let list = self.list("sec-websocket-protocol");
        let is_new = |(at, name): (usize, &&[u8])| !list[..at].contains(name);
        self.count("sec-websocket-protocol") == 0
            || !list.is_empty()
                && list.len() <= 64
                && list.iter().all(|name| is_token(name))
                && list.iter().enumerate().all(is_new)
    }

    /// Extensions by the grammar of RFC 6455 section 9.1.
    pub fn has_valid_extensions(&self) -> bool {
        let name = "sec-websocket-extensions";
        // No value here has a comma within quotes that stays a token.
        let list = self.list(name);
        let is_parameter = |text: &[u8]| {
            let mut parts = text.splitn(2, |&byte| byte == b'=');
            let name = trim(parts.next().unwrap_or_default());
            let value = parts.next().map(trim);
            is_token(name) && value.is_none_or(|value| is_token(&unquoted(value)))
        };
        let is_extension = |text: &&[u8]| {
            let mut parts = text.split(|&byte| byte == b';').map(trim);
            is_token(parts.next().unwrap_or_default()) && parts.all(is_parameter)
        };
        self.count(name) == 0
            || !list.is_empty() && list.len() <= 32 && list.iter().all(is_extension)
    }
}

/// Without quotes and escapes, or empty where they do not end.
fn unquoted(value: &[u8]) -> Vec<u8> {
    let [b'"', inner @ .., b'"'] = value else {
        return value.to_vec();
    };
    let mut text = Vec::new();
    let mut bytes = inner.iter();
    while let Some(&byte) = bytes.next() {
        match (byte, byte == b'\\') {
            (b'"', _) => return Vec::new(),
            (_, true) => match bytes.next() {
                Some(&escaped) => text.push(escaped),
                None => return Vec::new(),
            },
            _ => text.push(byte),
        }
    }
    text
}

pub fn is_token(text: &[u8]) -> bool {
    let is_byte = |byte: &u8| byte.is_ascii_graphic() && !b"\"(),/:;<=>?@[\\]{}".contains(byte);
    !text.is_empty() && text.iter().all(is_byte)
}

/// Host and port (RFC 3986 section 3.2), for the hosts that occur here.
pub fn is_authority(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    let (host, port) = match text.rfind(':') {
        Some(at) if !text[at..].contains(']') => (&text[..at], &text[at + 1..]),
        _ => (&text[..], ""),
    };
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit())
        && (port.is_empty() || port.parse::<u16>().is_ok());
    let is_host = match host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            let is_plain =
                |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+;=%".contains(&byte);
            let mut escapes = host.split('%').skip(1);
            !host.is_empty()
                && host.bytes().all(is_plain)
                && escapes.all(|rest| {
                    let digits = rest.as_bytes().get(..2).unwrap_or_default();
                    digits.len() == 2 && digits.iter().all(u8::is_ascii_hexdigit)
                })
        }
    };
    is_port && is_host
}

/// Without the spaces and tabs at both ends.
fn trim(text: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let start = text.iter().position(is_text).unwrap_or(text.len());
    let end = text.iter().rposition(is_text).map_or(start, |at| at + 1);
    &text[start..end]
}
