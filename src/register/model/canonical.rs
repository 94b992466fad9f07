//! The text that is hashed and signed, so plain that any language writes it again.
//!
//! A text is a title line, then one line a field in the order given here, then nothing. A field that
//! has a value is `name:LENGTH:value`, LENGTH being the number of bytes of the value in UTF-8, in
//! decimal; a field without value is `name:-`. Each line ends with one line feed (0x0A). Since lengths
//! are said, a value may hold anything, line feeds included, and no two contents share a text.
//!
//! Values: identifiers in lower case with hyphens; whole numbers in decimal; days `2026-11-23`;
//! instants in UTC with six decimals, `2026-11-23T14:05:00.000000Z`; hashes in lower hexadecimal;
//! texts as they were written. The hash of a line is the SHA-256 of its text, which ends with the hash
//! of the line before it (64 zeros before the first). Signatures are Ed25519 over the text itself.
//! `bin/verify-register.py` is this page written again in another language.

use std::fmt::Write;

use chrono::{DateTime, NaiveDate, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Line;

/// What stands before the first line, and before the first block.
pub const GENESIS: [u8; 32] = [0; 32];

/// The title of a line's text.
pub const LINE: &str = "vigie.register.line.1";
/// The title of a head's text.
pub const HEAD: &str = "vigie.register.head.1";
/// The title of a block's text.
pub const BLOCK: &str = "vigie.register.block.1";
/// The title of an export's last line.
pub const EXPORT: &str = "vigie.register.export.1";

/// A text under way.
pub struct Text {
    out: String,
    scratch: String,
}

impl Text {
    /// A text of that title.
    pub fn titled(title: &str) -> Self {
        let mut out = String::with_capacity(1024);
        out.push_str(title);
        out.push('\n');
        Self {
            out,
            scratch: String::with_capacity(64),
        }
    }

    /// Adds a field.
    pub fn put(&mut self, name: &str, value: Option<&str>) {
        self.out.push_str(name);
        match value {
            None => self.out.push_str(":-\n"),
            Some(value) => {
                let _ = write!(self.out, ":{}:", value.len());
                self.out.push_str(value);
                self.out.push('\n');
            }
        }
    }

    /// Adds a whole number.
    pub fn number(&mut self, name: &str, value: i64) {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        let _ = write!(scratch, "{value}");
        self.put(name, Some(&scratch));
        self.scratch = scratch;
    }

    /// The text.
    pub fn end(self) -> String {
        self.out
    }
}

/// An instant as it is hashed.
pub fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// Bytes in lower hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// Bytes of a hexadecimal text.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
    let digits = digits.filter(|d| d.len() % 2 == 0)?;
    digits
        .chunks_exact(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).ok())
        .collect()
}

