/// Text of about `length` bytes in several scripts.
pub(crate) fn text(length: usize) -> String {
    const SAMPLE: &str = "The quick brown fox, der flinke Fuchs, быстрая лиса, 素早い狐 🦊. ";
    let mut text = String::with_capacity(length + 4);
    for character in SAMPLE.chars().cycle() {
        if text.len() >= length {
            break;
        }
        text.push(character);
    }
    text
}
