//! Writes a certificate for `localhost` and its key: `http_identity CERT KEY`.

use std::{env, fs};

use http_stacks::Failure;
use http_stacks::tls::Identity;

fn main() -> Result<(), Failure> {
    let mut words = env::args().skip(1);
    let (Some(certificate), Some(key)) = (words.next(), words.next()) else {
        return Err("Usage: http_identity CERT KEY".into());
    };
    let identity = Identity::localhost()?;
    fs::write(certificate, identity.certificate)?;
    fs::write(key, identity.key)?;
    Ok(())
}
