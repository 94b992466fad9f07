//! Reading every register again, and naming the first line or head that does not hold.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use uuid::Uuid;

use super::queries::{self, Ending};
use super::{REMEMBERED, Remembered};
use crate::audit::seals::keys::{self, Known};
use crate::kernel::{Error, Result};
use crate::register::model::Line;
use crate::register::model::canonical::{Block, GENESIS, Head, digest_head, hex};

/// Lines read at a time.
const STEP: i64 = 4_000;
/// Blocks read at a time.
const BLOCKS: i64 = 200;
/// Registers are read by this many hands.
const HANDS: usize = 4;
/// Findings told, at most: the first is what matters.
const MOST: usize = 20;

/// Why a line does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its content is not the one its hash was made of.
    Altered,
    /// It is not there, and a later one or a head is.
    Missing,
    /// It does not bear the hash of the line before it.
    Unchained,
    /// It stands after the end that the head says.
    Added,
    /// Its content and hash agree, and it is not the line that a block sealed.
    NotAsSealed(i64),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Altered => write!(f, "modifiée : son contenu ne répond plus à son empreinte"),
            Self::Missing => write!(f, "absente : supprimée, ou jamais écrite à sa place"),
            Self::Unchained => write!(
                f,
                "ne suit pas la ligne qui la précède : insérée, déplacée, ou précédée d’une autre"
            ),
            Self::Added => write!(f, "écrite après la fin que dit la tête du registre"),
            Self::NotAsSealed(block) => write!(
                f,
                "n’est pas celle que le bloc {block} a scellée : la chaîne a été recalculée à cette ligne ou avant"
            ),
        }
    }
}

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A line.
    Line {
        /// The device.
        device: Uuid,
        /// Its inventory number.
        name: String,
        /// The line.
        number: i32,
        /// Why.
        why: Why,
    },
    /// A sealed head.
    Head {
        /// The device.
        device: Uuid,
        /// Its inventory number.
        name: String,
        /// In which block.
        block: i64,
    },
    /// The end a register says is not where its lines end.
    End {
        /// The device.
        device: Uuid,
        /// Its inventory number.
        name: String,
    },
    /// A block, and what is wrong with it.
    Block(i64, &'static str),
    /// Blocks are sealed and there is no key to check them with.
    NoKey,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line {
                name, number, why, ..
            } => write!(f, "registre de {name}, ligne {number} : {why}"),
            Self::Head { name, block, .. } => write!(
                f,
                "registre de {name}, tête scellée au bloc {block} : sa signature n’est pas de la clé de ce dossier de données"
            ),
            Self::End { name, .. } => write!(
                f,
                "registre de {name} : sa tête ne dit pas la même fin que ses lignes"
            ),
            Self::Block(block, what) => write!(f, "registre, bloc {block} : {what}"),
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
    /// Registers read.
    pub registers: usize,
    /// Lines that hold.
    pub lines: i64,
    /// Lines not sealed yet.
    pub unsealed: i64,
    /// When the first of them was written.
    pub unsealed_since: Option<DateTime<Utc>>,
    /// What does not hold: lines, then heads, then blocks.
    pub findings: Vec<Finding>,
}

/// Whether a line follows the end of a chain.
pub fn follows(line: &Line, count: i32, hash: &[u8]) -> std::result::Result<(), Why> {
    if line.computed_hash()[..] != line.hash[..] {
        Err(Why::Altered)
    } else if line.number > count + 1 {
        Err(Why::Missing)
    } else if line.number <= count || line.previous_hash != hash {
        Err(Why::Unchained)
    } else {
        Ok(())
    }
}

/// What was sealed of each register, in the order of counts: count, hash, block.
type Sealed = HashMap<Uuid, Vec<(i32, Vec<u8>, i64)>>;

