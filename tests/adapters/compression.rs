//! The options of a command line for permessage-deflate.

use websocket_proto::deflate::DeflateConfig;

use crate::arguments::Arguments;

/// Takes one of these options; `false` where the word is another.
///
/// ```text
/// --no-deflate                  no compression at all
/// --deflate-level LEVEL         from 0 to 9
/// --no-context-takeover         every message on its own, both ways
/// --window-bits BITS            windows of 9 to 15 bits, both ways
/// ```
pub(crate) fn option(
    word: &str,
    arguments: &mut Arguments,
    deflate: &mut Option<DeflateConfig>,
) -> bool {
    let set: Box<dyn Fn(DeflateConfig) -> DeflateConfig> = match word {
        "--no-deflate" => {
            *deflate = None;
            return true;
        }
        "--deflate-level" => {
            let level = arguments.parsed(word);
            Box::new(move |config| config.level(level))
        }
        "--no-context-takeover" => {
            Box::new(|config| config.outgoing_takeover(false).incoming_takeover(false))
        }
        "--window-bits" => {
            let bits = arguments.parsed(word);
            Box::new(move |config| config.outgoing_window_bits(bits).incoming_window_bits(bits))
        }
        _ => return false,
    };
    *deflate = deflate.map(set);
    true
}
