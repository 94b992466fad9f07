//! What an archive says of itself. Pure.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::audit::seals::keys::Head;

/// The only form of archive so far.
pub const FORMAT: u32 = 1;
/// Where the manifest is.
pub const MANIFEST: &str = "manifest.json";
/// Where its signature is.
pub const SIGNATURE: &str = "manifest.sig";

/// An archive, described; everything but itself and its signature is in `entries`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The form of the archive.
    pub format: u32,
    /// The instant of the snapshot.
    pub made_at: DateTime<Utc>,
    /// The version of Vigie that made it.
    pub made_by: String,
    /// The hospital group.
    pub group_name: String,
    /// Whether the base is a demonstration.
    pub is_demo: bool,
    /// The schema: versions of the migrations and their digests, in order.
    pub migrations: Vec<Step>,
    /// The tables, in the order of their names.
    pub tables: Vec<Table>,
    /// Tables whose rows are not carried.
    pub left_out: Vec<String>,
    /// The last number given by each sequence that gave one.
    pub sequences: BTreeMap<String, i64>,
    /// Attached files whose content was missing or damaged when the backup was made.
    pub missing: Vec<String>,
    /// The last seal of the journal.
    pub head: Option<Head>,
    /// Every entry of the archive, in its order.
    pub entries: Vec<Entry>,
}

/// A migration that made the schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its version.
    pub version: i64,
    /// Its digest.
    pub checksum: String,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<String>,
    /// How many rows.
    pub rows: u64,
    /// The digest of all of them, as `COPY` writes them.
    pub sha256: String,
}

/// A file of the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Where it is in the archive.
    pub path: String,
    /// How long.
    pub bytes: u64,
    /// Its digest.
    pub sha256: String,
}

/// What an entry may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// A part of a table.
    Part {
        /// The table.
        table: String,
        /// Which part, from 1.
        number: u32,
    },
    /// An attached file, by the digest of its content.
    File(String),
}

/// Hexadecimal digest.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The digest of a content.
pub fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Where a part of a table is kept.
pub fn part_path(table: &str, number: u32) -> String {
    format!("tables/{table}/{number:06}.copy")
}

/// Where an attached file is kept.
pub fn file_path(sha256: &str) -> String {
    format!("files/{sha256}")
}