/// Recomputes every line, head and block against the chain, the key and what the machine remembers.
pub async fn verify(pool: &PgPool, data_dir: &std::path::Path, known: &Known) -> Result<Report> {
    let mut report = Report::default();
    let mut on_blocks = vec![];
    let sealed = Arc::new(blocks(pool, data_dir, known, &mut report, &mut on_blocks).await?);
    let endings = queries::endings(pool).await?;
    let mut ranges = vec![];
    let size = endings.len().div_ceil(HANDS).max(1);
    let mut after = Uuid::nil();
    for part in endings.chunks(size) {
        let until = part.last().map_or(Uuid::max(), |e| e.device_id);
        ranges.push((after, until));
        after = until;
    }
    ranges.push((after, Uuid::max()));
    let endings: Arc<HashMap<Uuid, Ending>> =
        Arc::new(endings.into_iter().map(|e| (e.device_id, e)).collect());
    let mut hands = vec![];
    for (after, until) in ranges {
        let (pool, sealed, endings) = (pool.clone(), sealed.clone(), endings.clone());
        hands.push(tokio::spawn(async move {
            let mut hand = Hand::new(sealed, endings);
            hand.read(&pool, after, until).await.map(|()| hand)
        }));
    }
    let mut seen = HashSet::new();
    let mut on_lines = vec![];
    for hand in hands {
        let hand = hand.await.map_err(Error::internal)??;
        report.lines += hand.lines;
        on_lines.extend(hand.findings);
        seen.extend(hand.seen);
    }
    report.registers = seen.len();
    let mut gone: Vec<Uuid> = endings
        .keys()
        .chain(sealed.keys())
        .filter(|d| !seen.contains(*d))
        .copied()
        .collect();
    gone.sort_unstable();
    gone.dedup();
    on_lines.extend(gone.into_iter().map(|device| line(device, 1, Why::Missing)));
    on_lines.sort_by_key(|f| match f {
        Finding::Line { device, number, .. } => (0, *device, *number),
        Finding::End { device, .. } | Finding::Head { device, .. } => (1, *device, 0),
        Finding::Block(..) | Finding::NoKey => (2, Uuid::nil(), 0),
    });
    on_lines.extend(on_blocks);
    on_lines.truncate(MOST);
    report.findings = on_lines;
    name(pool, &mut report.findings).await?;
    (report.unsealed, report.unsealed_since) = queries::unsealed(pool).await?;
    Ok(report)
}

fn line(device: Uuid, number: i32, why: Why) -> Finding {
    Finding::Line {
        device,
        name: String::new(),
        number,
        why,
    }
}

async fn name(pool: &PgPool, findings: &mut [Finding]) -> Result<()> {
    let devices: Vec<Uuid> = findings
        .iter()
        .filter_map(|f| match f {
            Finding::Line { device, .. }
            | Finding::Head { device, .. }
            | Finding::End { device, .. } => Some(*device),
            _ => None,
        })
        .collect();
    let names: HashMap<Uuid, String> = queries::names(pool, &devices).await?.into_iter().collect();
    for finding in findings {
        if let Finding::Line { device, name, .. }
        | Finding::Head { device, name, .. }
        | Finding::End { device, name } = finding
        {
            *name = names
                .get(device)
                .cloned()
                .unwrap_or_else(|| device.to_string());
        }
    }
    Ok(())
}

/// One hand reads a stretch of registers, line after line.
struct Hand {
    sealed: Arc<Sealed>,
    endings: Arc<HashMap<Uuid, Ending>>,
    lines: i64,
    findings: Vec<Finding>,
    seen: HashSet<Uuid>,
    device: Uuid,
    count: i32,
    hash: Vec<u8>,
    /// The register already has its finding: the first is what matters.
    told: bool,
    next_seal: usize,
}

impl Hand {
    fn new(sealed: Arc<Sealed>, endings: Arc<HashMap<Uuid, Ending>>) -> Self {
        Self {
            sealed,
            endings,
            lines: 0,
            findings: vec![],
            seen: HashSet::new(),
            device: Uuid::nil(),
            count: 0,
            hash: GENESIS.to_vec(),
            told: true,
            next_seal: 0,
        }
    }

    async fn read(&mut self, pool: &PgPool, after: Uuid, until: Uuid) -> Result<()> {
        let mut conn = pool.acquire().await?;
        let (mut device, mut number) = (after, i32::MAX);
        loop {
            let lines = queries::stretch(&mut conn, device, number, until, STEP).await?;
            let Some(last) = lines.last() else { break };
            (device, number) = (last.device_id.uuid(), last.number);
            for line in &lines {
                self.take(line);
            }
            if self.findings.len() >= MOST {
                break;
            }
        }
        self.close();
        Ok(())
    }

    fn tell(&mut self, finding: Finding) {
        if !self.told {
            self.told = true;
            self.findings.push(finding);
        }
    }

    fn take(&mut self, found: &Line) {
        let device = found.device_id.uuid();
        if device != self.device {
            self.close();
            self.device = device;
            self.seen.insert(device);
            (self.count, self.next_seal, self.told) = (0, 0, false);
            self.hash = GENESIS.to_vec();
        }
        if self.told {
            return;
        }
        match follows(found, self.count, &self.hash) {
            Ok(()) => self.lines += 1,
            Err(Why::Missing) => {
                return self.tell(line(device, self.count + 1, Why::Missing));
            }
            Err(why) => return self.tell(line(device, found.number, why)),
        }
        self.count = found.number;
        self.hash.clone_from(&found.hash);
        let sealed = self.sealed.clone();
        let seals = sealed.get(&device).map_or(&[][..], Vec::as_slice);
        while let Some((count, hash, block)) = seals.get(self.next_seal) {
            if *count > self.count {
                break;
            }
            self.next_seal += 1;
            if *hash != self.hash {
                return self.tell(line(device, self.count, Why::NotAsSealed(*block)));
            }
        }
    }

