//! The fuzz target of `fuzz/`, run for a few seconds on bytes made from our vectors.

use std::path::Path;
use std::time::{Duration, Instant};

use vigie::inventory::catalogue::udi::exercise;

/// Long enough to read tens of thousands of texts, short enough for every run of the tests.
const LASTS: Duration = Duration::from_secs(5);

/// A generator that needs nothing but a seed (xorshift): the same bytes on every run.
struct Bytes(u64);

impl Bytes {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap()
    }

    fn byte(&mut self) -> u8 {
        // Mostly what codes are made of, now and then anything.
        const USUAL: &[u8] = b"0123456789ABCDEFabc()/$+=&,%{}]\x1d\x1e\x04 .:-";
        match self.next() % 8 {
            0 => u8::try_from(self.next() % 256).unwrap(),
            _ => USUAL[self.next() % USUAL.len()],
        }
    }

    /// A text with some bytes replaced, inserted, taken out, or with the end of another.
    fn mutated(&mut self, from: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = from[self.next() % from.len()].clone();
        for _ in 0..=self.next() % 6 {
            let at = self.next() % (bytes.len() + 1);
            match self.next() % 4 {
                0 => bytes.insert(at, self.byte()),
                1 if at < bytes.len() => bytes[at] = self.byte(),
                2 if at < bytes.len() => {
                    bytes.remove(at);
                }
                _ => {
                    let other = &from[self.next() % from.len()];
                    bytes.truncate(at);
                    bytes.extend_from_slice(&other[self.next() % (other.len() + 1)..]);
                }
            }
        }
        bytes
    }
}

#[test]
fn mutated_codes_never_break_the_readers() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/udi/udi_vectors.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let seeds: Vec<Vec<u8>> = text
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["raw"]
                .as_str()
                .unwrap()
                .as_bytes()
                .to_vec()
        })
        .collect();
    let mut bytes = Bytes(0x05ee_d0fd);
    let started = Instant::now();
    let mut read = 0;
    while started.elapsed() < LASTS {
        for _ in 0..50 {
            let text = bytes.mutated(&seeds);
            assert_eq!(
                exercise(&text),
                Ok(()),
                "{:?}",
                String::from_utf8_lossy(&text)
            );
            read += 1;
        }
    }
    assert!(
        read > 1_000,
        "only {read} texts in {LASTS:?}: the readers are slow"
    );
}
