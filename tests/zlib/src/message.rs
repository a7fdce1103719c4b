//! Compressed messages, made up block by block.

use crate::bits::BitWriter;
use crate::block::{self, FLAWS, Item};
use crate::random::Random;

const MAX_DISTANCE: usize = 1 << 15;

/// What messages are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Bytes of any value, nearly all of them different from their neighbours.
    Bytes,
    /// Letters: whatever is copied from where, it is text.
    Letters,
}

/// What a stream of messages is to be.
#[derive(Debug, Clone, Copy)]
pub struct Profile {
    pub bits: u8,
    pub takeover: bool,
    pub content: Content,
    /// In percent, how many blocks are final ones.
    pub finals: usize,
    pub scale: Scale,
}

/// How long messages are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Most of them up to 1,000 bytes before they are inflated.
    Small,
    /// Of any length, mostly short.
    Any,
    /// Tens of kilobytes and more.
    Long,
}

/// One message as it is on the wire, but for frames.
#[derive(Debug, Clone)]
pub struct Compressed {
    pub payload: Vec<u8>,
    /// Where in the payload a block begins with a byte.
    pub marks: Vec<usize>,
    /// What it says, `None` if something may be wrong with it.
    pub output: Option<Vec<u8>>,
    /// A distance reaches over the window, to what the message itself has said.
    pub is_beyond: bool,
}

/// Makes the messages of one direction of a connection.
#[derive(Debug)]
pub struct Author {
    profile: Profile,
    /// What was said, with takeover also in earlier messages.
    said: Vec<u8>,
    /// The length of `said` where the message began.
    begin: usize,
    /// The length of `said` at the latest begin of a message or end of a final
    /// block, and how much of the window there was then.
    segment: usize,
    reach: usize,
    is_beyond: bool,
    may_be_beyond: bool,
    /// A message before may be other than it is thought to be.
    is_spoiled: bool,
    /// The last block was a final one.
    is_final: bool,
    writer: BitWriter,
    marks: Vec<usize>,
}

impl Author {
    pub const fn new(profile: Profile) -> Self {
        Self {
            profile,
            said: Vec::new(),
            begin: 0,
            segment: 0,
            reach: 0,
            is_beyond: false,
            may_be_beyond: false,
            is_spoiled: false,
            is_final: false,
            writer: BitWriter::new(),
            marks: Vec::new(),
        }
    }

    const fn window(&self) -> usize {
        1 << self.profile.bits
    }

    fn start(&mut self, random: &mut Random) {
        if self.profile.takeover {
            let excess = self.said.len().saturating_sub(MAX_DISTANCE);
            self.said.drain(..excess);
        } else {
            self.said.clear();
            self.is_spoiled = false;
        }
        self.begin = self.said.len();
        self.start_segment();
        self.is_beyond = false;
        self.may_be_beyond = random.one_in(30);
        self.is_final = false;
        self.writer = BitWriter::new();
        self.marks.clear();
    }

    fn start_segment(&mut self) {
        self.segment = self.said.len();
        self.reach = self.window().min(self.said.len());
    }

    /// The largest distance by the agreed window.
    fn strict(&self) -> usize {
        self.window().min(self.said.len())
    }

    /// The largest distance if within a message 32 KiB are the window.
    fn lenient(&self) -> usize {
        MAX_DISTANCE.min(self.reach + self.said.len() - self.segment)
    }

    /// A valid message.
    pub fn valid(&mut self, random: &mut Random) -> Compressed {
        self.start(random);
        // Now and then there is no payload at all.
        if !random.one_in(200) {
            self.blocks(random);
            self.end(random);
        }
        let output = (!self.is_spoiled).then(|| self.said[self.begin..].to_vec());
        self.finish(output)
    }

