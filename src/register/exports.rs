//! Registers on their way out: for an inspector (PDF/A), for a spreadsheet (CSV), for the verifier
//! (JSON lines, signed). What leaves says by itself whether its chain holds.
//!
//! The file for the verifier holds one JSON object a line: first what the export is and the public key;
//! then, for each register, its device with every sealed head, followed by its lines, each with exactly
//! the fields that are hashed (`model/canonical.rs`), as texts; last the SHA-256 of everything before
//! that line, with its signature.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use super::api;
use super::model::canonical::{EXPORT, GENESIS, Head, Text, code, hex, instant};
use super::model::{Entry, Line};
use super::pages::{LineView, view};
use super::queries;
use super::seals::{Why, follows};
use crate::accounts::access::Scope;
use crate::audit::seals::keys::{Keys, Known};
use crate::inventory::devices::{Device, DeviceId, ItemState, find, queries as around, standing};
use crate::kernel::{Error, Result, date};
use crate::platform::pdf;
use crate::platform::sheet::{CsvWriter, Value as Cell};

/// The register of a device, whole.
pub struct Register {
    /// The device.
    pub device: Device,
    /// Its seven items.
    pub items: Vec<ItemState>,
    /// Its time zone.
    pub zone: Tz,
    /// Its lines, first first.
    pub lines: Vec<Line>,
    /// Its sealed heads, with when.
    pub heads: Vec<(Head, DateTime<Utc>)>,
    /// Whether the chain holds: else the number of the first bad line and what is wrong with it.
    pub broken: Option<(i32, String)>,
}

/// Reads registers whole, within what the caller sees.
pub async fn gather(
    conn: &mut PgConnection,
    scope: &Scope,
    devices: &[DeviceId],
    known: &Known,
) -> Result<Vec<Register>> {
    let ids: Vec<_> = devices.iter().map(|d| d.uuid()).collect();
    let mut lines: HashMap<DeviceId, Vec<Line>> = HashMap::new();
    for line in queries::of_devices(conn, &ids).await? {
        lines.entry(line.device_id).or_default().push(line);
    }
    let mut heads: HashMap<_, Vec<_>> = HashMap::new();
    for (head, at) in queries::all_sealed(conn, &ids).await? {
        heads.entry(head.device_id).or_default().push((head, at));
    }
    let mut registers = Vec::with_capacity(devices.len());
    for id in devices {
        let device = find(conn, scope, *id).await?;
        let justified = around::justifications(conn, *id).await?;
        let (lines, heads) = (
            lines.remove(id).unwrap_or_default(),
            heads.remove(&id.uuid()).unwrap_or_default(),
        );
        registers.push(Register {
            items: standing::items(&device, &justified),
            zone: standing::zone(&device),
            broken: broken(&lines, &heads, known),
            device,
            lines,
            heads,
        });
    }
    Ok(registers)
}

/// The first line that does not hold, against the chain and what was sealed.
fn broken(lines: &[Line], heads: &[(Head, DateTime<Utc>)], known: &Known) -> Option<(i32, String)> {
    let (mut count, mut hash) = (0, GENESIS.to_vec());
    let mut heads = heads.iter().map(|(h, _)| h).peekable();
    for line in lines {
        match follows(line, count, &hash) {
            Ok(()) => {}
            Err(Why::Missing) => return Some((count + 1, Why::Missing.to_string())),
            Err(why) => return Some((line.number, why.to_string())),
        }
        count = line.number;
        hash.clone_from(&line.hash);
        while let Some(head) = heads.next_if(|h| h.line_count <= count) {
            if head.last_hash != hash {
                return Some((count, Why::NotAsSealed(head.block_id).to_string()));
            }
            if !known.is_blind() && !known.signed(head.canonical().as_bytes(), &head.signature) {
                return Some((
                    count,
                    format!(
                        "la tête scellée au bloc {} n’est pas signée par la clé de Vigie",
                        head.block_id
                    ),
                ));
            }
        }
    }
    heads.next().map(|_| (count + 1, Why::Missing.to_string()))
}

