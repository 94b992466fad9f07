//! The fuzz targets of `fuzz/`, on stable: random bytes, made from what each reader knows, for
//! `VIGIE_FUZZ_SECONDS` each (20 unless said otherwise; `.ci/run` says less). The seed is that of the
//! day, told when something breaks; `VIGIE_FUZZ_SEED` gives it again.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::exercises;

/// A setting of who runs the tests.
#[allow(clippy::disallowed_methods, reason = "a setting of who runs the tests")]
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// A generator that needs nothing but a seed (xorshift).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap()
    }

    fn byte(&mut self) -> u8 {
        const USUAL: &[u8] = b"0123456789ABCDEFabc()/$+=&,%{}];:|'\"<\t\n\x1d\x1e\x04 .:-";
        match self.next() % 6 {
            0 => u8::try_from(self.next() % 256).unwrap(),
            _ => USUAL[self.next() % USUAL.len()],
        }
    }

    /// Bytes with some replaced, inserted, taken out, repeated, or with the end of others.
    fn mutated(&mut self, from: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = from[self.next() % from.len()].clone();
        for _ in 0..=self.next() % 6 {
            let at = self.next() % (bytes.len() + 1);
            match self.next() % 5 {
                0 => bytes.insert(at, self.byte()),
                1 if at < bytes.len() => bytes[at] = self.byte(),
                2 if at < bytes.len() => {
                    bytes.remove(at);
                }
                3 => {
                    let piece: Vec<u8> =
                        bytes[at..].iter().copied().take(self.next() % 40).collect();
                    bytes.splice(at..at, piece);
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

/// Throws bytes at a reader until the time is over.
fn throw(seeds: &[Vec<u8>], holds: fn(&[u8]) -> Result<(), String>) {
    let lasts = Duration::from_secs(setting("VIGIE_FUZZ_SECONDS").unwrap_or(20));
    let seed = setting("VIGIE_FUZZ_SEED")
        .unwrap_or_else(|| vigie::kernel::id::fresh().as_u64_pair().1)
        .max(1);
    let mut dice = Dice(seed);
    let since = Instant::now();
    let mut read = 0u64;
    while since.elapsed() < lasts || read < 20 {
        let bytes = dice.mutated(seeds);
        let told =
            std::panic::catch_unwind(|| holds(&bytes)).unwrap_or_else(|_| Err("a panic".into()));
        assert_eq!(
            told,
            Ok(()),
            "VIGIE_FUZZ_SEED={seed}, after {read} readings, on {:?}",
            String::from_utf8_lossy(&bytes)
        );
        read += 1;
    }
}

fn data(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(folder)
}

fn files(folder: &str) -> Vec<Vec<u8>> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(data(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    found
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

fn texts(all: &[&str]) -> Vec<Vec<u8>> {
    all.iter().map(|text| text.as_bytes().to_vec()).collect()
}

#[test]
fn any_bytes_as_a_label() {
    let vectors = std::fs::read_to_string(data("udi/udi_vectors.jsonl")).unwrap();
    let seeds: Vec<Vec<u8>> = vectors
        .lines()
        .map(|line| {
            let vector: serde_json::Value = serde_json::from_str(line).unwrap();
            vector["raw"].as_str().unwrap().as_bytes().to_vec()
        })
        .collect();
    throw(&seeds, exercises::udi);
}

#[test]
fn any_bytes_as_a_file_to_import() {
    let mut seeds = files("inventory");
    seeds.extend(texts(&[
        "a;b\n1;2\n",
        "\u{feff}Code\tNom\r\n\"x\"\"y\"\t\"z\nz\"\r\n",
        "sep=,\na,b\n",
    ]));
    throw(&seeds, exercises::file);
}

#[test]
fn any_bytes_as_a_cell() {
    let seeds = texts(&[
        "31/12/2026",
        "2026-12-31T10:00:00Z",
        "12 janv. 2015",
        "1,23E+11",
        "1 234,50 €",
        "00:1B:44:11:3A:B7",
        "192.168.1.12",
        "fe80::1",
        "=cmd|' /C calc'!A0",
        "'-1+1",
        "＝1",
        "45658",
        "vers 2003",
        "",
    ]);
    throw(&seeds, exercises::cell);
}

#[test]
fn any_bytes_as_the_address_of_a_list() {
    let seeds = texts(&[
        "q=moniteur&f=state:in:broken,lent&sort=-inventory_number&cols=all&per=100",
        "o.state=is&v.state=lent&any=1&f=is_dmn:is:true|is_ai:is:true",
        "after=WyJuYW1lIiwiYSIsIjAxIl0&before=&list=%3Fq%3D1",
        "f=first_service_date:between:2020-01-01,2021-12-31&f=unit:empty:",
    ]);
    throw(&seeds, exercises::address);
}

#[test]
fn any_bytes_as_a_document() {
    let seeds = vec![
        b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n".to_vec(),
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR".to_vec(),
        b"\xff\xd8\xff\xe1\x00\x0cExif\0\0GPS!\xff\xdb\x00\x04\x01\x02\xff\xda\x00\x03\x01\x99\xff\xd9".to_vec(),
        b"PK\x03\x04\x14\x00".to_vec(),
        b"<svg onload=alert(1)>".to_vec(),
        "Compte rendu : conforme, 3 µA".as_bytes().to_vec(),
    ];
    throw(&seeds, exercises::document);
}

#[test]
fn any_bytes_as_words() {
    let seeds = texts(&[
        "Échographe CŒUR",
        "ﬁn ǅ ß İ",
        "a\u{202e}b",
        "Re\u{301}a",
        "ΑΣ ς",
        "(01)09506000134352",
    ]);
    throw(&seeds, exercises::words);
}