    /// A message with which something is wrong, or may be.
    pub fn faulty(&mut self, random: &mut Random) -> Compressed {
        self.start(random);
        if random.percent(70) {
            self.blocks(random);
        }
        let kind = random.below(16);
        match kind {
            0..=5 => {
                self.wrong_block(random);
                if random.one_in(3) {
                    self.blocks(random);
                }
                self.end(random);
            }
            6 => self.swallow_tail(random),
            _ => {
                if self.writer.length() == 0 {
                    self.blocks(random);
                }
                self.end(random);
            }
        }
        let mut message = self.finish(None);
        self.is_spoiled = true;
        let payload = &mut message.payload;
        match kind {
            7..=9 => payload.truncate(random.below(payload.len() + 1)),
            10 | 11 => {
                for _ in 0..random.between(1, 3) {
                    let at = random.below(payload.len());
                    payload[at] ^= 1 << random.below(8);
                }
            }
            12 => {
                let at = random.below(payload.len());
                payload[at] = random.number() as u8;
            }
            13 => {
                let at = random.below(payload.len());
                payload.remove(at);
            }
            14 => payload.insert(random.below(payload.len() + 1), random.number() as u8),
            15 => {
                payload.resize(random.between(1, 60), 0);
                random.fill(payload);
            }
            _ => {}
        }
        message.marks.retain(|mark| *mark <= message.payload.len());
        message
    }

    fn finish(&mut self, output: Option<Vec<u8>>) -> Compressed {
        let writer = core::mem::take(&mut self.writer);
        Compressed {
            payload: writer.into_bytes(),
            marks: core::mem::take(&mut self.marks),
            output,
            is_beyond: self.is_beyond,
        }
    }

    /// The blocks of a message, of one of several kinds.
    fn blocks(&mut self, random: &mut Random) {
        let weights = match (self.profile.scale, self.profile.bits) {
            (Scale::Small, _) => [50, 0, 0, 0, 0, 1, 8, 12],
            (Scale::Long, _) => [1, 0, 0, 0, 9, 0, 0, 0],
            (Scale::Any, ..=13) => [88, 28, 24, 36, 1, 1, 12, 4],
            (Scale::Any, _) => [116, 40, 8, 12, 1, 1, 12, 4],
        };
        match random.weighted(&weights) {
            0 => {
                for _ in 0..random.between(1, 3) {
                    let most = random.pick(&[3, 8, 30]);
                    self.block(random, most);
                }
            }
            1 => {
                for _ in 0..random.between(1, 10) {
                    self.block(random, 60);
                }
            }
            2 => self.fill(random),
            3 => self.probe_window(random),
            4 => self.long(random),
            5 => self.many_finals(random),
            6 => {
                for _ in 0..random.between(1, 5) {
                    self.empty_block(random);
                }
            }
            _ => self.swell(random),
        }
    }

    /// One block of any kind with at most so many symbols.
    fn block(&mut self, random: &mut Random, most: usize) {
        match random.below(10) {
            0 => self.empty_block(random),
            1 => {
                let length = random.below(most);
                self.stored(random, length);
            }
            kind => {
                let count = random.below(most + 1);
                let items = self.items(random, count);
                let is_final = random.percent(self.profile.finals);
                self.coded(random, is_final, &items, kind > 5);
            }
        }
    }

    fn coded(&mut self, random: &mut Random, is_final: bool, items: &[Item], own_codes: bool) {
        match own_codes {
            true => block::dynamic(&mut self.writer, is_final, items, None, random),
            false => block::fixed(&mut self.writer, is_final, items),
        }
        self.after(is_final);
    }

    /// What follows a final block begins with a byte.
    fn after(&mut self, is_final: bool) {
        self.is_final = is_final;
        if is_final {
            self.writer.align();
            self.start_segment();
        }
        if self.writer.is_aligned() {
            self.marks.push(self.writer.length());
        }
    }

    /// An empty block: as a sync flush writes it, as a partial flush does, with
    /// codes of its own, and each of them final.
    fn empty_block(&mut self, random: &mut Random) {
        let is_final = random.percent(self.profile.finals);
        match random.below(4) {
            0 => block::stored(&mut self.writer, is_final, &[]),
            1 => block::dynamic(&mut self.writer, is_final, &[], None, random),
            _ => block::fixed(&mut self.writer, is_final, &[]),
        }
        self.after(is_final);
    }