/// What an export is.
pub struct Cover {
    /// Of what: a device, a unit, a family.
    pub title: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The last daily head.
    pub day: Option<queries::Day>,
}

/// The file for the verifier.
pub fn for_verifier(cover: &Cover, registers: &[Register], keys: &Keys) -> Result<Vec<u8>> {
    let public = hex(&keys.public_bytes());
    let mut out = Vec::new();
    let mut put = |value: Value| -> Result<()> {
        serde_json::to_writer(&mut out, &value).map_err(Error::internal)?;
        out.push(b'\n');
        Ok(())
    };
    put(json!({
        "format": EXPORT,
        "title": cover.title,
        "exported_at": instant(cover.at),
        "exported_by": cover.by,
        "public_key": public,
        "registers": registers.len(),
        "day": cover.day.as_ref().map(|d| json!({ "block": d.id, "day": d.day, "lines": d.line_count, "hash": hex(&d.hash) })),
    }))?;
    for register in registers {
        put(json!({
            "device": device(register),
            "line_count": register.lines.len(),
            "heads": register.heads.iter().map(|(h, at)| json!({
                "block_id": h.block_id, "device_id": h.device_id, "line_count": h.line_count, "last_hash": hex(&h.last_hash),
                "signature": hex(&h.signature), "sealed_at": instant(*at),
            })).collect::<Vec<_>>(),
        }))?;
        for line in &register.lines {
            put(json!({ "line": api::hashed(line) }))?;
        }
    }
    let sha256 = hex(&Sha256::digest(&out));
    let mut text = Text::titled(EXPORT);
    text.put("sha256", Some(&sha256));
    text.put("public_key", Some(&public));
    let end =
        json!({ "end": { "sha256": sha256, "signature": hex(&keys.sign(text.end().as_bytes())) } });
    serde_json::to_writer(&mut out, &end).map_err(Error::internal)?;
    out.push(b'\n');
    Ok(out)
}

/// The device with its seven items.
fn device(register: &Register) -> Value {
    let device = &register.device;
    json!({
        "id": device.id,
        "inventory_number": device.inventory_number,
        "establishment": device.establishment_name,
        "items": register.items.iter().map(|i| json!({ "item": i.item.code(), "label": i.item.label(), "value": i.words() })).collect::<Vec<_>>(),
        "end_of_exploitation": device.end_of_exploitation_date,
    })
}