/// What a path stands for; nothing for any other shape, so that no name of an archive leads anywhere.
pub fn role(path: &str) -> Option<Role> {
    let named = |text: &str| {
        !text.is_empty()
            && text.len() <= 63
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    match path.split('/').collect::<Vec<_>>()[..] {
        ["tables", table, part] if named(table) => {
            let number = part.strip_suffix(".copy")?;
            let right = number.len() == 6 && number.bytes().all(|b| b.is_ascii_digit());
            Some(Role::Part {
                table: table.to_owned(),
                number: right.then(|| number.parse().ok()).flatten()?,
            })
        }
        ["files", sha256] if is_digest(sha256) => Some(Role::File(sha256.to_owned())),
        _ => None,
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// What is signed: the manifest, under a word that no other signature of this key begins with.
pub fn signed(manifest: &[u8]) -> Vec<u8> {
    let mut text = b"vigie backup 1\n".to_vec();
    text.extend_from_slice(&Sha256::digest(manifest));
    text
}

impl Manifest {
    /// What contradicts itself in it, or what was read against what it says; the first thing, naming the entry.
    pub fn contradiction(&self, read: &[Entry]) -> Option<String> {
        if self.format != FORMAT {
            return Some(format!(
                "elle est de la forme {}, et cette version de Vigie lit la forme {FORMAT}",
                self.format
            ));
        }
        for (entry, found) in self.entries.iter().zip(read) {
            if entry.path != found.path {
                return Some(format!(
                    "« {} » est à la place de « {} »",
                    found.path, entry.path
                ));
            }
            if entry != found {
                return Some(format!("« {} » a été modifié", entry.path));
            }
        }
        if let Some(lost) = self.entries.get(read.len()) {
            return Some(format!("« {} » manque", lost.path));
        }
        if let Some(added) = read.get(self.entries.len()) {
            return Some(format!("« {} » a été ajouté", added.path));
        }
        let mut parts: BTreeMap<&str, u32> = BTreeMap::new();
        let known: BTreeSet<&str> = self.tables.iter().map(|t| t.name.as_str()).collect();
        for entry in &self.entries {
            match role(&entry.path) {
                Some(Role::File(sha256)) if sha256 == entry.sha256 => {}
                Some(Role::Part { table, number }) => {
                    let Some(name) = known.get(table.as_str()) else {
                        return Some(format!("« {} » n’est d’aucune table", entry.path));
                    };
                    let last = parts.entry(name).or_default();
                    *last += 1;
                    if *last != number {
                        return Some(format!("« {} » n’est pas à sa place", entry.path));
                    }
                }
                _ => return Some(format!("« {} » n’a rien à y faire", entry.path)),
            }
        }
        None
    }

    /// How many rows.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|t| t.rows).sum()
    }

    /// How many attached files.
    pub fn files(&self) -> usize {
        let files = self.entries.iter().filter(|e| e.path.starts_with("files/"));
        files.count()
    }
}

/// A day and a half: one night was missed.
pub const LATE: TimeDelta = TimeDelta::hours(36);
/// A week without a backup is a danger.
pub const DANGEROUS: TimeDelta = TimeDelta::days(7);

/// How long ago, in words: « il y a 5 heures ».
pub fn age(since: TimeDelta) -> String {
    let (hours, days) = (since.num_hours(), since.num_days());
    match (days, hours) {
        (_, ..=0) => "il y a moins d’une heure".to_owned(),
        (_, 1) => "il y a une heure".to_owned(),
        (..=1, hours) => format!("il y a {hours} heures"),
        (days, _) => format!("il y a {days} jours"),
    }
}

/// The last time at which a backup was to be made, at this hour of each day.
pub fn last_due(now: DateTime<Utc>, at: NaiveTime, zone: Tz) -> Option<DateTime<Utc>> {
    let here = now.with_timezone(&zone);
    [here.date_naive(), here.date_naive().pred_opt()?]
        .into_iter()
        // Twice or never on the nights when clocks change: the earliest, or the day before.
        .filter_map(|day| day.and_time(at).and_local_timezone(zone).earliest())
        .map(|instant| instant.with_timezone(&Utc))
        .find(|instant| *instant <= now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, content: &[u8]) -> Entry {
        Entry {
            path: path.to_owned(),
            bytes: content.len() as u64,
            sha256: digest(content),
        }
    }

    fn manifest() -> Manifest {
        Manifest {
            format: FORMAT,
            made_at: DateTime::UNIX_EPOCH,
            made_by: "1".into(),
            group_name: "GHT".into(),
            is_demo: false,
            migrations: vec![],
            tables: vec![Table {
                name: "unit".into(),
                columns: vec!["id".into()],
                rows: 2,
                sha256: digest(b"1\n2\n"),
            }],
            left_out: vec![],
            sequences: BTreeMap::new(),
            missing: vec![],
            head: None,
            entries: vec![
                entry("tables/unit/000001.copy", b"1\n"),
                entry("tables/unit/000002.copy", b"2\n"),
                entry(&file_path(&digest(b"notice")), b"notice"),
            ],
        }
    }

    #[test]
    fn only_our_own_paths_mean_something() {
        assert!(matches!(
            role("tables/unit/000012.copy"),
            Some(Role::Part { number: 12, .. })
        ));
        for path in [
            "tables/../../etc/passwd",
            "/tables/unit/000001.copy",
            "tables/unit/1.copy",
            "tables/unit/000001.copy/x",
            "tables/Unit; drop table unit/000001.copy",
            "files/../keys/audit-ed25519.key",
            "files/abc",
            "keys/audit-ed25519.key",
            "tables//000001.copy",
            "files/E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
            "manifest.json",
            "",
        ] {
            assert_eq!(role(path), None, "{path}");
        }
    }

    #[test]
    fn what_was_altered_removed_added_or_moved_is_named() {
        let whole = manifest();
        assert_eq!(whole.contradiction(&whole.entries), None);
        let said = |change: &dyn Fn(&mut Vec<Entry>)| {
            let mut read = whole.entries.clone();
            change(&mut read);
            whole.contradiction(&read).unwrap()
        };
        assert_eq!(
            said(&|read| read[1] = entry("tables/unit/000002.copy", b"3\n")),
            "« tables/unit/000002.copy » a été modifié"
        );
        assert!(
            said(&|read| {
                read.pop();
            })
            .ends_with("manque")
        );
        assert!(said(&|read| read.push(entry("files/x", b""))).ends_with("a été ajouté"));
        assert!(said(&|read| read.swap(0, 1)).contains("à la place de"));
        let mut strange = manifest();
        strange.entries.push(entry("keys/audit-ed25519.key", b"x"));
        assert!(
            strange
                .contradiction(&strange.entries)
                .unwrap()
                .ends_with("n’a rien à y faire")
        );
        let mut unknown = manifest();
        unknown.tables.clear();
        assert!(
            unknown
                .contradiction(&unknown.entries)
                .unwrap()
                .ends_with("n’est d’aucune table")
        );
        let newer = Manifest {
            format: 2,
            ..manifest()
        };
        assert!(newer.contradiction(&newer.entries).is_some());
    }

    #[test]
    fn a_backup_is_due_each_night_at_its_hour() {
        use chrono::TimeZone;
        let at = NaiveTime::from_hms_opt(2, 30, 0).unwrap();
        let due = |d, h, m| {
            last_due(
                Utc.with_ymd_and_hms(2026, 11, d, h, m, 0).unwrap(),
                at,
                Tz::Europe__Paris,
            )
            .unwrap()
        };
        assert_eq!(
            due(23, 12, 0),
            Utc.with_ymd_and_hms(2026, 11, 23, 1, 30, 0).unwrap()
        );
        assert_eq!(
            due(23, 1, 29),
            Utc.with_ymd_and_hms(2026, 11, 22, 1, 30, 0).unwrap()
        );
        // The night of the summer hour has no 02:30: the day before stands until the next night.
        let spring = Utc.with_ymd_and_hms(2026, 3, 29, 12, 0, 0).unwrap();
        assert_eq!(
            last_due(spring, at, Tz::Europe__Paris),
            Some(Utc.with_ymd_and_hms(2026, 3, 28, 1, 30, 0).unwrap())
        );
    }

    #[test]
    fn an_age_is_said_in_words() {
        assert_eq!(age(TimeDelta::minutes(12)), "il y a moins d’une heure");
        assert_eq!(age(TimeDelta::hours(5)), "il y a 5 heures");
        assert_eq!(age(TimeDelta::hours(30)), "il y a 30 heures");
        assert_eq!(age(TimeDelta::days(9)), "il y a 9 jours");
    }
}