    /// The end of a register: what was sealed of it and what its head says must be there.
    fn close(&mut self) {
        if self.told {
            return;
        }
        let (device, count) = (self.device, self.count);
        let sealed = self.sealed.get(&device).and_then(|s| s.last()).map(|s| s.0);
        let ending = self.endings.get(&device).cloned();
        if sealed.is_some_and(|sealed| sealed > count) {
            return self.tell(line(device, count + 1, Why::Missing));
        }
        match ending {
            Some(end) if end.line_count > count => self.tell(line(device, count + 1, Why::Missing)),
            Some(end) if end.line_count < count => {
                self.tell(line(device, end.line_count + 1, Why::Added));
            }
            Some(end) if end.last_hash == self.hash => {}
            _ => self.tell(Finding::End {
                device,
                name: String::new(),
            }),
        }
    }
}

/// The blocks, one after the other: their chain, content, signatures. Answers what they sealed.
async fn blocks(
    pool: &PgPool,
    data_dir: &std::path::Path,
    known: &Known,
    report: &mut Report,
    findings: &mut Vec<Finding>,
) -> Result<Sealed> {
    let remembered = match keys::remembered_in(data_dir, REMEMBERED)? {
        Some(text) => Some(serde_json::from_str::<Remembered>(&text).map_err(Error::internal)?),
        None => None,
    };
    let mut sealed = Sealed::new();
    // What each register ended with: a daily head covers all of them.
    let mut last: BTreeMap<Uuid, Head> = BTreeMap::new();
    let (mut at, mut previous, mut remembered_seen) = (0, GENESIS.to_vec(), false);
    let mut last_day: Option<(Block, [u8; 32])> = None;
    loop {
        let blocks = queries::blocks(pool, at, BLOCKS).await?;
        let (Some(first), Some(end)) = (blocks.first(), blocks.last()) else {
            break;
        };
        if report.blocks == 0 && known.is_blind() {
            findings.push(Finding::NoKey);
        }
        let mut heads = queries::heads(pool, first.id, end.id)
            .await?
            .into_iter()
            .peekable();
        at = end.id;
        for block in blocks {
            let mut tell = |what| findings.push(Finding::Block(block.id, what));
            if block.id != report.blocks + 1 {
                tell("un bloc manque avant lui");
            } else if block.previous_hash != previous {
                tell("ne suit pas le bloc précédent");
            }
            if block.computed_hash() != block.hash {
                tell("le bloc a été modifié depuis son scellement");
            } else if !known.is_blind()
                && !known.signed(block.canonical().as_bytes(), &block.signature)
            {
                tell("n’est pas signé par la clé de ce dossier de données");
            }
            let (mut digest, mut count) = (Sha256::new(), 0);
            while let Some(head) = heads.next_if(|h| h.block_id == block.id) {
                digest_head(
                    &mut digest,
                    head.device_id,
                    head.line_count,
                    &head.last_hash,
                );
                count += 1;
                let seals = sealed.entry(head.device_id).or_default();
                seals.push((head.line_count, head.last_hash.clone(), head.block_id));
                last.insert(head.device_id, head);
            }
            if block.kind == "day" {
                let mut digest = Sha256::new();
                for head in last.values() {
                    digest_head(
                        &mut digest,
                        head.device_id,
                        head.line_count,
                        &head.last_hash,
                    );
                }
                last_day = Some((block.clone(), digest.finalize().into()));
            } else if count != block.device_count || digest.finalize()[..] != block.content_hash[..]
            {
                tell("les têtes qu’il a scellées ne sont plus celles qu’il contient");
            }
            remembered_seen |= remembered
                .as_ref()
                .is_some_and(|r| r.block == block.id && r.hash == hex(&block.hash));
            report.blocks = block.id;
            previous = block.hash;
        }
        if findings.len() >= MOST {
            break;
        }
    }
    if let Some((day, content)) = last_day
        && day.content_hash[..] != content[..]
    {
        findings.push(Finding::Block(
            day.id,
            "les têtes scellées jusque-là ne sont plus celles que ce jour a scellées",
        ));
    }
    if let Some(remembered) = remembered
        && !remembered_seen
    {
        findings.push(Finding::Block(remembered.block, "scellé par cette machine et absent de la base (fin coupée, ou base plus ancienne restaurée)"));
    }
    if !known.is_blind() {
        for head in last.into_values() {
            if !known.signed(head.canonical().as_bytes(), &head.signature) {
                findings.push(Finding::Head {
                    device: head.device_id,
                    name: String::new(),
                    block: head.block_id,
                });
            }
        }
    }
    Ok(sealed)
}