/// The lines for a spreadsheet.
pub fn csv(registers: &[Register]) -> Result<Vec<u8>> {
    let mut out = CsvWriter::new(
        Vec::new(),
        &[
            "N° d’inventaire",
            "Dénomination commune",
            "N° de série",
            "Ligne",
            "Écriture",
            "Corrige la ligne",
            "Nature",
            "Opération",
            "Début",
            "Date",
            "Date telle qu’écrite",
            "Réalisée par",
            "Qualité",
            "Employeur",
            "N° d’accréditation",
            "Niveau de performances obtenu",
            "Valeurs mesurées",
            "Conformité",
            "Arrêt d’exploitation",
            "Reprise d’exploitation",
            "Restrictions",
            "Version avant",
            "Version après",
            "Rapport",
            "Empreinte du rapport (SHA-256)",
            "Motif",
            "Jours de retard",
            "Origine",
            "Consignée le (UTC)",
            "Consignée par",
            "Empreinte de la ligne",
        ],
    )
    .map_err(Error::internal)?;
    let text = |value: &Option<String>| Cell::maybe(value.as_deref());
    let day = |value: Option<chrono::NaiveDate>| value.map_or(Cell::Empty, Cell::Day);
    for register in registers {
        let numbers: HashMap<_, _> = register.lines.iter().map(|l| (l.id, l.number)).collect();
        for l in &register.lines {
            let points = l.corrects_id.and_then(|c| numbers.get(&c));
            out.row(&[
                register.device.inventory_number.clone().into(),
                text(&register.device.common_name),
                text(&register.device.serial_number),
                Cell::Whole(l.number.into()),
                l.entry.label().into(),
                points.map_or(Cell::Empty, |n| Cell::Whole((*n).into())),
                l.kind.label().into(),
                l.nature.clone().into(),
                day(l.begun_on),
                day(l.done_on),
                text(&l.done_on_text),
                text(&l.performer_name),
                text(&l.performer_role),
                text(&l.performer_employer),
                text(&l.accreditation),
                text(&l.performance),
                text(&l.measurements),
                Cell::maybe(l.conformity.map(|c| c.label())),
                day(l.stopped_on),
                day(l.resumed_on),
                text(&l.restrictions),
                text(&l.software_before),
                text(&l.software_after),
                text(&l.report_name),
                text(&l.report_sha256),
                text(&l.reason),
                l.late_days.map_or(Cell::Empty, |n| Cell::Whole(n.into())),
                l.source.label().into(),
                instant(l.recorded_at).into(),
                l.recorded_by_name.clone().into(),
                hex(&l.hash).into(),
            ])
            .map_err(Error::internal)?;
        }
    }
    out.finish().map_err(Error::internal)
}

/// For an inspector: the source is ours, everything people wrote comes as data.
pub async fn paper(cover: &Cover, registers: &[Register], keys: &Keys) -> Result<bytes::Bytes> {
    let zone = registers
        .first()
        .map_or(chrono_tz::Europe::Paris, |r| r.zone);
    let lines: usize = registers.iter().map(|r| r.lines.len()).sum();
    let broken: Vec<String> = registers
        .iter()
        .filter_map(|r| {
            let (number, why) = r.broken.as_ref()?;
            Some(format!(
                "Registre de {}, ligne {number} : {why}.",
                r.device.inventory_number
            ))
        })
        .collect();
    let mut facts = vec![
        ["Périmètre", &cover.title].map(str::to_owned),
        ["Équipements".to_owned(), registers.len().to_string()],
        ["Lignes".to_owned(), lines.to_string()],
        [
            "Exporté".to_owned(),
            format!("le {}, par {}", date::instant(cover.at, zone), cover.by),
        ],
        [
            "Clé publique (Ed25519)".to_owned(),
            hex(&keys.public_bytes()),
        ],
    ];
    if let Some(day) = &cover.day {
        facts.push([
            "Dernière tête quotidienne".to_owned(),
            format!(
                "{}, bloc {} : {}",
                date::short(day.day),
                day.id,
                hex(&day.hash)
            ),
        ]);
    }
    let data = json!({
        "title": format!("Registre sécurité, qualité et maintenance · {}", cover.title),
        "sub": "Article R.5212-28, 5° du code de la santé publique",
        "foot": format!("Exporté le {} par {}", date::instant(cover.at, zone), cover.by),
        "cover": facts,
        "broken": broken,
        "law": "Chaque ligne porte l’empreinte de celle qui la précède. Le code de vérification d’un registre se lit dans Vigie (Registre, Codes et têtes) ; le fichier signé (JSONL) se vérifie sans Vigie, par bin/verify-register.py.",
        "registers": registers.iter().map(on_paper).collect::<Vec<_>>(),
    });
    pdf::make(pdf::Print {
        source: include_str!("../../templates/register/exports/show.typ"),
        data,
        at: cover.at,
        zone,
        standard: pdf::Standard::Archive,
    })
    .await
}

