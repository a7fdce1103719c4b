//! What messages consist of, the same in every run.

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn range(&mut self, least: usize, most: usize) -> usize {
        least + (self.next() % (most - least + 1) as u64) as usize
    }

    pub fn key(&mut self) -> [u8; 4] {
        (self.next() as u32).to_le_bytes()
    }

    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }
}

/// A text like JSON of exactly so many bytes. In 3 of 10 about a third of the
/// characters are outside ASCII.
pub fn short_text(random: &mut Random, length: usize) -> String {
    const WORDS: [&str; 12] = [
        "\"price\":",
        "101.25,",
        "\"sym\":",
        "\"EURUSD\",",
        "\"id\":",
        "83121,",
        "\"side\":",
        "\"buy\",",
        "true,",
        "null,",
        "\"ts\":",
        "1712,",
    ];
    const WIDE: [&str; 6] = ["é", "ü", "日本", "ñ", "Ж", "😀"];
    let is_wide = random.next() % 10 < 3;
    let mut text = String::from("{");
    while text.len() < length - 1 {
        let words: &[&str] = match is_wide && !random.next().is_multiple_of(4) {
            true => &WIDE,
            false => &WORDS,
        };
        for character in words[random.range(0, words.len() - 1)].chars() {
            if text.len() + character.len_utf8() < length {
                text.push(character);
            }
        }
        // What no character of four bytes fits into any more.
        if text.len() < length - 1 && text.len() + 4 >= length {
            text.push(' ');
        }
    }
    text.push('}');
    text
}

/// 1 MiB, first ASCII, then Chinese.
pub fn long_text(random: &mut Random, shift: usize) -> String {
    let mut text = String::new();
    while text.len() < 1 << 19 {
        text.push(char::from(b' ' + ((text.len() + shift) % 90) as u8));
    }
    while text.len() + 3 <= 1 << 20 {
        let code = 0x4E00 + (random.next() % 0x5000) as u32;
        text.push(char::from_u32(code).expect("no surrogate"));
    }
    while text.len() < 1 << 20 {
        text.push('.');
    }
    text
}

/// JSON of exactly so many bytes, 64 or more.
pub fn records(random: &mut Random, number: usize, length: usize) -> String {
    let mut text = format!("{{\"type\":\"update\",\"seq\":{number},\"items\":[");
    while text.len() < length {
        text += &format!(
            "{{\"id\":{},\"price\":{}.{:02},\"name\":\"item-{}\"}},",
            random.range(1, 99_999),
            random.range(1, 999),
            random.range(0, 99),
            random.range(1, 500)
        );
    }
    text.truncate(length - 2);
    text + "]}"
}
