//! Links the one peer that is not Rust.

fn main() {
    if std::env::var_os("CARGO_FEATURE_WSLAY").is_some() {
        println!("cargo:rustc-link-lib=dylib=wslay");
    }
}