    fn stored(&mut self, random: &mut Random, length: usize) {
        let start = self.said.len();
        self.said.resize(start + length, 0);
        random.fill(&mut self.said[start..]);
        if self.profile.content == Content::Letters {
            for byte in &mut self.said[start..] {
                *byte = b'a' + *byte % 26;
            }
        }
        let is_final = random.percent(self.profile.finals);
        block::stored(&mut self.writer, is_final, &self.said[start..]);
        self.after(is_final);
    }

    /// Enough to fill the window, or about that.
    fn fill(&mut self, random: &mut Random) {
        let window = self.window();
        let length = match random.below(4) {
            0 => window + random.below(600),
            1 => (window + 300).saturating_sub(random.below(600)),
            2 => random.below(5000),
            _ => random.below(window),
        };
        self.stored(random, length.min(65_535));
        if random.one_in(2) {
            self.block(random, 10);
        }
    }

    /// A full window, final blocks, and copies out of what was said before
    /// them, at the distance of the window most of all.
    fn probe_window(&mut self, random: &mut Random) {
        let window = self.window();
        if self.said.len() < window || random.one_in(3) {
            let length = window + random.below(600);
            self.stored(random, length.min(65_535));
        }
        for _ in 0..random.between(1, 4) {
            let mut items = vec![];
            for _ in 0..random.between(0, 3) {
                self.copy(random, 40, &mut items);
            }
            if random.one_in(2) {
                items.push(self.literal(random));
            }
            let own_codes = random.one_in(3);
            self.coded(random, true, &items, own_codes);
            let mut items = vec![];
            for _ in 0..random.between(1, 3) {
                let length = random.between(3, 60);
                let less = random.pick(&[0, 0, 0, 1, 29, 31]);
                let distance = self.strict().saturating_sub(less);
                if distance > 0 {
                    self.copy_from(length, distance, random, &mut items);
                }
            }
            self.coded(random, false, &items, own_codes);
        }
    }

    /// Tens of kilobytes.
    fn long(&mut self, random: &mut Random) {
        let end = self.said.len() + random.between(10_000, 150_000);
        while self.said.len() < end {
            match random.below(4) {
                0 => {
                    let length = random.below(20_000);
                    self.stored(random, length);
                }
                1 => self.block(random, 1000),
                _ => {
                    let mut items = vec![self.literal(random)];
                    for _ in 0..random.below(60) {
                        self.copy(random, 258, &mut items);
                    }
                    let own_codes = random.one_in(2);
                    self.coded(random, false, &items, own_codes);
                }
            }
        }
    }

    /// Final blocks about as many as a connection may have, and more.
    fn many_finals(&mut self, random: &mut Random) {
        for _ in 0..random.between(2, 90) {
            let count = random.pick(&[0, 0, 1, 2]);
            let items = self.items(random, count);
            self.coded(random, true, &items, false);
        }
    }

    /// Some thousand bytes out of few.
    fn swell(&mut self, random: &mut Random) {
        let mut items = vec![self.literal(random)];
        for _ in 0..random.between(1, 40) {
            let length = random.pick(&[258, 258, 257, 100]);
            let most = random.pick(&[1, 300]);
            let distance = 1 + random.below(self.strict().min(most));
            self.copy_from(length, distance, random, &mut items);
        }
        let own_codes = random.one_in(2);
        self.coded(random, false, &items, own_codes);
    }

    fn items(&mut self, random: &mut Random, count: usize) -> Vec<Item> {
        let mut items = vec![];
        let copies = random.pick(&[10, 40, 80]);
        for _ in 0..count {
            match random.percent(copies) {
                true => self.copy(random, 258, &mut items),
                false => items.push(self.literal(random)),
            }
        }
        items
    }

    fn literal(&mut self, random: &mut Random) -> Item {
        let byte = random.number() as u8;
        let byte = match self.profile.content {
            Content::Bytes => byte,
            Content::Letters => b'a' + byte % 26,
        };
        self.said.push(byte);
        Item::literal(byte)
    }

