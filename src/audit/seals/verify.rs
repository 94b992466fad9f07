//! Recomputing every block, and naming what does not hold.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use super::keys::Known;
use super::model::{Block, Digest, GENESIS, LEAF};
use super::queries;
use crate::kernel::Result;

/// Blocks read at a time.
const STEP: i64 = 50;
/// Findings told, at most: the first is what matters.
const MOST: usize = 20;

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A sealed row has other values than when it was sealed.
    Altered {
        /// The block.
        block: i64,
        /// The row.
        row: i64,
    },
    /// A sealed row is gone.
    Removed {
        /// The block.
        block: i64,
        /// The row.
        row: i64,
    },
    /// A row stands among sealed ones and was not sealed with them.
    Inserted {
        /// The block.
        block: i64,
        /// The row.
        row: i64,
    },
    /// The block itself was changed: its hash is not that of its content.
    BlockAltered(i64),
    /// The block does not follow the one before it.
    Unchained(i64),
    /// The signature is not by the key of this data folder.
    Unsigned(i64),
    /// The head kept beside the key is not in the database: blocks were cut off, or it is an older copy.
    HeadMissing(i64),
    /// There are seals but no key to check them with.
    NoKey,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Altered { block, row } => write!(
                f,
                "bloc {block}, ligne {row} : modifiée depuis son scellement"
            ),
            Self::Removed { block, row } => write!(
                f,
                "bloc {block}, ligne {row} : supprimée depuis son scellement"
            ),
            Self::Inserted { block, row } => write!(
                f,
                "bloc {block}, ligne {row} : glissée parmi des lignes déjà scellées"
            ),
            Self::BlockAltered(block) => {
                write!(f, "bloc {block} : le sceau lui-même a été modifié")
            }
            Self::Unchained(block) => write!(f, "bloc {block} : ne suit pas le bloc précédent"),
            Self::Unsigned(block) => write!(
                f,
                "bloc {block} : n’est pas signé par la clé de ce dossier de données"
            ),
            Self::HeadMissing(block) => write!(
                f,
                "bloc {block} : scellé par cette machine et absent de la base (fin coupée, ou base plus ancienne restaurée)"
            ),
            Self::NoKey => write!(
                f,
                "la clé des sceaux est absente du dossier de données : keys/audit-ed25519.key"
            ),
        }
    }
}

/// What verification found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Blocks read.
    pub blocks: i64,
    /// Rows that hold.
    pub rows: i64,
    /// Rows not sealed yet.
    pub unsealed: i64,
    /// When the first of them was written.
    pub unsealed_since: Option<DateTime<Utc>>,
    /// What does not hold, first found first.
    pub findings: Vec<Finding>,
}

/// Recomputes every block against the rows, the chain, the key and the head.
pub async fn verify(pool: &PgPool, known: &Known) -> Result<Report> {
    let mut report = Report::default();
    let (mut at, mut previous, mut end, mut head_seen) = (0, GENESIS.to_vec(), 0, false);
    loop {
        let blocks = queries::blocks(pool, at, STEP).await?;
        let Some(last) = blocks.last() else { break };
        if report.blocks == 0 && known.is_blind() {
            report.findings.push(Finding::NoKey);
        }
        at = last.id;
        for block in &blocks {
            if block.id != report.blocks + 1
                || block.previous_hash != previous
                || block.first_row_id <= end
            {
                report.findings.push(Finding::Unchained(block.id));
            }
            check(pool, known, block, end, &mut report).await?;
            head_seen |= known
                .head
                .as_ref()
                .is_some_and(|h| Known::is_head(h, block));
            report.blocks = block.id;
            previous = block.hash.clone();
            end = end.max(block.last_row_id);
            if report.findings.len() >= MOST {
                return Ok(report);
            }
        }
    }
    if let Some(head) = &known.head
        && !head_seen
    {
        report.findings.push(Finding::HeadMissing(head.block));
    }
    (report.unsealed, report.unsealed_since) = queries::unsealed(pool, end).await?;
    Ok(report)
}

/// One block: its rows against its leaves, its hash, its signature.
async fn check(
    pool: &PgPool,
    known: &Known,
    block: &Block,
    end: i64,
    report: &mut Report,
) -> Result<()> {
    // From the end of the block before: a row slipped into a gap between blocks shows too.
    let rows = queries::rows(pool, end + 1, block.last_row_id, i64::MAX).await?;
    let mut expected: BTreeMap<i64, &[u8]> = block.rows().collect();
    let mut digest = Digest::default();
    let before = report.findings.len();
    for row in &rows {
        let found = row.digest();
        match expected.remove(&row.id) {
            None => report.findings.push(Finding::Inserted {
                block: block.id,
                row: row.id,
            }),
            Some(leaf) if *leaf != found[..LEAF - 8] => {
                report.findings.push(Finding::Altered {
                    block: block.id,
                    row: row.id,
                });
            }
            Some(_) => report.rows += 1,
        }
        digest.add(row);
    }
    for row in expected.into_keys() {
        report.findings.push(Finding::Removed {
            block: block.id,
            row,
        });
    }
    // With rows at fault the content cannot match; without, a mismatch is the block's own.
    if report.findings.len() == before {
        let (leaves, content) = digest.end();
        if leaves != block.leaves || block.hash_over(&content) != block.hash {
            report.findings.push(Finding::BlockAltered(block.id));
        }
    }
    if !known.is_blind() && !known.signed(&block.hash, &block.signature) {
        report.findings.push(Finding::Unsigned(block.id));
    }
    Ok(())
}
