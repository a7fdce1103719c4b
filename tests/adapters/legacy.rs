//! The option of a command line for the legacy protocol.

use websocket_proto::Config;

use crate::arguments::Arguments;

/// Takes `--hixie76`; `false` where the word is another. Without the feature
/// of that name the program ends.
pub(crate) fn option(word: &str, arguments: &Arguments, hixie76: &mut bool) -> bool {
    if word != "--hixie76" {
        return false;
    }
    if !cfg!(feature = "hixie76") {
        arguments.refuse("--hixie76 needs a program that is built with --features hixie76");
    }
    *hixie76 = true;
    true
}

/// A server's configuration that takes both protocols where that is wanted.
#[allow(dead_code, reason = "only for servers")]
pub(crate) fn server(config: Config, hixie76: bool) -> Config {
    #[cfg(feature = "hixie76")]
    let config = config.hixie76(hixie76);
    #[cfg(not(feature = "hixie76"))]
    let _ = hixie76;
    config
}