    /// A copy of at most so many bytes from anywhere, or a literal if there is
    /// nothing to copy.
    fn copy(&mut self, random: &mut Random, most: usize, items: &mut Vec<Item>) {
        let (strict, lenient) = (self.strict(), self.lenient());
        if strict == 0 {
            items.push(self.literal(random));
            return;
        }
        let distance = match random.below(20) {
            0 | 1 if self.may_be_beyond && lenient > strict => match random.one_in(2) {
                true => lenient,
                false => random.between(strict + 1, lenient),
            },
            0..=7 => 1 + random.below(strict.min(300)),
            8..=12 => 1 + random.below(strict),
            13..=15 => strict - random.below(strict.min(40)),
            _ => strict,
        };
        let length = match random.below(8) {
            0..=3 => random.between(3, 10.min(most)),
            4 => random.pick(&[31, 32, 33, 34]).min(most),
            5 => most,
            _ => random.between(3, most),
        };
        self.copy_from(length, distance, random, items);
    }

    fn copy_from(
        &mut self,
        length: usize,
        distance: usize,
        random: &mut Random,
        items: &mut Vec<Item>,
    ) {
        self.is_beyond |= distance > self.strict();
        for _ in 0..length {
            self.said.push(self.said[self.said.len() - distance]);
        }
        items.push(Item::length(length as u16, random.one_in(2)));
        items.push(Item::distance(distance as u16));
    }

    /// The end of a valid message (RFC 7692 sections 7.2.1 and 7.2.3).
    fn end(&mut self, random: &mut Random) {
        let is_last_final = self.is_final && self.writer.length() > 0;
        match random.below(40) {
            // Nothing after a final block.
            0 if is_last_final => {}
            // The block that the tail completes is a final one.
            1 => block::stored_start(&mut self.writer, true),
            // An end that is not needed.
            2 => {
                block::stored(&mut self.writer, false, &[]);
                block::stored_start(&mut self.writer, false);
            }
            _ => block::stored_start(&mut self.writer, false),
        }
    }

    /// A stored block to whose data the tail belongs.
    fn swallow_tail(&mut self, random: &mut Random) {
        let length = random.below(20);
        let missing = random.pick(&[0, 1, 3, 4, 4, 4, 5, 9]);
        let is_final = random.one_in(4);
        block::stored_head(&mut self.writer, is_final, (length + missing) as u16, 0);
        let mut bytes = vec![b'x'; length];
        if self.profile.content == Content::Bytes {
            random.fill(&mut bytes);
        }
        self.writer.append(&bytes);
    }

    fn wrong_block(&mut self, random: &mut Random) {
        let is_final = random.one_in(5);
        let count = random.below(8);
        let mut items = self.items(random, count);
        match random.below(8) {
            0 => block::reserved(&mut self.writer, is_final),
            1 => {
                let damage = 1 << random.below(16);
                block::stored_head(&mut self.writer, is_final, 3, damage);
                self.writer.append(b"abc");
            }
            2 => {
                items.push(Item::bare(false, random.pick(&[286, 287])));
                block::fixed(&mut self.writer, is_final, &items);
            }
            3 => {
                items.push(Item::length(random.between(3, 258) as u16, false));
                items.push(Item::bare(true, random.pick(&[30, 31])));
                block::fixed(&mut self.writer, is_final, &items);
            }
            4 | 5 => {
                let lenient = self.lenient();
                let distance = match random.one_in(2) {
                    true => lenient + 1,
                    false => lenient + 1 + random.below(MAX_DISTANCE),
                };
                items.push(Item::length(random.between(3, 258) as u16, false));
                items.push(Item::distance(distance.min(MAX_DISTANCE) as u16));
                match random.one_in(2) {
                    true => block::fixed(&mut self.writer, is_final, &items),
                    false => block::dynamic(&mut self.writer, is_final, &items, None, random),
                }
            }
            _ => {
                let flaw = random.pick(&FLAWS);
                block::dynamic(&mut self.writer, is_final, &items, Some(flaw), random);
            }
        }
        self.after(is_final);
    }
}