impl Line {
    /// Every field that is hashed, in its order, as it is hashed.
    pub fn each_field(&self, mut put: impl FnMut(&'static str, Option<&str>)) {
        let id = |id: Uuid| id.hyphenated().to_string();
        let day = |day: Option<NaiveDate>| day.map(|d| d.to_string());
        put("id", Some(&id(self.id.0)));
        put("device_id", Some(&id(self.device_id.0)));
        put("number", Some(&self.number.to_string()));
        put("entry", Some(self.entry.code()));
        put("corrects_id", self.corrects_id.map(|c| id(c.0)).as_deref());
        put("kind", Some(self.kind.code()));
        put("nature", Some(&self.nature));
        put("begun_on", day(self.begun_on).as_deref());
        put("done_on", day(self.done_on).as_deref());
        for (name, text) in [
            ("done_on_text", &self.done_on_text),
            ("performer_name", &self.performer_name),
            ("performer_role", &self.performer_role),
            ("performer_employer", &self.performer_employer),
            ("accreditation", &self.accreditation),
            ("performance", &self.performance),
            ("measurements", &self.measurements),
        ] {
            put(name, text.as_deref());
        }
        put("conformity", self.conformity.map(|c| c.code()));
        put("stopped_on", day(self.stopped_on).as_deref());
        put("resumed_on", day(self.resumed_on).as_deref());
        for (name, text) in [
            ("restrictions", &self.restrictions),
            ("software_before", &self.software_before),
            ("software_after", &self.software_after),
        ] {
            put(name, text.as_deref());
        }
        put("report_id", self.report_id.map(id).as_deref());
        put("report_name", self.report_name.as_deref());
        put("report_sha256", self.report_sha256.as_deref());
        put("reason", self.reason.as_deref());
        put(
            "late_days",
            self.late_days.map(|n| n.to_string()).as_deref(),
        );
        put("source", Some(self.source.code()));
        put("cause_type", self.cause_type.as_deref());
        put("cause_id", self.cause_id.map(id).as_deref());
        put("recorded_at", Some(&instant(self.recorded_at)));
        put("recorded_by", self.recorded_by.map(id).as_deref());
        put("recorded_by_name", Some(&self.recorded_by_name));
        put("previous_hash", Some(&hex(&self.previous_hash)));
    }

    /// The text that is hashed.
    pub fn canonical(&self) -> String {
        let mut text = Text::titled(LINE);
        self.each_field(|name, value| text.put(name, value));
        text.end()
    }

    /// What its hash must be.
    pub fn computed_hash(&self) -> [u8; 32] {
        Sha256::digest(self.canonical()).into()
    }
}

/// The head of a register, as it is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// In which block.
    pub block_id: i64,
    /// Of which device.
    pub device_id: Uuid,
    /// How many lines.
    pub line_count: i32,
    /// The hash of the last.
    pub last_hash: Vec<u8>,
    /// The signature of its text.
    pub signature: Vec<u8>,
}

impl Head {
    /// The text that is signed.
    pub fn canonical(&self) -> String {
        let mut text = Text::titled(HEAD);
        text.number("block_id", self.block_id);
        text.put("device_id", Some(&self.device_id.hyphenated().to_string()));
        text.number("line_count", self.line_count.into());
        text.put("last_hash", Some(&hex(&self.last_hash)));
        text.end()
    }
}

/// Adds a head to the digest of a block's content: its text, without the block's number.
pub fn digest_head(digest: &mut Sha256, device: Uuid, count: i32, hash: &[u8]) {
    let head = Head {
        block_id: 0,
        device_id: device,
        line_count: count,
        last_hash: hash.to_vec(),
        signature: vec![],
    };
    digest.update(head.canonical());
}

/// A block of heads, or the daily head over all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its number, from 1.
    pub id: i64,
    /// `heads` or `day`.
    pub kind: String,
    /// Which day, for a daily head.
    pub day: Option<NaiveDate>,
    /// When it was sealed.
    pub sealed_at: DateTime<Utc>,
    /// How many registers it covers.
    pub device_count: i32,
    /// How many lines they hold.
    pub line_count: i64,
    /// The digest of their heads, in the order of the devices' identifiers.
    pub content_hash: Vec<u8>,
    /// The hash of the block before.
    pub previous_hash: Vec<u8>,
    /// Its own.
    pub hash: Vec<u8>,
    /// The signature of its text.
    pub signature: Vec<u8>,
}

impl Block {
    /// The text that is hashed and signed.
    pub fn canonical(&self) -> String {
        let mut text = Text::titled(BLOCK);
        text.number("id", self.id);
        text.put("kind", Some(&self.kind));
        text.put("day", self.day.map(|d| d.to_string()).as_deref());
        text.put("sealed_at", Some(&instant(self.sealed_at)));
        text.number("device_count", self.device_count.into());
        text.number("line_count", self.line_count);
        text.put("content_hash", Some(&hex(&self.content_hash)));
        text.put("previous_hash", Some(&hex(&self.previous_hash)));
        text.end()
    }

    /// What its hash must be.
    pub fn computed_hash(&self) -> Vec<u8> {
        Sha256::digest(self.canonical()).to_vec()
    }
}

/// The code printed on an export: the first sixteen digits of a line's hash, four by four.
pub fn code(hash: &[u8]) -> String {
    let digits = hex(&hash[..hash.len().min(8)]).to_uppercase();
    digits
        .as_bytes()
        .chunks(4)
        .map(|four| String::from_utf8_lossy(four).into_owned())
        .collect::<Vec<_>>()
        .join("-")
}