fn on_paper(register: &Register) -> Value {
    let numbers: HashMap<_, _> = register.lines.iter().map(|l| (l.id, l.number)).collect();
    let fates: HashMap<_, _> = register
        .lines
        .iter()
        .filter_map(|l| Some((l.corrects_id?, (l.number, l.entry))))
        .collect();
    let sealed = match register.heads.last() {
        None => "pas encore scellé".to_owned(),
        Some((head, at)) => format!(
            "{} ligne(s) scellées le {}, bloc {}",
            head.line_count,
            date::instant(*at, register.zone),
            head.block_id
        ),
    };
    let mut head = vec![
        json!(["Lignes", register.lines.len().to_string()]),
        json!(["Code de vérification", code_of(register)]),
        json!(["Scellement", sealed]),
        json!([
            "Chaîne",
            if register.broken.is_some() {
                "ROMPUE"
            } else {
                "intacte, recalculée à l’export"
            }
        ]),
    ];
    if let Some((last, _)) = register.heads.last() {
        head.push(json!(["Empreinte scellée", hex(&last.last_hash)]));
        head.push(json!(["Signature (Ed25519)", hex(&last.signature)]));
    }
    if let Some(end) = register.device.end_of_exploitation_date {
        head.push(json!(["Fin d’exploitation", date::short(end)]));
    }
    let device = &register.device;
    json!({
        "title": format!("{} · {}", device.inventory_number, device.name()),
        "items": register.items.iter().map(|i| json!([i.item.label(), i.words()])).collect::<Vec<_>>(),
        "head": head,
        "lines": register.lines.iter().map(|l| {
            let mut view = view(l.clone(), register.zone);
            view.points_at = l.corrects_id.and_then(|c| numbers.get(&c).copied());
            view.replaced = fates.get(&l.id).map(|(number, entry)| (l.id, *number, *entry));
            on_line(&view)
        }).collect::<Vec<_>>(),
    })
}

/// The cells of a line, in the order of the columns.
fn on_line(view: &LineView) -> Vec<String> {
    let line = &view.line;
    let annulment = line.entry == Entry::Annulment;
    let mut nature = if annulment {
        line.nature.clone()
    } else {
        format!("{} : {}", line.kind.label(), line.nature)
    };
    let said =
        |label: &str, value: &Option<String>| value.as_ref().map(|v| format!("{label} : {v}"));
    let more = [
        Some(view.points()).filter(|t| !t.is_empty() && !annulment),
        Some(view.fate()).filter(|t| !t.is_empty()),
        Some(view.marks().join(", ")).filter(|t| !t.is_empty()),
        said("motif", &line.reason),
        said("restrictions", &line.restrictions),
        said("version avant", &line.software_before),
        said("version après", &line.software_after),
        said("rapport", &line.report_name),
    ];
    for one in more.into_iter().flatten() {
        nature.push_str(" — ");
        nature.push_str(&one);
    }
    let or =
        |value: &Option<String>, absent: &str| value.clone().unwrap_or_else(|| absent.to_owned());
    let nothing = || "sans objet".to_owned();
    let mut performance = or(&line.performance, "non renseigné");
    if let Some(values) = &line.measurements {
        performance.push('\n');
        performance.push_str(values);
    }
    vec![
        line.number.to_string(),
        if view.day.is_empty() {
            view.no_day().to_owned()
        } else {
            view.day.clone()
        },
        nature,
        if annulment {
            nothing()
        } else {
            format!(
                "{}\n{}",
                if view.performer.is_empty() {
                    "inconnu"
                } else {
                    &view.performer
                },
                or(&line.performer_employer, "employeur non renseigné")
            )
        },
        if annulment { nothing() } else { performance },
        if annulment {
            nothing()
        } else {
            view.conformity.to_owned()
        },
        if view.stoppage.is_empty() {
            "aucun".to_owned()
        } else {
            view.stoppage.clone()
        },
        format!("{}\n{}", view.recorded, line.recorded_by_name),
    ]
}

/// The code of verification of a register: that of its last line.
pub fn code_of(register: &Register) -> String {
    register
        .lines
        .last()
        .map_or_else(String::new, |l| code(&l.hash))
}
