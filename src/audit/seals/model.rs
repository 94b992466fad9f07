//! What is hashed, byte by byte. Pure: the same rows always give the same block.

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// What stands before the first block.
pub const GENESIS: [u8; 32] = [0; 32];

/// Bytes of a leaf: eight of the row's number, sixteen of its digest.
pub const LEAF: usize = 24;

/// A row of the journal, its values as Postgres writes them.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Whose account.
    pub actor_id: Option<Uuid>,
    /// Who.
    pub actor_label: String,
    /// In which request.
    pub request_id: Option<Uuid>,
    /// Why.
    pub reason: Option<String>,
    /// Which table.
    pub table_name: String,
    /// Which row of it.
    pub row_id: Option<Uuid>,
    /// In whose history.
    pub subject_id: Option<Uuid>,
    /// Of which establishment.
    pub establishment_id: Option<Uuid>,
    /// What was done.
    pub operation: String,
    /// Values before, as text.
    pub before: Option<String>,
    /// Values after, as text.
    pub after: Option<String>,
}

impl Row {
    /// Each field with its presence and its length, so that no two rows share a text.
    fn canonical(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        let mut put = |bytes: Option<&[u8]>| match bytes {
            None => out.push(0),
            Some(bytes) => {
                out.push(1);
                out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
                out.extend_from_slice(bytes);
            }
        };
        put(Some(&self.id.to_be_bytes()));
        put(Some(&self.at.timestamp_micros().to_be_bytes()));
        for id in [
            self.actor_id,
            self.request_id,
            self.row_id,
            self.subject_id,
            self.establishment_id,
        ] {
            put(id.as_ref().map(|i| i.as_bytes().as_slice()));
        }
        for text in [
            Some(&self.actor_label),
            self.reason.as_ref(),
            Some(&self.table_name),
            Some(&self.operation),
            self.before.as_ref(),
            self.after.as_ref(),
        ] {
            put(text.map(|t| t.as_bytes()));
        }
        out
    }

    /// The digest of the row alone.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.canonical()).into()
    }
}

/// The running digest of a block's rows.
#[derive(Default)]
pub struct Digest {
    leaves: Vec<u8>,
    content: Sha256,
}

impl Digest {
    /// Adds the next row.
    pub fn add(&mut self, row: &Row) {
        let digest = row.digest();
        self.leaves.extend_from_slice(&row.id.to_be_bytes());
        self.leaves.extend_from_slice(&digest[..LEAF - 8]);
        self.content.update(digest);
    }

    /// The leaves, and the digest of the full digests.
    pub fn end(self) -> (Vec<u8>, [u8; 32]) {
        (self.leaves, self.content.finalize().into())
    }
}

/// A block, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its number, from 1.
    pub id: i64,
    /// The number of its first row.
    pub first_row_id: i64,
    /// The number of its last row.
    pub last_row_id: i64,
    /// How many rows.
    pub row_count: i64,
    /// When it was sealed.
    pub sealed_at: DateTime<Utc>,
    /// The hash of the block before, or [`GENESIS`].
    pub previous_hash: Vec<u8>,
    /// Its own hash.
    pub hash: Vec<u8>,
    /// The signature of the hash.
    pub signature: Vec<u8>,
    /// The leaves of its rows.
    pub leaves: Vec<u8>,
}

impl Block {
    /// The hash of this block over the digest of its rows.
    pub fn hash_over(&self, content: &[u8; 32]) -> Vec<u8> {
        let mut hash = Sha256::new();
        hash.update(b"vigie audit block 1\n");
        hash.update(&self.previous_hash);
        for number in [
            self.id,
            self.first_row_id,
            self.last_row_id,
            self.row_count,
            self.sealed_at.timestamp_micros(),
        ] {
            hash.update(number.to_be_bytes());
        }
        hash.update(Sha256::digest(&self.leaves));
        hash.update(content);
        hash.finalize().to_vec()
    }

    /// The number and the half digest of each row.
    pub fn rows(&self) -> impl Iterator<Item = (i64, &[u8])> {
        self.leaves.chunks_exact(LEAF).map(|leaf| {
            let mut number = [0; 8];
            number.copy_from_slice(&leaf[..8]);
            (i64::from_be_bytes(number), &leaf[8..])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: i64) -> Row {
        Row {
            id,
            at: DateTime::from_timestamp_micros(1_772_442_000_000_001).unwrap(),
            actor_id: None,
            actor_label: "x".into(),
            request_id: None,
            reason: None,
            table_name: "unit".into(),
            row_id: Some(Uuid::nil()),
            subject_id: None,
            establishment_id: None,
            operation: "insert".into(),
            before: None,
            after: Some("{}".into()),
        }
    }

    #[test]
    fn every_field_counts() {
        let plain = row(1).digest();
        let changed: Vec<Row> = vec![
            row(2),
            Row {
                at: DateTime::from_timestamp_micros(1).unwrap(),
                ..row(1)
            },
            Row {
                actor_id: Some(Uuid::nil()),
                ..row(1)
            },
            Row {
                actor_label: "y".into(),
                ..row(1)
            },
            Row {
                request_id: Some(Uuid::nil()),
                ..row(1)
            },
            Row {
                reason: Some(String::new()),
                ..row(1)
            },
            Row {
                table_name: "room".into(),
                ..row(1)
            },
            Row {
                row_id: None,
                ..row(1)
            },
            Row {
                subject_id: Some(Uuid::nil()),
                ..row(1)
            },
            Row {
                establishment_id: Some(Uuid::nil()),
                ..row(1)
            },
            Row {
                operation: "delete".into(),
                ..row(1)
            },
            Row {
                before: Some("{}".into()),
                ..row(1)
            },
            Row {
                after: None,
                ..row(1)
            },
        ];
        for other in changed {
            assert_ne!(plain, other.digest(), "{other:?}");
        }
        assert_eq!(plain, row(1).digest());
    }

    #[test]
    fn what_moves_from_one_field_to_its_neighbour_changes_the_digest() {
        let a = Row {
            actor_label: "ab".into(),
            reason: Some("c".into()),
            ..row(1)
        };
        let b = Row {
            actor_label: "a".into(),
            reason: Some("bc".into()),
            ..row(1)
        };
        assert_ne!(a.digest(), b.digest());
    }
}
